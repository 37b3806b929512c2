//! As much of JSON as a report has.

/// A value.
#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Whole(i64),
    Object(Vec<(String, Value)>),
    /// What a report may hold, and nobody asks for: lists, fractions, `true`, `null`.
    Other,
}

/// How deep values may lie in each other: the stack of a plugin is small.
const DEEPEST: usize = 8;

impl Value {
    /// A text that is one value, and nothing else.
    pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
        let mut reader = Reader { text: std::str::from_utf8(bytes).ok()?, at: 0 };
        let value = reader.value(DEEPEST)?;
        reader.blanks();
        (reader.at == reader.text.len()).then_some(value)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Object(members) => members.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn whole(&self) -> Option<i64> {
        match self {
            Value::Whole(number) => Some(*number),
            _ => None,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Whether this comes next, after blanks; then it is passed.
    fn takes(&mut self, what: &str) -> bool {
        self.blanks();
        let is_next = self.text[self.at..].starts_with(what);
        self.at += if is_next { what.len() } else { 0 };
        is_next
    }

    fn value(&mut self, deeper: usize) -> Option<Value> {
        let deeper = deeper.checked_sub(1)?;
        if self.takes("{") {
            return self.members(deeper);
        }
        if self.takes("[") {
            return self.list(deeper);
        }
        if self.takes("\"") {
            return Some(Value::Text(self.string()?));
        }
        if ["true", "false", "null"].iter().any(|word| self.takes(word)) {
            return Some(Value::Other);
        }
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(rest.len());
        let number = &rest[..end];
        self.at += end;
        if let Ok(number) = number.parse() {
            return Some(Value::Whole(number));
        }
        // A fraction is not looked into: that it is one is enough.
        number.ends_with(|c: char| c.is_ascii_digit()).then_some(Value::Other)
    }

    fn members(&mut self, deeper: usize) -> Option<Value> {
        let mut members = Vec::new();
        if self.takes("}") {
            return Some(Value::Object(members));
        }
        loop {
            let name = if self.takes("\"") { self.string()? } else { return None };
            let value = if self.takes(":") { self.value(deeper)? } else { return None };
            members.push((name, value));
            if self.takes("}") {
                return Some(Value::Object(members));
            }
            if !self.takes(",") {
                return None;
            }
        }
    }

    fn list(&mut self, deeper: usize) -> Option<Value> {
        if self.takes("]") {
            return Some(Value::Other);
        }
        loop {
            self.value(deeper)?;
            if self.takes("]") {
                return Some(Value::Other);
            }
            if !self.takes(",") {
                return None;
            }
        }
    }

    /// What stands before the closing quote, which is passed.
    fn string(&mut self) -> Option<String> {
        let mut string = String::new();
        let mut rest = self.text[self.at..].char_indices();
        while let Some((at, c)) = rest.next() {
            string.push(match c {
                '"' => {
                    self.at += at + 1;
                    return Some(string);
                }
                '\\' => match rest.next()?.1 {
                    c @ ('"' | '\\' | '/') => c,
                    'n' | 't' | 'r' | 'b' | 'f' => ' ',
                    'u' => {
                        let digit = |c: (usize, char)| c.1.to_digit(16);
                        let code = (0..4).try_fold(0, |code, _| Some(code << 4 | rest.next().and_then(digit)?))?;
                        // Half of a pair is no character by itself.
                        char::from_u32(code).unwrap_or('\u{fffd}')
                    }
                    _ => return None,
                },
                c if c.is_control() => return None,
                c => c,
            });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn values_are_read() {
        let value =
            Value::read(br#" {"a": "x\u0041\n", "b": -12, "c": [1.5, true, {}], "a": 2} "#).expect("it is JSON");
        assert_eq!(value.get("a").and_then(Value::text), Some("xA "));
        assert_eq!(value.get("b").and_then(Value::whole), Some(-12));
        assert_eq!(value.get("c"), Some(&Value::Other));
        assert_eq!(value.get("d"), None);
    }

    #[test]
    fn what_is_none_is_refused() {
        let deep = "[".repeat(1_000);
        for text in [
            "",
            "{",
            "{}x",
            "{\"a\"}",
            "{\"a\":1,}",
            "[1",
            "\"\\x\"",
            "\"\\u12\"",
            "nul",
            "-",
            "1.",
            "\"\u{1}\"",
            &deep,
        ] {
            assert_eq!(Value::read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Value::read(&[0xff]), None);
    }
}
