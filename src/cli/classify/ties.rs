//! What ties notices to mails that were sent: the options for it, and the files that they name.

use crate::cli::output::unreadable;
use crate::intake::notice::{Carried, Form, Ties};
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
    /// The ids of the mails that were sent, one a line.
    #[arg(long, value_name = "FILE")]
    sent: Option<PathBuf>,
    /// A header field in which your mails name their campaign, as `Feedback-ID`; may be given more than once.
    #[arg(long, value_name = "FIELD", value_parser = field)]
    campaign_header: Vec<String>,
    /// A header field in which your mails name their recipient, for notices that name nobody.
    #[arg(long, value_name = "FIELD", value_parser = field)]
    recipient_header: Vec<String>,
    /// Suppress also on the word of notices that nothing ties to a mail that was sent.
    #[arg(long)]
    pub(in crate::cli) trust_untied: bool,
}

impl Arguments {
    /// Reads the files.
    pub(in crate::cli) fn read(&self) -> anyhow::Result<Ties> {
        let read =
            |path: &PathBuf| std::fs::read(path).map_err(|error| unreadable(&path.display().to_string(), &error));
        let key = self.key.as_ref().map(read).transpose()?;
        let key = key.map(|key| key.trim_ascii_end().to_vec());
        if key.as_ref().is_some_and(|key| key.len() < 16) {
            bail!("the key has fewer than 16 bytes, which a stranger could guess");
        }
        let sent = match &self.sent {
            Some(path) => {
                let text = String::from_utf8_lossy(&read(path)?).into_owned();
                let ids = text.lines().map(|line| line.trim().trim_matches(['<', '>']));
                Some(ids.filter(|id| !id.is_empty()).map(str::to_owned).collect())
            }
            None => None,
        };
        Ok(Ties { addresses: self.verp.clone(), ids: self.message_id.clone(), key, sent })
    }

    /// The fields of mails that come back.
    pub(in crate::cli) fn carried(&self) -> Carried {
        Carried { campaign: self.campaign_header.clone(), recipient: self.recipient_header.clone() }
    }
}

/// The name of a header field, with or without its colon (RFC 5322, 3.6.8).
fn field(written: &str) -> Result<String, String> {
    let name = written.trim().trim_end_matches(':');
    match !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic() && b != b':') {
        true => Ok(name.to_owned()),
        false => Err("a header field's name has visible ASCII characters and no colon, as `X-Campaign`".to_owned()),
    }
}
