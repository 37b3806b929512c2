//! The oracle: a naive interpreter of rule sets, written from `docs/language.md`.
//!
//! It goes through all the rules, asks every condition to the letter and tries every way in which a
//! phrase may match. It shares the data types of the rule set, the folding of texts and nothing else
//! with the table: even phrases are taken apart anew, from what the author wrote. Where the two
//! disagree, one of them misreads the reference.

mod gap;
mod order;
mod phrase;

use carom::reply::{Folded, HostName, Reply, Time, Window};
use carom::ruleset::{
    Alternative, Category, CodeSet, Column, Condition, EnhancedSet, HostPattern, HostSet, Pattern, PatternKind,
    Profile, ProfileId, Rule, RuleSet, TagTest,
};
use carom::{EnhancedCode, ReplyCode};
use phrase::Phrase;
use std::collections::HashMap;

/// What the oracle says of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// The name of the rule that decides.
    pub(crate) name: String,
    /// What the reply told, in the original spelling.
    pub(crate) fields: Vec<(String, String)>,
    /// The reason, by the rule's own words or by the change that holds at the time.
    pub(crate) reason: String,
    /// The category.
    pub(crate) category: Category,
    /// The names of the other rules that match, in the order in which they are asked.
    pub(crate) losers: Vec<String>,
}

/// A rule set, about to be asked; what is the same for every reply is read once.
pub(crate) struct Oracle<'a> {
    rules: &'a RuleSet,
    /// All rules in the order of the text.
    read: Vec<usize>,
    /// The phrases, by how they are written.
    phrases: HashMap<&'a str, Phrase>,
    /// The expressions, by how they are written: for a place in the text, and for all of it.
    expressions: HashMap<&'a str, [regex::Regex; 2]>,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(rules: &'a RuleSet) -> Oracle<'a> {
        let (mut phrases, mut expressions) = (HashMap::new(), HashMap::new());
        for Pattern { written, kind } in &rules.patterns {
            match kind {
                PatternKind::Phrase { .. } => drop(phrases.insert(written.as_str(), Phrase::read(written))),
                PatternKind::Regex(_) => drop(expressions.insert(written.as_str(), expression(written))),
            }
        }
        Oracle { rules, read: order::top_to_bottom(rules), phrases, expressions }
    }

    /// What a reply means.
    pub(crate) fn verdict(&self, reply: &Reply) -> Said {
        let (rules, asked) = (self.rules, Asked::new(self, reply));
        let mut matching: Vec<usize> = asked.in_order().filter(|n| asked.holds(&rules.rules[*n])).collect();
        // What a notice is comes before what its reply says, and success before what the rules say.
        let said_before = match reply.kind {
            Some(kind) => Some(kind.as_str()),
            None => (class(reply) == Some(2)).then_some("delivered"),
        };
        let rule = if let Some(name) = said_before {
            rules.rules.iter().rposition(|rule| rule.name == name).expect("the prelude's rule")
        } else {
            *matching.first().expect("the prelude's last rule takes everything")
        };
        matching.retain(|n| *n != rule);
        let decides = &rules.rules[rule];
        let (last, changes) = decides.outcomes.split_last().expect("a rule says something");
        let outcome = changes.iter().find(|outcome| holds_at(outcome.window, reply.time)).unwrap_or(last);
        let lowered = outcome.category == Category::Hard && class(reply) == Some(4);
        Said {
            name: decides.name.clone(),
            fields: asked.fields(decides),
            reason: rules.reason(outcome.reason).name.clone(),
            category: if lowered { Category::Soft } else { outcome.category },
            losers: matching.into_iter().map(|n| rules.rules[n].name.clone()).collect(),
        }
    }
}

/// The profile of a reply, by trying what every profile claims.
fn profile(rules: &RuleSet, reply: &Reply) -> Option<ProfileId> {
    let longest = |name: &Option<HostName>, claims: fn(&Profile) -> &Vec<HostPattern>| {
        let name = name.as_ref()?;
        let all = rules.profiles.iter().flat_map(|(id, profile)| claims(profile).iter().map(move |claim| (id, claim)));
        all.filter(|(_, claim)| is_meant(claim, name)).max_by_key(|(_, claim)| length(claim)).map(|(id, _)| id)
    };
    longest(&reply.host, |profile| &profile.hosts).or_else(|| longest(&reply.domain, |profile| &profile.domains))
}

