//! What the sender's own header fields say in a mail that comes back: the campaign, and the recipient where the notice
//! hides him.

use super::address;
use super::mail::of_original;

/// The fields in which a sender writes what he wants to read again in a notice, by their names. The first that is
/// there counts.
///
/// ```
/// use carom::intake::notice::{Carried, Reader};
///
/// let carried = Carried { campaign: vec!["X-Campaign".into()], ..Carried::default() };
/// let mail = b"Subject: failure notice\n\nHi. This is the qmail-send program at example.net.\n\
/// I'm afraid I wasn't able to deliver your message to the following addresses.\n\n\
/// <ann@example.com>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user\n\n\
/// --- Below this line is a copy of the message.\n\nX-Campaign: spring\nSubject: News\n\nHello\n";
/// let attempts = Reader { carried, ..Reader::default() }.read(mail)?;
/// assert_eq!(attempts[0].reply.sender.campaign.as_deref(), Some("spring"));
/// # Ok::<(), carom::intake::notice::Refusal>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// Fields that name the campaign.
    pub campaign: Vec<String>,
    /// Fields that name the recipient, by his address; asked where the notice itself names nobody.
    pub recipient: Vec<String>,
}

/// The longest campaign that is believed: it is written into every verdict.
const LONGEST: usize = 200;

impl Carried {
    /// The campaign, by the header of the mail that came back.
    pub(super) fn campaign(&self, original: &str) -> Option<String> {
        let value = first(original, &self.campaign)?;
        let value: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
        (!value.is_empty() && value.len() <= LONGEST).then_some(value)
    }

    /// The recipient, by the same.
    pub(super) fn recipient(&self, original: &str) -> Option<String> {
        first(original, &self.recipient).and_then(|value| address::read(&value))
    }
}

fn first(original: &str, names: &[String]) -> Option<String> {
    if names.is_empty() {
        // Nobody asks, so that the header need not be read.
        return None;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    of_original(original, &names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_field_that_is_there_counts() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let carried = Carried { campaign: names(&["X-Job", "Feedback-ID"]), recipient: names(&["X-Rcpt"]) };
        let original = "Subject: News\nfeedback-id: spring:\n acme\nX-Rcpt: <Ann@Example.com>\n\nX-Job: of the body\n";
        assert_eq!(carried.campaign(original).as_deref(), Some("spring: acme"));
        assert_eq!(carried.recipient(original).as_deref(), Some("Ann@Example.com"));
        assert_eq!(carried.campaign("Subject: News\nX-Job: 7\nFeedback-ID: b\n\n").as_deref(), Some("7"));
        assert_eq!(carried.campaign(&format!("X-Job: {}\n\n", "7".repeat(LONGEST + 1))), None);
        assert_eq!(carried.recipient("X-Rcpt: number 7\n\n"), None);
        assert_eq!(Carried::default().campaign(original), None);
    }
}
