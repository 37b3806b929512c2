//! Rule sets as text, with what is needed to steer replies at them.

use super::Choices;
use super::phrases::{Piece, written};
use carom::Root;

/// A rule set.
#[derive(Clone)]
pub(crate) struct Set {
    /// What all need: reasons, policy, phrases.
    head: String,
    pub(super) profiles: Vec<Profile>,
    /// The general rules, in two files.
    general: [String; 2],
    pub(super) rules: Vec<Rule>,
    pub(super) blocks: Vec<Vec<Phrase>>,
}

/// A phrase or an expression.
#[derive(Debug, Clone)]
pub(super) enum Phrase {
    Literal(Vec<Piece>),
    /// With texts that it is found in.
    Regex(&'static [&'static str]),
    Block(usize),
}

#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub(super) parent: Option<usize>,
    pub(super) hosts: Vec<&'static str>,
    pub(super) domains: Vec<&'static str>,
    pub(super) tags: Vec<Vec<Piece>>,
    text: String,
}

#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) profile: Option<usize>,
    pub(super) conditions: Vec<Condition>,
    /// Its `from` and `until`.
    pub(super) times: Vec<&'static str>,
}

#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) unless: bool,
    pub(super) column: &'static str,
    pub(super) values: Vec<&'static str>,
    pub(super) phrases: Vec<Phrase>,
}

pub(super) const CODES: &[&str] = &["550", "552", "4xx", "5xx", "450..452", "55x", "421", "none"];
pub(super) const ENHANCED: &[&str] =
    &["5.1.1", "5.7.*", "*.2.2", "5.7.606..649", "4.*.*", "*.*.1", "5.7.1..5.7.9", "none"];
pub(super) const HOSTS: &[&str] = &[
    "*.a.example",
    "mx.a.example",
    "a.example",
    "*.b.a.example",
    "*.b.example",
    "x.b.example",
    "mx1.a.example",
    "*.c.example",
    "*.bücher.example",
    "*.mx.b.a.example",
];
pub(super) const PHASES: &[&str] = &["rcpt", "data", "end-of-data", "mail", "connect", "ehlo", "none"];
pub(super) const TAGS: &[&str] = &["S3150", "988..990", "TSS04..TSS09", "OFR_*", "none", "as-1", "tss4..09"];
pub(super) const TENANTS: &[&str] = &["\"acme\"", "\"Acme\"", "\"\"", "none"];
const TIMES: &[(&str, &str)] = &[
    ("2026-02-27T04:00Z", "2026-02-27T12:00Z"),
    ("2026-01-01", "2026-03-01"),
    ("2026-02-27T04:00+01:00", "2027-01-01"),
];
const REGEXES: &[(&str, &[&str])] = &[
    (r"\bquota (exceeded|full)\b", &["quota full", "Quota exceeded", "quotas full"]),
    (r"over.{0,5}quota", &["over the quota", "over quota", "over x quota", "overquota"]),
    ("^mailbox", &["mailbox", "x mailbox"]),
    ("full$", &["full", "full."]),
    ("don''t|boîte", &["don’t", "BOÎTE", "dont"]),
    (r"[0-9]{3}", &["100", "1000", "10"]),
    (r"(?x) over # the comment", &["over", "overs"]),
    (r"量+", &["容量量", "容"]),
    (".", &["", "x"]),
];

const REASONS: &str = r#"
reason mailbox-full {
    category soft
    fault    recipient
    scope    recipient
    advice   "Try again."
}
reason user-unknown {
    category hard
    fault    recipient
    scope    recipient
    advice   "Take it off."
}
reason ip-reputation {
    category block, deferred
    fault    sender
    scope    ip
    advice   "Slow down."
    do       gate, alert
}
policy {
    retry    10m, 20m until 48h
    soft     retry by profile
    hard     suppress
    block    gate
    deferred retry by profile
    unknown  retry by profile
}
"#;

