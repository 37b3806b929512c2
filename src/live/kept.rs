//! The texts of the last good snapshots, in a folder that only this user reads.
//!
//! A file for each, put in place whole, and one that names the snapshot that was gone back to. What cannot be written
//! is kept in memory, and said.

use super::load::{Refusal, once};
use super::pin::{PIN, Pin};
use super::place::{InUse, claim, is_locked, private_folder, put, said};
use super::{Settings, Snapshot};
use crate::Time;
use crate::engine::Engine;
use crate::resolve::{Held, Root};
use crate::ruleset::Version;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The version of the files' form.
pub(super) const FORM: u64 = 1;

/// A snapshot that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptSnapshot {
    /// Which it is.
    pub version: Version,
    /// When it became active.
    pub since: Time,
}

#[derive(Debug)]
struct Entry {
    snapshot: KeptSnapshot,
    /// Its place among the others.
    number: u64,
    texts: Texts,
}

#[derive(Debug)]
enum Texts {
    File(PathBuf),
    Memory(Held),
}

/// All that are kept, the oldest first.
#[derive(Debug)]
pub(super) struct Kept {
    folder: Option<PathBuf>,
    keep: usize,
    entries: VecDeque<Entry>,
    pin: Option<Pin>,
    /// What the folder says of it, as far as is known.
    written: Option<Pin>,
    /// Why what the folder says of it cannot be told.
    misread: Option<String>,
    /// Whether the folder is to be locked.
    claims: bool,
    lock: Option<File>,
}

/// What another program wants, as the folder tells.
pub(super) enum Asked {
    /// Nothing new.
    Nothing,
    /// To go there.
    Go(Pin),
    /// What, nobody can tell, and why.
    Misread(String),
    /// Nothing any more, after it could not be told.
    Dropped,
}

