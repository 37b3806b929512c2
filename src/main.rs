//! The program `carom`.

use std::process::ExitCode;

fn main() -> ExitCode {
    carom::cli::main()
}
