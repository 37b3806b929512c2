//! Putting forms together that differ in a few words only, after Drain (He et al. 2017): a tree of fixed depth, by
//! what decides a reply, the number of its tokens and the first of them, down to lists of templates; the most similar
//! template takes a form if it is similar enough, and has `*` from then on where the two differ.

use super::forms::Form;
use super::mask::{has_gap, is_typed};
use super::template::{Template, Token, is_word, tokens};
use crate::ruleset::{Category, ReasonId};
use std::collections::HashMap;

/// So much of a template's tokens must be the same in a form that it takes.
const SIMILAR: f64 = 0.6;

/// The most templates below one leaf of the tree.
const MOST_TEMPLATES: usize = 200;

/// So many words must be the same, in their order, where two templates differ in length.
const WORDS_TO_JOIN: usize = 3;

/// How often it is tried whether a text fits a template of another length.
const MOST_TRIES: usize = 20_000;

/// Words that say what happened, by how they begin: texts that differ in one of these do not say the same.
const TELLING: [&str; 60] = [
    "abus",
    "accept",
    "access",
    "account",
    "address",
    "auth",
    "bad",
    "banned",
    "black",
    "block",
    "bounce",
    "busy",
    "certif",
    "clos",
    "complain",
    "connect",
    "content",
    "denied",
    "deny",
    "disab",
    "dkim",
    "dmarc",
    "dns",
    "domain",
    "exceed",
    "exist",
    "expire",
    "fail",
    "format",
    "full",
    "grey",
    "helo",
    "host",
    "inactive",
    "invalid",
    "large",
    "limit",
    "list",
    "malware",
    "many",
    "moved",
    "permi",
    "policy",
    "quota",
    "rate",
    "recipient",
    "refus",
    "reject",
    "relay",
    "reputation",
    "reset",
    "sender",
    "size",
    "spam",
    "spf",
    "suspend",
    "timed",
    "timeout",
    "unknown",
    "virus",
];

/// A template and the forms that it stands for.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) template: Template,
    pub(super) group: Group,
    pub(super) forms: Vec<usize>,
    /// Whether it stands for texts of different lengths.
    pub(super) joined: bool,
}

/// What is never put together: replies that mean different things today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Group {
    pub(super) class: Option<u8>,
    pub(super) category: Category,
    pub(super) reason: ReasonId,
}

/// The templates, and the forms for which there was no room.
pub(super) fn mine(forms: &[Form]) -> (Vec<Found>, Vec<usize>) {
    let mut order: Vec<usize> = (0..forms.len()).filter(|n| forms[*n].is_gap).collect();
    order.sort_by(|a, b| (forms[*b].count, &forms[*a].key).cmp(&(forms[*a].count, &forms[*b].key)));
    let mut found: Vec<Found> = Vec::new();
    let mut left_out = Vec::new();
    let mut leaves: HashMap<(Group, usize, &str), Vec<usize>> = HashMap::new();
    for n in order {
        let Form { key, category, reason, .. } = &forms[n];
        let group = Group { class: key.class, category: *category, reason: *reason };
        let text: Vec<&str> = tokens(&key.masked).collect();
        let first = text.first().copied().filter(|token| is_word(token) && is_stable(token)).unwrap_or_default();
        let leaf = leaves.entry((group, text.len(), first)).or_default();
        let mut best: Option<(usize, usize)> = None;
        for n in leaf.iter() {
            if let Some(same) = similar(&found[*n].template, &text)
                && best.is_none_or(|(most, _)| same > most)
            {
                best = Some((same, *n));
            }
        }
        match best {
            Some((_, place)) => {
                let Found { template, forms, .. } = &mut found[place];
                for (token, text) in template.tokens.iter_mut().zip(&text) {
                    if matches!(token, Token::Text(own) if **own != **text) {
                        *token = Token::Any(1);
                    }
                }
                forms.push(n);
            }
            None if leaf.len() < MOST_TEMPLATES => {
                leaf.push(found.len());
                found.push(Found { template: Template::of(&key.masked), group, forms: vec![n], joined: false });
            }
            None => left_out.push(n),
        }
    }
    (absorbed(joined(found)), left_out)
}

