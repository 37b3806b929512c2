//! From pest's pairs to the tree.
//!
//! The grammar guarantees the shape of every pair, so this only moves text about; where a part
//! should be missing all the same, an empty word stands for it and is refused later as a bad value.

use super::ast::*;
use super::parse::Rule as G;
use crate::source::{FileId, Span};
use pest::iterators::{Pair, Pairs};

/// Where the text that pest was given begins.
#[derive(Clone, Copy)]
pub(super) struct Base {
    pub(super) file: FileId,
    pub(super) offset: usize,
}

impl Base {
    pub(super) fn span(self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.offset + start, self.offset + end)
    }
}

pub(super) fn item(base: Base, pair: Pair<'_, G>) -> Item {
    let mut at = Cursor::new(base, pair);
    match at.kind {
        G::language => Item::Language(at.word(G::number)),
        G::use_line => {
            let builtin = at.keyword(G::kw_builtin);
            Item::Use(Use { builtin, file: at.quoted_if_any(), place: at.place })
        }
        G::profile => Item::Profile(Profile { name: at.word(G::name), lines: at.each(profile_line) }),
        G::phrases => Item::Phrases(Phrases { name: at.word(G::name), entries: at.each(phrase_entry) }),
        G::reason => Item::Reason(Reason { name: at.word(G::name), lines: at.each(reason_line) }),
        G::policy => Item::Policy(Policy { place: at.place, lines: at.each(policy_line) }),
        G::rule => Item::Rule(rule(at)),
        G::change => Item::Change(Change { name: at.word(G::name), lines: at.each(rule_line) }),
        G::change_profile => {
            Item::ChangeProfile(ChangeProfile { name: at.word(G::name), lines: at.each(profile_line) })
        }
        _ => Item::Test(Test { title: at.quoted(), lines: at.each(test_line) }),
    }
}

fn rule(mut at: Cursor<'_>) -> Rule {
    let layer = if at.keyword(G::kw_override) {
        Layer::Override
    } else if at.keyword(G::kw_fallback) {
        Layer::Fallback
    } else {
        Layer::Rule
    };
    let name = at.word(G::name);
    let profile = at.keyword(G::kw_for).then(|| at.word(G::name));
    let head = Place(Span { end: profile.as_ref().map_or(name.span.end, |p| p.span.end), ..at.place.0 });
    Rule { layer, name, profile, lines: at.each(rule_line), head }
}

fn profile_line(mut at: Cursor<'_>) -> ProfileLine {
    let place = at.place;
    match at.kind {
        G::hosts => ProfileLine::Hosts(place, at.strings()),
        G::domains => ProfileLine::Domains(place, at.strings()),
        G::tags => ProfileLine::Tags(place, at.strings()),
        G::extends => ProfileLine::Extends(place, at.word(G::name)),
        G::profile_retry => ProfileLine::Retry(place, at.schedule()),
        G::connections => ProfileLine::Connections(place, at.word(G::number)),
        _ => ProfileLine::Charset(place, at.quoted()),
    }
}

fn phrase_entry(mut at: Cursor<'_>) -> PhraseEntry {
    let pattern = at.pattern();
    let (mut sets, mut see) = (Vec::new(), Vec::new());
    while let Some(mut more) = at.next() {
        match more.kind {
            G::set => {
                let name = more.word(G::name);
                sets.push((name, more.quoted()));
            }
            _ => see.push(more.quoted()),
        }
    }
    PhraseEntry { pattern, sets, see }
}

fn reason_line(mut at: Cursor<'_>) -> ReasonLine {
    let place = at.place;
    match at.kind {
        G::category => ReasonLine::Category(place, at.words(G::name)),
        G::fault => ReasonLine::Fault(place, at.word(G::name)),
        G::scope => ReasonLine::Scope(place, at.word(G::name)),
        G::advice => ReasonLine::Advice(place, at.quoted()),
        _ => ReasonLine::Do(place, at.actions()),
    }
}

fn policy_line(mut at: Cursor<'_>) -> PolicyLine {
    let place = at.place;
    match at.kind {
        G::profile_retry => PolicyLine::Retry(place, at.schedule()),
        _ => PolicyLine::Category(place, at.word(G::name), at.actions()),
    }
}

