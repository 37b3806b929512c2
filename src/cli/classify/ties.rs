//! What ties notices to mails that were sent: the options for it, and the files that they name.

use crate::cli::output::unreadable;
use crate::intake::notice::{Form, Ties};
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
}
