//! The table of `docs/facts.md`: the responses on which the rules differ, each with its reason.

use crate::agree::Response;
use std::collections::BTreeMap;

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) file: String,
    /// The first reply that differs: `550 5.1.1 "no such user"`, and how many more do.
    pub(crate) reply: String,
    pub(crate) more: String,
    pub(crate) fact: String,
    pub(crate) ours: String,
    pub(crate) why: String,
}

impl Line {
    /// What tells a response from others.
    pub(crate) fn key(&self) -> (String, String) {
        (self.file.clone(), self.reply.clone())
    }

    pub(crate) fn text(&self) -> String {
        let Line { file, reply, more, fact, ours, why } = self;
        let cell = |text: &str| text.replace('|', "\\|");
        format!("| {file} | {}{more} | {fact} | {ours} | {} |", cell(reply), cell(why))
    }
}

/// What differs, without a reason.
pub(crate) fn differing(responses: &[Response]) -> Vec<Line> {
    let line = |response: &Response| {
        let (reply, more, ours) = response.difference()?;
        let file = response.file.clone();
        // A table's cell is one line.
        let reply = reply.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Line { file, reply, more, fact: response.fact.clone(), ours, why: String::new() })
    };
    responses.iter().filter_map(line).collect()
}

/// The lines of a page's table; what is no line of it is passed over.
pub(crate) fn read(page: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for line in page.lines().filter(|line| line.starts_with('|')) {
        let cells = cells(line);
        let [file, reply, fact, ours, why] = cells.as_slice() else { continue };
        if file == "file" || file.starts_with("---") {
            continue;
        }
        let (reply, more) = match reply.rsplit_once(" (+") {
            Some((reply, count)) if count.strip_suffix(')').is_some_and(|n| n.parse::<u32>().is_ok()) => {
                (reply, format!(" (+{count}"))
            }
            _ => (reply.as_str(), String::new()),
        };
        let [file, fact, ours, why] = [file, fact, ours, why].map(Clone::clone);
        lines.push(Line { file, reply: reply.to_owned(), more, fact, ours, why });
    }
    lines
}

/// The cells of a line, in which `\|` is a bar.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        let bar = c == '\\' && characters.next_if_eq(&'|').is_some();
        if c == '|' {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push(if bar { '|' } else { c });
        }
    }
    let inner = cells.len().saturating_sub(1);
    cells.into_iter().take(inner).skip(1).map(|cell| cell.trim().to_owned()).collect()
}

/// What is wrong with the page: a line for each fault.
pub(crate) fn faults(differing: &[Line], listed: &[Line]) -> Vec<String> {
    let mut faults = Vec::new();
    let known: BTreeMap<_, &Line> = listed.iter().map(|line| (line.key(), line)).collect();
    for line in differing {
        let Line { file, reply, .. } = line;
        match known.get(&line.key()) {
            None => faults.push(format!("{file}: {reply} differs and is not listed")),
            Some(known) if known.why.is_empty() => faults.push(format!("{file}: {reply} is listed without a reason")),
            Some(known) if (&known.fact, &known.ours, &known.more) != (&line.fact, &line.ours, &line.more) => faults
                .push(format!(
                    "{file}: {reply} differs otherwise than listed: fact {}, ours {}{}",
                    line.fact, line.ours, line.more
                )),
            Some(_) => {}
        }
    }
    for line in listed.iter().filter(|line| !differing.iter().any(|other| other.key() == line.key())) {
        faults.push(format!("{}: {} is listed and does not differ", line.file, line.reply));
    }
    faults
}

/// The table anew: what differs, with the reasons that are listed; those that lack one are the last.
pub(crate) fn table(differing: &[Line], listed: &[Line]) -> String {
    let with_reason = |line: &Line| {
        let known = listed.iter().find(|known| known.key() == line.key());
        Line { why: known.map_or(String::new(), |known| known.why.clone()), ..line.clone() }
    };
    let lines: Vec<Line> = differing.iter().map(with_reason).collect();
    let (lacking, known): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.why.is_empty());
    let mut out =
        "| file | code enhanced \"phrase\" | fact | ours | why |\n| --- | --- | --- | --- | --- |\n".to_owned();
    known.iter().chain(&lacking).for_each(|line| out.push_str(&(line.text() + "\n")));
    out
}
