//! Whether a verdict agrees with a fact: in its category, and in what it is about.

use crate::fact::{Fact, File, Rendering};
use carom::{Category, Engine, Scope};

/// What a verdict on a fact of that reason may be about; the facts' reasons say more than one scope of ours.
fn scopes(reason: &str) -> &'static [Scope] {
    use Scope::{Account, Connection, Domain, Ip, Message, Provider, Recipient};
    match reason {
        "recipient-unknown" | "recipient-disabled" | "recipient-inactive" | "recipient-moved" | "mailbox-full"
        | "recipient-rate" => &[Recipient],
        "recipient-policy" => &[Recipient, Domain, Message, Account],
        "allowlist-only" | "domain-unknown" => &[Recipient, Domain],
        "null-mx" | "domain-reputation" => &[Domain],
        "relay-denied" => &[Domain, Recipient, Account, Connection],
        "ip-reputation" | "helo" | "messages-per-connection" => &[Ip, Connection],
        "connection-limit" => &[Ip, Connection, Account],
        "dnsbl-ip" | "dynamic-ip" | "ptr" => &[Ip],
        "geo" => &[Ip, Domain],
        "dnsbl-domain" | "auth-dmarc" | "auth-dkim" | "auth-alignment" | "auth-missing" | "url-blocked" => {
            &[Domain, Message]
        }
        "sender-domain" => &[Domain, Account],
        "sender-rejected" => &[Domain, Account, Message, Ip, Recipient],
        "auth-spf" => &[Domain, Message, Ip],
        "auth-required" => &[Account, Connection, Domain, Ip],
        "rate-limit" => &[Ip, Account, Domain, Connection, Provider, Recipient],
        "too-many-recipients" => &[Message, Connection],
        "spam-content" | "virus" | "attachment" | "content-policy" | "message-size" | "malformed" => &[Message],
        "local-policy" => &[Message, Ip, Domain, Account, Provider, Recipient],
        "tls-required" => &[Connection, Domain, Ip],
        "protocol" => &[Connection, Message, Ip],
        "timeout" => &[Connection, Provider, Message],
        "server-busy" => &[Connection, Provider],
        "greylist" => &[Connection, Recipient, Ip, Message, Provider],
        "server-error" | "network" => &[Provider, Connection, Domain, Message],
        "storage" => &[Provider],
        "loop" => &[Domain, Message, Recipient, Provider],
        "account-suspended" => &[Account],
        "license" => &[Provider, Domain, Account],
        other => panic!("no scope is known for the facts' reason `{other}`"),
    }
}

/// A reply of a fact, and what the rules make of it.
pub(crate) struct Asked {
    /// `550 5.1.1 "no such user"`.
    pub(crate) shown: String,
    pub(crate) category: Category,
    pub(crate) reason: String,
    pub(crate) scope: Option<Scope>,
    pub(crate) rule: String,
    pub(crate) same_category: bool,
    pub(crate) same_scope: bool,
}

impl Asked {
    fn new(rendering: Rendering, fact: &Fact, engine: &Engine) -> Asked {
        let Rendering { code, shown, reply } = rendering;
        let verdict = engine.classify(&reply);
        let category = verdict.category();
        // A 4xx is never hard.
        let lowered =
            fact.category == "hard" && code.starts_with('4') && matches!(category, Category::Soft | Category::Deferred);
        Asked {
            shown,
            category,
            reason: verdict.reason().name.clone(),
            scope: verdict.scope(),
            rule: verdict.rule().name.clone(),
            same_category: category.as_str() == fact.category || lowered,
            same_scope: verdict.scope().is_some_and(|scope| scopes(&fact.reason).contains(&scope)),
        }
    }

    pub(crate) fn agrees(&self) -> bool {
        self.same_category && self.same_scope
    }

    /// What the rules say, with the scope where that is what differs.
    pub(crate) fn ours(&self) -> String {
        let scope = self.scope.map_or("none", Scope::as_str);
        let scope = if self.same_scope { String::new() } else { format!(", scope {scope}") };
        format!("{} {}{scope}", self.category, self.reason)
    }
}

/// A response, and what the rules make of each reply that it stands for.
pub(crate) struct Response {
    /// The file's name.
    pub(crate) file: String,
    /// `hard recipient-unknown`.
    pub(crate) fact: String,
    pub(crate) asked: Vec<Asked>,
}

impl Response {
    pub(crate) fn agrees(&self) -> bool {
        self.asked.iter().all(Asked::agrees)
    }

    /// Its first reply that differs, how many more do, and what the rules say of them.
    pub(crate) fn difference(&self) -> Option<(&str, String, String)> {
        let mut differing = self.asked.iter().filter(|asked| !asked.agrees());
        let first = differing.next()?;
        let mut ours = vec![first.ours()];
        let mut more = 0;
        for asked in differing {
            more += 1;
            if !ours.contains(&asked.ours()) {
                ours.push(asked.ours());
            }
        }
        let more = if more == 0 { String::new() } else { format!(" (+{more})") };
        Some((&first.shown, more, ours.join(" / ")))
    }
}

/// Asks the rules about every response.
pub(crate) fn ask(files: &[File], engine: &Engine) -> Vec<Response> {
    let of_file = |file: &File| {
        let response = |fact: &Fact| Response {
            file: file.name.clone(),
            fact: format!("{} {}", fact.category, fact.reason),
            asked: file.renderings(fact).into_iter().map(|each| Asked::new(each, fact, engine)).collect(),
        };
        file.facts().iter().map(response).collect::<Vec<_>>()
    };
    files.iter().flat_map(of_file).collect()
}
