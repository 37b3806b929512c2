//! `carom providers`.

use super::Status;
use super::output::Screen;
use super::roots;
use crate::report::{json_line, plain, providers};
use crate::survey::{named, nearest, survey};
use anyhow::bail;
use std::io::Write;
use std::path::PathBuf;

/// Say what a rule set knows of each provider, and how well.
///
/// A row for each profile: its hosts and domains, its own rules and those of its parents, examples, tests, and how far
/// the sources of its own rules are to be trusted; the rules that are for no profile are the last row. With a name: its
/// hosts, settings and rules.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom providers
  carom providers google
  carom providers hotmail.com
  carom providers --rules ours --json | jq '.profiles[] | select(.sources.inferred > 0).profile'")]
pub(super) struct Arguments {
    /// One profile: by its name, or by a host or domain that it claims.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Your own rules: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let engine = roots::loaded(&roots::root_or_shipped(arguments.rules.as_ref(), None)?, screen)?;
    let rules = engine.rules();
    let survey = survey(rules);
    let known = match &arguments.name {
        None => None,
        Some(name) => {
            let Some((id, _)) = named(rules, name) else {
                let name = plain(name);
                match nearest(rules, &name) {
                    Some(near) => bail!("no profile is called `{name}` or claims it: did you mean `{near}`?"),
                    None => bail!("no profile is called `{name}` or claims it: `carom providers` lists them"),
                }
            };
            survey.profiles.iter().find(|known| known.profile == Some(id))
        }
    };
    let written = match (known, arguments.json) {
        (None, false) => providers::all_text(&survey, rules, screen.color),
        (None, true) => json_line(&providers::all_json(&survey, rules)) + "\n",
        (Some(known), false) => providers::one_text(known, rules, screen.color),
        (Some(known), true) => json_line(&providers::one_json(known, rules)) + "\n",
    };
    let mut out = std::io::stdout().lock();
    out.write_all(written.as_bytes())?;
    out.flush()?;
    Ok(Status::Clean)
}
