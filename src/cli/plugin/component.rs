//! Makes a component of a core module.

use crate::plugin::WIT;
use anyhow::{Context, bail};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What bytes are, by how they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Module,
    Component,
    Other,
}

impl Kind {
    pub(super) fn of(bytes: &[u8]) -> Kind {
        match bytes {
            [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => Kind::Module,
            [b'\0', b'a', b's', b'm', 0x0d, 0, 1, 0, ..] => Kind::Component,
            _ => Kind::Other,
        }
    }
}

/// The component of a core module that exports what the world asks for, by the canonical ABI. What it does not import
/// the component does not either.
pub(super) fn component(mut module: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    match Kind::of(&module) {
        Kind::Module => {}
        Kind::Component => bail!("it is a component already"),
        Kind::Other => bail!("it is no WebAssembly module"),
    }
    let mut resolve = Resolve::default();
    let package = resolve.push_source("carom-plugin.wit", WIT)?;
    let world = resolve.select_world(&[package], Some("plugin"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    let made = ComponentEncoder::default().validate(true).module(&module).and_then(|encoder| encoder.encode());
    made.map_err(|error| anyhow::anyhow!("{}", error.root_cause())).context(
        "it is no module of this world: it exports `describe`, `classify` and `cabi_realloc` as plugins/wit says, and \
         imports nothing but `log` (for Rust the target is wasm32-unknown-unknown, for C wasm32 without WASI)",
    )
}
