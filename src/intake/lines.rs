//! Lines of any length and any bytes, in bounded memory.

use std::io::{BufRead, ErrorKind, Result};

/// The longest line that is read, in bytes; the rest of a longer one is dropped and counted.
pub const LINE_LIMIT: usize = 64 * 1024;

/// The lines of an input, numbered from 1.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
}

/// How reading one line went.
pub(super) struct Got {
    /// Its rest was dropped.
    pub(super) cut: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Lines<R> {
        Lines { input, line: Vec::new(), number: 0 }
    }

    /// The line that was read last, without its end.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Its number.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Reads the next line; `None` at the end of the input.
    pub(super) fn advance(&mut self) -> Result<Option<Got>> {
        self.line.clear();
        let mut cut = false;
        let mut any = false;
        self.number += 1;
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                break;
            }
            any = true;
            let end = memchr::memchr(b'\n', buffer);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = LINE_LIMIT - self.line.len();
            cut |= part.len() > room;
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            self.number -= 1;
            return Ok(None);
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        if self.number == 1 && self.line.starts_with(b"\xEF\xBB\xBF") {
            self.line.drain(..3);
        }
        Ok(Some(Got { cut }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn lines(input: &[u8], buffer: usize) -> Vec<(Vec<u8>, bool)> {
        let mut lines = Lines::new(BufReader::with_capacity(buffer, input));
        let mut out = Vec::new();
        while let Some(got) = lines.advance().unwrap() {
            out.push((lines.line().to_vec(), got.cut));
            assert_eq!(lines.number(), out.len() as u64);
        }
        out
    }

    #[test]
    fn splits_whatever_the_buffer() {
        let cases: &[(&[u8], &[&[u8]])] = &[
            (b"", &[]),
            (b"a", &[b"a"]),
            (b"a\n", &[b"a"]),
            (b"a\r\n\r\nb", &[b"a", b"", b"b"]),
            (b"\xEF\xBB\xBFa\n\xEF\xBB\xBFb\n", &[b"a", b"\xEF\xBB\xBFb"]),
            (b"\xff\xfe\n\n", &[b"\xff\xfe", b""]),
        ];
        for (input, expected) in cases {
            for buffer in [1, 2, 64] {
                let got: Vec<Vec<u8>> = lines(input, buffer).into_iter().map(|(line, _)| line).collect();
                assert_eq!(&got, expected, "{input:?}");
            }
        }
    }

    #[test]
    fn drops_the_rest_of_a_long_line() {
        let mut input = vec![b'x'; LINE_LIMIT];
        input.extend_from_slice(b"\nshort\n");
        assert!(!lines(&input, 4096)[0].1);
        input.insert(0, b'x');
        let got = lines(&input, 4096);
        assert_eq!((got[0].0.len(), got[0].1), (LINE_LIMIT, true));
        assert_eq!(got[1], (b"short".to_vec(), false));
    }
}
