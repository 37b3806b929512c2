//! Drafts: for each cluster the plainest rule that takes it and little else.

use super::forms::Form;
use super::reason::{Suggestion, suggest};
use super::template::{Token, tokens};
use super::trial::{self, Taken, Trial};
use super::{Cluster, Seen, example, mask, phrase};
use crate::engine::Engine;
use crate::ruleset::{Category, GapType, RuleSet};
use crate::source::Origin;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

/// So much of its cluster a draft must take.
const NEARLY_ALL: f64 = 0.9;

/// The most examples of a draft.
const EXAMPLES: usize = 3;

/// So often an id must have been the same to be asked for as it stands.
const SAME_ID: u64 = 3;

/// The most codes that are named one by one.
const MOST_CODES: usize = 6;

/// A rule to start from: it was loaded with all others and takes what it says it takes.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// As it is pasted into a file.
    pub source: String,
    /// The file that it belongs into, where only that one can take it: the profile's own.
    pub file: Option<String>,
    /// Its place among all drafts: those that take less come before those that would take it from them.
    pub order: usize,
    /// The category and reason that it says.
    pub category: Category,
    /// The reason.
    pub reason: String,
    /// The words that suggest the reason; without any it is what is said today, and must be chosen.
    pub suggested_by: Option<&'static str>,
    /// How many replies of the cluster it takes.
    pub takes: u64,
    /// How many other replies it would take, by the rule that decides them today.
    pub besides: Vec<Seen>,
    /// How many examples it would take of other rules than fallbacks.
    pub examples: Vec<Seen>,
}

/// What is tried for a cluster.
struct Tried<'r> {
    /// Where its drafts stand among all that are tried.
    drafts: std::ops::Range<usize>,
    suggestion: Suggestion<'r>,
    /// The template's tokens, ids that are always the same put back.
    asked: Vec<Token>,
}

/// Gives each cluster a draft, or says why it has none.
pub(super) fn add(engine: &Engine, forms: &[Form], clusters: &mut [Cluster]) {
    let rules = engine.rules();
    let mut names: HashSet<String> = rules.rules.iter().map(|rule| rule.name.clone()).collect();
    let mut drafts: Vec<trial::Draft> = Vec::new();
    let mut tried: Vec<Option<Tried<'_>>> = Vec::new();
    for cluster in clusters.iter_mut() {
        let asked = asked(forms, cluster);
        let reason = &rules.reason(forms[cluster.forms[0]].reason);
        let class = forms[cluster.forms[0]].key.class;
        let words: Vec<&str> = cluster.template.words().collect();
        let suggestion = suggest(rules, &words.join(" "), class, (cluster.category, reason));
        let choices = phrase::choices(&asked);
        let Some(suggestion) = suggestion.filter(|_| !choices.is_empty()) else {
            cluster.draft = Some(Err("nothing in these replies stays the same that a phrase could ask for".to_owned()));
            tried.push(None);
            continue;
        };
        let start = drafts.len();
        let name = unique(&phrase::name(&cluster.template.tokens), &mut names);
        for (n, lines) in choices.into_iter().enumerate() {
            let mut own = code_line(cluster).into_iter().collect::<Vec<_>>();
            own.extend(lines);
            own.push(format!("then     {}", outcome(&suggestion)));
            // Only one of a cluster's drafts will be left, which then has its name to itself.
            let name = format!("{name}-draft-{n}");
            drafts.push(trial::Draft { name, profile: profile(rules, forms, cluster), lines: own });
        }
        tried.push(Some(Tried { drafts: start..drafts.len(), suggestion, asked }));
    }
    let chosen = choose(engine, forms, clusters, &drafts, &tried);
    settle(engine, forms, clusters, chosen, &tried);
}

/// The template's tokens, with those ids put back that were the same in all replies.
fn asked(forms: &[Form], cluster: &Cluster) -> Vec<Token> {
    let mut asked = cluster.template.tokens.clone();
    // Texts of different lengths do not tell which of their gaps are one.
    if cluster.joined || cluster.count < SAME_ID {
        return asked;
    }
    let mut of_token: Vec<Option<String>> = vec![None; asked.len()];
    for (n, form) in cluster.forms.iter().map(|n| &forms[*n]).enumerate() {
        let mut stood = form.stood.iter();
        for (text, known) in tokens(&form.key.masked).zip(&mut of_token) {
            let mut back = Some(String::new());
            for c in text.chars() {
                let part = match mask::gap_of(c) {
                    None => Some(c.to_string()),
                    Some(kind) => {
                        let value = stood.next().and_then(|value| value.as_deref());
                        value.filter(|_| kind == GapType::Word).map(str::to_owned)
                    }
                };
                back = back.zip(part).map(|(text, part)| text + &part);
            }
            if n == 0 {
                *known = back;
            } else if *known != back {
                *known = None;
            }
        }
    }
    for (token, back) in asked.iter_mut().zip(of_token) {
        if let (Token::Text(text), Some(back)) = (token, back) {
            *text = back.into();
        }
    }
    asked
}

