//! What ties a notice to a mail that was sent: a signature, a message id that is known, or nothing.
//!
//! Anybody can write a notice about anybody. Only what a stranger cannot know ties it: an address or an id that holds
//! a code made with a key, or the id of a mail that the sender knows to be sent.

use super::address;
use crate::intake::attempt::{Attempt, domain_of};
use crate::intake::tied::{Tied, Untied};
use hmac_sha256::HMAC;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// What notices are tied by.
#[derive(Debug, Clone, Default)]
pub struct Ties {
    /// How return addresses are made.
    pub addresses: Vec<Form>,
    /// How message ids are made.
    pub ids: Vec<Form>,
    /// What the codes in both are made with.
    pub key: Option<Vec<u8>>,
    /// The mails that were sent.
    pub sent: Option<Sent>,
}

/// The mails that were sent: their ids, and to whom each went where that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    mails: HashMap<String, Vec<String>>,
}

impl Sent {
    /// Reads a list: on each line an id, with or without angle brackets, and behind it the recipients of that mail,
    /// or none where they are not known.
    pub fn read(text: &[u8]) -> Sent {
        let mut mails: HashMap<String, Vec<String>> = HashMap::new();
        for line in String::from_utf8_lossy(text).lines() {
            let mut words =
                line.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|word| !word.is_empty());
            let Some(id) = words.next().map(|id| id.trim_matches(['<', '>'])).filter(|id| !id.is_empty()) else {
                continue;
            };
            mails.entry(id.to_owned()).or_default().extend(words.filter_map(address::read));
        }
        Sent { mails }
    }

    /// To whom a mail went, as far as that is known; `None` where no such mail was sent.
    fn recipients(&self, id: &str) -> Option<&[String]> {
        self.mails.get(id).map(Vec::as_slice)
    }
}

/// How a return address or a message id is made: `bounces+{recipient}-{mac}@example.com`.
///
/// `{recipient}` is the recipient with `=` for its `@`, `{id}` any letters, digits, points and dashes, `{mac}` the
/// first 16 or more hexadecimal digits of the HMAC-SHA-256 of all the rest in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Recipient,
    Id,
    Mac,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Words(String),
    Gap(Gap),
}

/// The fewest digits of a code that count.
const DIGITS: usize = 16;

/// A form that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAForm(String);

impl fmt::Display for NotAForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAForm {}

impl std::str::FromStr for Form {
    type Err = NotAForm;

    fn from_str(written: &str) -> Result<Form, NotAForm> {
        let lower = written.to_lowercase();
        let mut pieces = Vec::new();
        let mut rest = lower.as_str();
        while let Some(open) = rest.find('{') {
            if open > 0 {
                pieces.push(Piece::Words(rest[..open].to_owned()));
            }
            let close = rest[open..].find('}').ok_or_else(|| NotAForm("a gap lacks its `}`".to_owned()))?;
            let gap = match &rest[open + 1..open + close] {
                "recipient" => Gap::Recipient,
                "id" => Gap::Id,
                "mac" => Gap::Mac,
                other => {
                    let message =
                        format!("no gap is called `{{{other}}}`: there are `{{recipient}}`, `{{id}}`, `{{mac}}`");
                    return Err(NotAForm(message));
                }
            };
            if matches!(pieces.last(), Some(Piece::Gap(_))) {
                return Err(NotAForm("words must stand between two gaps".to_owned()));
            }
            pieces.push(Piece::Gap(gap));
            rest = &rest[open + close + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest.to_owned()));
        }
        if !pieces.iter().any(|piece| matches!(piece, Piece::Gap(_))) {
            return Err(NotAForm("it needs a gap: `{recipient}`, `{id}` or `{mac}`".to_owned()));
        }
        Ok(Form { pieces })
    }
}

/// What a form finds in an address or an id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    recipient: Option<String>,
    signed: bool,
}

impl Form {
    fn read(&self, text: &str, key: Option<&[u8]>) -> Option<Found> {
        let lower = text.to_lowercase();
        let mut tries = TRIES;
        let read = fill(&self.pieces, &lower, &Read::default(), &mut tries)?;
        let is_signed = |(code, key): (&str, &[u8])| {
            let digits: String = HMAC::mac(read.unsigned.as_bytes(), key).iter().map(|b| format!("{b:02x}")).collect();
            code.len() >= DIGITS && digits.get(..code.len()).is_some_and(|digits| is_same(digits, code))
        };
        Some(Found { signed: read.code.zip(key).is_some_and(is_signed), recipient: read.recipient })
    }
}

/// How many places a form may be tried at in an address.
const TRIES: u32 = 1_000;

/// What was read of an address so far.
#[derive(Debug, Clone, Default)]
struct Read<'t> {
    recipient: Option<String>,
    code: Option<&'t str>,
    /// All but the code.
    unsigned: String,
}

