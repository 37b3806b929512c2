//! The file that names the snapshot that was gone to on purpose.

use super::kept::FORM;
use crate::ruleset::Version;
use serde_json::{Value, json};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Its name.
pub(super) const PIN: &str = "pinned.json";

/// A snapshot that was gone to on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) to: Version,
    /// What the files say, which is not to come back by itself.
    pub(super) away: Option<Version>,
    /// It was a candidate, not one from before.
    pub(super) promoted: bool,
}

/// Why a snapshot is active that is not what the files say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pinned {
    /// It was gone back to.
    Back,
    /// It was a candidate that was promoted.
    Promoted,
    /// One was gone back to, nobody can tell which, and this was there before what the files say.
    Assumed,
}

impl Pin {
    pub(super) fn kind(self) -> Pinned {
        if self.promoted { Pinned::Promoted } else { Pinned::Back }
    }

    pub(super) fn text(self) -> String {
        let away = self.away.map(|version| version.to_string());
        json!({ "v": FORM, "to": self.to.to_string(), "away": away, "promoted": self.promoted }).to_string()
    }

    /// What the file in a folder says; nothing if there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Pin>, String> {
        let path = folder.join(PIN);
        let why = match fs::read_to_string(&path) {
            Ok(text) => match Pin::of(&text) {
                Some(pin) => return Ok(Some(pin)),
                None if text.trim().is_empty() => "it is empty".to_owned(),
                None => "it is not as this program writes it".to_owned(),
            },
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => error.to_string().to_lowercase(),
        };
        Err(format!(
            "{} names the snapshot that was gone back to, and cannot be read: {why}; give the file to the user of the \
             service, or name the snapshot again by `carom rollback --to`",
            path.display()
        ))
    }

    fn of(text: &str) -> Option<Pin> {
        let value: Value = serde_json::from_str(text).ok()?;
        let version = |name: &str| value[name].as_str()?.parse().ok();
        let promoted = value["promoted"] == true;
        (value["v"] == FORM).then_some(Pin { to: version("to")?, away: version("away"), promoted })
    }
}
