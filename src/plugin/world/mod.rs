//! The worlds that plugins are made for, each version beside the others.
//!
//! A version is an interface that a component exports. What both sides pass is typed in a file of its own, and held to
//! the component's types when it is loaded; so a component whose records differ is refused then, and not in the middle
//! of a call. What comes of a call is the same data for all versions: the sandbox knows of none.

mod since_v1;
#[cfg(all(test, feature = "cli"))]
mod tests;
#[cfg(all(test, feature = "cli"))]
pub(super) use tests::first;

use super::sandbox::State;
use crate::engine::Question;
use wasmtime::Store;
use wasmtime::component::{ComponentExportIndex, Instance, Linker};

/// The newest world, as vendors read it.
pub const WIT: &str = include_str!("../../../plugins/wit/carom-plugin.wit");

/// All versions that are served, the newest first.
pub(super) const SERVED: &[&dyn Version] = &[&since_v1::V1];

/// One version of the world.
pub(super) trait Version: Sync {
    /// The interface that its components export, with its version.
    fn provider(&self) -> &'static str;

    /// Gives its components what they may import.
    fn link(&self, linker: &mut Linker<State>) -> wasmtime::Result<()>;

    /// Asks an instance what it is.
    fn describe(
        &self,
        instance: &Instance,
        store: &mut Store<State>,
        function: &ComponentExportIndex,
    ) -> wasmtime::Result<Said>;

    /// What classifies in an instance; an error where its type is another.
    fn classify(
        &self,
        instance: &Instance,
        store: &mut Store<State>,
        function: &ComponentExportIndex,
    ) -> wasmtime::Result<Box<dyn Classify>>;
}

/// The function of an instance that classifies.
pub(super) trait Classify: Send {
    /// Asks it about a reply.
    fn call(&mut self, store: &mut Store<State>, question: &Question<'_>) -> wasmtime::Result<Option<Named>>;
}

/// What a plugin says of itself, not yet checked.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) hosts: Vec<String>,
    pub(super) domains: Vec<String>,
    pub(super) rules: String,
}

/// A rule that a plugin names, and its fields, not yet checked.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) rule: String,
    pub(super) fields: Vec<(String, String)>,
}
