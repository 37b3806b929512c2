//! From text to lines and comments.
//!
//! The grammar has accepted the text before, so a token ends where its kind says, a `{` outside a
//! block opens one, and a line ends at its line's end unless a comma stands there. What a line
//! means is of no interest here, and a new keyword needs nothing new.

use std::iter::Peekable;
use std::vec::IntoIter;

/// What stands in a file or block, from top to bottom.
pub(in crate::syntax) enum Entry<'a> {
    /// One blank line or more.
    Blank,
    /// A comment on a line of its own.
    Comment(&'a str),
    Line(Line<'a>),
}

/// A line of a block, or an item.
pub(in crate::syntax) struct Line<'a> {
    /// What its commas part; never empty.
    pub(in crate::syntax) parts: Vec<Part<'a>>,
    /// What follows in braces.
    pub(in crate::syntax) block: Option<Block<'a>>,
    /// The comment at its end.
    pub(in crate::syntax) comment: Option<&'a str>,
}

/// The words before a comma, and the comments after it.
pub(in crate::syntax) struct Part<'a> {
    pub(in crate::syntax) words: Vec<&'a str>,
    /// On the comma's line.
    pub(in crate::syntax) beside: Option<&'a str>,
    /// On the lines that follow.
    pub(in crate::syntax) below: Vec<&'a str>,
}

pub(in crate::syntax) struct Block<'a> {
    /// Beside its `{`.
    pub(in crate::syntax) comment: Option<&'a str>,
    pub(in crate::syntax) entries: Vec<Entry<'a>>,
}

pub(in crate::syntax) fn file(text: &str) -> Vec<Entry<'_>> {
    // The grammar steps over blanks before the mark as it does everywhere.
    let text = text.trim_start_matches([' ', '\t']);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    Reader { tokens: tokens(text).into_iter().peekable() }.entries(Within::File)
}

#[derive(Clone, Copy, PartialEq)]
enum Token<'a> {
    /// A word, string, expression or field.
    Word(&'a str),
    Comma,
    Open,
    Close,
    Comment(&'a str),
    LineEnd,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut in_block = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            ' ' | '\t' => {
                rest = &rest[1..];
                continue;
            }
            '\r' if rest.starts_with("\r\n") => (Token::LineEnd, 2),
            '\n' | '\r' => (Token::LineEnd, 1),
            ',' => (Token::Comma, 1),
            '}' => {
                in_block = false;
                (Token::Close, 1)
            }
            '{' if !in_block => {
                in_block = true;
                (Token::Open, 1)
            }
            '#' => {
                let length = rest.find(['\r', '\n']).unwrap_or(rest.len());
                (Token::Comment(rest[..length].trim_end_matches([' ', '\t'])), length)
            }
            _ => {
                let length = match first {
                    '{' => rest.find('}').map_or(rest.len(), |end| end + 1),
                    '"' => string(rest),
                    '\'' => raw_string(rest),
                    _ => word(rest),
                };
                (Token::Word(&rest[..length]), length)
            }
        };
        tokens.push(token);
        rest = &rest[length..];
    }
    tokens
}

fn string(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string(text: &str) -> usize {
    let mut at = 1;
    while let Some(quote) = text[at..].find('\'') {
        at += quote + 1;
        if !text[at..].starts_with('\'') {
            return at;
        }
        at += 1;
    }
    text.len()
}

fn word(text: &str) -> usize {
    text.find([' ', '\t', '\r', '\n', ',', '{', '}', '#', '"', '\'']).unwrap_or(text.len())
}

/// Where lines stand.
#[derive(Clone, Copy, PartialEq)]
enum Within {
    File,
    Block,
    /// In a `phrases` block a comma ends an entry as a line's end does.
    Phrases,
}

struct Reader<'a> {
    tokens: Peekable<IntoIter<Token<'a>>>,
}

impl<'a> Reader<'a> {
    /// What stands up to the `}` that ends the block, which is taken, or the end of the file.
    fn entries(&mut self, within: Within) -> Vec<Entry<'a>> {
        let mut entries = Vec::new();
        // The text begins a line; the `{` of a block stands on one.
        let mut line_ends = usize::from(within == Within::File);
        while let Some(token) = self.tokens.peek().copied() {
            if token == Token::LineEnd {
                line_ends += 1;
                self.tokens.next();
                continue;
            }
            if token == Token::Close {
                self.tokens.next();
                break;
            }
            if line_ends > 1 {
                entries.push(Entry::Blank);
            }
            line_ends = 0;
            entries.push(match token {
                Token::Comment(text) => {
                    self.tokens.next();
                    Entry::Comment(text)
                }
                _ => Entry::Line(self.line(within)),
            });
        }
        entries
    }

    fn line(&mut self, within: Within) -> Line<'a> {
        let mut line = Line { parts: vec![self.part()], block: None, comment: None };
        while self.tokens.next_if_eq(&Token::Comma).is_some() && within != Within::Phrases {
            if let Some(last) = line.parts.last_mut() {
                last.beside = self.comment();
                last.below = self.comments_below();
            }
            line.parts.push(self.part());
        }
        if self.tokens.next_if_eq(&Token::Open).is_some() {
            let within = if line.parts[0].words.first() == Some(&"phrases") { Within::Phrases } else { Within::Block };
            line.block = Some(Block { comment: self.comment(), entries: self.entries(within) });
        }
        line.comment = self.comment();
        line
    }

    fn part(&mut self) -> Part<'a> {
        let mut words = Vec::new();
        while let Some(Token::Word(word)) = self.tokens.next_if(|token| matches!(token, Token::Word(_))) {
            words.push(word);
        }
        Part { words, beside: None, below: Vec::new() }
    }

    fn comment(&mut self) -> Option<&'a str> {
        match self.tokens.next_if(|token| matches!(token, Token::Comment(_)))? {
            Token::Comment(text) => Some(text),
            _ => None,
        }
    }

    /// The comments between a comma and what it announces.
    fn comments_below(&mut self) -> Vec<&'a str> {
        let mut comments = Vec::new();
        loop {
            if let Some(comment) = self.comment() {
                comments.push(comment);
            } else if self.tokens.next_if_eq(&Token::LineEnd).is_none() {
                return comments;
            }
        }
    }
}
