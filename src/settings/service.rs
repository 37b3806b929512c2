//! What is said of the service.

use super::form::{
    ADDRESS, COUNT, FLAG, Form, HASH, KEPT, NAME, SIZE, TEXT, THREADS, TIME, TIME_OR_NONE, TIME_OR_OFF, word,
};
use super::guessed;
use super::secret::Secret;
use super::section::Section;
use super::webhooks::WebhookSettings;
use serde_json::json;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How `carom serve` runs. Paths stand beside the settings, see [`Settings::beside`](super::Settings::beside).
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// Where it listens.
    pub listen: Vec<SocketAddr>,
    /// Names that it is asked by, besides `localhost` and addresses; where there are tokens it may be any.
    pub hosts: Vec<String>,
    /// How many threads answer; without it, one for each processor.
    pub threads: Option<usize>,
    /// With what it speaks TLS.
    pub tls: Option<TlsSettings>,
    /// Who may ask; without any, whoever reaches it.
    pub tokens: Vec<TokenSettings>,
    /// What it takes, and how long it waits.
    pub limits: ServiceLimits,
    /// What it says of itself.
    pub log: LogSettings,
    /// Rules that are tried beside the active ones from the start.
    pub shadow: Option<PathBuf>,
    /// The snapshots to go back to.
    pub kept: KeptSettings,
    /// How often the files of rules are looked at; without it, never.
    pub watch: Option<Duration>,
    /// What services may post.
    pub webhooks: WebhookSettings,
}

/// The files of TLS, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// The certificate, and those between it and a root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// A token by its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSettings {
    /// Whose it is, for people.
    pub name: String,
    /// The SHA-256 of the token.
    pub hash: [u8; 32],
    /// What it is good for.
    pub scopes: Vec<TokenScope>,
}

impl fmt::Debug for TokenSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSettings").field("name", &self.name).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenScope {
    /// Verdicts and explanations.
    Classify,
    /// Rules, status and metrics.
    Read,
    /// What changes the active rules.
    Reload,
}

/// What the service takes, and how long it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceLimits {
    /// The largest body, in bytes; JSON Lines have no such bound.
    pub body: usize,
    /// The most replies of one batch.
    pub batch: usize,
    /// How many requests are worked on at once.
    pub requests: usize,
    /// How many connections are open at once.
    pub connections: usize,
    /// How long a request's head may take, and a connection lie idle.
    pub head: Duration,
    /// How long a body may take, or the wait between two pieces of one that is streamed.
    pub patience: Duration,
    /// How long it goes on answering when it is asked to stop, and says that it is not ready any more.
    pub drain: Duration,
    /// How long what was accepted may take when the service stops.
    pub stop: Duration,
}

/// What the service says of itself, on standard error.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// How it is written.
    pub form: LogForm,
    /// Whether each request is, without its body.
    pub requests: bool,
    /// Whether each verdict is.
    pub verdicts: bool,
    /// Whether recipients stand there as they are.
    pub addresses: bool,
    /// The key of their pseudonyms.
    pub key: Option<Secret>,
}

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

/// The snapshots that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSettings {
    /// The folder; without it, in memory.
    pub folder: Option<PathBuf>,
    /// How many.
    pub count: usize,
}

static SCOPE: Form<TokenScope> = Form {
    what: "a scope: `classify`, `read` or `reload`",
    schema: || json!({ "enum": ["classify", "read", "reload"] }),
    read: |text| {
        let scopes = [("classify", TokenScope::Classify), ("read", TokenScope::Read), ("reload", TokenScope::Reload)];
        word(text, "scope", &scopes)
    },
};

static LOG_FORM: Form<LogForm> = Form {
    what: "`text` or `json`",
    schema: || json!({ "enum": ["text", "json"] }),
    read: |text| word(text, "form", &[("text", LogForm::Text), ("json", LogForm::Json)]),
};

