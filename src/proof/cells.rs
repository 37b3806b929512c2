//! Cells: what a rule asks of everything but the text, and what several such leave over.

use super::bits::Bits;

/// The dimensions of a reply but for its text, in the order in which a witness is chosen.
pub(super) const DIMENSIONS: usize = 7;

/// One atom of each dimension.
pub(super) type Point = [usize; DIMENSIONS];

/// A product of sets, one for each dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cells(pub(super) [Bits; DIMENSIONS]);

/// What is left of cells when others are taken off.
pub(super) enum Left {
    /// A point that is in none of them.
    Point(Point),
    /// Nothing: this is exact.
    Nothing,
    /// There were too many ways to cut them.
    Unclear,
}

/// So many cuts are tried before it is given up.
const CUTS: usize = 20_000;

impl Cells {
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().any(Bits::is_empty)
    }

    pub(super) fn meets(&self, other: &Cells) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own.meets(other))
    }

    /// What both hold.
    pub(super) fn and(&self, other: &Cells) -> Cells {
        Cells(std::array::from_fn(|n| self.0[n].and(&other.0[n])))
    }

    /// Whether the other holds all of it.
    pub(super) fn is_in(&self, other: &Cells) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own.without(other).is_empty())
    }

    pub(super) fn contains(&self, point: &Point) -> bool {
        self.0.iter().zip(point).all(|(set, atom)| set.contains(*atom))
    }

    /// A point of these cells that none of the others holds.
    pub(super) fn without(&self, others: &[&Cells]) -> Left {
        let mut cuts = CUTS;
        match self.clone().cut(others, &mut cuts) {
            Some(point) => Left::Point(point),
            None if cuts == 0 => Left::Unclear,
            None => Left::Nothing,
        }
    }

    /// Takes the first off by cutting along one dimension after the other; the pieces do not overlap.
    fn cut(mut self, others: &[&Cells], cuts: &mut usize) -> Option<Point> {
        if self.is_empty() || *cuts == 0 {
            return None;
        }
        let Some(next) = others.iter().position(|other| self.meets(other)) else {
            return Some(std::array::from_fn(|n| self.0[n].first().unwrap_or_default()));
        };
        *cuts -= 1;
        let (taken, others) = (others[next], &others[next + 1..]);
        for n in 0..DIMENSIONS {
            let outside = self.0[n].without(&taken.0[n]);
            if !outside.is_empty() {
                let inside = self.0[n].and(&taken.0[n]);
                self.0[n] = outside;
                if let Some(point) = self.clone().cut(others, cuts) {
                    return Some(point);
                }
                self.0[n] = inside;
            }
        }
        None
    }
}
