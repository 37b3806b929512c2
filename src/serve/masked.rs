//! Texts of replies for others' eyes: without addresses, and without the names that stand before the `@` of these.

use crate::reply::{ADDRESS, Folded, fold};

/// What stands for either.
const MASK: &str = "<address>";

/// A text in the form that phrases are compared with, where addresses are one letter.
pub(super) fn without_addresses(text: &[u8]) -> String {
    let raw = String::from_utf8_lossy(text);
    let folded = Folded::new(&raw);
    let mut names = Vec::new();
    for (at, _) in folded.text().match_indices(ADDRESS) {
        let address = raw.get(folded.original(at..at + ADDRESS.len_utf8())).unwrap_or_default();
        let local = address.rsplit_once('@').map_or("", |(local, _)| local).trim_matches(['"', '\'', '<']);
        let mut name = String::new();
        fold(local, &mut name);
        // Of `bob+news` the mailbox is `bob`.
        names.extend(name.split_once('+').map(|(own, _)| own.to_owned()));
        names.push(name);
    }
    let mut out = folded.text().to_owned();
    // The longest first: one may be the beginning of another.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        out = without_word(&out, name);
    }
    out.replace(ADDRESS, MASK)
}

/// A text with a mark wherever a name stands as a word.
fn without_word(text: &str, name: &str) -> String {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (at, _) in text.match_indices(name) {
        let end = at + name.len();
        if at < from || is_part(text[..at].chars().next_back()) || is_part(text[end..].chars().next()) {
            continue;
        }
        out.push_str(&text[from..at]);
        out.push(ADDRESS);
        from = end;
    }
    out + &text[from..]
}

#[cfg(test)]
mod tests {
    use super::without_addresses;

    #[test]
    fn names_go_with_their_addresses() {
        for (text, expected) in [
            ("No such user", "no such user"),
            ("<Bob.Smith@Example.com>: user bob.smith unknown", "<<address>>: user <address> unknown"),
            ("BOB.SMITH is not bob.smith2; bob.smith@example.com", "<address> is not bob.smith2; <address>"),
            (
                "bob+news@example.com: bob has no mailbox, bobby neither",
                "<address>: <address> has no mailbox, bobby neither",
            ),
            ("ann@a.example ben@b.example: ann, ben", "<address> <address>: <address>, <address>"),
            ("Jürgen@example.com: jürgen is away", "<address>: <address> is away"),
        ] {
            assert_eq!(without_addresses(text.as_bytes()), expected, "{text}");
        }
    }
}
