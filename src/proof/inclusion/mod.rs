//! Whether a text in which one phrase stands must have another in it as well.
//!
//! Both are run side by side, as automata, over all texts at once (`search.rs`). What is said to be so is proved: an
//! automaton takes to the letter what the matcher takes. What is said not to be so has a text that was given to the
//! matcher itself. Where that takes too long, or the automaton of an expression would be too large or tells characters
//! apart of which no few can stand for all, nothing is said.

mod alphabet;
mod automaton;
mod expression;
mod gap;
mod ip;
mod phrase;
mod search;
mod shape;
#[cfg(test)]
mod tests;
mod witness;

use crate::ruleset::{Element, PatternId, PatternKind, RuleSet};
use crate::table::Alone;
use automaton::Automaton;
use search::Found;
use shape::Shape;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// What is known of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is proved.
    Yes,
    /// A text shows the opposite.
    No,
    /// Neither was found.
    Undecided,
}

/// What is known of a text that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Apart {
    /// One, as a reply may have it.
    Text(String),
    /// There is none: this is proved.
    Nothing,
    /// Neither was found.
    Undecided,
}

/// A pattern as a condition asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asked {
    pattern: PatternId,
    whole: bool,
}

impl Asked {
    /// Anywhere in the text: `match phrase`.
    pub fn anywhere(pattern: PatternId) -> Asked {
        Asked { pattern, whole: false }
    }

    /// As the whole text: `match text`.
    pub fn whole(pattern: PatternId) -> Asked {
        Asked { pattern, whole: true }
    }
}

impl From<PatternId> for Asked {
    fn from(pattern: PatternId) -> Asked {
        Asked::anywhere(pattern)
    }
}

/// The patterns of a rule set, compared with one another. Threads may share it.
///
/// ```
/// use carom::Engine;
/// use carom::proof::{Answer, Inclusion};
/// use carom::ruleset::Column;
///
/// let engine = Engine::from_text(r#"
/// use builtin
///
/// rule full {
///     match    phrase "mailbox * full", "mailbox full"
///     then     mailbox-full
///     example  "552 Mailbox is full"
/// }
/// "#)?;
/// let rule = engine.rules().rules.iter().find(|rule| rule.name == "full").unwrap();
/// let Column::Phrase(alternatives) = &rule.conditions[0].column else { unreachable!() };
/// let inclusion = Inclusion::new(engine.rules());
///
/// assert_eq!(inclusion.implies(alternatives[1].pattern, alternatives[0].pattern), Answer::Yes);
/// assert_eq!(inclusion.implies(alternatives[0].pattern, alternatives[1].pattern), Answer::No);
/// # Ok::<(), carom::LoadError>(())
/// ```
#[derive(Debug)]
pub struct Inclusion<'r> {
    rules: &'r RuleSet,
    patterns: Vec<Known<'r>>,
    /// What took a search.
    answers: Mutex<HashMap<(Asked, Asked), Answer>>,
}

/// What has been made of a pattern, as far as it was needed.
#[derive(Debug, Default)]
struct Known<'r> {
    alone: OnceLock<Alone<'r>>,
    /// Anywhere, and as the whole.
    forms: [Form; 2],
}

#[derive(Debug, Default)]
struct Form {
    automaton: OnceLock<Option<Automaton>>,
    /// Texts that it stands in.
    texts: OnceLock<Vec<String>>,
}

