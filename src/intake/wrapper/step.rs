//! What a client was doing, in the words of mailers.

use super::scan::words_at;
use super::shape::LOOK_LIMIT;
use crate::Phase;
use std::borrow::Cow;

/// The first word that occurs decides; the longer ones stand before those that they contain.
const STEPS: &[(&str, Phase)] = &[
    ("greeting", Phase::Connect),
    ("initial connection", Phase::Connect),
    ("handshake", Phase::Ehlo),
    ("ehlo", Phase::Ehlo),
    ("helo", Phase::Ehlo),
    ("lhlo", Phase::Ehlo),
    ("tls", Phase::Ehlo),
    ("auth", Phase::Ehlo),
    ("mail from", Phase::Mail),
    ("rcpt to", Phase::Rcpt),
    ("end of data", Phase::EndOfData),
    ("final data", Phase::EndOfData),
    ("message body", Phase::EndOfData),
    ("data block", Phase::EndOfData),
    ("bdat", Phase::EndOfData),
    ("data", Phase::Data),
    ("rcpt", Phase::Rcpt),
    ("mail", Phase::Mail),
];

/// The phase that such words name; they are in lower case, and addresses in them do not count.
pub(in crate::intake) fn phase_of(step: &[u8]) -> Option<Phase> {
    let words = memchr::memchr(b'<', step).map_or(step, |address| &step[..address]);
    let is_broken = words.iter().any(|b| b.is_ascii_whitespace() && *b != b' ');
    let words = match is_broken {
        true => {
            Cow::Owned(words.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(&b' '))
        }
        false => Cow::Borrowed(words),
    };
    STEPS.iter().find(|(word, _)| holds(&words, word.as_bytes())).map(|(_, phase)| *phase)
}

/// Whether a short text holds a word; a search that is prepared takes longer to prepare than this takes.
fn holds(text: &[u8], word: &[u8]) -> bool {
    memchr::memchr_iter(word[0], text).any(|at| text[at..].starts_with(word))
}

/// Takes off Postfix's `(in reply to RCPT TO command)`, and tells the phase.
pub(super) fn trailing_step(text: &[u8]) -> (&[u8], Option<Phase>) {
    const OPEN: &str = "(in reply to ";
    let text = text.trim_ascii_end();
    // It is short: what is longer is no such note, and a long text need not be searched.
    let floor = text.len().saturating_sub(LOOK_LIMIT.min(80));
    // A mail may break its line within the note.
    let opens = |open: usize| Some((open, words_at(text, open, OPEN)?));
    let Some((open, step)) = memchr::memrchr_iter(b'(', &text[floor..]).find_map(|at| opens(floor + at)) else {
        return (text, None);
    };
    let Some(step) = text[step..].strip_suffix(b")") else { return (text, None) };
    (text[..open].trim_ascii_end(), phase_of(&step.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_phases() {
        let cases: &[(&str, Option<Phase>)] = &[
            ("receiving the initial server greeting", Some(Phase::Connect)),
            ("initial connection", Some(Phase::Connect)),
            ("performing the ehlo handshake", Some(Phase::Ehlo)),
            ("starttls", Some(Phase::Ehlo)),
            ("pipelined mail from:<rcpt@example.com> size=12", Some(Phase::Mail)),
            ("mail from:<> size=12", Some(Phase::Mail)),
            ("rcpt to:<data@example.com>", Some(Phase::Rcpt)),
            ("sending rcpt to", Some(Phase::Rcpt)),
            ("data", Some(Phase::Data)),
            ("sending end of data -- message may be sent more than once", Some(Phase::EndOfData)),
            ("sending message body", Some(Phase::EndOfData)),
            ("sending quit", None),
            ("", None),
        ];
        for (step, phase) in cases {
            assert_eq!(phase_of(step.as_bytes()), *phase, "{step}");
        }
    }

    #[test]
    fn takes_off_what_postfix_appends() {
        let cases: &[(&str, &str, Option<Phase>)] = &[
            ("550 no (in reply to RCPT TO command)", "550 no", Some(Phase::Rcpt)),
            ("550 no (in reply to end of DATA command)", "550 no", Some(Phase::EndOfData)),
            ("550 no (in\n    reply to end of\n    DATA command)", "550 no", Some(Phase::EndOfData)),
            ("550 no (in reply to QUIT command)", "550 no", None),
            (
                "550 no (in reply to RCPT TO command) (in reply to MAIL FROM command)",
                "550 no (in reply to RCPT TO command)",
                Some(Phase::Mail),
            ),
            ("550 no (in reply to RCPT TO command) and more", "550 no (in reply to RCPT TO command) and more", None),
            ("550 no (in reply to", "550 no (in reply to", None),
        ];
        for (text, left, phase) in cases {
            assert_eq!(trailing_step(text.as_bytes()), (left.as_bytes(), *phase), "{text}");
        }
    }
}
