//! Phrases by trying: every place, every length, in the order that the reference prefers.

use super::gap;
use carom::reply::{fold, is_joined, is_letter};
use std::ops::Range;

/// A name and the bytes of the folded text that were caught.
pub(super) type Caught = (String, Range<usize>);

/// A folded text, character by character.
pub(super) struct Text {
    characters: Vec<char>,
    /// Where each begins in bytes, and where the last ends.
    bytes: Vec<usize>,
}

impl Text {
    pub(super) fn new(folded: &str) -> Text {
        let bytes = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
        Text { characters: folded.chars().collect(), bytes }
    }

    fn len(&self) -> usize {
        self.characters.len()
    }

    /// Whether a word may begin or end before the character `at`.
    fn is_edge(&self, at: usize) -> bool {
        let (Some(before), Some(after)) = (at.checked_sub(1).map(|at| self.characters[at]), self.characters.get(at))
        else {
            return true;
        };
        !(in_word(before) && in_word(*after))
    }

    /// Whether a gap may begin or end before the character `at`: its neighbour must be no letter or
    /// digit, whatever it catches itself, unless one of the two is of a script without blanks.
    fn is_gap_edge(&self, own: Option<usize>, neighbour: Option<usize>) -> bool {
        let character = |at: Option<usize>| at.and_then(|at| self.characters.get(at).copied());
        !character(neighbour).is_some_and(in_word) || character(own).is_some_and(is_joined)
    }

    /// Whether all of it belongs to one word: what a `*` at a letter stands for.
    fn is_rest(&self, range: Range<usize>) -> bool {
        self.characters[range].iter().all(|c| in_word(*c))
    }
}

fn in_word(c: char) -> bool {
    is_letter(c) && !is_joined(c)
}

enum Token {
    Text(String),
    Star,
    Gap(String, String),
}

enum Piece {
    Text(Vec<char>),
    Rest,
    Words,
    Gap(String, String),
}

/// A literal phrase.
pub(super) struct Phrase {
    pieces: Vec<Piece>,
    open_start: bool,
    open_end: bool,
}

impl Phrase {
    /// Takes a phrase apart that was loaded, so that it has no mistakes.
    pub(super) fn read(written: &str) -> Phrase {
        let tokens = tokens(written);
        let last = tokens.len() - 1;
        let letter = |c: Option<char>| c.is_some_and(is_letter);
        let touches = |n: usize| {
            let left = matches!(tokens.get(n.wrapping_sub(1)), Some(Token::Text(text)) if letter(text.chars().last()));
            let right = matches!(tokens.get(n + 1), Some(Token::Text(text)) if letter(text.chars().next()));
            left || right
        };
        let is_free = |n: usize| matches!(tokens.get(n), Some(Token::Star)) && !touches(n);
        let mut phrase = Phrase { pieces: Vec::new(), open_start: false, open_end: false };
        for (n, token) in tokens.iter().enumerate() {
            match token {
                Token::Star if is_free(n) => phrase.pieces.push(Piece::Words),
                Token::Star if n == 0 => phrase.open_start = true,
                Token::Star if n == last => phrase.open_end = true,
                Token::Star => phrase.pieces.push(Piece::Rest),
                Token::Gap(name, kind) => phrase.pieces.push(Piece::Gap(name.clone(), kind.clone())),
                Token::Text(text) => {
                    // The blanks around a free `*` belong to it; those at the phrase's ends to nobody.
                    let left = n == 0 || is_free(n.wrapping_sub(1));
                    let right = n == last || is_free(n + 1);
                    let literal = literal(text, left, right);
                    if !literal.is_empty() {
                        phrase.pieces.push(Piece::Text(literal));
                    }
                }
            }
        }
        phrase
    }

    /// What it catches at its leftmost place; nothing where it does not match.
    pub(super) fn find(&self, text: &Text, whole: bool) -> Option<Vec<Caught>> {
        let mut failed = Failed::new(self, text);
        (0..=text.len()).find_map(|start| self.at(text, start, whole, &mut failed))
    }

    /// What it catches at each place where it matches, from left to right.
    pub(super) fn find_all(&self, text: &Text) -> Vec<Vec<Caught>> {
        let mut failed = Failed::new(self, text);
        (0..=text.len()).filter_map(|start| self.at(text, start, false, &mut failed)).collect()
    }

    fn at(&self, text: &Text, start: usize, whole: bool, failed: &mut Failed) -> Option<Vec<Caught>> {
        let may_start = match (self.open_start, whole) {
            (false, false) => self.edge_before(0, text, start),
            (false, true) => start == 0,
            (true, false) => true,
            (true, true) => text.is_rest(0..start),
        };
        if may_start { self.rest(0, text, start, whole, failed) } else { None }
    }

