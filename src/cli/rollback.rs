//! `carom rollback`.

use super::Status;
use super::output::{Level, Screen};
use crate::live::{KeptFolder, KeptSnapshot, go_back, kept_in};
use crate::report::json_line;
use crate::ruleset::Version;
use anyhow::bail;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Go back to rules that `carom serve` has kept.
///
/// A service that runs and watches its files does so at its next look; one that does not, when it starts. It stays there
/// until the files change or a load is asked for. Run it as the user of the service or as the superuser: what is written
/// then belongs to whom the folder belongs to.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom rollback --kept /var/lib/carom --list      which snapshots there are
  carom rollback --kept /var/lib/carom             to the one before the active one
  carom rollback --kept /var/lib/carom --to 9f2c   to one of them, by the first digits of its name")]
pub(super) struct Arguments {
    /// The folder in which the service keeps its snapshots.
    #[arg(long, value_name = "FOLDER")]
    kept: PathBuf,
    /// The snapshot; without it, the one before the active one.
    #[arg(long, value_name = "SNAPSHOT")]
    to: Option<String>,
    /// Print the snapshots, the oldest first, and go nowhere.
    #[arg(long, conflicts_with = "to")]
    list: bool,
    /// Print each snapshot as a line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let KeptFolder { snapshots: kept, active, misread } = kept_in(&arguments.kept).map_err(anyhow::Error::msg)?;
    let mut out = std::io::stdout().lock();
    if arguments.list {
        if let Some(why) = misread {
            screen.tell(Level::Warning, &why);
        }
        for snapshot in &kept {
            writeln!(out, "{}", line(snapshot, Some(snapshot.version) == active, arguments.json))?;
        }
        return Ok(Status::Clean);
    }
    let to = arguments.to.as_ref().map(|digits| named(&kept, digits)).transpose()?;
    let snapshot = go_back(&arguments.kept, to).map_err(anyhow::Error::msg)?;
    writeln!(out, "{}", line(&snapshot, true, arguments.json))?;
    Ok(Status::Clean)
}

fn line(snapshot: &KeptSnapshot, is_active: bool, as_json: bool) -> String {
    let KeptSnapshot { version, since } = snapshot;
    if as_json {
        return json_line(&json!({ "v": 1, "snapshot": version.to_string(), "since": since, "active": is_active }));
    }
    let active = if is_active { "  active" } else { "" };
    format!("{version}  {since}{active}")
}

/// The one whose name begins so.
fn named(kept: &[KeptSnapshot], digits: &str) -> anyhow::Result<Version> {
    let wanted = digits.to_ascii_lowercase();
    let found: Vec<Version> =
        kept.iter().map(|kept| kept.version).filter(|version| version.to_string().starts_with(&wanted)).collect();
    match found[..] {
        [version] => Ok(version),
        [] => bail!("no snapshot that begins with `{digits}` was kept: `--list` prints those that were"),
        _ => bail!("`{digits}` begins {} snapshots: give more digits", found.len()),
    }
}