impl Set {
    pub(crate) fn new(choices: &mut Choices) -> Set {
        let mut set = Set {
            head: REASONS.to_owned(),
            profiles: Vec::new(),
            general: Default::default(),
            rules: Vec::new(),
            blocks: Vec::new(),
        };
        let rules = 1 + choices.below(14);
        set.profiles(choices);
        set.blocks(choices);
        for number in 0..rules {
            set.rule(number, choices);
        }
        set
    }

    /// All of it in one file.
    pub(crate) fn text(&self) -> String {
        let profiles: String = self.profiles.iter().map(|profile| profile.text.as_str()).collect();
        format!("{}{profiles}{}{}", self.head, self.general[0], self.general[1])
    }

    /// Each profile and each half of the general rules in a file of its own, used in that order.
    pub(crate) fn files(&self, profiles: &[usize], general: [usize; 2]) -> Root {
        let mut root = String::new();
        let mut files = Vec::new();
        for n in profiles {
            root += &format!("use \"providers/p{n}.carom\"\n");
            files.push((format!("providers/p{n}.carom"), self.profiles[*n].text.clone()));
        }
        for n in general {
            root += &format!("use \"general-{n}.carom\"\n");
            files.push((format!("general-{n}.carom"), self.general[n].clone()));
        }
        files.insert(0, ("root.carom".to_owned(), root + &self.head));
        Root::Texts(files)
    }

    pub(crate) fn profile_count(&self) -> usize {
        self.profiles.len()
    }

