//! `carom completions`.

use super::Status;
use clap::CommandFactory;
use clap_complete::Shell;

/// Write the completions of a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  carom completions bash > /etc/bash_completion.d/carom")]
pub(super) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Status> {
    clap_complete::generate(arguments.shell, &mut super::Arguments::command(), "carom", &mut std::io::stdout());
    Ok(Status::Clean)
}
