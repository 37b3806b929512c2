//! Regular expressions: read when they are loaded, compiled when they are first asked.

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

/// What one regular expression may take, compiled.
const SIZE_LIMIT: usize = 1 << 20;

/// How deep groups may stand in each other.
const NEST_LIMIT: u32 = 64;

/// So many states of an automaton are far from [`SIZE_LIMIT`], whatever they are.
const SURELY_SMALL: usize = SIZE_LIMIT / 96;

/// The compiler of all regular expressions: the same bounds wherever one is compiled.
pub(crate) fn regex_builder(expression: &str) -> regex::RegexBuilder {
    let mut builder = regex::RegexBuilder::new(expression);
    builder.case_insensitive(true).size_limit(SIZE_LIMIT).dfa_size_limit(SIZE_LIMIT).nest_limit(NEST_LIMIT);
    builder
}

/// What an expression says, read as [`regex_builder`] reads it.
pub(crate) fn read_expression(expression: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    let mut parser = regex_syntax::ParserBuilder::new().case_insensitive(true).nest_limit(NEST_LIMIT).build();
    parser.parse(expression).map_err(Box::new)
}

/// An expression that must be the whole text, in the two ways of which the first that can be compiled is meant: with
/// the flag `x` it may end in a comment, which only a line's end ends.
pub(crate) fn whole_expressions(expression: &str) -> [String; 2] {
    ["", "\n"].map(|end| format!(r"\A(?:{expression}{end})\z"))
}

/// Whether [`regex_builder`] will compile it, and if not, why. Compiling takes a hundred times as long as reading,
/// so it is done only for what reading finds a fault with, or what may be too large.
pub(super) fn check(expression: &str) -> Result<(), regex::Error> {
    match read_expression(expression) {
        Ok(hir) if states(&hir) <= SURELY_SMALL => Ok(()),
        _ => regex_builder(expression).build().map(drop),
    }
}

/// At least as many states as its automaton has, forwards or backwards.
fn states(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Bytes(_)) => 1,
        HirKind::Class(Class::Unicode(class)) => class
            .iter()
            .flat_map(|range| Utf8Sequences::new(range.start(), range.end()))
            .map(|bytes| bytes.len())
            .fold(1, usize::saturating_add),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            (states(&repetition.sub).saturating_add(1)).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(|part| states(part).saturating_add(1)).fold(2, usize::saturating_add)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{check, regex_builder};

    #[test]
    fn what_is_read_is_compiled_and_what_is_not_is_not() {
        let long = "(a|b)".repeat(2_000);
        let nested = format!("{}a{}", "(".repeat(80), ")".repeat(80));
        let expressions = [
            r"\bquota (exceeded|full)\b",
            r"\w",
            r"\w{3}",
            r"\w{5}",
            r"\w{10}",
            r"\w{20}",
            r"\w{60}",
            r"\w{1000}",
            r"\d{50}",
            r"\d{200}",
            r".{100}",
            r".{900}",
            r"a{10}{10}{10}",
            r"a{100}{100}{100}",
            r"[^a]{50}",
            r"(?i)ſ{900}",
            r"\pL+\pN*",
            r"(\pL{2}|\d){9}",
            r"\b{start-half}x",
            "(",
            "[",
            "a{2,1}",
            r"\p{None}",
            "(?P<a>x)(?P<a>y)",
            &long,
            &nested,
        ];
        for expression in expressions {
            let compiled = regex_builder(expression).build().map(drop).map_err(|error| error.to_string());
            assert_eq!(check(expression).map_err(|error| error.to_string()), compiled, "{expression}");
        }
        for times in 1..=60 {
            for class in [r"\w", r"\W", r"\d", r"\s", r"\pL", r"[^x]", r"[а-я]", "(?:é|z)"] {
                let expression = format!("{class}{{{}}}", times * 5);
                assert_eq!(check(&expression).is_ok(), regex_builder(&expression).build().is_ok(), "{expression}");
            }
        }
    }
}
