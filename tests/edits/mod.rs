//! Single edits of a rule set's text, as an author makes them.

use crate::steered::Choices;

/// A rule set's text, by its blocks.
pub(crate) struct Edited {
    blocks: Vec<Vec<String>>,
}

/// What an edit does.
pub(crate) const EDITS: [&str; 11] = [
    "delete a rule",
    "swap two rules",
    "change a value",
    "drop an alternative",
    "add an alternative",
    "drop an unless",
    "add an unless",
    "change the outcome",
    "add an override",
    "change hosts",
    "drop a line",
];

const THEN: [&str; 4] = ["mailbox-full", "user-unknown", "ip-reputation", "deferred ip-reputation"];

const VALUES: [(&str, &[&str]); 6] = [
    (" code ", &["550", "552", "4xx", "5xx", "450..452", "55x", "421", "none"]),
    (" enhanced ", ENHANCED),
    (" status ", ENHANCED),
    (" phase ", &["rcpt", "data", "end-of-data", "mail", "connect", "ehlo", "none"]),
    (" tag ", &["S3150", "988..990", "TSS04..TSS09", "OFR_*", "none", "as-1", "tss4..09"]),
    (" tenant ", &["\"acme\"", "\"Acme\"", "\"\"", "none"]),
];

const ENHANCED: &[&str] = &["5.1.1", "5.7.*", "*.2.2", "5.7.606..649", "4.*.*", "*.*.1", "5.7.1..5.7.9", "none"];

const HOSTS: [&str; 6] = ["*.a.example", "mx.a.example", "a.example", "*.b.a.example", "*.b.example", "*.c.example"];

