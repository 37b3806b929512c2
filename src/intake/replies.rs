//! Plain replies, one on each line.

use super::Attempt;
use super::found::Found;
use super::wrapper::unwrap;

/// Reads a line; an empty one is nothing.
pub(super) fn read(line: &[u8]) -> Found<'_> {
    if line.trim_ascii().is_empty() {
        return Found::Nothing;
    }
    let unwrapped = unwrap(line);
    Found::Attempt(Attempt { reply: unwrapped.reply, via: unwrapped.via, ..Attempt::default() })
}

/// Whether a line is known for a reply: by a code, or by the words around one.
pub(super) fn is_reply(line: &[u8]) -> bool {
    let unwrapped = unwrap(line);
    let reply = unwrapped.reply;
    unwrapped.via.is_some() || reply.class().is_some() || reply.host.is_some() || reply.phase.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_reply_from_each_line() {
        let cases = [
            ("", "nothing"),
            (" \t ", "nothing"),
            ("550 5.1.1 gone", "550 | gone"),
            ("mailbox full", "- | mailbox full"),
            ("host mx.example.com[192.0.2.1] said: 450 later", "450 | later, unwrapped"),
        ];
        for (line, expected) in cases {
            let told = match read(line.as_bytes()) {
                Found::Attempt(attempt) => {
                    let code = attempt.reply.code.map_or("-".to_owned(), |code| code.to_string());
                    let text = String::from_utf8(attempt.reply.text).unwrap();
                    format!("{code} | {text}{}", if attempt.via.is_some() { ", unwrapped" } else { "" })
                }
                _ => "nothing".to_owned(),
            };
            assert_eq!(told, expected, "{line:?}");
        }
    }
}
