//! `carom table`.

use super::Status;
use super::output::Screen;
use super::roots::{SettingsArgument, loaded_with, plugins, root_or};
use crate::report::{json_line, table};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// Print the rules in the order in which they are asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  carom table builtin\n  carom table ours --json | jq .rule")]
pub(super) struct Arguments {
    /// A folder with a `root.carom`, a root file, or `builtin`; without it, the folder that this is run in.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Print each rule as a line of JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingsArgument,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let settings = arguments.settings.read()?;
    let root = root_or(arguments.path.as_ref(), &settings)?;
    let engine = loaded_with(&root, plugins(&settings, screen)?, screen)?;
    let rules = engine.rules();
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        for row in table::rows(rules) {
            writeln!(out, "{}", json_line(&row))?;
        }
    } else {
        out.write_all(table::text(rules).as_bytes())?;
    }
    out.flush()?;
    Ok(Status::Clean)
}
