//! Compiled code, kept for the next start.
//!
//! An entry is named by all that its code depends on, and begins with the digest of the rest. One bit less, or a folder
//! that somebody else can write, and it is not loaded: a process would run whatever it says.

use super::code::Code;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How an entry begins.
const MAGIC: &[u8; 8] = b"carom\0\x01\n";

/// How its name ends.
const END: &str = "compiled";

/// Entries that are kept; beyond that the oldest go.
const ENTRIES: usize = 512;

/// A private folder of compiled code.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// A folder, which is made where it is not there.
    ///
    /// # Errors
    /// Why it cannot be used, in a sentence: above all that others could write to it.
    pub(super) fn new(folder: &Path) -> Result<Cache, String> {
        let named = |what: &str| format!("the cache `{}` {what}", folder.display());
        make(folder).map_err(|error| named(&format!("cannot be made: {error}")))?;
        let found = fs::symlink_metadata(folder).map_err(|error| named(&format!("cannot be read: {error}")))?;
        if !found.is_dir() {
            return Err(named("is no folder"));
        }
        if !is_private(&found) {
            return Err(named(
                "is not private: what lies there is run, so it must be this user's, and nobody else may write to it \
                 (`chmod 700`)",
            ));
        }
        Ok(Cache { folder: folder.to_owned() })
    }

    /// The code of an entry, if it is there and whole.
    pub(super) fn find(&self, key: &[u8; 32], most: usize) -> Option<Code> {
        let file = File::open(self.path(key)).ok()?;
        let found = file.metadata().ok()?;
        if !found.is_file() || !is_private(&found) {
            return None;
        }
        let mut entry = Vec::with_capacity(usize::try_from(found.len()).ok()?.min(most));
        file.take(most as u64 + 64).read_to_end(&mut entry).ok()?;
        let digest = entry.strip_prefix(MAGIC)?.first_chunk::<32>()?;
        let code = &entry[MAGIC.len() + 32..];
        if hmac_sha256::Hash::hash(code) != *digest {
            return None;
        }
        entry.drain(..MAGIC.len() + 32);
        Some(Code::made_here(entry))
    }

    /// Keeps the code of an entry. Readers see the old one or the new one, and no half.
    ///
    /// # Errors
    /// Why not; the code can be used all the same.
    pub(super) fn keep(&self, key: &[u8; 32], code: &Code) -> io::Result<()> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.folder.join(format!("{}-{number}.new", std::process::id()));
        let written = private_file(&unfinished).and_then(|mut file| {
            file.write_all(MAGIC)?;
            file.write_all(&hmac_sha256::Hash::hash(code.bytes()))?;
            file.write_all(code.bytes())?;
            file.sync_all()
        });
        let done = written.and_then(|()| fs::rename(&unfinished, self.path(key)));
        if done.is_err() {
            // What is left of it would never be read.
            let _ = fs::remove_file(&unfinished);
        }
        done.and_then(|()| self.shed())
    }

    fn path(&self, key: &[u8; 32]) -> PathBuf {
        self.folder.join(format!("{}.{END}", super::hexadecimal(key)))
    }

    /// Drops the oldest entries beyond those that are kept.
    fn shed(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|end| end == END || end == "new") {
                entries.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        entries.sort();
        let many = entries.len().saturating_sub(ENTRIES);
        entries.iter().take(many).try_for_each(|(_, path)| fs::remove_file(path))
    }
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn is_private(found: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Whose a folder is, is not known here.
#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}
