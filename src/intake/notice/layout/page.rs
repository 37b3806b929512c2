//! Reading the page that describes a layout.

use super::pattern::{Pattern, folded};
use crate::reply::Kind;
use crate::spelling::nearest;
use std::fmt;

/// How a server writes its bounces, as its page describes it.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) about: String,
    pub(super) sources: Vec<String>,
    pub(super) known: Vec<Condition>,
    pub(super) unless: Vec<Condition>,
    pub(super) kinds: Vec<(Kind, Option<Condition>)>,
    pub(super) starts: Vec<String>,
    pub(super) ends: Vec<String>,
    pub(super) skips: Vec<Pattern>,
    pub(super) entries: Vec<Pattern>,
    pub(super) replies: Vec<Pattern>,
    pub(super) above: Vec<Pattern>,
    pub(super) hosts: Vec<Pattern>,
    pub(super) phases: Vec<Pattern>,
    pub(super) headers: Vec<String>,
    /// The recipients are those of the returned mail.
    pub(super) of_original: bool,
    /// The recipient is the one whom the text names anywhere, beside who wrote and who is written to.
    pub(super) of_named: bool,
    /// The recipient is who sent the notice.
    pub(super) of_sender: bool,
    /// All of the text is the reply, where nothing else is.
    pub(super) whole: bool,
    /// A reply on the recipient's own line ends with it.
    pub(super) single: bool,
    pub(super) examples: Vec<Example>,
}

/// A line by which a layout is known: one of its parts holds.
pub(super) type Condition = Vec<Part>;

/// One of the phrases stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) place: Place,
    /// In lower case, with single blanks.
    pub(super) phrases: Vec<String>,
    /// The numbers of those that are looked for in bodies, among all layouts'.
    pub(super) numbers: Vec<usize>,
}

/// Where a phrase is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Body,
    Subject,
    From,
    /// Where the subject begins.
    Opening,
    /// What stands before the `@` of who sent it.
    Sender,
    /// The text of what has no header.
    Bare,
    Header(String),
}

/// A mail that the layout reads, and what it gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::intake::notice) struct Example {
    pub(in crate::intake::notice) line: usize,
    pub(in crate::intake::notice) mail: String,
    pub(in crate::intake::notice) gives: Vec<String>,
}

/// What is wrong with a page, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageError {
    /// The page's file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what mends it.
    pub message: String,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for PageError {}

const KEYWORDS: [&str; 16] = [
    "layout",
    "source",
    "known",
    "unless",
    "kind",
    "start",
    "end",
    "skip",
    "entry",
    "reply",
    "above",
    "host",
    "phase",
    "recipient",
    "example",
    "gives",
];

impl Layout {
    /// The layout's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its page's file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line that its page begins with: what it is.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The mails of its examples.
    pub fn mails(&self) -> impl Iterator<Item = &str> {
        self.examples.iter().map(|example| example.mail.as_str())
    }

    pub(in crate::intake::notice) fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// All that it is known by.
    pub(super) fn parts(&mut self) -> impl Iterator<Item = &mut Part> {
        let kinds = self.kinds.iter_mut().filter_map(|(_, condition)| condition.as_mut());
        self.known.iter_mut().chain(&mut self.unless).chain(kinds).flatten()
    }

    /// Where its author knows it from.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The fields of a mail's header that name the recipients.
    pub(in crate::intake::notice) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// Whether the recipients are those of the returned mail.
    pub(in crate::intake::notice) fn is_of_original(&self) -> bool {
        self.of_original
    }

    /// Whether the recipient is the one whom the text names anywhere.
    pub(in crate::intake::notice) fn is_of_named(&self) -> bool {
        self.of_named
    }

    /// Whether the recipient is who sent the notice.
    pub(in crate::intake::notice) fn is_of_sender(&self) -> bool {
        self.of_sender
    }

    /// Whether it may be believed of anybody: what it reads is sent by people, or its page says by whom.
    pub(super) fn is_of_anybody(&self) -> bool {
        let names_sender = |part: &Part| matches!(part.place, Place::From | Place::Sender | Place::Header(_));
        self.of_sender || self.known.iter().any(|condition| condition.iter().all(names_sender))
    }

