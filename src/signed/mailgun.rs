//! Mailgun: an HMAC of a time and a token, which stand in the body; the rest of the body is not signed.
//!
//! <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>

use super::{Posted, Said, Signed, Unverified};
use crate::Time;
use crate::settings::{MailgunSettings, Settings, SettingsError};
use ring::hmac;
use serde_json::Value;

/// The longest token: they have 50 letters.
const TOKEN: usize = 128;

/// The key that signs.
pub(super) struct Mailgun(hmac::Key);

impl Mailgun {
    pub(super) fn new(settings: &MailgunSettings, all: &Settings) -> Result<Mailgun, SettingsError> {
        let key = settings.key.read(all);
        let key = key.map_err(|why| all.blame(&["service", "webhooks", "mailgun", "key"], why, None))?;
        Ok(Mailgun(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    pub(super) fn verify(&self, posted: Posted<'_>) -> Result<Signed, Unverified> {
        let lacks = |lack| move || Unverified::Unsigned(lack);
        let body: Value =
            serde_json::from_slice(posted.body).map_err(|_| Unverified::Unsigned("the body is no JSON"))?;
        let signed = body.get("signature").ok_or_else(lacks("the body has no `signature`"))?;
        let timestamp = match &signed["timestamp"] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let timestamp = timestamp.ok_or_else(lacks("`signature` has no `timestamp`"))?;
        let seconds = timestamp.parse().map_err(|_| Unverified::Unsigned("its time is no number of seconds"))?;
        let token = signed["token"].as_str().filter(|token| !token.is_empty() && token.len() <= TOKEN);
        let token = token.ok_or_else(lacks("`signature` has no `token`"))?;
        let message = [timestamp.as_bytes(), token.as_bytes()].concat();
        // What happens on an account below one's own is signed by both.
        let signatures = ["signature", "parent-signature"].map(|name| signed[name].as_str());
        if signatures[0].is_none() {
            return Err(Unverified::Unsigned("`signature` has no `signature`"));
        }
        let mut shown = signatures.iter().flatten().filter_map(|text| digits(text));
        match shown.any(|tag| hmac::verify(&self.0, &message, &tag).is_ok()) {
            true => Ok(Signed { said: Said::Events, time: Time::from_unix(seconds), id: token.as_bytes().to_vec() }),
            false => Err(Unverified::BadSignature),
        }
    }
}

/// The bytes of 64 digits.
fn digits(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digit = |n: usize| (pair[n] as char).to_digit(16);
        *byte = (digit(0)? * 16 + digit(1)?) as u8;
    }
    Some(bytes)
}
