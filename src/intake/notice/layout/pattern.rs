//! Patterns of lines: words with gaps, as pages write them.
//!
//! A blank is any run of blanks, letters match in any case. `{recipient}` and `{original}` are addresses, `{user}` is a
//! recipient without its domain, `{host}` is a host as mail servers write it, `{step}` and `{any}` are stretches of up to [`STRETCH`] bytes, `{reply}` is all
//! that is left, on this line and those below.

use super::super::address;

/// The longest stretch that `{any}` and `{step}` take.
const STRETCH: usize = 300;

/// How many places one pattern may be tried at in a line.
const TRIES: u32 = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Recipient,
    Original,
    User,
    Host,
    Step,
    Any,
    Reply,
}

impl Gap {
    const ALL: [(&str, Gap); 7] = [
        ("recipient", Gap::Recipient),
        ("original", Gap::Original),
        ("user", Gap::User),
        ("host", Gap::Host),
        ("step", Gap::Step),
        ("any", Gap::Any),
        ("reply", Gap::Reply),
    ];
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// In lower case, with single blanks.
    Words(String),
    Gap(Gap),
}

/// A pattern of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::intake::notice) struct Pattern {
    pieces: Vec<Piece>,
}

/// What a pattern caught in a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Caught<'t> {
    pub(super) recipient: Option<&'t str>,
    pub(super) original: Option<&'t str>,
    pub(super) host: Option<&'t str>,
    pub(super) step: Option<&'t str>,
    pub(super) reply: Option<&'t str>,
}

impl Pattern {
    /// Reads a pattern.
    pub(super) fn read(written: &str) -> Result<Pattern, String> {
        let mut pieces = Vec::new();
        let mut rest = written;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                pieces.push(Piece::Words(folded(&rest[..open])));
            }
            let Some(close) = rest[open..].find('}') else {
                return Err("a gap lacks its `}`".to_owned());
            };
            let name = &rest[open + 1..open + close];
            let Some((_, gap)) = Gap::ALL.iter().find(|(known, _)| *known == name) else {
                let known = Gap::ALL.map(|(name, _)| format!("`{{{name}}}`")).join(", ");
                return Err(format!("no gap is called `{{{name}}}`: there are {known}"));
            };
            if let Some(Piece::Gap(last)) = pieces.last() {
                return Err(if *last == Gap::Reply {
                    "nothing can stand behind `{reply}`, which takes all that is left".to_owned()
                } else {
                    "words must stand between two gaps".to_owned()
                });
            }
            pieces.push(Piece::Gap(*gap));
            rest = &rest[open + close + 1..];
        }
        if !rest.is_empty() {
            if pieces.last() == Some(&Piece::Gap(Gap::Reply)) {
                return Err("nothing can stand behind `{reply}`, which takes all that is left".to_owned());
            }
            pieces.push(Piece::Words(folded(rest)));
        }
        if pieces.is_empty() { Err("a pattern needs words or a gap".to_owned()) } else { Ok(Pattern { pieces }) }
    }

    /// Whether it is a sentence: more than a mark or two beside its gaps.
    pub(super) fn is_sentence(&self) -> bool {
        let words = self.pieces.iter().map(|piece| match piece {
            Piece::Words(words) => words.split(' ').filter(|word| word.len() > 1).count(),
            Piece::Gap(_) => 0,
        });
        words.sum::<usize>() >= 3
    }

    /// Whether it takes a recipient without its domain.
    pub(super) fn names_user(&self) -> bool {
        self.pieces.contains(&Piece::Gap(Gap::User))
    }

    /// Whether it has that gap.
    pub(super) fn has(&self, name: &str) -> bool {
        Gap::ALL.iter().any(|(known, gap)| *known == name && self.pieces.contains(&Piece::Gap(*gap)))
    }

    /// What it catches in a line, which it must take from its first letter to its last.
    pub(super) fn whole<'t>(&self, line: &'t str) -> Option<Caught<'t>> {
        let mut tries = TRIES;
        matched(&self.pieces, line.trim(), Caught::default(), &mut tries, true)
    }

    /// What it catches at the start of a line.
    pub(super) fn start<'t>(&self, line: &'t str) -> Option<Caught<'t>> {
        let mut tries = TRIES;
        matched(&self.pieces, line.trim(), Caught::default(), &mut tries, false)
    }
}

