//! Writes valid files at random, as untidily as the grammar allows: every item, line, action and
//! circumstance, with blanks, blank lines and comments wherever they may stand.
//!
//! Each choice takes a byte; where the bytes have run out, every choice is the first, which is the
//! plainest. So a file that fails shrinks with its bytes.

/// The file that `choices` stand for.
pub(crate) fn file(choices: Vec<u8>) -> String {
    let mut writer = Writer { choices: choices.into_iter(), out: String::new() };
    let ends_in_comment = writer.one_in(4);
    if writer.one_in(8) {
        writer.out.push('\u{FEFF}');
    }
    writer.gap();
    while writer.choices.len() > 0 {
        writer.item();
        writer.blank();
        if writer.choices.len() == 0 {
            break;
        }
        writer.line_end();
        writer.gap();
    }
    if ends_in_comment {
        writer.out.push_str("  # no line's end after this");
    }
    writer.out
}

const NAMES: &[&str] = &[
    "a",
    "mailbox-full",
    "rule-x",
    "matchcode",
    "retry-later",
    "for-now",
    "use-it",
    "none-such",
    "until",
    "profile",
    "by",
    "field",
    "phrases",
    "regex",
    "after",
    "google.over-quota",
    "x_1",
    "see",
    "set",
    "no",
    "match",
    "policy",
    "S3150",
];
const NUMBERS: &[&str] = &["1", "5m", "24h", "5..20", "100/h", "2027-01-01", "2026-02-27T04:00+01:00", "5.1.1", "0"];
const WORDS: &[&str] = &[
    "550",
    "4xx",
    "450..452",
    "none",
    "5.7.*",
    "*.2.2",
    "5.7.606..649",
    "S3150",
    "OFR_*",
    "In-1310",
    "988..990",
    "over-quota",
    "regex",
    "rcpt",
    "end-of-data",
    "?",
];
const STRINGS: &[&str] = &[
    "",
    "over quota",
    "mailbox * full",
    "{ip:ip}",
    "\\\"",
    "\\\\",
    "a # b",
    "a\tb  c",
    "é漢",
    "'",
    "}",
    "{",
    ",",
    "\\{x\\} \\* \\n",
    "a phrase that is rather long, so that a list of it goes over a line's end",
];
const EXPRESSIONS: &[&str] = &["", "a|b", "it''s", "\\bquota (exceeded|full)\\b", "''", "\"#{},\\", "a  b\tc"];
const COMMENTS: &[&str] = &["#", "# plain", "#\tcolumn\t ", "# \" ' { } , #", "# é 漢 \u{a0}", "#}"];

struct Writer {
    choices: std::vec::IntoIter<u8>,
    out: String,
}

