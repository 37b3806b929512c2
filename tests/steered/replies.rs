//! Replies that a rule nearly takes.

use super::phrases::{blur, text};
use super::rules::{CODES, Condition, ENHANCED, HOSTS, PHASES, Phrase, TENANTS};
use super::{Choices, Set};
use carom::reply::TEXT_LIMIT;
use carom::{EnhancedCode, HostName, Kind, Phase, Reply, ReplyCode, Time};

/// Values at a rule's value and just beside it; of those with none, the lack is meant.
const AT: &[(&str, &[&str])] = &[
    ("550", &["550", "549", "551", "450", "250"]),
    ("552", &["552", "553"]),
    ("4xx", &["421", "400", "499", "399", "500"]),
    ("5xx", &["550", "500", "599", "499", "299"]),
    ("450..452", &["451", "450", "452", "449", "453"]),
    ("55x", &["555", "550", "559", "560", "549"]),
    ("421", &["421", "422", "521"]),
    ("5.1.1", &["5.1.1", "5.1.2", "5.2.1", "4.1.1", "5.1.11"]),
    ("5.7.*", &["5.7.0", "5.7.999", "5.6.1", "4.7.1"]),
    ("*.2.2", &["5.2.2", "4.2.2", "2.2.2", "5.2.3"]),
    ("5.7.606..649", &["5.7.606", "5.7.649", "5.7.605", "5.7.650", "5.6.610"]),
    ("4.*.*", &["4.0.0", "4.999.999", "5.0.0"]),
    ("*.*.1", &["5.1.1", "4.7.1", "2.0.1", "5.1.0"]),
    ("5.7.1..5.7.9", &["5.7.1", "5.7.9", "5.7.10", "5.7.0"]),
    ("rcpt", &["rcpt", "mail"]),
    ("data", &["data", "end-of-data"]),
    ("end-of-data", &["end-of-data", "data"]),
    ("mail", &["mail", "rcpt"]),
    ("connect", &["connect", "ehlo"]),
    ("ehlo", &["ehlo", "connect"]),
    ("S3150", &["S3150", "s3150", "S31500", "3150"]),
    ("988..990", &["988", "990", "987", "991", "0988"]),
    ("TSS04..TSS09", &["TSS04", "tss9", "TSS10", "TSS03", "TSS"]),
    ("OFR_*", &["OFR_417", "OFR_", "OFR-1", "xOFR_1"]),
    ("as-1", &["AS-1", "AS-12", "as-"]),
    ("tss4..09", &["TSS4", "TSS09", "TSS10"]),
    ("\"acme\"", &["acme", "Acme", "acme "]),
    ("\"Acme\"", &["Acme", "acme"]),
    ("\"\"", &["", " "]),
];

const ASIDE: &[&str] = &[
    "over.quota@full.example",
    "<mailbox@full>",
    "\"mailbox full\"@x.example",
    "mailbox.full.user@a.example:",
    "is",
    "(code 988)",
    "[S3150]",
    "?p=TSS04",
    "\0",
    "192.0.2.7",
    "5 minutes",
];

impl Set {
    /// A reply that is steered at one of the rules.
    pub(crate) fn reply(&self, choices: &mut Choices) -> Reply {
        let rule = choices.below(self.rules.len());
        self.reply_at(rule, choices)
    }

    /// A reply that is steered at the rule of that number.
    pub(crate) fn reply_at(&self, rule: usize, choices: &mut Choices) -> Reply {
        let mut reply = Reply::default();
        let rule = &self.rules[rule];
        if let Some(profile) = rule.profile {
            self.reach(profile, &mut reply, choices);
        } else if choices.one_in(2) {
            reply.host = host_of(HOSTS, choices);
            reply.domain = host_of(HOSTS, choices);
        }
        let mut texts: Vec<String> = Vec::new();
        let mut whole = false;
        for condition in &rule.conditions {
            // A veto is met seldom, so that something is left to be taken.
            if !condition.unless || choices.one_in(3) {
                self.meet(condition, rule.profile, &mut reply, &mut texts, choices);
                whole |= condition.column == "text";
            }
        }
        if let Some(time) = rule.times.first().copied().filter(|_| !choices.one_in(8)) {
            let time: Time = choices.one_of(&[time, rule.times[rule.times.len() - 1]]).parse().expect("a time");
            reply.time = Some(Time::from_unix(time.unix() + [0, 1, -1, 3600][choices.below(4)]));
        }
        self.surprise(&mut reply, choices);
        if choices.one_in(40) {
            reply.kind = Some(choices.one_of(&Kind::ALL));
        }
        reply.text = if whole && choices.one_in(2) {
            // What must be the whole text has nothing around it.
            let mut text = texts.pop().unwrap_or_default();
            if choices.one_in(4) {
                blur(&mut text, choices);
            }
            text.into_bytes()
        } else {
            self.around(texts, choices)
        };
        reply
    }

