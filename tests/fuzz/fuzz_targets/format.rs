//! Any text as a rule file: its layout says the same and is its own layout.
#![no_main]

use carom::source::{Origin, SourceMap};
use carom::syntax::{ast::File, format, parse};
use libfuzzer_sys::fuzz_target;

fn tree(text: &str) -> File {
    let mut sources = SourceMap::new();
    let id = sources.add("root.carom", "root.carom", text.to_owned(), Origin::Site);
    parse(&sources, id).0
}

fuzz_target!(|text: &str| {
    let Ok(laid_out) = format(text) else { return };
    assert_eq!(tree(text), tree(&laid_out), "in the layout:\n{laid_out}");
    assert_eq!(format(&laid_out).as_deref(), Ok(laid_out.as_str()), "not the same twice");
});
