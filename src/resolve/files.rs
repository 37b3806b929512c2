//! Following `use` lines from the root: which files there are, and the order of their items.

use super::ahead::{Ready, read_ahead};
use super::contributed::Contributed;
use super::text;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{BUILTIN_ROOT, FileId, Origin, SourceMap, Span, builtin_file, builtin_files};
use crate::spelling::nearest;
use crate::syntax::{FILE_LIMIT, ast, parse_all};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How deep files may use files.
pub(super) const DEPTH_LIMIT: usize = 64;

/// The most bytes that a rule set may have.
pub(super) const SET_LIMIT: usize = 256 << 20;

/// Where a rule set begins.
#[derive(Debug, Clone)]
pub enum Root {
    /// The shipped library alone.
    Builtin,
    /// A root file, or a folder with a `root.carom`.
    Path(PathBuf),
    /// Files in memory, by name; the first is the root.
    Texts(Vec<(String, String)>),
    /// Files of a disk as they were when they were read.
    Held(Held),
}

/// The texts of a rule set that was read from a disk: it means the same whatever became of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// Path and text of each file; the first is the root.
    pub files: Vec<(String, String)>,
}

impl Held {
    /// A site's own files; the library is in the program.
    pub fn of(sources: &SourceMap) -> Held {
        let files = sources.files().map(|(_, file)| file).filter(|file| file.origin == Origin::Site);
        Held { files: files.map(|file| (file.name.clone(), file.text.clone())).collect() }
    }
}

/// The files of a rule set, read.
#[derive(Debug)]
pub struct Loaded {
    /// The files.
    pub sources: SourceMap,
    /// All items, in the order in which `use` lines bring them in; the prelude's are the last.
    pub items: Vec<ast::Item>,
    /// What is wrong so far.
    pub diagnostics: Vec<Diagnostic>,
    /// The profiles of plugins that may not suppress.
    pub(super) withheld: Vec<String>,
}

/// Which file is meant, wherever it is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Builtin(String),
    Disk(PathBuf),
    Text(String),
}

impl Place {
    /// A file of the shipped library, as `use builtin "…"` names it.
    pub(super) fn of_library(path: &str) -> Place {
        let end = if path.ends_with(".carom") { "" } else { ".carom" };
        Place::Builtin(format!("{path}{end}"))
    }

    /// A file named by a path from this file's folder; nothing where the path is not relative.
    pub(super) fn beside(&self, path: &str) -> Option<Place> {
        if path.is_empty() || Path::new(path).is_absolute() {
            return None;
        }
        Some(match self {
            Place::Disk(current) => {
                let folder = current.parent().unwrap_or(Path::new(""));
                Place::Disk(PathBuf::from(normal(&folder.join(path).display().to_string())))
            }
            Place::Builtin(current) => Place::Builtin(normal(&beside(current, path))),
            Place::Text(current) => Place::Text(normal(&beside(current, path))),
        })
    }
}

/// Reads the root and all that it uses.
///
/// # Errors
/// A message where the root itself cannot be read: then there is no place that a diagnostic could name.
pub fn load(root: &Root) -> Result<Loaded, String> {
    load_with(root, &[])
}

/// Reads the root and all that it uses, and what plugins bring along.
///
/// # Errors
/// As [`load`] says.
pub fn load_with(root: &Root, contributed: &[Contributed]) -> Result<Loaded, String> {
    let mut loader = Loader {
        reader: Reader { root },
        ready: HashMap::new(),
        base: PathBuf::new(),
        loaded: Loaded { sources: SourceMap::new(), items: Vec::new(), diagnostics: Vec::new(), withheld: Vec::new() },
        seen: HashMap::new(),
        stack: Vec::new(),
        bytes: 0,
    };
    let first = match root {
        Root::Builtin => Place::Builtin(BUILTIN_ROOT.to_owned()),
        Root::Path(path) => {
            let file = if path.is_dir() { path.join("root.carom") } else { path.clone() };
            loader.base = file.parent().map(Path::to_owned).unwrap_or_default();
            Place::Disk(file)
        }
        Root::Texts(texts) => match texts.first() {
            Some((name, _)) => Place::Text(name.clone()),
            None => return Err("a rule set needs at least one file".to_owned()),
        },
        Root::Held(held) => match held.files.first() {
            Some((path, _)) => {
                let file = PathBuf::from(path);
                loader.base = file.parent().map(Path::to_owned).unwrap_or_default();
                Place::Disk(file)
            }
            // Nothing of it was a site's own.
            None => Place::Builtin(BUILTIN_ROOT.to_owned()),
        },
    };
    loader.ready = read_ahead(&loader.reader, &first);
    match loader.read(&first) {
        Ok((text, name)) => loader.include(first, name, text),
        Err(Unread::Garbled(garbled)) => loader.include_garbled(first, garbled),
        Err(Unread::Told(why)) => {
            let is_folder = matches!(root, Root::Path(path) if path.is_dir() && !path.join("root.carom").exists());
            let help = if is_folder { "; a folder's rule set begins in its `root.carom`" } else { "" };
            return Err(format!("{why}{help}"));
        }
    }
    let prelude = Place::Builtin("prelude.carom".to_owned());
    if !loader.seen.contains_key(&prelude) {
        match loader.read(&prelude) {
            Ok((text, name)) => loader.include(prelude, name, text),
            Err(why) => return Err(why.to_string()),
        }
    }
    contributed.iter().for_each(|contributed| loader.contribute(contributed));
    Ok(loader.loaded)
}

