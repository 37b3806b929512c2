//! Interpreting a layout: where recipients and replies stand in a text.

use super::super::address;
use super::super::bounds::RECIPIENT_LIMIT;
use super::page::Layout;
use super::pattern::{Caught, Pattern, folded, words_at};

/// How many lines of a text are looked at.
const LINES: usize = 20_000;

/// The longest reply that is put together from lines.
const REPLY_LIMIT: usize = 8 << 10;

/// A recipient, and what was said of it, as the text has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::intake::notice) struct Entry {
    pub(in crate::intake::notice) recipient: String,
    pub(in crate::intake::notice) original: Option<String>,
    pub(in crate::intake::notice) host: Option<String>,
    pub(in crate::intake::notice) step: Option<String>,
    pub(in crate::intake::notice) reply: String,
}

/// What a layout finds in a text.
#[derive(Debug, Clone, Default)]
pub(in crate::intake::notice) struct Told<'t> {
    pub(in crate::intake::notice) entries: Vec<Entry>,
    /// What is said of those who are told of elsewhere.
    pub(in crate::intake::notice) reply: String,
    /// What stands behind the text: the mail that was returned, as far as it was.
    pub(in crate::intake::notice) rest: &'t str,
}

/// A recipient found, and where.
struct Found<'t> {
    line: usize,
    caught: Caught<'t>,
    /// The words around the recipient are a sentence, which may be all that is said.
    sentence: Option<&'t str>,
}

/// Reads a text as the layout describes it. `ends` are words before the returned mail that any layout may have;
/// `sender` is who sent the notice, whose domain is that of users who are named without one.
pub(super) fn read<'t>(layout: &Layout, ends: &[String], text: &'t str, sender: &str) -> Told<'t> {
    let (lines, rest) = lines(layout, ends, text);
    let first = match layout.starts.is_empty() {
        true => Some(0),
        false => lines.iter().position(|line| layout.starts.iter().any(|start| folded(line).contains(start.as_str()))),
    };
    let first = first.map_or(0, |at| if layout.starts.is_empty() { 0 } else { at + 1 });
    let mut found = Vec::new();
    let mut skipped: Vec<(usize, Caught<'t>)> = Vec::new();
    // What stands further in than a recipient, with no blank line between, is said of that recipient.
    let mut margin = usize::MAX;
    let names_users = layout.entries.iter().any(Pattern::names_user);
    for (at, line) in lines.iter().enumerate().skip(first) {
        let indent = line.len() - line.trim_start().len();
        if indent == line.len() {
            margin = usize::MAX;
        }
        if let Some(caught) = layout.skips.iter().find_map(|pattern| pattern.start(line)) {
            skipped.push((at, caught));
        } else if found.len() <= RECIPIENT_LIMIT
            && indent <= margin
            && (names_users || memchr::memchr(b'@', line.as_bytes()).is_some())
            && let Some((pattern, caught)) =
                layout.entries.iter().find_map(|pattern| Some((pattern, pattern.whole(line)?)))
        {
            let is_all = lines[at + 1..].iter().map(|line| line.trim()).find(|line| !line.is_empty()).is_none();
            let sentence = (is_all && pattern.is_sentence()).then(|| line.trim());
            found.push(Found { line: at, caught, sentence });
            margin = indent;
        }
    }
    let anywhere = below(&layout.replies, &lines);
    let (host, step) = match found.is_empty() {
        true => (None, None),
        false => {
            (valued(&layout.hosts, &lines, |caught| caught.host), valued(&layout.phases, &lines, |caught| caught.step))
        }
    };
    let mut entries: Vec<Entry> = Vec::new();
    for (n, Found { line, caught, sentence }) in found.iter().enumerate() {
        let next = found.get(n + 1).map_or(lines.len(), |next| next.line);
        // The line with which the text starts may say it already.
        let before = n.checked_sub(1).map_or(first.saturating_sub(1), |before| found[before].line + 1);
        let block = &lines[line + 1..next];
        let is_skipped = |at: usize| skipped.binary_search_by_key(&at, |(at, _)| *at).is_ok();
        let kept: Vec<&str> =
            block.iter().enumerate().filter(|(n, _)| !is_skipped(line + 1 + n)).map(|(_, line)| *line).collect();
        let reply = below(&layout.replies, &kept)
            .or_else(|| above(&layout.above, &lines[before..*line]))
            .or_else(|| {
                paragraph(caught.reply.or(*sentence).unwrap_or_default(), if layout.single { &[] } else { &kept })
            })
            .unwrap_or_default();
        let near = |patterns: &[Pattern], of: Of<'t>| valued(patterns, block, of);
        let (from, to) = (after(&skipped, *line), after(&skipped, next));
        let note = skipped[from..to].iter().find_map(|(_, caught)| caught.original);
        entries.push(Entry {
            recipient: whole_address(caught.recipient.unwrap_or_default(), sender),
            original: caught.original.or(note).map(str::to_owned),
            host: caught.host.or_else(|| near(&layout.hosts, |caught| caught.host)).or(host).map(str::to_owned),
            step: caught.step.or_else(|| near(&layout.phases, |caught| caught.step)).or(step).map(str::to_owned),
            reply,
        });
    }
    entries.retain(|entry| !entry.recipient.is_empty());
    // Several in a row share what is said below the last.
    for n in (0..entries.len()).rev() {
        if entries[n].reply.is_empty() {
            let shared = entries.get(n + 1).map(|next| next.reply.clone()).filter(|reply| !reply.is_empty());
            entries[n].reply = shared.or_else(|| anywhere.clone()).unwrap_or_default();
        }
    }
    let whole = || match layout.whole {
        true => lines[first.min(lines.len())..].join("\n").trim().to_owned(),
        false => String::new(),
    };
    let mut all = None;
    for entry in entries.iter_mut().filter(|entry| entry.reply.is_empty()) {
        entry.reply = limited(all.get_or_insert_with(whole));
    }
    let reply = anywhere.unwrap_or_else(|| limited(&whole()));
    Told { entries: once_each(entries), reply, rest }
}

