//! Texts that a pattern stands in: its literals as they are, and something plain for all else.

use crate::ruleset::{Element, GapType, PatternKind, TagTest};
use regex_syntax::hir::{Class, Hir, HirKind};

/// A word that no pattern is likely to ask for.
pub(super) const FILLER: &str = "qzv";

/// So many texts of one pattern are tried at most.
const MOST: usize = 12;

/// What a star at a word's edge or within it stands for.
const RESTS: [&str; 3] = ["", FILLER, "s"];
/// What a star between blanks stands for.
const WORDS: [&str; 3] = ["", FILLER, "qzv qzv qzv qzv qzv qzv qzv qzv qzv qzv qzv qzv"];

/// Texts that are what the pattern says and nothing else, the plainest first. Whether it stands in them is for the
/// table to say: an expression may ask for more than can be read off it.
pub(super) fn instances(kind: &PatternKind) -> Vec<String> {
    match kind {
        PatternKind::Phrase { elements, open_start, open_end } => {
            let mut parts: Vec<Vec<&str>> = Vec::new();
            let rests = |open: bool| if open { RESTS.to_vec() } else { vec![""] };
            parts.push(rests(*open_start));
            for element in elements {
                match element {
                    Element::Literal(literal) => parts.push(vec![literal]),
                    Element::RestOfWord => parts.push(RESTS.to_vec()),
                    Element::Words => parts.extend([vec![" "], WORDS.to_vec(), vec![""]]),
                    Element::Gap(_, kind) => parts.push(values(*kind).to_vec()),
                }
            }
            parts.push(rests(*open_end));
            chosen(&parts).map(|picks| joined(&parts, &picks, elements)).collect()
        }
        PatternKind::Regex(expression) => {
            let hir = regex_syntax::ParserBuilder::new().build().parse(expression);
            let sample = |n: usize| {
                let mut text = String::new();
                write(hir.as_ref().ok()?, n, &mut text)?;
                Some(text)
            };
            let mut texts: Vec<String> = (0..MOST / 2).filter_map(sample).collect();
            texts.dedup();
            texts
        }
    }
}

/// A text in which a pattern of a `tags` line catches that tag.
pub(super) fn with_tag(kind: &PatternKind, tag: &str) -> Option<String> {
    let PatternKind::Phrase { elements, .. } = kind else { return None };
    let mut text = String::new();
    for element in elements {
        match element {
            Element::Literal(literal) => text.push_str(literal),
            Element::Gap(_, GapType::Tag) => text.push_str(tag),
            Element::Gap(_, kind) => text.push_str(values(*kind).first()?),
            Element::Words => text.push(' '),
            Element::RestOfWord => {}
        }
    }
    Some(text)
}

/// Tags that pass a test.
pub(super) fn tags(test: &TagTest) -> Vec<String> {
    match test {
        TagTest::Exact(tag) => vec![tag.clone()],
        TagTest::Prefix(prefix) => ["1", "", FILLER].iter().map(|rest| format!("{prefix}{rest}")).collect(),
        TagTest::Range { prefix, low, high } => {
            [*low, *high, low + (high - low) / 2].iter().map(|number| format!("{prefix}{number}")).collect()
        }
    }
}

/// Whether a tag can pass a test at all: tags are ASCII letters, digits, `_` and `-`.
pub(super) fn is_tag(test: &TagTest) -> bool {
    let (TagTest::Exact(tag) | TagTest::Prefix(tag) | TagTest::Range { prefix: tag, .. }) = test;
    tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Ways to choose one of each part: each part's first, its second, and so on together, then each part alone.
fn chosen(parts: &[Vec<&str>]) -> impl Iterator<Item = Vec<usize>> {
    let most = parts.iter().map(Vec::len).max().unwrap_or(1);
    let together = (0..most).map(|n| parts.iter().map(|part| n.min(part.len() - 1)).collect::<Vec<usize>>());
    let alone = parts.iter().enumerate().flat_map(|(at, part)| {
        (1..part.len()).map(move |n| {
            let mut picks = vec![0; parts.len()];
            picks[at] = n;
            picks
        })
    });
    let mut all: Vec<Vec<usize>> = Vec::new();
    for picks in together.chain(alone) {
        if !all.contains(&picks) && all.len() < MOST {
            all.push(picks);
        }
    }
    all.into_iter()
}

fn joined(parts: &[Vec<&str>], picks: &[usize], elements: &[Element]) -> String {
    let mut text = String::new();
    for (part, pick) in parts.iter().zip(picks) {
        // The blank behind the words of a free star belongs to it, where it has words.
        let own = part[*pick];
        if own.is_empty() && part.len() == 1 && text.ends_with(FILLER) && elements.contains(&Element::Words) {
            text.push(' ');
        }
        text.push_str(own);
    }
    text.trim_end().to_owned()
}

/// What gaps catch, in several forms where they have such.
fn values(kind: GapType) -> &'static [&'static str] {
    match kind {
        GapType::Ip => &["192.0.2.71", "2001:db8::71"],
        GapType::Host => &["h71.qzv.example"],
        GapType::Number => &["71", "7,171", "71.71"],
        GapType::Digits => &["71"],
        GapType::Duration => &["71 seconds", "71m", "00:07:11", "7 days"],
        GapType::Address => &["qzv@qzv.example"],
        GapType::Word => &[FILLER, "71", "qzv_-71"],
        GapType::Tag => &["qzv71"],
    }
}

/// Appends a text that an expression matches: the `n`th choice wherever there is one.
fn write(hir: &Hir, n: usize, text: &mut String) -> Option<()> {
    const LONGEST: usize = 2_000;
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => text.push_str(&std::str::from_utf8(&literal.0).ok()?.to_lowercase()),
        HirKind::Class(class) => text.push(one_of(class, n)?),
        // A word's edge needs something that is no word beside it.
        HirKind::Look(look) => {
            let is_edge = matches!(look, regex_syntax::hir::Look::WordAscii | regex_syntax::hir::Look::WordUnicode);
            if is_edge && n % 2 == 1 && !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            let times = repetition.min.max((n as u32 % 3).min(most));
            (0..times).try_for_each(|_| write(&repetition.sub, n, text))?;
        }
        HirKind::Capture(capture) => write(&capture.sub, n, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, n, text))?,
        HirKind::Alternation(parts) => write(&parts[n % parts.len()], n / parts.len(), text)?,
    }
    Some(())
}

/// A character of a class that folded texts have.
fn one_of(class: &Class, n: usize) -> Option<char> {
    const PLAIN: [char; 12] = ['q', '7', ' ', 'e', 'z', '.', '-', ',', ':', '/', '(', '\''];
    let holds = |c: char| match class {
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&c)),
        Class::Bytes(class) => {
            c.is_ascii() && class.iter().any(|range| (range.start()..=range.end()).contains(&(c as u8)))
        }
    };
    let plain: Vec<char> = PLAIN.into_iter().filter(|c| holds(*c)).collect();
    if !plain.is_empty() {
        return Some(plain[n % plain.len()]);
    }
    let first = match class {
        Class::Unicode(class) => class.iter().last()?.start(),
        Class::Bytes(class) => char::from(class.iter().last()?.start()),
    };
    Some(first.to_ascii_lowercase())
}