/// Why there is no text of a file.
pub(super) enum Unread {
    Told(String),
    Garbled(Garbled),
}

/// A file that is not utf-8.
pub(super) struct Garbled {
    name: String,
    /// What can be read of it.
    text: String,
    /// The first place where it is not utf-8.
    at: usize,
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unread::Told(why) => f.write_str(why),
            Unread::Garbled(garbled) => write!(f, "{}: the file is not utf-8", garbled.name),
        }
    }
}

/// The way to the text of a file.
pub(super) struct Reader<'a> {
    root: &'a Root,
}

pub(super) struct Loader<'a> {
    reader: Reader<'a>,
    /// What has been read and parsed already.
    ready: HashMap<Place, Ready>,
    /// The folder of the root file.
    base: PathBuf,
    pub(super) loaded: Loaded,
    seen: HashMap<Place, FileId>,
    stack: Vec<Place>,
    bytes: usize,
}

impl Reader<'_> {
    /// The text of a file and the name that people see.
    pub(super) fn read(&self, place: &Place) -> Result<(String, String), Unread> {
        let told = |why: String| Err(Unread::Told(why));
        match place {
            Place::Builtin(key) => match builtin_file(key) {
                Some(text) => Ok((text.to_owned(), format!("rules/{key}"))),
                None => told(format!("the shipped library has no file `{key}`")),
            },
            Place::Disk(path) => {
                let name = path.display().to_string().replace('\\', "/");
                if let Root::Held(held) = self.root {
                    return match held.files.iter().find(|(path, _)| *path == name) {
                        Some((_, text)) => Ok((text.clone(), name)),
                        None => told(format!("{name}: it was not kept")),
                    };
                }
                let failed = |error: std::io::Error| Unread::Told(format!("{name}: {}", io(&error)));
                let size = std::fs::metadata(path).map_err(failed)?;
                if size.len() > FILE_LIMIT as u64 {
                    return told(format!("{name} has {} bytes; at most {FILE_LIMIT} are read", size.len()));
                }
                let bytes = std::fs::read(path).map_err(failed)?;
                String::from_utf8(bytes).map(|text| (text, name.clone())).map_err(|error| {
                    let at = error.utf8_error().valid_up_to();
                    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                    Unread::Garbled(Garbled { name: name.clone(), text, at })
                })
            }
            Place::Text(name) => match self.root {
                Root::Texts(texts) => match texts.iter().find(|(key, _)| key == name) {
                    Some((_, text)) => Ok((text.clone(), name.clone())),
                    None => told(format!("no file `{name}` was given")),
                },
                _ => told(format!("no file `{name}` was given")),
            },
        }
    }
}