fn matched<'t>(
    pieces: &[Piece],
    rest: &'t str,
    caught: Caught<'t>,
    tries: &mut u32,
    whole: bool,
) -> Option<Caught<'t>> {
    *tries = tries.checked_sub(1)?;
    let Some((piece, further)) = pieces.split_first() else {
        return (!whole || rest.trim_matches(['.', ' ', '\t']).is_empty()).then_some(caught);
    };
    match piece {
        Piece::Words(words) => {
            let length = words_at(words, rest)?;
            matched(further, &rest[length..], caught, tries, whole)
        }
        Piece::Gap(Gap::Reply) => Some(Caught { reply: Some(rest.trim()), ..caught }),
        Piece::Gap(gap @ (Gap::Recipient | Gap::Original)) => {
            let (address, behind) = rest.split_at(address::length_at(rest)?);
            let caught = match gap {
                Gap::Recipient => Caught { recipient: Some(address), ..caught },
                _ => Caught { original: Some(address), ..caught },
            };
            matched(further, behind, caught, tries, whole)
        }
        Piece::Gap(Gap::User) => {
            let is_of_user = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
            let (user, behind) = rest.split_at(rest.find(|c| !is_of_user(c)).unwrap_or(rest.len()));
            let is_one = user.starts_with(char::is_alphanumeric) && !behind.starts_with('@') && user.len() <= 64;
            is_one.then(|| matched(further, behind, Caught { recipient: Some(user), ..caught }, tries, whole))?
        }
        Piece::Gap(Gap::Host) => {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ')' | '\'' | '"'));
            let host = rest[..end.unwrap_or(rest.len())].trim_end_matches([':', ',', '.', ';']);
            if host.is_empty() {
                return None;
            }
            matched(further, &rest[host.len()..], Caught { host: Some(host), ..caught }, tries, whole)
        }
        Piece::Gap(gap @ (Gap::Step | Gap::Any)) => {
            let with = |stretch: &'t str| match gap {
                Gap::Step => Caught { step: Some(stretch), ..caught },
                _ => caught,
            };
            if further.is_empty() {
                return Some(with(rest));
            }
            for (at, _) in rest.char_indices().take_while(|(at, _)| *at <= STRETCH) {
                if let Some(Piece::Words(words)) = further.first()
                    && words_at(words, &rest[at..]).is_none()
                {
                    continue;
                }
                if let Some(caught) = matched(further, &rest[at..], with(&rest[..at]), tries, whole) {
                    return Some(caught);
                }
            }
            None
        }
    }
}

/// How much of a text such words take; a blank of theirs takes any run of blanks.
pub(super) fn words_at(words: &str, text: &str) -> Option<usize> {
    // Most lines end at the first letter.
    if let (Some(word), Some(letter)) = (words.bytes().next(), text.bytes().next())
        && word.is_ascii()
        && letter.is_ascii()
        && word != b' '
        && word != letter.to_ascii_lowercase()
    {
        return None;
    }
    let mut at = 0;
    for c in words.chars() {
        let rest = &text[at..];
        if c == ' ' {
            let blanks = rest.len() - rest.trim_start().len();
            // Blanks at either end were trimmed off the line.
            if blanks == 0 && !rest.is_empty() && at != 0 {
                return None;
            }
            at += blanks;
        } else {
            let found = rest.chars().next()?;
            if found.is_ascii() && found.to_ascii_lowercase() != c {
                return None;
            }
            if !found.is_ascii() && found != c && !found.to_lowercase().eq(std::iter::once(c)) {
                return None;
            }
            at += found.len_utf8();
        }
    }
    Some(at)
}

/// A text in lower case, with runs of blanks as one.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut blank = false;
    if text.is_ascii() {
        for byte in text.bytes() {
            // The vertical tab is white space, too.
            if byte.is_ascii_whitespace() || byte == 0x0b {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                folded.push(' ');
            }
            folded.push(char::from(byte.to_ascii_lowercase()));
        }
        if blank {
            folded.push(' ');
        }
        return folded;
    }
    for c in text.chars() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) {
            folded.push(' ');
        }
        match c {
            '\u{2018}' | '\u{2019}' => folded.push('\''),
            '\u{201c}' | '\u{201d}' => folded.push('"'),
            c if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            c => folded.extend(c.to_lowercase()),
        }
    }
    if blank {
        folded.push(' ');
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_lines() {
        let cases = [
            (
                "<{recipient}>: {reply}",
                "  <a@example.com>: host x said: 550 no",
                Some(("a@example.com", "host x said: 550 no")),
            ),
            ("<{recipient}>:", "<a@example.com>:", Some(("a@example.com", ""))),
            ("<{recipient}>:", "<a@example.com>: more", None),
            ("{recipient}", "a@example.com", Some(("a@example.com", ""))),
            ("{recipient}", "a@example.com is not here", None),
            ("To {any} <{recipient}> {reply}", "to the address <a@example.com> no", Some(("a@example.com", "no"))),
            ("{any}<{recipient}>{any}", "x <y> <a@example.com> z", Some(("a@example.com", ""))),
            (
                "554 {recipient}... {reply}",
                "554  a@example.com... User unknown",
                Some(("a@example.com", "User unknown")),
            ),
            ("{user}", "  ann ", Some(("ann", ""))),
            ("{user}", "ann@example.com", None),
            ("{user}", "ann lee", None),
            ("{recipient} [{reply}", "a@example.com [User unknown]", Some(("a@example.com", "User unknown]"))),
        ];
        for (pattern, line, expected) in cases {
            let caught = Pattern::read(pattern).unwrap().whole(line);
            let caught = caught.map(|caught| (caught.recipient.unwrap_or_default(), caught.reply.unwrap_or_default()));
            assert_eq!(caught, expected, "{pattern} on {line}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_pattern() {
        let cases = [
            (
                "<{recipent}>",
                "no gap is called `{recipent}`: there are `{recipient}`, `{original}`, `{user}`, `{host}`, `{step}`, `{any}`, `{reply}`",
            ),
            ("<{recipient>", "a gap lacks its `}`"),
            ("{any}{recipient}", "words must stand between two gaps"),
            ("{reply} end", "nothing can stand behind `{reply}`, which takes all that is left"),
            ("", "a pattern needs words or a gap"),
        ];
        for (pattern, message) in cases {
            assert_eq!(Pattern::read(pattern), Err(message.to_owned()));
        }
    }

    #[test]
    fn gives_up_on_hostile_lines() {
        let pattern = Pattern::read("{any}a{any}a{any}a{any}a{any}b").unwrap();
        assert_eq!(pattern.whole(&"a".repeat(5000)), None);
    }
}
