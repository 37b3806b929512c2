//! What a glance at a text's words tells: most patterns need a word that it does not hold.

/// Words, each by one of a few bits that many share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Glance(u64);

impl Glance {
    /// None are known to be needed.
    pub(super) const NONE: Glance = Glance(0);
    /// Any may be there.
    pub(super) const ALL: Glance = Glance(u64::MAX);

    /// The word of that hash.
    #[inline]
    pub(super) fn of(hash: u64) -> Glance {
        Glance(1 << (hash >> 58))
    }

    /// Those of both.
    #[inline]
    pub(super) fn or(self, other: Glance) -> Glance {
        Glance(self.0 | other.0)
    }

    /// Those that both have.
    pub(super) fn and(self, other: Glance) -> Glance {
        Glance(self.0 & other.0)
    }

    /// Whether a text of these words may hold all of those.
    #[inline]
    pub(super) fn may_hold(self, needed: Glance) -> bool {
        needed.0 & !self.0 == 0
    }
}