impl Writer {
    fn below(&mut self, count: usize) -> usize {
        self.choices.next().map_or(0, usize::from) % count
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    fn any(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    // ---- what stands between ---------------------------------------------------------------

    /// Blanks that may be left out.
    fn blank(&mut self) {
        let text = self.any(&["", " ", "\t", "   ", "", " "]);
        self.out.push_str(text);
    }

    fn comment(&mut self) {
        let text = self.any(COMMENTS);
        self.out.push_str(text);
    }

    fn line_end(&mut self) {
        self.blank();
        if self.one_in(4) {
            self.comment();
        }
        let end = self.any(&["\n", "\n", "\r\n", "\r"]);
        self.out.push_str(end);
    }

    /// Blank lines and comments, or nothing.
    fn gap(&mut self) {
        for _ in 0..self.below(4).saturating_sub(1) {
            self.line_end();
        }
        self.blank();
    }

    fn open(&mut self) {
        self.blank();
        self.out.push('{');
        self.gap();
    }

    fn next(&mut self) {
        self.line_end();
        self.gap();
    }

    /// A word, and what parts it from the word before.
    fn word(&mut self, word: &str) {
        self.blank();
        let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.*/:+?".contains(c);
        if self.out.ends_with(is_word) && word.starts_with(is_word) {
            self.out.push(' ');
        }
        self.out.push_str(word);
    }

    fn words(&mut self, words: &str) {
        words.split(' ').for_each(|word| self.word(word));
    }

    fn name(&mut self) {
        let name = self.any(NAMES);
        self.word(name);
    }

    fn number(&mut self) {
        let number = self.any(NUMBERS);
        self.word(number);
    }

    fn string(&mut self) {
        let string = self.any(STRINGS);
        self.blank();
        self.out.push_str(&format!("\"{string}\""));
    }

    fn pattern(&mut self) {
        if self.one_in(3) {
            let expression = self.any(EXPRESSIONS);
            self.word("regex");
            self.blank();
            self.out.push_str(&format!("'{expression}'"));
        } else {
            self.string();
        }
    }

    fn list(&mut self, mut each: impl FnMut(&mut Writer)) {
        each(self);
        for _ in 0..self.below(6).saturating_sub(2) {
            self.blank();
            self.out.push(',');
            self.gap();
            each(self);
        }
    }

    fn block(&mut self, mut line: impl FnMut(&mut Writer)) {
        self.open();
        let count = self.below(7);
        for n in 0..count {
            line(self);
            // The last line may end with its block.
            if n + 1 < count || self.one_in(2) {
                self.next();
            }
        }
        self.blank();
        self.out.push('}');
    }

    // ---- items ------------------------------------------------------------------------------

    fn item(&mut self) {
        match self.below(12) {
            0 => {
                self.word("language");
                self.number();
            }
            1 => self.words("use builtin"),
            2 => {
                let what = self.any(&["use", "use builtin"]);
                self.words(what);
                self.string();
            }
            3 => {
                self.word("profile");
                self.name();
                self.block(Writer::profile_line);
            }
            4 => self.phrases(),
            5 => {
                self.word("reason");
                self.name();
                self.block(Writer::reason_line);
            }
            6 => {
                self.word("policy");
                self.block(Writer::policy_line);
            }
            7 => {
                self.word("change");
                self.name();
                self.block(Writer::outcome_line);
            }
            8 => {
                self.words("change profile");
                self.name();
                self.block(Writer::profile_setting);
            }
            9 => {
                self.word("test");
                self.string();
                self.block(Writer::test_line);
            }
            _ => {
                let layer = self.any(&["rule", "override", "fallback"]);
                self.word(layer);
                self.name();
                if self.one_in(2) {
                    self.word("for");
                    self.name();
                }
                self.block(Writer::rule_line);
            }
        }
    }

    fn profile_line(&mut self) {
        match self.below(5) {
            0 => {
                let keyword = self.any(&["hosts", "domains", "tags"]);
                self.word(keyword);
                self.list(Writer::string);
            }
            1 => {
                self.word("extends");
                self.name();
            }
            _ => self.profile_setting(),
        }
    }

    fn profile_setting(&mut self) {
        match self.below(3) {
            0 => {
                self.word("retry");
                self.schedule();
            }
            1 => {
                self.word("connections");
                self.number();
            }
            _ => {
                self.word("charset");
                self.string();
            }
        }
    }

    fn phrases(&mut self) {
        self.word("phrases");
        self.name();
        self.open();
        let count = self.below(6);
        for n in 0..count {
            self.pattern();
            for _ in 0..self.below(4) {
                if self.one_in(2) {
                    self.word("see");
                } else {
                    self.word("set");
                    self.name();
                }
                self.string();
            }
            match self.below(3) {
                0 => self.next(),
                1 => {
                    self.blank();
                    self.out.push(',');
                    self.gap();
                }
                _ if n + 1 < count => self.next(),
                _ => {}
            }
        }
        self.blank();
        self.out.push('}');
    }

    fn reason_line(&mut self) {
        match self.below(5) {
            0 => {
                self.word("category");
                self.list(Writer::name);
            }
            1 => {
                self.word("do");
                self.actions();
            }
            2 => {
                self.word("advice");
                self.string();
            }
            _ => {
                let keyword = self.any(&["fault", "scope"]);
                self.word(keyword);
                self.name();
            }
        }
    }

    fn policy_line(&mut self) {
        if self.one_in(4) {
            self.word("retry");
            self.schedule();
        } else {
            let category = self.any(&["hard", "soft", "auto-reply", "complaint"]);
            self.word(category);
            self.actions();
        }
    }

    fn rule_line(&mut self) {
        match self.below(6) {
            0 => self.condition(),
            1 => {
                self.word("source");
                self.string();
                self.name();
                if self.below(4) == 0 {
                    self.word("2026-05-31");
                }
            }
            2 => {
                self.word("example");
                self.said();
            }
            3 => self.condition(),
            _ => self.outcome_line(),
        }
    }

    fn condition(&mut self) {
        let keyword = self.any(&["match", "unless"]);
        self.word(keyword);
        let columns = ["code", "enhanced", "status", "host", "domain", "phase", "phrase", "text", "tag", "tenant"];
        let column = self.any(&columns);
        self.word(column);
        self.list(|writer| {
            if writer.one_in(2) {
                writer.pattern();
            } else {
                let word = writer.any(WORDS);
                writer.word(word);
            }
        });
    }

    fn outcome_line(&mut self) {
        match self.below(7) {
            0 | 1 => self.actions(),
            2 => {
                self.word("also");
                self.actions();
            }
            3 => {
                self.word("then");
                self.name();
                if self.one_in(2) {
                    self.name();
                }
            }
            4 => {
                let keyword = self.any(&["say", "see"]);
                self.word(keyword);
                self.string();
            }
            _ => {
                let keyword = self.any(&["from", "until"]);
                self.word(keyword);
                self.number();
            }
        }
    }

    fn test_line(&mut self) {
        match self.below(3) {
            0 => {
                self.word("reply");
                self.said();
            }
            1 => {
                self.words("expect field");
                self.name();
                self.string();
            }
            _ => {
                self.word("expect");
                // A category or reason that is called `by` cannot stand second: there it is the keyword.
                self.word("soft");
                if self.one_in(2) {
                    self.word("mailbox-full");
                }
                if self.one_in(2) {
                    self.word("by");
                    self.name();
                }
            }
        }
    }

    fn said(&mut self) {
        self.string();
        for _ in 0..self.below(4) {
            match self.below(6) {
                0 => {
                    self.word("at");
                    self.name();
                }
                1 => {
                    self.word("on");
                    self.number();
                }
                2 => {
                    self.word("status");
                    self.number();
                }
                _ => {
                    let keyword = self.any(&["from", "to", "tenant"]);
                    self.word(keyword);
                    self.string();
                }
            }
        }
    }

    // ---- actions ----------------------------------------------------------------------------

    fn actions(&mut self) {
        self.list(Writer::action);
    }

    fn action(&mut self) {
        match self.below(9) {
            0 => {
                let action = self.any(&["gate", "alert", "ignore", "no retry", "suppress", "pause"]);
                self.words(action);
            }
            1 => {
                self.word("retry");
                self.schedule();
            }
            2 => self.words("retry by profile"),
            3 => {
                self.words("retry after");
                self.blank();
                self.out.push_str("{wait}");
                if self.one_in(2) {
                    self.word("else");
                    self.number();
                }
                self.limits();
            }
            4 | 5 => {
                self.word("pause");
                if self.one_in(2) {
                    self.word("after");
                    self.number();
                    self.word("within");
                    self.number();
                }
                self.period();
            }
            6 => {
                self.word("suppress");
                self.period();
            }
            _ => {
                let head = self.any(&["throttle host to", "throttle profile to"]);
                self.words(head);
                self.number();
                let what = self.any(&["for", "connections for", "connection for"]);
                self.words(what);
                self.number();
            }
        }
    }

    fn period(&mut self) {
        if self.one_in(2) {
            self.word("for");
            self.number();
        }
    }

    fn schedule(&mut self) {
        self.list(Writer::number);
        self.limits();
    }

    fn limits(&mut self) {
        for _ in 0..self.below(3) {
            if self.one_in(2) {
                self.word("until");
                self.number();
            } else {
                self.words("up to");
                self.number();
                let unit = self.any(&["times", "time"]);
                self.word(unit);
            }
        }
    }
}
