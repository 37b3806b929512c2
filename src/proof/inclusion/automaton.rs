//! What a pattern accepts, as an automaton that reads a folded text character by character.
//!
//! It is not deterministic. A thread is a state and a count, by which a gap's length and the words of a free `*` are
//! bounded; the less is counted the more can follow, so that of two threads in one state the lesser accepts all that
//! the other does.

use crate::reply::{is_joined, is_letter};
use regex_syntax::hir::Look;
use regex_syntax::is_word_character;

/// The most states of one automaton.
const MOST_STATES: usize = 4_000;

/// The number of a state; the automaton begins in the first.
pub(super) type State = u16;

/// Where every automaton begins.
pub(super) const START: State = 0;

/// Which characters a step takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Label {
    /// That one.
    One(char),
    /// Any.
    Any,
    /// Any but a blank.
    NoBlank,
    /// What belongs to a word: a `*` at a letter stands for these.
    Within,
    /// What a gap of words catches.
    InWordGap,
    /// Those from one to another.
    Ranges(Box<[(char, char)]>),
}

impl Label {
    pub(super) fn holds(&self, c: char) -> bool {
        match self {
            Label::One(one) => *one == c,
            Label::Any => true,
            Label::NoBlank => c != ' ',
            Label::Within => is_letter(c) && !is_joined(c),
            Label::InWordGap => is_letter(c) || matches!(c, '_' | '-'),
            Label::Ranges(ranges) => ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)),
        }
    }
}

/// What a step does to the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// Nothing is counted in the state that it leads to.
    Nothing,
    /// It stays.
    Same,
    /// The character's bytes are added; there is no step where that is more than so many.
    Bytes(u16),
}

/// A step over one character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) label: u16,
    pub(super) to: State,
    pub(super) count: Count,
}

/// What must be so between two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    Always,
    /// The two are not of one word.
    Edge,
    /// A gap may begin here.
    GapBegins,
    /// A gap may end here.
    GapEnds,
    /// The text ends here.
    TextEnds,
    /// An expression's own word.
    Look(Look),
}

/// What guards ask of a character, or of the lack of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Side {
    kind: Kind,
    is_blank: bool,
    is_word: bool,
    is_ascii_word: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Nothing,
    Within,
    Joined,
    Other,
}

impl Side {
    /// Where the text ends.
    pub(super) const NOTHING: Side =
        Side { kind: Kind::Nothing, is_blank: false, is_word: false, is_ascii_word: false };

    /// A character's; what expressions ask about words only where there are any.
    pub(super) fn of(c: char, with_words: bool) -> Side {
        let kind = match (is_joined(c), is_letter(c)) {
            (true, _) => Kind::Joined,
            (false, true) => Kind::Within,
            (false, false) => Kind::Other,
        };
        Side {
            kind,
            is_blank: c == ' ',
            is_word: with_words && is_word_character(c),
            is_ascii_word: with_words && (c.is_ascii_alphanumeric() || c == '_'),
        }
    }

    /// Whether it is a letter or digit of a script that writes blanks.
    pub(super) fn is_within(self) -> bool {
        self.kind == Kind::Within
    }

    /// Whether a folded text may have a blank beside it.
    pub(super) fn bears_blank(self) -> bool {
        !self.is_blank && self.kind != Kind::Nothing
    }

    pub(super) fn is_blank(self) -> bool {
        self.is_blank
    }
}

impl Guard {
    pub(super) fn holds(self, before: Side, after: Side) -> bool {
        match self {
            Guard::Always => true,
            Guard::Edge => !(before.kind == Kind::Within && after.kind == Kind::Within),
            Guard::GapBegins => before.kind != Kind::Within || after.kind == Kind::Joined,
            Guard::GapEnds => after.kind != Kind::Within || before.kind == Kind::Joined,
            Guard::TextEnds => after == Side::NOTHING,
            Guard::Look(look) => looks(look, before, after),
        }
    }
}

