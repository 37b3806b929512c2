//! How a notice is tied to a mail that was sent.

/// How a notice is tied to a mail that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tied {
    /// By a return address or a message id that holds a code made with the key.
    Signed,
    /// By a message id that is known.
    Known,
    /// By nothing.
    None(Untied),
}

/// Why nothing ties a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untied {
    /// It is about a mail that was not sent from here: backscatter.
    Foreign,
    /// It is about a notice: two servers answer each other.
    Loop,
    /// It does not say which mail it is about.
    Unnamed,
    /// There is nothing to hold its mail against.
    Unproven,
}

impl Tied {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Tied::Signed => "signed",
            Tied::Known => "known",
            Tied::None(_) => "none",
        }
    }

    /// Why nothing ties it.
    pub fn why(self) -> Option<Untied> {
        match self {
            Tied::Signed | Tied::Known => None,
            Tied::None(why) => Some(why),
        }
    }
}

impl Untied {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Untied::Foreign => "foreign",
            Untied::Loop => "loop",
            Untied::Unnamed => "unnamed",
            Untied::Unproven => "unproven",
        }
    }
}
