//! Takes the request from the environment and standard input, as CGI does, and writes the answer.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use wasm_example::handler::{Request, log_line, respond};

fn main() -> ExitCode {
    match answer() {
        Ok(()) => ExitCode::SUCCESS,
        // Returning the error would print it by `Debug`, which makes the module 8 kB larger.
        Err(error) => {
            eprintln!("wasm-example: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer() -> io::Result<()> {
    let request = Request::from_variables(variable);
    let response = respond(&request, io::stdin())?;
    let mut output = io::stdout();
    output.write_all(&response.head())?;
    if !request.is_head() {
        output.write_all(response.body())?;
    }
    output.flush()?;
    io::stderr().write_all(&log_line(&request, &response))
}

/// The bytes of a variable, which need not be UTF-8; none where it is not set.
fn variable(name: &str) -> Vec<u8> {
    env::var_os(name)
        .map(OsString::into_encoded_bytes)
        .unwrap_or_default()
}
