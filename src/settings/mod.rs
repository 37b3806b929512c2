//! The settings of a deployment, `carom.yaml`: which plugins are used, whose they are, and what they may do.
//!
//! ```yaml
//! keys:
//!   acme: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3
//! plugins:
//!   - file: plugins/acme.wasm
//!     key: acme
//!     hosts: ["*.acme.example"]
//!     may: [suppress]
//! ```
//!
//! Invariant: what is not understood is an error with its place, so that nothing is granted by a slip.

mod admit;
mod keyed;
mod measure;
mod plugins;

pub use admit::Admitted;
pub use plugins::{PluginSettings, Trust};

use crate::plugin::Key;
use keyed::{Fields, Keyed};
use serde::Deserialize;
use serde::de::{Error as _, MapAccess};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// The longest file that is read.
const LIMIT: u64 = 4 << 20;

/// What `carom.yaml` says.
#[derive(Debug, Default)]
pub struct Settings {
    /// The file, which the paths in it stand beside.
    pub path: PathBuf,
    /// Keys that are trusted, by the names that the operator gave them.
    pub keys: BTreeMap<String, Key>,
    /// The plugins.
    pub plugins: Vec<PluginSettings>,
    /// Where compiled code is kept; without it, in the user's own folder for such things.
    pub cache: Option<PathBuf>,
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The file.
    pub path: PathBuf,
    /// The line, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn read(path: &Path) -> Result<Settings, SettingsError> {
        let failed = |message: String| SettingsError { path: path.to_owned(), line: None, message };
        let size = std::fs::metadata(path).map_err(|error| failed(why(&error)))?.len();
        if size > LIMIT {
            return Err(failed(format!("it has {size} bytes; at most {LIMIT} are read")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| failed(why(&error)))?;
        Settings::parse(path, &text)
    }

    /// Reads a text; the paths in it stand beside `path`.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn parse(path: &Path, text: &str) -> Result<Settings, SettingsError> {
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Settings { path: path.to_owned(), ..Settings::default() });
        }
        let read: Result<Keyed<Settings>, serde_yaml::Error> = serde_yaml::from_str(text);
        let mut settings = read.map_err(|error| SettingsError {
            path: path.to_owned(),
            line: error.location().map(|place| place.line()),
            message: without_place(&error.to_string()),
        })?;
        settings.0.path = path.to_owned();
        Ok(settings.0)
    }

    /// The files that plugins are made from: components and their signatures.
    pub fn plugin_files(&self) -> Vec<PathBuf> {
        let components = self.plugins.iter().map(|plugin| self.beside(&plugin.file));
        let with_signature = |path: PathBuf| {
            let mut signature = path.clone().into_os_string();
            signature.push(".minisig");
            [path, signature.into()]
        };
        components.flat_map(with_signature).collect()
    }

    /// A path as the settings mean it.
    fn beside(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }
}

impl Fields for Settings {
    const WHAT: &str = "settings, such as `plugins:`";
    const KEYS: &[&str] = &["keys", "plugins", "cache"];

    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "keys" => {
                for (name, text) in map.next_value::<BTreeMap<String, String>>()? {
                    let key = Key::parse(&text).map_err(|why| A::Error::custom(format!("key `{name}` {why}")))?;
                    self.keys.insert(name, key);
                }
            }
            "plugins" => {
                let plugins = map.next_value::<Vec<Keyed<PluginSettings>>>()?;
                self.plugins = plugins.into_iter().map(|plugin| plugin.0).collect();
            }
            _ => self.cache = Some(map.next_value()?),
        }
        Ok(())
    }
}

/// Why a file could not be read.
fn why(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read by this user".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}

/// The place goes in front, where editors look for it.
fn without_place(message: &str) -> String {
    // A star begins an alias in YAML.
    if message.contains("unknown anchor") || message.contains("while scanning an alias") {
        return "a name that begins with a star stands in quotes, as \"*.example.com\"".to_owned();
    }
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end].to_owned()
}

/// A list that may be left out, or be one word.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a name, or a list of names in brackets")]
enum Names {
    One(String),
    Many(Vec<String>),
}

impl Names {
    fn into_vec(self) -> Vec<String> {
        match self {
            Names::One(name) => vec![name],
            Names::Many(names) => names,
        }
    }
}
