//! Matching one phrase against a folded text.
//!
//! Backtracking over at most 17 elements; a place where an element failed once is not tried again,
//! so that no text makes a phrase cost more than its elements times the text's length times a window.

use super::gap;
use super::glance::Glance;
use super::index::Anchors;
use super::leads::Edges;
use super::words::needed;
use crate::mix::Mix;
use crate::reply::{is_joined, is_letter};
use crate::ruleset::{Element, GapType, PatternId, PatternKind, RuleSet};
use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::ops::Range;

/// Elements that failed, with where; kept from phrase to phrase only to be used again.
#[derive(Debug)]
pub(super) struct Failed(HashSet<u32, BuildHasherDefault<Mix>>);

impl Failed {
    pub(super) const fn new() -> Failed {
        Failed(HashSet::with_hasher(BuildHasherDefault::new()))
    }

    /// A phrase has at most 17 elements, and a text 4,096 bytes.
    fn key(element: usize, at: usize) -> u32 {
        (element as u32) << 16 | at as u32
    }
}

/// A phrase as it is matched.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phrase<'r> {
    elements: &'r [Element],
    open_start: bool,
    open_end: bool,
    /// It can fail in more than one way at a place.
    is_wild: bool,
}

impl<'r> Phrase<'r> {
    /// The phrase of that number; none where it is a regular expression.
    pub(super) fn of(rules: &'r RuleSet, id: PatternId) -> Option<Phrase<'r>> {
        let PatternKind::Phrase { elements, open_start, open_end } = &rules.pattern(id).kind else { return None };
        Some(Phrase::new(elements, *open_start, *open_end))
    }

    pub(super) fn new(elements: &'r [Element], open_start: bool, open_end: bool) -> Phrase<'r> {
        let wild = elements.iter().filter(|element| !matches!(element, Element::Literal(_))).count();
        Phrase { elements, open_start, open_end, is_wild: wild > 1 }
    }

    /// The edges that it needs, if it is one literal and nothing else.
    pub(super) fn plain_edges(self) -> Option<Edges> {
        let is_plain = matches!(self.elements, [Element::Literal(_)]);
        is_plain.then_some(Edges { start: !self.open_start, end: !self.open_end })
    }

    /// Where a phrase may begin that begins with no literal: before a character, and before a gap only where it can.
    fn starts(self, text: &str) -> impl Iterator<Item = usize> {
        let gap = match self.elements.first() {
            Some(Element::Gap(_, kind)) => Some(*kind),
            _ => None,
        };
        let bytes = text.as_bytes();
        (0..bytes.len()).filter(move |at| {
            let is_within = self.open_start || !bytes[*at].is_ascii();
            let is_edge = is_within || at.checked_sub(1).is_none_or(|before| !bytes[before].is_ascii_alphanumeric());
            is_edge && gap.is_none_or(|gap| gap::may_begin(gap, bytes[*at])) && text.is_char_boundary(*at)
        })
    }

    /// The literal that it begins with.
    fn first(self) -> Option<&'r str> {
        match self.elements {
            [Element::Literal(literal), ..] => Some(literal),
            _ => None,
        }
    }

    /// The leftmost place where it stands, and where its gaps are, in their order.
    pub(super) fn find(self, text: &str, gaps: &mut Vec<Range<usize>>, failed: &mut Failed) -> Option<Range<usize>> {
        let mut attempt = Attempt::new(self, text, gaps, failed);
        match self.first() {
            Some(literal) => places(text.as_bytes(), literal.as_bytes()).find_map(|start| attempt.at(start)),
            None => self.starts(text).find_map(|start| attempt.at(start)),
        }
    }

    /// Whether it is the whole text.
    pub(super) fn is_whole(self, text: &str, gaps: &mut Vec<Range<usize>>, failed: &mut Failed) -> bool {
        let mut attempt = Attempt::new(self, text, gaps, failed);
        // A `*` at an end is the rest of that word, here as within.
        let within = |c: char| is_letter(c) && !is_joined(c);
        let latest = if self.open_start { text.find(|c| !within(c)).unwrap_or(text.len()) } else { 0 };
        let earliest = if self.open_end { text.trim_end_matches(within).len() } else { text.len() };
        let mut starts = text[..latest].char_indices().map(|(start, _)| start).chain([latest]);
        starts.any(|start| {
            attempt.gaps.clear();
            attempt.from(0, start, Some(earliest)).is_some()
        })
    }

    /// Calls `found` with the gaps of every place where it begins.
    pub(super) fn find_all(
        self,
        text: &str,
        gaps: &mut Vec<Range<usize>>,
        failed: &mut Failed,
        mut found: impl FnMut(&[Range<usize>]),
    ) {
        let mut attempt = Attempt::new(self, text, gaps, failed);
        let try_at = |start: usize| {
            if attempt.at(start).is_some() {
                found(attempt.gaps);
            }
        };
        match self.first() {
            Some(literal) => places(text.as_bytes(), literal.as_bytes()).for_each(try_at),
            None => self.starts(text).for_each(try_at),
        }
    }

    /// Whether it stands there, where what it begins with does.
    pub(super) fn stands_at(self, text: &str, at: usize, gaps: &mut Vec<Range<usize>>, failed: &mut Failed) -> bool {
        Attempt::new(self, text, gaps, failed).at(at).is_some()
    }

    /// The literal by which it is found, which every text holds that it matches: the longest of those that begin a
    /// word or hold one, if there are any.
    pub(super) fn literal(self) -> Option<Required<'r>> {
        (0..self.elements.len()).filter_map(|n| self.literal_at(n)).max_by_key(|literal| {
            let begins = literal.anchors.start || !literal.text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            (begins, literal.text.len())
        })
    }

