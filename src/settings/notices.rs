//! What is said of notices: what ties them to mails that were sent, and in which fields a returned mail says whose it is.

use super::form::{FLAG, Form, TEXT, Wrong};
use super::secret::Secret;
use super::section::Section;
use serde_json::json;
use std::path::PathBuf;

/// What notices are held against. Paths stand beside the settings, see [`Settings::beside`](super::Settings::beside).
#[derive(Debug, Clone, Default)]
pub struct NoticeSettings {
    /// How return addresses are made, as `bounces+{recipient}-{mac}@example.com`.
    pub verp: Vec<String>,
    /// How message ids are made, as `{id}.{mac}@example.com`.
    pub message_id: Vec<String>,
    /// The key of `{mac}`.
    pub key: Option<Secret>,
    /// A file with the ids of the mails that were sent, one a line; its recipients may follow.
    pub sent: Option<PathBuf>,
    /// The header fields in which mails name their campaign.
    pub campaign_header: Vec<String>,
    /// The header fields in which mails name their recipient.
    pub recipient_header: Vec<String>,
    /// Whether addresses are suppressed on the word of notices that nothing ties to a mail that was sent.
    pub trust_untied: bool,
}

/// The name of a header field, with or without its colon (RFC 5322, 3.6.8).
///
/// # Errors
/// That it is none.
pub(crate) fn header_field(written: &str) -> Result<String, String> {
    let name = written.trim().trim_end_matches(':');
    match !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
        true => Ok(name.to_owned()),
        false => Err("a header field's name has visible ASCII characters and no colon, as `X-Campaign`".to_owned()),
    }
}

static FIELD: Form<String> = Form {
    what: "the name of a header field, such as Feedback-ID",
    schema: || json!({ "type": "string", "pattern": "^[!-9;-~]+:?$" }),
    read: |text| header_field(text).map_err(Wrong::from),
};

impl NoticeSettings {
    pub(super) fn take(at: &mut Section<'_, '_>) -> NoticeSettings {
        NoticeSettings {
            verp: at.list("verp", &TEXT, &[], "how return addresses are made: bounces+{recipient}-{mac}@example.com"),
            message_id: at.list("message_id", &TEXT, &[], "how message ids are made: {id}.{mac}@example.com"),
            key: at.secret("key", "what `{mac}` is made with"),
            sent: at
                .path("sent", "a file with the ids of the mails that were sent, one a line; its recipients may follow"),
            campaign_header: at.list("campaign_header", &FIELD, &[], "fields in which mails name their campaign"),
            recipient_header: at.list("recipient_header", &FIELD, &[], "fields in which mails name their recipient"),
            trust_untied: at.or("trust_untied", &FLAG, "false", "notices that nothing ties to a mail suppress, too"),
        }
    }
}
