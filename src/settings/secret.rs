//! What only the service may know: in the settings, in the environment, or in a file of its own.

use super::form::{PATH, TEXT};
use super::section::Section;
use super::{Settings, why};
use serde_json::json;
use std::fmt;
use std::path::PathBuf;

/// The longest file of a secret.
const LIMIT: usize = 64 << 10;

/// A secret, or where it lies.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Source);

#[derive(Clone, PartialEq, Eq)]
enum Source {
    Text(String),
    File(PathBuf),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// One that is known.
    pub fn new(text: &str) -> Secret {
        Secret(Source::Text(text.to_owned()))
    }

    /// The file that it lies in, if it does.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        match &self.0 {
            Source::Text(_) => None,
            Source::File(path) => Some(path),
        }
    }

    /// It; of a file, all but the line's end.
    ///
    /// # Errors
    /// Why its file cannot be read, or that it is empty.
    pub fn read(&self, settings: &Settings) -> Result<Vec<u8>, String> {
        let path = match &self.0 {
            Source::Text(text) => return Ok(text.clone().into_bytes()),
            Source::File(path) => settings.beside(path),
        };
        let of = |said: String| format!("{}: {said}", path.display());
        let mut bytes = std::fs::read(&path).map_err(|error| of(why(&error)))?;
        while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            bytes.pop();
        }
        match bytes.len() {
            0 => Err(of("it is empty".to_owned())),
            size if size > LIMIT => Err(of(format!("a secret has at most {} KiB", LIMIT >> 10))),
            _ => Ok(bytes),
        }
    }
}

impl Section<'_, '_> {
    /// A path; one of the environment stands beside the folder in which the program runs, not beside the file.
    pub(super) fn path(&mut self, name: &'static str, about: &'static str) -> Option<PathBuf> {
        let path = self.maybe(name, &PATH, about)?;
        Some(self.placed(name, path))
    }

    /// A path that must be there.
    pub(super) fn must_path(&mut self, name: &'static str, about: &'static str) -> Option<PathBuf> {
        let path = self.must(name, &PATH, about)?;
        Some(self.placed(name, path))
    }

    fn placed(&self, name: &str, path: PathBuf) -> PathBuf {
        match self.is_of_environment(name) {
            true => std::path::absolute(&path).unwrap_or(path),
            false => path,
        }
    }

    /// A secret: a text, or `file:` below the key, or the same two of the environment.
    pub(super) fn secret(&mut self, name: &'static str, about: &'static str) -> Option<Secret> {
        let is_in_file = !self.is_of_environment(name) && (self.is_mapping(name) || self.is_set_below(name));
        let read = |at: &mut Section<'_, '_>| at.must_path("file", "the file that it lies in, alone");
        if is_in_file {
            return self.section(name, about, read).map(|path| Secret(Source::File(path)));
        }
        let text = self.maybe(name, &TEXT, about);
        self.hide(name);
        if self.describes() {
            let as_text = (TEXT.schema)();
            self.section(name, about, read);
            let either = json!({ "description": about, "anyOf": [as_text, self.described(name)] });
            self.describe_as(name, either);
        }
        text.map(|text| Secret(Source::Text(text)))
    }

    /// A secret that must be there.
    pub(super) fn must_secret(&mut self, name: &'static str, about: &'static str) -> Option<Secret> {
        self.needs(name, about);
        self.secret(name, about)
    }
}
