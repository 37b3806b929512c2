//! Texts with fields in them.

use std::borrow::Cow;

/// `https://check.example/?q={ip}`: pieces of text and names of fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// Each piece of text with the field that follows it.
    pub parts: Vec<(String, Option<String>)>,
}

impl Template {
    /// The text with its fields filled in; nothing where one is lacking.
    pub fn fill<'a>(&self, field: impl Fn(&str) -> Option<&'a str>) -> Option<Cow<'_, str>> {
        self.filled(field, |value, out| out.push_str(value))
    }

    /// The same of an address on the web: what a field holds is one part of it, whatever signs are in it, since others
    /// have written it. A field that the address begins with is an address itself.
    pub fn fill_address<'a>(&self, field: impl Fn(&str) -> Option<&'a str>) -> Option<Cow<'_, str>> {
        self.filled(field, |value, out| if out.is_empty() { out.push_str(value) } else { encode(value, out) })
    }

    fn filled<'a>(
        &self,
        field: impl Fn(&str) -> Option<&'a str>,
        add: impl Fn(&str, &mut String),
    ) -> Option<Cow<'_, str>> {
        if let [(text, None)] = self.parts.as_slice() {
            return Some(Cow::Borrowed(text));
        }
        let mut out = String::new();
        for (text, name) in &self.parts {
            out.push_str(text);
            if let Some(name) = name {
                add(field(name)?, &mut out);
            }
        }
        Some(Cow::Owned(out))
    }

    /// The names of its fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|(_, name)| name.as_deref())
    }
}

/// Each byte as RFC 3986 §2.1 writes it, but for those that mean nothing in an address; `:`, `@` and `,` as addresses have them.
fn encode(value: &str, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':' | b'@' | b',') {
            out.push(char::from(byte));
        } else {
            let digits = [byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)]));
            out.extend(['%'].into_iter().chain(digits));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_wrote_is_one_part_of_an_address() {
        let template = |parts: &[(&str, Option<&str>)]| Template {
            parts: parts.iter().map(|(text, name)| ((*text).to_owned(), name.map(str::to_owned))).collect(),
        };
        let field = |name: &str| (name != "none").then_some("2001:db8::1 \"x\"&b=ü");
        let filled = |parts: &[(&str, Option<&str>)]| template(parts).fill_address(field).map(Cow::into_owned);
        let within = "https://check.example/?q=2001:db8::1%20%22x%22%26b%3D%C3%BC&x";
        assert_eq!(filled(&[("https://check.example/?q=", Some("ip")), ("&x", None)]).as_deref(), Some(within));
        assert_eq!(filled(&[("", Some("ip"))]).as_deref(), Some("2001:db8::1 \"x\"&b=ü"));
        assert_eq!(filled(&[("https://check.example/", Some("none"))]), None);
    }
}