fn length(pattern: &HostPattern) -> usize {
    match pattern {
        HostPattern::Exact(name) | HostPattern::Below(name) => name.as_str().split('.').count(),
    }
}

fn is_meant(pattern: &HostPattern, host: &HostName) -> bool {
    let labels: Vec<&str> = host.as_str().split('.').collect();
    match pattern {
        HostPattern::Exact(name) => name.as_str() == host.as_str(),
        HostPattern::Below(name) => {
            let suffix: Vec<&str> = name.as_str().split('.').collect();
            labels.len() > suffix.len() && labels.ends_with(&suffix)
        }
    }
}

/// The first digit that counts: of the code, else of the enhanced code, else of the status.
fn class(reply: &Reply) -> Option<u8> {
    match (reply.code, reply.enhanced, reply.status) {
        (Some(code), _, _) => Some((code.get() / 100) as u8),
        (None, Some(code), _) | (None, None, Some(code)) => Some(code.class()),
        (None, None, None) => None,
    }
}

fn holds_at(window: Window, time: Option<Time>) -> bool {
    match time {
        None => window.from.is_none() && window.until.is_none(),
        Some(time) => {
            let begun = window.from.is_none_or(|from| time.unix() >= from.unix());
            let ended = window.until.is_some_and(|until| time.unix() >= until.unix());
            begun && !ended
        }
    }
}

/// A reply, about to be asked for.
struct Asked<'a> {
    oracle: &'a Oracle<'a>,
    rules: &'a RuleSet,
    reply: &'a Reply,
    profile: Option<ProfileId>,
    /// The text in its original spelling.
    original: String,
    folded: Folded,
    text: phrase::Text,
}

impl<'a> Asked<'a> {
    fn new(oracle: &'a Oracle<'a>, reply: &'a Reply) -> Asked<'a> {
        let rules = oracle.rules;
        let profile = profile(rules, reply);
        let charset = profile.and_then(|id| rules.profiles.get(id).charset);
        let original = match (String::from_utf8(reply.text.clone()), charset) {
            (Ok(text), _) => text,
            (Err(_), Some(charset)) => charset.decode_without_bom_handling(&reply.text).0.into_owned(),
            (Err(_), None) => String::from_utf8_lossy(&reply.text).into_owned(),
        };
        let folded = Folded::new(&original);
        let text = phrase::Text::new(folded.text());
        Asked { oracle, rules, reply, profile, original, folded, text }
    }

    /// The profile and its parents, from the nearest up.
    fn line(&self) -> Vec<ProfileId> {
        let mut line = Vec::new();
        let mut next = self.profile;
        while let Some(id) = next {
            line.push(id);
            next = self.rules.profiles.get(id).parent;
        }
        line
    }

    /// The rules that may be asked, in the order that the reference gives.
    fn in_order(&self) -> impl Iterator<Item = usize> + 'a {
        let order = order::asked(self.rules, &self.oracle.read, &self.line());
        assert!(order.is_sorted(), "the rule set has its rules in another order: {order:?}");
        order.into_iter()
    }

    fn holds(&self, rule: &Rule) -> bool {
        holds_at(rule.window, self.reply.time)
            && rule.conditions.iter().all(|line| self.line_holds(line) != line.unless)
    }

    fn line_holds(&self, line: &Condition) -> bool {
        let reply = self.reply;
        match &line.column {
            Column::Code(set) => is_code(set, reply.code),
            Column::Enhanced(set) => is_enhanced(set, reply.enhanced),
            Column::Status(set) => is_enhanced(set, reply.status),
            Column::Host(set) => is_host(set, reply.host.as_ref()),
            Column::Domain(set) => is_host(set, reply.domain.as_ref()),
            Column::Phase(set) => match reply.phase {
                Some(phase) => set.phases.contains(&phase),
                None => set.none,
            },
            Column::Phrase(alternatives) => alternatives.iter().any(|one| self.found(one, false).is_some()),
            Column::Text(alternatives, none) => {
                (*none && self.folded.text().is_empty())
                    || alternatives.iter().any(|one| self.found(one, true).is_some())
            }
            Column::Tag(set) => {
                let tags = self.tags();
                if tags.is_empty() { set.none } else { tags.iter().any(|(tag, _)| passes(&set.tests, tag)) }
            }
            Column::Tenant(names, none) => match &reply.sender.tenant {
                Some(tenant) => names.iter().any(|name| name == tenant),
                None => *none,
            },
        }
    }

