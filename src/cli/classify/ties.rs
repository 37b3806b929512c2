//! What ties notices to mails that were sent: the options for it, the settings, and the files that both name.

use crate::cli::output::unreadable;
use crate::intake::notice::{Carried, Form, NotAForm, Sent, Ties};
use crate::settings::{Settings, SettingsError, header_field};
use anyhow::bail;
use std::path::PathBuf;

/// What notices are held against.
#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Whom a notice is about")]
pub(in crate::cli) struct Arguments {
    /// How your return addresses are made, as `bounces+{recipient}-{mac}@example.com`; may be given more than once.
    #[arg(long, value_name = "ADDRESS")]
    verp: Vec<Form>,
    /// How your message ids are made, as `{id}.{mac}@example.com`; may be given more than once.
    #[arg(long, value_name = "ID")]
    message_id: Vec<Form>,
    /// The key of `{mac}`: a file, of which all counts but the line's end.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The ids of the mails that were sent, one a line; its recipients may follow.
    #[arg(long, value_name = "FILE")]
    sent: Option<PathBuf>,
    /// A header field in which your mails name their campaign, as `Feedback-ID`; may be given more than once.
    #[arg(long, value_name = "FIELD", value_parser = header_field)]
    campaign_header: Vec<String>,
    /// A header field in which your mails name their recipient, for notices that name nobody.
    #[arg(long, value_name = "FIELD", value_parser = header_field)]
    recipient_header: Vec<String>,
    /// Suppress also on the word of notices that nothing ties to a mail that was sent.
    #[arg(long)]
    trust_untied: bool,
}

impl Arguments {
    /// What the settings say, and before it what the options do; reads the files.
    pub(in crate::cli) fn read(&self, settings: &Settings) -> anyhow::Result<Ties> {
        let mut ties = of_settings(settings)?;
        if !self.verp.is_empty() {
            ties.addresses = self.verp.clone();
        }
        if !self.message_id.is_empty() {
            ties.ids = self.message_id.clone();
        }
        let read =
            |path: &PathBuf| std::fs::read(path).map_err(|error| unreadable(&path.display().to_string(), &error));
        if let Some(path) = &self.key {
            let key = read(path)?.trim_ascii_end().to_vec();
            if is_guessable(&key) {
                bail!("the key has {FEW}");
            }
            ties.key = Some(key);
        }
        if let Some(path) = &self.sent {
            ties.sent = Some(Sent::read(&read(path)?));
        }
        Ok(ties)
    }

    /// The fields of mails that come back.
    pub(in crate::cli) fn carried(&self, settings: &Settings) -> Carried {
        let either = |said: &[String], set: &[String]| if said.is_empty() { set.to_vec() } else { said.to_vec() };
        let own = &settings.notices;
        Carried {
            campaign: either(&self.campaign_header, &own.campaign_header),
            recipient: either(&self.recipient_header, &own.recipient_header),
        }
    }

    /// Whether notices count in full that nothing ties to a mail that was sent.
    pub(in crate::cli) fn trusts_untied(&self, settings: &Settings) -> bool {
        self.trust_untied || settings.notices.trust_untied
    }
}

/// What the settings tie notices by; reads the files.
pub(in crate::cli) fn of_settings(settings: &Settings) -> Result<Ties, SettingsError> {
    let own = &settings.notices;
    let wrong = |name: &str, why: String| settings.blame(&["notices", name], why, None);
    let forms = |name: &str, written: &[String]| -> Result<Vec<Form>, SettingsError> {
        let read = |form: &String| form.parse().map_err(|why: NotAForm| wrong(name, why.to_string()));
        written.iter().map(read).collect()
    };
    let key = own.key.as_ref().map(|key| key.read(settings)).transpose().map_err(|why| wrong("key", why))?;
    if key.as_deref().is_some_and(is_guessable) {
        return Err(wrong("key", format!("it has {FEW}")));
    }
    let sent = own.sent.as_ref().map(|path| settings.beside(path));
    let read = |path: PathBuf| {
        std::fs::read(&path).map_err(|error| wrong("sent", unreadable(&path.display().to_string(), &error).to_string()))
    };
    Ok(Ties {
        addresses: forms("verp", &own.verp)?,
        ids: forms("message_id", &own.message_id)?,
        key,
        sent: sent.map(read).transpose()?.map(|text| Sent::read(&text)),
    })
}

/// What is wrong with a short key.
const FEW: &str = "fewer than 16 bytes, which a stranger could guess";

fn is_guessable(key: &[u8]) -> bool {
    key.len() < 16
}
