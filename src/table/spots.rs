//! Words of a text by which literals may be known: noted while it is read, and looked at afterwards, when it is known
//! which others it holds.

/// A word by which a literal may be known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot {
    /// Its first bytes.
    pub(super) key: u64,
    pub(super) at: u32,
    /// Its length, and what else is known of it.
    pub(super) note: u32,
}

/// Words of a text that are looked at once the whole text has been read.
#[derive(Debug)]
pub(super) struct Spots {
    all: Vec<Spot>,
    count: usize,
}

impl Spots {
    pub(super) const fn new() -> Spots {
        Spots { all: Vec::new(), count: 0 }
    }

    /// Forgets those there are, to note at most so many others.
    #[inline]
    pub(super) fn begin(&mut self, most: usize) -> Noting<'_> {
        if self.all.len() <= most {
            self.all.resize(most + 1, Spot::default());
        }
        Noting { all: &mut self.all, count: 0 }
    }

    /// So many have been noted.
    #[inline]
    pub(super) fn end(&mut self, count: usize) {
        self.count = count;
    }

    /// The word of that number, if there are so many.
    #[inline]
    pub(super) fn get(&self, n: usize) -> Option<Spot> {
        self.all[..self.count].get(n).copied()
    }
}

/// Words being noted, apart from all else, so that their number stays in a register.
pub(super) struct Noting<'s> {
    all: &'s mut [Spot],
    count: usize,
}

impl Noting<'_> {
    /// Notes a word, if it is one that counts: it is written in any case, so that nothing branches on that.
    #[inline]
    pub(super) fn offer(&mut self, is_it: bool, spot: Spot) {
        if let Some(place) = self.all.get_mut(self.count) {
            *place = spot;
        }
        self.count += usize::from(is_it);
    }

    pub(super) fn count(self) -> usize {
        self.count
    }
}