/// Reads on: what a gap holds goes as far as it can.
fn fill<'t>(pieces: &[Piece], rest: &'t str, read: &Read<'t>, tries: &mut u32) -> Option<Read<'t>> {
    *tries = tries.checked_sub(1)?;
    let Some((piece, further)) = pieces.split_first() else {
        return rest.is_empty().then(|| read.clone());
    };
    let gap = match piece {
        Piece::Words(words) => {
            let behind = rest.strip_prefix(words.as_str())?;
            let read = Read { unsigned: format!("{}{words}", read.unsigned), ..read.clone() };
            return fill(further, behind, &read, tries);
        }
        Piece::Gap(gap) => gap,
    };
    let with = |value: &'t str| -> Option<Read<'t>> {
        let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let mut read = read.clone();
        match gap {
            Gap::Mac => read.code = Some(value),
            Gap::Id if value.is_empty() || !value.chars().all(is_token) => return None,
            Gap::Id => read.unsigned.push_str(value),
            Gap::Recipient => {
                let (local, domain) = value.rsplit_once('=')?;
                read.recipient = Some(address::read(&format!("{local}@{domain}"))?);
                read.unsigned.push_str(value);
            }
        }
        Some(read)
    };
    let Some(Piece::Words(words)) = further.first() else { return fill(further, "", &with(rest)?, tries) };
    let ends = rest.rmatch_indices(words.as_str()).map(|(at, _)| at);
    ends.into_iter().find_map(|end| fill(further, &rest[end..], &with(&rest[..end])?, tries))
}

/// Compares in a time that does not tell how much of it is right.
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// An address as it was before BATV (`prvs=…=`) or a forwarder's SRS was put around it.
fn bare(written: &str) -> Cow<'_, str> {
    let start = |prefix: &str| written.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if start("prvs=") {
        return written[5..].split_once('=').map_or(written.into(), |(_, rest)| rest.into());
    }
    if start("srs0=") || start("srs0+") || start("srs0-") {
        // SRS0=hash=time=domain=local@forwarder
        let inner = written[5..].rsplit_once('@').map_or(&written[5..], |(local, _)| local);
        let mut parts = inner.splitn(4, '=');
        if let (Some(_), Some(_), Some(domain), Some(local)) = (parts.next(), parts.next(), parts.next(), parts.next())
        {
            return format!("{local}@{domain}").into();
        }
    }
    written.into()
}

/// What a notice shows of the mail that it is about.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The addresses that it was sent to, by its envelope's fields and its header.
    pub(super) to: Vec<String>,
    /// The returned mail is a notice itself.
    pub(super) of_notice: bool,
    /// To whom the returned mail was, by its own header.
    pub(super) returned_to: Vec<String>,
}

impl Attempt<'_> {
    /// Whether it is about one of these, or about nobody, in which case nothing comes of it.
    fn is_about(&self, recipients: &[String]) -> bool {
        let mut named = self.recipient.iter().chain(&self.original_recipient).peekable();
        named.peek().is_none() || named.any(|named| recipients.iter().any(|one| one.eq_ignore_ascii_case(named)))
    }
}

impl Ties {
    /// What the return address says that a notice came to.
    fn of_address(&self, shown: &Shown) -> Found {
        let key = self.key.as_deref();
        let addresses =
            || shown.to.iter().flat_map(|to| self.addresses.iter().filter_map(|form| form.read(&bare(to), key)));
        addresses().find(|found| found.signed).or_else(|| addresses().next()).unwrap_or_default()
    }

    /// Whether the return address names a recipient.
    pub(super) fn names_recipient(&self, shown: &Shown) -> bool {
        self.of_address(shown).recipient.is_some()
    }