fn rule_line(mut at: Cursor<'_>) -> RuleLine {
    let place = at.place;
    match at.kind {
        G::condition => {
            let unless = at.keyword(G::kw_unless);
            let column = at.word(G::column);
            let cells = at.each(|mut cell| match cell.peek() {
                Some(G::word) => Cell::Word(cell.word(G::word)),
                _ => Cell::Pattern(cell.pattern()),
            });
            RuleLine::Condition(Condition { unless, column, cells, place })
        }
        G::then => {
            let first = at.word(G::name);
            RuleLine::Then(place, first, at.word_if(G::name))
        }
        G::actions_line => RuleLine::Do(place, at.actions()),
        G::also_line => RuleLine::Also(place, at.actions()),
        G::say => RuleLine::Say(place, at.quoted()),
        G::see => RuleLine::See(place, at.quoted()),
        G::source => {
            let text = at.quoted();
            let trust = at.word(G::name);
            RuleLine::Source(place, text, trust, at.word_if(G::number))
        }
        G::example => RuleLine::Example(place, at.said()),
        G::from => RuleLine::From(place, at.word(G::number)),
        _ => RuleLine::Until(place, at.word(G::number)),
    }
}

fn test_line(mut at: Cursor<'_>) -> TestLine {
    let place = at.place;
    match at.kind {
        G::reply => TestLine::Reply(place, at.said()),
        G::expect_field => {
            let name = at.word(G::name);
            TestLine::ExpectField(place, name, at.quoted())
        }
        _ => {
            let first = at.word(G::name);
            let second = at.word_if(G::name);
            let by = at.keyword(G::kw_by).then(|| at.word(G::name));
            TestLine::Expect(place, first, second, by)
        }
    }
}

fn circumstance(mut at: Cursor<'_>) -> Circumstance {
    match at.kind {
        G::at => Circumstance::At(at.word(G::name)),
        G::from_host => Circumstance::From(at.quoted()),
        G::to => Circumstance::To(at.quoted()),
        G::on => Circumstance::On(at.word(G::number)),
        G::with_status => Circumstance::Status(at.word(G::number)),
        _ => Circumstance::Tenant(at.quoted()),
    }
}

fn action(mut at: Cursor<'_>) -> Action {
    let place = at.place;
    let kind = match at.kind {
        G::suppress => ActionKind::Suppress(at.after_keyword(G::kw_for)),
        G::retry => ActionKind::Retry(at.schedule()),
        G::retry_profile => ActionKind::RetryByProfile,
        G::retry_after => {
            let field = at.word(G::field);
            let otherwise = at.after_keyword(G::kw_else);
            ActionKind::RetryAfter { field, otherwise, limits: at.limits() }
        }
        G::no_retry => ActionKind::NoRetry,
        G::pause => {
            let after = at.keyword(G::kw_after).then(|| {
                let count = at.word(G::number);
                at.keyword(G::kw_within);
                (count, at.word(G::number))
            });
            ActionKind::Pause { after, time: at.after_keyword(G::kw_for) }
        }
        G::throttle => {
            let of = if at.keyword(G::kw_host) { ThrottleOf::Host } else { ThrottleOf::Profile };
            let to = at.word(G::number);
            let connections = at.keyword(G::kw_connections) || at.keyword(G::kw_connection);
            at.keyword(G::kw_for);
            ActionKind::Throttle { of, to, connections, time: at.word(G::number) }
        }
        G::gate => ActionKind::Gate,
        G::alert => ActionKind::Alert,
        _ => ActionKind::Ignore,
    };
    Action { kind, place }
}

/// A pair whose parts are taken from the left; keywords that nobody asks about are stepped over.
struct Cursor<'a> {
    base: Base,
    kind: G,
    place: Place,
    parts: std::iter::Peekable<Pairs<'a, G>>,
}

