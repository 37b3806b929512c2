//! The command line.
//!
//! Invariant: commands read arguments, call the library and print; they decide nothing themselves.
//! What a command was asked for goes to standard output, all else to standard error.
//! Exit status 0: all is well; 1: something was found (errors, warnings, failing tests, changed verdicts, files to lay
//! out); 2: the command could not be carried out, or not wholly.

mod classify;
mod completions;
mod config;
mod cover;
mod diff;
mod doc;
mod explain;
mod fmt;
mod gaps;
mod init;
mod layouts;
mod output;
mod plugin;
mod providers;
#[cfg(all(feature = "serve", unix))]
mod rollback;
mod roots;
mod rules;
#[cfg(all(feature = "serve", unix))]
mod serve;
mod table;

use crate::plugin::compile_child;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// All is well.
    Clean,
    /// Something was found.
    Found,
    /// A part could not be done, and has been told.
    Partial,
}

const AFTER_HELP: &str = "\
Examples:
  carom classify /var/log/mail.log             what became of the mail, summed up
  carom classify --json mail.log | jq .reason  every verdict, a line each
  carom explain \"550 5.1.1 No such user\" --host mx1.example.com
  carom init ours && carom check ours && carom test ours
  carom doc                                    all rules as pages to read

Exit status:
  0  all is well
  1  something was found: errors, warnings, failing tests, changed verdicts, files to lay out
  2  the command could not be carried out, or not wholly";

/// Reads what mail servers said and decides what to do about it.
#[derive(Debug, Parser)]
#[command(name = "carom", version, arg_required_else_help = true, max_term_width = 100, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// When to use colour; `auto` is on a terminal, unless `NO_COLOR` is set.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = output::When::Auto, display_order = 900)]
    color: output::When,
}

#[derive(Debug, Subcommand)]
enum Command {
    Classify(classify::Arguments),
    Explain(explain::Arguments),
    Check(rules::CheckArguments),
    Test(rules::TestArguments),
    Cover(cover::Arguments),
    Gaps(gaps::Arguments),
    Diff(diff::Arguments),
    #[cfg(all(feature = "serve", unix))]
    Serve(Box<serve::Arguments>),
    #[cfg(all(feature = "serve", unix))]
    Rollback(rollback::Arguments),
    Fmt(fmt::Arguments),
    Table(table::Arguments),
    Providers(providers::Arguments),
    Doc(doc::Arguments),
    Layouts(layouts::Arguments),
    Init(init::Arguments),
    Plugin(plugin::Arguments),
    Config(config::Arguments),
    Completions(completions::Arguments),
}

/// Runs the program with the process's own arguments.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(orders) = words.strip_prefix(&roots::COMPILE.map(OsString::from)) {
        return compile_child(&orders.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>());
    }
    let arguments = Arguments::parse();
    let screen = output::Screen::new(arguments.color);
    let result = match &arguments.command {
        Command::Classify(arguments) => classify::run(arguments, screen),
        Command::Explain(arguments) => explain::run(arguments, screen),
        Command::Check(arguments) => rules::check(arguments, screen),
        Command::Test(arguments) => rules::test(arguments, screen),
        Command::Cover(arguments) => cover::run(arguments, screen),
        Command::Gaps(arguments) => gaps::run(arguments, screen),
        Command::Diff(arguments) => diff::run(arguments, screen),
        #[cfg(all(feature = "serve", unix))]
        Command::Serve(arguments) => serve::run(arguments, screen),
        #[cfg(all(feature = "serve", unix))]
        Command::Rollback(arguments) => rollback::run(arguments, screen),
        Command::Fmt(arguments) => fmt::run(arguments, screen),
        Command::Table(arguments) => table::run(arguments, screen),
        Command::Providers(arguments) => providers::run(arguments, screen),
        Command::Doc(arguments) => doc::run(arguments, screen),
        Command::Layouts(arguments) => layouts::run(arguments, screen),
        Command::Init(arguments) => init::run(arguments),
        Command::Plugin(arguments) => plugin::run(arguments, screen),
        Command::Config(arguments) => config::run(arguments, screen),
        Command::Completions(arguments) => completions::run(arguments),
    };
    match result {
        Ok(Status::Clean) => ExitCode::SUCCESS,
        Ok(Status::Found) => ExitCode::from(1),
        Ok(Status::Partial) => ExitCode::from(2),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            screen.tell(output::Level::Error, &format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

/// Whether what reads our output has gone away, which is no mistake of ours.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let of_io = |e: &(dyn std::error::Error + 'static)| e.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    error.chain().filter_map(of_io).any(|kind| kind == std::io::ErrorKind::BrokenPipe)
}
