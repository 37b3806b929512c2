//! SendGrid: ECDSA over P-256 and SHA-256, of the time and the body.
//!
//! <https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features>

use super::{Posted, Said, Signed, Unverified};
use crate::Time;
use crate::settings::{SendGridSettings, Settings, SettingsError};
use base64ct::{Base64, Encoding};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

const SIGNATURE: &str = "x-twilio-email-event-webhook-signature";
const TIMESTAMP: &str = "x-twilio-email-event-webhook-timestamp";

/// What stands before the point in the DER of any public key of P-256 that is not compressed.
const PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The keys that may sign.
pub(super) struct SendGrid(Vec<UnparsedPublicKey<Vec<u8>>>);

impl SendGrid {
    pub(super) fn new(settings: &SendGridSettings, all: &Settings) -> Result<SendGrid, SettingsError> {
        let key = |text: &String| {
            let der = Base64::decode_vec(text.trim()).ok()?;
            let point = der.strip_prefix(&PREFIX).filter(|point| point.len() == 65 && point[0] == 4)?;
            Some(UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point.to_vec()))
        };
        let keys: Option<Vec<_>> = settings.keys.iter().map(key).collect();
        keys.map(SendGrid).ok_or_else(|| {
            let help = "copy it from SendGrid's settings of the event webhook: 124 letters that begin with `MFkw`";
            all.blame(
                &["service", "webhooks", "sendgrid", "keys"],
                "it is no verification key of SendGrid".into(),
                Some(help),
            )
        })
    }

    pub(super) fn verify(&self, posted: Posted<'_>) -> Result<Signed, Unverified> {
        let header = |name, lack| (posted.header)(name).ok_or(Unverified::Unsigned(lack));
        let signature = header(SIGNATURE, "the header X-Twilio-Email-Event-Webhook-Signature is missing")?;
        let timestamp = header(TIMESTAMP, "the header X-Twilio-Email-Event-Webhook-Timestamp is missing")?;
        let signature = std::str::from_utf8(signature).ok().and_then(|text| Base64::decode_vec(text.trim()).ok());
        let signature = signature.ok_or(Unverified::BadSignature)?;
        let seconds = std::str::from_utf8(timestamp).ok().and_then(|text| text.parse().ok());
        let seconds = seconds.ok_or(Unverified::Unsigned("its time is no number of seconds"))?;
        let signed = [timestamp, posted.body].concat();
        match self.0.iter().any(|key| key.verify(&signed, &signature).is_ok()) {
            // Not by the signature: whoever has one can make another that holds.
            true => Ok(Signed { said: Said::Events, time: Time::from_unix(seconds), id: signed }),
            false => Err(Unverified::BadSignature),
        }
    }
}
