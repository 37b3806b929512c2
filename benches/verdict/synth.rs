//! Rules and replies that are made up, by a generator of random numbers that always gives the same.

/// A small generator (xorshift64*), so that every run has the same rules and replies.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }

    pub(crate) fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

const SUBJECTS: &[&str] = &[
    "mailbox",
    "recipient",
    "sender",
    "message",
    "connection",
    "address",
    "account",
    "user",
    "domain",
    "server",
    "client",
    "host",
    "content",
    "attachment",
    "quota",
    "policy",
    "reputation",
    "rate",
    "limit",
    "filter",
    "gateway",
    "relay",
    "header",
    "signature",
    "certificate",
    "network",
    "session",
    "command",
    "envelope",
    "list",
];
const VERBS: &[&str] = &[
    "is full",
    "not found",
    "was rejected",
    "has been blocked",
    "is unknown",
    "does not exist",
    "is disabled",
    "exceeded",
    "is not allowed",
    "was refused",
    "temporarily deferred",
    "is suspended",
    "cannot be verified",
    "is over quota",
    "looks like spam",
    "is not accepted",
    "failed authentication",
    "is listed",
    "is inactive",
    "must be encrypted",
];
const DETAILS: &[&str] = &[
    "by local policy",
    "for this hour",
    "on this system",
    "due to abuse",
    "at this time",
    "by administrator",
    "in directory",
    "for security reasons",
    "from your network",
    "by content scanner",
    "per connection",
    "without reverse dns",
    "today",
    "by the recipient",
    "on zone",
    "in section",
    "according to rule",
    "with code",
    "see page",
    "contact support",
];
const SYLLABLES: &[&str] =
    &["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "pra", "ste", "gri", "don", "fal", "mer"];

/// A made-up word, as providers name their filters.
fn name(random: &mut Random) -> String {
    (0..3).map(|_| random.pick(SYLLABLES)).collect()
}

/// What a rule matches, in the form that each of the peers takes.
pub(crate) struct Made {
    /// The phrase as Carom writes it; a regular expression where `is_regex`.
    pub(crate) phrase: String,
    pub(crate) is_regex: bool,
    /// The same as a regular expression, for peers.
    pub(crate) regex: String,
    /// The longest literal that it requires.
    pub(crate) literal: String,
    /// A text that it matches.
    pub(crate) text: String,
    pub(crate) code: u16,
    pub(crate) host: Option<usize>,
    pub(crate) unless: Option<&'static str>,
}

const HOSTS: usize = 200;

const VETOES: &[&str] = &["try again later", "test message", "postmaster"];

/// `count` rules: four fifths literal, one fifth with a star or a typed gap, a tenth of these regular expressions.
pub(crate) fn rules(count: usize, random: &mut Random) -> Vec<Made> {
    (0..count)
        .map(|n| {
            let literal =
                format!("{} {} {} {}", random.pick(SUBJECTS), random.pick(VERBS), random.pick(DETAILS), name(random));
            let tail = format!("{} {}", random.pick(SUBJECTS), name(random));
            let (phrase, regex, text, is_regex) = match n % 10 {
                8 if n % 100 == 8 => {
                    let regex = format!("{literal} [0-9a-f]+ {tail}");
                    (regex.clone(), regex, format!("{literal} 4af {tail}"), true)
                }
                8 => (
                    format!("{literal} * {tail}"),
                    format!("{literal} .*{tail}"),
                    format!("{literal} as we said {tail}"),
                    false,
                ),
                9 => (
                    format!("{literal} {{ip:ip}} {tail}"),
                    format!("{literal} [0-9.]+ {tail}"),
                    format!("{literal} 192.0.2.{} {tail}", n % 250),
                    false,
                ),
                _ => (literal.clone(), literal.clone(), literal.clone(), false),
            };
            Made {
                phrase,
                is_regex,
                regex,
                literal,
                text,
                code: [421, 450, 451, 452, 550, 551, 552, 553, 554][random.below(9)],
                host: (random.below(2) == 0).then(|| random.below(HOSTS)),
                unless: (random.below(5) == 0).then(|| random.pick(VETOES)),
            }
        })
        .collect()
}

impl Made {
    /// Whether it matches its own letters and nothing else.
    pub(crate) fn is_plain(&self) -> bool {
        self.regex == self.literal
    }
}

const REASON: &str =
    "reason made-up {\n    category soft\n    fault provider\n    scope message\n    advice \"Wait.\"\n}\n";

/// The rules as a rule file.
pub(crate) fn source(rules: &[Made]) -> String {
    let mut out = REASON.to_owned();
    (0..HOSTS).for_each(|host| out.push_str(&profile_text(host)));
    for (n, made) in rules.iter().enumerate() {
        rule(n, made, false, &mut out);
    }
    out
}

/// The rules as files: the root, one for each profile, and one for every thousand general rules. With what a
/// shipped rule has besides, if `whole`: words, a source, an example.
pub(crate) fn files(rules: &[Made], whole: bool) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> =
        (0..HOSTS).map(|host| (format!("p{host}.carom"), profile_text(host))).collect();
    for (n, made) in rules.iter().enumerate() {
        let file = made.host.unwrap_or(HOSTS + n / 2_000);
        while files.len() <= file {
            files.push((format!("general-{}.carom", files.len()), String::new()));
        }
        rule(n, made, whole, &mut files[file].1);
    }
    let used: String = files.iter().map(|(name, _)| format!("use \"{name}\"\n")).collect();
    files.push(("root.carom".to_owned(), used + REASON));
    files
}

