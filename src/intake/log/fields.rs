//! The ends of fields, as several logs write them.

/// Where a field's value ends: at a comma with a blank behind it.
pub(super) fn comma(value: &[u8]) -> Option<usize> {
    // Most values are shorter than it takes to set out on a search in strides.
    const SHORT: usize = 8;
    let mut at = value.iter().take(SHORT).position(|b| *b == b',').unwrap_or(SHORT.min(value.len()));
    loop {
        at += memchr::memchr(b',', &value[at..])?;
        if value.get(at + 1) == Some(&b' ') {
            return Some(at);
        }
        at += 1;
    }
}

/// The end of a quoted local part that opens at `open`; a domain must follow.
pub(super) fn quoted_end(value: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match value.get(at)? {
            b'\\' => at += 2,
            b'"' => return (value.get(at + 1) == Some(&b'@')).then_some(at + 1),
            _ => at += 1,
        }
    }
}

/// The end of an address that begins here: in angle brackets, or up to a blank or a comma; a quoted local part may
/// hold anything.
pub(super) fn address_end(text: &[u8]) -> Option<usize> {
    let open = usize::from(text.starts_with(b"<"));
    let after = if text.get(open) == Some(&b'"') { quoted_end(text, open).unwrap_or(open) } else { open };
    if open == 1 {
        return memchr::memchr(b'>', &text[after..]).map(|at| after + at + 1);
    }
    Some(memchr::memchr2(b' ', b',', &text[after..]).map_or(text.len(), |at| after + at))
}

/// An address without its angle brackets.
pub(super) fn bare(address: &[u8]) -> &[u8] {
    address.strip_prefix(b"<").and_then(|path| path.strip_suffix(b">")).unwrap_or(address)
}

/// Takes a part off the front of a text.
pub(super) fn take<'l>(length: usize, text: &mut &'l [u8]) -> &'l [u8] {
    let (part, rest) = text.split_at(length);
    *text = rest;
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_end_of_an_address() {
        let cases: &[(&str, Option<&str>)] = &[
            ("<a@example.com>, b", Some("<a@example.com>")),
            ("a@example.com R=x", Some("a@example.com")),
            ("a@example.com,<b@example.com>", Some("a@example.com")),
            ("<\"a> b, c\"@example.com>: no", Some("<\"a> b, c\"@example.com>")),
            ("\"a b\"@example.com x", Some("\"a b\"@example.com")),
            ("\"a b", Some("\"a")),
            ("<>", Some("<>")),
            ("<a", None),
            ("", Some("")),
        ];
        for (text, address) in cases {
            let found = address_end(text.as_bytes()).map(|end| &text[..end]);
            assert_eq!(found, *address, "{text}");
        }
    }
}
