//! Amazon SNS, which hands on what SES says: RSA over the words of the envelope, with the key of a certificate that the
//! envelope names.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html>

use super::certificate::{Certificates, Hash, Place};
use super::{Fetch, Said, Signed, Unverified};
use crate::Time;
use crate::settings::SesSettings;
use base64ct::{Base64, Encoding};
use serde_json::Value;

/// What is known of the topics that may post.
pub(super) struct Sns {
    topics: Vec<String>,
    confirms: bool,
    certificates: Certificates,
}

/// The words that are signed, in the order in which they are; `Subject` only where there is one.
const NOTIFICATION: &[&str] = &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const SUBSCRIPTION: &[&str] = &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

/// An envelope of a topic that may post; who made it is not known yet.
pub(super) struct Envelope(Value);

impl Sns {
    pub(super) fn new(settings: &SesSettings) -> Sns {
        let SesSettings { topics, confirm } = settings;
        Sns { topics: topics.clone(), confirms: *confirm, certificates: Certificates::default() }
    }

    pub(super) fn read(&self, body: &[u8]) -> Result<Envelope, Unverified> {
        let body: Value = serde_json::from_slice(body).map_err(|_| Unverified::Unsigned("the body is no JSON"))?;
        let envelope = Envelope(body);
        let lack = "there is no envelope of SNS around it: turn `raw message delivery` of the subscription off";
        let topic = envelope.word("TopicArn", lack)?;
        match self.topics.iter().any(|known| known == topic) {
            true => Ok(envelope),
            false => Err(Unverified::UnknownTopic),
        }
    }
}

impl Envelope {
    fn word(&self, name: &str, lack: &'static str) -> Result<&str, Unverified> {
        self.0.get(name).and_then(Value::as_str).ok_or(Unverified::Unsigned(lack))
    }

    pub(super) fn verify(
        &self,
        sns: &Sns,
        now: Time,
        is_timely: impl FnOnce(Time) -> Result<(), Unverified>,
        fetch: &Fetch,
    ) -> Result<Signed, Unverified> {
        let kind = self.word("Type", "the envelope has no `Type`")?;
        let words = match kind {
            "Notification" => NOTIFICATION,
            "SubscriptionConfirmation" | "UnsubscribeConfirmation" => SUBSCRIPTION,
            _ => return Err(Unverified::Unsigned("the envelope is of another `Type` than those of SNS")),
        };
        let hash = match self.word("SignatureVersion", "the envelope has no `SignatureVersion`")? {
            "1" => Hash::Sha1,
            "2" => Hash::Sha256,
            _ => return Err(Unverified::Unsigned("its `SignatureVersion` is neither 1 nor 2")),
        };
        let time = self.word("Timestamp", "the envelope has no `Timestamp`")?;
        let time: Time = time.parse().map_err(|()| Unverified::Unsigned("its `Timestamp` is no time"))?;
        let id = self.word("MessageId", "the envelope has no `MessageId`")?.as_bytes().to_vec();
        let signature = self.word("Signature", "the envelope has no `Signature`")?;
        let signature = Base64::decode_vec(signature).map_err(|_| Unverified::BadSignature)?;
        let address = self.word("SigningCertURL", "the envelope has no `SigningCertURL`")?;
        let place = self.place(address).filter(Place::is_certificate);
        let place = place.ok_or_else(|| {
            Unverified::UnknownKey("its certificate does not lie with SNS in the topic's region".to_owned())
        })?;
        // What is too old costs no fetch.
        is_timely(time)?;
        let certificate = sns.certificates.at(address, &place, now, fetch)?;
        if !certificate.signed(hash, self.signed(words).as_bytes(), &signature) {
            return Err(Unverified::BadSignature);
        }
        let said = match kind {
            "SubscriptionConfirmation" => Said::Subscribe(self.confirmation().filter(|_| sns.confirms)),
            "UnsubscribeConfirmation" => Said::Unsubscribed,
            _ => Said::Events,
        };
        Ok(Signed { said, time, id })
    }

    /// An address of SNS in the topic's region.
    fn place<'a>(&self, address: &'a str) -> Option<Place<'a>> {
        let region = self.0.get("TopicArn").and_then(Value::as_str).and_then(|arn| arn.split(':').nth(3))?;
        Place::of(address, region)
    }

    /// The address that confirms a subscription.
    fn confirmation(&self) -> Option<String> {
        let address = self.0.get("SubscribeURL").and_then(Value::as_str)?;
        let place = self.place(address)?;
        place.path.starts_with("/?Action=ConfirmSubscription&").then(|| address.to_owned())
    }

    /// What is signed: each word's name and what it says, a line each.
    fn signed(&self, words: &[&str]) -> String {
        let mut text = String::new();
        for name in words {
            if let Some(said) = self.0.get(*name).and_then(Value::as_str) {
                text.extend([*name, "\n", said, "\n"]);
            }
        }
        text
    }
}