    /// The words that every text holds in which it stands.
    pub(super) fn needs(self) -> Glance {
        let literals = (0..self.elements.len()).filter_map(|n| self.literal_at(n));
        literals.fold(Glance::NONE, |all, literal| all.or(needed(literal.text, literal.anchors)))
    }

    fn literal_at(self, n: usize) -> Option<Required<'r>> {
        let Some(Element::Literal(text)) = self.elements.get(n) else { return None };
        // Beside words of any kind a literal is one as well, and at the ends, unless they are open.
        let is_words = |n: usize| matches!(self.elements.get(n), Some(Element::Words));
        let start = n.checked_sub(1).map_or(!self.open_start, is_words);
        let end = if n + 1 == self.elements.len() { !self.open_end } else { is_words(n + 1) };
        Some(Required { text, anchors: Anchors { start, end }, is_first: n == 0 })
    }
}

/// A literal that every text holds that a phrase matches.
pub(super) struct Required<'r> {
    pub(super) text: &'r str,
    pub(super) anchors: Anchors,
    /// Whether the phrase begins with it.
    pub(super) is_first: bool,
}

/// Whether two neighbours are of different words.
pub(super) fn is_edge(left: Option<char>, right: Option<char>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) if left.is_ascii() && right.is_ascii() => {
            !left.is_ascii_alphanumeric() || !right.is_ascii_alphanumeric()
        }
        (Some(left), Some(right)) => !is_letter(left) || !is_letter(right) || is_joined(left) || is_joined(right),
        _ => true,
    }
}

/// Every place of a literal, overlapping ones too.
fn places<'t>(text: &'t [u8], literal: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    let first = literal.first().copied().unwrap_or_default();
    memchr::memchr_iter(first, text).filter(move |place| text[*place..].starts_with(literal))
}

struct Attempt<'a> {
    phrase: Phrase<'a>,
    text: &'a str,
    gaps: &'a mut Vec<Range<usize>>,
    /// Elements that failed, with where; only kept where there is more than one way to fail.
    failed: &'a mut Failed,
}