    /// Reads a page.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(file: &str, text: &str) -> Result<Layout, PageError> {
        let mut layout = Layout { file: file.to_owned(), ..Layout::default() };
        let mut line_of = 1;
        let mut lines = text.lines().enumerate().peekable();
        while let Some((number, line)) = lines.next() {
            line_of = number + 1;
            let fail = |message: String| PageError { file: file.to_owned(), line: line_of, message };
            let line = line.trim();
            if let Some(example) = line.strip_prefix('|') {
                let Some(last) = layout.examples.last_mut().filter(|last| last.gives.is_empty()) else {
                    return Err(fail("a line of a mail stands outside of an `example`".to_owned()));
                };
                last.mail.push_str(example.strip_prefix(' ').unwrap_or(example));
                last.mail.push('\n');
                continue;
            }
            if line.is_empty() || line.starts_with('#') {
                if layout.name.is_empty() && layout.about.is_empty() {
                    layout.about = line.trim_start_matches('#').trim().to_owned();
                }
                continue;
            }
            let mut whole = line.to_owned();
            // A list goes on behind a comma, a condition before an `or`.
            while whole.ends_with(',') || lines.peek().is_some_and(|(_, next)| next.trim().starts_with("or ")) {
                let Some((_, next)) = lines.next() else { break };
                whole.push(' ');
                whole.push_str(next.trim());
            }
            let (keyword, rest) = whole.split_once(char::is_whitespace).unwrap_or((&whole, ""));
            layout.line(keyword, rest.trim(), line_of).map_err(fail)?;
        }
        let fail = |message: &str| Err(PageError { file: file.to_owned(), line: line_of, message: message.to_owned() });
        if layout.name.is_empty() {
            return fail("a page begins with its name: `layout qmail`");
        }
        if layout.known.is_empty() {
            return fail("say by what the layout is known: `known body \"…\"`");
        }
        if layout.entries.is_empty()
            && layout.headers.is_empty()
            && !layout.of_original
            && !layout.of_named
            && !layout.of_sender
        {
            return fail("say where the recipient stands: `entry \"<{recipient}>: {reply}\"`");
        }
        if layout.examples.iter().all(|example| example.gives.is_empty()) {
            return fail("show a mail that it reads, by `example` and `gives`");
        }
        Ok(layout)
    }

    fn line(&mut self, keyword: &str, rest: &str, number: usize) -> Result<(), String> {
        match keyword {
            "layout" => {
                let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
                if !self.name.is_empty() {
                    return Err("a page describes one layout: move this one to a file of its own".to_owned());
                }
                if rest.is_empty() || !rest.bytes().all(is_name) {
                    return Err("a name is made of small letters, digits and `-`".to_owned());
                }
                self.name = rest.to_owned();
            }
            "source" => self.sources.push(one(rest)?),
            "known" => self.known.push(condition(rest)?),
            "unless" => self.unless.push(condition(rest)?),
            "kind" => {
                let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.as_str() == word) else {
                    let known = Kind::ALL.map(|kind| format!("`{kind}`")).join(", ");
                    return Err(format!("no kind is called `{word}`: there are {known}"));
                };
                let rest = rest.trim();
                let condition = match rest.strip_prefix("where ") {
                    Some(rest) => Some(condition(rest.trim())?),
                    None if rest.is_empty() => None,
                    None => return Err("a condition begins with `where`".to_owned()),
                };
                self.kinds.push((kind, condition));
            }
            "start" => self.starts.extend(phrases(rest)?),
            "end" => self.ends.extend(phrases(rest)?),
            "skip" => self.skips.extend(patterns(rest)?),
            "entry" => {
                let patterns = patterns(rest)?;
                if patterns.iter().any(|pattern| !pattern.has("recipient") && !pattern.has("user")) {
                    return Err("an `entry` needs `{recipient}` or `{user}`".to_owned());
                }
                self.entries.extend(patterns);
            }
            "reply" if rest == "all" => self.whole = true,
            "reply" if rest == "on one line" => self.single = true,
            "reply" => self.replies.extend(patterns(rest)?),
            "above" => self.above.extend(patterns(rest)?),
            "host" => self.hosts.extend(patterns(rest)?),
            "phase" => self.phases.extend(patterns(rest)?),
            "recipient" => match rest {
                "original" => self.of_original = true,
                "named" => self.of_named = true,
                "sender" => self.of_sender = true,
                _ => match rest.strip_prefix("header ") {
                    Some(names) => self.headers.extend(texts(names.trim())?),
                    None => {
                        return Err("a `recipient` line is `recipient header \"…\"`, `recipient original`, `recipient named` or `recipient sender`"
                            .to_owned());
                    }
                },
            },
            "example" => self.examples.push(Example { line: number, ..Example::default() }),
            "gives" => {
                let Some(last) = self.examples.last_mut() else {
                    return Err("`gives` stands behind the mail of an `example`".to_owned());
                };
                last.gives.extend(texts(rest)?);
            }
            _ => {
                let meant = nearest(keyword, KEYWORDS);
                let help = meant.map_or_else(String::new, |meant| format!(", did you mean `{meant}`?"));
                return Err(format!("`{keyword}` is no line of a layout's page{help}"));
            }
        }
        Ok(())
    }
}

