//! What a plugin of Carom is made of: implement [`Plugin`], name it in [`export!`], and build it with
//! `carom plugin build`.
//!
//! A plugin says which hosts it claims, brings along rules, and is asked about replies of its hosts that none of its
//! rules decides. It answers by naming one of its rules that have no `match` line, with the fields it found; what the
//! rule means (reason, what to do, what to say) stands in the rules, where everybody can read it.
//!
//! ```
//! use carom_plugin::{Description, Plugin, Reply, Verdict};
//!
//! struct Acme;
//!
//! impl Plugin for Acme {
//!     fn describe() -> Description {
//!         Description::new("acme", "1.0.0").host("*.acme.example").rules(
//!             r#"
//! rule closed for acme {
//!     then    deferred rate-limited
//!     retry   after {wait} else 1h
//!     say     "Acme takes no mail for {wait}."
//! }
//! "#,
//!         )
//!     }
//!
//!     fn classify(reply: &Reply) -> Option<Verdict> {
//!         let minutes: u32 = reply.text.strip_prefix("acme/")?.parse().ok()?;
//!         Some(Verdict::rule("closed").field("wait", format!("{minutes}m")))
//!     }
//! }
//!
//! carom_plugin::export!(Acme);
//!
//! let reply = Reply { text: "acme/30".to_owned(), ..Reply::default() };
//! assert_eq!(Acme::classify(&reply), Some(Verdict::rule("closed").field("wait", "30m")));
//! ```
//!
//! There is no clock, no file, no network and no chance in a plugin, and every reply is asked about afresh: the same
//! reply gets the same answer. What panics costs its own answer only.

mod abi;
mod layout;

#[doc(hidden)]
pub use abi::{classify, describe, free_answer, free_description, realloc};

/// A plugin.
pub trait Plugin {
    /// What it claims and brings along; called once, when it is loaded.
    fn describe() -> Description;

    /// What a reply means: one of the rules without a `match` line, or `None` to leave it to the general rules.
    fn classify(reply: &Reply) -> Option<Verdict>;
}

/// What a receiving mail server said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The text in its original spelling, lines joined by a blank, without codes.
    pub text: String,
    /// The text as rules see it: lower case, blanks folded, addresses one character (U+0001).
    pub folded: String,
    /// The reply code, as 550.
    pub code: Option<u16>,
    /// The enhanced code, as `5.1.1`.
    pub enhanced: Option<String>,
    /// The status of a notice, as `5.1.1`.
    pub status: Option<String>,
    /// The phase: `connect`, `ehlo`, `mail`, `rcpt`, `data` or `end-of-data`.
    pub phase: Option<String>,
    /// The host that said it.
    pub host: Option<String>,
    /// The recipient's domain.
    pub domain: Option<String>,
    /// When it was said, in seconds since 1970: the only time that a plugin has.
    pub time: Option<i64>,
}

/// What a plugin says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    name: String,
    version: String,
    hosts: Vec<String>,
    domains: Vec<String>,
    rules: String,
}

impl Description {
    /// A plugin's name, which is its profile's too (lower-case letters, digits and hyphens), and its version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Description {
        Description { name: name.into(), version: version.into(), ..Description::default() }
    }

    /// Claims a host: `mx.example.com`, or `*.example.com` for all below.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Description {
        self.hosts.push(host.into());
        self
    }

    /// Claims a recipients' domain.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Description {
        self.domains.push(domain.into());
        self
    }

    /// Brings along rules, in Carom's language; mostly `include_str!("../rules.carom")`.
    #[must_use]
    pub fn rules(mut self, rules: impl Into<String>) -> Description {
        self.rules = rules.into();
        self
    }
}

/// An answer: a rule that the plugin brought along, and what was found in the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    rule: String,
    fields: Vec<(String, String)>,
}

impl Verdict {
    /// The rule of this name; without the profile's.
    pub fn rule(name: impl Into<String>) -> Verdict {
        Verdict { rule: name.into(), fields: Vec::new() }
    }

    /// With something found: `{name}` in the rule's `say`, `see` and `retry after`.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Verdict {
        self.fields.push((name.into(), value.into()));
        self
    }
}

/// A line for the operator, who sees the first few of each call. Outside of a plugin it goes to standard error.
pub fn log(line: &str) {
    abi::log(line);
}

/// Makes a type the plugin of its crate, which is a `cdylib`.
#[macro_export]
macro_rules! export {
    ($plugin:ty) => {
        // On any other machine there is nothing to be exported to, and tests run natively.
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            #[unsafe(export_name = "carom:plugin/provider@1.0.0#describe")]
            extern "C" fn describe() -> *mut u8 {
                $crate::describe::<$plugin>()
            }
            #[unsafe(export_name = "cabi_post_carom:plugin/provider@1.0.0#describe")]
            unsafe extern "C" fn free_description(area: *mut u8) {
                // SAFETY: the host passes what `describe` gave, once.
                unsafe { $crate::free_description(area) }
            }
            #[unsafe(export_name = "carom:plugin/provider@1.0.0#classify")]
            unsafe extern "C" fn classify(reply: *mut u8) -> *mut u8 {
                // SAFETY: the host passes a reply that it laid out in memory from `cabi_realloc`.
                unsafe { $crate::classify::<$plugin>(reply) }
            }
            #[unsafe(export_name = "cabi_post_carom:plugin/provider@1.0.0#classify")]
            unsafe extern "C" fn free_answer(area: *mut u8) {
                // SAFETY: the host passes what `classify` gave, once.
                unsafe { $crate::free_answer(area) }
            }
            #[unsafe(export_name = "cabi_realloc")]
            unsafe extern "C" fn realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
                // SAFETY: the host passes nothing, or what an earlier call gave with its size and alignment.
                unsafe { $crate::realloc(old, old_size, align, size) }
            }
        };
    };
}
