//! Does what the arguments ask for.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use wasm_example::command::{Command, greet, parse, usage};
use wasm_example::counter::Counter;

fn main() -> ExitCode {
    // Returning the error would print it by `Debug`, which makes the module 8 kB larger.
    run().unwrap_or_else(|error| {
        eprintln!("wasm-example: {error}");
        ExitCode::FAILURE
    })
}

fn run() -> io::Result<ExitCode> {
    let args = env::args_os().skip(1).map(OsString::into_encoded_bytes);
    match parse(args.collect()) {
        Ok(Command::Greet(names)) => print(greet(&names))?,
        Ok(Command::Count) => {
            let mut counter = Counter::default();
            io::copy(&mut io::stdin(), &mut counter)?;
            print(format!("{counter}\n"))?;
        }
        Ok(Command::Help) => print(usage())?,
        Err(error) => {
            io::stderr().write_all(&error.message())?;
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(text: impl AsRef<[u8]>) -> io::Result<()> {
    let mut output = io::stdout();
    output.write_all(text.as_ref())?;
    output.flush()
}
