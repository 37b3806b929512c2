//! Rule sets at random, valid by construction, and replies that are steered at them: what their
//! phrases say, nearly what they say, and values at and just beside those of every column.

mod phrases;
mod replies;
mod rules;

pub(crate) use rules::Set;

/// Numbers to choose by. Where they have run out every choice is the first, which is the plainest, so
/// that what fails shrinks with its numbers.
#[derive(Clone)]
pub(crate) struct Choices {
    numbers: std::vec::IntoIter<u16>,
}

impl Choices {
    pub(crate) fn new(numbers: Vec<u16>) -> Choices {
        Choices { numbers: numbers.into_iter() }
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::from(self.numbers.next().unwrap_or(0)) % n
    }

    /// True once in `n` times, and never when the numbers have run out.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    pub(crate) fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

impl std::fmt::Debug for Choices {
    /// What was made of them says more.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} choices", self.numbers.len())
    }
}