    fn profiles(&mut self, choices: &mut Choices) {
        let (mut hosts, mut domains) = (HOSTS.to_vec(), HOSTS.to_vec());
        for n in 0..choices.below(5) {
            let mut claim = |free: &mut Vec<&'static str>| {
                let count = choices.below(4).min(free.len());
                (0..count).map(|_| free.remove(choices.below(free.len()))).collect::<Vec<_>>()
            };
            let (own, of) = (claim(&mut hosts), claim(&mut domains));
            let tags: Vec<_> = (0..choices.below(3)).map(|_| Piece::tags(choices)).collect();
            let parent = (n > 0 && choices.one_in(2)).then(|| choices.below(n));
            self.profiles.push(Profile { parent, hosts: own, domains: of, tags, text: String::new() });
        }
        for n in 0..self.profiles.len() {
            let mut text = format!("profile p{n} {{\n");
            let profile = &self.profiles[n];
            let mut line = |word: &str, values: Vec<String>| {
                if !values.is_empty() {
                    text += &format!("    {word} {}\n", values.join(", "));
                }
            };
            line("extends", profile.parent.iter().map(|parent| format!("p{parent}")).collect());
            line("hosts", profile.hosts.iter().map(|host| format!("\"{host}\"")).collect());
            line("domains", profile.domains.iter().map(|host| format!("\"{host}\"")).collect());
            line("tags", profile.tags.iter().map(|tag| format!("\"{}\"", written(tag, 0))).collect());
            if choices.one_in(4) {
                line("charset", vec!["\"iso-8859-15\"".to_owned()]);
            }
            self.profiles[n].text = text + "}\n";
        }
    }

    fn blocks(&mut self, choices: &mut Choices) {
        for n in 0..choices.below(3) {
            let mut block = Vec::new();
            self.head += &format!("phrases block-{n} {{\n");
            for entry in 0..1 + choices.below(4) {
                let phrase = phrase(choices, 0);
                let mut line = self.phrase_written(&phrase, 0);
                if choices.one_in(3) {
                    line += &format!(" set list \"entry {entry}\"");
                }
                if choices.one_in(6) {
                    line += " set digits-1 \"set\" see \"https://x.example/{list}\"";
                }
                self.head += &format!("    {line}\n");
                block.push(phrase);
            }
            self.head.push_str("}\n");
            self.blocks.push(block);
        }
    }

    fn rule(&mut self, number: usize, choices: &mut Choices) {
        let layer = choices.one_of(&["rule", "rule", "fallback", "override", "rule"]);
        let profile = (!self.profiles.is_empty() && choices.one_in(2)).then(|| choices.below(self.profiles.len()));
        let mut conditions = vec![self.condition(layer, false, choices)];
        for _ in 0..choices.below(4) {
            let unless = choices.one_in(4);
            conditions.push(self.condition(layer, unless, choices));
        }
        let mut times = Vec::new();
        let of = profile.map_or(String::new(), |profile| format!(" for p{profile}"));
        let mut text = format!("{layer} r{number}{of} {{\n");
        for condition in &conditions {
            let word = if condition.unless { "unless" } else { "match" };
            let phrases = condition.phrases.iter().map(|phrase| self.phrase_written(phrase, 1));
            let cells: Vec<String> = condition.values.iter().map(|v| (*v).to_owned()).chain(phrases).collect();
            text += &format!("    {word} {} {}\n", condition.column, cells.join(", "));
        }
        let then = ["mailbox-full", "user-unknown", "ip-reputation", "deferred ip-reputation"];
        text += &format!("    then {}\n", choices.one_of(&then));
        if layer == "override" && choices.one_in(2) {
            let (from, until) = choices.one_of(TIMES);
            if !choices.one_in(4) {
                text += &format!("    from {from}\n");
                times.push(from);
            }
            if !choices.one_in(4) {
                text += &format!("    until {until}\n");
                times.push(until);
            }
        }
        text.push_str("}\n");
        if choices.one_in(6) {
            let name = profile.map_or(format!("r{number}"), |profile| format!("p{profile}.r{number}"));
            let (from, until) = choices.one_of(TIMES);
            text += &format!("change {name} {{\n    then user-unknown\n    from {from}\n    until {until}\n}}\n");
            times.extend([from, until]);
        }
        match profile {
            Some(profile) => self.profiles[profile].text += &text,
            None => self.general[number % 2] += &text,
        }
        self.rules.push(Rule { profile, conditions, times });
    }

    fn condition(&self, layer: &str, unless: bool, choices: &mut Choices) -> Condition {
        let mut some = |all: &'static [&'static str]| -> Vec<&'static str> {
            (0..1 + choices.below(3)).map(|_| choices.one_of(all)).collect()
        };
        const QUOTED: &[&str] = &["\"*.a.example\"", "\"mx.a.example\"", "\"*.b.example\"", "none", "\"a.example\""];
        let kind = some(&[
            "phrase", "code", "phrase", "enhanced", "phrase", "phase", "phrase", "tag", "text", "host", "domain",
            "status", "tenant", "phrase", "phrase",
        ])[0];
        let (column, values) = match kind {
            "code" => ("code", some(CODES)),
            "enhanced" => ("enhanced", some(ENHANCED)),
            "status" => ("status", some(ENHANCED)),
            "phase" => ("phase", some(PHASES)),
            "host" => ("host", some(QUOTED)),
            "domain" => ("domain", some(QUOTED)),
            "tag" => ("tag", some(TAGS)),
            "tenant" if layer == "override" => ("tenant", some(TENANTS)),
            "text" => {
                let none = if choices.one_in(3) { vec!["none"] } else { Vec::new() };
                let phrases = (0..1 + choices.below(2)).map(|_| phrase(choices, self.blocks.len())).collect();
                return Condition { unless, column: "text", values: none, phrases };
            }
            _ => {
                let phrases = (0..1 + choices.below(3)).map(|_| phrase(choices, self.blocks.len())).collect();
                return Condition { unless, column: "phrase", values: Vec::new(), phrases };
            }
        };
        Condition { unless, column, values, phrases: Vec::new() }
    }

    fn phrase_written(&self, phrase: &Phrase, number: usize) -> String {
        match phrase {
            Phrase::Literal(pieces) => format!("\"{}\"", written(pieces, number)),
            Phrase::Regex(texts) => {
                let found = REGEXES.iter().find(|(_, of)| of == texts).map_or("", |(written, _)| written);
                format!("regex '{found}'")
            }
            Phrase::Block(n) => format!("block-{n}"),
        }
    }
}

impl std::fmt::Debug for Set {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

fn phrase(choices: &mut Choices, blocks: usize) -> Phrase {
    match choices.below(12) {
        10 => Phrase::Regex(choices.one_of(REGEXES).1),
        11 if blocks > 0 => Phrase::Block(choices.below(blocks)),
        _ => Phrase::Literal(Piece::phrase(choices)),
    }
}
