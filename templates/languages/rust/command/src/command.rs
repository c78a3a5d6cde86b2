//! Decides what the arguments ask for: all of the command line but input and output.

const PROGRAM: &str = "wasm-example";

/// What `--help` prints.
pub const USAGE: &str = "\
Usage: wasm-example [NAME...]
       wasm-example --count < FILE

Greets each NAME, or the world. With --count, prints the lines, words and bytes of standard input.
";

/// What to do. Names are bytes that need not be UTF-8.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// Greet these, or the world where there are none.
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

/// Reads the arguments, without the name of the program.
pub fn parse(args: impl IntoIterator<Item = Vec<u8>>) -> Result<Command, UsageError> {
    let mut args = args.into_iter();
    let mut names = Vec::new();
    let mut help = false;
    let mut counts = 0;
    let mut others = 0
    while let Some(arg) = args.next() {
        match &arg[..] {
            b"--" => names.extend(args.by_ref()),
            b"--help" => help = true,
            b"--count" => count = true,
            [b'-', _, ..] => return Err(UsageError::UnknownOption(arg)),
            _ => names.push(arg),
        }
    }
}
