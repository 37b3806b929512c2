//! The replies of a rule set but for their texts: every dimension is cut where some rule cuts it, so that replies of
//! one atom are alike to all rules.

use super::bits::Bits;
use super::cells::{Cells, DIMENSIONS, Point};
use super::places::Places;
use crate::mix::spread;
use crate::reply::{EnhancedCode, Phase, Reply, ReplyCode, Time, Window};
use crate::ruleset::{Column, EnhancedRange, Rule, RuleSet};
use std::collections::{BTreeSet, HashSet};

pub(super) const CODE: usize = 0;
pub(super) const ENHANCED: usize = 1;
pub(super) const STATUS: usize = 2;
pub(super) const PLACE: usize = 3;
pub(super) const PHASE: usize = 4;
pub(super) const TENANT: usize = 5;
pub(super) const TIME: usize = 6;

/// The phases, the lack of one first.
const PHASES: [Option<Phase>; 7] = [
    None,
    Some(Phase::Rcpt),
    Some(Phase::Data),
    Some(Phase::EndOfData),
    Some(Phase::Mail),
    Some(Phase::Connect),
    Some(Phase::Ehlo),
];

/// One value for each atom; what is plainest stands first, since witnesses are made of the first that will do.
pub(super) struct Space {
    codes: Vec<Option<ReplyCode>>,
    enhanced: Vec<Option<EnhancedCode>>,
    pub(super) places: Places,
    tenants: Vec<Option<String>>,
    times: Vec<Option<Time>>,
    /// Replies that report success, which no rule is asked about.
    pub(super) success: Vec<Cells>,
}

impl Space {
    pub(super) fn new(rules: &RuleSet) -> Space {
        let mut space = Space {
            codes: codes(rules),
            enhanced: enhanced(rules),
            places: Places::new(rules),
            tenants: tenants(rules),
            times: times(rules),
            success: Vec::new(),
        };
        // Codes of success are no atoms; without a code, the enhanced code and then the status tells.
        let is_success = |code: Option<EnhancedCode>| code.is_some_and(|code| code.class() == 2);
        let mut by_enhanced = space.all();
        by_enhanced.0[CODE] = Bits::of(space.codes.len(), |n| space.codes[n].is_none());
        let mut by_status = by_enhanced.clone();
        by_enhanced.0[ENHANCED] = Bits::of(space.enhanced.len(), |n| is_success(space.enhanced[n]));
        by_status.0[ENHANCED] = Bits::of(space.enhanced.len(), |n| space.enhanced[n].is_none());
        by_status.0[STATUS] = Bits::of(space.enhanced.len(), |n| is_success(space.enhanced[n]));
        space.success = vec![by_enhanced, by_status];
        space
    }

    fn size(&self, dimension: usize) -> usize {
        match dimension {
            CODE => self.codes.len(),
            ENHANCED | STATUS => self.enhanced.len(),
            PLACE => self.places.len(),
            PHASE => PHASES.len(),
            TENANT => self.tenants.len(),
            _ => self.times.len(),
        }
    }

    /// Every reply.
    pub(super) fn all(&self) -> Cells {
        Cells(std::array::from_fn::<_, DIMENSIONS, _>(|n| Bits::of(self.size(n), |_| true)))
    }

    /// What a rule asks of all but the text; exact, since each of its conditions is about one dimension.
    pub(super) fn cells(&self, rules: &RuleSet, rule: &Rule) -> Cells {
        let mut cells = self.all();
        cells.0[PLACE] = self.places.of(rule);
        cells.0[TIME] = Bits::of(self.times.len(), |n| rule.window.holds(self.times[n]));
        for condition in &rule.conditions {
            if let (Column::Tag(set), false) = (&condition.column, condition.unless)
                && !set.none
            {
                // Without a `tags` line there are none.
                cells.0[PLACE] = cells.0[PLACE].and(&self.places.with_tags(rules));
            }
            if let Some((dimension, set)) = self.meant(&condition.column) {
                let own = &cells.0[dimension];
                cells.0[dimension] = if condition.unless { own.without(&set) } else { own.and(&set) };
            }
        }
        cells
    }

    /// The atoms that a column takes, if it is about no text.
    pub(super) fn meant(&self, column: &Column) -> Option<(usize, Bits)> {
        Some(match column {
            Column::Code(set) => (CODE, Bits::of(self.codes.len(), |n| set.contains(self.codes[n]))),
            Column::Enhanced(set) => (ENHANCED, Bits::of(self.enhanced.len(), |n| set.contains(self.enhanced[n]))),
            Column::Status(set) => (STATUS, Bits::of(self.enhanced.len(), |n| set.contains(self.enhanced[n]))),
            Column::Phase(set) => (PHASE, Bits::of(PHASES.len(), |n| set.contains(PHASES[n]))),
            Column::Host(set) => (PLACE, self.places.by_host(|host| set.contains(host))),
            Column::Domain(set) => (PLACE, self.places.by_domain(|domain| set.contains(domain))),
            Column::Tenant(names, none) => {
                let is_in = |tenant: &Option<String>| tenant.as_ref().map_or(*none, |tenant| names.contains(tenant));
                (TENANT, Bits::of(self.tenants.len(), |n| is_in(&self.tenants[n])))
            }
            Column::Phrase(_) | Column::Text(..) | Column::Tag(_) => return None,
        })
    }

