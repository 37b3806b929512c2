//! Taking phrases apart: literals, stars, gaps.

use super::text::{Character, characters, is_plain};
use super::{Resolver, expression};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::{ADDRESS, fold, is_letter};
use crate::ruleset::{Element, GapType, Pattern, PatternId, PatternKind};
use crate::source::Span;
use crate::spelling::nearest;
use crate::syntax::ast::{self, Quoted, Word};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// The longest phrase, in bytes as written.
const PHRASE_LIMIT: usize = 1_000;

/// The most stars and gaps of one phrase.
const WILD_LIMIT: usize = 8;

/// Every pattern once.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    all: Vec<Pattern>,
    /// By hash, so that no pattern is held twice; where two have one hash, the second has the next free number.
    numbers: HashMap<u64, PatternId>,
    hasher: RandomState,
}

impl Patterns {
    pub(super) fn intern(&mut self, pattern: Pattern) -> PatternId {
        let mut hash = self.hasher.hash_one(&pattern.kind);
        while let Some(id) = self.numbers.get(&hash) {
            if self.get(*id).kind == pattern.kind {
                return *id;
            }
            hash = hash.wrapping_add(1);
        }
        let id = PatternId(self.all.len() as u32);
        self.numbers.insert(hash, id);
        self.all.push(pattern);
        id
    }

    pub(super) fn get(&self, id: PatternId) -> &Pattern {
        &self.all[id.0 as usize]
    }

    pub(super) fn into_vec(mut self) -> Vec<Pattern> {
        self.all.shrink_to_fit();
        self.all
    }
}

/// A phrase between its characters and its elements.
enum Token {
    Text(String),
    Star { at: usize },
    Gap { name: String, kind: GapType },
}

