//! Which rules are new, gone, altered, renamed or moved.

use super::meaning::Meaning;
use crate::ruleset::{RuleId, RuleSet};
use std::collections::HashMap;

/// A rule, by its name and place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub rule: String,
    /// File and line.
    pub at: String,
}

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EditKind {
    /// It was not there.
    New,
    /// It is no longer there.
    Gone,
    /// It matches other replies than it did, or catches other fields in them.
    Match,
    /// It says something else.
    Outcome,
    /// It is in another layer, or of another profile.
    Layer,
    /// It has another name, and is the same otherwise.
    Renamed,
    /// It is asked earlier or later among its like.
    Moved,
}

impl EditKind {
    /// Its word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            EditKind::New => "new",
            EditKind::Gone => "gone",
            EditKind::Match => "match",
            EditKind::Outcome => "outcome",
            EditKind::Layer => "layer",
            EditKind::Renamed => "renamed",
            EditKind::Moved => "moved",
        }
    }
}

/// A rule that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// In what, all that apply.
    pub kinds: Vec<EditKind>,
    /// In the old rule set.
    pub old: Option<Place>,
    /// In the new one.
    pub new: Option<Place>,
}

/// The rules of both sets, paired.
#[derive(Debug)]
pub(super) struct Pairs {
    /// For each old rule the new one.
    pub(super) to_new: Vec<Option<RuleId>>,
    /// For each new rule the old one.
    pub(super) to_old: Vec<Option<RuleId>>,
    /// Pairs that are not alike in all but their place, and rules without a twin.
    pub(super) edits: Vec<(Option<RuleId>, Option<RuleId>, Vec<EditKind>)>,
    /// For each old rule, whether its twin has its name and means the same.
    pub(super) is_same: Vec<bool>,
}

impl Pairs {
    pub(super) fn new(old: &RuleSet, new: &RuleSet) -> Pairs {
        let [of_old, of_new] =
            [old, new].map(|rules| rules.rules.iter().map(|rule| Meaning::of(rules, rule)).collect::<Vec<_>>());
        let mut pairs = Pairs {
            to_new: vec![None; of_old.len()],
            to_old: vec![None; of_new.len()],
            edits: Vec::new(),
            is_same: vec![false; of_old.len()],
        };
        pairs.pair(old, new, |rules, n| Some(rules.rules[n].name.as_str()));
        // What has lost its name is known by what it says, or else by what it matches.
        let meaning = |rules: &RuleSet, n: usize| if std::ptr::eq(rules, old) { &of_old[n] } else { &of_new[n] };
        pairs.pair(old, new, |rules, n| Some(meaning(rules, n)));
        pairs.pair(old, new, |rules, n| {
            let Meaning { place, matching, .. } = meaning(rules, n);
            Some((place, matching)).filter(|_| !rules.rules[n].conditions.is_empty())
        });
        let moved = pairs.moved(old);
        for (n, twin) in pairs.to_new.iter().enumerate() {
            let id = RuleId(n as u32);
            let Some(twin) = *twin else {
                pairs.edits.push((Some(id), None, vec![EditKind::Gone]));
                continue;
            };
            let (before, after) = (&of_old[n], &of_new[twin.0 as usize]);
            let renamed = old.rule(id).name != new.rule(twin).name;
            let kinds: Vec<EditKind> = [
                (before.matching != after.matching, EditKind::Match),
                (before.outcome != after.outcome, EditKind::Outcome),
                (before.place != after.place, EditKind::Layer),
                (renamed, EditKind::Renamed),
                (moved[n], EditKind::Moved),
            ]
            .into_iter()
            .filter_map(|(is, kind)| is.then_some(kind))
            .collect();
            pairs.is_same[n] = !renamed && before == after;
            if !kinds.is_empty() {
                pairs.edits.push((Some(id), Some(twin), kinds));
            }
        }
        let fresh = pairs.to_old.iter().enumerate().filter(|(_, twin)| twin.is_none());
        pairs.edits.extend(fresh.map(|(n, _)| (None, Some(RuleId(n as u32)), vec![EditKind::New])));
        pairs
    }

    /// Pairs what has no twin yet, by a key; of several with one key, the first with the first.
    fn pair<'r, K: std::hash::Hash + Eq + 'r>(
        &mut self,
        old: &'r RuleSet,
        new: &'r RuleSet,
        key: impl Fn(&'r RuleSet, usize) -> Option<K>,
    ) {
        let mut left: HashMap<K, Vec<usize>> = HashMap::new();
        for n in (0..self.to_old.len()).rev().filter(|n| self.to_old[*n].is_none()) {
            if let Some(key) = key(new, n) {
                left.entry(key).or_default().push(n);
            }
        }
        for n in 0..self.to_new.len() {
            if self.to_new[n].is_some() {
                continue;
            }
            let twin = key(old, n).and_then(|key| left.get_mut(&key)).and_then(Vec::pop);
            if let Some(twin) = twin {
                self.to_new[n] = Some(RuleId(twin as u32));
                self.to_old[twin] = Some(RuleId(n as u32));
            }
        }
    }

    /// The old rules whose twins stand elsewhere among the rules of their layer and profile: as few as can be, so
    /// that the rest are in order.
    fn moved(&self, old: &RuleSet) -> Vec<bool> {
        let mut moved = vec![false; self.to_new.len()];
        let mut groups: HashMap<_, Vec<usize>> = HashMap::new();
        for (n, rule) in old.rules.iter().enumerate().filter(|(n, _)| self.to_new[*n].is_some()) {
            groups.entry((rule.layer.as_str(), rule.profile)).or_default().push(n);
        }
        for group in groups.into_values() {
            let places: Vec<usize> = group.iter().filter_map(|n| Some(self.to_new[*n]?.0 as usize)).collect();
            let kept = longest_rising(&places);
            group.iter().zip(kept).for_each(|(n, kept)| moved[*n] = !kept);
        }
        moved
    }
}

/// For each number, whether it is in the longest rising row.
fn longest_rising(numbers: &[usize]) -> Vec<bool> {
    // Where the row of each length ends lowest, and what each number follows.
    let mut ends: Vec<usize> = Vec::new();
    let mut follows: Vec<Option<usize>> = vec![None; numbers.len()];
    for (n, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        follows[n] = length.checked_sub(1).map(|before| ends[before]);
        if length == ends.len() { ends.push(n) } else { ends[length] = n }
    }
    let mut kept = vec![false; numbers.len()];
    let mut at = ends.last().copied();
    while let Some(n) = at {
        kept[n] = true;
        at = follows[n];
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::longest_rising;

    #[test]
    fn as_few_as_can_be_have_moved() {
        for (numbers, kept) in [
            (&[0, 1, 2, 3][..], &[true, true, true, true][..]),
            (&[3, 0, 1, 2], &[false, true, true, true]),
            (&[1, 2, 3, 0], &[true, true, true, false]),
            (&[2, 0, 1, 4, 3], &[false, true, true, false, true]),
            (&[], &[]),
        ] {
            assert_eq!(longest_rising(numbers), kept, "{numbers:?}");
        }
    }
}
