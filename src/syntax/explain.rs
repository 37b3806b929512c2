//! From pest's words about a mistake to ours.
//!
//! pest tells the furthest place that it reached and the rules that it tried there. That is enough
//! to say what was expected and what stands there instead; the common slips get a hint of their own.

use super::parse::Rule as G;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use crate::spelling::nearest;
use pest::error::{Error, ErrorVariant, InputLocation};

/// What is wrong with `text`, which begins at `offset` of the file.
pub(super) fn explain(file: FileId, whole: &str, offset: usize, text: &str, error: &Error<G>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at.min(text.len()),
    };
    let expected: &[G] = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => &[],
    };
    let mistake = Mistake { file, whole, offset, text, at, expected };
    mistake
        .unclosed_string()
        .or_else(|| mistake.unclosed_block())
        .or_else(|| mistake.unknown_line())
        .unwrap_or_else(|| mistake.out_of_place())
}

/// What follows a whole item on its last line.
pub(super) fn not_at_line_end(file: FileId, start: usize, text: &str) -> Diagnostic {
    let span = Span::new(file, start, start + text.len());
    Diagnostic::new(Code::E0001, span, "the next item begins on the same line")
        .help("begin each item on a line of its own")
}

struct Mistake<'a> {
    file: FileId,
    whole: &'a str,
    /// Where `text` begins in the file.
    offset: usize,
    text: &'a str,
    /// The furthest place reached in `text`.
    at: usize,
    expected: &'a [G],
}

