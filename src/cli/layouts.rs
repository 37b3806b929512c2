//! `carom layouts`: the pages by which bounces without a report are read.

use super::Status;
use super::output::{Level, Screen, unreadable};
use crate::intake::notice::{Layout, Layouts, failing_examples};
use crate::report::json_line;
use anyhow::bail;
use clap::Subcommand;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// List the layouts of bounces, show the page of one, or test pages of your own.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom layouts                          all of them, in the order in which they are asked
  carom layouts show qmail > ours/qmail.layout
  carom layouts test ours                do the examples of your pages hold, and still those of all others?")]
pub(super) struct Arguments {
    #[command(subcommand)]
    asked: Option<Asked>,
    /// A folder with layouts of your own, which are asked before those that ship.
    #[arg(long, value_name = "FOLDER", global = true)]
    layouts: Option<PathBuf>,
    /// Print each layout as a line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Asked {
    /// Print the page of a layout.
    Show {
        /// The layout's name.
        name: String,
    },
    /// Read the examples of a folder's pages, and of all others beside them.
    Test {
        /// The folder with the pages (`*.layout`).
        folder: PathBuf,
    },
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let folder = match &arguments.asked {
        Some(Asked::Test { folder }) => Some(folder),
        _ => arguments.layouts.as_ref(),
    };
    let own = folder.map(|folder| Layouts::with_folder(folder)).transpose()?;
    let layouts = own.as_ref().unwrap_or_else(|| Layouts::builtin());
    match &arguments.asked {
        None => list(layouts, arguments.json),
        Some(Asked::Show { name }) => show(layouts, name),
        Some(Asked::Test { .. }) => Ok(test(layouts, screen)),
    }
}

/// A layout as `--json` tells of it.
struct Row<'l>(&'l Layout);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("v", &1)?;
        map.serialize_entry("layout", self.0.name())?;
        map.serialize_entry("file", self.0.file())?;
        map.serialize_entry("about", self.0.about())?;
        map.serialize_entry("sources", self.0.sources())?;
        map.serialize_entry("examples", &self.0.mails().count())?;
        map.end()
    }
}

fn list(layouts: &Layouts, json: bool) -> anyhow::Result<Status> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let width = layouts.iter().map(|layout| layout.name().len()).max().unwrap_or(0);
    for layout in layouts.iter() {
        if json {
            writeln!(out, "{}", json_line(&Row(layout)))?;
        } else {
            writeln!(out, "{:width$}  {}", layout.name(), layout.about())?;
        }
    }
    out.flush()?;
    Ok(Status::Clean)
}

fn show(layouts: &Layouts, name: &str) -> anyhow::Result<Status> {
    let Some(layout) = layouts.iter().find(|layout| layout.name() == name) else {
        let known = layouts.iter().map(Layout::name).collect::<Vec<_>>().join(", ");
        bail!("no layout is called `{name}`: there are {known}");
    };
    let shipped = Layouts::pages().iter().find(|(file, _)| *file == layout.file()).map(|(_, page)| (*page).to_owned());
    let page = match shipped {
        Some(page) => page,
        None => std::fs::read_to_string(layout.file()).map_err(|error| unreadable(layout.file(), &error))?,
    };
    std::io::stdout().lock().write_all(page.as_bytes())?;
    Ok(Status::Clean)
}

fn test(layouts: &Layouts, screen: Screen) -> Status {
    let failing = failing_examples(layouts);
    for failing in &failing {
        screen.tell(Level::Error, &failing.to_string());
    }
    let (pages, examples) =
        layouts.iter().fold((0, 0), |(pages, examples), layout| (pages + 1, examples + layout.mails().count()));
    println!(
        "{pages} layouts, {examples} examples: {}",
        match failing.len() {
            0 => "all hold".to_owned(),
            some => format!("{some} do not hold"),
        }
    );
    if failing.is_empty() { Status::Clean } else { Status::Found }
}
