//! What settings come to, value by value, for people and programs.

use super::place::Step;
use serde_json::Value;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The file.
    File,
    /// A variable of the environment.
    Environment(String),
}

impl Origin {
    /// The variable, if it was one.
    pub(super) fn variable(&self) -> Option<String> {
        match self {
            Origin::Environment(name) => Some(name.clone()),
            _ => None,
        }
    }
}

/// A value, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The way to it.
    pub path: Vec<Step>,
    /// It; null where nothing is set. Secrets are not shown.
    pub value: Value,
    /// Where it came from.
    pub origin: Origin,
    /// The line of the file, counted from 1.
    pub line: Option<usize>,
}

/// A key that settings may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// The way to it, with `[0]` for any of a list.
    pub path: Vec<Step>,
    /// Its value where nothing is said; null where it has none.
    pub default: Value,
    /// What it is, in a few words.
    pub about: &'static str,
}

impl Described {
    /// The way as people write it: `plugins[].file`.
    pub fn key(&self) -> String {
        super::place::written(&self.path).replace("[0]", "[]")
    }

    /// The variable that sets it; nothing for what stands in lists and under names of one's own.
    pub fn variable(&self) -> Option<String> {
        let has_own_names = self.path.first() == Some(&Step::Key("keys".to_owned()));
        if has_own_names { None } else { super::environment::variable(&self.path) }
    }
}
