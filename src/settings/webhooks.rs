//! What is said of those that post events: how each is known to be who it says.

use super::form::{COUNT, FLAG, Form, TEXT, TIME, Wrong};
use super::secret::Secret;
use super::section::Section;
use serde_json::json;
use std::time::Duration;

/// Who may post events, and how that is known. A service of which nothing is said may not.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// How old what they signed may be, and how far ahead of the clock.
    pub window: Duration,
    /// How many events are remembered within that time, so that none comes twice.
    pub remembered: usize,
    /// Amazon SES, through SNS.
    pub ses: Option<SesSettings>,
    /// SendGrid.
    pub sendgrid: Option<SendGridSettings>,
    /// Mailgun.
    pub mailgun: Option<MailgunSettings>,
    /// Postmark.
    pub postmark: Option<PostmarkSettings>,
}

/// Amazon SES, through SNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SesSettings {
    /// The topics that may post, by their ARN.
    pub topics: Vec<String>,
    /// Whether a subscription of theirs is confirmed when it asks for it.
    pub confirm: bool,
}

/// SendGrid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendGridSettings {
    /// The verification keys, as SendGrid shows them.
    pub keys: Vec<String>,
}

/// Mailgun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailgunSettings {
    /// The webhook signing key.
    pub key: Secret,
}

/// Postmark, which signs nothing: it shows what it was given with the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostmarkSettings {
    /// A name and a password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token in the address: `?token=…`.
    Token(Secret),
}

static TOPIC: Form<String> = Form {
    what: "the ARN of a topic, such as arn:aws:sns:eu-west-1:123456789012:bounces",
    schema: || json!({ "type": "string", "pattern": "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$" }),
    read: |text| {
        let parts: Vec<&str> = text.split(':').collect();
        let is_one = match parts[..] {
            ["arn", partition, "sns", region, account, name] => {
                partition.starts_with("aws")
                    && !region.is_empty()
                    && account.len() == 12
                    && account.bytes().all(|b| b.is_ascii_digit())
                    && !name.is_empty()
            }
            _ => false,
        };
        match is_one {
            true => Ok(text.to_owned()),
            false => Err(Wrong {
                cause: format!("`{text}` is no topic of SNS"),
                help: Some("write its ARN, such as arn:aws:sns:eu-west-1:123456789012:bounces".to_owned()),
            }),
        }
    },
};

impl WebhookSettings {
    pub(super) fn take(at: &mut Section<'_, '_>) -> WebhookSettings {
        WebhookSettings {
            window: at.or("window", &TIME, "60m", "how old a signature may be: SNS tries again for an hour"),
            remembered: at.or("remembered", &COUNT, "100000", "how many events within it, so that none comes twice"),
            ses: at.optional("ses", "Amazon SES, through SNS", |at| {
                at.needs("topics", "what may post, by its ARN");
                let topics = at.list("topics", &TOPIC, &[], "what may post, by its ARN");
                if topics.is_empty() && at.is_set("topics") {
                    at.wrong_at("topics", "no topic may post".to_owned(), Some("name one, or take `ses` out"));
                }
                let confirm = at.or("confirm", &FLAG, "false", "a subscription of these topics is confirmed");
                SesSettings { topics, confirm }
            }),
            sendgrid: at.optional("sendgrid", "SendGrid's signed event webhook", |at| {
                at.needs("keys", "the verification key, as SendGrid shows it");
                SendGridSettings { keys: at.list("keys", &TEXT, &[], "the verification keys, as SendGrid shows them") }
            }),
            mailgun: at
                .optional("mailgun", "Mailgun", |at| {
                    at.must_secret("key", "the webhook signing key").map(|key| MailgunSettings { key })
                })
                .flatten(),
            postmark: at.optional("postmark", "Postmark, which signs nothing", postmark).flatten(),
        }
    }
}

fn postmark(at: &mut Section<'_, '_>) -> Option<PostmarkSettings> {
    let user = at.maybe("user", &TEXT, "the name that stands in the webhook's address");
    let password = at.secret("password", "the password that stands there");
    let token = at.secret("token", "in place of both: what stands there as `?token=…`");
    match (user, password, token) {
        (Some(user), Some(password), None) => Some(PostmarkSettings::Basic { user, password }),
        (None, None, Some(token)) => Some(PostmarkSettings::Token(token)),
        _ => {
            let help = "name `user` and `password`, or a `token`";
            at.wrong("nothing tells Postmark from anybody else, or two things do".to_owned(), Some(help));
            None
        }
    }
}
