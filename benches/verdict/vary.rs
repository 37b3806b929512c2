//! Replies varied as servers vary them: other ids, addresses and hosts each time, the same words.

use crate::synth::Random;

/// What ends a piece of a reply.
fn is_end(c: char) -> bool {
    c.is_whitespace() || "<>()[]{},;\"'=".contains(c)
}

/// The same reply with other ids, numbers, addresses and hosts in it. Its codes, its words and its links stay.
pub(crate) fn text(text: &str, random: &mut Random) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_end).unwrap_or(rest.len());
        piece(&rest[..end], random, &mut out);
        let behind = rest[end..].chars().next().map_or(end, |c| end + c.len_utf8());
        out.push_str(&rest[end..behind]);
        rest = &rest[behind..];
    }
    out
}

/// A host by another name under the same domain.
pub(crate) fn host(name: &str, random: &mut Random) -> String {
    match name.split_once('.') {
        Some((first, rest)) if rest.contains('.') => format!("{}.{rest}", like(first, random)),
        _ => name.to_owned(),
    }
}

fn piece(piece: &str, random: &mut Random, out: &mut String) {
    let is_link = piece.contains('/') || piece.contains('?') || piece.starts_with("www.");
    let bare = piece.trim_end_matches([':', '.']);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'#');
    let is_address = bare.split('.').count() == 4 && bare.split('.').all(is_number);
    let is_name = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_top = |part: &str| part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphabetic());
    let is_host = bare.split('.').count() > 2 && bare.split('.').all(is_name) && bare.rsplit('.').take(1).all(is_top);
    if is_link {
        out.push_str(piece);
    } else if is_address {
        let mut part = || 1 + random.below(254);
        out.push_str(&format!("{}.{}.{}.{}", part(), part(), part(), part()));
        out.push_str(&piece[bare.len()..]);
    } else if let Some((local, domain)) = bare.split_once('@') {
        out.push_str(&like(local, random));
        out.push('@');
        out.push_str(&host(domain, random));
        out.push_str(&piece[bare.len()..]);
    } else if is_host {
        out.push_str(&host(bare, random));
        out.push_str(&piece[bare.len()..]);
    } else {
        ids(piece, random, out);
    }
}

/// Copies a piece, with other ids in it: runs of eight letters and digits or more with two digits, and numbers of
/// five digits or more. What is shorter may be a code that rules ask for.
fn ids(piece: &str, random: &mut Random, out: &mut String) {
    let mut rest = piece;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let run = &rest[..end];
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let is_id = (run.len() >= 8 && digits >= 2) || (run.len() >= 5 && digits == run.len());
        out.push_str(&if is_id { like(run, random) } else { run.to_owned() });
        let behind = rest[end..].chars().next().map_or(end, |c| end + c.len_utf8());
        out.push_str(&rest[end..behind]);
        rest = &rest[behind..];
    }
}

/// Other letters for letters and other digits for digits; of hexadecimal ones, hexadecimal ones.
fn like(run: &str, random: &mut Random) -> String {
    let is_hex = run.bytes().all(|b| b.is_ascii_hexdigit());
    let letters = if is_hex { 6 } else { 26 };
    let other = |c: char| match c {
        '0'..='9' => (b'0' + random.below(10) as u8) as char,
        'a'..='z' => (b'a' + random.below(letters) as u8) as char,
        'A'..='Z' => (b'A' + random.below(letters) as u8) as char,
        c => c,
    };
    run.chars().map(other).collect()
}