    /// Says of a notice's attempts how they are tied, and whom a return address names.
    pub(super) fn tie(&self, attempts: &mut [Attempt<'_>], shown: &Shown) {
        let key = self.key.as_deref();
        let found = self.of_address(shown);
        for attempt in attempts {
            if let Some(named) = &found.recipient
                && (found.signed || attempt.recipient.is_none())
            {
                // A signature is about one recipient, whomever the notice names.
                attempt.reply.domain = domain_of(named.as_bytes());
                attempt.recipient = Some(Cow::Owned(named.clone()));
            }
            let id = attempt.message.as_deref();
            let signed =
                id.and_then(|id| self.ids.iter().filter_map(|form| form.read(id, key)).find(|found| found.signed));
            let sent = self.sent.as_ref().zip(id).map(|(sent, id)| sent.recipients(id));
            // Whoever was sent a mail knows its id, and may name anybody beside it.
            let was_to = match (sent.flatten(), signed.as_ref().and_then(|found| found.recipient.clone())) {
                (Some([_, ..]), _) => attempt.is_about(sent.flatten().unwrap_or_default()),
                (_, Some(named)) => attempt.is_about(&[named]),
                _ => attempt.is_about(&shown.returned_to),
            };
            let known = sent.map(|sent| sent.is_some());
            attempt.tied = Some(if found.signed || signed.is_some() && was_to {
                Tied::Signed
            } else if known == Some(true) && was_to {
                Tied::Known
            } else if shown.of_notice {
                Tied::None(Untied::Loop)
            } else if id.is_none() {
                Tied::None(Untied::Unnamed)
            } else if known == Some(false) && signed.is_none() {
                Tied::None(Untied::Foreign)
            } else {
                Tied::None(Untied::Unproven)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mac(text: &str) -> String {
        HMAC::mac(text.as_bytes(), b"key")[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn reads_return_addresses() {
        let form: Form = "bounces+{recipient}@example.com".parse().unwrap();
        let found = form.read("Bounces+ann+x=example.org@example.com", None).unwrap();
        assert_eq!(found.recipient.as_deref(), Some("ann+x@example.org"));
        assert_eq!(form.read("bounces@example.com", None), None);
        let form: Form = "b-{id}-{recipient}-{mac}@example.com".parse().unwrap();
        let code = mac("b-c1-ann=example.org-@example.com");
        let signed = |code: &str, key: &[u8]| {
            form.read(&format!("b-c1-ann=example.org-{code}@example.com"), Some(key)).unwrap().signed
        };
        assert!(signed(&code, b"key"));
        assert!(!signed(&code, b"other") && !signed("", b"key") && !signed(&code[..8], b"key"));
        assert!(!form.read(&format!("b-c1-bob=example.org-{code}@example.com"), Some(b"key")).unwrap().signed);
    }

    #[test]
    fn takes_batv_and_srs_off() {
        let cases = [
            ("prvs=0123abcdef=news@example.com", "news@example.com"),
            ("SRS0=aaaa=bb=example.com=news@forward.example.net", "news@example.com"),
            ("news@example.com", "news@example.com"),
            ("srs0=broken@example.com", "srs0=broken@example.com"),
        ];
        for (written, expected) in cases {
            assert_eq!(bare(written), expected);
        }
    }

    #[test]
    fn ties_by_what_a_stranger_cannot_know() {
        let code = mac("7.@example.com");
        let ties = Ties {
            addresses: vec!["bounces+{recipient}@example.com".parse().unwrap()],
            ids: vec!["{id}.{mac}@example.com".parse().unwrap()],
            key: Some(b"key".to_vec()),
            sent: Some(Sent::read(b"<1@example.com>\n\n3@example.com Ann@example.org\n")),
        };
        let tied = |id: Option<&str>, shown: Shown| {
            let mut attempts = [Attempt { message: id.map(|id| Cow::Owned(id.to_owned())), ..Attempt::default() }];
            ties.tie(&mut attempts, &shown);
            let [attempt] = attempts;
            (attempt.tied.unwrap(), attempt.recipient.map(Cow::into_owned))
        };
        let to = || Shown { to: vec!["bounces+ann=example.org@example.com".to_owned()], ..Shown::default() };
        assert_eq!(tied(Some("1@example.com"), Shown::default()), (Tied::Known, None));
        assert_eq!(tied(Some(&format!("7.{code}@example.com")), Shown::default()), (Tied::Signed, None));
        assert_eq!(tied(Some("2@example.com"), Shown::default()), (Tied::None(Untied::Foreign), None));
        assert_eq!(tied(None, to()), (Tied::None(Untied::Unnamed), Some("ann@example.org".to_owned())));
        assert_eq!(tied(Some("2@example.com"), Shown { of_notice: true, ..to() }).0, Tied::None(Untied::Loop));
        // An id alone says of nobody that the mail went to him.
        let returned =
            |to: &[&str]| Shown { returned_to: to.iter().map(|&to| to.to_owned()).collect(), ..Shown::default() };
        let about = |id: &str, recipient: &'static str, shown: Shown| {
            let recipient = Some(Cow::Borrowed(recipient));
            let mut attempts = [Attempt { message: Some(Cow::Owned(id.to_owned())), recipient, ..Attempt::default() }];
            ties.tie(&mut attempts, &shown);
            attempts[0].tied.unwrap()
        };
        let unproven = Tied::None(Untied::Unproven);
        assert_eq!(about("1@example.com", "ann@example.org", Shown::default()), unproven);
        assert_eq!(about("1@example.com", "ann@example.org", returned(&["bob@example.org"])), unproven);
        assert_eq!(about("1@example.com", "ann@example.org", returned(&["Ann@example.org"])), Tied::Known);
        assert_eq!(about("3@example.com", "bob@example.org", returned(&["bob@example.org"])), unproven);
        assert_eq!(about("3@example.com", "ann@example.org", Shown::default()), Tied::Known);
        assert_eq!(about(&format!("7.{code}@example.com"), "ann@example.org", Shown::default()), unproven);
        assert_eq!(
            about(&format!("7.{code}@example.com"), "ann@example.org", returned(&["ann@example.org"])),
            Tied::Signed
        );
    }
}