/// An address as it stands; a user's name with the domain of who sent the notice, and nothing where that has none.
fn whole_address(named: &str, sender: &str) -> String {
    if named.contains('@') {
        return address::read(named).unwrap_or_else(|| named.to_owned());
    }
    let sender = address::read(sender);
    let domain = sender.as_deref().and_then(|sender| sender.rsplit_once('@'));
    domain.map_or_else(String::new, |(_, domain)| format!("{named}@{}", domain.to_lowercase()))
}

/// How many of the lines stand before that one.
fn after(lines: &[(usize, Caught<'_>)], line: usize) -> usize {
    lines.partition_point(|(at, _)| *at < line)
}

/// The lines before the returned mail, and all from there on.
fn lines<'t>(layout: &Layout, ends: &[String], text: &'t str) -> (Vec<&'t str>, &'t str) {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n').take(LINES) {
        if is_end(layout, ends, line) && !lines.iter().all(|line: &&str| line.trim().is_empty()) {
            return (lines, &text[at..]);
        }
        at += line.len();
        lines.push(line.trim_end());
    }
    (lines, &text[at..])
}

/// Whether the returned mail begins here: by words of the layout's page, or by a field that every mail begins with.
fn is_end(layout: &Layout, ends: &[String], line: &str) -> bool {
    let bare =
        line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '=' | '>' | '*' | '|' | '#' | '_'));
    let Some(first) = bare.bytes().next() else { return false };
    const FIELDS: [&str; 5] = ["received:", "return-path:", "dkim-signature:", "x-google-", "arc-seal:"];
    let starts = |word: &str| bare.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if matches!(first, b'R' | b'r' | b'D' | b'd' | b'X' | b'x' | b'A' | b'a')
        && FIELDS.iter().any(|field| starts(field))
    {
        return true;
    }
    let mut ends = layout.ends.iter().chain(ends).peekable();
    if ends.peek().is_none() {
        return false;
    }
    // What is not ASCII may fold to what is.
    if bare.is_ascii() {
        return ends.any(|end| words_at(end, bare).is_some());
    }
    let lower = folded(bare);
    ends.any(|end| lower.starts_with(end.as_str()))
}

