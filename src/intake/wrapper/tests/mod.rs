use super::*;

mod mailers;
mod plain;

/// What a text unwraps to: code, enhanced code, host, phase, text; `!` before a text that no layer was taken off.
fn told(text: &[u8]) -> String {
    let Unwrapped { reply, via } = unwrap(text);
    let or = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
    format!(
        "{}{} {} {} {} | {}",
        if via.is_none() { "!" } else { "" },
        or(reply.code.map(|code| code.to_string())),
        or(reply.enhanced.map(|code| code.to_string())),
        or(reply.host.map(|host| host.to_string())),
        or(reply.phase.map(|phase| phase.to_string())),
        lossy(&reply.text),
    )
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(told(text.as_bytes()), *expected, "{text}");
    }
}

/// The text is the mailer's own: it stays whole, without a code, with this host and phase.
fn check_own(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(told(text.as_bytes()), format!("!- - {expected} | {text}"));
    }
}
