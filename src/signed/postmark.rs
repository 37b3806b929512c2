//! Postmark, which signs nothing: it shows what stands in the webhook's address, a name with a password or a token.
//!
//! <https://postmarkapp.com/developer/webhooks/webhooks-overview>

use super::{Compared, Posted, Unverified};
use crate::settings::{PostmarkSettings, Settings, SettingsError};
use base64ct::{Base64, Encoding};

const BASIC: &str = "the name and the password are not those";

/// What is to be shown.
pub(super) struct Postmark {
    shows: Shows,
    compared: Compared,
}

enum Shows {
    /// `user:password`.
    Basic(Vec<u8>),
    Token(Vec<u8>),
}

impl Postmark {
    pub(super) fn new(
        settings: &PostmarkSettings,
        all: &Settings,
        compared: Compared,
    ) -> Result<Postmark, SettingsError> {
        let blame = |name: &str, why: String| all.blame(&["service", "webhooks", "postmark", name], why, None);
        let shows = match settings {
            PostmarkSettings::Basic { user, password } => {
                let password = password.read(all).map_err(|why| blame("password", why))?;
                Shows::Basic([user.as_bytes(), b":", &password].concat())
            }
            PostmarkSettings::Token(token) => Shows::Token(token.read(all).map_err(|why| blame("token", why))?),
        };
        Ok(Postmark { shows, compared })
    }

    pub(super) fn verify(&self, posted: Posted<'_>) -> Result<(), Unverified> {
        let (secret, shown) = match &self.shows {
            Shows::Basic(secret) => {
                let header = (posted.header)("authorization").and_then(|value| std::str::from_utf8(value).ok());
                let (scheme, value) = header.and_then(|header| header.split_once(' ')).unwrap_or_default();
                if !scheme.eq_ignore_ascii_case("basic") {
                    return Err(Unverified::Unsigned("there is no name and password (Authorization: Basic …)"));
                }
                (secret, Base64::decode_vec(value.trim()).map_err(|_| Unverified::WrongSecret(BASIC))?)
            }
            Shows::Token(secret) => {
                let pairs = posted.query.into_iter().flat_map(|query| query.split('&'));
                let token = pairs.filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == "token");
                let lack = Unverified::Unsigned("the address has no `?token=…`");
                (secret, token.map(|(_, value)| unescaped(value)).ok_or(lack)?)
            }
        };
        let what = match &self.shows {
            Shows::Basic(_) => BASIC,
            Shows::Token(_) => "the token is not that",
        };
        match self.compared.is_same(secret, &shown) {
            true => Ok(()),
            false => Err(Unverified::WrongSecret(what)),
        }
    }
}

/// A value of a query, without its `%2F`.
fn unescaped(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| (*byte as char).to_digit(16));
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    out
}
