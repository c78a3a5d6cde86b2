//! Does what the arguments ask for.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use wasm_example::command::{self, Command};
use wasm_example::counter::Counter;

fn main() -> io::Result<ExitCode> {
    let args = env::args_os().skip(1).map(OsString::into_encoded_bytes);
    match command::parse(args) {
        Ok(Command::Help) => print(command::USAGE.as_bytes())?,
        Ok(Command::Greet(names)) => print(&command::greetings(&names))?,
        Ok(Command::Count) => {
            let mut counter = Counter::default();
            io::copy(&mut io::stdin(), &mut counter)?;
            print(counter.to_string().as_bytes())?;
        }
        Err(error) => {
            io::stderr().write_all(&error.message())?;
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(text: &[u8]) -> io::Result<()> {
    let mut output = io::stdout();
    output.write_all(text)?;
    output.flush()
}