    /// The reply of a point with that text.
    pub(super) fn reply(&self, point: &Point, text: &str) -> Reply {
        let place = self.places.get(point[PLACE]);
        let mut reply = Reply {
            code: self.codes[point[CODE]],
            enhanced: self.enhanced[point[ENHANCED]],
            status: self.enhanced[point[STATUS]],
            text: text.as_bytes().to_vec(),
            host: place.host.clone(),
            domain: place.domain.clone(),
            phase: PHASES[point[PHASE]],
            time: self.times[point[TIME]],
            ..Reply::default()
        };
        reply.sender.tenant.clone_from(&self.tenants[point[TENANT]]);
        reply
    }
}

/// Reply codes but those of success, cut wherever a set of them begins or ends.
fn codes(rules: &RuleSet) -> Vec<Option<ReplyCode>> {
    let mut cuts = BTreeSet::from([300, 400, 500]);
    for column in rules.rules.iter().flat_map(|rule| &rule.conditions).map(|condition| &condition.column) {
        if let Column::Code(set) = column {
            cuts.extend(set.ranges.iter().flat_map(|(low, high)| [*low, high.saturating_add(1)]));
        }
    }
    let starts: Vec<u16> = cuts.into_iter().filter(|cut| (300..=599).contains(cut)).collect();
    let ends = starts.iter().skip(1).copied().chain([600]);
    // The best known code of each stretch.
    let known = |start: u16, end: u16| [550, 450].into_iter().find(|code| (start..end).contains(code));
    let mut codes: Vec<u16> =
        starts.iter().zip(ends).map(|(start, end)| known(*start, end).unwrap_or(*start)).collect();
    codes.sort_by_key(|code| (*code != 550, *code != 450, *code < 500, *code < 400, *code));
    codes.into_iter().map(ReplyCode::new).chain([None]).collect()
}

/// Enhanced codes: one for each set of ranges that some code lies in.
fn enhanced(rules: &RuleSet) -> Vec<Option<EnhancedCode>> {
    let mut ranges: HashSet<EnhancedRange> = HashSet::new();
    for column in rules.rules.iter().flat_map(|rule| &rule.conditions).map(|condition| &condition.column) {
        if let Column::Enhanced(set) | Column::Status(set) = column {
            ranges.extend(&set.ranges);
        }
    }
    let cuts = |of: fn(&EnhancedRange) -> (u16, u16)| {
        let ends = ranges.iter().map(of).flat_map(|(low, high)| [low, high.saturating_add(1)]);
        let cuts: BTreeSet<u16> = ends.chain([0, 1, 2]).filter(|cut| *cut <= 999).collect();
        cuts.into_iter().collect::<Vec<u16>>()
    };
    let (subjects, details) = (cuts(|range| range.subject), cuts(|range| range.detail));
    let within = |cuts: &[u16], (low, high): (u16, u16)| {
        cuts.partition_point(|cut| *cut < low)..cuts.partition_point(|cut| *cut <= high)
    };
    const CLASSES: [u8; 3] = [5, 4, 2];
    // A cell's ranges, as one number: two cells of the same ranges have the same.
    let mut cells = vec![0_u64; CLASSES.len() * subjects.len() * details.len()];
    for (n, range) in ranges.iter().enumerate() {
        for (c, _) in CLASSES.iter().enumerate().filter(|(_, class)| (range.class.0..=range.class.1).contains(*class)) {
            for s in within(&subjects, range.subject) {
                for d in within(&details, range.detail) {
                    cells[(c * subjects.len() + s) * details.len() + d] ^= spread(n as u64 + 1);
                }
            }
        }
    }
    let mut seen = HashSet::new();
    let mut codes = vec![None];
    for (c, class) in CLASSES.iter().enumerate() {
        for (s, subject) in subjects.iter().enumerate() {
            for (d, detail) in details.iter().enumerate() {
                if seen.insert((c, cells[(c * subjects.len() + s) * details.len() + d])) {
                    codes.push(EnhancedCode::new(*class, *subject, *detail));
                }
            }
        }
    }
    codes
}

/// The customers that rules name, and one that none names.
fn tenants(rules: &RuleSet) -> Vec<Option<String>> {
    let mut names = BTreeSet::new();
    for column in rules.rules.iter().flat_map(|rule| &rule.conditions).map(|condition| &condition.column) {
        if let Column::Tenant(tenants, _) = column {
            names.extend(tenants.iter().cloned());
        }
    }
    let other = (1..).map(|n| format!("customer-{n}")).find(|name| !names.contains(name));
    [None].into_iter().chain([other]).chain(names.into_iter().map(Some)).collect()
}

/// No time, a moment before all that rules name, and each of these.
fn times(rules: &RuleSet) -> Vec<Option<Time>> {
    let windows = rules
        .rules
        .iter()
        .flat_map(|rule| [rule.window].into_iter().chain(rule.outcomes.iter().map(|outcome| outcome.window)));
    let ends: BTreeSet<Time> = windows.flat_map(|Window { from, until }| [from, until]).flatten().collect();
    let before = ends.first().map(|first| Time::from_unix(first.unix() - 1));
    [None].into_iter().chain(before.map(Some)).chain(ends.into_iter().map(Some)).collect()
}
