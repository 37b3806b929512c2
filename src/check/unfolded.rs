//! # W0023: something that no text has
//!
//! Expressions are matched against the text in its plain form: one line, small letters, typographic quotes and
//! dashes made plain, single blanks instead of tabs, line ends and runs of blanks, and an address as one single
//! thing. What the expression asks for here is none of these, so it never matches.
//!
//! Bad:
//!
//! ```carom
//! rule full {
//!     match    phrase regex 'can’t accept.*full', "mailbox full"
//!     then     mailbox-full
//!     example  "452 4.2.2 Mailbox full"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```
//!
//! Good:
//!
//! ```carom
//! rule full {
//!     match    phrase regex 'can''t accept.*full', "mailbox full"
//!     then     mailbox-full
//!     example  "452 4.2.2 Mailbox full"
//! }
//!
//! reason mailbox-full {
//!     category soft
//!     fault    recipient
//!     scope    recipient
//!     advice   "Try again in a day or two."
//! }
//! ```

use super::expression::Expression;
use super::{Findings, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::{ADDRESS, fold};
use crate::source::Span;
use regex::Regex;
use regex_syntax::ast::{AssertionKind, Ast, ClassSetItem, Flag, Flags, GroupKind, Literal};

pub(super) fn find(subject: &Subject<'_>, findings: &mut Findings) {
    for expression in &subject.expressions {
        let mut walk = Walk { expression, ignores_case: true, findings };
        walk.tree(&expression.tree, true, true);
    }
}

struct Walk<'s> {
    expression: &'s Expression,
    /// Whether capitals are as good as small letters here.
    ignores_case: bool,
    findings: &'s mut Findings,
}

