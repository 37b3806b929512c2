//! Where the parts of the world's records lie, in bytes.
//!
//! Data alone, in a file of its own, so that a test of the host's side holds it to the WIT file.

/// A `reply`, as the host writes it.
pub(crate) mod reply {
    use std::alloc::Layout;

    pub(crate) const TEXT: usize = 0;
    pub(crate) const FOLDED: usize = 8;
    pub(crate) const CODE: usize = 16;
    pub(crate) const ENHANCED: usize = 20;
    pub(crate) const STATUS: usize = 32;
    pub(crate) const PHASE: usize = 44;
    pub(crate) const HOST: usize = 56;
    pub(crate) const DOMAIN: usize = 68;
    pub(crate) const TIME: usize = 80;

    /// Where the value of an option begins, after the byte that tells whether there is one.
    pub(crate) const CODE_VALUE: usize = 2;
    pub(crate) const STRING_VALUE: usize = 4;
    pub(crate) const TIME_VALUE: usize = 8;

    /// As a whole.
    pub(crate) const LAYOUT: Layout = match Layout::from_size_align(96, 8) {
        Ok(layout) => layout,
        Err(_) => panic!("a power of two"),
    };
}

/// How many words of four bytes each result has; every part of it is an address and a length, in the WIT file's order.
pub(crate) mod words {
    /// A `description`: three strings and two lists.
    pub(crate) const DESCRIPTION: usize = 10;
    /// An `option<verdict>`: the word that tells, a string and a list.
    pub(crate) const ANSWER: usize = 5;
    /// A `field`: two strings.
    pub(crate) const FIELD: usize = 4;
}
