//! Phrases, taken apart.

/// The number of a pattern in its rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PatternId(pub(crate) u32);

/// A phrase or a regular expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// As it is written, without its quotes.
    pub written: String,
    /// What it says.
    pub kind: PatternKind,
}

/// What a pattern says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PatternKind {
    /// Its elements follow one another.
    Phrase {
        /// The elements.
        elements: Vec<Element>,
        /// A `*` touches its first letter: it may begin within a word.
        open_start: bool,
        /// A `*` touches its last letter: it may end within a word.
        open_end: bool,
    },
    /// An expression, matched as it is without regard to case.
    Regex(String),
}

/// A piece of a phrase.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Element {
    /// Folded text, to the letter.
    Literal(Box<str>),
    /// A `*` within or at a word: the rest of it.
    RestOfWord,
    /// A `*` between blanks: 0 to [`Element::MOST_WORDS`] words.
    Words,
    /// `{name:type}`.
    Gap(Box<str>, GapType),
}

impl Element {
    /// The most whole words that a free `*` stands for.
    pub const MOST_WORDS: usize = 12;
}

/// What a gap catches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GapType {
    /// An IPv4 or IPv6 address.
    Ip,
    /// A host name with a dot in it.
    Host,
    /// Digits, with points or commas between them.
    Number,
    /// Digits alone.
    Digits,
    /// A number and its unit.
    Duration,
    /// An address.
    Address,
    /// Letters, digits, `_` and `-`.
    Word,
    /// A provider's own code; only `tags` lines have it.
    Tag,
}

impl GapType {
    /// The types that rules may name.
    pub const NAMED: &'static [GapType] = &[
        GapType::Ip,
        GapType::Host,
        GapType::Number,
        GapType::Digits,
        GapType::Duration,
        GapType::Address,
        GapType::Word,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            GapType::Ip => "ip",
            GapType::Host => "host",
            GapType::Number => "number",
            GapType::Digits => "digits",
            GapType::Duration => "duration",
            GapType::Address => "address",
            GapType::Word => "word",
            GapType::Tag => "tag",
        }
    }
}

impl Pattern {
    /// The names and types of its gaps.
    pub fn gaps(&self) -> impl Iterator<Item = (&str, GapType)> {
        let elements = match &self.kind {
            PatternKind::Phrase { elements, .. } => elements.as_slice(),
            PatternKind::Regex(_) => &[],
        };
        elements.iter().filter_map(|element| match element {
            Element::Gap(name, kind) => Some((&**name, *kind)),
            _ => None,
        })
    }
}