impl Mistake<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.offset + start, self.offset + end)
    }

    /// The word or character that stands at `at`.
    fn found(&self) -> &str {
        let rest = &self.text[self.at..];
        let word = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
        let width = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
        &rest[..width]
    }

    fn line_start(&self) -> usize {
        self.text[..self.at].rfind('\n').map_or(0, |at| at + 1)
    }

    fn at_line_start(&self) -> bool {
        self.text[self.line_start()..self.at].trim().is_empty()
    }

    /// A quote that the rest of its line does not answer.
    fn unclosed_string(&self) -> Option<Diagnostic> {
        let line_start = self.line_start();
        let line = self.text[line_start..].lines().next().unwrap_or("");
        let (open, quote) = open_quote(line)?;
        if line_start + open > self.at {
            return None;
        }
        let span = self.span(line_start + open, line_start + line.trim_end().len());
        let message = format!("the string that begins here has no closing `{quote}` on its line");
        let end = self.span(line_start + line.trim_end().len(), line_start + line.trim_end().len());
        let help = match quote {
            '"' => "close it; a quote inside is written `\\\"`, and a string cannot go over a line's end",
            _ => "close it; a quote inside is doubled, and a string cannot go over a line's end",
        };
        Some(Diagnostic::new(Code::E0003, span, message).help(help).fix(end, quote.to_string()))
    }

    /// The end of the item, or the head of another one, where a line was expected.
    fn unclosed_block(&self) -> Option<Diagnostic> {
        let open = self.text.find('{').filter(|open| *open < self.at)?;
        let at_end = self.text[self.at..].trim().is_empty();
        if !at_end || self.text.trim_end().ends_with('}') {
            return None;
        }
        let head = self.text[..open].trim();
        let message = format!("the block of `{head}` is not closed");
        let start = self.offset + self.text.len();
        // The help stands at the end of the item, the label at its head.
        let end = Span::new(self.file, start.min(self.whole.len()), start.min(self.whole.len()));
        Some(
            Diagnostic::new(Code::E0005, self.span(0, head.len()), message)
                .label("opened here")
                .help("add a `}` after its last line")
                .fix(end, "\n}"),
        )
    }

    /// A line that begins with a word that this block does not know.
    fn unknown_line(&self) -> Option<Diagnostic> {
        let found = self.found();
        let keywords: Vec<&str> = self.expected.iter().filter_map(|kind| keyword(*kind)).collect();
        let is_word = found.starts_with(|c: char| c.is_ascii_alphabetic());
        if !self.at_line_start() || !is_word || keywords.is_empty() {
            return None;
        }
        let block = self.text.split_whitespace().next().unwrap_or("file");
        let inside = self.text[..self.at].contains('{');
        let span = self.span(self.at, self.at + found.len());
        let message = if inside {
            format!("`{found}` is no line of a `{block}` block")
        } else {
            format!("`{found}` begins no item")
        };
        let diagnostic = Diagnostic::new(Code::E0002, span, message);
        let names = known_in(block, inside);
        let known = if names.is_empty() { keywords } else { names.to_vec() };
        Some(match (hint(found, block), nearest(found, known.iter().copied())) {
            (Some(hint), _) => diagnostic.help(hint),
            (None, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")).fix(span, near),
            (None, None) => diagnostic.help(format!("known here: {}", listed(&known))),
        })
    }

    fn out_of_place(&self) -> Diagnostic {
        let found = self.found();
        let span = self.span(self.at, self.at + found.len());
        let mut names: Vec<String> = Vec::new();
        for kind in self.expected {
            let name = described(*kind);
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        names.truncate(8);
        let expected = match names.as_slice() {
            [] => "something else".to_owned(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} or {last}", first.join(", ")),
        };
        let what = match found {
            "" => "the end of the file".to_owned(),
            "\n" | "\r" => "the end of the line".to_owned(),
            other => format!("`{other}`"),
        };
        let diagnostic = Diagnostic::new(Code::E0001, span, format!("expected {expected}, found {what}"));
        match found {
            "\u{201C}" | "\u{201D}" | "\u{201E}" => {
                diagnostic.help("strings stand in plain quotes").fix(span, "\"")
            }
            "and" | "or" | "not" | "&" | "|" => diagnostic.help(
                "there is no `and`, `or` or `not`: `match` lines must all hold, commas are alternatives, `unless` lines veto",
            ),
            "=" | ":" => diagnostic.help("a keyword and its value stand side by side, without a sign between").fix(span, ""),
            ";" => diagnostic.help("a line ends where it ends, without a sign").fix(span, ""),
            _ => diagnostic,
        }
    }
}

/// The place and kind of a quote that its line does not close.
fn open_quote(line: &str) -> Option<(usize, char)> {
    let mut open = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match (open, c) {
            (None, '#') => return None,
            (None, '"' | '\'') => open = Some((at, c)),
            (Some((_, '"')), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some((_, quote)), _) if c == quote && !escaped => open = None,
            _ => {}
        }
        escaped = false;
    }
    open
}

/// What to say where a line is known elsewhere.
fn hint(found: &str, block: &str) -> Option<&'static str> {
    Some(match (found, block) {
        ("and" | "or" | "not", _) => {
            "there is no `and`, `or` or `not`: `match` lines must all hold, commas are alternatives, `unless` lines veto"
        }
        ("when" | "if" | "where", "rule" | "override" | "fallback") => "conditions begin with `match` or `unless`",
        ("match" | "unless", "change") => {
            "a change is of the outcome only; to match something else, write an `override`"
        }
        ("example" | "source", "change") => "a change has no examples; hold it by a `test`",
        ("hosts" | "domains" | "tags" | "extends", "change") => {
            "a change of a profile is of `retry`, `connections` and `charset`; write a profile that extends it"
        }
        ("expect" | "reply", "rule" | "override" | "fallback") => {
            "a rule has `example` lines; `reply` and `expect` stand in a `test`"
        }
        ("action" | "actions", _) => "actions stand by themselves: `retry 1h`, `suppress`, `gate`",
        ("reason", "rule" | "override" | "fallback") => "the reason follows `then`",
        ("delay" | "wait", _) => "waiting is `retry 15m, 1h until 72h`",
        _ => return None,
    })
}

