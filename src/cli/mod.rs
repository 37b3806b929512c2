//! The command line.
//!
//! Invariant: commands read arguments, call the library and print; they decide nothing themselves.
//! Exit status 0: all is well; 1: something was found (errors, failing tests, files to format);
//! 2: the command could not be carried out.

mod rules;

use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// All is well.
    Clean,
    /// Something was found.
    Found,
}

/// Reads what mail servers said and decides what to do about it.
#[derive(Debug, Parser)]
#[command(name = "carom", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(rules::CheckArguments),
    Test(rules::TestArguments),
}

/// Runs the program with the process's own arguments.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Check(arguments) => rules::check(&arguments),
        Command::Test(arguments) => rules::test(&arguments),
    };
    match result {
        Ok(Status::Clean) => ExitCode::SUCCESS,
        Ok(Status::Found) => ExitCode::from(1),
        Err(error) => {
            // What reads our output may have gone away; that is no mistake of ours.
            let gone = error
                .chain()
                .filter_map(|e| e.downcast_ref::<std::io::Error>())
                .any(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
            if gone {
                return ExitCode::SUCCESS;
            }
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}
