//! Whom something concerns: what refuses most rules without a look at them.

use super::codes::{CodeClasses, EnhancedCells};
use crate::reply::Reply;
use crate::ruleset::{ProfileId, Rule};

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
}

impl Gate {
    /// Lets everything through.
    pub(super) const OPEN: Gate = Gate { codes: u64::MAX, enhanced: u64::MAX, profile: GENERAL };

    /// What a rule may be for.
    pub(super) fn of_rule(rule: &Rule, codes: &CodeClasses) -> Gate {
        Gate {
            codes: codes.of_rule(&rule.conditions),
            enhanced: EnhancedCells::of_rule(&rule.conditions),
            profile: rule.profile.map_or(GENERAL, |profile| profile.0),
        }
    }

    /// What a reply is.
    pub(super) fn of_reply(reply: &Reply, profile: Option<ProfileId>, codes: &CodeClasses) -> Gate {
        Gate {
            codes: codes.of(reply.code),
            enhanced: EnhancedCells::of(reply.enhanced),
            profile: profile.map_or(GENERAL, |profile| profile.0),
        }
    }

    /// Lets through what one of them does, and perhaps more.
    pub(super) fn or(self, other: Gate) -> Gate {
        let profile = if self.profile == other.profile { self.profile } else { GENERAL };
        Gate { codes: self.codes | other.codes, enhanced: self.enhanced | other.enhanced, profile }
    }

    /// Whether what it stands for may concern a reply; `is_above` knows the parents of the reply's profile, if it has any.
    #[inline]
    pub(super) fn admits(self, reply: Gate, is_above: Option<&impl Fn(u32) -> bool>) -> bool {
        let near = (self.profile == GENERAL) | (self.profile == reply.profile);
        let codes = (self.codes & reply.codes != 0) & (self.enhanced & reply.enhanced != 0);
        codes & (near || is_above.is_some_and(|is_above| is_above(self.profile)))
    }

    /// The same in three bytes.
    pub(super) fn hint(self) -> Hint {
        let folded = |bits: u64| {
            let half = bits | bits >> 32;
            let quarter = half | half >> 16;
            (quarter | quarter >> 8) as u8
        };
        let profile = if self.profile == GENERAL { 0 } else { (self.profile % 255) as u8 + 1 };
        Hint { codes: [folded(self.codes), folded(self.enhanced)], profile }
    }

    /// The same, for those codes alone.
    #[cfg(test)]
    pub(super) fn with_codes(self, codes: u64, enhanced: u64) -> Gate {
        Gate { codes, enhanced, ..self }
    }

    /// The same, for that profile alone.
    #[cfg(test)]
    pub(super) fn for_profile(self, profile: u32) -> Gate {
        Gate { profile, ..self }
    }
}

/// A gate in three bytes, to stand beside a key; it lets more through than the gate itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hint {
    /// Of reply codes and of enhanced codes.
    codes: [u8; 2],
    /// A number that several profiles may share; nought is for all.
    profile: u8,
}

impl Hint {
    /// Whether what it stands for may concern a reply with that hint, whose profile may have parents.
    #[inline]
    pub(super) fn admits(self, reply: Hint, has_parents: bool) -> bool {
        let profile = (self.profile == 0) | (self.profile == reply.profile) | has_parents;
        let common = u16::from_le_bytes(self.codes) & u16::from_le_bytes(reply.codes);
        (common & 0xFF != 0) & (common & 0xFF00 != 0) & profile
    }
}
