//! `carom plugin`: for those who write plugins.
//!
//! Invariant: what is said of a plugin was seen in the host that runs it for its operator, within the same limits but
//! for the clock.

mod build;
mod component;
mod conformance;
mod inspect;
mod keys;
mod load;
mod new;
mod signature;
mod test;

use super::Status;
use super::output::Screen;

/// Write plugins: make, build, test, look into, sign.
///
/// A plugin is a WebAssembly component that a vendor ships: it claims hosts, brings along rules, and is asked about
/// replies that need more than rules. docs/plugins.md is the guide.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  carom plugin new acme\n  carom plugin build acme\n  carom plugin test acme\n  \
                  carom plugin keygen acme.key\n  carom plugin sign acme/acme.wasm --key acme.key\n  \
                  carom plugin verify acme/acme.wasm --key acme.key.pub"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    New(new::Arguments),
    Build(build::Arguments),
    Test(test::Arguments),
    Inspect(inspect::Arguments),
    Keygen(keys::KeygenArguments),
    Sign(keys::SignArguments),
    Verify(keys::VerifyArguments),
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    match &arguments.command {
        Command::New(arguments) => new::run(arguments),
        Command::Build(arguments) => build::run(arguments, screen),
        Command::Test(arguments) => test::run(arguments, screen),
        Command::Inspect(arguments) => inspect::run(arguments),
        Command::Keygen(arguments) => keys::keygen(arguments),
        Command::Sign(arguments) => keys::sign(arguments),
        Command::Verify(arguments) => keys::verify(arguments),
    }
}
