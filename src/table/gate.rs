//! Whom something concerns: what refuses most rules without a look at them.

use super::codes::{CodeClasses, EnhancedCells};
use crate::reply::Reply;
use crate::ruleset::{ProfileId, Profiles, Rule};

/// Stands for no profile: for all replies.
const GENERAL: u32 = u32::MAX;

/// The codes and the profile of a reply, or those that a rule may be for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gate {
    /// The classes of reply codes.
    pub(super) codes: u64,
    /// The cells of enhanced codes.
    pub(super) enhanced: u64,
    /// The profile, by its number, or [`GENERAL`].
    profile: u32,
    /// The bits of all profiles that it is for.
    family: Family,
}

/// Profiles, each by one of a few bits that many share; there is one for those that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Family(u16);

impl Family {
    /// Everybody.
    const ALL: Family = Family(u16::MAX);

    /// That one alone.
    fn of(profile: Option<ProfileId>) -> Family {
        Family(profile.map_or(1 << 15, |profile| 1 << (profile.0 % 15)))
    }

    /// Those of both.
    fn or(self, other: Family) -> Family {
        Family(self.0 | other.0)
    }

    /// For each profile itself and those that extend it, who have its rules.
    pub(super) fn all(profiles: &Profiles) -> Vec<Family> {
        let mut all = vec![Family(0); profiles.iter().len()];
        for (id, _) in profiles.iter() {
            profiles.chain(id).for_each(|up| all[up.0 as usize] = all[up.0 as usize].or(Family::of(Some(id))));
        }
        all
    }
}

impl Gate {
    /// Lets everything through.
    pub(super) const OPEN: Gate = Gate { codes: u64::MAX, enhanced: u64::MAX, profile: GENERAL, family: Family::ALL };

    /// What a rule may be for; `families` are those of all profiles.
    pub(super) fn of_rule(rule: &Rule, codes: &CodeClasses, families: &[Family]) -> Gate {
        Gate {
            codes: codes.of_rule(&rule.conditions),
            enhanced: EnhancedCells::of_rule(&rule.conditions),
            profile: rule.profile.map_or(GENERAL, |profile| profile.0),
            family: rule.profile.map_or(Family::ALL, |profile| families[profile.0 as usize]),
        }
    }

    /// What a reply is.
    pub(super) fn of_reply(reply: &Reply, profile: Option<ProfileId>, codes: &CodeClasses) -> Gate {
        Gate {
            codes: codes.of(reply.code),
            enhanced: EnhancedCells::of(reply.enhanced),
            profile: profile.map_or(GENERAL, |profile| profile.0),
            family: Family::of(profile),
        }
    }

    /// Lets through what one of them does, and perhaps more.
    pub(super) fn or(self, other: Gate) -> Gate {
        let profile = if self.profile == other.profile { self.profile } else { GENERAL };
        let family = self.family.or(other.family);
        Gate { codes: self.codes | other.codes, enhanced: self.enhanced | other.enhanced, profile, family }
    }

    /// Whether what it stands for may concern a reply; `is_above` knows the parents of the reply's profile, if it has any.
    #[inline]
    pub(super) fn admits(self, reply: Gate, is_above: Option<&impl Fn(u32) -> bool>) -> bool {
        let near = (self.profile == GENERAL) | (self.profile == reply.profile);
        let codes = (self.codes & reply.codes != 0) & (self.enhanced & reply.enhanced != 0);
        codes & (near || is_above.is_some_and(|is_above| is_above(self.profile)))
    }

    /// The same in eight bytes.
    pub(super) fn hint(self) -> Hint {
        Hint(self.folded() | u64::from(self.family.0))
    }

    /// The codes in the upper six bytes.
    fn folded(self) -> u64 {
        let half = |bits: u64| bits as u32 | (bits >> 32) as u32;
        let quarter = |bits: u32| bits as u16 | (bits >> 16) as u16;
        u64::from(half(self.codes)) << 32 | u64::from(quarter(half(self.enhanced))) << 16
    }

    /// The same, for those codes alone.
    #[cfg(test)]
    pub(super) fn with_codes(self, codes: u64, enhanced: u64) -> Gate {
        Gate { codes, enhanced, ..self }
    }

    /// The same, for those that extend that profile as well.
    #[cfg(test)]
    pub(super) fn and_for(self, profile: u32) -> Gate {
        Gate { family: self.family.or(Family::of(Some(ProfileId(profile)))), ..self }
    }

    /// The same, for that profile alone.
    #[cfg(test)]
    pub(super) fn for_profile(self, profile: u32) -> Gate {
        Gate { profile, family: Family::of(Some(ProfileId(profile))), ..self }
    }
}

/// A gate in eight bytes, to stand beside a key: a bit for each of what a reply may be, some of which share one. It lets
/// more through than the gate itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hint(u64);

impl Hint {
    /// For no reply.
    pub(super) const NOBODY: Hint = Hint(0);

    /// Of what may concern those of one of them.
    pub(super) fn or(self, other: Hint) -> Hint {
        Hint(self.0 | other.0)
    }

    /// A bit for each reason why what it stands for does not concern a reply. A reply has one code, one enhanced code and
    /// one profile, or lacks them, for which there are bits as well.
    #[inline]
    pub(super) fn against(self, reply: Hint) -> u64 {
        reply.0 & !self.0
    }
}
