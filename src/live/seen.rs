//! The files of a rule set as they were when they were read, and whether they are so still.
//!
//! Files are looked at by their names, as often as is asked: what a link leads to, a folder that is mounted from
//! elsewhere, a file that an editor puts in another's place are all seen, and no system's own notices are needed.

use crate::resolve::Root;
use crate::source::{Origin, SourceMap};
use crate::syntax::FILE_LIMIT;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file may change again within the same tick of a file system's clock; after so long it would show.
const TICK: Duration = Duration::from_secs(3);

/// The longest file that is looked into.
const READ_LIMIT: u64 = 256 << 20;

/// The files of one load.
#[derive(Debug)]
pub(super) struct Seen {
    files: Vec<File>,
    /// What was read is not what was there afterwards.
    unknown: bool,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    /// What was read of it; nothing where it could not be.
    hash: Option<[u8; 32]>,
    /// What it said when it was last looked at.
    now: Option<[u8; 32]>,
    marks: Option<Marks>,
}

/// What came of a look at the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// They are as they were read.
    Same,
    /// They are not as they were at the last look.
    Changing,
    /// They are not as they were read, and the same as at the last look.
    Changed,
}

/// What changes with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Marks {
    length: u64,
    time: Option<SystemTime>,
    /// Device and number on it: another file under the same name has another one.
    node: (u64, u64),
    /// So long ago that a change would have to show.
    settled: bool,
}

impl Marks {
    fn of(path: &Path) -> Option<Marks> {
        let meta = fs::metadata(path).ok()?;
        let time = meta.modified().ok();
        let age = time.and_then(|time| SystemTime::now().duration_since(time).ok());
        Some(Marks { length: meta.len(), time, node: node(&meta), settled: age.is_some_and(|age| age > TICK) })
    }
}

/// The device, and which file it is there.
#[cfg(unix)]
pub(super) fn node(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
pub(super) fn node(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

fn hash(text: &[u8]) -> [u8; 32] {
    hmac_sha256::Hash::hash(text)
}

/// What a file says, in short; nothing where there is none that can be read.
fn content(path: &Path) -> Option<[u8; 32]> {
    let meta = fs::metadata(path).ok().filter(Metadata::is_file)?;
    if meta.len() > READ_LIMIT {
        // It is neither rules nor a plugin, whatever else it says.
        return Some(hash(&meta.len().to_le_bytes()));
    }
    fs::read(path).ok().map(|text| hash(&text))
}

impl File {
    /// A file as it is now.
    fn now(path: PathBuf) -> File {
        let (marks, hash) = (Marks::of(&path), content(&path));
        File { path, hash, now: hash, marks }
    }

    /// A file that was read as `text`, if that is what it says.
    fn read(path: PathBuf, text: &str) -> Option<File> {
        let hash = Some(hash(text.as_bytes()));
        let mut file = File { path, hash, now: hash, marks: None };
        (!file.moved()).then_some(file)
    }

    /// A file that could not be read, if it still cannot be.
    fn unread(path: PathBuf) -> Option<File> {
        let is_short = fs::metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= FILE_LIMIT as u64);
        let can_be_read = is_short && fs::read_to_string(&path).is_ok();
        (!can_be_read).then(|| File::now(path))
    }

    /// Looks at it; whether it says something else than at the last look.
    fn moved(&mut self) -> bool {
        let marks = Marks::of(&self.path);
        if marks.is_some_and(|marks| marks.settled) && marks == self.marks {
            return false;
        }
        // Before the text: what is written after that shows in the next marks.
        self.marks = marks;
        let now = content(&self.path);
        let moved = now != self.now;
        self.now = now;
        moved
    }
}

impl Seen {
    /// What plugins are made from, before they are.
    pub(super) fn before(others: Vec<PathBuf>) -> Seen {
        Seen { files: others.into_iter().map(File::now).collect(), unknown: false }
    }

    /// They, if they say what they said.
    pub(super) fn steady(mut self) -> Option<Seen> {
        (self.look() == Look::Same).then_some(self)
    }

    /// With the files that were read; nothing if any says something else already.
    pub(super) fn with(self, root: &Root, sources: &SourceMap) -> Option<Seen> {
        let mut seen = self.steady()?;
        let Root::Path(path) = root else { return Some(seen) };
        let of_site = sources.files().map(|(_, file)| file).filter(|file| file.origin == Origin::Site);
        for file in of_site {
            seen.files.push(File::read(PathBuf::from(&file.name), &file.text)?);
        }
        let root = if sources.files().len() == 0 { vec![path.clone(), path.join("root.carom")] } else { Vec::new() };
        for path in sources.unread().iter().cloned().chain(root) {
            seen.files.push(File::unread(path)?);
        }
        Some(seen)
    }

    /// That nothing is known of them but where they begin.
    pub(super) fn unknown(root: &Root) -> Seen {
        Seen { files: Vec::new(), unknown: matches!(root, Root::Path(_)) }
    }

    /// Looks at all of them.
    pub(super) fn look(&mut self) -> Look {
        let moved = self.files.iter_mut().fold(false, |moved, file| file.moved() | moved);
        let is_as_read = !self.unknown && self.files.iter().all(|file| file.now == file.hash);
        match (is_as_read, moved) {
            (true, _) => Look::Same,
            (false, true) => Look::Changing,
            (false, false) => Look::Changed,
        }
    }
}
