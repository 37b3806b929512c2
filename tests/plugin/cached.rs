//! Compiled code that is kept: whose folder it is, and that not a bit of it has changed.
#![cfg(unix)]

use crate::attacks::plain;
use crate::compiler;
use carom::plugin::{Host, Limits, Options, Origin};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn origin(cache: &Path) -> Origin {
    let host = Host::new(&Limits::default(), compiler(), Some(cache)).expect("the folder is private");
    host.load(&plain(), Options::default()).expect("it can be used").code
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    fs::read_dir(cache).expect("the cache is there").map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn what_was_compiled_is_found_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("caches/carom");
    assert_eq!(origin(&cache), Origin::Compiled);
    assert_eq!(origin(&cache), Origin::Cached);
    let entries = entries(&cache);
    assert_eq!(entries.len(), 1, "nothing unfinished is left: {entries:?}");
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&cache), mode(&entries[0])), (0o700, 0o600));
}

#[test]
fn a_flipped_bit_is_compiled_again_and_never_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("carom");
    assert_eq!(origin(&cache), Origin::Compiled);
    let [entry] = entries(&cache).try_into().expect("one entry");
    let whole = fs::read(&entry).expect("it is read");
    let host = Host::new(&Limits::default(), compiler(), Some(&cache)).expect("the folder is private");
    let mut places: Vec<usize> = (0..40).chain((0..60).map(|n| n * (whole.len() - 1) / 59)).collect();
    places.dedup();
    for (n, at) in places.into_iter().enumerate() {
        let mut tampered = whole.clone();
        tampered[at] ^= 1 << (n % 8);
        fs::write(&entry, tampered).expect("it is written");
        let loaded = host.load(&plain(), Options::default()).expect("it is compiled again");
        assert_eq!(loaded.code, Origin::Compiled, "bit {} of byte {at}", n % 8);
        assert_eq!(fs::read(&entry).expect("it is read"), whole, "it is mended");
    }
    for shorter in [0, 7, 39, 40, whole.len() - 1] {
        fs::write(&entry, &whole[..shorter]).expect("it is written");
        assert_eq!(origin(&cache), Origin::Compiled, "{shorter} bytes");
    }
    // One plugin's code under another's name is none of this engine's, or does not run: here it is of another component.
    fs::write(&entry, [&whole[..], b"more"].concat()).expect("it is written");
    assert_eq!(origin(&cache), Origin::Compiled);
    assert_eq!(origin(&cache), Origin::Cached);
}

#[test]
fn others_must_not_write_to_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("carom");
    assert_eq!(origin(&cache), Origin::Compiled);
    let [entry] = entries(&cache).try_into().expect("one entry");
    fs::set_permissions(&entry, Permissions::from_mode(0o622)).expect("it is ours");
    assert_eq!(origin(&cache), Origin::Compiled, "others could have written this entry");
    assert_eq!(origin(&cache), Origin::Cached, "its successor is private");
    for mode in [0o777, 0o770, 0o702] {
        fs::set_permissions(&cache, Permissions::from_mode(mode)).expect("it is ours");
        let why = Host::new(&Limits::default(), compiler(), Some(&cache)).expect_err("it is not private");
        assert!(why.contains("is not private"), "{why}");
    }
    fs::set_permissions(&cache, Permissions::from_mode(0o755)).expect("it is ours");
    assert_eq!(origin(&cache), Origin::Cached, "that others read it does no harm");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&cache, &link).expect("a link");
    let why = Host::new(&Limits::default(), compiler(), Some(&link)).expect_err("who made the link?");
    assert!(why.contains("is no folder"), "{why}");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    assert!(Host::new(&Limits::default(), compiler(), Some(&file)).is_err());
}

#[test]
fn other_settings_are_another_entry() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("carom");
    assert_eq!(origin(&cache), Origin::Compiled);
    let host = Host::new(&Limits::default(), compiler(), Some(&cache)).expect("the folder is private");
    let other = crate::attacks::with_rules("rule x for acme { then deferred rate-limited }");
    assert_eq!(host.load(&other, Options::default()).expect("it can be used").code, Origin::Compiled);
    assert_eq!(entries(&cache).len(), 2);
}