impl Resolver<'_> {
    pub(super) fn pattern(&mut self, pattern: &ast::Pattern) -> Option<PatternId> {
        match pattern {
            ast::Pattern::Phrase(quoted) => self.phrase(quoted, false),
            ast::Pattern::Regex(word) => self.regex(word),
        }
    }

    fn regex(&mut self, word: &Word) -> Option<PatternId> {
        let expression = word.text.replace("''", "'");
        match expression::check(&expression) {
            Ok(_) if expression.is_empty() => {
                self.error(Code::E0052, word.span, "the expression is empty: it would match every text");
                None
            }
            Ok(_) => Some(self.intern(Pattern { written: word.text.clone(), kind: PatternKind::Regex(expression) })),
            Err(regex::Error::CompiledTooBig(limit)) => {
                let message = format!("the expression takes more than {limit} bytes when compiled");
                let diagnostic = Diagnostic::new(Code::E0053, word.span, message)
                    .help("use smaller repetitions, or a literal phrase with `*`");
                self.report(diagnostic);
                None
            }
            Err(error) => {
                // The last line of the message is the cause; those before it draw the place.
                let text = error.to_string();
                let cause = text.lines().last().unwrap_or_default().trim();
                let cause = cause.strip_prefix("error:").unwrap_or(cause).trim();
                let diagnostic =
                    Diagnostic::new(Code::E0053, word.span, format!("the expression cannot be read: {cause}"))
                        .help("a character that means itself is written with a backslash before it, as `\\(`");
                self.report(diagnostic);
                None
            }
        }
    }

    /// A literal phrase; `tags` lines have the gap `{tag}` and no other.
    pub(super) fn phrase(&mut self, quoted: &Quoted, of_tags: bool) -> Option<PatternId> {
        let span = quoted.0.span;
        if quoted.0.text.len() > PHRASE_LIMIT {
            let message = format!("the phrase has {} bytes; at most {PHRASE_LIMIT} are taken", quoted.0.text.len());
            self.error(Code::E0054, span, message);
            return None;
        }
        let tokens = if !of_tags && !quoted.0.text.is_empty() && is_plain(quoted, b"\\*{") {
            vec![Token::Text(quoted.0.text.clone())]
        } else {
            let characters = characters(quoted, &mut self.diagnostics);
            self.tokens(&characters, span, of_tags)?
        };
        let (elements, open_start, open_end) = self.elements(tokens, span)?;
        let wild = elements.iter().filter(|element| !matches!(element, Element::Literal(_))).count();
        if wild > WILD_LIMIT {
            let message = format!("the phrase has {wild} stars and gaps; at most {WILD_LIMIT} are taken");
            let diagnostic =
                Diagnostic::new(Code::E0054, span, message).help("split it over several `match phrase` lines");
            self.report(diagnostic);
            return None;
        }
        if elements.is_empty() {
            let diagnostic = Diagnostic::new(Code::E0052, span, "there is nothing in this phrase")
                .help("an empty text is asked for by `match text none`");
            self.report(diagnostic);
            return None;
        }
        let kind = PatternKind::Phrase { elements, open_start, open_end };
        Some(self.intern(Pattern { written: quoted.0.text.clone(), kind }))
    }

    fn tokens(&mut self, characters: &[Character], span: Span, of_tags: bool) -> Option<Vec<Token>> {
        let mut tokens = Vec::new();
        let mut text = String::new();
        let mut at = 0;
        while let Some(character) = characters.get(at) {
            match character.c {
                '*' if !character.escaped => {
                    push_text(&mut tokens, &mut text);
                    tokens.push(Token::Star { at: character.at });
                }
                '{' if !character.escaped => {
                    push_text(&mut tokens, &mut text);
                    let length = characters[at..].iter().position(|c| c.c == '}' && !c.escaped);
                    let Some(length) = length else {
                        let start = span.start as usize + character.at;
                        let here = Span::new(span.file, start, start + 1);
                        let diagnostic = Diagnostic::new(Code::E0051, here, "this gap has no closing `}`")
                            .help("a gap is `{name:type}`; a brace that means itself is `\\{`");
                        self.report(diagnostic);
                        return None;
                    };
                    let inside: String = characters[at + 1..at + length].iter().map(|c| c.c).collect();
                    let start = span.start as usize + character.at;
                    let place = Span::new(span.file, start, start + inside.len() + 2);
                    tokens.push(self.gap(&inside, place, of_tags)?);
                    at += length;
                }
                c => text.push(c),
            }
            at += 1;
        }
        push_text(&mut tokens, &mut text);
        if of_tags && tokens.iter().filter(|token| matches!(token, Token::Gap { .. })).count() != 1 {
            let diagnostic = Diagnostic::new(Code::E0055, span, "this does not say at one place where the tag stands")
                .help("write `{tag}` in its place, as in `\"?p={tag}\"`");
            self.report(diagnostic);
            return None;
        }
        Some(tokens)
    }

    fn gap(&mut self, inside: &str, span: Span, of_tags: bool) -> Option<Token> {
        if of_tags {
            if inside == "tag" {
                return Some(Token::Gap { name: "tag".to_owned(), kind: GapType::Tag });
            }
            let diagnostic =
                Diagnostic::new(Code::E0055, span, format!("a `tags` line has the gap `{{tag}}`, not `{{{inside}}}`"))
                    .fix(span, "{tag}");
            self.report(diagnostic);
            return None;
        }
        let names = || GapType::NAMED.iter().map(|kind| kind.as_str());
        let known = || names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let Some((name, kind)) = inside.split_once(':') else {
            let diagnostic =
                Diagnostic::new(Code::E0051, span, format!("the gap `{{{inside}}}` does not say what it catches"))
                    .help(format!(
                        "write `{{name:type}}` with one of {}; a brace that means itself is `\\{{`",
                        known()
                    ));
            self.report(diagnostic);
            return None;
        };
        self.check_name(&Word { text: name.to_owned(), span });
        let found = GapType::NAMED.iter().find(|known| known.as_str() == kind);
        if found.is_none() {
            let mut diagnostic = Diagnostic::new(Code::E0051, span, format!("`{kind}` is no type of gap"));
            diagnostic = match nearest(kind, names()) {
                Some(near) => {
                    diagnostic.help(format!("did you mean `{near}`?")).fix(span, format!("{{{name}:{near}}}"))
                }
                None => diagnostic.help(format!("known are {}", known())),
            };
            self.report(diagnostic);
        }
        Some(Token::Gap { name: name.to_owned(), kind: *found? })
    }

    fn elements(&mut self, tokens: Vec<Token>, span: Span) -> Option<(Vec<Element>, bool, bool)> {
        let mut elements: Vec<Element> = Vec::new();
        let last = tokens.len().saturating_sub(1);
        let (mut open_start, mut open_end) = (false, false);
        for (n, token) in tokens.iter().enumerate() {
            match token {
                Token::Gap { name, kind } => elements.push(Element::Gap(name.as_str().into(), *kind)),
                Token::Text(text) => {
                    let after_words = matches!(elements.last(), Some(Element::Words));
                    let before_words = matches!((tokens.get(n + 1), tokens.get(n + 2)), (Some(Token::Star { .. }), Some(Token::Text(next))) if text.ends_with(char::is_whitespace) && next.starts_with(char::is_whitespace));
                    let literal = self.literal(text, span, n == 0 || after_words, n == last || before_words)?;
                    if !literal.is_empty() {
                        elements.push(Element::Literal(literal.into()));
                    }
                }
                Token::Star { at } => {
                    let before = n.checked_sub(1).and_then(|n| tokens.get(n));
                    let after = tokens.get(n + 1);
                    let left = matches!(before, Some(Token::Text(text)) if text.ends_with(is_letter));
                    let right = matches!(after, Some(Token::Text(text)) if text.starts_with(is_letter));
                    let between = matches!((before, after), (Some(Token::Text(left)), Some(Token::Text(right)))
                        if left.ends_with(char::is_whitespace) && right.starts_with(char::is_whitespace)
                            && !left.trim().is_empty() | (n > 1) && !right.trim().is_empty() | (n + 2 < tokens.len()));
                    match (left || right, between) {
                        (true, _) if n == 0 => open_start = true,
                        (true, _) if n == last => open_end = true,
                        (true, _) => elements.push(Element::RestOfWord),
                        // Two in a row would only be one that is hard to read.
                        (_, true) if !matches!(elements.last(), Some(Element::Words)) => elements.push(Element::Words),
                        _ => {
                            let start = span.start as usize + at;
                            let here = Span::new(span.file, start, start + 1);
                            let help = if between {
                                "the one before it is 0 to 12 words already: take one of the two out"
                            } else {
                                "a `*` touches a letter (the rest of that word) or stands between blanks (0 to 12 words); \
                                        a star that means itself is `\\*`"
                            };
                            let diagnostic =
                                Diagnostic::new(Code::E0050, here, "this `*` stands for nothing").help(help);
                            self.report(diagnostic);
                            return None;
                        }
                    }
                }
            }
        }
        elements.shrink_to_fit();
        Some((elements, open_start, open_end))
    }

    /// A literal, folded as texts are; a blank at an inner end stays one.
    fn literal(&mut self, text: &str, span: Span, at_start: bool, at_end: bool) -> Option<String> {
        let mut folded = String::new();
        fold(text, &mut folded);
        if folded.contains(ADDRESS) {
            let diagnostic = Diagnostic::new(Code::E0041, span, "an address in a phrase can never match")
                .help("an address is one thing of its own, which `{name:address}` catches");
            self.report(diagnostic);
            return None;
        }
        if folded.is_empty() {
            // Blanks alone: between two stars or gaps one of them stays; beside a free `*` they are its own.
            let stays = !at_start && !at_end && text.contains(char::is_whitespace);
            return Some(if stays { " ".to_owned() } else { folded });
        }
        if !at_start && text.starts_with(char::is_whitespace) {
            folded.insert(0, ' ');
        }
        if !at_end && text.ends_with(char::is_whitespace) {
            folded.push(' ');
        }
        Some(folded)
    }
}

fn push_text(tokens: &mut Vec<Token>, text: &mut String) {
    if !text.is_empty() {
        tokens.push(Token::Text(std::mem::take(text)));
    }
}