fn profile_text(host: usize) -> String {
    format!("profile p{host} {{\n    hosts \"*.p{host}.example.net\"\n}}\n")
}

fn rule(n: usize, rule: &Made, whole: bool, out: &mut String) {
    let of = rule.host.map_or(String::new(), |host| format!(" for p{host}"));
    let class = rule.code / 100;
    out.push_str(&format!("rule r{n}{of} {{\n    match code {}\n", rule.code));
    if n.is_multiple_of(3) {
        out.push_str(&format!("    match enhanced {class}.*.*, none\n"));
    }
    match rule.is_regex {
        true => out.push_str(&format!("    match phrase regex '{}'\n", rule.phrase)),
        false => out.push_str(&format!("    match phrase \"{}\"\n", rule.phrase)),
    }
    if let Some(unless) = rule.unless {
        out.push_str(&format!("    unless phrase \"{unless}\"\n"));
    }
    out.push_str("    then made-up\n");
    if whole {
        out.push_str(&format!("    say \"What the server says means made-up reason {n}.\"\n"));
        out.push_str(&format!("    source \"https://help.p{}.example.net/codes/{n}\" inferred\n", n % HOSTS));
        out.push_str(&format!("    example \"{} {class}.7.1 <ann@example.com>: {}\"\n", rule.code, rule.text));
    }
    out.push_str("}\n");
}

/// The rules as the peers' program reads them, with what stands in `unless` behind them.
pub(crate) fn for_peers(rules: &[Made]) -> String {
    let mut out = String::new();
    let part = |part: Option<usize>| part.map_or("-".to_owned(), |part| part.to_string());
    for (n, rule) in rules.iter().enumerate() {
        let kind = if rule.is_plain() { "literal" } else { "regex" };
        let class = if n % 3 == 0 { rule.code / 100 } else { 0 };
        let veto = rule.unless.and_then(|unless| VETOES.iter().position(|veto| *veto == unless));
        let (host, veto) = (part(rule.host), part(veto.map(|veto| rules.len() + veto)));
        out.push_str(&format!("{kind}\t{}\t{class}\t{host}\t{veto}\t{}\n", rule.code, rule.regex));
    }
    VETOES.iter().for_each(|veto| out.push_str(&format!("veto\t0\t0\t-\t-\t{veto}\n")));
    out
}

/// The number of the profile that a host belongs to.
pub(crate) fn profile(host: &str) -> Option<&str> {
    host.strip_suffix(".example.net")?.split_once(".p").map(|(_, number)| number)
}

/// A reply as a line, and the host that says it.
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) host: String,
}

/// Replies of some 72 to 140 bytes, with random ids, addresses and hosts: half are meant for a rule, a few of
/// which say what its `unless` names; half only look like it.
pub(crate) fn replies(count: usize, rules: &[Made], random: &mut Random) -> Vec<Line> {
    (0..count)
        .map(|n| {
            let rule = &rules[random.below(rules.len())];
            let host = match rule.host {
                Some(host) if n % 4 != 0 => format!("mx{}.p{host}.example.net", random.below(90)),
                _ => format!("mx{}.{}.example.org", random.below(90), name(random)),
            };
            let user = format!("<{}.{}@{}.example.com>", name(random), random.below(1000), name(random));
            let id = format!("{:012x}", random.next() & 0xFFFF_FFFF_FFFF);
            let class = rule.code / 100;
            let veto = rule.unless.filter(|_| n % 8 == 0).map_or(String::new(), |veto| format!(", {veto}"));
            let text = match n % 2 {
                0 => format!("{} {class}.7.1 {user}: {}{veto} ({id})", rule.code, rule.text),
                _ => format!(
                    "{} {class}.7.1 {user}: {} {} {} {} ({id})",
                    rule.code,
                    random.pick(SUBJECTS),
                    random.pick(VERBS),
                    random.pick(DETAILS),
                    name(random)
                ),
            };
            Line { text, host }
        })
        .collect()
}
