//! Addresses as reports and bounce texts write them.

/// The longest address that is taken for one (RFC 5321 §4.5.3.1, with room for routes and quotes).
const LIMIT: usize = 400;

/// The address in a text that should be one: brackets, quotes and what mail programs add are taken off.
/// What has no `@` is none.
pub(super) fn read(written: &str) -> Option<String> {
    let mut text = written.trim();
    if let (Some(open), Some(close)) = (text.find('<'), text.rfind('>'))
        && open < close
    {
        text = text[open + 1..close].trim();
    }
    let is_mark = |c: char| c.is_whitespace() || "<>',;:()[]".contains(c);
    text = text.trim_end_matches('.').trim_end_matches(is_wide).trim_matches(is_mark);
    // A word before it in the marks of Chinese and Japanese: `收件人：a@example.com`.
    if let Some((_, behind)) = text.rsplit_once(is_wide) {
        text = behind;
    }
    for prefix in ["mailto:", "smtp:"] {
        if text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
            text = &text[prefix.len()..];
        }
    }
    // A quote around all of it; a local part may be quoted alone.
    if text.len() > 1 && text.starts_with('"') && text.ends_with('"') {
        text = &text[1..text.len() - 1];
    }
    let text = unescaped(text.trim_end_matches('.'));
    let (local, domain) = text.rsplit_once('@')?;
    let is_domain = !domain.is_empty()
        && !domain.starts_with('.')
        && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':'));
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let is_plain =
        |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';' | ':');
    let is_local = !local.is_empty() && !local.starts_with('@') && (is_quoted || local.chars().all(is_plain));
    (is_domain && is_local && text.len() <= LIMIT).then_some(text)
}

/// Marks as wide as the letters beside them; no address has one.
fn is_wide(c: char) -> bool {
    matches!(
        c,
        '：' | '；'
            | '，'
            | '。'
            | '、'
            | '（'
            | '）'
            | '「'
            | '」'
            | '『'
            | '』'
            | '【'
            | '】'
            | '〈'
            | '〉'
            | '《'
            | '》'
            | '＜'
            | '＞'
    )
}

/// RFC 6533 writes what is not ASCII as `\x{1F600}` in reports that must be.
fn unescaped(text: &str) -> String {
    if !text.contains("\\x{") {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\x{") {
        plain.push_str(&rest[..at]);
        let digits = &rest[at + 3..];
        let end = digits.find('}');
        let read = end.and_then(|end| u32::from_str_radix(&digits[..end], 16).ok()).and_then(char::from_u32);
        match (read, end) {
            (Some(read), Some(end)) => {
                plain.push(read);
                rest = &digits[end + 1..];
            }
            _ => {
                plain.push_str("\\x{");
                rest = digits;
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// How long the address at the start of a text is: up to a blank, or what cannot be part of one.
pub(super) fn length_at(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut seen_at = false;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        let ends = match c {
            '"' if !seen_at && (at == 0 || quoted) => {
                quoted = !quoted;
                false
            }
            _ if quoted => at > LIMIT,
            '@' => {
                seen_at = true;
                false
            }
            c if c.is_whitespace() || c.is_control() => true,
            '<' | '>' | '(' | ')' | ',' | ';' | '"' => true,
            ':' | '\'' if seen_at => true,
            c if seen_at && is_wide(c) => true,
            '[' | ']' => !text[..at].ends_with('@') && !text[..at].contains("@["),
            _ => at > LIMIT,
        };
        if ends {
            end = at;
            break;
        }
    }
    // A point behind it ends the sentence.
    let found = text[..end].trim_end_matches(['.', '!', '?']);
    (seen_at && read(found).is_some()).then_some(found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_as_they_are_written() {
        let cases = [
            ("a@example.com", Some("a@example.com")),
            (" <a@example.com>", Some("a@example.com")),
            ("Ann <a@example.com>", Some("a@example.com")),
            ("\"a@example.com\"", Some("a@example.com")),
            ("\"a b\"@example.com", Some("\"a b\"@example.com")),
            ("mailto:a@example.com", Some("a@example.com")),
            ("收件人：a@example.com", Some("a@example.com")),
            ("「a@example.com", Some("a@example.com")),
            ("to:a@example.com", None),
            ("[SMTP:a@example.com]", Some("a@example.com")),
            ("'a@example.com'.", Some("a@example.com")),
            ("j\\x{F6}rg@example.com", Some("jörg@example.com")),
            ("a@example.com b@example.com", None),
            ("kijitora", None),
            ("<>", None),
            ("@example.com", None),
            ("@relay.example.net:a@example.com", None),
        ];
        for (written, expected) in cases {
            assert_eq!(read(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn finds_where_an_address_ends() {
        let cases = [
            ("a@example.com: no", Some(13)),
            ("a@example.com... no", Some(13)),
            ("a@example.com>", Some(13)),
            ("a@[192.0.2.1] no", Some(13)),
            ("\"a b\"@example.com no", Some(17)),
            ("o'hara@example.com' no", Some(18)),
            ("nobody here", None),
            ("a @ b", None),
        ];
        for (text, length) in cases {
            assert_eq!(length_at(text), length, "{text}");
        }
    }
}
