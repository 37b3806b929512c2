//! Texts from outside, as HTML that shows them and does nothing else.

use super::plain;

/// Text that is nothing but text, whatever it holds; tabs stay.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (n, part) in text.split('\t').enumerate() {
        if n > 0 {
            out.push('\t');
        }
        for c in plain(part).chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
        }
    }
    out
}

/// The same with what stands between backquotes as code.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, (code, after))) =
        rest.split_once('`').and_then(|(before, behind)| Some((before, behind.split_once('`')?)))
    {
        out.push_str(&format!("{}<code>{}</code>", escaped(before), escaped(code)));
        rest = after;
    }
    out + &escaped(rest)
}

/// A text that begins with an address of the web, with a link to it; any other as it is.
pub(super) fn linked(text: &str) -> String {
    let address = text.split_whitespace().next().unwrap_or_default();
    let is_address =
        ["https://", "http://"].iter().any(|scheme| address.len() > scheme.len() && address.starts_with(scheme));
    match text.strip_prefix(address) {
        Some(rest) if is_address => {
            format!("<a href=\"{0}\" rel=\"noreferrer\">{0}</a>{1}", escaped(address), escaped(rest))
        }
        _ => escaped(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_file_is_taken_for_markup() {
        assert_eq!(escaped("<b a='\"'>&\t\u{1b}[2J"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;\t\\x1b[2J");
    }

    #[test]
    fn what_stands_between_backquotes_is_code() {
        assert_eq!(prose("say `a<b>` and `c`, not `d"), "say <code>a&lt;b&gt;</code> and <code>c</code>, not `d");
    }

    #[test]
    fn only_addresses_of_the_web_become_links() {
        let link = "<a href=\"https://a.example/?b&amp;c=&quot;\" rel=\"noreferrer\">https://a.example/?b&amp;c=&quot;</a> (x)";
        assert_eq!(linked("https://a.example/?b&c=\" (x)"), link);
        for text in ["javascript:alert(1)", "https://", "data:text/html,x", "github:a/b@c", ""] {
            assert_eq!(linked(text), text);
        }
    }
}
