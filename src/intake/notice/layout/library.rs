//! The layouts that ship, and those of a site before them.

use super::known::{Index, Seen};
use super::page::{Layout, PageError};
use super::read::{Told, read};
use crate::reply::Kind;
use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

macro_rules! pages {
    ($($name:literal),* $(,)?) => {
        &[$((concat!("rules/layouts/", $name, ".layout"), include_str!(concat!("../../../../rules/layouts/", $name, ".layout")))),*]
    };
}

/// Every page of `rules/layouts`, in the order in which they are asked; a test holds this list against the folder.
const PAGES: &[(&str, &str)] = pages![
    "amazon-ses",
    "any",
    "aol",
    "automatic-subject",
    "automatic-suppress",
    "automatic",
    "courier",
    "dragonfly",
    "exchange",
    "exim",
    "fml-loop",
    "gmx",
    "google-groups",
    "google",
    "ironport",
    "james",
    "m-filter",
    "mailmarshal",
    "microsoft-365",
    "mimecast",
    "notes",
    "opensmtpd",
    "pmdf",
    "postfix",
    "qmail",
    "sendmail-5",
    "sendmail",
    "symantec",
    "unsubscribe",
    "yahoo",
    "zoho",
];

/// What is asked after all others, in this order. The `end` lines of the last count for all, and its words of a delay.
const GENERAL: [&str; 4] = ["automatic", "automatic-suppress", "automatic-subject", "any"];

/// Layouts in the order in which they are asked.
#[derive(Debug, Clone)]
pub struct Layouts {
    layouts: Vec<Layout>,
    ends: Vec<String>,
    index: Index,
}

static SHIPPED: LazyLock<Layouts> = LazyLock::new(|| {
    let pages = PAGES.iter().filter_map(|(file, text)| Layout::read(file, text).ok());
    Layouts::new(pages.collect())
});

impl Layouts {
    /// The shipped ones.
    pub fn builtin() -> &'static Layouts {
        &SHIPPED
    }

    /// The pages of the shipped ones: file and text.
    pub fn pages() -> &'static [(&'static str, &'static str)] {
        PAGES
    }

    /// The general ones are asked last; of two with one name the first counts.
    fn new(mut layouts: Vec<Layout>) -> Layouts {
        let mut names = HashSet::new();
        layouts.retain(|layout| names.insert(layout.name.clone()));
        layouts.sort_by_key(|layout| GENERAL.iter().position(|name| *name == layout.name).map_or(0, |place| place + 1));
        let ends =
            layouts.last().filter(|last| last.name == GENERAL[3]).map(|layout| layout.ends.clone()).unwrap_or_default();
        let index = Index::new(&mut layouts);
        Layouts { layouts, ends, index }
    }

    /// The pages of a folder (`*.layout`, by name), which are asked before the shipped ones; one with the name of a
    /// shipped one takes its place.
    ///
    /// # Errors
    /// The first page that cannot be read.
    pub fn with_folder(folder: &Path) -> Result<Layouts, PageError> {
        let unread = |path: &Path, error: std::io::Error| PageError {
            file: path.display().to_string(),
            line: 1,
            message: format!("it cannot be read: {error}"),
        };
        let entries = std::fs::read_dir(folder).map_err(|error| unread(folder, error))?;
        let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "layout"));
        paths.sort();
        let mut pages = Vec::new();
        for path in &paths {
            let text = std::fs::read_to_string(path).map_err(|error| unread(path, error))?;
            pages.push((path.display().to_string(), text));
        }
        Layouts::with_pages(&pages)
    }

    /// Pages in memory, each with the name of its file, which are asked before the shipped ones.
    ///
    /// # Errors
    /// The first page that cannot be read.
    pub fn with_pages(pages: &[(String, String)]) -> Result<Layouts, PageError> {
        let mut layouts = Vec::new();
        for (file, text) in pages {
            layouts.push(Layout::read(file, text)?);
        }
        layouts.extend(SHIPPED.layouts.iter().cloned());
        Ok(Layouts::new(layouts))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Layout> {
        self.layouts.iter()
    }

    /// The first layout that is known in a mail and that finds something in it, and what it finds.
    pub(in crate::intake::notice) fn find<'l, 'm>(
        &'l self,
        seen: &Seen<'_, 'm>,
        mut take: impl FnMut(&'l Layout, Told<'m>, Option<Kind>) -> bool,
    ) {
        let looked = self.index.look(seen);
        let shared = self.layouts.last().filter(|last| last.name == GENERAL[3]);
        for layout in &self.layouts {
            let holds = |condition| self.index.holds(condition, &looked);
            if (seen.by_system || layout.is_of_anybody())
                && layout.known.iter().all(holds)
                && !layout.unless.iter().any(holds)
            {
                let more = shared.filter(|_| !layout.is_of_anybody()).map_or(&[][..], |shared| &shared.kinds);
                let mut kinds = layout.kinds.iter().chain(more);
                let kind = kinds.find(|(_, condition)| {
                    condition.as_ref().is_none_or(|condition| self.index.holds(condition, &looked))
                });
                if take(layout, read(layout, &self.ends, seen.body, seen.from), kind.map(|(kind, _)| *kind)) {
                    return;
                }
            }
        }
    }
}
