//! Hashes that protect nothing: those of words that stand in examples and that everybody tries first.

use hmac_sha256::Hash;

/// How a token is made.
pub(super) const MAKE: &str =
    "`token=$(openssl rand -hex 24); printf %s \"$token\" | sha256sum` makes a token and its hash";

/// The words.
const WORDS: [&str; 10] =
    ["", "test", "secret", "token", "changeme", "password", "admin", "carom", "example", "123456"];

/// The word that a token is, if it is one of these, also where a line's end was hashed with it.
pub(super) fn word_of(hash: &[u8; 32]) -> Option<&'static str> {
    let is_of =
        |word: &&str| Hash::hash(word.as_bytes()) == *hash || Hash::hash(format!("{word}\n").as_bytes()) == *hash;
    WORDS.into_iter().find(is_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_by_their_hashes() {
        assert_eq!(word_of(&Hash::hash(b"test")), Some("test"));
        assert_eq!(word_of(&Hash::hash(b"test\n")), Some("test"));
        assert_eq!(word_of(&Hash::hash(b"")), Some(""));
        assert_eq!(word_of(&Hash::hash(b"8f1d2c")), None);
        assert_eq!(word_of(&[0; 32]), None);
    }
}