impl<'a> Attempt<'a> {
    fn new(phrase: Phrase<'a>, text: &'a str, gaps: &'a mut Vec<Range<usize>>, failed: &'a mut Failed) -> Attempt<'a> {
        if !failed.0.is_empty() {
            failed.0.clear();
        }
        Attempt { phrase, text, gaps, failed }
    }

    #[inline]
    fn before(&self, at: usize) -> Option<char> {
        match self.text.as_bytes()[..at].last() {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text[..at].chars().next_back(),
        }
    }

    #[inline]
    fn after(&self, at: usize) -> Option<char> {
        match self.text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text[at..].chars().next(),
        }
    }

    fn at(&mut self, start: usize) -> Option<Range<usize>> {
        self.gaps.clear();
        if !self.phrase.open_start && !self.opens(0, start) {
            return None;
        }
        self.from(0, start, None).map(|end| start..end)
    }

    /// Whether the element may begin at a place where a word must begin.
    fn opens(&self, element: usize, at: usize) -> bool {
        let neighbour = self.before(at);
        match &self.phrase.elements[element] {
            // A gap wants no letter beside it, whatever it catches itself.
            Element::Gap(..) => self.is_apart(neighbour, self.after(at)),
            _ => is_edge(neighbour, self.after(at)),
        }
    }

    /// Whether the element may end at a place where a word must end.
    fn closes(&self, element: usize, at: usize) -> bool {
        let neighbour = self.after(at);
        match &self.phrase.elements[element] {
            Element::Gap(..) => self.is_apart(neighbour, self.before(at)),
            _ => is_edge(self.before(at), neighbour),
        }
    }

    fn is_apart(&self, neighbour: Option<char>, own: Option<char>) -> bool {
        match neighbour {
            None => true,
            Some(c) if c.is_ascii() => !c.is_ascii_alphanumeric() || own.is_some_and(|c| !c.is_ascii() && is_joined(c)),
            Some(c) => !is_letter(c) || is_joined(c) || own.is_some_and(is_joined),
        }
    }

    /// The end of a match of the elements from `element` on, at `at`.
    ///
    /// Where it must be the whole text, it ends at `whole` or after it.
    fn from(&mut self, element: usize, at: usize, whole: Option<usize>) -> Option<usize> {
        let phrase = self.phrase;
        let Some(next) = phrase.elements.get(element) else {
            let good = match whole {
                Some(end) => at >= end,
                None => phrase.open_end || self.closes(element - 1, at),
            };
            return good.then_some(at);
        };
        if phrase.is_wild && self.failed.0.contains(&Failed::key(element, at)) {
            return None;
        }
        let found = match next {
            Element::Literal(literal) => {
                let here = self.text[at..].starts_with(&**literal);
                if here { self.from(element + 1, at + literal.len(), whole) } else { None }
            }
            Element::RestOfWord => self.rest_of_word(element, at, whole),
            Element::Words => self.words(element, at, whole),
            Element::Gap(_, kind) => self.gap(element, at, *kind, whole),
        };
        if found.is_none() && phrase.is_wild {
            self.failed.0.insert(Failed::key(element, at));
        }
        found
    }

    fn rest_of_word(&mut self, element: usize, at: usize, whole: Option<usize>) -> Option<usize> {
        let rest = &self.text[at..];
        let mut length = rest.find(|c: char| !is_letter(c) || is_joined(c)).unwrap_or(rest.len());
        loop {
            if let Some(end) = self.from(element + 1, at + length, whole) {
                return Some(end);
            }
            length -= rest[..length].chars().next_back()?.len_utf8();
        }
    }

    fn words(&mut self, element: usize, at: usize, whole: Option<usize>) -> Option<usize> {
        if !self.closes(element - 1, at) {
            return None;
        }
        let text = self.text;
        let mut blanks = memchr::memchr_iter(b' ', &text.as_bytes()[at..]);
        let first = at + blanks.next()? + 1;
        // The words end before the blank that would be one too many.
        let limit = blanks.nth(Element::MOST_WORDS).map_or(text.len(), |blank| at + blank);
        let try_at = |this: &mut Self, place: usize| {
            if this.opens(element + 1, place) { this.from(element + 1, place, whole) } else { None }
        };
        match &self.phrase.elements[element + 1] {
            Element::Literal(literal) => {
                let window = &text.as_bytes()[first..(limit + literal.len()).min(text.len())];
                places(window, literal.as_bytes())
                    .map(|place| first + place)
                    .take_while(|place| *place <= limit)
                    .find_map(|place| try_at(self, place))
            }
            _ => text[first..]
                .char_indices()
                .map(|(place, _)| first + place)
                .take_while(|place| *place <= limit)
                .find_map(|place| try_at(self, place)),
        }
    }

    fn gap(&mut self, element: usize, at: usize, kind: GapType, whole: Option<usize>) -> Option<usize> {
        let mut found = None;
        let kept = self.gaps.len();
        let text = self.text;
        gap::try_ends(kind, text, at, |end| {
            self.gaps.truncate(kept);
            self.gaps.push(at..end);
            found = self.from(element + 1, end, whole);
            found.is_some()
        });
        if found.is_none() {
            self.gaps.truncate(kept);
        }
        found
    }
}
