//! How the world's records are passed: what comes in as numbers, and how many words each result has.
//!
//! Data alone, in a file of its own, so that a test of the host's side holds it to the WIT file.

/// What a `reply` comes as behind the place and the length of its string, in the WIT file's order; its time comes last.
pub(crate) mod passed {
    /// Parts of the string, each a place and a length.
    pub(crate) const PARTS: [&str; 4] = ["text", "folded", "host", "domain"];
    /// Numbers.
    pub(crate) const NUMBERS: [&str; 4] = ["code", "enhanced", "status", "phase"];
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
