//! Header fields, and blocks of them: reports are made of these.

use std::borrow::Cow;

/// A field: its name as written, and its value in one line.
pub(super) struct Field<'t> {
    pub(super) name: &'t str,
    pub(super) value: Cow<'t, str>,
}

impl Field<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The longest value that is kept; folded ones are joined up to it.
const VALUE_LIMIT: usize = 16 << 10;

/// The name of the field that a line begins, and where its value begins.
pub(super) fn field_name(line: &str) -> Option<(&str, usize)> {
    let colon = memchr::memchr(b':', &line.as_bytes()[..line.len().min(80)])?;
    let name = line[..colon].trim_end();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    (!name.is_empty() && name.bytes().all(is_name)).then_some((name, colon + 1))
}

/// The fields of a block, up to its first blank line, and what is left behind it.
pub(super) fn block(text: &str) -> (Vec<Field<'_>>, &str) {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let bare = line.trim_end();
        if bare.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some(last) = fields.last_mut().filter(|last| last.value.len() < VALUE_LIMIT) {
                let value = last.value.to_mut();
                value.push('\n');
                value.push_str(bare.trim_start());
            }
        } else if let Some((name, value)) = field_name(bare) {
            fields.push(Field { name, value: Cow::Borrowed(bare[value..].trim_start()) });
        }
    }
    (fields, &text[at..])
}

/// The value of the first field of that name.
pub(super) fn value<'f>(fields: &'f [Field<'_>], name: &str) -> Option<&'f str> {
    fields.iter().find(|field| field.is(name)).map(|field| field.value.as_ref()).filter(|value| !value.is_empty())
}

/// The value behind its type: `smtp; 550 no` is a reply, `rfc822; a@example.com` an address.
pub(super) fn behind_type(value: &str) -> &str {
    let is_type = |name: &str| {
        let name = name.trim();
        (1..=20).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    match value.split_once(';') {
        Some((name, rest)) if is_type(name) && name.trim().parse::<u32>().is_err() => rest.trim(),
        _ => value.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_folded_values() {
        let (fields, rest) =
            block("Final-Recipient: rfc822; a@example.com\nDiagnostic-Code: smtp; 550 no\n such\n\nAction: x\n");
        assert_eq!(value(&fields, "diagnostic-code"), Some("smtp; 550 no\nsuch"));
        assert_eq!((fields.len(), rest), (2, "Action: x\n"));
    }

    #[test]
    fn takes_types_off() {
        let cases = [
            ("smtp; 550 no; really", "550 no; really"),
            ("rfc822;a@example.com", "a@example.com"),
            ("550 5.1.1 no; gone", "550 5.1.1 no; gone"),
            ("X-Notes; no", "no"),
            ("", ""),
        ];
        for (value, expected) in cases {
            assert_eq!(behind_type(value), expected);
        }
    }
}