    /// What an alternative catches where it matches.
    fn found(&self, alternative: &Alternative, whole: bool) -> Option<Vec<phrase::Caught>> {
        let pattern = self.rules.pattern(alternative.pattern);
        match pattern.kind {
            PatternKind::Phrase { .. } => self.oracle.phrases[pattern.written.as_str()].find(&self.text, whole),
            PatternKind::Regex(_) => {
                let expression = &self.oracle.expressions[pattern.written.as_str()][usize::from(whole)];
                expression.is_match(self.folded.text()).then(Vec::new)
            }
        }
    }

    /// The provider's own codes in the text, in small letters, with their places.
    fn tags(&self) -> Vec<(String, std::ops::Range<usize>)> {
        let patterns = self.profile.map(|id| self.rules.profiles.get(id).tags.as_slice()).unwrap_or_default();
        let all = patterns.iter().map(|id| &self.oracle.phrases[self.rules.pattern(*id).written.as_str()]);
        let all = all.flat_map(|phrase| phrase.find_all(&self.text));
        all.flatten().map(|(_, place)| (self.folded.text()[place.clone()].to_owned(), place)).collect()
    }

    fn fields(&self, rule: &Rule) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: &str| {
            if fields.iter().all(|(known, _)| known != name) {
                fields.push((name.to_owned(), value.to_owned()));
            }
        };
        for line in rule.conditions.iter().filter(|line| !line.unless) {
            match &line.column {
                Column::Phrase(alternatives) | Column::Text(alternatives, _) => {
                    let whole = matches!(line.column, Column::Text(..));
                    let first = alternatives.iter().find_map(|one| Some((one, self.found(one, whole)?)));
                    let Some((alternative, caught)) = first else { continue };
                    caught.into_iter().for_each(|(name, place)| add(&name, self.spelling(place)));
                    alternative.sets.iter().for_each(|(name, value)| add(name, value));
                }
                Column::Tag(set) => {
                    let tags = self.tags();
                    let first = tags.into_iter().find(|(tag, _)| passes(&set.tests, tag));
                    first.into_iter().for_each(|(_, place)| add("tag", self.spelling(place)));
                }
                _ => {}
            }
        }
        fields
    }

    fn spelling(&self, place: std::ops::Range<usize>) -> &str {
        &self.original[self.folded.original(place)]
    }
}

fn is_code(set: &CodeSet, code: Option<ReplyCode>) -> bool {
    match code {
        Some(code) => set.ranges.iter().any(|(low, high)| *low <= code.get() && code.get() <= *high),
        None => set.none,
    }
}

fn is_enhanced(set: &EnhancedSet, code: Option<EnhancedCode>) -> bool {
    let Some(code) = code else { return set.none };
    set.ranges.iter().any(|range| {
        let class = range.class.0 <= code.class() && code.class() <= range.class.1;
        let subject = range.subject.0 <= code.subject() && code.subject() <= range.subject.1;
        let detail = range.detail.0 <= code.detail() && code.detail() <= range.detail.1;
        class && subject && detail
    })
}

fn is_host(set: &HostSet, host: Option<&HostName>) -> bool {
    match host {
        Some(host) => set.patterns.iter().any(|pattern| is_meant(pattern, host)),
        None => set.none,
    }
}

/// An expression for a place in the text, and for all of it.
fn expression(written: &str) -> [regex::Regex; 2] {
    let written = written.replace("''", "'");
    let build = |written: &str| regex::RegexBuilder::new(written).case_insensitive(true).build();
    // With the flag `x` an expression may end in a comment.
    let whole = build(&format!(r"\A(?:{written})\z")).or_else(|_| build(&format!("\\A(?:{written}\n)\\z")));
    [build(&written).expect("it was loaded"), whole.expect("it was loaded")]
}

fn passes(tests: &[TagTest], tag: &str) -> bool {
    tests.iter().any(|test| match test {
        TagTest::Exact(exact) => tag == exact,
        TagTest::Prefix(prefix) => tag.len() >= prefix.len() && tag.starts_with(prefix),
        TagTest::Range { prefix, low, high } => {
            let Some(digits) = tag.strip_prefix(prefix.as_str()) else { return false };
            let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
            is_number && digits.parse::<u64>().is_ok_and(|number| *low <= number && number <= *high)
        }
    })
}
