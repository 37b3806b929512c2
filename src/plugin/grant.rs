//! What an operator lets a plugin claim.

use super::Refused;
use super::description::Description;
use crate::reply::HostName;
use crate::ruleset::HostPattern;

/// The hosts and domains that a plugin may claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    /// Hosts: `mx.example.com`, or `*.example.com` for all below.
    pub hosts: Vec<HostPattern>,
    /// Recipients' domains, in the same form.
    pub domains: Vec<HostPattern>,
}

/// A name as a profile writes it: `mx.example.com`, or `*.example.com` for all below.
pub fn pattern(text: &str) -> Option<HostPattern> {
    match text.strip_prefix("*.") {
        Some(suffix) => HostName::parse(suffix).ok().map(HostPattern::Below),
        None => HostName::parse(text).ok().map(HostPattern::Exact),
    }
}

impl Grant {
    /// Whether all that a plugin claims was granted.
    ///
    /// # Errors
    /// What was not, and what was.
    pub fn allows(&self, description: &Description) -> Result<(), Refused> {
        let both = [("host", &description.hosts, &self.hosts), ("domain", &description.domains, &self.domains)];
        for (what, claims, granted) in both {
            for claim in claims {
                let claimed =
                    pattern(claim).ok_or_else(|| Refused(format!("it claims `{claim}`, which is no {what}")))?;
                if granted.iter().any(|grant| is_within(&claimed, grant)) {
                    continue;
                }
                let names: Vec<String> = granted.iter().map(|grant| format!("`{grant}`")).collect();
                let names = if names.is_empty() { format!("no {what}s") } else { names.join(", ") };
                return Err(Refused(format!("it claims the {what} `{claim}`, and was granted {names}")));
            }
        }
        Ok(())
    }
}

/// Whether every host that a claim means is one that a grant means.
fn is_within(claim: &HostPattern, grant: &HostPattern) -> bool {
    match claim {
        HostPattern::Exact(host) => grant.contains(host),
        HostPattern::Below(suffix) => {
            claim == grant || matches!(grant, HostPattern::Below(_)) && grant.contains(suffix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_within, pattern};

    #[test]
    fn claims_lie_within_grants() {
        let within = |claim, grant| {
            is_within(&pattern(claim).expect("a claim is a pattern"), &pattern(grant).expect("and so is a grant"))
        };
        assert!(within("*.acme.example", "*.acme.example"));
        assert!(within("mx.acme.example", "*.acme.example"));
        assert!(within("*.mx.acme.example", "*.acme.example"));
        assert!(within("mx.acme.example", "mx.acme.example"));
        assert!(!within("acme.example", "*.acme.example"), "a star is below the name");
        assert!(!within("*.acme.example", "mx.acme.example"));
        assert!(!within("*.acme.example", "*.mx.acme.example"));
        assert!(!within("*.notacme.example", "*.acme.example"));
        assert!(!within("*.mx.acme.example", "mx.acme.example"));
    }
}
