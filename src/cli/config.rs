//! `carom config`.

use super::Status;
use super::classify::ties_of_settings;
use super::output::{Screen, counted};
use super::roots::{named_settings, settings_here};
use crate::report::{json_line, plain, settings};
use crate::settings::{Environment, Examined, Settings, SettingsError};
use anyhow::bail;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Check settings, show what they come to, print their schema.
///
/// A variable of the environment goes before the file: CAROM_ and the words of the key in capitals, as CAROM_SERVICE_LISTEN
/// for `service.listen`; a list is written with commas. `docs/settings.md` has all keys.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom config check carom.yaml
  carom config show carom.yaml
  CAROM_SERVICE_LISTEN='[::1]:8025' carom config show --json | jq '.values[] | select(.from != \"default\")'
  carom config schema > carom.schema.json")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Say what is wrong with settings.
    ///
    /// Each error with its line and what mends it: keys that are not known, values of another kind, what does not go
    /// together, files that are named and not there, keys and certificates that cannot be used. The rules have their own:
    /// `carom check --settings carom.yaml`.
    Check(Which),
    /// Print what settings come to: each value, and where it came from.
    ///
    /// That is the default, a line of the file, or a variable of the environment. Secrets are not printed.
    Show(Which),
    /// Print the JSON Schema of settings, for editors.
    Schema,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// The settings; without it, the file that CAROM_SETTINGS names, or `carom.yaml` where this is run, if there is one.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Which {
    fn path(&self) -> Option<PathBuf> {
        self.file.clone().or_else(named_settings).or_else(settings_here)
    }

    /// Whether nobody named the file.
    fn is_found(&self) -> bool {
        self.file.is_none() && named_settings().is_none()
    }
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    match &arguments.command {
        Command::Check(which) => check(which),
        Command::Show(which) => show(which, screen),
        Command::Schema => {
            writeln!(std::io::stdout(), "{:#}", Settings::schema())?;
            Ok(Status::Clean)
        }
    }
}

fn check(which: &Which) -> anyhow::Result<Status> {
    let Some(path) = which.path() else {
        bail!("there is no `carom.yaml` here: name the settings, as `carom config check FILE`");
    };
    let Examined { settings, mut problems, .. } = Settings::examine(Some(&path), &Environment::of_process())?;
    if problems.is_empty() {
        problems = settings.missing();
    }
    if problems.is_empty() {
        problems.extend(ties_of_settings(&settings).err());
    }
    #[cfg(feature = "signed")]
    if problems.is_empty() {
        problems.extend(crate::signed::Webhooks::new(&settings).err());
    }
    #[cfg_attr(not(all(feature = "serve", unix)), allow(unused_mut))]
    let mut warnings: Vec<SettingsError> = Vec::new();
    #[cfg(all(feature = "serve", unix))]
    if problems.is_empty() {
        match tls(&settings) {
            Ok(warning) => warnings.extend(warning),
            Err(problem) => problems.push(problem),
        }
    }
    let mut out = std::io::stdout().lock();
    if which.json {
        writeln!(out, "{}", json_line(&settings::problems_json(&path, &problems, &warnings)))?;
    } else {
        for warning in &warnings {
            writeln!(out, "{}", settings::warning_text(warning))?;
        }
        for problem in &problems {
            writeln!(out, "{}", settings::problem_text(problem))?;
        }
        let found = match problems.len() {
            0 => "no errors".to_owned(),
            count => counted(count as u64, "error"),
        };
        writeln!(out, "{}: {found}", plain(&path.display().to_string()))?;
        if which.is_found() {
            writeln!(out, "`carom serve` does not look for it: say `carom serve --settings carom.yaml`")?;
        }
    }
    Ok(if problems.is_empty() { Status::Clean } else { Status::Found })
}

/// What there is to say of the files of TLS; an error keeps the service from starting.
#[cfg(all(feature = "serve", unix))]
fn tls(settings: &Settings) -> Result<Option<SettingsError>, SettingsError> {
    let Some(files) = crate::serve::TlsFiles::of(settings) else { return Ok(None) };
    match files.check() {
        Ok(note) => Ok(note.map(|note| settings.blame(&["service", "tls", "certificate"], note, None))),
        Err(error) => {
            let key = if error.is_key { "key" } else { "certificate" };
            Err(settings.blame(&["service", "tls", key], error.why, error.help))
        }
    }
}

fn show(which: &Which, screen: Screen) -> anyhow::Result<Status> {
    let path = which.path();
    let examined = Settings::examine(path.as_deref(), &Environment::of_process())?;
    let (values, name) = (examined.values(), path.as_deref().unwrap_or(Path::new("")));
    let written = match which.json {
        true => json_line(&settings::values_json(path.as_deref(), &values)) + "\n",
        false => settings::values_text(name, &values),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(written.as_bytes())?;
    out.flush()?;
    let complain = |problem: &SettingsError| screen.tell(super::output::Level::Error, &problem.to_string());
    examined.problems.iter().for_each(complain);
    Ok(if examined.problems.is_empty() { Status::Clean } else { Status::Found })
}