impl Walk<'_> {
    /// Looks at a piece; `first` and `last` tell whether it may stand at the ends of the expression.
    fn tree(&mut self, tree: &Ast, first: bool, last: bool) {
        match tree {
            Ast::Flags(set) => self.flags(&set.flags),
            Ast::Group(group) => {
                let case = self.ignores_case;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.flags(flags);
                }
                self.tree(&group.ast, first, last);
                self.ignores_case = case;
            }
            Ast::Alternation(alternation) => alternation.asts.iter().for_each(|part| self.tree(part, first, last)),
            Ast::Repetition(repetition) => self.tree(&repetition.ast, first, last),
            Ast::Concat(concat) => self.concat(&concat.asts, first, last),
            Ast::Literal(literal) => self.literals(&[literal]),
            Ast::ClassBracketed(class) => {
                let regex_syntax::ast::ClassSet::Item(item) = &class.kind else { return };
                if !class.negated && self.is_impossible(item) {
                    let place = self.expression.place_of(&class.span);
                    self.tell(place, "no text has any of these characters");
                }
            }
            Ast::Assertion(assertion) => match assertion.kind {
                AssertionKind::StartLine | AssertionKind::StartText if !first => {
                    let place = self.expression.place_of(&assertion.span);
                    self.tell(place, "nothing stands before the beginning of a text, which is one line");
                }
                AssertionKind::EndLine | AssertionKind::EndText if !last => {
                    let place = self.expression.place_of(&assertion.span);
                    self.tell(place, "nothing stands behind the end of a text, which is one line");
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn concat(&mut self, parts: &[Ast], first: bool, last: bool) {
        let mut run: Vec<&Literal> = Vec::new();
        let takes =
            |part: &Ast| !matches!(part, Ast::Flags(_) | Ast::Assertion(_) | Ast::Empty(_)) && !may_be_empty(part);
        for (n, part) in parts.iter().enumerate() {
            if let Ast::Literal(literal) = part {
                run.push(literal);
                continue;
            }
            self.literals(&std::mem::take(&mut run));
            let (before, behind) = (&parts[..n], &parts[n + 1..]);
            self.tree(part, first && !before.iter().any(takes), last && !behind.iter().any(takes));
        }
        self.literals(&run);
    }

    fn flags(&mut self, flags: &Flags) {
        self.ignores_case = flags.flag_state(Flag::CaseInsensitive).unwrap_or(self.ignores_case);
    }

    /// Characters that stand side by side.
    fn literals(&mut self, run: &[&Literal]) {
        let (Some(start), Some(end)) = (run.first(), run.last()) else { return };
        let text: String = run.iter().map(|literal| literal.c).collect();
        let Some(plain) = self.impossible(&text) else { return };
        let whole = self.expression.place(start.span.start.offset, end.span.end.offset);
        if plain.contains(ADDRESS) {
            self.tell(whole, "an address is one thing of its own, which no expression matches");
            return;
        }
        let one = |literal: &&&Literal| self.impossible(literal.c.encode_utf8(&mut [0; 4])).is_some();
        let (place, what) = match (run.iter().find(one), run.array_windows().find(|[a, b]| a.c == ' ' && b.c == ' ')) {
            (Some(literal), _) => (self.expression.place_of(&literal.span), self.why(literal.c)),
            (None, Some([_, second])) => {
                (self.expression.place_of(&second.span), "no text has two blanks side by side".to_owned())
            }
            (None, None) => (whole, format!("no text has `{text}`: it is `{plain}` there")),
        };
        let mut fix = String::new();
        for c in plain.chars() {
            if r"\.+*?()|[]{}^$".contains(c) {
                fix.push('\\');
            }
            fix.push(c);
        }
        let diagnostic = Diagnostic::new(Code::W0023, place, what).help("write what stands there instead");
        self.findings.push(diagnostic.fix(whole, fix.replace('\'', "''")));
    }

    /// What stands in a text instead of these characters; nothing where they may stand in one themselves.
    fn impossible(&self, written: &str) -> Option<String> {
        let mut folded = String::new();
        // What keeps blanks at the ends from being taken off joins nothing.
        fold(&format!("){written})"), &mut folded);
        let plain = folded.strip_prefix(')').and_then(|rest| rest.strip_suffix(')'))?;
        let case = if self.ignores_case { "i" } else { "-i" };
        let is_same =
            || Regex::new(&format!(r"\A(?{case}:{})\z", regex::escape(written))).is_ok_and(|r| r.is_match(plain));
        (plain != written && !is_same()).then(|| plain.to_owned())
    }

    /// Why no text has a character.
    fn why(&self, c: char) -> String {
        let plain = self.impossible(c.encode_utf8(&mut [0; 4])).unwrap_or_default();
        let shown = if c.is_control() || c.is_whitespace() { c.escape_default().to_string() } else { c.to_string() };
        match c {
            _ if c.is_uppercase() => format!("no text has a capital `{shown}`: all letters are small"),
            '\n' | '\r' => "no text has a line's end: it is a blank there".to_owned(),
            _ if plain.is_empty() => format!("no text has U+{:04X}, which cannot be seen", u32::from(c)),
            _ => format!("no text has `{shown}`: it is `{plain}` there"),
        }
    }

    fn is_impossible(&self, item: &ClassSetItem) -> bool {
        match item {
            ClassSetItem::Literal(literal) => self.impossible(literal.c.encode_utf8(&mut [0; 4])).is_some(),
            ClassSetItem::Range(range) => {
                !self.ignores_case && range.start.c.is_ascii_uppercase() && range.end.c.is_ascii_uppercase()
            }
            ClassSetItem::Union(union) => {
                !union.items.is_empty() && union.items.iter().all(|item| self.is_impossible(item))
            }
            _ => false,
        }
    }

    fn tell(&mut self, place: Span, message: &str) {
        let diagnostic = Diagnostic::new(Code::W0023, place, message)
            .help("write it as the plain form of a text has it: `carom explain` shows how a reply is read");
        self.findings.push(diagnostic);
    }
}

/// Whether a piece may match nothing.
fn may_be_empty(tree: &Ast) -> bool {
    match tree {
        Ast::Empty(_) | Ast::Flags(_) | Ast::Assertion(_) => true,
        Ast::Repetition(repetition) => {
            use regex_syntax::ast::RepetitionKind::{OneOrMore, Range, ZeroOrMore, ZeroOrOne};
            use regex_syntax::ast::RepetitionRange::{AtLeast, Bounded, Exactly};
            match &repetition.op.kind {
                ZeroOrOne | ZeroOrMore => true,
                OneOrMore => may_be_empty(&repetition.ast),
                Range(Exactly(least) | AtLeast(least) | Bounded(least, _)) => {
                    *least == 0 || may_be_empty(&repetition.ast)
                }
            }
        }
        Ast::Group(group) => may_be_empty(&group.ast),
        Ast::Alternation(alternation) => alternation.asts.iter().any(may_be_empty),
        Ast::Concat(concat) => concat.asts.iter().all(may_be_empty),
        _ => false,
    }
}