    /// Meets a condition, or nearly.
    fn meet(
        &self,
        condition: &Condition,
        profile: Option<usize>,
        reply: &mut Reply,
        texts: &mut Vec<String>,
        choices: &mut Choices,
    ) {
        let some = condition.values.len() + condition.phrases.len();
        let n = choices.below(some);
        let Some(value) = condition.values.get(n) else {
            texts.push(self.said(&condition.phrases[n - condition.values.len()], choices));
            return;
        };
        let at = AT.iter().find(|(written, _)| written == value).map_or(&[][..], |(_, at)| at);
        // The first is met, and it is what is chosen half of the time.
        let exact = choices.one_in(2);
        let value_at = if exact { at.first().copied() } else { (!at.is_empty()).then(|| choices.one_of(at)) };
        match condition.column {
            "code" => reply.code = value_at.and_then(|code| code.parse().ok()),
            "enhanced" => reply.enhanced = value_at.and_then(|code| code.parse().ok()),
            "status" => reply.status = value_at.and_then(|code| code.parse().ok()),
            "phase" => reply.phase = value_at.and_then(|phase| phase.parse().ok()),
            "host" => reply.host = host(value.trim_matches('"'), choices),
            "domain" => reply.domain = host(value.trim_matches('"'), choices),
            "tenant" => reply.sender.tenant = value_at.map(str::to_owned),
            "tag" => {
                let tags = std::iter::successors(profile, |n| self.profiles[*n].parent)
                    .map(|n| &self.profiles[n].tags)
                    .find(|tags| !tags.is_empty());
                if let (Some(tags), Some(value)) = (tags, value_at) {
                    let tag = choices.one_of(tags);
                    let around = text(&tag, choices);
                    // Whatever tag stands there already gives way to this one.
                    let known = around.split(|c: char| !c.is_alphanumeric() && !"_-".contains(c)).next_back();
                    let known = known.filter(|tag| !tag.is_empty());
                    texts.push(known.map_or(around.clone(), |known| around.replace(known, value)));
                }
            }
            _ => texts.clear(),
        }
    }

    fn said(&self, phrase: &Phrase, choices: &mut Choices) -> String {
        match phrase {
            Phrase::Literal(pieces) => text(pieces, choices),
            Phrase::Regex(texts) => choices.one_of(texts).to_owned(),
            Phrase::Block(n) => {
                let phrase = choices.one_of(&self.blocks[*n]);
                self.said(&phrase, choices)
            }
        }
    }

    /// A host or domain of a profile, or of one that extends it.
    fn reach(&self, profile: usize, reply: &mut Reply, choices: &mut Choices) {
        let below = |n: usize| std::iter::successors(Some(n), |n| self.profiles[*n].parent).any(|n| n == profile);
        let near: Vec<_> = (0..self.profiles.len()).filter(|n| below(*n)).collect();
        let claims = &self.profiles[choices.one_of(&near)];
        if !claims.hosts.is_empty() && !choices.one_in(4) {
            reply.host = host_of(&claims.hosts, choices);
        }
        if !claims.domains.is_empty() && !choices.one_in(3) {
            reply.domain = host_of(&claims.domains, choices);
        }
    }

    /// Whatever else may be known, asked for or not.
    fn surprise(&self, reply: &mut Reply, choices: &mut Choices) {
        let mut any = |values: &[&str]| -> Option<&'static str> {
            if !choices.one_in(8) {
                return None;
            }
            let value = choices.one_of(values);
            let (_, at) = AT.iter().find(|(written, _)| *written == value)?;
            Some(choices.one_of(at))
        };
        if let Some(code) = any(CODES) {
            reply.code = code.parse::<ReplyCode>().ok();
        }
        if let Some(code) = any(ENHANCED) {
            reply.enhanced = code.parse::<EnhancedCode>().ok();
        }
        if let Some(code) = any(ENHANCED) {
            reply.status = code.parse::<EnhancedCode>().ok();
        }
        if let Some(phase) = any(PHASES) {
            reply.phase = phase.parse::<Phase>().ok();
        }
        if let Some(tenant) = any(TENANTS) {
            reply.sender.tenant = Some(tenant.to_owned());
        }
    }

    /// What was said, in some order, with something around it, and a little changed.
    fn around(&self, mut texts: Vec<String>, choices: &mut Choices) -> Vec<u8> {
        if choices.one_in(3) {
            texts.push(choices.one_of(ASIDE).to_owned());
        }
        if choices.one_in(4) {
            let other =
                choices.one_of(&self.rules).conditions.into_iter().find_map(|line| line.phrases.into_iter().next());
            texts.extend(other.map(|phrase| self.said(&phrase, choices)));
        }
        if choices.one_in(3) {
            texts.reverse();
        }
        let mut text = texts.join(choices.one_of(&[" ", ". ", "", "\r\n", " x "]));
        for _ in 0..choices.below(3) {
            blur(&mut text, choices);
        }
        // Seldom, since the oracle takes its time.
        match choices.below(1_000) {
            // At the end of what is looked at, or beyond it.
            997 => text.insert_str(0, &"x ".repeat((TEXT_LIMIT - choices.below(100).min(TEXT_LIMIT)) / 2)),
            998 => text.insert_str(0, &choices.one_of(&["量", "5.", "x ", "over "]).repeat(16 << 10)),
            999 => text += &choices.one_of(&["y", " 5", "a@b ", "\u{301}"]).repeat(16 << 10),
            _ => {}
        }
        let mut bytes = text.into_bytes();
        match choices.below(30) {
            27 => bytes.insert(choices.below(bytes.len() + 1), 0xE9),
            28 => bytes.truncate(choices.below(bytes.len() + 1)),
            29 => bytes.clear(),
            _ => {}
        }
        bytes
    }
}

fn host_of(patterns: &[&'static str], choices: &mut Choices) -> Option<HostName> {
    let pattern = choices.one_of(patterns);
    host(pattern, choices)
}

/// A host that a pattern means, or one just beside it.
fn host(pattern: &str, choices: &mut Choices) -> Option<HostName> {
    let name = match (pattern.strip_prefix("*."), choices.below(6)) {
        (Some(name), 0..3) => format!("mx1.{name}"),
        (Some(name), 3) => name.to_owned(),
        (Some(name), 4) => format!("x.y.{name}"),
        (Some(name), _) => format!("evil{name}"),
        (None, 0..4) => pattern.to_owned(),
        (None, 4) => format!("sub.{pattern}"),
        (None, _) => pattern.split_once('.').map_or(pattern, |(_, rest)| rest).to_owned(),
    };
    HostName::parse(&name).ok()
}
