//! What all cases share: where the service is, who may ask it what, and what is right.

use super::client::{Answer, Talk};
use std::net::SocketAddr;
use std::sync::RwLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) const QUEUE: &str = "a-token-of-the-mail-queue";
pub(crate) const DEPLOY: &str = "a-token-of-who-changes-rules";
pub(crate) const MAILGUN: &str = "a-key-that-mailgun-knows";
pub(crate) const POSTMARK: &str = "postmark:open-sesame";

/// The service's limits, which cases go beyond.
pub(crate) const BODY: usize = 1 << 20;
pub(crate) const BATCH: usize = 1_000;
pub(crate) const HEAD: Duration = Duration::from_secs(10);
pub(crate) const PATIENCE: Duration = Duration::from_secs(3);
/// How long signatures hold.
pub(crate) const WINDOW: u64 = 600;

/// `carom.yaml`, for so many connections.
pub(crate) fn settings(connections: usize) -> String {
    let hash = |token: &str| digits(&hmac_sha256::Hash::hash(token.as_bytes()));
    let (user, password) = POSTMARK.split_once(':').expect("a name and a password");
    let (queue, deploy, head, patience) = (hash(QUEUE), hash(DEPLOY), HEAD.as_secs(), PATIENCE.as_secs());
    format!(
        "service:\n  tokens:\n    - {{ name: queue, hash: {queue}, scopes: [classify] }}\n    \
         - {{ name: deploy, hash: {deploy}, scopes: [read, reload] }}\n  \
         limits: {{ body: 1MiB, batch: {BATCH}, connections: {connections}, head: {head}s, patience: {patience}s }}\n  \
         webhooks:\n    window: {WINDOW}s\n    mailgun: {{ key: {MAILGUN} }}\n    \
         postmark: {{ user: {user}, password: {password} }}\n"
    )
}

pub(crate) fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unix() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs()
}

/// A case: what kind of input it is, and the input, held to what is right.
pub(crate) type Case = (&'static str, fn(&Ground, &mut Chance) -> Result<(), String>);

#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) address: SocketAddr,
    /// Held by each case while it lasts, and alone by who takes all connections: nobody else would get one.
    pub(crate) room: RwLock<()>,
    pub(crate) mails: Vec<super::mails::Mail>,
}

impl Ground {
    pub(crate) fn open(&self) -> Result<Talk, String> {
        Talk::open(self.address)
    }

    /// One request on a connection of its own.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<Answer, String> {
        let mut talk = self.open()?;
        talk.say(&request(method, path, headers, body));
        talk.answer()
    }

    /// The same with the token for verdicts.
    pub(crate) fn post(&self, path: &str, kind: &str, body: &[u8]) -> Result<Answer, String> {
        self.ask("POST", path, &format!("{}Content-Type: {kind}\r\n", bearer(QUEUE)), body)
    }

    /// The same with the token for changes.
    pub(crate) fn change(&self, method: &str, path: &str, body: &[u8]) -> Result<Answer, String> {
        self.ask(method, path, &bearer(DEPLOY), body)
    }
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// The head of a request for verdicts, without what says how long the body is, and without its end.
pub(crate) fn head(kind: &str) -> String {
    format!("POST /v1/classify HTTP/1.1\r\nHost: localhost\r\n{}Content-Type: {kind}\r\n", bearer(QUEUE))
}

pub(crate) fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// Numbers by chance, the same for the same seed (xorshift).
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Chance {
        // Zero would stay zero.
        Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}
