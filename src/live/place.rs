//! Files that are put in place whole, in a folder that one service keeps for itself.

use super::seen::node;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Another service keeps its snapshots in the folder.
#[derive(Debug)]
pub(super) struct InUse;

/// Takes a folder for as long as what is given back is held. The folder itself is locked, so that nothing is written for
/// it; where the file system has no locks, and while there is no folder, nothing is given.
pub(super) fn claim(folder: &Path) -> Result<Option<File>, InUse> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let Ok(file) = File::open(folder) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(InUse),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Whether what was locked is the folder still, and not one that was removed since.
pub(super) fn is_locked(folder: &Path, lock: &File) -> bool {
    match (lock.metadata(), fs::metadata(folder)) {
        (Ok(lock), Ok(folder)) => node(&lock) == node(&folder),
        _ => false,
    }
}

/// Puts a file in its place whole, or not at all.
pub(super) fn put(folder: &Path, name: &str, text: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(name);
    let new = folder.join(format!("{name}.new"));
    // What is left of a write that was cut off; whatever else it is must not be written through.
    let _ = fs::remove_file(&new);
    let mut file = private_file(&new)?;
    let mut write = || {
        hand_over(&file, folder)?;
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
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What the superuser writes is for whom the folder belongs to: nobody else could read it.
#[cfg(unix)]
fn hand_over(file: &File, folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let folder = fs::metadata(folder)?;
    if folder.uid() == file.metadata()?.uid() {
        return Ok(());
    }
    fchown(file, Some(folder.uid()), Some(folder.gid()))
}

#[cfg(not(unix))]
fn hand_over(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a folder that is for this user alone, if there is none.
pub(super) fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

pub(super) fn said(path: &Path, error: &io::Error) -> String {
    format!("snapshots cannot be kept in {}: {}", path.display(), error.to_string().to_lowercase())
}
