//! What is said of one plugin.

use super::form::{COUNT, FLAG, Form, HASH, PATTERN, SIZE, STEPS, TEXT, TIME, Wrong, word};
use super::section::Section;
use crate::engine::Patience;
use crate::plugin::{Grant, Limits, Options};
use serde_json::json;
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

/// What rules of a plugin may do besides.
static RIGHT: Form<()> = Form {
    what: "`suppress`",
    schema: || json!({ "enum": ["suppress"] }),
    read: |text| word(text, "right", &[("suppress", ())]),
};

/// The digest, as it is compared.
static DIGEST: Form<String> = Form {
    what: HASH.what,
    schema: HASH.schema,
    read: |text| (HASH.read)(text).map(|_| text.to_ascii_lowercase()).map_err(|wrong| Wrong { ..wrong }),
};

impl PluginSettings {
    pub(super) fn take(at: &mut Section<'_, '_>) -> PluginSettings {
        let file = at.must_path("file", "the component").unwrap_or_default();
        let key = at.maybe("key", &TEXT, "the name of the key that it is signed with, as `FILE.minisig`");
        let unsigned = at.or("unsigned", &FLAG, "false", "it is taken without a signature, in place of `key`");
        let sha256 = at.maybe("sha256", &DIGEST, "the file and no other, as `sha256sum` prints it");
        let hosts = at.list("hosts", &PATTERN, &[], "hosts that it may claim, or \"*.example.com\" for all below");
        let domains = at.list("domains", &PATTERN, &[], "domains of recipients that it may claim");
        let may = at.list("may", &RIGHT, &[], "what its rules may do besides: `suppress` addresses");
        let reuse = at.or("reuse", &FLAG, "false", "an instance answers again, and may remember what it was asked");
        let (limits, patience) = at.section("limits", "what it may use", limits);
        let shown = file.display();
        let trust = match (key, unsigned) {
            (Some(_), true) => {
                at.wrong_at("key", "it is either signed with a `key`, or `unsigned`".to_owned(), None);
                Trust::Unsaid
            }
            (Some(name), false) => Trust::Key(name),
            (None, true) => Trust::Unsigned,
            (None, false) => {
                let help = "name the `key` it is signed with, or say `unsigned: true`";
                at.wrong(format!("nothing says whose `{shown}` is"), Some(help));
                Trust::Unsaid
            }
        };
        if hosts.is_empty() && domains.is_empty() && !file.as_os_str().is_empty() {
            let help = "grant it `hosts` or `domains`";
            at.wrong(format!("`{shown}` may claim nothing, so it would never be asked"), Some(help));
        }
        PluginSettings {
            file,
            trust,
            sha256,
            grant: Grant { hosts, domains },
            may_suppress: !may.is_empty(),
            options: Options { limits, patience, reuse },
        }
    }
}

fn limits(at: &mut Section<'_, '_>) -> (Limits, Patience) {
    let limits = Limits {
        memory: at.or("memory", &SIZE, "16MiB", "of an instance"),
        table: at.or("table", &COUNT, "10000", "elements of its tables"),
        fuel: at.or("steps", &STEPS, "20000000", "of a call, about one an instruction"),
        deadline: at.or("deadline", &TIME, "100ms", "of a call, by the clock"),
        passed: at.or("passed", &SIZE, "1MiB", "what may go from it to Carom in a call"),
    };
    let patience = Patience {
        failures: at.or("failures", &COUNT, "10", "after so many it is set aside until it is loaded again"),
        within: at.or("within", &TIME, "60s", "the time in which they are counted"),
    };
    (limits, patience)
}
