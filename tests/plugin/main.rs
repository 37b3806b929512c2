//! Plugins as components: taken in, asked, bounded.

mod guests;
mod path;

use carom::plugin::{Compiler, Host, Limits};

/// A host that compiles by the program under test.
fn host() -> Host {
    Host::new(&Limits::default(), compiler(), None).expect("plugins run here")
}

fn compiler() -> Compiler {
    Compiler::new(env!("CARGO_BIN_EXE_carom"), ["plugin", "compile"])
}
