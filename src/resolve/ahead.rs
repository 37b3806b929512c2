//! Files read and parsed before their turn, all at once.
//!
//! `use` lines are guessed from the bare texts: which files there are, and in which order they will be asked for.
//! The loader goes its own way all the same and takes from here what it comes to; what was guessed wrongly it
//! reads itself. So nothing that is found here changes what a rule set is.

use super::files::{DEPTH_LIMIT, Place, Reader, SET_LIMIT};
use crate::diagnostic::Diagnostic;
use crate::source::{BUILTIN_ROOT, FileId};
use crate::syntax::{ast::File, parse_all};
use std::collections::{HashMap, HashSet};

/// A file, read and parsed.
pub(super) struct Ready {
    pub(super) text: String,
    pub(super) name: String,
    /// The number that its places have.
    pub(super) id: FileId,
    pub(super) parsed: (File, Vec<Diagnostic>),
}

/// All files that the root seems to lead to.
pub(super) fn read_ahead(reader: &Reader<'_>, root: &Place) -> HashMap<Place, Ready> {
    let mut guess = Guess { reader, seen: HashSet::new(), files: Vec::new(), bytes: 0 };
    guess.follow(root.clone(), 0);
    guess.follow(Place::Builtin("prelude.carom".to_owned()), 0);
    let files = guess.files;
    let texts: Vec<(FileId, &str)> =
        files.iter().enumerate().map(|(n, (_, text, _))| (FileId::after(n), text.as_str())).collect();
    let trees = parse_all(&texts);
    let ready = |(n, ((place, text, name), parsed))| (place, Ready { text, name, id: FileId::after(n), parsed });
    files.into_iter().zip(trees).enumerate().map(ready).collect()
}

struct Guess<'a> {
    reader: &'a Reader<'a>,
    seen: HashSet<Place>,
    /// Place, text and name, in the order in which they will be included.
    files: Vec<(Place, String, String)>,
    bytes: usize,
}

impl Guess<'_> {
    fn follow(&mut self, place: Place, depth: usize) {
        if depth > DEPTH_LIMIT || self.bytes > SET_LIMIT || !self.seen.insert(place.clone()) {
            return;
        }
        let Ok((text, name)) = self.reader.read(&place) else { return };
        self.bytes += text.len();
        let used: Vec<Place> = uses(&text).filter_map(|line| target(&place, line)).collect();
        self.files.push((place, text, name));
        used.into_iter().for_each(|place| self.follow(place, depth + 1));
    }
}

/// What follows `use` in the lines that begin with it.
fn uses(text: &str) -> impl Iterator<Item = &str> {
    memchr::memmem::find_iter(text.as_bytes(), "use").filter_map(|at| {
        let before = text[..at].trim_end_matches([' ', '\t']);
        let begins = before.is_empty() || before.ends_with(['\n', '\r', '\u{FEFF}']);
        let rest = text[at + "use".len()..].lines().next().filter(|_| begins)?;
        rest.starts_with([' ', '\t', '"']).then_some(rest)
    })
}

fn target(from: &Place, line: &str) -> Option<Place> {
    let path = line.split('"').nth(1);
    match (line.trim_start().starts_with("builtin"), path) {
        (true, None) => Some(Place::Builtin(BUILTIN_ROOT.to_owned())),
        (true, Some(path)) => Some(Place::of_library(path)),
        (false, path) => path.and_then(|path| from.beside(path)),
    }
}
