//! An input cut into blocks of whole lines, in bounded memory whatever the lines.

use super::Format;
use super::lines::Lines;
use super::log::powermta::last_header;
use std::io::{ErrorKind, Read, Result};
use std::sync::Arc;

/// The longest line that is read, in bytes; the rest of a longer one is dropped and counted.
pub const LINE_LIMIT: usize = 64 * 1024;

/// How large blocks are, but for a line that is longer: they stay in a core's own cache.
const SIZE: usize = 256 * 1024;

/// How large they are at first: most inputs are small.
const FIRST_SIZE: usize = 8 * 1024;

/// Whole lines of an input, and where they stand in it. It is filled again and again.
#[derive(Debug, Default)]
pub struct Block {
    /// Only the beginning is in use.
    room: Vec<u8>,
    length: usize,
    first: u64,
    lines: u64,
    /// The longest line that is read.
    limit: usize,
    /// The header that stands before the block, in an input that has headers.
    header: Option<Arc<[u8]>>,
}

impl Block {
    /// The lines, with their ends; the input's last line may lack its own.
    pub fn bytes(&self) -> &[u8] {
        &self.room[..self.length]
    }

    /// The number of its first line in the input, which is counted from 1.
    pub fn first_line(&self) -> u64 {
        self.first
    }

    /// How many lines it has.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn header(&self) -> Option<&[u8]> {
        self.header.as_deref()
    }

    fn make_room(&mut self, size: usize) {
        if self.room.len() < size {
            self.room.resize(size, 0);
        }
    }
}

/// Cuts an input into blocks.
#[derive(Debug)]
pub struct Blocks<R> {
    input: R,
    size: usize,
    /// How large the next block may be; it grows as blocks fill up.
    room: usize,
    full: bool,
    limit: usize,
    /// Whether lines are read by the header above them, and which stands above those to come.
    headed: bool,
    header: Option<Arc<[u8]>>,
    /// The start of a line whose end is not in the last block.
    rest: Vec<u8>,
    /// The line that is being read is too long: what comes up to its end is dropped.
    dropping: bool,
    lines: u64,
    over: bool,
    failed: Option<std::io::Error>,
}

impl<R: Read> Blocks<Lines<R>> {
    /// Blocks of an input that is written so, whatever its lines are.
    pub fn of(format: Format, input: R) -> Blocks<Lines<R>> {
        let blocks = Blocks::new(Lines::new(format, input));
        Blocks { limit: format.line_limit(), headed: format == Format::PowerMta, ..blocks }
    }
}

impl<R: Read> Blocks<R> {
    /// Blocks that hold what a read gives, if that is a whole line: nobody waits for lines to come.
    pub fn new(input: R) -> Blocks<R> {
        Blocks {
            input,
            size: SIZE,
            room: FIRST_SIZE,
            full: false,
            limit: LINE_LIMIT,
            headed: false,
            header: None,
            rest: Vec::new(),
            dropping: false,
            lines: 0,
            over: false,
            failed: None,
        }
    }

    /// Blocks that are full, for an input that lies there as a whole.
    #[must_use]
    pub fn full(mut self) -> Blocks<R> {
        self.full = true;
        self
    }

    /// Blocks of another size. The results are the same; tests ask for very small ones.
    #[must_use]
    pub fn of_size(mut self, size: usize) -> Blocks<R> {
        self.size = size.max(1);
        self.room = self.room.min(self.size);
        self
    }

    /// The lines given so far.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The input.
    pub fn input(&self) -> &R {
        &self.input
    }

    /// Fills `block` with the next lines; tells whether there were any.
    ///
    /// # Errors
    /// What goes wrong in reading, after the lines that were whole by then have been given.
    pub fn fill(&mut self, block: &mut Block) -> Result<bool> {
        (block.length, block.lines) = (0, 0);
        block.make_room(self.room.max(self.rest.len() + 1));
        block.room[..self.rest.len()].copy_from_slice(&self.rest);
        let mut length = self.rest.len();
        self.rest.clear();
        // Where the last whole line ends.
        let mut end = 0;
        while !self.over && (end == 0 || self.full) {
            if length == block.room.len() {
                match length {
                    _ if length < self.size => self.grow(block),
                    _ if end > 0 => break,
                    _ if length <= self.limit => block.make_room(2 * length),
                    _ => {
                        self.dropping = true;
                        length = self.limit + 1;
                        block.make_room(2 * length);
                    }
                }
            }
            let mut read = match self.input.read(&mut block.room[length..]) {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.failed = Some(error);
                    0
                }
            };
            self.over = read == 0;
            if self.dropping {
                let Some(kept) = memchr::memchr(b'\n', &block.room[length..length + read]) else { continue };
                block.room.copy_within(length + kept..length + read, length);
                read -= kept;
                self.dropping = false;
            }
            let new = length..length + read;
            length = new.end;
            end = memchr::memrchr(b'\n', &block.room[new.clone()]).map_or(end, |last| new.start + last + 1);
        }
        if length == block.room.len() {
            self.grow(block);
        }
        if self.over && self.failed.is_none() {
            end = length;
        }
        let rest = &block.room[end..length];
        self.dropping |= rest.len() > self.limit;
        self.rest.extend_from_slice(&rest[..rest.len().min(self.limit + 1)]);
        if end == 0 {
            self.rest.clear();
            return self.failed.take().map_or(Ok(false), Err);
        }
        let unended = u64::from(block.room[end - 1] != b'\n');
        block.length = end;
        block.first = self.lines + 1;
        block.lines = memchr::memchr_iter(b'\n', block.bytes()).count() as u64 + unended;
        block.limit = self.limit;
        if self.headed {
            // Who reads the block sees the headers within it.
            block.header.clone_from(&self.header);
            self.header = last_header(block.bytes(), block.first == 1).map(Arc::from).or(self.header.take());
        }
        self.lines += block.lines;
        Ok(true)
    }

    fn grow(&mut self, block: &mut Block) {
        self.room = self.size.min(self.room.max(2 * block.room.len()));
        block.make_room(self.room);
    }
}

