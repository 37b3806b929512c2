//! What one thread does: takes a block, reads and classifies its lines, and hands over what came of it.

use super::input::{Input, Lines, Piece};
use super::latest::{Item, What};
use super::order::{COMPLAINTS_SHOWN, Order, Part};
use crate::engine::Engine;
use crate::intake::notice::Reader;
use crate::intake::{Attempt, Block, Complaint, Tally, Tied, Untied};
use crate::report::attempt::record;
use crate::report::disagreement::Disagreements;
use crate::report::summary::Summary;
use crate::report::write_json_line;
use std::fmt::Write;
use std::hash::RandomState;

/// How mails are read, and what is done on their word.
pub(super) struct Notices<'l> {
    pub(super) reader: Reader<'l>,
    /// Also what nothing ties to a mail that was sent may suppress.
    pub(super) trusts_untied: bool,
}

pub(super) struct Worker<'e> {
    engine: &'e Engine,
    notices: &'e Notices<'e>,
    json: bool,
    /// What messages and recipients are known by, where only the last of their attempts count.
    last: Option<&'e [RandomState; 2]>,
    block: Block,
    /// An attempt's place; used again and again.
    place: String,
    summary: Summary,
}

impl<'e> Worker<'e> {
    pub(super) fn new(
        engine: &'e Engine,
        notices: &'e Notices<'e>,
        json: bool,
        last: Option<&'e [RandomState; 2]>,
    ) -> Worker<'e> {
        let (block, place, summary) = (Block::default(), String::new(), Summary::default());
        Worker { engine, notices, json, last, block, place, summary }
    }

    /// Works until nothing is left to read, or nobody is there to be told. Gives what it counted.
    pub(super) fn run(mut self, input: &Input<'_>, order: &Order) -> Summary {
        let _absence = order.attend();
        while let Some((turn, piece)) = input.next(&mut self.block) {
            let mut part = order.blank();
            match piece {
                Piece::Lines(lines) => self.classify(&lines, turn, &mut part),
                Piece::Mail { place, mail } => self.read(&place, &mail, &mut part),
                Piece::Trouble(trouble) => part.trouble = Some(trouble),
            }
            if !order.give(turn, part) {
                break;
            }
        }
        self.summary
    }

    fn classify(&mut self, lines: &Lines, turn: u64, part: &mut Part) {
        let mut attempts = self.block.attempts(lines.format, Some(lines.now));
        if !self.json && self.last.is_none() {
            attempts = attempts.replies_alone();
        }
        // The attempt's number in the part.
        let mut number = 0;
        while let Some(next) = attempts.next() {
            match next {
                Ok(attempt) if self.json => {
                    if attempt.source.is_empty() {
                        self.place.clear();
                        // Writing to a string does not fail.
                        let _ = write!(self.place, "{}:{}", lines.name, attempts.line());
                    }
                    match self.last {
                        Some(keys) => {
                            let mut line = Vec::new();
                            write_record(self.engine, &attempt, &self.place, true, &mut line);
                            part.items.push(Item::new(&attempt, keys, What::Line(line)));
                        }
                        None => write_record(self.engine, &attempt, &self.place, true, &mut part.out),
                    }
                }
                Ok(attempt) => {
                    number += 1;
                    let verdict = self.engine.classify(&attempt.reply);
                    // What is told of no reply has no verdict that could agree or not.
                    let reported = attempt.reported.as_ref().filter(|_| attempt.reply.kind.is_none());
                    let differs = reported.and_then(|reported| {
                        let place = || format!("{}:{}", lines.name, attempts.line());
                        Disagreements::of(reported.category?, &reported.class, &verdict, (turn, number), place)
                    });
                    match self.last {
                        Some(keys) => {
                            let held = self.summary.hold(&verdict, differs);
                            part.items.push(Item::new(&attempt, keys, What::Counted(held)));
                        }
                        None => {
                            self.summary.add(&verdict);
                            differs.into_iter().for_each(|differs| self.summary.disagreements.merge(differs));
                        }
                    }
                }
                Err(message) if (part.complaints.len() as u64) < COMPLAINTS_SHOWN => {
                    part.complaints.push(Complaint { source: format!("{}:{}", lines.name, attempts.line()), message });
                }
                Err(_) => {}
            }
        }
        part.tally = attempts.tally();
    }

    /// What a mail tells, where it is a notice.
    fn read(&mut self, place: &str, mail: &[u8], part: &mut Part) {
        part.tally = Tally { mails: 1, ..Tally::default() };
        match self.notices.reader.read(mail) {
            Ok(attempts) => {
                part.tally.attempts = attempts.len() as u64;
                let is_foreign = |attempt: &Attempt<'_>| attempt.tied == Some(Tied::None(Untied::Foreign));
                part.tally.foreign = u64::from(attempts.iter().any(is_foreign));
                for attempt in &attempts {
                    self.told_by_mail(attempt, place, part);
                }
            }
            Err(refusal) => {
                part.tally.complaints = 1;
                part.complaints.push(Complaint { source: place.to_owned(), message: refusal.to_string() });
            }
        }
    }

    /// One verdict of a mail's; with `--final` it may be followed by another, in a log or in another mail.
    fn told_by_mail(&mut self, attempt: &Attempt<'_>, place: &str, part: &mut Part) {
        let trusts = self.notices.trusts_untied;
        match (self.json, self.last) {
            (true, None) => write_record(self.engine, attempt, place, trusts, &mut part.out),
            (true, Some(keys)) => {
                let mut line = Vec::new();
                write_record(self.engine, attempt, place, trusts, &mut line);
                part.items.push(Item::new(attempt, keys, What::Line(line)));
            }
            (false, None) => self.summary.add(&self.engine.classify(&attempt.reply)),
            (false, Some(keys)) => {
                let held = self.summary.hold(&self.engine.classify(&attempt.reply), None);
                part.items.push(Item::new(attempt, keys, What::Counted(held)));
            }
        }
    }
}

/// Writes an attempt's verdict; `place` is where it was read, if it does not say so itself.
fn write_record(engine: &Engine, attempt: &Attempt<'_>, place: &str, trusts_untied: bool, out: &mut Vec<u8>) {
    write_json_line(&record(attempt, engine.classify(&attempt.reply), Some(place), trusts_untied), out);
}