impl Edited {
    pub(crate) fn new(text: &str) -> Edited {
        let mut blocks: Vec<Vec<String>> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if line.starts_with([' ', '}']) {
                blocks.last_mut().expect("a block has a head").push(line.to_owned());
            } else {
                blocks.push(vec![line.to_owned()]);
            }
        }
        Edited { blocks }
    }

    pub(crate) fn text(&self) -> String {
        self.blocks.iter().flatten().map(|line| format!("{line}\n")).collect()
    }

    /// Makes one edit; tells whether there was anything to edit.
    pub(crate) fn edit(&mut self, what: &str, choices: &mut Choices) -> bool {
        let heads = ["rule ", "override ", "fallback "];
        let rules = self.places(|block| heads.iter().any(|head| block[0].starts_with(head)));
        let any = |places: &[usize], choices: &mut Choices| places.get(choices.below(places.len().max(1))).copied();
        let Some(rule) = any(&rules, choices) else { return false };
        match what {
            "delete a rule" => {
                let name = self.blocks[rule][0].split(' ').nth(1).expect("a rule has a name").to_owned();
                self.blocks.remove(rule);
                self.blocks.retain(|block| {
                    let of = block[0].strip_prefix("change ").map(|head| head.trim_end_matches(" {"));
                    !of.is_some_and(|of| of == name || of.ends_with(&format!(".{name}")))
                });
            }
            "swap two rules" => {
                let Some(other) = any(&rules, choices) else { return false };
                self.blocks.swap(rule, other);
            }
            "change a value" => {
                let lines = self.lines(rule, |line| VALUES.iter().any(|(column, _)| line.contains(column)));
                let Some(at) = any(&lines, choices) else { return false };
                let line = &mut self.blocks[rule][at];
                let (_, values) = VALUES.iter().find(|(column, _)| line.contains(column)).expect("it was found");
                let (head, mut cells) = cells(line);
                let n = choices.below(cells.len());
                cells[n] = choices.one_of(values).to_owned();
                *line = format!("{head}{}", cells.join(", "));
            }
            "drop an alternative" => {
                let lines = self.lines(rule, |line| is_condition(line) && cells(line).1.len() > 1);
                let Some(at) = any(&lines, choices) else { return false };
                let (head, mut cells) = cells(&self.blocks[rule][at]);
                cells.remove(choices.below(cells.len()));
                self.blocks[rule][at] = format!("{head}{}", cells.join(", "));
            }
            "add an alternative" => {
                let lines = self.lines(rule, is_condition);
                let Some(at) = any(&lines, choices) else { return false };
                let column = column(&self.blocks[rule][at]).to_owned();
                let like: Vec<String> = rules
                    .iter()
                    .flat_map(|n| &self.blocks[*n])
                    .filter(|line| is_condition(line) && self::column(line) == column)
                    .flat_map(|line| cells(line).1)
                    .collect();
                let (head, mut cells) = cells(&self.blocks[rule][at]);
                cells.insert(choices.below(cells.len() + 1), choices.one_of(&like));
                self.blocks[rule][at] = format!("{head}{}", cells.join(", "));
            }
            "drop an unless" => {
                let lines = self.lines(rule, |line| line.starts_with("    unless "));
                let Some(at) = any(&lines, choices) else { return false };
                self.blocks[rule].remove(at);
            }
            "drop a line" => {
                let lines = self.lines(rule, |line| line.starts_with("    match "));
                if lines.len() < 2 {
                    return false;
                }
                self.blocks[rule].remove(lines[choices.below(lines.len())]);
            }
            "add an unless" => {
                let Some(other) = any(&rules, choices) else { return false };
                let lines = self.lines(other, |line| line.starts_with("    match "));
                let Some(at) = any(&lines, choices) else { return false };
                let line = self.blocks[other][at].replacen("match", "unless", 1);
                self.blocks[rule].insert(1, line);
            }
            "change the outcome" => {
                let lines = self.lines(rule, |line| line.starts_with("    then "));
                self.blocks[rule][lines[0]] = format!("    then {}", choices.one_of(&THEN));
            }
            "add an override" => {
                let mut block: Vec<String> =
                    self.blocks[rule].iter().filter(|line| is_condition(line) || *line == "}").cloned().collect();
                let of = self.blocks[rule][0].find(" for ").map_or(" {", |at| &self.blocks[rule][0][at..]);
                block.insert(0, format!("override ours{of}"));
                block.insert(block.len() - 1, format!("    then {}", choices.one_of(&THEN)));
                let at = choices.below(self.blocks.len());
                self.blocks.insert(at, block);
            }
            "change hosts" => {
                let profiles = self.places(|block| block[0].starts_with("profile "));
                let Some(profile) = any(&profiles, choices) else { return false };
                let lines =
                    self.lines(profile, |line| line.starts_with("    hosts ") || line.starts_with("    domains "));
                let Some(at) = any(&lines, choices) else { return false };
                let (head, mut cells) = cells(&self.blocks[profile][at]);
                let n = choices.below(cells.len());
                if cells.len() > 1 && choices.one_in(2) {
                    cells.remove(n);
                } else {
                    cells[n] = format!("\"{}\"", choices.one_of(&HOSTS));
                }
                self.blocks[profile][at] = format!("{head}{}", cells.join(", "));
            }
            _ => unreachable!("{what} is no edit"),
        }
        true
    }

    fn places(&self, of: impl Fn(&[String]) -> bool) -> Vec<usize> {
        (0..self.blocks.len()).filter(|n| of(&self.blocks[*n])).collect()
    }

    fn lines(&self, block: usize, of: impl Fn(&str) -> bool) -> Vec<usize> {
        (0..self.blocks[block].len()).filter(|n| of(&self.blocks[block][*n])).collect()
    }
}

fn is_condition(line: &str) -> bool {
    line.starts_with("    match ") || line.starts_with("    unless ")
}

fn column(line: &str) -> &str {
    line.split_whitespace().nth(1).unwrap_or_default()
}

/// What stands before the cells of a line, and the cells.
fn cells(line: &str) -> (String, Vec<String>) {
    let words = if is_condition(line) { 2 } else { 1 };
    let start =
        line.match_indices(' ').map(|(at, _)| at).filter(|at| *at > 3).nth(words - 1).expect("a line has cells") + 1;
    let (mut cells, mut cell, mut quote, mut escaped) = (Vec::new(), String::new(), None, false);
    for c in line[start..].chars() {
        match (quote, c) {
            (None, ',') => {
                cells.push(std::mem::take(&mut cell));
                continue;
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                cell.push(c);
                continue;
            }
            (Some(open), c) if c == open && !escaped => quote = None,
            _ => {}
        }
        escaped = false;
        cell.push(c);
    }
    cells.push(cell);
    let cells = cells.into_iter().map(|cell| cell.trim_start().to_owned()).collect();
    (line[..start].to_owned(), cells)
}
