//! What a notice says by what it is, whatever the reply in it.

use std::fmt;

/// What a notice is, where that decides its verdict before any rule is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The message was handed over, to a mailbox or to the next server.
    Delivered,
    /// The message waits, and the server that says so tries again by itself.
    Delayed,
    /// The recipient, or a provider on the recipient's behalf, reports the message as unwanted (RFC 5965).
    Complaint,
    /// A provider reports that the message, or one that pretends to be of the same sender, failed authentication
    /// (RFC 6591).
    Authentication,
    /// An automatic answer (RFC 3834): no word on a delivery.
    AutoReply,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 5] = [Kind::Delivered, Kind::Delayed, Kind::Complaint, Kind::Authentication, Kind::AutoReply];

    /// The word for it, which is also the name of the prelude's rule for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Delivered => "delivered",
            Kind::Delayed => "delayed",
            Kind::Complaint => "complaint",
            Kind::Authentication => "authentication-report",
            Kind::AutoReply => "auto-reply",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
