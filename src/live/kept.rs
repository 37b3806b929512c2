//! The texts of the last good snapshots, in a folder that only this user reads.
//!
//! A file for each, put in place whole, and one that names the snapshot that was gone back to. What cannot be written
//! is kept in memory, and said.

use super::load::{Refusal, once};
use super::{Settings, Snapshot};
use crate::Time;
use crate::engine::Engine;
use crate::resolve::{Held, Root};
use crate::ruleset::Version;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The version of the files' form.
const FORM: u64 = 1;

/// The file that names the snapshot that was gone back to.
const PIN: &str = "pinned.json";

/// A snapshot that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptSnapshot {
    /// Which it is.
    pub version: Version,
    /// When it became active.
    pub since: Time,
}

/// A snapshot that was gone to on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) to: Version,
    /// What the files say, which is not to come back by itself.
    pub(super) away: Option<Version>,
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
}

impl Kept {
    /// What a folder holds; and why it cannot be used, if it cannot. Files of it that are none of these are passed over.
    pub(super) fn open(folder: Option<PathBuf>, keep: usize) -> (Kept, Option<String>) {
        let mut kept = Kept { folder: None, keep: keep.max(1), entries: VecDeque::new(), pin: None, written: None };
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
        kept.pin = fs::read_to_string(folder.join(PIN)).ok().and_then(|text| read_pin(&text));
        kept.written = kept.pin;
        kept.folder = Some(folder);
        (kept, why)
    }

    pub(super) fn list(&self) -> Vec<KeptSnapshot> {
        self.entries.iter().map(|entry| entry.snapshot).collect()
    }

    pub(super) fn pin(&self) -> Option<Pin> {
        self.pin
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
        let written = self.folder.as_deref().map(|folder| write_snapshot(folder, number, kept, &held));
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

    /// The snapshot that is active as far as the folder tells: the one that was gone back to, or else the last.
    pub(super) fn active(&self) -> Option<Version> {
        self.pin.map(|pin| pin.to).or_else(|| Some(self.entries.back()?.snapshot.version))
    }

    /// Where another program asks to go, if one does.
    pub(super) fn asked(&mut self) -> Option<Pin> {
        let text = fs::read_to_string(self.folder.as_ref()?.join(PIN)).ok()?;
        let asked = read_pin(&text).filter(|pin| Some(*pin) != self.written)?;
        self.written = Some(asked);
        Some(asked)
    }

    /// Notes that a snapshot was gone back to, over a restart.
    pub(super) fn set_pin(&mut self, pin: Pin) -> Result<(), String> {
        self.pin = Some(pin);
        self.write_pin()
    }

    /// Forgets it.
    pub(super) fn unpin(&mut self) {
        if self.pin.take().is_some() {
            // If it stays, it names a version that the files no longer have.
            let _ = self.write_pin();
        }
    }

    /// Lets the folder say what holds.
    pub(super) fn write_pin(&mut self) -> Result<(), String> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let result = match self.pin {
            Some(pin) => {
                let away = pin.away.map(|version| version.to_string());
                let text = json!({ "v": FORM, "to": pin.to.to_string(), "away": away }).to_string();
                put(folder, PIN, text.as_bytes()).map(drop)
            }
            None => fs::remove_file(folder.join(PIN)),
        };
        result.map_err(|error| said(folder, &error))?;
        self.written = self.pin;
        Ok(())
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
    match fs::metadata(folder) {
        Ok(meta) if meta.is_dir() => {}
        Ok(_) => return Err(format!("{place} is no folder")),
        Err(error) => return Err(format!("{place}: {}", error.to_string().to_lowercase())),
    }
    let (kept, why) = Kept::open(Some(folder.to_owned()), usize::MAX);
    why.map_or(Ok(kept), Err)
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
    private_folder(folder).and_then(|()| put(folder, &name, text.to_string().as_bytes())).map_err(|e| said(folder, &e))
}

fn read_snapshot(text: &str) -> Option<Held> {
    let value: Value = serde_json::from_str(text).ok()?;
    if value["v"] != FORM {
        return None;
    }
    let file = |file: &Value| Some((file["path"].as_str()?.to_owned(), file["text"].as_str()?.to_owned()));
    Some(Held { files: value["files"].as_array()?.iter().map(file).collect::<Option<_>>()? })
}

fn read_pin(text: &str) -> Option<Pin> {
    let value: Value = serde_json::from_str(text).ok()?;
    let version = |name: &str| value[name].as_str()?.parse().ok();
    (value["v"] == FORM).then_some(Pin { to: version("to")?, away: version("away") })
}

/// Puts a file in its place whole, or not at all.
fn put(folder: &Path, name: &str, text: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(name);
    let new = folder.join(format!("{name}.new"));
    let write = || {
        let mut file = private_file(&new)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&new, &path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&new)))?;
    // A name that is lost with the power is as good as not written; not every system can make sure of it.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(path)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn said(path: &Path, error: &io::Error) -> String {
    format!("snapshots cannot be kept in {}: {}", path.display(), error.to_string().to_lowercase())
}
