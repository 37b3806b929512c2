//! What replies of one cluster have in common: words, gaps, and places where anything may stand.

use super::mask::{gap_of, is_typed, mask};
use crate::reply::fold;
use crate::ruleset::Element;
use std::fmt;

/// A token of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Token {
    /// A word with what touches it, masked.
    Text(Box<str>),
    /// Any words; so many at most in the texts that the template was made of.
    Any(usize),
}

/// What the replies of a cluster have in common, blank by blank.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Template {
    pub(super) tokens: Vec<Token>,
}

/// How many tokens of a text count: what is beyond says the same again, or is a letter of its own.
const MOST_TOKENS: usize = 100;

/// A masked text, cut at its blanks.
pub(super) fn tokens(masked: &str) -> impl Iterator<Item = &str> {
    masked.split(' ').filter(|token| !token.is_empty()).take(MOST_TOKENS)
}

impl Template {
    pub(super) fn of(masked: &str) -> Template {
        Template { tokens: tokens(masked).map(|token| Token::Text(token.into())).collect() }
    }

    /// Whether the text of a reply is one of those that the template stands for.
    pub fn matches(&self, text: &str) -> bool {
        let mut folded = String::new();
        fold(text, &mut folded);
        self.align(&tokens(&mask(&folded).0).collect::<Vec<_>>()).is_some()
    }

    /// For each token of a masked text, the token of the template that it belongs to; nothing where they do not fit.
    pub(super) fn align(&self, text: &[&str]) -> Option<Vec<usize>> {
        // From the end: with how many words from `at` on the tokens from `n` on can do; the fewest go to a `*`.
        let (rows, columns) = (self.tokens.len() + 1, text.len() + 1);
        let mut fits = vec![false; rows * columns];
        let index = |n: usize, at: usize| n * columns + at;
        fits[index(rows - 1, columns - 1)] = true;
        for n in (0..self.tokens.len()).rev() {
            for at in 0..columns {
                fits[index(n, at)] = match &self.tokens[n] {
                    Token::Text(own) => at < text.len() && **own == *text[at] && fits[index(n + 1, at + 1)],
                    Token::Any(_) => {
                        (at..=(at + Element::MOST_WORDS).min(text.len())).any(|end| fits[index(n + 1, end)])
                    }
                };
            }
        }
        if !fits[index(0, 0)] {
            return None;
        }
        let mut of = Vec::with_capacity(text.len());
        for (n, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Text(_) => of.push(n),
                Token::Any(_) => {
                    while !fits[index(n + 1, of.len())] {
                        of.push(n);
                    }
                }
            }
        }
        Some(of)
    }

    /// What two have in common, in the order of both, and between it anything; nothing where a `*` could not stand for
    /// all that differs, or would stand for a gap whose type is known.
    pub(super) fn joined(&self, other: &Template) -> Option<Template> {
        let (own, others) = (&self.tokens, &other.tokens);
        let columns = others.len() + 1;
        let mut common = vec![0_u32; (own.len() + 1) * columns];
        for a in (0..own.len()).rev() {
            for b in (0..others.len()).rev() {
                common[a * columns + b] = if own[a].is_like(&others[b]) {
                    common[(a + 1) * columns + b + 1] + 1
                } else {
                    common[(a + 1) * columns + b].max(common[a * columns + b + 1])
                };
            }
        }
        let mut tokens: Vec<Token> = Vec::new();
        let (mut a, mut b) = (0, 0);
        let is_known = |token: &Token| matches!(token, Token::Text(text) if is_typed(text));
        // How many words of each differ since the last that they have in common.
        let (mut of_own, mut of_other) = (0, 0);
        let close = |tokens: &mut Vec<Token>, of_own: &mut usize, of_other: &mut usize| {
            let most = std::mem::take(of_own).max(std::mem::take(of_other));
            if most > 0 {
                tokens.push(Token::Any(most));
            }
            most <= Element::MOST_WORDS
        };
        while a < own.len() || b < others.len() {
            if a < own.len() && b < others.len() && own[a].is_like(&others[b]) {
                if let Token::Text(_) = &own[a] {
                    if !close(&mut tokens, &mut of_own, &mut of_other) {
                        return None;
                    }
                    tokens.push(own[a].clone());
                } else {
                    of_own += own[a].width();
                    of_other += others[b].width();
                }
                (a, b) = (a + 1, b + 1);
            } else if a < own.len()
                && (b == others.len() || common[(a + 1) * columns + b] >= common[a * columns + b + 1])
            {
                if is_known(&own[a]) {
                    return None;
                }
                of_own += own[a].width();
                a += 1;
            } else {
                if is_known(&others[b]) {
                    return None;
                }
                of_other += others[b].width();
                b += 1;
            }
        }
        close(&mut tokens, &mut of_own, &mut of_other).then_some(Template { tokens })
    }

    /// The words that stand as they are: tokens with letters and without gaps.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter_map(|token| match token {
            Token::Text(text) if is_word(text) => Some(&**text),
            _ => None,
        })
    }
}

impl Token {
    fn is_like(&self, other: &Token) -> bool {
        matches!((self, other), (Token::Any(_), Token::Any(_))) || self == other
    }

    fn width(&self) -> usize {
        match self {
            Token::Text(_) => 1,
            Token::Any(most) => *most,
        }
    }
}

/// Whether a token is a word, and no gap or mark.
pub(super) fn is_word(token: &str) -> bool {
    !super::mask::has_gap(token) && token.chars().any(char::is_alphabetic)
}

/// With gaps as `{ip}`, and `*` where anything may stand.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, token) in self.tokens.iter().enumerate() {
            if n > 0 {
                f.write_str(" ")?;
            }
            match token {
                Token::Any(_) => f.write_str("*")?,
                Token::Text(text) => {
                    for c in text.chars() {
                        match gap_of(c) {
                            Some(kind) => write!(f, "{{{}}}", kind.as_str())?,
                            None => write!(f, "{c}")?,
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(written: &str) -> Template {
        let token = |token: &str| match token {
            "*" => Token::Any(1),
            token => Token::Text(token.into()),
        };
        Template { tokens: written.split(' ').map(token).collect() }
    }

    #[test]
    fn what_two_have_in_common_matches_both() {
        for (one, other, common) in [
            ("user ann is unknown", "user bob smith is unknown", "user * is unknown"),
            ("a b c", "a b c", "a b c"),
            ("a b", "a b please wait", "a b *"),
            ("a * c", "a c", "a * c"),
            ("a * x c", "a * c", "a * c"),
            ("x y", "z", "*"),
        ] {
            let joined = template(one).joined(&template(other)).expect("they differ in few words");
            assert_eq!(joined.to_string(), common, "{one} and {other}");
            for text in [one, other] {
                assert!(joined.matches(&text.replace('*', "w")), "{common} for {text}");
            }
        }
    }

    #[test]
    fn what_a_star_cannot_stand_for_is_not_put_together() {
        let long = format!("a {}c", "b ".repeat(13));
        assert_eq!(template("a c").joined(&template(&long)), None);
        let long = format!("a {}c", "b ".repeat(12));
        assert!(template("a c").joined(&template(&long)).is_some_and(|joined| joined.matches(&long)));
    }

    #[test]
    fn says_what_belongs_where() {
        let text = ["user", "bob", "smith", "is", "unknown"];
        assert_eq!(template("user * is unknown").align(&text), Some(vec![0, 1, 1, 2, 3]));
        assert_eq!(template("user * unknown now").align(&text), None);
        assert_eq!(template("* user bob smith is unknown").align(&text), Some(vec![1, 2, 3, 4, 5]));
    }
}
