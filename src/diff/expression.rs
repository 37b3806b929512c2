//! Texts that a regular expression matches.

use super::phrase::{MOST_TEXTS, varied};
use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest text that is made of one.
const LENGTH_LIMIT: usize = 400;

/// What is taken out of a class of characters, the first that is in it.
const LIKED: &str = "x1 a5-.:/_e";

/// Texts that an expression matches, the plainest first; none where they would be too long. What it says of the
/// edges of words and of the text is not looked at, so that one may fail.
pub(super) fn texts(expression: &str) -> Vec<String> {
    let parser = regex_syntax::ParserBuilder::new().case_insensitive(true).build().parse(expression);
    let mut texts = parser.map(|hir| of(&hir)).unwrap_or_default();
    texts.retain(|text| text.len() <= LENGTH_LIMIT);
    texts
}

fn of(hir: &Hir) -> Vec<String> {
    let mut texts = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).to_lowercase()],
        HirKind::Class(class) => {
            let first = one_of(class);
            let others = few(class).into_iter().filter(|c| Some(*c) != first);
            first.into_iter().chain(others).map(String::from).collect()
        }
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Concat(parts) => {
            let parts: Vec<Vec<String>> = parts.iter().map(of).collect();
            // A part that nothing matches leaves nothing of the whole.
            if parts.iter().any(Vec::is_empty) { Vec::new() } else { varied(&parts) }
        }
        HirKind::Alternation(parts) => parts.iter().flat_map(of).collect(),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            let mut counts = vec![repetition.min, repetition.min.max(1), repetition.min.saturating_add(1)];
            counts.dedup();
            counts.retain(|count| *count <= most);
            let subs = of(&repetition.sub);
            let times = |count: u32, text: &String| text.repeat((count as usize).min(LENGTH_LIMIT));
            let plain = subs.first().map(|sub| counts.iter().map(|count| times(*count, sub)).collect::<Vec<_>>());
            let others = subs.iter().skip(1).map(|sub| times(repetition.min.max(1), sub));
            plain.unwrap_or_default().into_iter().chain(others).collect()
        }
    };
    texts.truncate(MOST_TEXTS);
    // Longer ones are dropped at the end; here they must only not grow beyond all bounds.
    texts.iter_mut().filter(|text| text.len() > 2 * LENGTH_LIMIT).for_each(|text| {
        let end = (0..=2 * LENGTH_LIMIT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    });
    texts
}

/// A character of a class, as plain as can be: texts are in small letters.
fn one_of(class: &Class) -> Option<char> {
    match class {
        Class::Unicode(class) => {
            let within = |c: char| class.iter().any(|range| (range.start()..=range.end()).contains(&c));
            let mut small = class.iter().flat_map(|range| range.start().to_lowercase()).filter(|c| within(*c));
            LIKED.chars().chain('a'..='z').find(|c| within(*c)).or_else(|| small.next())
        }
        Class::Bytes(class) => {
            let within = |c: &char| class.iter().any(|range| (range.start()..=range.end()).contains(&(*c as u8)));
            LIKED.chars().chain('a'..='z').chain(' '..='~').find(within)
        }
    }
}

/// All small letters of a class that has but a few: `(a|b)` is read as one.
fn few(class: &Class) -> Vec<char> {
    const MOST: usize = 16;
    let Class::Unicode(class) = class else { return Vec::new() };
    let all: Vec<char> = class.iter().flat_map(|range| range.start()..=range.end()).take(MOST + 1).collect();
    if all.len() > MOST {
        return Vec::new();
    }
    let mut few: Vec<char> = all.into_iter().flat_map(char::to_lowercase).collect();
    few.sort_unstable();
    few.dedup();
    few
}

#[cfg(test)]
mod tests {
    use super::texts;
    use crate::resolve::regex_builder;

    #[test]
    fn what_is_made_of_an_expression_matches_it() {
        for expression in [
            r"\bquota (exceeded|full)\b",
            r"over.{0,5}quota",
            "^mailbox",
            "don't|boîte",
            "[0-9]{3}",
            "(?x) over # the comment",
            "量+",
            ".",
            r"mailbox[^.]{0,20} it's full",
            r"(?:a|b(c|d)?){2,}[^a-z0-9]\s+x\d*",
            r"\pL+\p{Greek}",
        ] {
            let regex = regex_builder(expression).build().expect("an expression");
            let texts = texts(expression);
            assert!(!texts.is_empty(), "{expression}");
            for text in texts {
                assert!(regex.is_match(&text), "{expression}: {text:?}");
            }
        }
        assert_eq!(texts("(a|b) full"), ["a full", "b full"]);
        assert_eq!(texts("over ?quota"), ["overquota", "over quota"]);
        assert!(texts(&format!("{}x", "(a{100}){100}")).is_empty(), "too long");
    }
}
