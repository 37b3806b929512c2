//! The automaton of a regular expression.

use super::alphabet::is_possible;
use super::automaton::{Automaton, Builder, Count, Guard, Label, START, State};
use crate::resolve::{read_expression, whole_expressions};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};
use std::sync::OnceLock;

/// So many characters may an expression tell from others of their kind.
const MOST_ODD: usize = 1_024;

/// A letter has no more forms than these.
const MOST_CASES: usize = 4;

/// The automaton of an expression, anywhere in a text or as the whole of it; none where it is too large, or tells
/// characters apart of which no few can stand for all.
pub(super) fn automaton(written: &str, whole: bool) -> Option<Automaton> {
    let hir = if whole {
        whole_expressions(written).iter().find_map(|written| read_expression(written).ok())?
    } else {
        read_expression(written).ok()?
    };
    let mut builder = Builder::new();
    builder.step(START, Label::Any, START, Count::Same);
    let end = add(&mut builder, START, &hir)?;
    let accept = builder.state();
    builder.empty(end, Guard::Always, accept);
    builder.step(accept, Label::Any, accept, Count::Same);
    builder.finish(accept)
}

/// What an expression takes from a state on; gives where it ends.
fn add(builder: &mut Builder, from: State, hir: &Hir) -> Option<State> {
    if builder.is_full() {
        return None;
    }
    Some(match hir.kind() {
        HirKind::Empty => from,
        HirKind::Literal(literal) => builder.text(from, std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => {
            let (label, odd) = class_label(class)?;
            builder.odd(odd);
            builder.next(from, label)
        }
        HirKind::Look(look) => {
            let to = builder.state();
            builder.empty(from, Guard::Look(*look), to);
            to
        }
        HirKind::Repetition(repetition) => repeat(builder, from, repetition)?,
        HirKind::Capture(capture) => add(builder, from, &capture.sub)?,
        HirKind::Concat(parts) => parts.iter().try_fold(from, |at, part| add(builder, at, part))?,
        HirKind::Alternation(parts) => {
            let end = builder.state();
            for part in parts {
                let last = add(builder, from, part)?;
                builder.empty(last, Guard::Always, end);
            }
            end
        }
    })
}

fn repeat(builder: &mut Builder, from: State, repetition: &Repetition) -> Option<State> {
    let mut at = from;
    for _ in 0..repetition.min {
        at = add(builder, at, &repetition.sub)?;
    }
    let end = builder.state();
    match repetition.max {
        Some(max) => {
            for _ in repetition.min..max {
                builder.empty(at, Guard::Always, end);
                at = add(builder, at, &repetition.sub)?;
            }
            builder.empty(at, Guard::Always, end);
        }
        None => {
            let begin = builder.state();
            builder.empty(at, Guard::Always, begin);
            builder.empty(begin, Guard::Always, end);
            let last = add(builder, begin, &repetition.sub)?;
            builder.empty(last, Guard::Always, begin);
        }
    }
    Some(end)
}

/// A class's characters, and those of them or beside them that it tells from all others of their kind.
fn class_label(class: &Class) -> Option<(Label, Vec<char>)> {
    match class {
        Class::Bytes(class) => {
            let ascii = |range: &regex_syntax::hir::ClassBytesRange| {
                range.end().is_ascii().then(|| (char::from(range.start()), char::from(range.end())))
            };
            let ranges = class.iter().map(ascii).collect::<Option<Vec<_>>>()?;
            Some((Label::Ranges(ranges.into()), Vec::new()))
        }
        Class::Unicode(class) => {
            let odd = kinds().iter().filter_map(|kind| differing(class, kind)).min_by_key(Vec::len)?;
            let ranges = || class.iter().map(|range| (range.start(), range.end()));
            let mut few = ranges().flat_map(|(low, high)| low..=high).filter(|c| is_possible(*c));
            // A letter without regard to case is one letter in a folded text.
            let label = match (ranges().count() <= MOST_CASES, few.next(), few.next()) {
                (true, Some(one), None) => Label::One(one),
                _ => Label::Ranges(ranges().collect()),
            };
            Some((label, odd))
        }
    }
}

/// The characters that are not ASCII and by which two classes differ, as far as a folded text may hold them; none if
/// these are too many.
fn differing(class: &ClassUnicode, kind: &ClassUnicode) -> Option<Vec<char>> {
    let mut differing = class.clone();
    differing.symmetric_difference(kind);
    differing.intersect(beyond_ascii());
    let count: usize = differing.iter().map(|range| range.end() as usize - range.start() as usize + 1).sum();
    let all = || differing.iter().flat_map(|range| range.start()..=range.end());
    (count <= MOST_ODD).then(|| all().filter(|c| is_possible(*c)).collect())
}

fn beyond_ascii() -> &'static ClassUnicode {
    static CLASS: OnceLock<ClassUnicode> = OnceLock::new();
    CLASS.get_or_init(|| ClassUnicode::new([ClassUnicodeRange::new('\u{80}', char::MAX)]))
}

/// What characters that no pattern names are told apart by: the alphabet has those of each.
fn kinds() -> &'static [ClassUnicode] {
    static KINDS: OnceLock<Vec<ClassUnicode>> = OnceLock::new();
    KINDS.get_or_init(|| {
        let parse = |expression: &str| regex_syntax::parse(expression).ok();
        let class = |hir: Hir| match hir.into_kind() {
            HirKind::Class(Class::Unicode(class)) => Some(class),
            _ => None,
        };
        let known = [r"\w", r"\W", r"\d", r"\D"].into_iter().filter_map(|e| parse(e).and_then(class));
        [ClassUnicode::empty(), beyond_ascii().clone()].into_iter().chain(known).collect()
    })
}
