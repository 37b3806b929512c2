//! What two phrases show by their shape: where one stands within the other as it is written, each star and gap on one
//! of its own kind, it stands in every text of the other. It takes next to no time, and decides what is much alike.

use super::automaton::{Guard, Side};
use crate::ruleset::{Element, GapType};

/// A phrase, as its shape is looked at.
pub(super) struct Shape {
    pieces: Vec<Piece>,
    open_start: bool,
    open_end: bool,
    is_whole: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Character(char),
    RestOfWord,
    Words,
    Gap(GapType),
}

impl Shape {
    pub(super) fn new(elements: &[Element], open_start: bool, open_end: bool, is_whole: bool) -> Shape {
        let mut pieces = Vec::new();
        for element in elements {
            match element {
                Element::Literal(literal) => pieces.extend(literal.chars().map(Piece::Character)),
                Element::RestOfWord => pieces.push(Piece::RestOfWord),
                Element::Words => pieces.push(Piece::Words),
                Element::Gap(_, kind) => pieces.push(Piece::Gap(*kind)),
            }
        }
        Shape { pieces, open_start, open_end, is_whole }
    }

    /// Whether the other stands in every text of this one, as far as their shapes show it.
    pub(super) fn holds(&self, other: &Shape) -> bool {
        if !matches!(other.pieces.first(), Some(Piece::Character(_) | Piece::Gap(_))) {
            return false;
        }
        match (self.is_whole, other.is_whole) {
            (false, true) => false,
            (true, true) => {
                (other.open_start || !self.open_start)
                    && (other.open_end || !self.open_end)
                    && self.is_at(0, &other.pieces, None, &|end| end == self.pieces.len())
            }
            (_, false) => (0..self.pieces.len()).any(|start| {
                (other.open_start || self.surely_begins(start))
                    && self.is_at(start, &other.pieces, None, &|end| {
                        other.open_end || self.surely_ends(end, other.pieces.last().copied())
                    })
            }),
        }
    }

    /// Whether pieces stand at a place of this one, behind `before`, and end where `ends` says that they may.
    fn is_at(&self, at: usize, pieces: &[Piece], before: Option<Piece>, ends: &dyn Fn(usize) -> bool) -> bool {
        let (mut at, mut before) = (at, before);
        for (n, piece) in pieces.iter().enumerate() {
            let own = self.pieces.get(at).copied();
            match (piece, own) {
                (Piece::Words, _) => return self.is_at_words(at, &pieces[n + 1..], before, ends),
                (Piece::RestOfWord, _) => {
                    let is_rest = |own: &&Piece| match own {
                        Piece::Character(c) => Side::of(*c, false).is_within(),
                        own => **own == Piece::RestOfWord,
                    };
                    let most = self.pieces[at..].iter().take_while(is_rest).count();
                    let rest = &pieces[n + 1..];
                    return (at..=at + most).any(|at| self.is_at(at, rest, Some(Piece::RestOfWord), ends));
                }
                (Piece::Gap(other), Some(Piece::Gap(own))) if catches(*other, own) => {}
                (Piece::Character(other), Some(Piece::Character(own))) if *other == own => {}
                _ => return false,
            }
            (at, before) = (at + 1, Some(*piece));
        }
        ends(at)
    }

    /// The same where words of any kind come first.
    fn is_at_words(&self, at: usize, rest: &[Piece], before: Option<Piece>, ends: &dyn Fn(usize) -> bool) -> bool {
        const MOST_BLANKS: usize = Element::MOST_WORDS + 1;
        if !self.bears_words(self.pieces.get(at), at.checked_sub(1), before) && !self.surely_ends(at, before) {
            return false;
        }
        let mut blanks = 0;
        for (n, piece) in self.pieces.iter().enumerate().skip(at) {
            blanks += match piece {
                Piece::Character(' ') | Piece::Gap(GapType::Duration) => 1,
                Piece::Words => MOST_BLANKS,
                _ => 0,
            };
            if blanks > MOST_BLANKS {
                return false;
            }
            let (next, first) = (n + 1, rest.first().copied());
            // A gap may be without its blank.
            let has_blank = self.pieces[at..next].iter().any(|p| matches!(p, Piece::Character(' ') | Piece::Words));
            let is_known = matches!(first, Some(Piece::Character(_) | Piece::Gap(_))) && next < self.pieces.len();
            if has_blank
                && (self.bears_words(Some(piece), Some(next), first) || is_known && self.surely_begins(next))
                && self.is_at(next, rest, None, ends)
            {
                return true;
            }
        }
        false
    }

    /// Whether words may end or begin at a place, by the piece of theirs that stands there: beside a blank always, and
    /// where others do if their neighbour is of the same sort.
    fn bears_words(&self, piece: Option<&Piece>, own: Option<usize>, other: Option<Piece>) -> bool {
        let is_gap = |piece: Option<Piece>| matches!(piece, Some(Piece::Gap(_)));
        match piece {
            Some(Piece::Character(' ')) => true,
            Some(Piece::Words) => is_gap(own.and_then(|n| self.pieces.get(n).copied())) == is_gap(other),
            _ => false,
        }
    }

    /// Whether the piece at a place is where a word begins, whatever the text.
    fn surely_begins(&self, at: usize) -> bool {
        match at.checked_sub(1).map(|n| self.pieces[n]) {
            None => !self.open_start,
            Some(before) => is_apart(before, self.pieces[at]),
        }
    }

    /// Whether a word ends at a place, whatever the text, of which `last` was the end.
    fn surely_ends(&self, at: usize, last: Option<Piece>) -> bool {
        match (at.checked_sub(1).map(|n| self.pieces[n]), self.pieces.get(at), last) {
            // What a star takes may be nothing, so that its neighbour is not known.
            (None, _, _) | (_, _, None | Some(Piece::RestOfWord)) => false,
            (Some(_), None, _) => !self.open_end,
            (Some(before), Some(after), _) => is_apart(*after, before),
        }
    }
}

/// Whether a piece and its neighbour are of two words, whatever the text.
fn is_apart(neighbour: Piece, own: Piece) -> bool {
    let side = |c| Side::of(c, false);
    match (neighbour, own) {
        // Words stand beside whole words only.
        (Piece::Words, Piece::Character(_) | Piece::Gap(_)) => true,
        (Piece::Character(neighbour), Piece::Character(own)) => Guard::Edge.holds(side(neighbour), side(own)),
        (Piece::Character(neighbour), Piece::Gap(_)) => !side(neighbour).is_within(),
        (_, Piece::Character(own)) => !side(own).is_within(),
        (_, Piece::Gap(_) | Piece::Words | Piece::RestOfWord) => false,
    }
}

/// Whether a gap of one type catches whatever one of the other does.
fn catches(wide: GapType, narrow: GapType) -> bool {
    wide == narrow
        || matches!(
            (wide, narrow),
            (GapType::Number | GapType::Word | GapType::Tag, GapType::Digits) | (GapType::Word, GapType::Tag)
        )
}
