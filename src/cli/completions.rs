//! `carom completions`.

use super::Status;
use clap::CommandFactory;
use clap_complete::Shell;
use std::io::Write;

/// Write the completions of a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  carom completions bash > /etc/bash_completion.d/carom")]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Status> {
    // Written at once: the generator itself does not bear a reader that goes away.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "carom", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Status::Clean)
}