impl<'a> Cursor<'a> {
    fn new(base: Base, pair: Pair<'a, G>) -> Cursor<'a> {
        let span = pair.as_span();
        let end = span.start() + span.as_str().trim_end().len();
        let place = Place(base.span(span.start(), end));
        Cursor { base, kind: pair.as_rule(), place, parts: pair.into_inner().peekable() }
    }

    fn peek(&mut self) -> Option<G> {
        while self.parts.next_if(|pair| pair.as_rule() == G::comment).is_some() {}
        self.parts.peek().map(Pair::as_rule)
    }

    /// Takes a keyword if it comes next.
    fn keyword(&mut self, kind: G) -> bool {
        self.skip_to_choice(kind);
        self.parts.next_if(|pair| pair.as_rule() == kind).is_some()
    }

    /// Steps over the head's own keyword, unless it is the one that is asked for.
    fn skip_to_choice(&mut self, wanted: G) {
        let heads = [
            G::kw_language,
            G::kw_use,
            G::kw_profile,
            G::kw_phrases,
            G::kw_reason,
            G::kw_policy,
            G::kw_rule,
            G::kw_change,
            G::kw_test,
            G::kw_hosts,
            G::kw_domains,
            G::kw_tags,
            G::kw_extends,
            G::kw_retry,
            G::kw_charset,
            G::kw_set,
            G::kw_category,
            G::kw_fault,
            G::kw_scope,
            G::kw_advice,
            G::kw_do,
            G::kw_match,
            G::kw_then,
            G::kw_also,
            G::kw_say,
            G::kw_see,
            G::kw_source,
            G::kw_example,
            G::kw_reply,
            G::kw_expect,
            G::kw_field,
            G::kw_at,
            G::kw_on,
            G::kw_to,
            G::kw_from,
            G::kw_status,
            G::kw_tenant,
            G::kw_suppress,
            G::kw_pause,
            G::kw_throttle,
            G::kw_up,
            G::kw_times,
            G::kw_time,
            G::kw_regex,
            G::kw_until,
            G::kw_within,
            G::kw_connections,
        ];
        while let Some(part) = self.peek() {
            // `retry after`: `after` belongs to the head, in `pause after` it is a choice.
            let head = heads.contains(&part) || (part == G::kw_after && self.kind == G::retry_after);
            if part == wanted || !head {
                return;
            }
            self.parts.next();
        }
    }

    fn word(&mut self, kind: G) -> Word {
        self.word_if(kind).unwrap_or(Word { text: String::new(), span: self.place.0 })
    }

    fn word_if(&mut self, kind: G) -> Option<Word> {
        self.skip_to_choice(kind);
        let pair = self.parts.next_if(|pair| pair.as_rule() == kind)?;
        Some(word(self.base, inside(pair)))
    }

    fn words(&mut self, kind: G) -> Vec<Word> {
        let mut all: Vec<Word> = std::iter::from_fn(|| self.word_if(kind)).collect();
        all.shrink_to_fit();
        all
    }

    /// The number behind a keyword, if the keyword is there.
    fn after_keyword(&mut self, kind: G) -> Option<Word> {
        self.keyword(kind).then(|| self.word(G::number))
    }

    fn quoted(&mut self) -> Quoted {
        Quoted(self.word(G::string))
    }

    fn quoted_if_any(&mut self) -> Option<Quoted> {
        self.word_if(G::string).map(Quoted)
    }

    fn strings(&mut self) -> Vec<Quoted> {
        self.words(G::string).into_iter().map(Quoted).collect()
    }

    fn pattern(&mut self) -> Pattern {
        self.skip_to_choice(G::string);
        match self.parts.next_if(|pair| pair.as_rule() == G::regex) {
            Some(pair) => Pattern::Regex(Cursor::new(self.base, pair).word(G::raw_string)),
            None => Pattern::Phrase(self.quoted()),
        }
    }

    fn said(&mut self) -> Said {
        Said { text: self.quoted(), circumstances: self.each(circumstance) }
    }

    fn actions(&mut self) -> Vec<Action> {
        self.skip_to_choice(G::action);
        self.each(action)
    }

    fn schedule(&mut self) -> Schedule {
        self.skip_to_choice(G::schedule);
        let base = self.base;
        match self.parts.next_if(|pair| pair.as_rule() == G::schedule) {
            Some(pair) => {
                let mut at = Cursor::new(base, pair);
                Schedule { waits: at.words(G::number), limits: at.limits(), place: at.place }
            }
            None => Schedule { waits: Vec::new(), limits: Limits::default(), place: self.place },
        }
    }

    fn limits(&mut self) -> Limits {
        let mut limits = Limits::default();
        while let Some(mut limit) = self.next() {
            let number = limit.word(G::number);
            match limit.kind {
                G::up_to => limits.times.push(number),
                _ => limits.until.push(number),
            }
        }
        limits
    }

    /// The next of the parts that are left, but for comments and stray keywords.
    fn next(&mut self) -> Option<Cursor<'a>> {
        let is_part = |pair: &Pair<'_, G>| pair.as_rule() != G::comment && pair.clone().into_inner().next().is_some();
        self.parts.find(is_part).map(|pair| Cursor::new(self.base, pair))
    }

    /// What is made of the parts that are left. A tree lives as long as its rule set is worked on, so a list
    /// takes no more than it holds.
    fn each<T>(&mut self, mut build: impl FnMut(Cursor<'a>) -> T) -> Vec<T> {
        let mut all = Vec::new();
        while let Some(part) = self.next() {
            all.push(build(part));
        }
        all.shrink_to_fit();
        all
    }
}

/// The inside of a quoted or braced pair, and others as they are.
fn inside(pair: Pair<'_, G>) -> Pair<'_, G> {
    match pair.as_rule() {
        G::string | G::raw_string | G::field => pair.clone().into_inner().next().unwrap_or(pair),
        _ => pair,
    }
}

fn word(base: Base, pair: Pair<'_, G>) -> Word {
    let span = pair.as_span();
    Word { text: span.as_str().to_owned(), span: base.span(span.start(), span.end()) }
}
