//! What a plugin says of itself, checked.

use super::words::check;
use super::world::Said;
use crate::resolve::Contributed;

/// What a plugin is and claims: names in the form that the language wants, texts bounded and printable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Its name, which is its profile's.
    pub name: String,
    /// Its version, as it says it.
    pub version: String,
    /// The hosts that it claims, as a profile writes them.
    pub hosts: Vec<String>,
    /// The recipients' domains that it claims.
    pub domains: Vec<String>,
    /// The rules that it brings along.
    pub rules: String,
}

/// The most hosts and domains that a plugin may claim, each.
const CLAIMS: usize = 1_000;

impl Description {
    pub(super) fn new(said: Said) -> Result<Description, String> {
        let Said { name, version, hosts, domains, rules } = said;
        check("name", &name, 40, false)?;
        check("version", &version, 40, false)?;
        check("rules", &rules, 512 << 10, true)?;
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !is_name {
            return Err(format!("its name `{name}` is none: a name has lower-case letters, digits and hyphens"));
        }
        for (what, claims) in [("hosts", &hosts), ("domains", &domains)] {
            if claims.len() > CLAIMS {
                return Err(format!("it claims {} {what}; at most {CLAIMS} are taken", claims.len()));
            }
            claims.iter().try_for_each(|claim| check("claim", claim, 255, false))?;
        }
        if hosts.is_empty() && domains.is_empty() {
            return Err("it claims no host and no domain, so it would never be asked".to_owned());
        }
        Ok(Description { name, version, hosts, domains, rules })
    }

    /// What goes into the rule set; `digest` is that of the whole plugin.
    pub fn contributed(&self, digest: String, may_suppress: bool) -> Contributed {
        Contributed {
            name: self.name.clone(),
            hosts: self.hosts.clone(),
            domains: self.domains.clone(),
            rules: self.rules.clone(),
            may_suppress,
            digest,
        }
    }
}