impl Kept {
    /// What a folder holds; and why it cannot be used, if it cannot. Files of it that are none of these are passed over.
    pub(super) fn open(folder: Option<PathBuf>, keep: usize) -> (Kept, Option<String>) {
        let mut kept = Kept {
            folder: None,
            keep: keep.max(1),
            entries: VecDeque::new(),
            pin: None,
            written: None,
            misread: None,
            claims: false,
            lock: None,
        };
        let Some(folder) = folder else { return (kept, None) };
        let why = private_folder(&folder).err().map(|error| said(&folder, &error));
        let mut found: Vec<Entry> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| Entry::named(&entry.path()))
            .collect();
        found.sort_by_key(|entry| entry.number);
        kept.entries = found.into();
        match Pin::read(&folder) {
            Ok(pin) => kept.pin = pin,
            Err(why) => kept.misread = Some(why),
        }
        kept.written = kept.pin;
        kept.folder = Some(folder);
        (kept, why)
    }

    /// Takes the folder for one service alone, now or as soon as there is one.
    pub(super) fn claim(&mut self) -> Result<(), InUse> {
        self.claims = true;
        let Some(folder) = &self.folder else { return Ok(()) };
        if !self.lock.as_ref().is_some_and(|lock| is_locked(folder, lock)) {
            self.lock = claim(folder)?;
        }
        Ok(())
    }

    /// Makes sure that the folder is there, and no other service's.
    fn prepare(&mut self) -> Result<(), String> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        private_folder(&folder).map_err(|error| said(&folder, &error))?;
        if self.claims { self.claim().map_err(|InUse| in_use(&folder)) } else { Ok(()) }
    }

    pub(super) fn list(&self) -> Vec<KeptSnapshot> {
        self.entries.iter().map(|entry| entry.snapshot).collect()
    }

    pub(super) fn pin(&self) -> Option<Pin> {
        self.pin
    }

    /// Why nobody can tell what was gone back to.
    pub(super) fn misread(&self) -> Option<&str> {
        self.misread.as_deref()
    }

    /// Where one is on the safe side if somebody went back and nobody can tell where to: not on what the files say, if
    /// that may be what was gone away from.
    pub(super) fn assumed(&self, files: Option<Version>) -> Option<Pin> {
        self.misread.as_ref()?;
        let last = self.entries.back()?.snapshot.version;
        let files = files.unwrap_or(last);
        let is_known = self.entries.iter().any(|entry| entry.snapshot.version == files);
        // The files are kept last when they are loaded; what stands behind them was promoted.
        let to = if files == last { self.before(last)? } else { last };
        is_known.then_some(Pin { to, away: Some(files), promoted: false })
    }

    /// Takes a pin for what holds, and lets the folder say what it says.
    pub(super) fn assume(&mut self, pin: Pin) {
        self.pin = Some(pin);
    }

    /// The snapshot that was active before another.
    pub(super) fn before(&self, version: Version) -> Option<Version> {
        let of_it = self.entries.iter().rposition(|entry| entry.snapshot.version == version);
        let before = of_it.unwrap_or(self.entries.len()).checked_sub(1)?;
        Some(self.entries[before].snapshot.version)
    }

    /// Keeps a snapshot as the last, and lets go of those that are too many.
    pub(super) fn add(&mut self, snapshot: &Snapshot) -> Result<(), String> {
        let version = snapshot.version();
        if self.entries.back().is_some_and(|last| last.snapshot.version == version && last.is_safe(&self.folder)) {
            return Ok(());
        }
        let number = self.entries.back().map_or(1, |last| last.number + 1);
        let held = Held::of(&snapshot.engine.rules().sources);
        let kept = KeptSnapshot { version, since: snapshot.since };
        let prepared = self.prepare();
        let write = |folder| prepared.and_then(|()| write_snapshot(folder, number, kept, &held));
        let written = self.folder.as_deref().map(write);
        let known = self.entries.iter().position(|entry| entry.snapshot.version == version);
        let known = known.and_then(|known| self.entries.remove(known));
        let (texts, result) = match (written, known) {
            (None, _) => (Texts::Memory(held), Ok(())),
            (Some(Ok(path)), known) => {
                known.into_iter().for_each(|known| known.remove());
                (Texts::File(path), Ok(()))
            }
            // What is in the folder already is worth more than what is in memory.
            (Some(Err(why)), Some(known)) => (known.texts, Err(why)),
            (Some(Err(why)), None) => (Texts::Memory(held), Err(why)),
        };
        self.entries.push_back(Entry { snapshot: kept, number, texts });
        while self.entries.len() > self.keep {
            let first = self.entries.front().map(|entry| entry.snapshot.version);
            // The one that was gone back to stays.
            let at = usize::from(first.is_some() && first == self.pin.map(|pin| pin.to));
            match self.entries.remove(at) {
                Some(entry) => entry.remove(),
                None => break,
            }
        }
        result
    }

    /// A snapshot that was kept, loaded and tested as any other.
    pub(super) fn load(&self, version: Version, settings: &Settings) -> Result<Engine, Refusal> {
        let Some(entry) = self.entries.iter().find(|entry| entry.snapshot.version == version) else {
            return Err(Refusal::sentence(not_kept(version)));
        };
        let held = entry.held()?;
        once(&Root::Held(held), settings)
    }

    /// The snapshot that is asked for, or else the last of those that can be used.
    pub(super) fn last_good(&self, first: Option<Version>, settings: &Settings) -> Option<(Version, Engine)> {
        let versions = self.entries.iter().rev().map(|entry| entry.snapshot.version);
        let load = |version| Some((version, self.load(version, settings).ok()?));
        first.into_iter().chain(versions).find_map(load)
    }

    /// A snapshot, if its file is whole.
    pub(super) fn whole(&self, version: Version) -> Result<KeptSnapshot, String> {
        let entry = self.entries.iter().find(|entry| entry.snapshot.version == version);
        let entry = entry.ok_or_else(|| not_kept(version))?;
        entry.held().map(|_| entry.snapshot).map_err(|refusal| refusal.to_string())
    }

    /// The one that became active last.
    pub(super) fn last(&self) -> Option<Version> {
        Some(self.entries.back()?.snapshot.version)
    }

    /// The snapshot that is active as far as the folder tells: the one that was gone back to, or else the last.
    pub(super) fn active(&self) -> Option<Version> {
        if self.misread.is_some() {
            return None;
        }
        self.pin.map(|pin| pin.to).or_else(|| self.last())
    }

    /// Where another program asks to go, if one does.
    pub(super) fn asked(&mut self) -> Asked {
        let Some(folder) = &self.folder else { return Asked::Nothing };
        match Pin::read(folder) {
            Err(why) if self.misread.as_ref() == Some(&why) => Asked::Nothing,
            Err(why) => {
                self.misread = Some(why.clone());
                Asked::Misread(why)
            }
            Ok(said) => {
                let was_misread = self.misread.take().is_some();
                match said.filter(|pin| Some(*pin) != self.written) {
                    Some(pin) => {
                        self.written = Some(pin);
                        Asked::Go(pin)
                    }
                    None if was_misread => Asked::Dropped,
                    None => Asked::Nothing,
                }
            }
        }
    }

    /// Notes that a snapshot was gone back to, over a restart.
    pub(super) fn set_pin(&mut self, pin: Pin) -> Result<(), String> {
        self.pin = Some(pin);
        self.write_pin()
    }

    /// Forgets it.
    pub(super) fn unpin(&mut self) {
        if self.pin.take().is_some() || self.misread.is_some() {
            // If it stays, it names a version that the files no longer have.
            let _ = self.write_pin();
        }
    }

    /// Lets the folder say what holds.
    pub(super) fn write_pin(&mut self) -> Result<(), String> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        self.misread = None;
        let result = match self.pin {
            Some(pin) => {
                self.prepare()?;
                put(&folder, PIN, pin.text().as_bytes()).map(drop)
            }
            None => match fs::remove_file(folder.join(PIN)) {
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(()),
                result => result,
            },
        };
        result.map_err(|error| said(&folder, &error))?;
        self.written = self.pin;
        Ok(())
    }

    /// Whether the folder lacks what should stand there. What nobody can read there may be a wish, and stays.
    pub(super) fn is_behind(&self) -> bool {
        let in_memory = |entry: &Entry| matches!(entry.texts, Texts::Memory(_));
        let lacks = self.written != self.pin || self.entries.iter().any(in_memory);
        self.folder.is_some() && self.misread.is_none() && lacks
    }

    /// Writes what the folder lacks.
    pub(super) fn catch_up(&mut self) -> Result<(), String> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        self.prepare()?;
        for entry in &mut self.entries {
            if let Texts::Memory(held) = &entry.texts {
                entry.texts = Texts::File(write_snapshot(&folder, entry.number, entry.snapshot, held)?);
            }
        }
        if self.written == self.pin { Ok(()) } else { self.write_pin() }
    }
}