/// The codes that were seen; nothing where there is no telling.
fn code_line(cluster: &Cluster) -> Option<String> {
    let mut codes: Vec<&str> = cluster.codes.iter().map(|seen| seen.value.as_str()).collect();
    if codes.len() > MOST_CODES || codes.contains(&"") {
        let class = codes.iter().find_map(|code| code.chars().next().filter(char::is_ascii_digit))?;
        let none = if codes.contains(&"none") { ", none" } else { "" };
        return Some(format!("match    code {class}xx{none}"));
    }
    // `none` stands last.
    codes.sort_unstable();
    Some(format!("match    code {}", codes.join(", ")))
}

/// The profile of all of them, and whether its rules are the site's own.
fn profile(rules: &RuleSet, forms: &[Form], cluster: &Cluster) -> Option<(crate::ruleset::ProfileId, bool)> {
    let id = forms[cluster.forms[0]].key.profile?;
    let is_all = cluster.forms.iter().all(|n| forms[*n].key.profile == Some(id));
    let home = rules.sources.file(rules.profiles.get(id).span.file);
    is_all.then_some((id, home.origin == Origin::Site))
}

/// What a rule says behind `then`.
fn outcome(suggestion: &Suggestion<'_>) -> String {
    let Suggestion { reason, category, by } = suggestion;
    let name = &reason.name;
    let said = if reason.categories.first() == Some(category) { name.clone() } else { format!("{category} {name}") };
    match by {
        Some(by) => format!("{said}  # because of \"{by}\""),
        None => format!("{said}  # which reason?"),
    }
}

/// A name that no rule has and no draft before it.
fn unique(name: &str, names: &mut HashSet<String>) -> String {
    let mut tried = name.to_owned();
    let mut number = 1;
    // A profile's rule is called by its profile, too.
    while names.iter().any(|known| known == &tried || known.rsplit('.').next() == Some(&tried)) {
        number += 1;
        tried = format!("{name}-{number}");
    }
    names.insert(tried.clone());
    tried
}

