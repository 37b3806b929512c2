//! The one layout of a file.
//!
//! Invariant: only blanks, line ends and the commas between the entries of a `phrases` block change.
//! The laid out text reads as the same tree, has the same comments in the same order, and stays as it
//! is when it is laid out again.

mod layout;
pub(super) mod scan;

use super::parse;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Origin, SourceMap};

/// Lays out a file. A text with a mistake in it is left alone: what is wrong with it is returned
/// instead, with places in the first file of a map.
///
/// ```
/// let text = carom::syntax::format("rule full{match code 452,552\nthen mailbox-full}").unwrap();
/// assert_eq!(text, "rule full {\n    match    code 452, 552\n    then     mailbox-full\n}\n");
/// assert!(carom::syntax::format("rule full {").is_err());
/// ```
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let mut sources = SourceMap::new();
    let id = sources.add("", "", text.to_owned(), Origin::Site);
    format_file(&sources, id)
}

/// Lays out a file of a map, as [`format()`] does.
pub fn format_file(sources: &SourceMap, id: FileId) -> Result<String, Vec<Diagnostic>> {
    let (_, diagnostics) = parse(sources, id);
    if diagnostics.is_empty() { Ok(layout::file(&scan::file(&sources.file(id).text))) } else { Err(diagnostics) }
}
