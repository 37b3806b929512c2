//! `carom fmt`.

use super::Status;
use super::output::{Screen, unreadable};
use crate::report::plain;
use crate::source::{Origin, SourceMap};
use crate::syntax::format_file;
use anyhow::{Context, bail};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Lay out rule files.
///
/// Only blanks and line ends change, never what a file says. A file with a mistake in it is left alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  carom fmt ours\n  carom fmt --check rules\n  carom fmt - < new.carom")]
pub(super) struct Arguments {
    /// Files, folders (every `.carom` file in them), or `-` for standard input; without any, this folder.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing, and name the files that would change.
    #[arg(long)]
    check: bool,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        if arguments.paths.len() > 1 {
            bail!("`-` stands alone: one text comes in and one goes out");
        }
        return filter(arguments.check, screen);
    }
    let mut files = Vec::new();
    if arguments.paths.is_empty() {
        gather(Path::new("."), &mut files)?;
    }
    for path in &arguments.paths {
        if path.is_dir() { gather(path, &mut files)? } else { files.push(path.clone()) }
    }
    let mut status = Status::Clean;
    for file in files {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&name, &error))?;
        let Some(new) = lay_out(&name, &text, screen) else {
            status = Status::Found;
            continue;
        };
        if new == text {
            continue;
        }
        if arguments.check {
            status = Status::Found;
            writeln!(std::io::stdout(), "{}", plain(&name))?;
        } else {
            write_beside(&file, &new).with_context(|| format!("{name}: it cannot be written, and is as it was"))?;
        }
    }
    Ok(status)
}

fn filter(check: bool, screen: Screen) -> anyhow::Result<Status> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
    let Some(new) = lay_out("-", &text, screen) else { return Ok(Status::Found) };
    if check {
        if new != text {
            writeln!(std::io::stdout(), "-")?;
            return Ok(Status::Found);
        }
        return Ok(Status::Clean);
    }
    std::io::stdout().write_all(new.as_bytes())?;
    Ok(Status::Clean)
}

/// The text laid out; nothing where there is a mistake in it, which is printed.
fn lay_out(name: &str, text: &str, screen: Screen) -> Option<String> {
    let mut sources = SourceMap::new();
    let id = sources.add(name, name, text.to_owned(), Origin::Site);
    format_file(&sources, id).map_err(|diagnostics| screen.complain(&diagnostics, &sources)).ok()
}

/// Writes a new file and puts it in the place of the old one, so that nothing is lost half-way.
fn write_beside(file: &Path, text: &str) -> std::io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let file = std::fs::canonicalize(file)?;
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = file.with_file_name(name);
    std::fs::write(&beside, text)?;
    std::fs::set_permissions(&beside, std::fs::metadata(&file)?.permissions())?;
    std::fs::rename(&beside, &file)
}

/// Every rule file below a folder, in order.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let unreadable = |error| unreadable(&folder.display().to_string(), &error);
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    for path in entries {
        let kind = std::fs::symlink_metadata(&path).map(|meta| meta.file_type());
        if kind.as_ref().is_ok_and(|kind| kind.is_dir()) {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "carom") {
            files.push(path.strip_prefix("./").map(Path::to_owned).unwrap_or(path));
        }
    }
    Ok(())
}
