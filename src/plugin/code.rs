//! Compiled code becomes a component that can run: the one place of the crate that the compiler cannot vouch for.
#![allow(unsafe_code)]

use super::machine::Machine;
use super::sandbox::cause;
use std::hash::{Hash, Hasher};
use wasmtime::component::Component;

/// Compiled code of which is known who made it.
///
/// There are two ways to one, and both are in this folder: [`compile`](super::compile) got it a moment ago from a
/// process of this program, which it started itself; [`cache`](super::cache) read it back whole from a folder that
/// nobody else can write, and its digest is that of what was written.
pub(super) struct Code(Vec<u8>);

impl Code {
    /// Vouches for compiled code.
    pub(super) fn made_here(code: Vec<u8>) -> Code {
        Code(code)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The component, ready to run.
    ///
    /// # Errors
    /// Where it was compiled for another machine, by another version, or with other settings.
    pub(super) fn component(&self, machine: &Machine) -> Result<Component, String> {
        // SAFETY: `deserialize` wants the bytes to be what `precompile_component` gave, not changed since; it checks by
        // itself that version and settings are this engine's. A `Code` is made in two places: of the output of a child
        // that runs `compiling::main` of the program that the host names, which writes what `precompile_component`
        // gave and ends with success only when it has written all of it (`compile.rs` drops the output otherwise); and
        // of a cache's entry that holds such a `Code`, was written by this user into a folder that no other may write,
        // and has the SHA-256 that was written with it (`cache.rs` drops it otherwise). What a vendor ships is never
        // one: it goes through the compiler, which checks it.
        unsafe { Component::deserialize(machine.engine(), &self.0) }.map_err(|error| cause(&error))
    }
}

/// What compiled code depends on besides the component: the version of wasmtime, its settings, the processor.
pub(super) fn compatibility(engine: &wasmtime::Engine) -> [u8; 32] {
    struct Collect(hmac_sha256::Hash);
    impl Hasher for Collect {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        // All that is hashed goes by `write`; the whole digest is taken below.
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut collect = Collect(hmac_sha256::Hash::new());
    engine.precompile_compatibility_hash().hash(&mut collect);
    collect.0.finalize()
}
