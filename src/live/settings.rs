//! What rules are loaded from, and what is done besides.

use super::Event;
use crate::engine::Plugins;
use crate::resolve::Root;
use std::fmt;
use std::path::PathBuf;

/// How many good snapshots are kept if nobody says otherwise.
pub const KEEP: usize = 8;

/// What rules are loaded from, and what is done besides.
pub struct Settings {
    /// Where the rule set begins.
    pub root: Root,
    /// Makes the plugins, at each load anew; an error is a sentence.
    pub plugins: Box<dyn Fn() -> Result<Plugins, String> + Send + Sync>,
    /// Names the files that plugins are made from, before each load; when one changes, all is loaded anew.
    pub plugin_files: Box<dyn Fn() -> Vec<PathBuf> + Send + Sync>,
    /// The folder in which good snapshots are kept; without one they are kept in memory.
    pub kept: Option<PathBuf>,
    /// How many are kept.
    pub keep: usize,
    /// Is told of all that happens, while it happens: it may ask for the status, and must not load.
    pub listener: Box<dyn Fn(&Event) + Send + Sync>,
}

impl Settings {
    /// A root alone.
    pub fn new(root: Root) -> Settings {
        Settings {
            root,
            plugins: Box::new(|| Ok(Vec::new())),
            plugin_files: Box::new(Vec::new),
            kept: None,
            keep: KEEP,
            listener: Box::new(|_| {}),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { root, kept, keep, .. } = self;
        f.debug_struct("Settings").field("root", root).field("kept", kept).field("keep", keep).finish_non_exhaustive()
    }
}
