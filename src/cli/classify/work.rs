//! What one thread does: takes a block, reads and classifies its lines, and hands over what came of it.

use super::input::{Input, Lines, Piece};
use super::latest::{Item, What};
use super::order::{COMPLAINTS_SHOWN, Order, Part};
use crate::engine::{Engine, Record};
use crate::intake::{Attempt, Block, Complaint, Logged};
use crate::report::disagreement::Disagreements;
use crate::report::summary::Summary;
use crate::report::write_json_line;
use std::fmt::Write;
use std::hash::RandomState;

pub(super) struct Worker<'e> {
    engine: &'e Engine,
    json: bool,
    /// What messages and recipients are known by, where only the last of their attempts count.
    last: Option<&'e [RandomState; 2]>,
    block: Block,
    /// An attempt's place; used again and again.
    place: String,
    summary: Summary,
}

impl<'e> Worker<'e> {
    pub(super) fn new(engine: &'e Engine, json: bool, last: Option<&'e [RandomState; 2]>) -> Worker<'e> {
        Worker { engine, json, last, block: Block::default(), place: String::new(), summary: Summary::default() }
    }

    /// Works until nothing is left to read, or nobody is there to be told. Gives what it counted.
    pub(super) fn run(mut self, input: &Input<'_>, order: &Order) -> Summary {
        let _absence = order.attend();
        while let Some((turn, piece)) = input.next(&mut self.block) {
            let mut part = order.blank();
            match piece {
                Piece::Lines(lines) => self.classify(&lines, turn, &mut part),
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
                            write_record(self.engine, &attempt, &self.place, &mut line);
                            part.items.push(Item::new(&attempt, keys, What::Line(line)));
                        }
                        None => write_record(self.engine, &attempt, &self.place, &mut part.out),
                    }
                }
                Ok(attempt) => {
                    number += 1;
                    let verdict = self.engine.classify(&attempt.reply);
                    // What is told of no reply has no verdict that could agree or not.
                    let reported = attempt.reported.as_ref().filter(|_| attempt.kind.is_none());
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
}

/// Writes an attempt's verdict; `place` is where it was read, if it does not say so itself.
fn write_record(engine: &Engine, attempt: &Attempt<'_>, place: &str, out: &mut Vec<u8>) {
    let record = Record {
        source: Some(if attempt.source.is_empty() { place } else { &attempt.source }),
        message: attempt.message.as_deref(),
        recipient: attempt.recipient.as_deref(),
        logged: attempt.logged.as_ref().map(Logged::as_str),
        via: attempt.via.as_deref(),
        reported: attempt.reported.as_ref().map(|told| (&*told.class, told.category)),
        verdict: engine.classify(&attempt.reply),
    };
    write_json_line(&record, out);
}
