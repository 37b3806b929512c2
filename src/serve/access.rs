//! Who may ask for what: tokens, of which the settings have hashes alone.

use crate::settings::{TokenScope, TokenSettings};

/// The word for a scope.
pub(super) fn word(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Classify => "classify",
        TokenScope::Read => "read",
        TokenScope::Reload => "reload",
    }
}

/// The token that was shown, if it is one. All are looked at, and all of each, so that time tells nothing.
pub(super) fn find<'t>(tokens: &'t [TokenSettings], shown: &[u8]) -> Option<&'t TokenSettings> {
    let hash = hmac_sha256::Hash::hash(shown);
    let mut found = None;
    for token in tokens {
        let differs = token.hash.iter().zip(hash).fold(0, |all, (a, b)| all | (a ^ b));
        if differs == 0 {
            found = Some(token);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_by_their_hash() {
        let token = |name: &str, text: &str| TokenSettings {
            name: name.to_owned(),
            hash: hmac_sha256::Hash::hash(text.as_bytes()),
            scopes: vec![TokenScope::Classify],
        };
        let tokens = [token("other", "x"), token("queue", "test")];
        assert_eq!(find(&tokens, b"test"), Some(&tokens[1]));
        assert_eq!(find(&tokens, b"tesu"), None);
        assert_eq!(find(&tokens, b""), None);
    }
}
