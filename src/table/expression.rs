//! Regular expressions: compiled when they are first run, which most never are.

use super::required::required;
use crate::resolve::{regex_builder, whole_expressions};
use regex::Regex;
use std::sync::OnceLock;

/// What is kept of an expression beside its text.
#[derive(Debug)]
pub(super) struct Expression {
    /// What every text holds that it matches.
    required: Option<Box<str>>,
    anywhere: OnceLock<Option<Regex>>,
    /// The same where it must be the whole text.
    whole: OnceLock<Option<Regex>>,
}

impl Expression {
    pub(super) fn new(written: &str) -> Expression {
        let required = required(written).map(String::into_boxed_str);
        Expression { required, anywhere: OnceLock::new(), whole: OnceLock::new() }
    }

    /// What every text holds that it matches.
    pub(super) fn literal(&self) -> Option<&str> {
        self.required.as_deref()
    }

    /// Whether the expression, which is written so, matches somewhere in the text.
    pub(super) fn stands(&self, written: &str, text: &str) -> bool {
        let regex = self.anywhere.get_or_init(|| regex_builder(written).build().ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }

    /// Whether the expression, which is written so, matches the whole text.
    pub(super) fn is_whole(&self, written: &str, text: &str) -> bool {
        let whole = || whole_expressions(written).iter().find_map(|written| regex_builder(written).build().ok());
        let regex = self.whole.get_or_init(whole);
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}
