//! The catalogue of reasons, and the policy.

use super::action::Actions;
use super::{Resolver, Sorted};
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Action, Category, Fault, Reason, Schedule, Scope};
use crate::source::{Origin, Span};
use crate::syntax::ast::{self, PolicyLine, ReasonLine, Word};
use std::collections::HashMap;

/// What categories do where neither rule nor reason says.
#[derive(Debug, Default)]
pub(super) struct Policy {
    lines: HashMap<Category, (Origin, Span, Actions)>,
    pub(super) retry: Option<Schedule>,
}

impl Policy {
    /// The line that suppresses the addresses of a category.
    pub(super) fn suppressing(&self, category: Category) -> Option<Span> {
        let (_, _, actions) = self.lines.get(&category)?;
        actions.iter().find(|(action, _)| matches!(action, Action::Suppress(_))).map(|(_, span)| *span)
    }

    pub(super) fn of(&self, category: Category) -> Actions {
        self.lines.get(&category).map(|(_, _, actions)| actions.clone()).unwrap_or_default()
    }
}

/// The categories that only success and notices give.
pub(super) fn is_reserved(category: Category) -> bool {
    matches!(category, Category::Delivered | Category::Complaint | Category::AutoReply | Category::Unknown)
}

impl Resolver<'_> {
    /// The policy of all files: a site's lines take the place of the library's.
    pub(super) fn policy(&mut self, sorted: &Sorted<'_>) -> Policy {
        let mut policy = Policy::default();
        let mut retry: Option<(Origin, Span, Schedule)> = None;
        for line in sorted.policies.iter().flat_map(|block| &block.lines) {
            match line {
                PolicyLine::Retry(place, schedule) => {
                    let schedule = self.schedule(schedule);
                    let new = (self.origin(place.0), place.0, schedule);
                    if let Some(kept) =
                        self.later(retry.as_ref().map(|(origin, span, _)| (*origin, *span)), &new, "retry")
                    {
                        retry = kept.then_some(new).or(retry);
                    }
                }
                PolicyLine::Category(place, word, actions) => {
                    let actions = self.actions(actions);
                    self.check_actions(&actions);
                    let Some(category) = self.category(word) else { continue };
                    let new = (self.origin(place.0), place.0, actions);
                    let old = policy.lines.get(&category).map(|(origin, span, _)| (*origin, *span));
                    if self.later(old, &new, category.as_str()) == Some(true) {
                        policy.lines.insert(category, new);
                    }
                }
            }
        }
        policy.retry = retry.map(|(_, _, schedule)| schedule);
        policy
    }

    /// Whether a new line takes the place of an old one; two of one origin are an error.
    fn later<T>(&mut self, old: Option<(Origin, Span)>, new: &(Origin, Span, T), what: &str) -> Option<bool> {
        match old {
            Some((origin, first)) if origin == new.0 => {
                let diagnostic = Diagnostic::new(Code::E0009, new.1, format!("`{what}` is stated twice in the policy"))
                    .also(first, "first stated here")
                    .help("keep one of the two");
                self.report(diagnostic);
                None
            }
            Some((Origin::Site, _)) => Some(false),
            _ => Some(true),
        }
    }

    pub(super) fn category(&mut self, word: &Word) -> Option<Category> {
        let all: Vec<&str> = Category::ALL.iter().map(|category| category.as_str()).collect();
        self.word(word, "category", &all)
    }

    /// The catalogue; the number of each is its place among the declarations.
    pub(super) fn reasons(&mut self, sorted: &Sorted<'_>) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = Vec::with_capacity(sorted.reasons.len());
        for declared in &sorted.reasons {
            let reason = self.reason(declared);
            reasons.push(reason);
        }
        reasons
    }

    fn reason(&mut self, declared: &ast::Reason) -> Reason {
        let name = &declared.name;
        let (mut categories, mut fault, mut scope, mut advice) = (None, None, None, None);
        let mut actions = Actions::new();
        for line in &declared.lines {
            match line {
                ReasonLine::Category(place, words) => self.once(&mut categories, place.0, "category", words),
                ReasonLine::Fault(place, word) => self.once(&mut fault, place.0, "fault", word),
                ReasonLine::Scope(place, word) => self.once(&mut scope, place.0, "scope", word),
                ReasonLine::Advice(place, text) => self.once(&mut advice, place.0, "advice", text),
                ReasonLine::Do(_, list) => {
                    let list = self.actions(list);
                    actions.extend(list);
                }
            }
        }
        self.check_actions(&actions);
        let prelude = self.in_prelude(name.span);
        let missing: Vec<&str> = [
            ("category", categories.is_none()),
            ("fault", fault.is_none()),
            ("scope", scope.is_none()),
            ("advice", advice.is_none()),
        ]
        .into_iter()
        .filter(|(_, missing)| *missing && !prelude)
        .map(|(line, _)| line)
        .collect();
        if !missing.is_empty() {
            let lines = missing.iter().map(|line| format!("`{line}`")).collect::<Vec<_>>().join(", ");
            let diagnostic =
                Diagnostic::new(Code::E0010, name.span, format!("reason `{}` does not say its {lines}", name.text))
                    .help("a reason says its category, whose fault it is, its scope, and what to do about it");
            self.report(diagnostic);
        }
        let words: Vec<&str> = Fault::ALL.iter().map(|word| word.as_str()).collect();
        let fault = fault.and_then(|(_, word)| self.word(word, "fault", &words));
        let words: Vec<&str> = Scope::ALL.iter().map(|word| word.as_str()).collect();
        let scope = scope.and_then(|(_, word)| self.word(word, "scope", &words));
        let categories = categories.map(|(span, words)| self.categories(words, span, prelude)).unwrap_or_default();
        let advice = advice.map(|(_, text)| self.plain(text));
        if let Some((_, span)) = actions.iter().find(|(action, _)| matches!(action, Action::Suppress(_)))
            && fault.is_some_and(|fault| fault != Fault::Recipient)
            && !prelude
        {
            self.blames_nobody(*span, name, fault);
        }
        let actions = actions.into_iter().map(|(action, _)| action).collect();
        Reason { name: name.text.clone(), categories, fault, scope, advice, actions, span: name.span }
    }

    fn categories(&mut self, words: &[Word], span: Span, prelude: bool) -> Vec<Category> {
        let categories: Vec<Category> = words.iter().filter_map(|word| self.category(word)).collect();
        if words.len() > 2 {
            let diagnostic = Diagnostic::new(
                Code::E0060,
                span,
                "a reason has one category, or two of which the first is the default",
            )
            .help("leave out the others, or make two reasons of it");
            self.report(diagnostic);
        }
        for (word, category) in words.iter().zip(&categories) {
            if is_reserved(*category) && !prelude {
                self.reserved(word);
            }
        }
        categories
    }

    /// Says that a category is not for rules to give.
    pub(super) fn reserved(&mut self, word: &Word) {
        let help = match word.text.as_str() {
            "delivered" => "success is said by the reply's 2xx alone",
            "unknown" => "a reply is unknown where no rule matches it: leave the rule out",
            _ => "this is said by the reading of notices alone",
        };
        let diagnostic =
            Diagnostic::new(Code::E0061, word.span, format!("rules cannot say `{}`", word.text)).help(help);
        self.report(diagnostic);
    }

    /// Says of a policy's line, once, that it suppresses for what is not the recipient's fault.
    pub(super) fn blames_all(&mut self, policy: Span, category: Category, reason: &Word, fault: Option<Fault>) {
        if self.diagnostics.iter().any(|known| known.code() == Code::E0065 && known.span() == policy) {
            return;
        }
        let fault = fault.map_or("nobody's", Fault::as_str);
        let message = format!(
            "this suppresses every address of category `{category}`, also for `{}`, which is the fault of the {fault}",
            reason.text
        );
        let diagnostic = Diagnostic::new(Code::E0065, policy, message).also(reason.span, "by this rule, for one").help(
            "only the recipient's fault suppresses: let the reasons suppress whose fault that is (`do suppress`)",
        );
        self.report(diagnostic);
    }

    /// Says that an address would be suppressed for what its owner has no part in.
    pub(super) fn blames_nobody(&mut self, span: Span, reason: &Word, fault: Option<Fault>) {
        let fault = fault.map_or("nobody's", Fault::as_str);
        let message = format!("this suppresses an address for `{}`, which is the fault of the {fault}", reason.text);
        let diagnostic = Diagnostic::new(Code::E0065, span, message)
            .help("only the recipient's fault suppresses: `pause`, `gate` or `retry` instead, or name another reason");
        self.report(diagnostic);
    }
}
