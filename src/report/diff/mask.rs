//! Addresses of real input, taken out of what is shown.

use crate::reply::{ADDRESS, Folded};
use std::borrow::Cow;

/// An address without its local part.
pub(super) fn address(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((_, domain)) => format!("*@{domain}"),
        None => "*".to_owned(),
    }
}

/// A text in which every address lacks its local part; the recipient's own is taken out wherever it stands as a word.
pub(super) fn text(bytes: &[u8], recipient: Option<&str>) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    // What lies beyond the text that rules look at is not shown either.
    let folded = Folded::new(&text);
    let end = folded.original(folded.text().len().saturating_sub(1)..folded.text().len()).end;
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, _) in folded.text().match_indices(ADDRESS) {
        let range = folded.original(at..at + ADDRESS.len_utf8());
        if range.start >= done {
            out.push_str(&text[done..range.start]);
            out.push_str(&address(&text[range.clone()]));
            done = range.end;
        }
    }
    out.push_str(&text[done..end.max(done)]);
    let local = recipient.and_then(|recipient| recipient.rsplit_once('@')).map(|(local, _)| local);
    match local.filter(|local| local.chars().count() > 2) {
        Some(local) => without(&out, local).into_owned().into_bytes(),
        None => out.into_bytes(),
    }
}

/// A text without a word, in whatever case it stands there.
fn without<'t>(text: &'t str, word: &str) -> Cow<'t, str> {
    let (small, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let places = small
        .match_indices(&word)
        .map(|(at, _)| at)
        .filter(|at| !is_letter(text[..*at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next()));
    let places: Vec<usize> = places.collect();
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for at in places {
        out.push_str(&text[done..at]);
        out.push('*');
        done = at + word.len();
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{address, text};

    #[test]
    fn nobody_is_named() {
        for (written, recipient, shown) in [
            ("<ann.b@example.com>: No such user", None, "<*@example.com>: No such user"),
            (
                "Mailbox ANN.B of ann.b@example.com is full",
                Some("ann.b@example.com"),
                "Mailbox * of *@example.com is full",
            ),
            ("no user annab here, annb", Some("anna@x.example"), "no user annab here, annb"),
            ("no user anna, anna.", Some("anna@x.example"), "no user *, *."),
            ("a is a letter", Some("a@x.example"), "a is a letter"),
            ("“Ann”\u{202e} <a@b.example> and c@d.example", None, "“Ann”\u{202e} <*@b.example> and *@d.example"),
            ("", Some("ann@x.example"), ""),
        ] {
            let masked = text(written.as_bytes(), recipient);
            assert_eq!(String::from_utf8_lossy(&masked), shown, "{written}");
        }
        assert_eq!(address("ann@x.example"), "*@x.example");
        assert_eq!(address("ann"), "*");
    }
}