/// The lines that a block knows.
fn known_in(block: &str, inside: bool) -> &'static [&'static str] {
    if !inside {
        return &[
            "language", "use", "profile", "phrases", "reason", "policy", "rule", "override", "fallback", "change",
            "test",
        ];
    }
    match block {
        "profile" => &["hosts", "domains", "tags", "extends", "retry", "connections", "charset"],
        "reason" => &["category", "fault", "scope", "advice", "do"],
        "policy" => &["delivered", "deferred", "soft", "hard", "block", "complaint", "auto-reply", "unknown", "retry"],
        "rule" | "override" | "fallback" => &[
            "match", "unless", "then", "also", "say", "see", "source", "example", "from", "until", "suppress", "retry",
            "no", "pause", "throttle", "gate", "alert", "ignore",
        ],
        "change" => &[
            "then",
            "also",
            "say",
            "see",
            "from",
            "until",
            "suppress",
            "retry",
            "no",
            "pause",
            "throttle",
            "gate",
            "alert",
            "ignore",
            "connections",
            "charset",
        ],
        "test" => &["reply", "expect"],
        _ => &[],
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn described(kind: G) -> String {
    if let Some(keyword) = keyword(kind) {
        return format!("`{keyword}`");
    }
    match kind {
        G::string => "a string in double quotes".into(),
        G::raw_string => "an expression in single quotes".into(),
        G::name => "a name".into(),
        G::number => "a number, duration or time".into(),
        G::word | G::cell => "a value".into(),
        G::field => "a field such as `{wait}`".into(),
        G::column => {
            "a column (`code`, `enhanced`, `status`, `host`, `domain`, `phase`, `phrase`, `text`, `tag`, `tenant`)"
                .into()
        }
        G::schedule => "waits such as `15m, 1h`".into(),
        G::EOI => "the end of the item".into(),
        G::profile
        | G::phrases
        | G::reason
        | G::policy
        | G::rule
        | G::change
        | G::change_profile
        | G::test
        | G::language
        | G::use_line => "an item".into(),
        G::comment | G::string_body | G::raw_body | G::up_to | G::until | G::set | G::see => String::new(),
        _ => "a line of this block".into(),
    }
}

macro_rules! keywords {
    ($($rule:ident $text:literal)*) => {
        fn keyword(kind: G) -> Option<&'static str> {
            match kind { $(G::$rule => Some($text),)* _ => None }
        }
    };
}

keywords! {
    kw_language "language" kw_use "use" kw_builtin "builtin" kw_profile "profile" kw_phrases "phrases" kw_reason "reason"
    kw_policy "policy" kw_rule "rule" kw_override "override" kw_fallback "fallback" kw_change "change" kw_test "test"
    kw_for "for" kw_hosts "hosts" kw_domains "domains" kw_tags "tags" kw_extends "extends" kw_connections "connections"
    kw_connection "connection" kw_charset "charset" kw_set "set" kw_category "category" kw_fault "fault" kw_scope "scope"
    kw_advice "advice" kw_do "do" kw_match "match" kw_unless "unless" kw_code "code" kw_enhanced "enhanced"
    kw_status "status" kw_host "host" kw_domain "domain" kw_phase "phase" kw_phrase "phrase" kw_text "text" kw_tag "tag"
    kw_tenant "tenant" kw_regex "regex" kw_then "then" kw_also "also" kw_say "say" kw_see "see" kw_source "source"
    kw_example "example" kw_from "from" kw_until "until" kw_reply "reply" kw_expect "expect" kw_field "field" kw_at "at"
    kw_to "to" kw_on "on" kw_by "by" kw_suppress "suppress" kw_retry "retry" kw_after "after" kw_else "else" kw_up "up"
    kw_times "times" kw_time "time" kw_no "no" kw_pause "pause" kw_within "within" kw_throttle "throttle" kw_gate "gate"
    kw_alert "alert" kw_ignore "ignore"
}