/// A folded text is one line, so that lines begin and end where it does.
fn looks(look: Look, before: Side, after: Side) -> bool {
    let words = (before.is_word, after.is_word);
    let ascii = (before.is_ascii_word, after.is_ascii_word);
    match look {
        Look::Start | Look::StartLF | Look::StartCRLF => before == Side::NOTHING,
        Look::End | Look::EndLF | Look::EndCRLF => after == Side::NOTHING,
        Look::WordUnicode => words.0 != words.1,
        Look::WordUnicodeNegate => words.0 == words.1,
        Look::WordStartUnicode => words == (false, true),
        Look::WordEndUnicode => words == (true, false),
        Look::WordStartHalfUnicode => !words.0,
        Look::WordEndHalfUnicode => !words.1,
        Look::WordAscii => ascii.0 != ascii.1,
        Look::WordAsciiNegate => ascii.0 == ascii.1,
        Look::WordStartAscii => ascii == (false, true),
        Look::WordEndAscii => ascii == (true, false),
        Look::WordStartHalfAscii => !ascii.0,
        Look::WordEndHalfAscii => !ascii.1,
    }
}

/// An automaton that can be run.
#[derive(Debug)]
pub(super) struct Automaton {
    empties: Vec<Vec<(Guard, State)>>,
    steps: Vec<Vec<Step>>,
    labels: Vec<Label>,
    accept: State,
    /// Characters that are not ASCII and that its ranges tell from all others of their kind.
    odd: Vec<char>,
    asks_words: bool,
}

impl Automaton {
    /// Where it may go without a character; the count of what is come to so is nought.
    pub(super) fn empties(&self, state: State) -> &[(Guard, State)] {
        &self.empties[usize::from(state)]
    }

    pub(super) fn steps(&self, state: State) -> &[Step] {
        &self.steps[usize::from(state)]
    }

    pub(super) fn states(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// The state in which the pattern has been found.
    pub(super) fn accept(&self) -> State {
        self.accept
    }

    pub(super) fn odd(&self) -> &[char] {
        &self.odd
    }

    /// Whether its guards ask what an expression calls a word.
    pub(super) fn asks_words(&self) -> bool {
        self.asks_words
    }

    /// Whether the bytes of characters are counted that are not ASCII.
    pub(super) fn counts_letters(&self) -> bool {
        self.labels.contains(&Label::InWordGap)
    }
}

/// An automaton in the making.
pub(super) struct Builder {
    made: Automaton,
    is_full: bool,
}

impl Builder {
    /// Its start alone.
    pub(super) fn new() -> Builder {
        let made = Automaton {
            empties: vec![Vec::new()],
            steps: vec![Vec::new()],
            labels: Vec::new(),
            accept: START,
            odd: Vec::new(),
            asks_words: false,
        };
        Builder { made, is_full: false }
    }

    /// A new state; the last one again where there are too many.
    pub(super) fn state(&mut self) -> State {
        if self.made.steps.len() >= MOST_STATES {
            self.is_full = true;
        } else {
            self.made.steps.push(Vec::new());
            self.made.empties.push(Vec::new());
        }
        (self.made.steps.len() - 1) as State
    }

    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn empty(&mut self, from: State, guard: Guard, to: State) {
        self.made.asks_words |= matches!(guard, Guard::Look(_));
        if from != to {
            self.made.empties[usize::from(from)].push((guard, to));
        }
    }

    pub(super) fn step(&mut self, from: State, label: Label, to: State, count: Count) {
        let known = self.made.labels.iter().position(|known| *known == label);
        let label = known.unwrap_or_else(|| {
            self.made.labels.push(label);
            self.made.labels.len() - 1
        }) as u16;
        self.made.steps[usize::from(from)].push(Step { label, to, count });
    }

    /// A step to a new state.
    pub(super) fn next(&mut self, from: State, label: Label) -> State {
        let to = self.state();
        self.step(from, label, to, Count::Nothing);
        to
    }

    /// Steps over all characters of a text.
    pub(super) fn text(&mut self, from: State, text: &str) -> State {
        text.chars().fold(from, |at, c| self.next(at, Label::One(c)))
    }

    /// What its ranges tell from all others of their kind.
    pub(super) fn odd(&mut self, odd: impl IntoIterator<Item = char>) {
        self.made.odd.extend(odd);
    }

    /// The automaton, unless it is too large.
    pub(super) fn finish(mut self, accept: State) -> Option<Automaton> {
        self.made.accept = accept;
        self.made.odd.sort_unstable();
        self.made.odd.dedup();
        (!self.is_full).then_some(self.made)
    }
}
