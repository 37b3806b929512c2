//! Files held in memory, and spans in them.

use std::fmt;
use std::path::PathBuf;

/// The number of a file in its [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    /// The number that the file gets that is added after `before` others.
    pub(crate) fn after(before: usize) -> FileId {
        FileId(before as u32)
    }
}

/// Bytes `start..end` of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span of `start..end` in `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        debug_assert!(start <= end);
        Span { file, start: start as u32, end: end as u32 }
    }

    /// From the start of this span to the end of `other`, which lies in the same file.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file);
        Span { end: other.end.max(self.start), ..self }
    }
}

/// Who wrote a file: what ships with Carom gives way to a site's own settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The shipped library.
    Builtin,
    /// The user's own.
    Site,
    /// A plugin's, which speaks of its own hosts alone.
    Plugin,
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineCol {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// A rule file in memory.
#[derive(Clone)]
pub struct SourceFile {
    /// The name that people see: a path, with `/`.
    pub name: String,
    /// The name within its rule set, which does not depend on where the set is stored.
    pub key: String,
    /// The whole text.
    pub text: String,
    /// Who wrote it.
    pub origin: Origin,
    line_starts: Vec<u32>,
}

/// The name alone: texts of whole files help nobody in a debugger's output.
impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFile").field("name", &self.name).field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

impl SourceFile {
    /// The line and column of a byte offset.
    pub fn line_col(&self, offset: u32) -> LineCol {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1] as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |before| before.chars().count()) as u32 + 1;
        LineCol { line: line as u32, column }
    }
}

/// All the files of a rule set, in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    unread: Vec<PathBuf>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a file.
    pub fn add(&mut self, name: impl Into<String>, key: impl Into<String>, text: String, origin: Origin) -> FileId {
        let mut line_starts: Vec<u32> =
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1)).collect();
        line_starts.shrink_to_fit();
        self.files.push(SourceFile { name: name.into(), key: key.into(), text, origin, line_starts });
        FileId::after(self.files.len() - 1)
    }

    /// Notes a file that was asked for and could not be read.
    pub(crate) fn note_unread(&mut self, path: PathBuf) {
        self.unread.push(path);
    }

    /// The files that were asked for and could not be read.
    pub fn unread(&self) -> &[PathBuf] {
        &self.unread
    }

    /// Whether the shipped library is all there is.
    pub fn is_library(&self) -> bool {
        self.files.iter().all(|file| file.origin != Origin::Site)
    }

    /// Whether any of the shipped library is among them, beside the prelude.
    pub(crate) fn has_library(&self) -> bool {
        self.files.iter().any(|file| file.origin == Origin::Builtin && !file.key.ends_with("prelude.carom"))
    }

    /// How long all texts are.
    pub(crate) fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }

    /// The file of that number.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files, in the order in which they were read.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(n, file)| (FileId(n as u32), file))
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Where a span starts.
    pub fn line_col(&self, span: Span) -> LineCol {
        self.file(span.file).line_col(span.start)
    }

    /// `file:line`, as a verdict's `at` has it.
    pub fn at(&self, span: Span) -> At<'_> {
        At { name: &self.file(span.file).name, line: self.line_col(span).line }
    }
}

/// A file and line, shown as `rules/providers/google.carom:24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At<'a> {
    /// The file's name.
    pub name: &'a str,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.line)
    }
}
