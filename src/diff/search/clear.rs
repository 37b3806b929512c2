//! Probing a rule: what it asks for, at the ends and just beside; with each other rule; and around the rules that
//! stand in its way.

use super::super::plan::Plan;
use super::super::values::{Kind, Value};
use super::Ground;
use super::scout::{Answer, Scout, together};
use crate::reply::Reply;
use std::collections::VecDeque;

/// The most replies that are tried to get round the rules that stand in the way of one.
const WAYS: usize = 250;

/// How many rules may stand in the way, one behind the other.
const DEPTH: usize = 4;

impl<'e> Ground<'_, 'e> {
    /// Tries what may show that a rule is not as it was. Nothing is given where enough was asked.
    pub(super) fn probe(&self, plan: &Plan<'e>, suspects: &[&Plan<'e>], scout: &mut Scout<'_, '_>) -> Option<()> {
        // Kept apart, so that each has its share of what may be tried.
        let (mut texts, mut varied, mut vetoed) = (Vec::new(), Vec::new(), Vec::new());
        for text in &plan.texts {
            self.say(plan, &plan.base, text, &mut texts, scout)?;
        }
        self.vary(plan, &mut varied, scout)?;
        if !plan.whole {
            for veto in &plan.vetoes {
                // One that must be the whole text has nothing beside it.
                self.say(plan, &plan.base, veto, &mut vetoed, scout)?;
                for text in plan.texts.iter().take(12) {
                    for text in together(text, veto) {
                        self.say(plan, &plan.base, &text, &mut vetoed, scout)?;
                    }
                }
            }
        }
        for (blocked, most) in [(texts, 64), (varied, 24), (vetoed, 24)] {
            // Spread over all of them, by a step that does not fall in with the order in which they were made.
            let step = blocked.len() / most + 1;
            for n in 0..blocked.len().min(most) {
                self.clear(&[plan], &blocked[(n * step + n % step) % blocked.len()], scout)?;
            }
        }
        self.join(plan, suspects, scout)
    }

    /// Asks of a text, and keeps it where another rule takes it from this one without a difference.
    fn say(
        &self,
        plan: &Plan<'e>,
        around: &Reply,
        text: &str,
        blocked: &mut Vec<Reply>,
        scout: &mut Scout<'_, '_>,
    ) -> Option<()> {
        let answer = scout.say(around, text, true)?;
        if !answer.differs && self.winner(plan, answer) != plan.id {
            blocked.push(Reply { text: text.as_bytes().to_vec(), ..around.clone() });
        }
        Some(())
    }

    fn winner(&self, plan: &Plan<'e>, answer: Answer) -> crate::ruleset::RuleId {
        if std::ptr::eq(plan.engine, self.comparison.old) { answer.old } else { answer.new }
    }

    /// Each value that matters with the texts, and with each value of another kind.
    fn vary(&self, plan: &Plan<'e>, blocked: &mut Vec<Reply>, scout: &mut Scout<'_, '_>) -> Option<()> {
        let mut kinds = plan.stated.clone();
        // A rule without a code is found by others where the code is theirs.
        kinds.extend([Kind::Code].iter().filter(|kind| !plan.stated.contains(kind)));
        if plan.rule.profile.is_some() {
            kinds.extend([Kind::Host, Kind::Domain].iter().filter(|kind| !plan.stated.contains(kind)));
        }
        let values: usize = kinds.iter().map(|kind| plan.values[*kind as usize].len()).sum();
        let texts = if plan.texts.len() * values <= 2_000 { plan.texts.len() } else { 8 };
        let with = |reply: &Reply, value: &Value| {
            let mut reply = reply.clone();
            value.put(&mut reply);
            reply
        };
        let mut pairs = 0;
        for (n, kind) in kinds.iter().enumerate() {
            for value in plan.values[*kind as usize].iter().take(64) {
                let around = with(&plan.base, value);
                let is_borne = plan.bears(&around);
                for text in plan.texts.iter().take(texts) {
                    let mut aside = Vec::new();
                    self.say(plan, &around, text, if is_borne { &mut *blocked } else { &mut aside }, scout)?;
                }
                for value in kinds[n + 1..].iter().flat_map(|kind| plan.values[*kind as usize].iter().take(24)) {
                    for text in plan.texts.iter().take(texts) {
                        pairs += 1;
                        if pairs <= 4_000 {
                            scout.say(&with(&around, value), text, true)?;
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Gets round the rules that take a reply from the first of `keep`: each in turn is given something that it
    /// does not bear, and all of `keep` do.
    fn clear(&self, keep: &[&Plan<'e>], reply: &Reply, scout: &mut Scout<'_, '_>) -> Option<()> {
        let answer = scout.ask(reply, false)?;
        let mut queue = VecDeque::from([(reply.clone(), answer, 0)]);
        let mut ways = 0;
        while let Some((reply, answer, depth)) = queue.pop_front() {
            let winner = self.winner(keep[0], answer);
            if keep.iter().any(|plan| std::ptr::eq(plan.engine, keep[0].engine) && plan.id == winner) {
                continue;
            }
            for next in detours(keep, self.plan(keep[0].engine, winner), &reply) {
                ways += 1;
                if ways > WAYS {
                    return Some(());
                }
                let answer = scout.ask(&next, false)?;
                if !answer.differs && depth + 1 < DEPTH {
                    queue.push_back((next, answer, depth + 1));
                }
            }
        }
        Some(())
    }

    /// Tries the rule's texts with those of each other rule, around which both bear what is known.
    fn join(&self, plan: &Plan<'e>, suspects: &[&Plan<'e>], scout: &mut Scout<'_, '_>) -> Option<()> {
        let is_suspect = |other: &Plan<'e>| suspects.iter().any(|suspect| std::ptr::eq(*suspect, other));
        let mut others: Vec<(bool, u32, &Plan<'e>)> = self
            .all()
            .filter(|other| !std::ptr::eq(*other, plan))
            .map(|other| (suspects.len() > 1_000 || !is_suspect(other), other.id.0.abs_diff(plan.id.0), other))
            .collect();
        others.sort_by_key(|(aside, distance, _)| (*aside, *distance));
        let mut met = Vec::new();
        let mut cleared = 0;
        for (_, _, other) in others {
            scout.spend()?;
            let Some(around) = meet(plan, other) else { continue };
            let texts = said_by_both(plan, other, 0, 0);
            for text in &texts {
                let answer = scout.say(&around, text, false)?;
                let winner = self.winner(plan, answer);
                let is_kept = winner == plan.id || (winner == other.id && std::ptr::eq(plan.engine, other.engine));
                if !answer.differs && !is_kept && cleared < 24 {
                    cleared += 1;
                    let reply = Reply { text: text.as_bytes().to_vec(), ..around.clone() };
                    self.clear(&[plan, other], &reply, scout)?;
                }
            }
            met.push((other, around));
        }
        for (other, around) in met {
            let more = (1..plan.texts.len().min(6)).map(|n| (n, 0));
            for (n, m) in more.chain((1..other.texts.len().min(6)).map(|m| (0, m))) {
                for text in said_by_both(plan, other, n, m) {
                    scout.say(&around, &text, false)?;
                }
            }
            if !plan.whole {
                let own = plan.texts.first().map_or("", String::as_str);
                for veto in other.vetoes.iter().take(4) {
                    scout.say(&around, &super::super::plan::joined(own, veto, "; "), false)?;
                }
            }
        }
        Some(())
    }
}

/// Replies that differ from one in a single thing, so that the rule in the way does not bear it.
fn detours(keep: &[&Plan<'_>], blocker: &Plan<'_>, reply: &Reply) -> Vec<Reply> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let values = blocker.values[kind as usize].iter().chain(&keep[0].values[kind as usize]);
        let others = values.filter_map(|value| {
            let mut next = reply.clone();
            value.put(&mut next);
            let clears = next != *reply && !blocker.bears(&next) && keep.iter().all(|plan| plan.bears(&next));
            clears.then_some(next)
        });
        found.extend(others.take(3));
    }
    if !keep.iter().any(|plan| plan.whole) {
        let text = String::from_utf8_lossy(&reply.text);
        for veto in blocker.vetoes.iter().take(6) {
            let texts = together(&text, veto).into_iter().step_by(3);
            found.extend(texts.map(|text| Reply { text: text.into_bytes(), ..reply.clone() }));
        }
    }
    found
}

/// What may be known around a text so that two rules bear it.
fn meet(plan: &Plan<'_>, other: &Plan<'_>) -> Option<Reply> {
    let mut around = plan.base.clone();
    if other.bears(&around) {
        return Some(around);
    }
    let values = |kind: Kind| plan.values[kind as usize].iter().chain(&other.values[kind as usize]);
    for kind in Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Host | Kind::Domain)) {
        let found = values(kind).find(|value| {
            let mut next = around.clone();
            value.put(&mut next);
            plan.bears_kind(kind, &next) && other.bears_kind(kind, &next)
        });
        found?.put(&mut around);
    }
    let pairs = values(Kind::Host).flat_map(|host| values(Kind::Domain).map(move |domain| (host, domain)));
    let both =
        [&plan.base, &other.base].map(|base| (Value::Host(base.host.clone()), Value::Domain(base.domain.clone())));
    let pairs = both.iter().map(|(host, domain)| (host, domain)).chain(pairs.take(300));
    for (host, domain) in pairs {
        let mut next = around.clone();
        host.put(&mut next);
        domain.put(&mut next);
        if plan.bears(&next) && other.bears(&next) {
            return Some(next);
        }
    }
    None
}

/// Texts that hold one of each rule's; where one must be the whole text, it alone.
fn said_by_both(plan: &Plan<'_>, other: &Plan<'_>, n: usize, m: usize) -> Vec<String> {
    let text = |plan: &Plan<'_>, n: usize| plan.texts.get(n).cloned().unwrap_or_default();
    match (plan.whole, other.whole) {
        (true, _) => vec![text(plan, n)],
        (false, true) => vec![text(other, m)],
        (false, false) => together(&text(plan, n), &text(other, m)),
    }
}
