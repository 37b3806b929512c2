//! The closed vocabularies of the language.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// Every word, in the order of the reference.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word, as rules and JSON write it.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<$name, ()> {
                $name::ALL.iter().copied().find(|word| word.as_str() == text).ok_or(())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a verdict comes down to.
    Category {
        /// The receiving server took it; not that it reached the inbox.
        Delivered = "delivered",
        /// Try again later: waiting is enough.
        Deferred = "deferred",
        /// This mailbox or message, for now.
        Soft = "soft",
        /// This address cannot receive.
        Hard = "hard",
        /// Refused for what the sender is, does or sends: the sender must change something.
        Block = "block",
        /// The recipient reported it as unwanted.
        Complaint = "complaint",
        /// An automatic answer, not a bounce.
        AutoReply = "auto-reply",
        /// No rule knows it.
        Unknown = "unknown",
    }
}

words! {
    /// Whose fault it is.
    Fault {
        /// The address or its owner.
        Recipient = "recipient",
        /// Who sends.
        Sender = "sender",
        /// What is sent.
        Content = "content",
        /// Who receives.
        Provider = "provider",
        /// What lies between.
        Network = "network",
    }
}

words! {
    /// What a verdict is about.
    Scope {
        /// The recipient's address.
        Recipient = "recipient",
        /// This message.
        Message = "message",
        /// This connection.
        Connection = "connection",
        /// The address it was sent from.
        Ip = "ip",
        /// A domain.
        Domain = "domain",
        /// The sender's account.
        Account = "account",
        /// All mail to the provider.
        Provider = "provider",
    }
}

words! {
    /// How far a source is to be trusted.
    Trust {
        /// The provider says so itself.
        Documented = "documented",
        /// Seen in logs or bounces.
        Observed = "observed",
        /// Concluded, or heard at third hand.
        Inferred = "inferred",
    }
}

words! {
    /// What a throttle slows down.
    ThrottleOf {
        /// The host that said it.
        Host = "host",
        /// All of the profile.
        Profile = "profile",
    }
}
