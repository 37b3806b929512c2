//! Signatures of plugins: detached, in minisign's format.

use super::Refused;
use super::description::Description;
use super::sandbox::printable;
use minisign_verify::{PublicKey, Signature};

/// A key that an operator trusts.
#[derive(Clone)]
pub struct Key(PublicKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// A public key as `minisign -G` prints it: the line of 56 letters, or the whole `.pub` file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Key, String> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        PublicKey::from_base64(line)
            .map(Key)
            .map_err(|_| "is no minisign key: it has 56 letters and begins with `RW`".to_owned())
    }
}

/// What the trusted comment of a plugin's signature says, so that a signature is of this plugin in this version.
pub fn trusted_comment(name: &str, version: &str) -> String {
    format!("carom plugin {name} {version}")
}

/// A signature that holds: of the name and the version that it was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The plugin's name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Signed {
    /// Holds a component to its detached signature (the text of `acme.wasm.minisig`) and a key.
    ///
    /// # Errors
    /// Why it is not signed by that key, or for what it is signed instead.
    pub fn verify(component: &[u8], signature: &str, key: &Key) -> Result<Signed, Refused> {
        let signature =
            Signature::decode(signature).map_err(|_| Refused("its signature is none of minisign's".to_owned()))?;
        // The older form, of the file and not of its hash, is not taken.
        key.0
            .verify(component, &signature, false)
            .map_err(|_| Refused("its signature is not of this file by this key".to_owned()))?;
        let comment = signature.trusted_comment();
        let mut words = comment.strip_prefix("carom plugin ").unwrap_or_default().split(' ');
        match (words.next(), words.next(), words.next()) {
            (Some(name), Some(version), None) if !name.is_empty() && !version.is_empty() => {
                Ok(Signed { name: name.to_owned(), version: version.to_owned() })
            }
            _ => Err(Refused(format!(
                "its signature says `{}`, and not which plugin it is, as `{}` would",
                printable(comment),
                trusted_comment("acme", "1.0.0")
            ))),
        }
    }

    /// Whether the plugin is what was signed.
    ///
    /// # Errors
    /// What it is instead.
    pub fn agrees(&self, description: &Description) -> Result<(), Refused> {
        if self.name == description.name && self.version == description.version {
            return Ok(());
        }
        Err(Refused(format!(
            "it says that it is {} {}, and was signed as {} {}",
            description.name,
            description.version,
            printable(&self.name),
            printable(&self.version)
        )))
    }
}