impl<'r> Inclusion<'r> {
    /// Of a rule set, nothing known yet.
    pub fn new(rules: &'r RuleSet) -> Inclusion<'r> {
        let patterns = rules.patterns.iter().map(|_| Known::default()).collect();
        Inclusion { rules, patterns, answers: Mutex::default() }
    }

    /// Whether every text in which `p` stands has `q` in it as well.
    pub fn implies(&self, p: impl Into<Asked>, q: impl Into<Asked>) -> Answer {
        let (p, q) = (p.into(), q.into());
        if self.texts(p).iter().any(|text| !self.stands(q, text)) {
            return Answer::No;
        }
        if self.is_within(q, p) {
            return Answer::Yes;
        }
        let known = || self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known().get(&(p, q)) {
            return *answer;
        }
        let answer = match self.search(&[p], &[q]) {
            Found::Text(_) => Answer::No,
            Found::Nothing => Answer::Yes,
            Found::Undecided => Answer::Undecided,
        };
        known().insert((p, q), answer);
        answer
    }

    /// Whether every text in which `p` stands has one of `qs` in it as well.
    pub fn implies_any(&self, p: impl Into<Asked>, qs: &[Asked]) -> Answer {
        let p = p.into();
        // What one does alone is asked first: it is asked again, and costs less.
        if qs.iter().any(|q| self.implies(p, *q) == Answer::Yes) {
            return Answer::Yes;
        }
        match self.apart(&[p], qs) {
            Apart::Text(_) => Answer::No,
            Apart::Nothing => Answer::Yes,
            Apart::Undecided => Answer::Undecided,
        }
    }

    /// Whether there is a text at all in which `p` stands.
    pub fn possible(&self, p: impl Into<Asked>) -> Answer {
        let p = p.into();
        if !self.texts(p).is_empty() {
            return Answer::Yes;
        }
        match self.search(&[p], &[]) {
            Found::Text(_) => Answer::Yes,
            Found::Nothing => Answer::No,
            Found::Undecided => Answer::Undecided,
        }
    }

    /// A short text in which all of `ps` stand and none of `qs` does.
    pub fn apart(&self, ps: &[Asked], qs: &[Asked]) -> Apart {
        if let Some(text) = self.joined(ps, qs) {
            return Apart::Text(text);
        }
        if ps.iter().any(|p| qs.iter().any(|q| self.is_within(*q, *p))) {
            return Apart::Nothing;
        }
        match self.search(ps, qs) {
            Found::Text(text) => witness::spelled(&text).map_or(Apart::Undecided, Apart::Text),
            Found::Nothing => Apart::Nothing,
            Found::Undecided => Apart::Undecided,
        }
    }

    /// What two or more patterns make that stand behind one another, if it is such a text: the search takes long for
    /// many.
    fn joined(&self, ps: &[Asked], qs: &[Asked]) -> Option<String> {
        let texts: Vec<_> = ps.iter().map(|p| self.texts(*p)).collect();
        let filler = format!(" {}", "zx ".repeat(Element::MOST_WORDS + 1));
        let mut folded = [" ", ", ", &filler].into_iter().flat_map(|between| {
            let texts = &texts;
            (0..witness::WAYS).filter_map(move |way| {
                let texts = texts.iter().map(|texts| texts.get(way).or(texts.first()).map(String::as_str));
                Some(texts.collect::<Option<Vec<_>>>()?.join(between))
            })
        });
        folded.find_map(|text| self.is_apart(ps, qs, &text).then(|| witness::spelled(&text)).flatten())
    }

    fn search(&self, ps: &[Asked], qs: &[Asked]) -> Found {
        let automata = |asked: &[Asked]| asked.iter().map(|asked| self.automaton(*asked)).collect::<Option<Vec<_>>>();
        match (automata(ps), automata(qs)) {
            (Some(held), Some(barred)) => search::search(&held, &barred, |text| self.is_apart(ps, qs, text)),
            _ => Found::Undecided,
        }
    }

    /// Whether a reply may have that text, and the matcher says of it what is asked for.
    fn is_apart(&self, ps: &[Asked], qs: &[Asked], text: &str) -> bool {
        ps.iter().all(|p| self.stands(*p, text))
            && !qs.iter().any(|q| self.stands(*q, text))
            && witness::spelled(text).is_some()
    }

    /// Whether the matcher finds it.
    fn stands(&self, asked: Asked, text: &str) -> bool {
        let alone = &self.patterns[asked.pattern.0 as usize].alone;
        let alone = alone.get_or_init(|| Alone::new(self.rules, asked.pattern));
        if asked.whole { alone.is_whole(text) } else { alone.stands(text) }
    }

    fn form(&self, asked: Asked) -> &Form {
        &self.patterns[asked.pattern.0 as usize].forms[usize::from(asked.whole)]
    }

    /// Whether it shows without a search that `q` stands in every text of `p`.
    fn is_within(&self, q: Asked, p: Asked) -> bool {
        let is_same = p.pattern == q.pattern && p.whole >= q.whole;
        is_same || self.shape(p).is_some_and(|p| self.shape(q).is_some_and(|q| p.holds(&q)))
    }

    fn shape(&self, asked: Asked) -> Option<Shape> {
        match &self.rules.pattern(asked.pattern).kind {
            PatternKind::Phrase { elements, open_start, open_end } => {
                Some(Shape::new(elements, *open_start, *open_end, asked.whole))
            }
            PatternKind::Regex(_) => None,
        }
    }

    fn automaton(&self, asked: Asked) -> Option<&Automaton> {
        let make = || match &self.rules.pattern(asked.pattern).kind {
            PatternKind::Phrase { elements, open_start, open_end } => {
                phrase::automaton(elements, *open_start, *open_end, asked.whole)
            }
            PatternKind::Regex(written) => expression::automaton(written, asked.whole),
        };
        self.form(asked).automaton.get_or_init(make).as_ref()
    }

    /// Some texts that it stands in; none only where there is none, or where none was found.
    fn texts(&self, asked: Asked) -> &[String] {
        let make = || {
            let plain: Vec<String> = match &self.rules.pattern(asked.pattern).kind {
                PatternKind::Phrase { elements, open_start, open_end } => (0..witness::WAYS)
                    .map(|way| witness::plain(elements, *open_start, *open_end, asked.whole, way))
                    .filter(|text| self.is_apart(&[asked], &[], text))
                    .collect(),
                PatternKind::Regex(_) => Vec::new(),
            };
            if !plain.is_empty() {
                return plain;
            }
            match self.search(&[asked], &[]) {
                Found::Text(text) => vec![text],
                _ => plain,
            }
        };
        self.form(asked).texts.get_or_init(make)
    }
}