impl Entry {
    /// What a file's name tells: `00000007-1767323045-9f2c….json`.
    fn named(path: &Path) -> Option<Entry> {
        let mut parts = path.file_name()?.to_str()?.strip_suffix(".json")?.splitn(3, '-');
        let number = parts.next()?.parse().ok()?;
        let since = Time::from_unix(parts.next()?.parse().ok()?);
        let version = parts.next()?.parse().ok()?;
        Some(Entry { snapshot: KeptSnapshot { version, since }, number, texts: Texts::File(path.to_owned()) })
    }

    /// Whether it outlives the program, as far as it could.
    fn is_safe(&self, folder: &Option<PathBuf>) -> bool {
        match &self.texts {
            Texts::File(path) => path.is_file(),
            Texts::Memory(_) => folder.is_none(),
        }
    }

    fn held(&self) -> Result<Held, Refusal> {
        match &self.texts {
            Texts::Memory(held) => Ok(held.clone()),
            Texts::File(path) => {
                let text = fs::read_to_string(path).map_err(|error| Refusal::sentence(said(path, &error)))?;
                read_snapshot(&text).ok_or_else(|| {
                    Refusal::sentence(format!("{}: it is no snapshot that was kept whole", path.display()))
                })
            }
        }
    }

    /// Removes its file.
    fn remove(&self) {
        if let Texts::File(path) = &self.texts {
            // One that stays is found at the next start, and is one more until then.
            let _ = fs::remove_file(path);
        }
    }
}

/// What a folder holds that is there.
pub(super) fn folder_of_snapshots(folder: &Path) -> Result<Kept, String> {
    let place = folder.display();
    if let Err(error) = fs::read_dir(folder) {
        let mend = match error.kind() {
            ErrorKind::PermissionDenied => ": be the user of the service, or the superuser",
            _ => "",
        };
        return Err(format!("{place}: {}{mend}", error.to_string().to_lowercase()));
    }
    let (kept, why) = Kept::open(Some(folder.to_owned()), usize::MAX);
    why.map_or(Ok(kept), Err)
}

/// That a folder is another service's.
pub(super) fn in_use(folder: &Path) -> String {
    format!(
        "another service keeps its snapshots in {}: give this one a folder of its own (`--kept`, or `service.kept.folder`)",
        folder.display()
    )
}

fn not_kept(version: Version) -> String {
    format!("no snapshot {version} was kept")
}

fn write_snapshot(folder: &Path, number: u64, kept: KeptSnapshot, held: &Held) -> Result<PathBuf, String> {
    let files: Vec<Value> = held.files.iter().map(|(path, text)| json!({ "path": path, "text": text })).collect();
    let KeptSnapshot { version, since } = kept;
    let text = json!({
        "v": FORM,
        "version": version.to_string(),
        "since": since.to_string(),
        "program": env!("CARGO_PKG_VERSION"),
        "files": files,
    });
    let name = format!("{number:08}-{}-{version}.json", since.unix());
    put(folder, &name, text.to_string().as_bytes()).map_err(|error| said(folder, &error))
}

fn read_snapshot(text: &str) -> Option<Held> {
    let value: Value = serde_json::from_str(text).ok()?;
    if value["v"] != FORM {
        return None;
    }
    let file = |file: &Value| Some((file["path"].as_str()?.to_owned(), file["text"].as_str()?.to_owned()));
    Some(Held { files: value["files"].as_array()?.iter().map(file).collect::<Option<_>>()? })
}
