//! # W0004: a profile with nothing in it
//!
//! The profile claims no host or domain and no other profile extends it, so no reply can ever belong to it.
//!
//! Bad:
//!
//! ```carom
//! profile google {
//! }
//! ```
//!
//! Good:
//!
//! ```carom
//! profile google {
//!     hosts "*.google.com"
//! }
//! ```
//!
//! A profile without hosts and domains is useful as a parent: for the settings and rules that others take from it
//! by `extends`.

use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use std::collections::HashSet;

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    let profiles = &subject.rules().profiles;
    let parents: HashSet<_> = profiles.iter().filter_map(|(_, profile)| profile.parent).collect();
    for (id, profile) in profiles.iter().filter(|(_, profile)| subject.is_own(profile.span)) {
        if profile.hosts.is_empty() && profile.domains.is_empty() && !parents.contains(&id) {
            let message = format!("profile `{}` has no hosts and no domains, and nothing extends it", profile.name);
            let diagnostic = Diagnostic::new(Code::W0004, profile.span, message)
                .help("say by which hosts it is known: `hosts \"*.example.com\"`");
            findings.push(diagnostic);
        }
    }
}