/// One of the gaps.
type Of<'t> = fn(Caught<'t>) -> Option<&'t str>;

/// The first value that one of the patterns catches in the lines.
fn valued<'t>(patterns: &[Pattern], lines: &[&'t str], of: Of<'t>) -> Option<&'t str> {
    if patterns.is_empty() {
        return None;
    }
    lines.iter().enumerate().find_map(|(n, line)| value(patterns, line, lines.get(n + 1), of))
}

/// What a pattern catches in a line, or in the line below one that it takes whole.
fn value<'t>(patterns: &[Pattern], line: &'t str, next: Option<&&'t str>, of: Of<'t>) -> Option<&'t str> {
    patterns.iter().find_map(|pattern| {
        let caught = pattern.start(line)?;
        of(caught).or_else(|| next.map(|next| next.trim())).filter(|found| !found.is_empty())
    })
}

/// The reply that the first line opens that one of the patterns takes.
fn below(patterns: &[Pattern], lines: &[&str]) -> Option<String> {
    patterns.iter().find_map(|pattern| {
        lines.iter().enumerate().find_map(|(at, line)| {
            let caught = pattern.start(line)?;
            paragraph(caught.reply.unwrap_or_default(), &lines[at + 1..])
        })
    })
}

/// The reply in the last line that one of the patterns takes.
fn above(patterns: &[Pattern], lines: &[&str]) -> Option<String> {
    let caught = lines.iter().rev().find_map(|line| patterns.iter().find_map(|pattern| pattern.start(line)));
    caught.and_then(|caught| caught.reply).filter(|reply| !reply.is_empty()).map(str::to_owned)
}

/// What a line begins, and the lines below it up to a blank one; without a beginning, the next that are not blank.
fn paragraph(begun: &str, lines: &[&str]) -> Option<String> {
    let mut reply = begun.to_owned();
    for line in lines {
        let line = line.trim();
        // A rule across the page ends what was said, and is no word of it.
        if line.is_empty() || is_rule(line) {
            if reply.is_empty() {
                continue;
            }
            break;
        }
        if reply.len() + line.len() > REPLY_LIMIT {
            break;
        }
        if !reply.is_empty() {
            reply.push('\n');
        }
        reply.push_str(line);
    }
    (!reply.is_empty()).then(|| limited(&reply))
}

/// Whether a line is made of one mark, as people draw it across a page.
fn is_rule(line: &str) -> bool {
    let mark = line.as_bytes()[0];
    line.len() > 4 && mark.is_ascii_punctuation() && line.bytes().all(|b| b == mark)
}

fn limited(text: &str) -> String {
    let mut end = text.len().min(REPLY_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// Each recipient once: what is said with a code counts for more than what is said first.
fn once_each(entries: Vec<Entry>) -> Vec<Entry> {
    let mut places = std::collections::HashMap::new();
    let mut once: Vec<Entry> = Vec::new();
    for entry in entries {
        let place = *places.entry(entry.recipient.to_lowercase()).or_insert(once.len());
        match once.get_mut(place) {
            None => once.push(entry),
            Some(known) if is_better(&entry.reply, &known.reply) => *known = entry,
            Some(_) => {}
        }
    }
    once
}

fn is_better(reply: &str, than: &str) -> bool {
    let coded = |reply: &str| {
        reply
            .as_bytes()
            .windows(3)
            .any(|three| matches!(three[0], b'4' | b'5') && three[1].is_ascii_digit() && three[2].is_ascii_digit())
    };
    than.is_empty() && !reply.is_empty() || coded(reply) && !coded(than)
}
