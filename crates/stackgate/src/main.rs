//! The command: reads the arguments, runs one command, and turns what became of it into an exit code.
//!
//! What must hold: results go to stdout, diagnostics to stderr; a broken pipe is no error; output that was lost is
//! never a success. Everything that decides is in the library.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;
use stackgate::args::Args;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // Where even this cannot be printed, the exit code still tells.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    cli::run(&args)
}
