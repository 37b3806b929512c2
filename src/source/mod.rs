//! The texts that rules are written in, and places in them.
//!
//! Invariant: a [`Span`] always lies within the file it names, on character boundaries; every
//! diagnostic and every verdict's `at` is made from one.

mod builtin;
mod map;

pub use builtin::{BUILTIN_ROOT, builtin_file, builtin_files};
pub use map::{At, FileId, LineCol, Origin, SourceFile, SourceMap, Span};
