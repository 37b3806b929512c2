//! `match` and `unless` lines.

use super::Resolver;
use super::names::Kind;
use super::rule::Context;
use super::values::{Bad, code_range, enhanced_range};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::Phase;
use crate::ruleset::{Alternative, CodeSet, Column, Condition, EnhancedSet, HostSet, PhaseSet, TagSet, TagTest};
use crate::source::Span;
use crate::syntax::ast::{self, Cell, Layer, Pattern, Quoted, Word};

impl Resolver<'_> {
    pub(super) fn condition(&mut self, line: &ast::Condition, layer: Layer, context: &Context<'_>) -> Condition {
        let column = match line.column.text.as_str() {
            "code" => Column::Code(self.codes(&line.cells, line.place.0)),
            "enhanced" => Column::Enhanced(self.enhanced(&line.cells)),
            "status" => Column::Status(self.enhanced(&line.cells)),
            "host" => Column::Host(self.hosts(&line.cells)),
            "domain" => Column::Domain(self.hosts(&line.cells)),
            "phase" => Column::Phase(self.phases(&line.cells)),
            "phrase" => Column::Phrase(self.alternatives(&line.cells, context)),
            "text" => {
                let (none, cells) = self.none_of(&line.cells);
                Column::Text(self.alternatives(&cells, context), none)
            }
            "tag" => Column::Tag(self.tag_set(&line.cells)),
            _ => {
                if layer != Layer::Override {
                    let diagnostic = Diagnostic::new(
                        Code::E0066,
                        line.place.0,
                        format!("a {} cannot ask for the tenant", layer.as_str()),
                    )
                    .help("what a reply means does not depend on who sent it; write an `override` for that tenant");
                    self.report(diagnostic);
                }
                let (none, cells) = self.none_of(&line.cells);
                let names: Vec<Quoted> = cells.iter().filter_map(|cell| self.quoted(cell)).collect();
                Column::Tenant(names.iter().map(|name| self.plain(name)).collect(), none)
            }
        };
        Condition { unless: line.unless, column, span: line.place.0 }
    }

    /// Takes `none` out of the cells.
    fn none_of(&self, cells: &[Cell]) -> (bool, Vec<Cell>) {
        let is_none = |cell: &Cell| matches!(cell, Cell::Word(word) if word.text == "none");
        (cells.iter().any(is_none), cells.iter().filter(|cell| !is_none(cell)).cloned().collect())
    }

    /// The words of a column that has no strings.
    fn words_of(&mut self, cells: &[Cell], what: &str) -> Vec<Word> {
        let mut words = Vec::new();
        for cell in cells {
            match cell {
                Cell::Word(word) => words.push(word.clone()),
                Cell::Pattern(Pattern::Phrase(Quoted(word)) | Pattern::Regex(word)) => {
                    let outer = Span { start: word.span.start - 1, end: word.span.end + 1, ..word.span };
                    let diagnostic = Diagnostic::new(Code::E0041, outer, format!("{what} stand here, without quotes"))
                        .fix(outer, word.text.clone());
                    self.report(diagnostic);
                }
            }
        }
        words
    }

    fn codes(&mut self, cells: &[Cell], line: Span) -> CodeSet {
        let (none, cells) = self.none_of(cells);
        let mut set = CodeSet { none, ..CodeSet::default() };
        for word in self.words_of(&cells, "reply codes") {
            match code_range(&word.text) {
                Ok((low, _)) if low < 300 && !self.in_prelude(word.span) => {
                    let diagnostic = Diagnostic::new(
                        Code::E0068,
                        word.span,
                        format!("`{}` is success, which no rule is asked about", word.text),
                    )
                    .also(line, "in this line")
                    .help("a 2xx is `delivered` before any rule is looked at: take it out");
                    self.report(diagnostic);
                }
                Ok(range) => set.ranges.push(range),
                Err(bad) => {
                    let help = if enhanced_range(&word.text).is_ok() {
                        "this is an enhanced code: `match enhanced`"
                    } else {
                        "a reply code has three digits, the first 4 or 5; `4xx` is all that begin with 4, `450..452` is a range"
                    };
                    self.bad_value(bad, &word, Code::E0030, "a reply code", help);
                }
            }
        }
        set
    }

    fn enhanced(&mut self, cells: &[Cell]) -> EnhancedSet {
        let (none, cells) = self.none_of(cells);
        let mut set = EnhancedSet { none, ..EnhancedSet::default() };
        for word in self.words_of(&cells, "enhanced codes") {
            match enhanced_range(&word.text) {
                Ok(range) => set.ranges.push(range),
                Err(bad) => {
                    let help = if code_range(&word.text).is_ok() {
                        "this is a reply code: `match code`"
                    } else {
                        "write three numbers with points (`5.1.1`); `*` stands for any of them, `5.7.606..649` is a range; the first is 2, 4 or 5"
                    };
                    self.bad_value(bad, &word, Code::E0031, "an enhanced code", help);
                }
            }
        }
        set
    }

    fn quoted(&mut self, cell: &Cell) -> Option<Quoted> {
        match cell {
            Cell::Pattern(Pattern::Phrase(quoted)) => Some(quoted.clone()),
            Cell::Pattern(Pattern::Regex(word)) => {
                self.error(Code::E0041, word.span, "a name stands here, not an expression");
                None
            }
            Cell::Word(word) => {
                let diagnostic =
                    Diagnostic::new(Code::E0041, word.span, format!("`{}` stands here without quotes", word.text))
                        .help("names of hosts, domains and tenants stand in quotes")
                        .fix(word.span, format!("\"{}\"", word.text));
                self.report(diagnostic);
                None
            }
        }
    }

    fn hosts(&mut self, cells: &[Cell]) -> HostSet {
        let (none, cells) = self.none_of(cells);
        let mut set = HostSet { none, ..HostSet::default() };
        for cell in &cells {
            if let Some(pattern) = self.quoted(cell).and_then(|quoted| self.host_pattern(&quoted)) {
                set.patterns.push(pattern);
            }
        }
        set
    }

    fn phases(&mut self, cells: &[Cell]) -> PhaseSet {
        let (none, cells) = self.none_of(cells);
        let mut set = PhaseSet { none, ..PhaseSet::default() };
        for word in self.words_of(&cells, "phases") {
            set.phases.extend(self.phase(&word));
        }
        set
    }

    pub(super) fn phase(&mut self, word: &Word) -> Option<Phase> {
        let phase = word.text.parse().ok();
        if phase.is_none() {
            let known = Phase::ALL.map(Phase::as_str);
            let mut diagnostic = Diagnostic::new(Code::E0032, word.span, format!("`{}` is not a phase", word.text));
            diagnostic = match crate::spelling::nearest(&word.text, known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(word.span, near),
                None => diagnostic
                    .help("known are `connect`, `ehlo`, `mail`, `rcpt`, `data`, `end-of-data` and, in a match, `none`"),
            };
            self.report(diagnostic);
        }
        phase
    }

    fn alternatives(&mut self, cells: &[Cell], context: &Context<'_>) -> Vec<Alternative> {
        let mut all = Vec::new();
        for cell in cells {
            match cell {
                Cell::Pattern(pattern) => {
                    all.extend(self.pattern(pattern).map(|pattern| Alternative {
                        pattern,
                        sets: Vec::new(),
                        see: Vec::new(),
                    }));
                }
                Cell::Word(word) if word.text == "none" => {
                    let diagnostic = Diagnostic::new(Code::E0041, word.span, "there is no lack of a phrase to ask for")
                        .help("a phrase that must not stand there is an `unless phrase`; an empty text is `match text none`");
                    self.report(diagnostic);
                }
                Cell::Word(word) => {
                    if let Some(number) = self.look_up(Kind::Phrases, word) {
                        all.extend(context.phrases[number as usize].iter().cloned());
                    }
                }
            }
        }
        all.shrink_to_fit();
        all
    }

    fn tag_set(&mut self, cells: &[Cell]) -> TagSet {
        let mut set = TagSet::default();
        for cell in cells {
            match cell {
                Cell::Word(word) if word.text == "none" => set.none = true,
                Cell::Word(word) => match tag_test(&word.text) {
                    Ok(test) => set.tests.push(test),
                    Err(bad) => {
                        let help = "write a tag (`S3150`), a range of numbers (`988..990`, `TSS04..TSS09`), or a beginning (`OFR_*`)";
                        self.bad_value(bad, word, Code::E0041, "a tag", help);
                    }
                },
                Cell::Pattern(Pattern::Phrase(quoted)) => {
                    let tag = self.plain(quoted).to_lowercase();
                    set.tests.push(TagTest::Exact(tag));
                }
                Cell::Pattern(Pattern::Regex(word)) => {
                    self.error(Code::E0041, word.span, "a tag stands here, not an expression");
                }
            }
        }
        set
    }
}

fn tag_test(text: &str) -> Result<TagTest, Bad> {
    let text = text.to_lowercase();
    if let Some((low, high)) = text.split_once("..") {
        let digits = |tag: &str| tag.len() - tag.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (prefix, from) = low.split_at(low.len() - digits(low));
        let to = high.strip_prefix(prefix).unwrap_or(high);
        let (low, high) = (from.parse().map_err(|_| Bad::Form)?, to.parse().map_err(|_| Bad::Form)?);
        if from.len() > 18 || to.len() > 18 {
            return Err(Bad::Form);
        }
        return if low <= high { Ok(TagTest::Range { prefix: prefix.to_owned(), low, high }) } else { Err(Bad::Empty) };
    }
    match text.strip_suffix('*') {
        Some("") => Err(Bad::Form),
        Some(prefix) if !prefix.contains('*') => Ok(TagTest::Prefix(prefix.to_owned())),
        None if !text.contains('*') => Ok(TagTest::Exact(text)),
        _ => Err(Bad::Form),
    }
}
