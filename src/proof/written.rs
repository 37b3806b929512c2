//! A reply as an `example` line writes it.

use crate::reply::Reply;
use std::fmt::Write;

/// What stands behind `example`: the reply with its codes, and what is known around it.
///
/// ```
/// use carom::{Phase, Reply, proof};
/// let reply = Reply::parse("550 5.1.1 No \"such\" user").from_host("mx.example.com").at(Phase::Rcpt);
/// assert_eq!(proof::written(&reply), r#""550 5.1.1 No \"such\" user" at rcpt from "mx.example.com""#);
/// ```
pub fn written(reply: &Reply) -> String {
    let mut said = String::new();
    for code in [reply.code.map(|code| code.to_string()), reply.enhanced.map(|code| code.to_string())] {
        said.extend(code.map(|code| code + " "));
    }
    said.push_str(&String::from_utf8_lossy(&reply.text));
    let mut out = quoted(said.trim_end());
    // To a string nothing fails to be written.
    let mut known = |word: &str, value: Option<String>| {
        value.map_or(Ok(()), |value| write!(out, " {word} {value}")).unwrap_or_default();
    };
    known("at", reply.phase.map(|phase| phase.to_string()));
    known("from", reply.host.as_ref().map(|host| quoted(host.as_str())));
    known("to", reply.domain.as_ref().map(|domain| quoted(domain.as_str())));
    known("on", reply.time.map(|time| time.to_string()));
    known("status", reply.status.map(|status| status.to_string()));
    known("tenant", reply.sender.tenant.as_deref().map(quoted));
    out
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
