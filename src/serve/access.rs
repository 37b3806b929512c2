//! Who may ask for what: tokens, of which the service knows hashes alone.

use std::fmt;
use std::str::FromStr;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Verdicts and explanations.
    Classify,
    /// Rules, status and metrics.
    Read,
    /// What changes the active rules.
    Reload,
}

impl Scope {
    /// All.
    pub const ALL: [Scope; 3] = [Scope::Classify, Scope::Read, Scope::Reload];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Classify => "classify",
            Scope::Read => "read",
            Scope::Reload => "reload",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(word: &str) -> Result<Scope, String> {
        let known = || Scope::ALL.map(Scope::as_str).join(", ");
        let found = Scope::ALL.into_iter().find(|scope| scope.as_str() == word);
        found.ok_or_else(|| format!("there is no scope `{word}`: there are {}", known()))
    }
}

/// A token by its hash, and what it is good for.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose it is, for people.
    pub name: String,
    /// The SHA-256 of the token. Tokens are long and random, so that nobody finds them from that.
    pub hash: [u8; 32],
    /// What it is good for.
    pub scopes: Vec<Scope>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("name", &self.name).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// Why a line is no token's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError(String);

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TokenError {}

/// The fewest characters of a token, so that it can be random enough.
const SHORTEST: usize = 24;

impl Token {
    /// The token itself, hashed.
    ///
    /// # Errors
    /// That it is too short to be random.
    pub fn new(name: &str, token: &str, scopes: Vec<Scope>) -> Result<Token, TokenError> {
        if token.len() < SHORTEST {
            return Err(TokenError(format!("a token has at least {SHORTEST} characters")));
        }
        Ok(Token { name: name.to_owned(), hash: hmac_sha256::Hash::hash(token.as_bytes()), scopes })
    }

    /// Name, hash and scopes: `queue 5e88…  classify,read`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(line: &str) -> Result<Token, TokenError> {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [name, hash, scopes] = fields[..] else {
            return Err(TokenError("a token is a name, the SHA-256 of the token and its scopes".to_owned()));
        };
        let hash = hexadecimal(hash)
            .ok_or_else(|| TokenError(format!("the hash of `{name}` is no SHA-256: it has 64 digits")))?;
        let scopes = scopes.split(',').map(str::parse).collect::<Result<_, _>>().map_err(TokenError)?;
        Ok(Token { name: name.to_owned(), hash, scopes })
    }
}

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// The token that was shown, if it is one. All are looked at, and all of each, so that time tells nothing.
pub(super) fn find<'t>(tokens: &'t [Token], shown: &[u8]) -> Option<&'t Token> {
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
    fn tokens_are_read_and_found() {
        let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        let token = Token::parse(&format!("queue {hash} classify,read")).unwrap();
        assert_eq!((token.name.as_str(), &token.scopes[..]), ("queue", &[Scope::Classify, Scope::Read][..]));
        let tokens = [Token::new("other", &"x".repeat(24), vec![]).unwrap(), token.clone()];
        assert_eq!(find(&tokens, b"test"), Some(&token));
        assert_eq!(find(&tokens, b"tesu"), None);
        assert_eq!(find(&tokens, b""), None);
        for (line, why) in [
            ("queue", "a token is a name, the SHA-256 of the token and its scopes"),
            ("queue abc read", "the hash of `queue` is no SHA-256: it has 64 digits"),
        ] {
            assert_eq!(Token::parse(line).unwrap_err().to_string(), why);
        }
        let wrong = Token::parse(&format!("queue {hash} write")).unwrap_err();
        assert_eq!(wrong.to_string(), "there is no scope `write`: there are classify, read, reload");
        assert!(Token::new("a", "short", vec![]).is_err());
        assert!(!format!("{token:?}").contains("9f86"), "hashes are nobody's business");
    }
}