/// Whether a token is more likely the server's own word than a name.
fn is_stable(token: &str) -> bool {
    !token.bytes().any(|b| b.is_ascii_digit())
}

/// How many tokens are the same, if they are enough and the others do not make a difference.
fn similar(template: &Template, text: &[&str]) -> Option<usize> {
    let (mut same, mut words, mut differ) = (0, 0, 0);
    for (token, text) in template.tokens.iter().zip(text) {
        match token {
            Token::Text(own) if **own == **text => {
                same += 1;
                words += usize::from(is_word(text));
            }
            Token::Any(_) if is_telling(text) || is_typed(text) => return None,
            Token::Any(_) => differ += 1,
            Token::Text(own) if [own, *text].iter().any(|token| is_telling(token) || is_typed(token)) => return None,
            Token::Text(_) => differ += 1,
        }
    }
    let enough = same as f64 >= SIMILAR * text.len() as f64;
    // Nothing in common but gaps says nothing.
    (enough && (differ == 0 || words >= 2 && words >= differ)).then_some(same)
}

fn is_telling(token: &str) -> bool {
    let core = token.trim_start_matches(|c: char| !c.is_alphabetic());
    !has_gap(token) && TELLING.iter().any(|word| core.starts_with(word))
}

/// Templates of different lengths are one if their words are the same in the same order.
fn joined(found: Vec<Found>) -> Vec<Found> {
    let mut places: HashMap<(Group, Vec<String>), usize> = HashMap::new();
    let mut all: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        let words: Vec<String> = next.template.words().map(str::to_owned).collect();
        if words.len() < WORDS_TO_JOIN {
            all.push(next);
            continue;
        }
        let place = *places.entry((next.group, words)).or_insert(all.len());
        match all.get_mut(place) {
            Some(own) => match own.template.joined(&next.template) {
                Some(template) => {
                    own.template = template;
                    own.forms.extend(next.forms);
                    own.joined = true;
                }
                None => all.push(next),
            },
            None => all.push(next),
        }
    }
    all
}

/// A text of another length belongs to a template that has a `*` if the `*` can stand for what it has more.
fn absorbed(mut all: Vec<Found>) -> Vec<Found> {
    let has_star = |found: &Found| found.template.tokens.iter().any(|token| matches!(token, Token::Any(_)));
    let mut tries = MOST_TRIES;
    for n in 0..all.len() {
        if !has_star(&all[n]) || all[n].forms.is_empty() {
            continue;
        }
        for other in 0..all.len() {
            let (own, text) = (&all[n], &all[other]);
            let is_alike = other != n
                && own.group == text.group
                && !text.forms.is_empty()
                && !has_star(text)
                && same_end(own.template.tokens.first(), text.template.tokens.first())
                && same_end(own.template.tokens.last(), text.template.tokens.last());
            if !is_alike || tries == 0 {
                continue;
            }
            tries -= 1;
            if fits(&own.template, &text.template) {
                let forms = std::mem::take(&mut all[other].forms);
                all[n].forms.extend(forms);
                all[n].joined = true;
            }
        }
    }
    all.retain(|found| !found.forms.is_empty());
    all
}

/// Whether the ends of a template and of a text could be one.
fn same_end(own: Option<&Token>, text: Option<&Token>) -> bool {
    matches!(own, Some(Token::Any(_))) || own == text
}

/// Whether a text is one of those that a template stands for, and its `*` stand for nothing that makes a difference.
fn fits(template: &Template, text: &Template) -> bool {
    let text: Vec<&str> = text
        .tokens
        .iter()
        .filter_map(|token| match token {
            Token::Text(text) => Some(&**text),
            Token::Any(_) => None,
        })
        .collect();
    let words = template.words().count();
    let is_said = |(token, text): (&usize, &&str)| {
        matches!(template.tokens[*token], Token::Text(_)) || !(is_telling(text) || is_typed(text))
    };
    words >= WORDS_TO_JOIN
        && words as f64 >= SIMILAR * text.len() as f64
        && template.align(&text).is_some_and(|belongs| belongs.iter().zip(&text).all(is_said))
}
