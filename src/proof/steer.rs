//! Texts that are steered at a rule: one alternative of each of its lines, in several forms and orders.

use super::instance::{self, FILLER};
use crate::ruleset::{Alternative, Column, Condition, PatternId, ProfileId, Rule, RuleSet, TagTest};

/// One alternative of a line that is about the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// A phrase somewhere.
    Phrase(PatternId),
    /// A phrase that is all of it.
    Whole(PatternId),
    /// No text at all.
    Empty,
    /// One of the provider's own codes.
    Tag(TagTest),
    /// None of these.
    NoTag,
}

/// The alternatives of one `match` line.
pub(super) type Line = Vec<Choice>;

/// The choices that a condition leaves, if it is about the text.
pub(super) fn choices(condition: &Condition) -> Option<Line> {
    let patterns = |alternatives: &[Alternative], of: fn(PatternId) -> Choice| {
        alternatives.iter().map(|alternative| of(alternative.pattern)).collect::<Line>()
    };
    Some(match &condition.column {
        Column::Phrase(alternatives) => patterns(alternatives, Choice::Phrase),
        Column::Text(alternatives, none) => {
            let mut line = patterns(alternatives, Choice::Whole);
            line.extend(none.then_some(Choice::Empty));
            line
        }
        Column::Tag(set) => {
            let mut line: Line = set.tests.iter().cloned().map(Choice::Tag).collect();
            line.extend(set.none.then_some(Choice::NoTag));
            line
        }
        _ => return None,
    })
}

/// The lines of a rule's `match` conditions that are about the text.
pub(super) fn lines(rule: &Rule) -> Vec<Line> {
    rule.conditions.iter().filter(|condition| !condition.unless).filter_map(choices).collect()
}

/// So many ways to choose one alternative of each line are gone through.
const COMBINATIONS: usize = 256;

/// Ways to choose one alternative of each line: all of them where they are few, else each alternative once. The
/// second tells whether it is all.
pub(super) fn combinations(lines: &[Line]) -> (Vec<Vec<&Choice>>, bool) {
    let all = lines.iter().map(Vec::len).try_fold(1_usize, usize::checked_mul);
    if all.is_some_and(|all| all <= COMBINATIONS) {
        let mut found: Vec<Vec<&Choice>> = vec![Vec::new()];
        for line in lines {
            found = line.iter().flat_map(|choice| found.iter().map(move |before| with(before, choice))).collect();
        }
        return (found, true);
    }
    let most = lines.iter().map(Vec::len).max().unwrap_or(0);
    let each = (0..most).map(|n| lines.iter().filter_map(|line| line.get(n % line.len().max(1))).collect());
    (each.collect(), false)
}

fn with<'c>(before: &[&'c Choice], choice: &'c Choice) -> Vec<&'c Choice> {
    before.iter().copied().chain([choice]).collect()
}

/// How the pieces of a text stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One behind the other, as written.
    Plain,
    /// One behind the other, the last first.
    Backwards,
    /// So far apart that no phrase reaches from one to the next.
    Apart,
    /// With something before it and behind it.
    Amid,
}

pub(super) const LAYOUTS: [Layout; 4] = [Layout::Plain, Layout::Apart, Layout::Backwards, Layout::Amid];

/// Puts pieces together.
pub(super) fn laid_out(pieces: &[String], layout: Layout) -> String {
    match layout {
        Layout::Plain => pieces.join("; "),
        Layout::Backwards => pieces.iter().rev().map(String::as_str).collect::<Vec<_>>().join(" "),
        Layout::Apart => pieces.join(&format!("; {}", format!("{FILLER} ").repeat(13))),
        Layout::Amid => format!("{FILLER} {} {FILLER}", pieces.join("; ")),
    }
}

/// Texts for one choice of each line, the plainest first; a reply of that profile's has its tags.
pub(super) fn texts(rules: &RuleSet, combination: &[&Choice], profile: Option<ProfileId>) -> Vec<String> {
    let tags = profile.map(|id| rules.profiles.get(id).tags.as_slice()).unwrap_or_default();
    let mut whole: Option<Vec<String>> = None;
    let mut options: Vec<Vec<String>> = Vec::new();
    for choice in combination {
        match choice {
            Choice::Phrase(id) => options.push(instance::instances(&rules.pattern(*id).kind)),
            Choice::Whole(id) => whole = Some(instance::instances(&rules.pattern(*id).kind)),
            Choice::Empty => whole = Some(vec![String::new()]),
            Choice::Tag(test) => {
                let tagged = |tag: &String| {
                    tags.iter().filter_map(|id| instance::with_tag(&rules.pattern(*id).kind, tag)).collect::<Vec<_>>()
                };
                options.push(instance::tags(test).iter().flat_map(tagged).collect());
            }
            Choice::NoTag => {}
        }
    }
    // Where it must be all of the text, what else is asked for has to stand within it.
    if let Some(whole) = whole {
        return whole;
    }
    if options.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    if options.is_empty() {
        return vec![String::new(), FILLER.to_owned()];
    }
    let most = options.iter().map(Vec::len).max().unwrap_or(1);
    let layouts: &[Layout] = if options.len() == 1 { &[Layout::Plain, Layout::Amid] } else { &LAYOUTS };
    let mut texts = Vec::new();
    for n in 0..most {
        let pieces: Vec<String> = options.iter().map(|of_line| of_line[n % of_line.len()].clone()).collect();
        texts.extend(layouts.iter().map(|layout| laid_out(&pieces, *layout)));
    }
    texts
}
