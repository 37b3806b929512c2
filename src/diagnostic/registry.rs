//! The codes, each with its title and its page.
//!
//! A page says the cause and holds one bad and one good example, which the tests run: the bad one gives the code,
//! the good one gives nothing. A lint's page stands at the head of its source (`=> "no_example"` is
//! `src/check/no_example.rs`), all others in `pages/E0001.md`.

use super::Severity;
use super::head::{cut, length};
use std::fmt;
use std::str::FromStr;

macro_rules! page {
    ($code:ident) => {
        include_str!(concat!("pages/", stringify!($code), ".md"))
    };
    ($code:ident $lint:literal) => {{
        const SOURCE: &[u8] = include_bytes!(concat!("../check/", $lint, ".rs"));
        const PAGE: [u8; length(SOURCE)] = cut(SOURCE);
        const TEXT: &str = match std::str::from_utf8(&PAGE) {
            Ok(page) => page,
            Err(_) => panic!("a source is text"),
        };
        TEXT
    }};
}

macro_rules! codes {
    ($($code:ident $title:literal $(=> $lint:literal)?)*) => {
        /// A stable code of a diagnostic: `E…` for errors, `W…` for warnings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $code,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$code),*];

            /// `E0001`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$code => stringify!($code)),* }
            }

            /// What it is about, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$code => $title),* }
            }

            /// Its page, in Markdown.
            pub fn page(self) -> &'static str {
                match self { $(Code::$code => page!($code $($lint)?)),* }
            }
        }
    };
}

codes! {
    // The text of a file.
    E0001 "something is not in its place"
    E0002 "a line that this block does not know"
    E0003 "a string that is not closed"
    E0004 "an unknown escape in a string"
    E0005 "a block that is not closed"
    E0006 "an unknown version of the language"
    E0007 "a rule set beyond its limits"
    E0008 "a file that is not utf-8"
    E0009 "a line stated twice"
    E0010 "a line that is missing"
    // Files and names.
    E0020 "an unknown name"
    E0021 "a name declared twice"
    E0022 "a name in a wrong form"
    E0023 "a file that cannot be read"
    E0024 "files that use each other in a circle"
    E0025 "a profile's rule in another file"
    E0026 "profiles that extend each other in a circle"
    E0027 "two profiles that claim one host or domain"
    E0028 "two changes of one thing at the same time"
    E0029 "a rule set without a rule"
    // Values.
    E0030 "not a reply code"
    E0031 "not an enhanced code"
    E0032 "not a phase"
    E0033 "a range that is empty"
    E0034 "not a host or domain"
    E0035 "not a duration"
    E0036 "not a time"
    E0037 "not a number"
    E0038 "not a rate"
    E0039 "an unknown charset"
    E0040 "a word that is not one of the known ones"
    E0041 "a value of the wrong kind"
    // Phrases.
    E0050 "a star that stands for nothing"
    E0051 "an unknown type of gap"
    E0052 "a phrase with nothing in it"
    E0053 "a regular expression that cannot be read"
    E0054 "a phrase that is too long or has too many gaps"
    E0055 "a tag pattern without its tag"
    E0056 "one field with two types"
    // Meaning.
    E0060 "a category that the reason does not have"
    E0061 "a category that rules cannot give"
    E0062 "an unknown field"
    E0063 "a retry that may lack its wait"
    E0064 "actions that contradict each other"
    E0065 "a suppression without the recipient's fault"
    E0066 "a tenant outside an override"
    E0067 "a rule that matches everything"
    E0068 "a match on success"
    E0069 "an end that is not after its start"
    // Examples and tests.
    E0080 "an example that another rule takes"
    E0081 "an example that no rule takes"
    E0082 "a test that does not hold"
    // Plugins.
    E0090 "what a plugin may not say"
    E0091 "a suppression that a plugin was not granted"
    // Warnings.
    W0001 "a rule without an example" => "no_example"
    W0002 "a file that nothing uses" => "unused_file"
    W0003 "a profile beneath another's suffix"
    W0004 "a profile with nothing in it" => "empty_profile"
    W0005 "a rule with the name of a shipped one"
    W0006 "an `allow` that is not in order" => "allow"
    W0007 "an `allow` that silences nothing" => "idle_allow"
    W0010 "an override or change that is over" => "over"
    W0011 "a change that never holds" => "missed_window"
    W0012 "a name that nothing uses" => "unused_name"
    W0013 "a schedule that does not rise" => "falling_schedule"
    W0014 "a wait that is never come to" => "unreached_wait"
    W0015 "a pause that changes nothing" => "idle_pause"
    W0016 "a tag that no reply can have" => "impossible_tag"
    W0017 "a value that another one holds" => "repeated_value"
    W0018 "conditions of which one is idle" => "at_odds"
    W0019 "a phrase that every reply pays for" => "slow_phrase"
    W0020 "a code that is not in the text" => "code_in_expression"
    W0021 "an enhanced code that goes on" => "open_code"
    W0022 "parentheses that stand for nothing" => "plain_group"
    W0023 "something that no text has" => "unfolded"
    W0024 "a word that looks misspelt" => "misspelt_word"
    W0025 "an example that stands twice" => "repeated_example"
    // What is proved of a rule set.
    W0030 "a rule that never decides" => "dead_rule"
    W0031 "an `unless` that vetoes everything" => "vetoed_rule"
    W0032 "a phrase or tag by which its rule never decides" => "dead_alternative"
    W0033 "a code or phase by which its rule never decides" => "dead_value"
    W0034 "two rules of which only the order says who decides" => "rivals"
    W0035 "an alternative that another one holds already" => "implied_alternative"
    W0036 "a line that adds nothing" => "implied_line"
    W0037 "an expression that no text has" => "impossible_expression"
}

impl Code {
    /// Errors begin with `E`, warnings with `W`.
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('E') { Severity::Error } else { Severity::Warning }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Code, ()> {
        Code::ALL.iter().copied().find(|code| code.as_str().eq_ignore_ascii_case(text)).ok_or(())
    }
}