impl ServiceSettings {
    pub(super) fn take(at: &mut Section<'_, '_>) -> ServiceSettings {
        let settings = ServiceSettings {
            listen: at.list("listen", &ADDRESS, &["127.0.0.1:8025"], "where it listens"),
            hosts: at.list(
                "hosts",
                &NAME,
                &[],
                "names that it is asked by, besides `localhost`; with tokens it may be any",
            ),
            threads: at.maybe("threads", &THREADS, "how many answer; without it, one for each processor"),
            tls: at.optional("tls", "it speaks TLS alone", tls).flatten(),
            tokens: tokens(at),
            limits: at.section("limits", "what it takes, and how long it waits", limits),
            log: at.section("log", "what it says of itself, on standard error", log),
            shadow: at.path("shadow", "rules that are tried beside the active ones, and never touch an answer"),
            kept: at.section("kept", "the last good snapshots, to go back to and to start on", |at| KeptSettings {
                folder: at.path("folder", "where they lie; without it, in memory"),
                count: at.or("count", &KEPT, "8", "how many"),
            }),
            watch: at.or("watch", &TIME_OR_OFF, "1s", "how often the files of rules are looked at; `off` is never"),
            webhooks: at.section("webhooks", "who may post to /v1/events", WebhookSettings::take),
        };
        if settings.listen.is_empty() {
            at.wrong_at("listen", "it listens nowhere".to_owned(), Some("name an address, or leave `listen` out"));
        }
        let twice = settings.listen.iter().enumerate().find(|(n, address)| {
            // Of port 0 each is another.
            address.port() != 0 && settings.listen[..*n].contains(address)
        });
        if let Some((_, twice)) = twice {
            at.wrong_at("listen", format!("{twice} stands here twice"), Some("take one of them out"));
        }
        let open = settings.listen.iter().find(|address| !address.ip().is_loopback());
        if let Some(open) = open.filter(|_| settings.tokens.is_empty()) {
            let help = "name `tokens`, or listen on a loopback address";
            at.wrong_at(
                "listen",
                format!("{open} is reached from elsewhere, and whoever reaches it may ask"),
                Some(help),
            );
        }
        settings
    }
}

fn tls(at: &mut Section<'_, '_>) -> Option<TlsSettings> {
    let certificate = at.must_path("certificate", "the certificate and those above it, in PEM");
    let key = at.must_path("key", "its private key, in PEM");
    Some(TlsSettings { certificate: certificate?, key: key? })
}

fn tokens(at: &mut Section<'_, '_>) -> Vec<TokenSettings> {
    let mut names: Vec<String> = Vec::new();
    let mut hashes: Vec<[u8; 32]> = Vec::new();
    let tokens = at.items("tokens", "who may ask; without any, whoever reaches the service", |at| {
        let name = at.must("name", &TEXT, "whose it is, for logs");
        let hash = at.must("hash", &HASH, "the SHA-256 of the token; the token is 24 random characters or more");
        at.needs("scopes", "what it is good for");
        let scopes = at.list("scopes", &SCOPE, &[], "what it is good for: classify, read, reload");
        if at.is_set("scopes") && scopes.is_empty() {
            at.wrong_at("scopes", "it is good for nothing".to_owned(), Some("there are classify, read, reload"));
        }
        if let Some(name) = &name {
            if names.contains(name) {
                at.wrong_at("name", format!("another token is called `{name}`"), Some("give each a name of its own"));
            }
            names.push(name.clone());
        }
        if let Some(hash) = hash {
            if let Some(word) = guessed::word_of(&hash) {
                let cause = match word {
                    "" => "it is the hash of nothing at all".to_owned(),
                    word => format!("anybody can guess this token: it is `{word}`"),
                };
                at.wrong_at("hash", cause, Some(guessed::MAKE));
            } else if hashes.contains(&hash) && hash != [0; 32] {
                let help = "make one for each, or give one of them all scopes";
                at.wrong_at("hash", "another token has the same hash".to_owned(), Some(help));
            }
            hashes.push(hash);
        }
        Some(TokenSettings { name: name?, hash: hash?, scopes })
    });
    tokens.into_iter().flatten().collect()
}

fn limits(at: &mut Section<'_, '_>) -> ServiceLimits {
    ServiceLimits {
        body: at.or(
            "body",
            &SIZE,
            "4MiB",
            "the largest body; a stream of JSON Lines has no end, and its lines have 64 KiB at most",
        ),
        batch: at.or("batch", &COUNT, "1000", "the most replies of a batch; JSON Lines have no such bound"),
        requests: at.or("requests", &COUNT, "256", "how many are worked on at once"),
        connections: at.or("connections", &COUNT, "4096", "how many are open at once"),
        head: at.or("head", &TIME, "30s", "how long a request's head may take, and a connection lie idle"),
        patience: at.or("patience", &TIME, "30s", "how long a body may take, or the next piece of a stream"),
        drain: at.or("drain", &TIME_OR_NONE, "0s", "how long it goes on, not ready any more, before it stops"),
        stop: at.or("stop", &TIME, "30s", "how long what was accepted may take when the service stops"),
    }
}

fn log(at: &mut Section<'_, '_>) -> LogSettings {
    let log = LogSettings {
        form: at.or("form", &LOG_FORM, "text", "`text` for people, or `json`"),
        requests: at.or("requests", &FLAG, "false", "each request, without its body"),
        verdicts: at.or("verdicts", &FLAG, "false", "each verdict, with a pseudonym of its recipient"),
        addresses: at.or("addresses", &FLAG, "false", "recipients as they are, in place of pseudonyms"),
        key: at.secret("key", "the key of pseudonyms, 16 characters or more"),
    };
    if log.verdicts && !log.addresses && log.key.is_none() {
        let help = "name a `key`, or say `addresses: true`";
        at.wrong_at("verdicts", "verdicts name recipients by pseudonyms, which need a key".to_owned(), Some(help));
    }
    log
}