/// How many lines are longer than the limit. It looks at few of the shorter ones.
pub(super) fn cut_lines(bytes: &[u8], limit: usize) -> u64 {
    let (mut rest, mut cut) = (bytes, 0);
    while let Some((start, beyond)) = rest.split_at_checked(limit + 1) {
        rest = match memchr::memrchr(b'\n', start) {
            Some(end) => &rest[end + 1..],
            None => {
                cut += 1;
                memchr::memchr(b'\n', beyond).map_or(&[], |end| &beyond[end + 1..])
            }
        };
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    /// Gives so many bytes a read, and breaks at the end if it is told to.
    struct Slow<'i>(&'i [u8], usize, bool);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            if self.0.is_empty() && self.2 {
                return Err(Error::other("the disk is gone"));
            }
            let length = self.1.min(buffer.len());
            self.0.take(length as u64).read(buffer).inspect(|read| self.0 = &self.0[*read..])
        }
    }

    fn blocks(input: &[u8], size: usize, step: usize, full: bool) -> Vec<u8> {
        let mut blocks = Blocks::new(Slow(input, step, false)).of_size(size);
        blocks.full = full;
        let (mut block, mut all, mut lines) = (Block::default(), Vec::new(), 0);
        while blocks.fill(&mut block).unwrap() {
            assert_eq!(block.first_line(), lines + 1);
            assert!(block.room.len() <= size.max(4 * LINE_LIMIT));
            lines += block.lines();
            all.extend_from_slice(block.bytes());
            assert!(block.bytes().ends_with(b"\n") || all.len() >= input.len().min(LINE_LIMIT + 1));
        }
        assert_eq!(blocks.lines(), lines);
        assert_eq!(lines, all.split_inclusive(|b| *b == b'\n').count() as u64);
        all
    }

    #[test]
    fn blocks_together_are_the_input() {
        let inputs: [&[u8]; 6] = [b"", b"a", b"\n", b"a\n\nbc\r\n", b"\xff\xfe\nlonger than most\nx", b"\n\n\n"];
        for input in inputs {
            for (size, step) in [(1, 1), (1, 9), (2, 3), (5, 2), (64, 64)] {
                for full in [false, true] {
                    assert_eq!(blocks(input, size, step, full), input, "{size} {step} {full}");
                }
            }
        }
    }

    #[test]
    fn drops_the_rest_of_a_long_line() {
        for more in [0, 1, 2, LINE_LIMIT, 9 * LINE_LIMIT] {
            let long = [vec![b'x'; LINE_LIMIT], vec![b'y'; more]].concat();
            let ended = [&b"before\n"[..], &long, b"\nafter\n"].concat();
            let unended = [&b"before\n"[..], &long].concat();
            for (size, step) in [(1, 1 << 20), (7, 5000), (LINE_LIMIT + 1, 1 << 20), (SIZE, 1 << 20), (SIZE, 4097)] {
                for input in [&ended, &unended] {
                    let cut = |line: &[u8]| line[..line.len().min(LINE_LIMIT + 1)].to_vec();
                    let all = blocks(input, size, step, true);
                    let lines = |text: &[u8]| text.split(|b| *b == b'\n').map(cut).collect::<Vec<_>>();
                    assert!(lines(&all) == lines(input), "{more} {size} {step}");
                    assert_eq!(cut_lines(&all, LINE_LIMIT), u64::from(more > 0), "{more} {size} {step}");
                }
            }
        }
    }

    #[test]
    fn gives_what_was_read_before_it_broke() {
        for (input, given) in [(&b"a\nb"[..], Some(&b"a\n"[..])), (b"b", None)] {
            let mut blocks = Blocks::new(Slow(input, 9, true)).full();
            let mut block = Block::default();
            if let Some(given) = given {
                assert!(blocks.fill(&mut block).unwrap());
                assert_eq!(block.bytes(), given);
            }
            assert_eq!(blocks.fill(&mut block).unwrap_err().to_string(), "the disk is gone");
            assert!(!blocks.fill(&mut block).unwrap());
        }
    }

    #[test]
    fn waits_for_no_more_than_a_line() {
        let mut blocks = Blocks::new(Slow(b"first\nsecond\n", 3, false));
        let mut block = Block::default();
        assert!(blocks.fill(&mut block).unwrap());
        assert_eq!((block.bytes(), blocks.input().0.len()), (&b"first\n"[..], 7));
    }
}
