//! What is said of one plugin.

use super::keyed::{Fields, Keyed};
use super::{Names, measure};
use crate::engine::Patience;
use crate::plugin::{Grant, Limits, Options, pattern};
use crate::ruleset::HostPattern;
use serde::de::{Error, MapAccess};
use std::path::PathBuf;

/// A plugin that is used, and what it may do.
#[derive(Debug, Clone, Default)]
pub struct PluginSettings {
    /// The component.
    pub file: PathBuf,
    /// How it is known to be what it says.
    pub trust: Trust,
    /// The SHA-256 of the component, where it is pinned.
    pub sha256: Option<String>,
    /// What it may claim.
    pub grant: Grant,
    /// Whether its rules may suppress addresses.
    pub may_suppress: bool,
    /// What it may use.
    pub options: Options,
}

/// How a plugin is known to be what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// Nothing is said, which is refused.
    #[default]
    Unsaid,
    /// It is signed with the key of this name.
    Key(String),
    /// The operator takes it unsigned.
    Unsigned,
}

impl Fields for PluginSettings {
    const WHAT: &str = "a plugin, such as `file: acme.wasm` with `key:` and `hosts:` below it";
    const KEYS: &[&str] = &["file", "key", "unsigned", "sha256", "hosts", "domains", "may", "reuse", "limits"];

    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "file" => self.file = map.next_value()?,
            "key" | "unsigned" if self.trust != Trust::Unsaid => {
                return Err(A::Error::custom("it is either signed with a `key`, or `unsigned`"));
            }
            "key" => self.trust = Trust::Key(map.next_value()?),
            "unsigned" => {
                if map.next_value()? {
                    self.trust = Trust::Unsigned;
                }
            }
            "sha256" => {
                let text: String = map.next_value()?;
                if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(A::Error::custom("`sha256` has 64 digits, as `sha256sum` prints them, in quotes"));
                }
                self.sha256 = Some(text.to_ascii_lowercase());
            }
            "hosts" => self.grant.hosts = names(map)?,
            "domains" => self.grant.domains = names(map)?,
            "may" => {
                for word in map.next_value::<Names>()?.into_vec() {
                    if word != "suppress" {
                        return Err(A::Error::custom(format!("there is no right `{word}`: there is `suppress`")));
                    }
                    self.may_suppress = true;
                }
            }
            "reuse" => self.options.reuse = map.next_value()?,
            _ => {
                let Bounds { limits, patience } = map.next_value::<Keyed<Bounds>>()?.0;
                (self.options.limits, self.options.patience) = (limits, patience);
            }
        }
        Ok(())
    }

    fn is_whole(&self) -> Result<(), String> {
        if self.file.as_os_str().is_empty() {
            return Err("a plugin has a `file`".to_owned());
        }
        if self.trust == Trust::Unsaid {
            return Err(format!(
                "nothing says whose `{}` is: name the `key` it is signed with, or say `unsigned: true`",
                self.file.display()
            ));
        }
        if self.grant.hosts.is_empty() && self.grant.domains.is_empty() {
            return Err(format!(
                "`{}` may claim nothing, so it would never be asked: grant it `hosts` or `domains`",
                self.file.display()
            ));
        }
        Ok(())
    }
}

fn names<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Vec<HostPattern>, A::Error> {
    let read = |text: String| {
        pattern(&text).ok_or_else(|| {
            A::Error::custom(format!("`{text}` is no name such as \"mx.example.com\" or \"*.example.com\""))
        })
    };
    map.next_value::<Names>()?.into_vec().into_iter().map(read).collect()
}

/// What stands under `limits`.
#[derive(Default)]
struct Bounds {
    limits: Limits,
    patience: Patience,
}

impl Fields for Bounds {
    const WHAT: &str = "limits, such as `deadline: 20ms`";
    const KEYS: &[&str] = &["memory", "table", "steps", "deadline", "passed", "failures", "within"];

    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let limits = &mut self.limits;
        let size = |text: String| measure::bytes(&text).map_err(A::Error::custom);
        let time = |text: String| measure::time(&text).map_err(A::Error::custom);
        match key {
            "memory" => limits.memory = size(map.next_value()?)?,
            "table" => limits.table = map.next_value()?,
            "steps" => limits.fuel = map.next_value()?,
            "deadline" => limits.deadline = time(map.next_value()?)?,
            "passed" => limits.passed = size(map.next_value()?)?,
            "failures" => self.patience.failures = map.next_value()?,
            _ => self.patience.within = time(map.next_value()?)?,
        }
        Ok(())
    }

    fn is_whole(&self) -> Result<(), String> {
        match self.patience.failures {
            0 => Err("`failures` is how often it may fail: at least once".to_owned()),
            _ => Ok(()),
        }
    }
}