    fn may_end(&self, text: &Text, end: usize, whole: bool) -> bool {
        match (self.open_end, whole) {
            (false, false) => self.edge_after(self.pieces.len() - 1, text, end),
            (false, true) => end == text.len(),
            (true, false) => true,
            (true, true) => text.is_rest(end..text.len()),
        }
    }

    /// Whether piece `n` may begin at `at`, where a whole word must begin.
    fn edge_before(&self, n: usize, text: &Text, at: usize) -> bool {
        match &self.pieces[n] {
            Piece::Gap(..) => text.is_gap_edge(Some(at), at.checked_sub(1)),
            _ => text.is_edge(at),
        }
    }

    /// Whether piece `n` may end at `at`, where a whole word must end.
    fn edge_after(&self, n: usize, text: &Text, at: usize) -> bool {
        match &self.pieces[n] {
            Piece::Gap(..) => text.is_gap_edge(at.checked_sub(1), Some(at)),
            _ => text.is_edge(at),
        }
    }

    /// Matches the pieces from `n` on at the character `at`. What has failed once is not tried again:
    /// how a place was come to makes no difference.
    fn rest(&self, n: usize, text: &Text, at: usize, whole: bool, failed: &mut Failed) -> Option<Vec<Caught>> {
        let Some(piece) = self.pieces.get(n) else { return self.may_end(text, at, whole).then(Vec::new) };
        if *failed.at(n, at) {
            return None;
        }
        let is_words = matches!(piece, Piece::Words);
        for end in piece.ends(text, at) {
            // A free `*` stands between whole words.
            if is_words && !(self.edge_after(n - 1, text, at) && self.edge_before(n + 1, text, end)) {
                continue;
            }
            if let Some(mut caught) = self.rest(n + 1, text, end, whole, failed) {
                if let Piece::Gap(name, _) = piece {
                    caught.insert(0, (name.clone(), text.bytes[at]..text.bytes[end]));
                }
                return Some(caught);
            }
        }
        *failed.at(n, at) = true;
        None
    }
}

/// The pieces and characters from which it was tried in vain.
struct Failed {
    places: usize,
    tried: Vec<bool>,
}

impl Failed {
    fn new(phrase: &Phrase, text: &Text) -> Failed {
        let places = text.len() + 1;
        Failed { places, tried: vec![false; phrase.pieces.len() * places] }
    }

    fn at(&mut self, piece: usize, place: usize) -> &mut bool {
        &mut self.tried[piece * self.places + place]
    }
}

impl Piece {
    /// Where it may end that begins at `at`, what is preferred first.
    fn ends(&self, text: &Text, at: usize) -> Vec<usize> {
        match self {
            Piece::Text(literal) => {
                let end = at + literal.len();
                if text.characters[at..].starts_with(literal) { vec![end] } else { Vec::new() }
            }
            // The longest first.
            Piece::Rest => (at..=text.len())
                .take_while(|end| text.is_rest(at..*end))
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect(),
            // The shortest first, from one blank to thirteen.
            Piece::Words => {
                let blanks = |end: usize| text.characters[at..end].iter().filter(|c| **c == ' ').count();
                let ends = (at..=text.len()).take_while(|end| blanks(*end) <= 13);
                ends.filter(|end| blanks(*end) >= 1).collect()
            }
            Piece::Gap(_, kind) => gap::ends(kind, &text.characters, at),
        }
    }
}

fn tokens(written: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut text = String::new();
    let mut characters = written.chars();
    while let Some(c) = characters.next() {
        let special = match c {
            '\\' => {
                match characters.next() {
                    Some('n') => text.push('\n'),
                    other => text.extend(other),
                }
                continue;
            }
            '*' => Token::Star,
            '{' => {
                let inside: String = characters.by_ref().take_while(|c| *c != '}').collect();
                let (name, kind) = inside.split_once(':').unwrap_or((&inside, "tag"));
                Token::Gap(name.to_owned(), kind.to_owned())
            }
            c => {
                text.push(c);
                continue;
            }
        };
        if !text.is_empty() {
            tokens.push(Token::Text(std::mem::take(&mut text)));
        }
        tokens.push(special);
    }
    if !text.is_empty() {
        tokens.push(Token::Text(text));
    }
    tokens
}

/// Text as it is compared; `left` and `right` say whether blanks at that end go.
fn literal(raw: &str, left: bool, right: bool) -> Vec<char> {
    let mut folded = String::new();
    fold(raw, &mut folded);
    let mut literal: Vec<char> = folded.chars().collect();
    if literal.is_empty() {
        let blank = raw.contains(char::is_whitespace) && !left && !right;
        return if blank { vec![' '] } else { literal };
    }
    if !left && raw.starts_with(char::is_whitespace) {
        literal.insert(0, ' ');
    }
    if !right && raw.ends_with(char::is_whitespace) {
        literal.push(' ');
    }
    literal
}
