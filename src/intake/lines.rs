//! Inputs that are no lines by themselves, turned into lines as they are read.
//!
//! Blocks are cut at line ends, and read by threads that know nothing of each other. So an input whose parts go over
//! several lines has each part written on one: a row of a CSV file whose cells hold line ends, an entry of the journal, a
//! JSON object over many lines.

use super::Format;
use super::log::Rows;
use super::log::export::Export;
use super::service::Bodies;
use std::io::{Read, Result};

/// How much is read at a time.
const STEP: usize = 64 * 1024;

/// What writes each part of an input on a line of its own.
pub(super) trait Reshape {
    /// Takes the next bytes, and writes what is whole.
    fn put(&mut self, bytes: &[u8], out: &mut Vec<u8>);

    /// Writes what is left when nothing more comes.
    fn end(&mut self, out: &mut Vec<u8>);
}

/// An input of some format, as lines.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    shape: Shape,
    raw: Vec<u8>,
    /// What is to be given, and how much of it was.
    out: Vec<u8>,
    given: usize,
    over: bool,
}

#[derive(Debug)]
enum Shape {
    /// It is lines already.
    Plain,
    Rows(Rows),
    Export(Box<Export>),
    Bodies(Bodies),
}

impl<R> Lines<R> {
    /// The lines of an input that is written so.
    pub fn new(format: Format, input: R) -> Lines<R> {
        let shape = match format {
            Format::PowerMta => Shape::Rows(Rows::default()),
            Format::Journal => Shape::Export(Box::default()),
            _ if format.is_objects() => Shape::Bodies(Bodies::default()),
            _ => Shape::Plain,
        };
        Lines { input, shape, raw: Vec::new(), out: Vec::new(), given: 0, over: false }
    }

    /// The input itself.
    pub fn input(&self) -> &R {
        &self.input
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let reshape: &mut dyn Reshape = match &mut self.shape {
            Shape::Plain => return self.input.read(buffer),
            Shape::Rows(rows) => rows,
            Shape::Export(export) => export.as_mut(),
            Shape::Bodies(bodies) => bodies,
        };
        while self.given == self.out.len() && !self.over {
            (self.given, _) = (0, self.out.clear());
            self.raw.resize(STEP, 0);
            let read = self.input.read(&mut self.raw)?;
            self.over = read == 0;
            match read {
                0 => reshape.end(&mut self.out),
                _ => reshape.put(&self.raw[..read], &mut self.out),
            }
        }
        let length = buffer.len().min(self.out.len() - self.given);
        buffer[..length].copy_from_slice(&self.out[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// What an input becomes, read in steps of that size, for tests.
#[cfg(test)]
pub(super) fn reshaped(reshape: &mut dyn Reshape, input: &[u8], step: usize) -> String {
    let mut out = Vec::new();
    for part in input.chunks(step) {
        reshape.put(part, &mut out);
    }
    reshape.end(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}