fn condition(mut rest: &str) -> Result<Condition, String> {
    let mut parts = Vec::new();
    loop {
        let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let (place, behind) = match word {
            "body" => (Place::Body, behind.trim()),
            "subject" => (Place::Subject, behind.trim()),
            "bare" => (Place::Bare, behind.trim()),
            "from" => (Place::From, behind.trim()),
            "opening" => (Place::Opening, behind.trim()),
            "sender" => (Place::Sender, behind.trim()),
            "header" => {
                let (name, behind) = text(behind.trim())?;
                (Place::Header(name), behind.trim())
            }
            _ => {
                return Err(format!(
                    "`{word}` is no place: there are `body`, `subject`, `opening`, `from`, `sender`, `bare` and `header \"…\"`"
                ));
            }
        };
        let (found, behind) = match &place {
            // That the field is there is enough.
            Place::Header(_) if !behind.starts_with('"') => (Vec::new(), behind),
            _ => list(behind)?,
        };
        parts.push(Part {
            place,
            phrases: found.iter().map(|text| folded(text).trim().to_owned()).collect(),
            numbers: Vec::new(),
        });
        match behind.strip_prefix("or ") {
            Some(more) => rest = more.trim(),
            None if behind.is_empty() => return Ok(parts),
            None => return Err("a comma must stand between two texts, or `or` before another place".to_owned()),
        }
    }
}

fn phrases(rest: &str) -> Result<Vec<String>, String> {
    Ok(texts(rest)?.iter().map(|text| folded(text).trim().to_owned()).collect())
}

fn patterns(rest: &str) -> Result<Vec<Pattern>, String> {
    texts(rest)?.iter().map(|text| Pattern::read(text)).collect()
}

fn one(rest: &str) -> Result<String, String> {
    match texts(rest)?.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err("one text is asked for here".to_owned()),
    }
}

/// The texts of a list, with commas between them.
fn texts(rest: &str) -> Result<Vec<String>, String> {
    match list(rest)? {
        (all, "") => Ok(all),
        _ => Err("a comma must stand between two texts".to_owned()),
    }
}

/// A list, and what is behind it.
fn list(mut rest: &str) -> Result<(Vec<String>, &str), String> {
    let mut all = Vec::new();
    loop {
        let (found, behind) = text(rest)?;
        all.push(found);
        match behind.trim().strip_prefix(',') {
            Some(behind) => rest = behind.trim(),
            None => return Ok((all, behind.trim())),
        }
    }
}

/// A text in quotes, and what is behind it.
fn text(rest: &str) -> Result<(String, &str), String> {
    let Some(inner) = rest.strip_prefix('"') else {
        return Err(format!("a text in double quotes is asked for, not `{rest}`"));
    };
    let mut found = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((found, &inner[at + 1..])),
            '\\' => match chars.next() {
                Some((_, c @ ('"' | '\\'))) => found.push(c),
                _ => return Err("`\\` stands before `\"` or `\\` only".to_owned()),
            },
            c => found.push(c),
        }
    }
    Err("a text lacks its closing quote".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A page.\nlayout made-up\nknown body \"it did\n\", \"not \\\"work\\\"\"\n";

    #[test]
    fn names_file_and_line() {
        let cases = [
            ("layout Made-Up", "p:1: a name is made of small letters, digits and `-`"),
            ("layout x\n\nknwon body \"y\"", "p:3: `knwon` is no line of a layout's page, did you mean `known`?"),
            (
                "layout x\nknown bdy \"y\"",
                "p:2: `bdy` is no place: there are `body`, `subject`, `opening`, `from`, `sender`, `bare` and `header \"…\"`",
            ),
            ("layout x\nknown body y", "p:2: a text in double quotes is asked for, not `y`"),
            ("layout x\nentry \"{reply}\"", "p:2: an `entry` needs `{recipient}` or `{user}`"),
            ("layout x\n| Subject: y", "p:2: a line of a mail stands outside of an `example`"),
            ("layout x", "p:1: say by what the layout is known: `known body \"…\"`"),
            (PAGE, "p:3: a text lacks its closing quote"),
        ];
        for (page, message) in cases {
            assert_eq!(Layout::read("p", page).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn goes_on_behind_a_comma() {
        let page = "layout x\nknown body \"A  b\",\n  \"c\"\nentry \"{recipient}\"\nexample\n| a\ngives \"b\"\n";
        let layout = Layout::read("p", page).unwrap();
        assert_eq!(layout.known[0][0].phrases, ["a b", "c"]);
        assert_eq!(layout.examples[0].mail, "a\n");
    }
}
