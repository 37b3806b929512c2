//! What a draft asks of the text: phrases made of a template, from the plainest to the most exact.

use super::mask::gap_of;
use super::template::{Token, is_word};
use crate::reply::is_format;
use crate::ruleset::GapType;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The longest phrase that is made; the language takes more, but nobody wants to read it.
const LONGEST: usize = 240;

/// The most stars and gaps of a phrase, as the language has it.
const MOST_WILD: usize = 8;

/// The most tokens of a plain phrase.
const PLAIN: usize = 12;

/// So few words are better asked for as the whole text.
const FEW_WORDS: usize = 2;

/// The `match` lines that may find what a template stands for, each choice a list of lines; the first is preferred.
pub(super) fn choices(template: &[Token]) -> Vec<Vec<String>> {
    let runs: Vec<&[Token]> = template.split(|token| matches!(token, Token::Any(_))).map(trimmed).collect();
    // Of several the first.
    let best = runs.iter().flat_map(windows).min_by_key(|window| (Reverse(words(window)), window.len()));
    let plain = best.filter(|window| words(window) > FEW_WORDS).and_then(phrase);
    let line = |phrase: String| vec![format!("match    phrase {phrase}")];
    let full = phrase(trimmed(template)).map(line);
    let whole = phrase(template).filter(|_| words(template) > 0).map(|phrase| vec![format!("match    text {phrase}")]);
    let each: Vec<String> = runs.iter().filter(|run| words(run) >= FEW_WORDS).filter_map(|run| phrase(run)).collect();
    let each = (each.len() > 1).then(|| each.into_iter().flat_map(line).collect());
    let is_short = words(template) <= FEW_WORDS + 1;
    let (first, last) = if is_short { (whole, None) } else { (None, whole) };
    let full = full.filter(|_| words(template) >= FEW_WORDS);
    let mut choices: Vec<Vec<String>> = Vec::new();
    for choice in [first, plain.map(line), full, each, last].into_iter().flatten() {
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    choices
}

fn words(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| matches!(token, Token::Text(text) if is_word(text))).count()
}

/// Without tokens at the ends that are no words.
fn trimmed(tokens: &[Token]) -> &[Token] {
    let is_end = |token: &Token| matches!(token, Token::Text(text) if text.chars().any(char::is_alphabetic));
    let first = tokens.iter().position(is_end).unwrap_or(tokens.len());
    let last = tokens.iter().rposition(is_end).map_or(first, |last| last + 1);
    &tokens[first..last]
}

/// The parts of a run that are short enough to be read.
fn windows<'t>(run: &&'t [Token]) -> impl Iterator<Item = &'t [Token]> {
    run.windows(run.len().clamp(1, PLAIN)).map(trimmed)
}

/// The tokens as a phrase in quotes; nothing where it would be too long or could not be written.
fn phrase(tokens: &[Token]) -> Option<String> {
    let mut text = String::new();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wild = 0;
    for (n, token) in tokens.iter().enumerate() {
        if n > 0 {
            text.push(' ');
        }
        match token {
            // A free `*` stands between words.
            Token::Any(_) if n == 0 || n + 1 == tokens.len() => return None,
            Token::Any(_) => {
                text.push('*');
                wild += 1;
            }
            Token::Text(token) => {
                let own =
                    if n + 1 == tokens.len() { token.trim_end_matches(['.', ',', ';', ':', '!', '?']) } else { token };
                let own = if own.is_empty() { token } else { own };
                for c in own.chars() {
                    match gap_of(c) {
                        Some(kind) => {
                            let name = gap_name(kind);
                            let number = names.entry(name).or_default();
                            *number += 1;
                            let number = if *number == 1 { String::new() } else { format!("-{number}") };
                            text.push_str(&format!("{{{name}{number}:{}}}", kind.as_str()));
                            wild += 1;
                        }
                        None if c.is_control() || is_format(c) || matches!(c, '\u{2028}' | '\u{2029}') => return None,
                        None => {
                            if matches!(c, '"' | '\\' | '*' | '{' | '}') {
                                text.push('\\');
                            }
                            text.push(c);
                        }
                    }
                }
            }
        }
    }
    (!text.is_empty() && text.len() <= LONGEST && wild <= MOST_WILD).then(|| format!("\"{text}\""))
}

/// What a gap is called in a verdict's fields.
fn gap_name(kind: GapType) -> &'static str {
    match kind {
        GapType::Word | GapType::Tag => "id",
        GapType::Duration => "wait",
        kind => kind.as_str(),
    }
}

/// Words that say little of a rule.
const SLIGHT: [&str; 36] = [
    "the", "a", "an", "is", "are", "was", "to", "of", "in", "on", "for", "and", "or", "by", "from", "with", "this",
    "that", "your", "you", "it", "be", "has", "have", "at", "as", "we", "our", "please", "sorry", "said", "error",
    "because", "not-", "see", "will",
];

/// A name for a rule, of the words of a template.
pub(super) fn name(template: &[Token]) -> String {
    let mut name = String::new();
    let mut count = 0;
    for token in template {
        let Token::Text(text) = token else { continue };
        let word = text.trim_matches(|c: char| !c.is_alphabetic());
        if !is_word(text) || !word.bytes().all(|b| b.is_ascii_lowercase()) || SLIGHT.contains(&word) {
            continue;
        }
        if count == 4 || name.len() + word.len() > 40 {
            break;
        }
        if count > 0 {
            name.push('-');
        }
        name.push_str(word);
        count += 1;
    }
    match count {
        0 => "said-otherwise".to_owned(),
        1 => format!("said-{name}"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::mask::mask;
    use super::super::template::Template;
    use super::*;

    fn template(text: &str) -> Vec<Token> {
        let tokens = Template::of(&mask(text).0).tokens;
        tokens.into_iter().map(|token| if token == Token::Text("_".into()) { Token::Any(1) } else { token }).collect()
    }

    #[test]
    fn asks_for_words_and_types() {
        for (text, first) in [
            ("<\u{1}>: recipient address rejected: no", "match    phrase \"recipient address rejected: no\""),
            ("sorry, the user _ is not at home, come back", "match    phrase \"is not at home, come back\""),
            ("hard error", "match    text \"hard error\""),
            (
                "client host [192.0.2.7] blocked using zen.example.org; go",
                "match    phrase \"client host [{ip:ip}] blocked using {host:host}; go\"",
            ),
            ("a \"b\" {c} d*e\\ f", "match    phrase \"a \\\"b\\\" \\{c\\} d\\*e\\\\ f\""),
        ] {
            assert_eq!(choices(&template(text))[0], [first], "{text}");
        }
        assert!(choices(&template("192.0.2.7")).is_empty());
    }

    #[test]
    fn is_called_by_its_words() {
        for (text, called) in [
            ("sorry, the user _ is not at home now", "user-not-home-now"),
            ("192.0.2.7", "said-otherwise"),
            ("nö", "said-otherwise"),
            ("blocked!", "said-blocked"),
        ] {
            assert_eq!(name(&template(text)), called);
        }
    }
}
