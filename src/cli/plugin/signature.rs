//! Keys and signatures in the format of minisign, as files.

use super::super::output::unreadable;
use super::load::shown;
use crate::plugin::Key;
use anyhow::bail;
use minisign::SignatureBox;
use std::path::Path;

/// A signature as it lies there, of which nothing is known to be true.
pub(super) struct Claimed {
    pub(super) key: String,
    pub(super) comment: String,
}

impl Claimed {
    pub(super) fn read(text: &str) -> Option<Claimed> {
        let signature = SignatureBox::from_string(text).ok()?;
        Some(Claimed { key: number(signature.keynum()), comment: signature.trusted_comment().ok()? })
    }
}

/// A key's number, as minisign shows it.
pub(super) fn number(bytes: &[u8]) -> String {
    bytes.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

/// The text of a file.
pub(super) fn text(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).map_err(|error| unreadable(&shown(file), &error))
}

/// A public key: the key itself, or a file of minisign's that holds it.
pub(super) fn public_key(key: &str) -> anyhow::Result<Key> {
    let file = Path::new(key);
    if !file.exists()
        && let Ok(key) = Key::parse(key)
    {
        return Ok(key);
    }
    let text = text(file)?;
    if is_secret(&text) {
        bail!("{} is a secret key: name the public one", shown(file));
    }
    Key::parse(&text).map_err(|why| anyhow::anyhow!("{} {why}", shown(file)))
}

/// Whether a text begins as a secret key of minisign's does, with a password or without.
pub(super) fn is_secret(text: &str) -> bool {
    text.lines().nth(1).is_some_and(|line| line.starts_with("RWRTY0Iy") || line.starts_with("RWQAAEIy"))
}
