//! Where the parts of the world's records lie, in bytes.
//!
//! Data alone, in a file of its own, so that a test of the host's side holds it to the WIT file.

/// A `reply`, as the host writes it.
pub mod reply {
    use std::alloc::Layout;

    pub const TEXT: usize = 0;
    pub const FOLDED: usize = 8;
    pub const CODE: usize = 16;
    pub const ENHANCED: usize = 20;
    pub const STATUS: usize = 32;
    pub const PHASE: usize = 44;
    pub const HOST: usize = 56;
    pub const DOMAIN: usize = 68;
    pub const TIME: usize = 80;

    /// Where the value of an option begins, after the byte that tells whether there is one.
    pub const CODE_VALUE: usize = 2;
    pub const STRING_VALUE: usize = 4;
    pub const TIME_VALUE: usize = 8;

    /// As a whole.
    pub const LAYOUT: Layout = match Layout::from_size_align(96, 8) {
        Ok(layout) => layout,
        Err(_) => panic!("a power of two"),
    };
}

/// How many words of four bytes each result has; every part of it is an address and a length, in the WIT file's order.
pub mod words {
    /// A `description`: three strings and two lists.
    pub const DESCRIPTION: usize = 10;
    /// An `option<verdict>`: the word that tells, a string and a list.
    pub const ANSWER: usize = 5;
    /// A `field`: two strings.
    pub const FIELD: usize = 4;
}
