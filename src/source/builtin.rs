//! The shipped rule library, held in the program itself.

/// The library's root file, by its key.
pub const BUILTIN_ROOT: &str = "root.carom";

macro_rules! files {
    ($($key:literal),* $(,)?) => {
        &[$(($key, include_str!(concat!("../../rules/", $key)))),*]
    };
}

/// Every file of `rules/`; a test holds this list against the folder.
const FILES: &[(&str, &str)] = files![
    "fallbacks.carom",
    "general.carom",
    "general/authentication.carom",
    "general/content.carom",
    "general/limits.carom",
    "general/lists.carom",
    "general/rates.carom",
    "general/recipient.carom",
    "general/sender.carom",
    "general/system.carom",
    "general/traps.carom",
    "general/unsaid.carom",
    "policy.carom",
    "prelude.carom",
    "profiles.carom",
    "providers/apple.carom",
    "providers/au.carom",
    "providers/google.carom",
    "providers/microsoft-365.carom",
    "providers/outlook.carom",
    "providers/yahoo.carom",
    "reasons.carom",
    "root.carom",
    "servers/exim.carom",
    "servers/postfix.carom",
    "servers/sendmail.carom",
    "services/amazon-ses.carom",
    "services/mailgun.carom",
    "services/postmark.carom",
    "services/sendgrid.carom",
    "services/sparkpost.carom",
];

/// The shipped files: key (`providers/google.carom`) and text.
pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// The text of a shipped file, by its key.
pub fn builtin_file(key: &str) -> Option<&'static str> {
    FILES.iter().find(|(name, _)| *name == key).map(|(_, text)| *text)
}
