//! Detached signatures in the format of minisign.
//!
//! A component is signed as a file, and the trusted comment, which is signed as well, says what it is: so an older
//! version, or another plugin of the same vendor, cannot be passed off as the one that is asked for.

use super::super::output::unreadable;
use super::load::shown;
use crate::plugin::Description;
use crate::report::plain;
use anyhow::{Context, bail};
use minisign::SignatureBox;
use minisign_verify::{PublicKey, Signature};
use std::path::Path;

/// What the trusted comment says of a plugin.
pub(super) fn comment(description: &Description) -> String {
    format!("plugin:{} version:{}", description.name, description.version)
}

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

/// A public key: a file of minisign's, or the key itself, the 56 characters of that file's second line.
pub(super) fn public_key(key: &str) -> anyhow::Result<PublicKey> {
    if !Path::new(key).exists()
        && let Ok(key) = PublicKey::from_base64(key)
    {
        return Ok(key);
    }
    let text = text(Path::new(key))?;
    if minisign::SecretKeyBox::from_string(&text).is_ok_and(|_| text.contains("secret key")) {
        bail!("{} is a secret key: name the public one", plain(key));
    }
    PublicKey::decode(&text).map_err(|_| anyhow::anyhow!("{} is no public key of minisign's", plain(key)))
}

/// Whether a signature is that key's, of these bytes; then what its trusted comment says.
///
/// # Errors
/// Where it is no signature at all.
pub(super) fn verified(bytes: &[u8], signature: &str, key: &PublicKey) -> anyhow::Result<Result<String, &'static str>> {
    let signature = Signature::decode(signature).ok().context("it is no signature of minisign's")?;
    Ok(match key.verify(bytes, &signature, false) {
        Ok(()) => Ok(signature.trusted_comment().to_owned()),
        Err(minisign_verify::Error::UnexpectedKeyId) => Err("it was signed by another key"),
        Err(minisign_verify::Error::UnsupportedLegacyMode | minisign_verify::Error::UnexpectedAlgorithm) => {
            Err("its signature is of a kind that is no longer taken")
        }
        Err(_) => Err("the signature does not hold: the file or the signature was changed"),
    })
}
