//! `carom table`.

use super::Status;
use super::roots::root;
use crate::check;
use crate::report::{json_line, table};
use crate::resolve::has_errors;
use anyhow::bail;
use std::path::PathBuf;

/// Print the rules in the order in which they are asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  carom table builtin\n  carom table ours --json | jq .rule")]
pub(super) struct Arguments {
    /// A folder with a `root.carom`, a root file, or `builtin`; without it, the folder that this is run in.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// A rule a line, as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Status> {
    let (rules, diagnostics) = check::check(&root(arguments.path.as_ref())?).map_err(anyhow::Error::msg)?;
    if has_errors(&diagnostics) {
        bail!("the rules have errors: `carom check` names them");
    }
    if arguments.json {
        for row in table::rows(&rules) {
            println!("{}", json_line(&row));
        }
    } else {
        print!("{}", table::text(&rules));
    }
    Ok(Status::Clean)
}
