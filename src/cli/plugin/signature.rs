//! Keys and signatures in the format of minisign, as files.

use super::super::output::unreadable;
use super::load::shown;
use crate::plugin::Key;
use anyhow::bail;
use mail_parser::decoders::base64::base64_decode;
use minisign::{SecretKey, SecretKeyBox, SignatureBox};
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
fn is_secret(text: &str) -> bool {
    is_encrypted(text) || line(text).starts_with("RWQAAEIy")
}

/// Whether it begins as one with a password.
pub(super) fn is_encrypted(text: &str) -> bool {
    line(text).starts_with("RWRTY0Iy")
}

/// The line that a key is, behind its comment.
fn line(text: &str) -> &str {
    text.lines().nth(1).unwrap_or_default()
}

/// A secret key without a password.
pub(super) fn open_key(text: &str) -> Option<SecretKey> {
    /// Bytes of a key, and of the sum at its end.
    const KEY: usize = 158;
    const SUM: [u8; 32] = [0; 32];
    let whole = SecretKeyBox::from_string(text).ok()?.into_unencrypted_secret_key().ok();
    // Older versions of the tool write no sum for such a key.
    whole.or_else(|| {
        let bytes = base64_decode(line(text).as_bytes())?;
        let is_without_sum = is_secret(text) && !is_encrypted(text) && bytes.len() == KEY && bytes.ends_with(&SUM);
        if is_without_sum { SecretKey::from_bytes(&bytes).ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::{is_encrypted, open_key};

    /// What `minisign -G -W` of version 0.11 writes: a key that signs nothing but here.
    const OPEN: &str = "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHHaQJ2upN8Ya6pdPhhc6NcyHUK0xt0ebPLQOQUpwxxrCuSW26W3Z9cFOv6qDhfqFCqG1Ym7y4xm8Ttn8AMczQ4pBPThtzT6CAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    #[test]
    fn a_key_without_a_sum_is_one() {
        let file = |key: &str| format!("untrusted comment: minisign encrypted secret key\n{key}\n");
        assert!(open_key(&file(OPEN)).is_some());
        assert!(!is_encrypted(&file(OPEN)));
        // Cut, of another algorithm, or with a sum that is wrong.
        for other in [&OPEN[..200], &OPEN.replacen("RWQA", "RWQB", 1), &OPEN.replacen("AAA=", "AAE=", 1)] {
            assert!(open_key(&file(other)).is_none(), "{other}");
        }
    }
}
