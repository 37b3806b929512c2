//! Words with a value: codes, hosts, durations, times, numbers.

use super::{Resolver, text};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::{Duration, EnhancedCode, HostName, Time};
use crate::ruleset::{EnhancedRange, HostPattern};
use crate::spelling::nearest;
use crate::syntax::ast::{Quoted, Word};

/// `550`, `450..452`, `4xx`: from and to.
pub(super) fn code_range(text: &str) -> Result<(u16, u16), Bad> {
    if let Some((low, high)) = text.split_once("..") {
        let (low, _) = code_range(low)?;
        let (_, high) = code_range(high)?;
        return if low <= high { Ok((low, high)) } else { Err(Bad::Empty) };
    }
    let digits = text.as_bytes();
    match digits {
        [class @ b'2'..=b'5', b'x' | b'X', b'x' | b'X'] => {
            let class = u16::from(class - b'0') * 100;
            Ok((class, class + 99))
        }
        [class @ b'2'..=b'5', ten @ b'0'..=b'9', b'x' | b'X'] => {
            let ten = u16::from(class - b'0') * 100 + u16::from(ten - b'0') * 10;
            Ok((ten, ten + 9))
        }
        [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9'] => text.parse().map(|code| (code, code)).map_err(|_| Bad::Form),
        _ => Err(Bad::Form),
    }
}

/// `5.1.1`, `5.7.*`, `*.2.2`, `5.7.606..649`, `5.7.606..5.7.649`.
pub(super) fn enhanced_range(text: &str) -> Result<EnhancedRange, Bad> {
    let (first, last) = match text.split_once("..") {
        Some((first, last)) => (first, Some(last)),
        None => (text, None),
    };
    let mut parts = first.split('.');
    let class = part(parts.next(), 2, 5)?;
    let subject = part(parts.next(), 0, 999)?;
    let mut detail = part(parts.next(), 0, 999)?;
    if parts.next().is_some() || (class.0 == class.1 && EnhancedCode::new(class.0 as u8, 0, 0).is_none()) {
        return Err(Bad::Form);
    }
    if let Some(last) = last {
        let end = match last.parse::<EnhancedCode>() {
            Ok(code) if (u16::from(code.class()), code.subject()) == (class.0, subject.0) => code.detail(),
            _ => part(Some(last), 0, 999)?.1,
        };
        if detail.0 != detail.1 || last.contains('*') {
            return Err(Bad::Form);
        }
        detail.1 = end;
        if detail.0 > detail.1 {
            return Err(Bad::Empty);
        }
    }
    Ok(EnhancedRange { class: (class.0 as u8, class.1 as u8), subject, detail })
}

fn part(text: Option<&str>, low: u16, high: u16) -> Result<(u16, u16), Bad> {
    match text {
        Some("*") => Ok((low, high)),
        Some(digits) if (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => {
            let number = digits.parse().map_err(|_| Bad::Form)?;
            if (low..=high).contains(&number) { Ok((number, number)) } else { Err(Bad::Form) }
        }
        _ => Err(Bad::Form),
    }
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bad {
    /// It does not have the form.
    Form,
    /// It is a range from more to less.
    Empty,
}

impl Resolver<'_> {
    pub(super) fn bad_value(&mut self, bad: Bad, word: &Word, code: Code, what: &str, help: &str) {
        let diagnostic = match bad {
            Bad::Form => Diagnostic::new(code, word.span, format!("`{}` is not {what}", word.text)).help(help),
            Bad::Empty => {
                Diagnostic::new(Code::E0033, word.span, format!("`{}` is empty: it begins after its end", word.text))
                    .help("write the smaller one first")
            }
        };
        self.report(diagnostic);
    }

    pub(super) fn duration(&mut self, word: &Word) -> Option<Duration> {
        let duration = word.text.parse::<Duration>().ok().filter(|duration| duration.seconds() > 0);
        if duration.is_none() {
            let help = "write a number and its unit: `90s`, `15m`, `24h`, `30d`, `2w`; at most ten years";
            self.bad_value(Bad::Form, word, Code::E0035, "a duration", help);
        }
        duration
    }

    pub(super) fn time(&mut self, word: &Word) -> Option<Time> {
        let time = word.text.parse().ok();
        if time.is_none() {
            let help = "write a date (`2027-01-01`), or a time with its zone (`2026-02-27T04:00Z`)";
            self.bad_value(Bad::Form, word, Code::E0036, "a time", help);
        }
        time
    }

    /// A whole number from 1 up.
    pub(super) fn count(&mut self, word: &Word, most: u32) -> Option<u32> {
        let count = word.text.parse::<u32>().ok().filter(|n| (1..=most).contains(n));
        if count.is_none() {
            self.bad_value(Bad::Form, word, Code::E0037, "a number", &format!("write a whole number from 1 to {most}"));
        }
        count
    }

    /// `2`, `5..20`.
    pub(super) fn counts(&mut self, word: &Word) -> Option<(u32, u32)> {
        let (low, high) = word.text.split_once("..").unwrap_or((&word.text, &word.text));
        let count = |text: &str| text.parse::<u32>().ok().filter(|n| (1..=10_000).contains(n));
        match (count(low), count(high)) {
            (Some(low), Some(high)) if low <= high => Some((low, high)),
            (Some(_), Some(_)) => {
                self.bad_value(Bad::Empty, word, Code::E0037, "", "");
                None
            }
            _ => {
                let help = "write a whole number from 1 to 10000, or a range such as `5..20`";
                self.bad_value(Bad::Form, word, Code::E0037, "a number", help);
                None
            }
        }
    }

    /// One of a closed set of words.
    pub(super) fn word<T: std::str::FromStr>(&mut self, word: &Word, what: &str, all: &[&str]) -> Option<T> {
        let value = word.text.parse().ok();
        if value.is_none() {
            let mut diagnostic = Diagnostic::new(Code::E0040, word.span, format!("`{}` is no {what}", word.text));
            let known = all.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            diagnostic = match nearest(&word.text, all.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(word.span, near),
                None => diagnostic.help(format!("known are {known}")),
            };
            self.report(diagnostic);
        }
        value
    }

    /// `mx.example.com`, `*.example.com`.
    pub(super) fn host_pattern(&mut self, quoted: &Quoted) -> Option<HostPattern> {
        let written = text::unescape(quoted, &mut self.diagnostics);
        let below = written.strip_prefix("*.");
        let name = HostName::parse(below.unwrap_or(&written)).ok().filter(|name| {
            // What a reader would have to know to be taken off is refused here: nothing is stripped in silence.
            name.as_str().chars().count() == below.unwrap_or(&written).chars().count()
        });
        let found = match (below, name) {
            (Some(_), Some(name)) => Some(HostPattern::Below(name)),
            (None, Some(name)) => Some(HostPattern::Exact(name)),
            _ => None,
        };
        if found.is_none() {
            let span = quoted.0.span;
            let mut diagnostic = Diagnostic::new(Code::E0034, span, format!("`{written}` is not a host or domain"));
            let trimmed = written.trim().trim_end_matches('.').trim_start_matches('.');
            diagnostic = if written.starts_with('.') && HostName::parse(trimmed).is_ok() {
                diagnostic.help("all hosts below a name are written with a star").fix(span, format!("*.{trimmed}"))
            } else if trimmed != written && HostName::parse(trimmed.trim_start_matches("*.")).is_ok() {
                diagnostic.help("write it without a trailing dot").fix(span, trimmed)
            } else {
                diagnostic.help("write a name with a dot in it (`mx.example.com`), or `*.example.com` for all below it")
            };
            self.report(diagnostic);
        }
        found
    }

    /// The host of an example.
    pub(super) fn host_name(&mut self, quoted: &Quoted) -> Option<HostName> {
        let written = text::unescape(quoted, &mut self.diagnostics);
        let name = HostName::parse(&written).ok();
        if name.is_none() {
            let diagnostic =
                Diagnostic::new(Code::E0034, quoted.0.span, format!("`{written}` is not a host or domain"))
                    .help("write a name with a dot in it, such as `mx1.example.com`");
            self.report(diagnostic);
        }
        name
    }
}
