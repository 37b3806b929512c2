//! One page that needs nothing else: the files of a rule set, with every line coloured by what touched it.

use super::{Of, percent, replies};
use crate::cover::{Covered, Share};
use crate::report::markup::escaped;
use crate::ruleset::RuleSet;
use crate::source::{FileId, SourceFile, Span};
use std::collections::BTreeMap;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// The page.
pub fn html(covered: &Covered, rules: &RuleSet, of: Of) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, covered, rules, of);
    out
}

/// What is known of a file.
#[derive(Default)]
struct Shown {
    rules: Share,
    alternatives: Share,
    /// By line: the counts of what stands there.
    lines: BTreeMap<u32, Vec<u64>>,
    /// What nothing touched, though something beside it in its line may have been touched.
    cold: Vec<(u32, u32)>,
}

impl Shown {
    fn add(&mut self, file: &SourceFile, span: Span, count: u64) {
        self.lines.entry(file.line_col(span.start).line).or_default().push(count);
        if count == 0 {
            self.cold.push((span.start, span.end));
        }
    }
}

fn add(share: &mut Share, touched: bool) {
    share.all += 1;
    share.touched += u64::from(touched);
}

/// The files, with what was touched of each.
fn files(covered: &Covered, rules: &RuleSet) -> BTreeMap<FileId, Shown> {
    let mut files: BTreeMap<FileId, Shown> = BTreeMap::new();
    // Several rules may name one `phrases` block: what one of them came through is touched.
    let mut alternatives: BTreeMap<(FileId, u32, u32), u64> = BTreeMap::new();
    for each in &covered.each {
        let span = rules.rule(each.rule).span;
        let shown = files.entry(span.file).or_default();
        add(&mut shown.rules, each.won > 0);
        shown.add(rules.sources.file(span.file), span, each.won);
        for line in &each.lines {
            for alternative in &line.alternatives {
                if !line.unless {
                    add(&mut shown.alternatives, alternative.count > 0);
                }
                let Span { file, start, end } = alternative.span;
                *alternatives.entry((file, start, end)).or_default() += alternative.count;
            }
        }
        for (span, touched) in &each.examples {
            shown.add(rules.sources.file(span.file), *span, u64::from(*touched));
        }
    }
    for ((file, start, end), count) in alternatives {
        files.entry(file).or_default().add(rules.sources.file(file), Span { file, start, end }, count);
    }
    for shown in files.values_mut() {
        shown.cold.sort_unstable();
    }
    files
}

fn write(out: &mut String, covered: &Covered, rules: &RuleSet, of: Of) -> std::fmt::Result {
    let what = match of {
        Of::Tests => "examples and tests",
        Of::Input => "real input",
    };
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Carom: cover of {what}</title>\n<style>\n{STYLE}</style>\n\
         <h1>Cover of {what}</h1>\n<p>{} · rules {}</p>\n<ul class=\"totals\">\n",
        replies(covered.replies),
        rules.version
    )?;
    for (name, share) in [
        ("rules", covered.rules),
        ("alternatives", covered.alternatives),
        ("unless lines", covered.unless),
        ("examples", covered.examples),
    ] {
        writeln!(out, "<li><b>{} %</b>{} of {} {name}</li>", percent(share), share.touched, share.all)?;
    }
    let files = files(covered, rules);
    out.push_str(
        "</ul>\n<div class=\"files\"><table>\n<tr><th>file<th>rules<th>alternatives<th>touched<th aria-label=\"share\"></tr>\n",
    );
    for (id, shown) in &files {
        let Shown { rules: share, alternatives, .. } = shown;
        let name = escaped(&rules.sources.file(*id).name);
        writeln!(
            out,
            "<tr><td><a href=\"#f{0}\">{name}</a><td>{1}/{2}<td>{3}/{4}<td>{5} %<td><meter value=\"{1}\" max=\"{6}\"></meter></tr>",
            number(*id, rules),
            share.touched,
            share.all,
            alternatives.touched,
            alternatives.all,
            percent(*share),
            share.all.max(1),
        )?;
    }
    out.push_str(
        "</table></div>\n<p class=\"key\"><span class=\"t\">touched</span> <span class=\"p\">in part</span> \
         <span class=\"k\">cold</span> · the number before a line counts the replies that a rule won, an alternative \
         was come through by, or an <code>unless</code> line vetoed; of an example, whether it was touched</p>\n",
    );
    for (id, shown) in &files {
        source(out, rules.sources.file(*id), number(*id, rules), shown)?;
    }
    out.push_str("</html>\n");
    Ok(())
}

/// A number for the page's own links.
fn number(id: FileId, rules: &RuleSet) -> usize {
    rules.sources.files().position(|(each, _)| each == id).unwrap_or_default()
}

fn source(out: &mut String, file: &SourceFile, number: usize, shown: &Shown) -> std::fmt::Result {
    let share = shown.rules;
    writeln!(
        out,
        "<details id=\"f{number}\" open><summary>{} · {} of {} rules</summary><div class=\"source\"><table>",
        escaped(&file.name),
        share.touched,
        share.all
    )?;
    let mut start = 0;
    for (n, line) in file.text.split_inclusive('\n').enumerate() {
        let n = n as u32 + 1;
        let (class, counts) = match shown.lines.get(&n) {
            None => ("", String::new()),
            Some(counts) => {
                let class = match counts.iter().filter(|count| **count > 0).count() {
                    0 => " class=\"k\"",
                    touched if touched == counts.len() => " class=\"t\"",
                    _ => " class=\"p\"",
                };
                (class, counts.iter().map(u64::to_string).collect::<Vec<_>>().join(" "))
            }
        };
        write!(out, "<tr{class}><td class=\"n\">{n}<td class=\"c\" title=\"{counts}\">{counts}<td>")?;
        let text = line.trim_end_matches(['\n', '\r']);
        marked(out, text, start, if class == " class=\"p\"" { &shown.cold } else { &[] });
        out.push_str("</tr>\n");
        start += line.len();
    }
    out.push_str("</table></div></details>\n");
    Ok(())
}

/// A line that begins at `start`, with what is cold in it marked.
fn marked(out: &mut String, line: &str, start: usize, cold: &[(u32, u32)]) {
    let mut at = 0;
    let first = cold.partition_point(|(from, _)| (*from as usize) < start);
    for (from, to) in &cold[first..] {
        let Some(from) = (*from as usize).checked_sub(start).filter(|from| *from < line.len()) else { break };
        let to = (*to as usize - start).min(line.len());
        if let (Some(before), Some(inside)) = (line.get(at..from), line.get(from..to)) {
            out.push_str(&escaped(before));
            out.push_str("<mark>");
            out.push_str(&escaped(inside));
            out.push_str("</mark>");
            at = to;
        }
    }
    out.push_str(&escaped(&line[at..]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cold_is_marked_in_its_line() {
        let mut out = String::new();
        marked(&mut out, "match code 550, <x>", 100, &[(90, 95), (111, 114), (116, 119), (130, 140)]);
        assert_eq!(out, "match code <mark>550</mark>, <mark>&lt;x&gt;</mark>");
    }
}
