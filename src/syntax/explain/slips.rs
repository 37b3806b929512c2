//! Slips that are made often: each is known by what stands there, and told with what mends it.

use super::words::{COLUMNS, hint, known_in};
use super::{G, Mistake};
use crate::diagnostic::{Code, Diagnostic};

impl Mistake<'_> {
    /// A quote that the rest of its line does not answer.
    pub(super) fn unclosed_string(&self) -> Option<Diagnostic> {
        let line_start = self.line_start();
        let line = self.line();
        let (open, quote) = open_quote(line)?;
        if line_start + open > self.at {
            return None;
        }
        let end = line_start + line.trim_end().len();
        let message = format!("the string that begins here has no closing `{quote}` on its line");
        let help = match quote {
            '"' => "close it; a quote inside is written `\\\"`, and a string cannot go over a line's end",
            _ => "close it; a quote inside is doubled, and a string cannot go over a line's end",
        };
        let span = self.span(line_start + open, end);
        Some(Diagnostic::new(Code::E0003, span, message).help(help).fix(self.span(end, end), quote.to_string()))
    }

    /// The end of the item where a line or a `}` was expected.
    pub(super) fn unclosed_block(&self) -> Option<Diagnostic> {
        let open = self.text.find('{').filter(|open| *open < self.at)?;
        if !self.text[self.at..].lines().all(is_blank) {
            return None;
        }
        let head = self.text[..open].trim_end();
        // Comments at the end most likely belong to what follows.
        let end = self.text.trim_end().len();
        let end = lines_with_places(&self.text[..end]).filter(|(_, line)| !is_blank(line)).last();
        let end = end.map_or(self.text.len(), |(at, line)| at + line.trim_end().len());
        Some(
            Diagnostic::new(Code::E0005, self.span(0, head.len()), format!("the block of `{head}` is not closed"))
                .label("opened here")
                .help("add a `}` after its last line")
                .fix(self.span(end, end), "\n}"),
        )
    }

    /// `// a comment`
    pub(super) fn comment_sign(&self) -> Option<Diagnostic> {
        self.text[self.at..].starts_with("//").then(|| {
            let span = self.span(self.at, self.at + 2);
            Diagnostic::new(Code::E0001, span, "`//` begins no comment")
                .help("a comment begins with `#`")
                .fix(span, "#")
        })
    }

    /// A head without its `{`, or with the `{` on the next line. The grammar's literals leave no trace
    /// in pest's errors, so this is looked for by hand.
    pub(super) fn missing_open_brace(&self) -> Option<Diagnostic> {
        let block = self.block();
        let has_block = known_in("file").contains(&block) && !matches!(block, "language" | "use");
        let head = self.text.lines().next()?;
        let head = head[..head.find('#').unwrap_or(head.len())].trim_end();
        if block != "change profile" && !has_block || head.contains('{') {
            return None;
        }
        // A mistake within the head is told as such.
        if self.at > 0 && self.at < head.len() || head.split_whitespace().count() < 2 && block != "policy" {
            return None;
        }
        let after = self.text[head.len()..].trim_start();
        let diagnostic = |message| Diagnostic::new(Code::E0001, self.span(0, head.len()), message);
        if after.starts_with('{') {
            let gap = self.span(head.len(), self.text.len() - after.len());
            return Some(
                diagnostic(format!("the `{{` of `{head}` stands on another line"))
                    .help("put it at the end of the head")
                    .fix(gap, " "),
            );
        }
        let end = self.span(head.len(), head.len());
        Some(
            diagnostic(format!("`{head}` has no `{{`"))
                .help("a block begins with a `{` on the line of its head")
                .fix(end, " {"),
        )
    }

    /// A `}` that closes nothing.
    pub(super) fn stray_brace(&self) -> Option<Diagnostic> {
        let found = self.text[..self.at].trim().is_empty() && self.found() == "}";
        found.then(|| {
            let diagnostic = Diagnostic::new(Code::E0001, self.found_span(), "this `}` closes no block");
            diagnostic.help("remove it").fix(self.found_span(), "")
        })
    }

    /// A comma at the end of the line before, which makes this line go on with it.
    pub(super) fn comma_before(&self) -> Option<Diagnostic> {
        let line_start = self.line_start();
        let first = self.line().split_whitespace().next()?;
        if first != "}" && !known_in(self.block()).contains(&first) {
            return None;
        }
        let (at, before) = lines_with_places(&self.text[..line_start]).filter(|(_, line)| !is_blank(line)).last()?;
        let before = before[..before.find('#').unwrap_or(before.len())].trim_end();
        let comma = at + before.strip_suffix(',')?.len();
        let span = self.span(comma, comma + 1);
        let message = format!("after this comma the line goes on, but `{first}` follows");
        Some(Diagnostic::new(Code::E0001, span, message).help("remove the comma").fix(span, ""))
    }

    /// Something behind the `}` that ends the item.
    pub(super) fn after_block(&self) -> Option<Diagnostic> {
        let before = self.text[..self.at].trim_end();
        if !self.expected.contains(&G::EOI) || !before.ends_with('}') {
            return None;
        }
        let (found, span) = (self.found(), self.found_span());
        if found == "}" {
            let diagnostic = Diagnostic::new(Code::E0001, span, "this `}` closes no block");
            return Some(diagnostic.help("remove it").fix(span, ""));
        }
        let diagnostic = Diagnostic::new(Code::E0001, span, format!("`{found}` stands on the line where an item ends"));
        if !known_in("file").contains(&found) {
            return Some(diagnostic.help("nothing but a comment follows a `}`"));
        }
        let gap = self.span(before.len(), self.at);
        Some(diagnostic.help("begin each item on a line of its own").fix(gap, "\n\n"))
    }

    /// Two lines on one.
    pub(super) fn second_line(&self) -> Option<Diagnostic> {
        let found = self.found();
        let is_line = self.is_inside_block() && !self.at_line_start() && known_in(self.block()).contains(&found);
        let is_complete = self.expected.contains(&G::comment);
        let before = self.text[..self.at].trim_end();
        if !is_line || !is_complete || before.ends_with([',', '{']) {
            return None;
        }
        let line = self.line();
        let indent = &line[..line.len() - line.trim_start().len()];
        let diagnostic =
            Diagnostic::new(Code::E0001, self.found_span(), format!("`{found}` begins in the middle of a line"));
        let gap = self.span(before.len(), self.at);
        Some(diagnostic.help("begin it on a line of its own").fix(gap, format!("\n{indent}")))
    }

    /// Signs and quotes that other languages have.
    pub(super) fn slip(&self, diagnostic: &Diagnostic) -> Option<Diagnostic> {
        let (found, span) = (self.found(), self.found_span());
        let told = diagnostic.clone();
        let before = self.text[..self.at].trim_end();
        let column = self.line().split_whitespace().nth(1).filter(|_| self.is_condition());
        Some(match found {
            "\u{201C}" | "\u{201D}" | "\u{201E}" | "\u{AB}" => {
                let help = "strings stand in plain quotes";
                let closing = ['\u{201C}', '\u{201D}', '\u{BB}', '"'];
                let whole = self.found_string(&['\u{201C}', '\u{201D}', '\u{201E}', '\u{AB}'], &closing);
                match whole.map(|whole| {
                    (whole, whole.trim_matches(|c| c == '\u{201E}' || c == '\u{AB}' || closing.contains(&c)))
                }) {
                    Some((whole, inside)) if !inside.contains(['"', '\\']) => {
                        let span = self.span(self.at, self.at + whole.len());
                        Diagnostic::new(told.code(), span, told.message()).help(help).fix(span, format!("\"{inside}\""))
                    }
                    _ => told.help(help).fix(span, "\""),
                }
            }
            "or" | "OR" | "||" | "|" if self.is_condition() => {
                let gap = self.span(before.len(), self.at + found.len());
                told.help("alternatives are separated by commas").fix(gap, ",")
            }
            "and" | "or" | "not" | "&" | "|" | "!" => told.help(hint("and", self.block()).unwrap_or_default()),
            "=" | ":" => {
                let after = &self.text[self.at + 1..];
                let blank = after.len() - after.trim_start_matches([' ', '\t', '=']).len();
                let gap = self.span(before.len(), self.at + 1 + blank);
                told.help("a keyword and its value stand side by side, without a sign between").fix(gap, " ")
            }
            _ if !found.is_empty() && found.trim().is_empty() => {
                told.help("only spaces and tabs stand between words").fix(span, " ")
            }
            "\u{FEFF}" => told.help("a byte order mark stands at the start of a file only").fix(span, ""),
            ";" => told.help("a line ends where it ends, without a sign").fix(span, ""),
            "'" if self.expected.contains(&G::cell) || self.expected.contains(&G::string) => {
                told.help("strings stand in double quotes; a regular expression is asked for by name: `regex '…'`")
            }
            "\"" if self.expected.contains(&G::raw_string) => told.help("regular expressions stand in single quotes"),
            "\"" if self.expected.contains(&G::name) => {
                let told = told.help("names stand without quotes");
                match self.found_string(&['"'], &['"']).map(|whole| (whole, whole.trim_matches('"'))) {
                    Some((whole, name)) if is_name(name) => told.fix(self.span(self.at, self.at + whole.len()), name),
                    _ => told,
                }
            }
            _ if before.ends_with('"') && found == "\"" && self.is_complete() => {
                let end = self.span(before.len(), before.len());
                told.help("several values are separated by commas").fix(end, ",")
            }
            "" => return None,
            _ if self.is_condition() && self.is_complete() && COLUMNS.contains(&found) => {
                let line = self.line();
                let indent = &line[..line.len() - line.trim_start().len()];
                let keyword = line.split_whitespace().next().unwrap_or_default();
                let gap = self.span(before.len(), self.at);
                told.help("each condition has a line of its own").fix(gap, format!("\n{indent}{keyword} "))
            }
            _ if matches!(column, Some("phrase" | "text" | "host" | "domain" | "tenant"))
                && self.is_complete()
                && is_value(found) =>
            {
                told.help("what stands in the text or names a host is in double quotes")
            }
            _ if self.takes_more_values() && self.is_complete() && is_value(found) => {
                let end = self.span(before.len(), before.len());
                told.help("several values are separated by commas").fix(end, ",")
            }
            _ => return None,
        })
    }

    fn is_condition(&self) -> bool {
        matches!(self.line().split_whitespace().next(), Some("match" | "unless"))
    }

    /// Whether another value of the same kind could follow with a comma.
    fn takes_more_values(&self) -> bool {
        let before = &self.text[self.line_start()..self.at];
        match before.split_whitespace().next() {
            Some("match" | "unless" | "category") => true,
            Some("retry") => {
                self.found().starts_with(|c: char| c.is_ascii_digit())
                    && !before.contains(" until ")
                    && !before.contains(" up ")
            }
            _ => false,
        }
    }

    /// Whether the line could have ended here.
    pub(super) fn is_complete(&self) -> bool {
        self.expected.contains(&G::comment)
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
}

fn is_value(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '*'))
}

/// Nothing but blanks and a comment.
fn is_blank(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with('#')
}

fn lines_with_places(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().map(|line| (line.as_ptr() as usize - text.as_ptr() as usize, line))
}

/// The place and kind of a quote that its line does not close.
fn open_quote(line: &str) -> Option<(usize, char)> {
    let mut open = None;
    let mut escaped = false;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match (open, c) {
            (None, '#') => return None,
            // An apostrophe within a word opens nothing.
            (None, '\'') if before.is_alphanumeric() => {}
            (None, '"' | '\'') => open = Some((at, c)),
            (Some((_, '"')), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some((_, quote)), _) if c == quote && !escaped => open = None,
            _ => {}
        }
        escaped = false;
        before = c;
    }
    open
}