impl Loader<'_> {
    fn read(&mut self, place: &Place) -> Result<(String, String), Unread> {
        match self.ready.get_mut(place) {
            Some(Ready { text, name, .. }) => Ok((std::mem::take(text), std::mem::take(name))),
            None => self.reader.read(place),
        }
    }

    /// Gives a file its number.
    fn add(&mut self, place: &Place, name: String, text: String) -> FileId {
        let (key, origin) = match place {
            Place::Builtin(key) => (format!("builtin/{key}"), Origin::Builtin),
            Place::Disk(path) => {
                let within = path.strip_prefix(&self.base).unwrap_or(path);
                (within.display().to_string().replace('\\', "/"), Origin::Site)
            }
            Place::Text(name) => (name.clone(), Origin::Site),
        };
        self.bytes += text.len();
        let id = self.loaded.sources.add(name, key, text, origin);
        self.seen.insert(place.clone(), id);
        id
    }

    /// Says where a file is not utf-8, of which nothing else is looked at.
    fn include_garbled(&mut self, place: Place, garbled: Garbled) {
        let Garbled { name, text, at } = garbled;
        let id = self.add(&place, name, text);
        let span = Span::new(id, at, at + char::REPLACEMENT_CHARACTER.len_utf8());
        let diagnostic =
            Diagnostic::new(Code::E0008, span, "the file is not utf-8").label("here").help("save it as utf-8");
        self.loaded.diagnostics.push(diagnostic);
    }

    fn include(&mut self, place: Place, name: String, text: String) {
        let id = self.add(&place, name, text);
        if self.bytes > SET_LIMIT {
            let message = format!("with this file the rule set has more than {SET_LIMIT} bytes");
            self.loaded.diagnostics.push(Diagnostic::new(Code::E0007, Span::new(id, 0, 0), message));
            return;
        }
        let parsed = match self.ready.remove(&place) {
            Some(ready) if ready.id == id => Some(ready.parsed),
            _ => parse_all(&[(id, &self.loaded.sources.file(id).text)]).pop(),
        };
        let (file, diagnostics) = parsed.unwrap_or_default();
        self.loaded.diagnostics.extend(diagnostics);
        self.stack.push(place);
        for item in file.items {
            match item {
                ast::Item::Use(line) => self.follow(line),
                ast::Item::Language(number) => self.language(&number),
                item => self.loaded.items.push(item),
            }
        }
        self.stack.pop();
    }

    pub(super) fn language(&mut self, number: &ast::Word) {
        if number.text != "1" {
            let message = format!("this program knows version 1 of the language, not `{}`", number.text);
            let diagnostic = Diagnostic::new(Code::E0006, number.span, message)
                .help("write `language 1`, or use a newer program")
                .fix(number.span, "1");
            self.loaded.diagnostics.push(diagnostic);
        }
    }

    fn follow(&mut self, line: ast::Use) {
        let span = line.file.as_ref().map_or(line.place.0, |file| file.0.span);
        let Some(target) = self.target(&line) else { return };
        if self.stack.contains(&target) {
            let diagnostic =
                Diagnostic::new(Code::E0024, span, "this file is being read already: the `use` lines go in a circle")
                    .help("move what both files need into a third, and use that");
            self.loaded.diagnostics.push(diagnostic);
            return;
        }
        if self.seen.contains_key(&target) {
            return;
        }
        if self.stack.len() >= DEPTH_LIMIT {
            let message = format!("files use each other more than {DEPTH_LIMIT} deep");
            self.loaded.diagnostics.push(Diagnostic::new(Code::E0007, span, message));
            return;
        }
        match self.read(&target) {
            Ok((text, name)) => self.include(target, name, text),
            Err(Unread::Garbled(garbled)) => {
                if let Place::Disk(path) = &target {
                    self.loaded.sources.note_unread(path.clone());
                }
                self.include_garbled(target, garbled);
            }
            Err(Unread::Told(why)) => {
                if let Place::Disk(path) = &target {
                    self.loaded.sources.note_unread(path.clone());
                }
                let is_found = !why.ends_with(MISSING);
                let mut diagnostic = Diagnostic::new(Code::E0023, span, why);
                if let Place::Builtin(key) = &target {
                    let names = builtin_files().iter().filter_map(|(key, _)| key.strip_suffix(".carom"));
                    if let Some(near) = nearest(key.trim_end_matches(".carom"), names) {
                        diagnostic = diagnostic.help(format!("did you mean `{near}`?")).fix(span, near);
                    }
                } else if !is_found {
                    let path = line.file.as_ref().map_or("", |file| file.0.text.as_str());
                    diagnostic = diagnostic.help(match path {
                        "builtin" => "the shipped library comes by `use builtin`, without quotes",
                        _ => "the path is taken from the folder of the file that says `use`",
                    });
                }
                self.loaded.diagnostics.push(diagnostic);
            }
        }
    }

    /// The file that a `use` line means.
    fn target(&mut self, line: &ast::Use) -> Option<Place> {
        let path = match &line.file {
            None => return Some(Place::Builtin(BUILTIN_ROOT.to_owned())),
            Some(quoted) => text::unescape(quoted, &mut self.loaded.diagnostics),
        };
        if line.builtin {
            return Some(Place::of_library(&path));
        }
        let span = line.file.as_ref().map_or(line.place.0, |file| file.0.span);
        let Some(place) = self.stack.last().and_then(|current| current.beside(&path)) else {
            let diagnostic = Diagnostic::new(Code::E0023, span, "a `use` line names a file by a relative path")
                .help("write the path from this file's folder");
            self.loaded.diagnostics.push(diagnostic);
            return None;
        };
        Some(place)
    }
}

fn beside(current: &str, path: &str) -> String {
    match current.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{path}"),
        None => path.to_owned(),
    }
}

/// `a/./b/../c` as `a/c`, so that one file has one name.
fn normal(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            "" if !parts.is_empty() => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

const MISSING: &str = "there is no such file";

/// The operating system's words, without its number.
fn io(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => MISSING.to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder, not a file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read by this user".to_owned(),
        _ => error.to_string().to_lowercase(),
    }
}
