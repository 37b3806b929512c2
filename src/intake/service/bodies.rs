//! The objects of a JSON file, a line each.

use crate::intake::lines::Reshape;

/// Puts each outermost object on a line of its own, whatever it stands in: a list, a list on each line, one object over
/// many lines, or many one after the other. The number of a line is then that of the object.
///
/// A line end within a string, and a `{` at the start of a line within an object, tell that the object before was cut
/// off: it ends there, and costs nothing but itself.
#[derive(Debug, Default)]
pub(in crate::intake) struct Bodies {
    depth: u32,
    quoted: bool,
    escaped: bool,
    /// Within something that is no object: it is handed on, to be complained about, up to its line's end.
    junk: bool,
    /// Whether the last byte ended a line.
    line_start: bool,
}

impl Reshape for Bodies {
    fn put(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            // What changes nothing is taken in strides.
            let rest = &bytes[at..];
            let plain = match (self.depth, self.quoted && !self.escaped) {
                (_, true) => memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len()),
                (1.., _) if !self.quoted => rest.iter().take_while(|b| !STRUCTURE[usize::from(**b)]).count(),
                _ => 0,
            };
            if plain > 0 {
                out.extend_from_slice(&rest[..plain]);
                self.line_start = false;
                at += plain;
                continue;
            }
            at += 1;
            let line_start = std::mem::replace(&mut self.line_start, *byte == b'\n');
            self.take(*byte, line_start, out);
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        if self.depth > 0 || self.junk {
            out.push(b'\n');
        }
        let line_start = self.line_start;
        *self = Bodies { line_start, ..Bodies::default() };
    }
}

/// The bytes that matter in an object, outside of strings.
const STRUCTURE: [bool; 256] = {
    let mut set = [false; 256];
    let bytes = *b"\"{}\n\r";
    let mut n = 0;
    while n < bytes.len() {
        set[bytes[n] as usize] = true;
        n += 1;
    }
    set
};

impl Bodies {
    fn take(&mut self, byte: u8, line_start: bool, out: &mut Vec<u8>) {
        if self.quoted {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.quoted = false,
                b'\n' => return self.end(out),
                _ => {}
            }
            out.push(byte);
        } else if self.depth > 0 {
            match byte {
                b'"' => self.quoted = true,
                b'{' if line_start => {
                    self.end(out);
                    self.depth = 1;
                }
                b'{' => self.depth += 1,
                b'}' => self.depth -= 1,
                _ => {}
            }
            out.push(if matches!(byte, b'\n' | b'\r') { b' ' } else { byte });
            if self.depth == 0 {
                out.push(b'\n');
            }
        } else {
            match byte {
                b'{' => {
                    if self.junk {
                        self.end(out);
                    }
                    self.depth = 1;
                    out.push(b'{');
                }
                b'\n' if self.junk => self.end(out),
                b',' | b'[' | b']' if !self.junk => {}
                byte if byte.is_ascii_whitespace() && !self.junk => {}
                // A mark of the byte order, at the start.
                0xEF | 0xBB | 0xBF if !self.junk => {}
                byte => {
                    self.junk = true;
                    out.push(byte);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::lines::reshaped;

    #[test]
    fn objects_come_on_a_line_each() {
        let cases = [
            ("{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}\n{\"b\":2}\n"),
            ("[{\"a\":{}},{\"b\":[{\"c\":1}]}]", "{\"a\":{}}\n{\"b\":[{\"c\":1}]}\n"),
            ("[{\"a\":1}]\n[{\"a\":2},\n {\"a\":3}]\n", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"),
            ("{\n  \"a\": \"} \\\" {\"\r\n}\n", "{   \"a\": \"} \\\" {\"  }\n"),
            ("\u{feff}{}{}", "{}\n{}\n"),
            ("[]\n", ""),
            ("", ""),
            // What was cut off ends where the next begins, or at its end.
            ("{\"a\":\"x\n{\"b\":1}\n", "{\"a\":\"x\n{\"b\":1}\n"),
            ("{\"a\":[1\n{\"b\":1}\n", "{\"a\":[1 \n{\"b\":1}\n"),
            ("{\"a\":1", "{\"a\":1\n"),
            // What is no object is handed on.
            ("no json\n{\"b\":1}} x\n", "no json\n{\"b\":1}\n} x\n"),
            ("null {\"b\":1}", "null \n{\"b\":1}\n"),
        ];
        for (input, expected) in cases {
            for step in [1, 2, 5, 1000] {
                assert_eq!(reshaped(&mut Bodies::default(), input.as_bytes(), step), expected, "{input:?} {step}");
            }
        }
    }
}
