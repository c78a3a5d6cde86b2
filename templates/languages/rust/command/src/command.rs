//! Decides what the arguments ask for: all of the command line but input and output.

const PROGRAM: &str = "wasm-example";

/// What to do. Names are bytes that need not be UTF-8.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// Greet each of these.
    Greet(Vec<Vec<u8>>),
    /// Count standard input.
    Count,
    /// Print the usage.
    Help,
}

/// Why the arguments make no sense.
#[derive(Debug, PartialEq)]
pub enum UsageError {
    /// There is no such option.
    UnknownOption(Vec<u8>),
    /// `--count` did not come alone.
    CountTakesNoArgument,
}

impl UsageError {
    /// What to tell the user.
    pub fn message(&self) -> Vec<u8> {
        let problem = match self {
            Self::UnknownOption(option) => [b"unknown option '", &option[..], b"'"].concat(),
            Self::CountTakesNoArgument => b"--count takes no other argument".into(),
        };
        let hint = format!("\nTry '{PROGRAM} --help'.\n");
        [PROGRAM.as_bytes(), b": ", &problem, hint.as_bytes()].concat()
    }
}

/// Reads the arguments, which are all but the name of the program.
pub fn parse(args: Vec<Vec<u8>>) -> Result<Command, UsageError> {
    let alone = args.len() == 1;
    let mut names = Vec::new();
    let mut help = false;
    let mut count = false;
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        match &arg[..] {
            b"--" => names.extend(args.by_ref()),
            b"--help" => help = true,
            b"--count" => count = true,
            [b'-', _, ..] => return Err(UsageError::UnknownOption(arg)),
            _ => names.push(arg),
        }
    }
    match (help, count) {
        (true, _) => Ok(Command::Help),
        (_, true) if alone => Ok(Command::Count),
        (_, true) => Err(UsageError::CountTakesNoArgument),
        _ if names.is_empty() => Ok(Command::Greet(vec![b"world".into()])),
        _ => Ok(Command::Greet(names)),
    }
}

/// What `--help` prints.
pub fn usage() -> String {
    format!(
        "\
Usage: {PROGRAM} [NAME...]
       {PROGRAM} --count < FILE

Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard input.
"
    )
}

/// A line for each name.
pub fn greet(names: &[Vec<u8>]) -> Vec<u8> {
    let line = |name: &Vec<u8>| [b"Hello, ", &name[..], b"!\n"].concat();
    names.iter().flat_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Command, UsageError> {
        super::parse(bytes(args))
    }

    fn names(names: &[&str]) -> Result<Command, UsageError> {
        Ok(Command::Greet(bytes(names)))
    }

    fn unknown(option: &str) -> Result<Command, UsageError> {
        Err(UsageError::UnknownOption(option.into()))
    }

    fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|text| text.as_bytes().into()).collect()
    }

    #[test]
    fn greets_the_world_or_each_name() {
        assert_eq!(parse(&[]), names(&["world"]));
        assert_eq!(parse(&["Ada", "-", ""]), names(&["Ada", "-", ""]));
    }

    #[test]
    fn takes_what_follows_two_dashes_for_names() {
        assert_eq!(
            parse(&["a", "--", "--help", "--"]),
            names(&["a", "--help", "--"])
        );
        assert_eq!(parse(&["--"]), names(&["world"]));
    }

    #[test]
    fn counts_without_other_arguments_alone() {
        let refused = Err(UsageError::CountTakesNoArgument);
        assert_eq!(parse(&["--count"]), Ok(Command::Count));
        assert_eq!(parse(&["--count", "file"]), refused);
        assert_eq!(parse(&["--count", "--count"]), refused);
        assert_eq!(parse(&["--count", "--", "-x"]), refused);
    }

    #[test]
    fn names_the_first_unknown_option_whatever_else_is_there() {
        assert_eq!(parse(&["--help", "-a", "-b"]), unknown("-a"));
        assert_eq!(parse(&["--count=1"]), unknown("--count=1"));
    }

    #[test]
    fn helps_rather_than_counts() {
        assert_eq!(parse(&["--count", "--help"]), Ok(Command::Help));
    }

    #[test]
    fn prints_names_and_options_as_they_came() {
        let names = [b"Ada".into(), b"\xff".into()];
        assert_eq!(greet(&names), b"Hello, Ada!\nHello, \xff!\n");
        let message = UsageError::UnknownOption(b"-\xff".into()).message();
        let expected = [PROGRAM.as_bytes(), b": unknown option '-\xff'\n"].concat();
        assert!(message.starts_with(&expected));
    }
}
