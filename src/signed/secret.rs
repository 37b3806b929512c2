//! Secrets, compared without telling by the time how much of one was guessed.

use ring::hmac;
use ring::rand::SystemRandom;

/// What compares: both sides are hashed with a key of this process, and the hashes compared in constant time.
pub(super) struct Compared(hmac::Key);

impl Compared {
    pub(super) fn new() -> Result<Compared, String> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new());
        key.map(Compared).map_err(|_| "the system has no random numbers to give".to_owned())
    }

    pub(super) fn is_same(&self, secret: &[u8], shown: &[u8]) -> bool {
        hmac::verify(&self.0, shown, hmac::sign(&self.0, secret).as_ref()).is_ok()
    }
}
