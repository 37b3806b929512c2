//! Who posted an event: the signatures of webhooks, as the services document them.
//!
//! What a service does not sign cannot be checked: Mailgun signs a time and a token and not the body, Postmark nothing.
//! Who relies on these has them post over TLS.
//!
//! Invariant: what is accepted was sent by whom the settings name, is not older than they allow, and is accepted once.

mod certificate;
mod fetch;
mod mailgun;
mod postmark;
mod replay;
mod secret;
mod sendgrid;
mod sns;
mod unverified;

pub use fetch::over_https;
pub use replay::Mark;
pub use unverified::Unverified;

use crate::Time;
use crate::settings::{Settings, SettingsError};
use mailgun::Mailgun;
use postmark::Postmark;
use replay::Seen;
use secret::Compared;
use sendgrid::SendGrid;
use sns::Sns;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// Gets what lies at an address of HTTPS, at most as long as a certificate; or says why it cannot.
pub type Fetch = Box<dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync>;

/// A service that posts events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Amazon SES, through SNS.
    Ses,
    /// SendGrid.
    SendGrid,
    /// Mailgun.
    Mailgun,
    /// Postmark.
    Postmark,
}

impl Service {
    /// All.
    pub const ALL: [Service; 4] = [Service::Ses, Service::SendGrid, Service::Mailgun, Service::Postmark];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Service::Ses => "ses",
            Service::SendGrid => "sendgrid",
            Service::Mailgun => "mailgun",
            Service::Postmark => "postmark",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Service {
    type Err = ();

    fn from_str(word: &str) -> Result<Service, ()> {
        Service::ALL.into_iter().find(|service| service.as_str() == word).ok_or(())
    }
}

/// A request, as far as a signature is about it.
#[derive(Clone, Copy)]
pub struct Posted<'a> {
    /// The body, to the byte.
    pub body: &'a [u8],
    /// The value of a header, by its name in small letters.
    pub header: &'a dyn Fn(&str) -> Option<&'a [u8]>,
    /// What stands behind the question mark.
    pub query: Option<&'a str>,
}

/// What was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it is.
    pub said: Said,
    /// By what it is remembered; nothing for Postmark, which gives nothing to remember.
    pub mark: Option<Mark>,
}

/// What a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Events.
    Events,
    /// A topic asks whether it may post. The address says yes by being fetched ([`Webhooks::follow`]), and is here only
    /// where the settings say so.
    Subscribe(Option<String>),
    /// A topic will post no more.
    Unsubscribed,
}

/// What is known of those who may post.
pub struct Webhooks {
    ses: Option<Sns>,
    sendgrid: Option<SendGrid>,
    mailgun: Option<Mailgun>,
    postmark: Option<Postmark>,
    seen: Mutex<Seen>,
    fetch: Fetch,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = Service::ALL.into_iter().filter(|service| self.expects(*service));
        f.debug_list().entries(expected).finish()
    }
}

impl Webhooks {
    /// As the settings say; certificates are fetched over HTTPS.
    ///
    /// # Errors
    /// A key or secret that cannot be used.
    pub fn new(settings: &Settings) -> Result<Webhooks, SettingsError> {
        Webhooks::with_fetch(settings, Box::new(over_https))
    }

    /// As the settings say; certificates are fetched so.
    ///
    /// # Errors
    /// A key or secret that cannot be used.
    pub fn with_fetch(settings: &Settings, fetch: Fetch) -> Result<Webhooks, SettingsError> {
        let webhooks = &settings.service.webhooks;
        let compared = Compared::new().map_err(|why| settings.blame(&["service", "webhooks"], why, None))?;
        Ok(Webhooks {
            ses: webhooks.ses.as_ref().map(Sns::new),
            sendgrid: webhooks.sendgrid.as_ref().map(|one| SendGrid::new(one, settings)).transpose()?,
            mailgun: webhooks.mailgun.as_ref().map(|one| Mailgun::new(one, settings)).transpose()?,
            postmark: webhooks.postmark.as_ref().map(|one| Postmark::new(one, settings, compared)).transpose()?,
            seen: Mutex::new(Seen::new(webhooks.window, webhooks.remembered)),
            fetch,
        })
    }

    /// Whether the settings name a service.
    pub fn expects(&self, service: Service) -> bool {
        match service {
            Service::Ses => self.ses.is_some(),
            Service::SendGrid => self.sendgrid.is_some(),
            Service::Mailgun => self.mailgun.is_some(),
            Service::Postmark => self.postmark.is_some(),
        }
    }

    /// Holds a request to what is known of the service. It may fetch a certificate, so it may take as long as that.
    ///
    /// What was accepted is remembered, and refused when it comes again; [`Webhooks::forget`] is for what could not be
    /// worked on after all.
    ///
    /// # Errors
    /// Why it is not known to come from the service, or that it came before.
    pub fn verify(&self, service: Service, posted: Posted<'_>, now: Time) -> Result<Verified, Unverified> {
        let unexpected = || Unverified::NotExpected(service);
        let signed = match service {
            Service::Ses => {
                let ses = self.ses.as_ref().ok_or_else(unexpected)?;
                ses.read(posted.body)?.verify(ses, now, |time| self.is_timely(time, now), &self.fetch)?
            }
            Service::SendGrid => self.sendgrid.as_ref().ok_or_else(unexpected)?.verify(posted)?,
            Service::Mailgun => self.mailgun.as_ref().ok_or_else(unexpected)?.verify(posted)?,
            Service::Postmark => {
                self.postmark.as_ref().ok_or_else(unexpected)?.verify(posted)?;
                return Ok(Verified { said: Said::Events, mark: None });
            }
        };
        let Signed { said, time, id } = signed;
        let mark = self.seen().admit(service, &id, time, now)?;
        Ok(Verified { said, mark: Some(mark) })
    }

    /// Forgets what was accepted and not worked on, so that the service may send it again.
    pub fn forget(&self, mark: &Mark) {
        self.seen().forget(mark);
    }

    /// Confirms a subscription, if the settings said so when it was verified.
    ///
    /// # Errors
    /// Why it could not be.
    pub fn follow(&self, said: &Said) -> Result<(), Unverified> {
        match said {
            Said::Subscribe(Some(address)) => (self.fetch)(address).map(drop).map_err(Unverified::Unfetched),
            Said::Subscribe(None) | Said::Events | Said::Unsubscribed => Ok(()),
        }
    }

    fn is_timely(&self, time: Time, now: Time) -> Result<(), Unverified> {
        self.seen().is_timely(time, now)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        // What is behind the lock is whole between any two statements that change it.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a good signature is of.
struct Signed {
    said: Said,
    time: Time,
    /// What no other has, and nobody but the service can make.
    id: Vec<u8>,
}
