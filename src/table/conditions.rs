//! What a condition asks, and what it catches.

use super::lookup::{Table, View};
use super::phrase::Phrase;
use super::scratch::Scratch;
use crate::ruleset::{Alternative, Column, Condition, PatternId, PatternKind, RuleSet, TagSet};
use std::ops::Range;

impl Table {
    /// Whether what a condition asks is so.
    pub(crate) fn holds(&self, condition: &Condition, view: &View<'_>, scratch: &mut Scratch) -> bool {
        let reply = view.reply;
        match &condition.column {
            Column::Code(set) => set.contains(reply.code),
            Column::Enhanced(set) => set.contains(reply.enhanced),
            Column::Status(set) => set.contains(reply.status),
            Column::Host(set) => set.contains(reply.host.as_ref()),
            Column::Domain(set) => set.contains(reply.domain.as_ref()),
            Column::Phase(set) => set.contains(reply.phase),
            Column::Phrase(alternatives) => alternatives.iter().any(|a| self.stands(a.pattern, view, scratch)),
            Column::Text(alternatives, none) => {
                (*none && view.text().is_empty())
                    || alternatives.iter().any(|a| self.is_whole(a.pattern, view, scratch))
            }
            Column::Tag(set) => self.tag(set, view, scratch, |_| ()),
            Column::Tenant(names, none) => match &reply.sender.tenant {
                Some(tenant) => names.contains(tenant),
                None => *none,
            },
        }
    }

    pub(super) fn stands(&self, id: PatternId, view: &View<'_>, scratch: &mut Scratch) -> bool {
        if !scratch.hits.words.may_hold(self.patterns[id.0 as usize].needs) {
            return false;
        }
        scratch.stands(id).unwrap_or_else(|| {
            let stands = self.look_for(id, view, scratch);
            scratch.learn(id, stands);
            stands
        })
    }

    /// Whether a pattern stands in the text; where the index knows its literal, it may be seen at once that it does not.
    fn look_for(&self, id: PatternId, view: &View<'_>, scratch: &mut Scratch) -> bool {
        if let Some(indexed) = &self.patterns[id.0 as usize].indexed {
            let mut places = self.leads.places(view.folded, indexed.literal, scratch.hits.all());
            match indexed.edges {
                Some(edges) => return places.any(|(start, end)| edges.are_at(view.folded.padded, start, end)),
                None if places.next().is_none() => return false,
                None => {}
            }
        }
        match Phrase::of(view.rules, id) {
            Some(phrase) => phrase.find(view.text(), &mut scratch.gaps, &mut scratch.failed).is_some(),
            None => self.expression_matches(id, false, view),
        }
    }

    fn is_whole(&self, id: PatternId, view: &View<'_>, scratch: &mut Scratch) -> bool {
        match Phrase::of(view.rules, id) {
            Some(phrase) => phrase.is_whole(view.text(), &mut scratch.gaps, &mut scratch.failed),
            None => self.expression_matches(id, true, view),
        }
    }

    fn expression_matches(&self, id: PatternId, whole: bool, view: &View<'_>) -> bool {
        let (Some(expression), PatternKind::Regex(written)) =
            (&self.patterns[id.0 as usize].expression, &view.rules.pattern(id).kind)
        else {
            return false;
        };
        if whole { expression.is_whole(written, view.text()) } else { expression.stands(written, view.text()) }
    }

    /// Whether a tag of the reply's profile is in the set; `found` is told which.
    fn tag(&self, set: &TagSet, view: &View<'_>, scratch: &mut Scratch, mut found: impl FnMut(Range<usize>)) -> bool {
        if !scratch.tags_known {
            scratch.tags_known = true;
            let patterns = view.profile.map(|id| view.rules.profiles.get(id).tags.as_slice()).unwrap_or_default();
            for phrase in patterns.iter().filter_map(|id| Phrase::of(view.rules, *id)) {
                let tags = &mut scratch.tags;
                let keep = |gaps: &[Range<usize>]| tags.extend(gaps.first().cloned());
                phrase.find_all(view.text(), &mut scratch.gaps, &mut scratch.failed, keep);
            }
        }
        let is_asked = |tag: &&Range<usize>| set.tests.iter().any(|test| test.contains(&view.text()[(*tag).clone()]));
        match scratch.tags.iter().find(is_asked) {
            Some(tag) => {
                found(tag.clone());
                true
            }
            None => set.none && scratch.tags.is_empty(),
        }
    }

    /// What a rule's conditions catch in the text, and which alternatives they matched by.
    pub(crate) fn catches<'c>(
        &self,
        conditions: &'c [Condition],
        view: &View<'_>,
        mut caught: impl FnMut(Caught<'_, 'c>),
    ) {
        // Fields are asked for by few callers, who may pay for a scratch of their own.
        let mut scratch = Scratch::new();
        for condition in conditions.iter().filter(|condition| !condition.unless) {
            let (alternatives, whole) = match &condition.column {
                Column::Phrase(alternatives) => (alternatives, false),
                Column::Text(alternatives, _) => (alternatives, true),
                Column::Tag(set) => {
                    self.tag(set, view, &mut scratch, |tag| caught(Caught::Tag(tag)));
                    continue;
                }
                _ => continue,
            };
            let first = alternatives.iter().find(|alternative| {
                scratch.gaps.clear();
                match Phrase::of(view.rules, alternative.pattern) {
                    Some(phrase) if whole => phrase.is_whole(view.text(), &mut scratch.gaps, &mut scratch.failed),
                    Some(phrase) => phrase.find(view.text(), &mut scratch.gaps, &mut scratch.failed).is_some(),
                    None => self.expression_matches(alternative.pattern, whole, view),
                }
            });
            let Some(alternative) = first else { continue };
            let names = view.rules.pattern(alternative.pattern).gaps().map(|(name, _)| name);
            for (name, range) in names.zip(scratch.gaps.drain(..)) {
                caught(Caught::Gap(name, range));
            }
            caught(Caught::Alternative(alternative));
        }
    }
}

/// Whether a rule's conditions could catch anything, whatever the text says.
pub(crate) fn may_catch(rules: &RuleSet, conditions: &[Condition]) -> bool {
    let tells = |alternative: &Alternative| {
        !alternative.sets.is_empty()
            || !alternative.see.is_empty()
            || rules.pattern(alternative.pattern).gaps().next().is_some()
    };
    conditions.iter().filter(|condition| !condition.unless).any(|condition| match &condition.column {
        Column::Phrase(alternatives) | Column::Text(alternatives, _) => alternatives.iter().any(tells),
        Column::Tag(_) => true,
        _ => false,
    })
}

/// Something that a rule's conditions caught.
pub(crate) enum Caught<'n, 'c> {
    /// A gap's name and place in the folded text.
    Gap(&'n str, Range<usize>),
    /// The place of the tag that was asked for.
    Tag(Range<usize>),
    /// The alternative that matched, with what it sets.
    Alternative(&'c Alternative),
}