/// For each cluster the draft that takes nearly all of it and the least besides, with its examples.
fn choose(
    engine: &Engine,
    forms: &[Form],
    clusters: &mut [Cluster],
    drafts: &[trial::Draft],
    tried: &[Option<Tried<'_>>],
) -> Vec<(usize, trial::Draft)> {
    let Some(trial) = Trial::new(engine.rules(), drafts) else { return Vec::new() };
    let taken = trial.taken(drafts.len(), forms, engine.rules());
    let mut chosen = Vec::new();
    for (place, (cluster, tried)) in clusters.iter_mut().zip(tried).enumerate() {
        let Some(tried) = tried else { continue };
        let of_cluster = |taken: &Taken| cluster.forms.iter().filter_map(|n| taken.forms.get(n)).sum::<u64>();
        let besides = |taken: &Taken| {
            taken.forms.values().sum::<u64>() - of_cluster(taken) + taken.examples.values().sum::<u64>()
        };
        let enough = |n: &usize| of_cluster(&taken[*n]) as f64 >= NEARLY_ALL * cluster.count as f64;
        let best = tried.drafts.clone().filter(enough).min_by_key(|n| besides(&taken[*n]));
        let with_examples = best.and_then(|n| {
            let mut draft = drafts[n].clone();
            let examples = examples(engine, forms, cluster, tried, |reply| trial.takers(reply).contains(&n), &draft);
            draft.lines.extend(examples);
            draft.name = draft.name.rsplit_once("-draft-").map_or(String::new(), |(name, _)| name.to_owned());
            draft.lines.iter().any(|line| line.starts_with("example")).then_some(draft)
        });
        match (with_examples, best) {
            (Some(draft), Some(n)) => chosen.push((taken[n].forms.values().sum::<u64>(), place, draft)),
            (_, Some(_)) => {
                let why = "none of its replies holds as an example once names are taken out of it";
                cluster.draft = Some(Err(why.to_owned()));
            }
            (_, None) => cluster.draft = Some(Err("no phrase takes nearly all of them".to_owned())),
        }
    }
    // What takes less would otherwise be left to what takes more.
    chosen.sort_by_key(|(taken, place, _)| (*taken, *place));
    chosen.into_iter().map(|(_, place, draft)| (place, draft)).collect()
}

/// Up to three replies of a cluster as `example` lines; `is_taken` tells which the draft takes.
fn examples(
    engine: &Engine,
    forms: &[Form],
    cluster: &Cluster,
    tried: &Tried<'_>,
    is_taken: impl Fn(&crate::Reply) -> bool,
    draft: &trial::Draft,
) -> Vec<String> {
    let host = draft.profile.and_then(|(id, _)| {
        let profile = engine.rules().profiles.get(id);
        profile
            .hosts
            .first()
            .map(|host| (true, host.sample()))
            .or(profile.domains.first().map(|own| (false, own.sample())))
    });
    let mut lines: Vec<String> = Vec::new();
    let mut order: Vec<&Form> = cluster.forms.iter().map(|n| &forms[*n]).collect();
    order.sort_by(|a, b| (Reverse(a.count), &a.key).cmp(&(Reverse(b.count), &b.key)));
    for (form, sample) in order.into_iter().flat_map(|form| form.samples.iter().map(move |sample| (form, sample))) {
        if lines.len() == EXAMPLES {
            break;
        }
        let shown = example::shown(engine, form, sample, &cluster.template, &tried.asked);
        let holds = |text: &&String| {
            let reply = crate::Reply::parse(text);
            is_taken(&match &host {
                Some((true, host)) => reply.from_host(host),
                Some((false, domain)) => reply.to_domain(domain),
                None => reply,
            })
        };
        if let Some(text) = shown.iter().find(holds) {
            let line = format!("example  \"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// Loads the chosen drafts together, as they would be pasted, and keeps those that do what they should.
fn settle(
    engine: &Engine,
    forms: &[Form],
    clusters: &mut [Cluster],
    mut chosen: Vec<(usize, trial::Draft)>,
    tried: &[Option<Tried<'_>>],
) {
    let rules = engine.rules();
    while !chosen.is_empty() {
        let drafts: Vec<trial::Draft> = chosen.iter().map(|(_, draft)| draft.clone()).collect();
        let trial = Trial::new(rules, &drafts);
        let mut won: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); drafts.len()];
        if let Some(trial) = &trial {
            for (n, form) in forms.iter().enumerate() {
                if let Some(draft) = trial.winner(&form.samples[0]) {
                    won[draft].insert(n, form.count);
                }
            }
        }
        let own = |draft: usize, taken: &BTreeMap<usize, u64>| -> u64 {
            clusters[chosen[draft].0].forms.iter().filter_map(|form| taken.get(form)).sum()
        };
        let fails = |draft: &usize| {
            let count = clusters[chosen[*draft].0].count;
            (own(*draft, &won[*draft]) as f64) < NEARLY_ALL * count as f64
                || !trial.as_ref().is_some_and(|trial| trial.holds(*draft))
        };
        let bad: Vec<usize> = (0..drafts.len()).filter(fails).collect();
        let Some(trial) = trial.filter(|_| bad.is_empty()) else {
            for draft in bad.into_iter().rev() {
                let (place, _) = chosen.remove(draft);
                clusters[place].draft = Some(Err("the draft of another cluster takes its replies as well".to_owned()));
            }
            continue;
        };
        // What each would take if it were pasted alone.
        let taken = trial.taken(drafts.len(), forms, rules);
        let mut settled = Vec::new();
        for (n, draft) in drafts.iter().enumerate() {
            let place = chosen[n].0;
            let Some(Tried { suggestion, .. }) = &tried[place] else { continue };
            let members: HashSet<usize> = clusters[place].forms.iter().copied().collect();
            let mut besides: BTreeMap<String, u64> = BTreeMap::new();
            for (form, count) in taken[n].forms.iter().filter(|(form, _)| !members.contains(form)) {
                *besides.entry(rules.rule(forms[*form].key.rule).name.clone()).or_default() += count;
            }
            settled.push((
                place,
                Draft {
                    name: draft.name.clone(),
                    source: draft.source(rules),
                    file: draft.only_file(rules),
                    order: n,
                    category: suggestion.category,
                    reason: suggestion.reason.name.clone(),
                    suggested_by: suggestion.by,
                    takes: own(n, &won[n]),
                    besides: super::seen(besides, 0),
                    examples: super::seen(taken[n].examples.clone(), 0),
                },
            ));
        }
        for (place, draft) in settled {
            clusters[place].draft = Some(Ok(draft));
        }
        return;
    }
}
