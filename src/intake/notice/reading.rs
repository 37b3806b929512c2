//! A notice read: whom it is about and what was said, from its report, from its text, and from both.

use super::bounds::{RECIPIENT_LIMIT, Refusal};
use super::carried::Carried;
use super::layout::{Entry, Layout, Layouts, Seen, Told};
use super::mail::{Mail, of_original};
use super::report::{self, Action};
use super::tie::{Shown, Ties};
use super::{address, feedback, sender};
use crate::intake::attempt::{Attempt, Logged, domain_of, host_of};
use crate::intake::wrapper::{Unwrapped, phase_of, unwrap};
use crate::reply::Kind;
use crate::{EnhancedCode, Reply};
use std::borrow::Cow;

/// Reads a mail: an attempt for each recipient that it tells of; none where it is no notice.
///
/// ```
/// use carom::intake::notice::{Layouts, read};
///
/// let mail = b"From: MAILER-DAEMON@example.net\nSubject: failure notice\n\n\
/// Hi. This is the qmail-send program at example.net.\n\
/// I'm afraid I wasn't able to deliver your message to the following addresses.\n\n\
/// <ann@example.com>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user\nGiving up on 192.0.2.1.\n";
/// let attempts = read(mail, Layouts::builtin())?;
/// assert_eq!(attempts[0].recipient.as_deref(), Some("ann@example.com"));
/// assert_eq!(attempts[0].reply.code.unwrap().get(), 550);
/// # Ok::<(), carom::intake::notice::Refusal>(())
/// ```
///
/// # Errors
/// A [`Refusal`] where the mail is beyond all bounds.
pub fn read(mail: &[u8], layouts: &Layouts) -> Result<Vec<Attempt<'static>>, Refusal> {
    read_by(mail, layouts).map(|(attempts, _)| attempts)
}

/// What it takes to read notices and to say what ties them.
#[derive(Debug, Clone, Default)]
pub struct Reader<'l> {
    /// The layouts; without them, the shipped ones.
    pub layouts: Option<&'l Layouts>,
    /// What notices are tied by.
    pub ties: Ties,
    /// What the sender writes into his mails for himself.
    pub carried: Carried,
}

impl Reader<'_> {
    /// Reads a mail as [`read`] does, and says of each attempt how it is tied to a mail that was sent.
    ///
    /// # Errors
    /// A [`Refusal`] where the mail is beyond all bounds.
    pub fn read(&self, mail: &[u8]) -> Result<Vec<Attempt<'static>>, Refusal> {
        let mail = Mail::open(mail)?;
        let layouts = self.layouts.unwrap_or_else(|| Layouts::builtin());
        let is_named = || self.ties.names_recipient(&shown(&mail, "", &self.carried));
        let notice = Notice { mail: &mail, layouts, carried: &self.carried, is_named: &is_named };
        let Outcome { mut attempts, rest, .. } = notice.read()?;
        if !attempts.is_empty() {
            self.ties.tie(&mut attempts, &shown(&mail, rest, &self.carried));
        }
        Ok(attempts)
    }
}

/// What a notice gives.
#[derive(Default)]
struct Outcome<'m, 'l> {
    attempts: Vec<Attempt<'static>>,
    /// The layout that read its text.
    by: Option<&'l str>,
    /// What stands behind its text.
    rest: &'m str,
}

/// What a notice shows of the mail that it is about.
fn shown(mail: &Mail<'_>, rest: &str, carried: &Carried) -> Shown {
    const TO: [&str; 5] = ["X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To"];
    let values = TO.iter().filter_map(|name| mail.header(name));
    let original = mail.original.as_deref().unwrap_or(rest);
    let listed = |name: &&str| of_original(original, &[*name]).unwrap_or_default();
    let returned_to: Vec<String> = TO.iter().chain(&["Cc"]).map(listed).flat_map(|to| addresses(&to)).collect();
    let sender = of_original(original, &["Return-Path"]).and_then(|sender| address::read(&sender));
    Shown {
        to: values.flat_map(|value| addresses(&value)).chain(sender).collect(),
        of_notice: is_notice(original),
        returned_to: returned_to.into_iter().chain(carried.recipient(original)).collect(),
    }
}

/// The addresses of a list.
fn addresses(list: &str) -> Vec<String> {
    list.split(',').filter_map(address::read).collect()
}

/// Whether a header is that of a notice.
fn is_notice(header: &str) -> bool {
    let from = of_original(header, &["From"]).unwrap_or_default().to_lowercase();
    from.contains("mailer-daemon") || is_answer(header)
}

/// Whether a header is that of a mail that wants no answer: a bounce, or an automatic answer itself.
fn is_answer(header: &str) -> bool {
    let automatic = of_original(header, &["Auto-Submitted"]).unwrap_or_default();
    of_original(header, &["Return-Path"]).is_some_and(|sender| sender.trim() == "<>")
        || automatic.trim_start().to_ascii_lowercase().starts_with("auto-replied")
}

/// The same, and the layout that read the mail's text.
pub(super) fn read_by<'l>(
    mail: &[u8],
    layouts: &'l Layouts,
) -> Result<(Vec<Attempt<'static>>, Option<&'l str>), Refusal> {
    let mail = Mail::open(mail)?;
    let notice = Notice { mail: &mail, layouts, carried: &Carried::default(), is_named: &|| false };
    notice.read().map(|outcome| (outcome.attempts, outcome.by))
}

struct Notice<'m, 'l> {
    mail: &'m Mail<'m>,
    layouts: &'l Layouts,
    carried: &'m Carried,
    /// Whether the address that it came to names a recipient.
    is_named: &'m dyn Fn() -> bool,
}

/// What the mail that came back says of itself.
struct Returned {
    id: Option<String>,
    campaign: Option<String>,
    recipient: Option<String>,
}

/// Whom a notice is about, and whom the mail was sent to where that is somebody else.
struct Named {
    recipient: String,
    original: Option<String>,
}

/// What a layout found.
struct Read<'m, 'l> {
    by: &'l Layout,
    told: Told<'m>,
    kind: Option<Kind>,
}

impl<'m, 'l> Notice<'m, 'l> {
    fn read(&self) -> Result<Outcome<'m, 'l>, Refusal> {
        if let Some(report) = &self.mail.feedback {
            let attempts = feedback::kind(report).map_or(Vec::new(), |kind| self.complaints(kind, report));
            return Ok(Outcome { attempts, ..Outcome::default() });
        }
        if let Some(report) = &self.mail.report {
            let recipients = report::recipients(report)?;
            if !recipients.is_empty() {
                return Ok(self.reported(recipients));
            }
        }
        self.told()
    }

    fn complaints(&self, kind: Kind, report: &str) -> Vec<Attempt<'static>> {
        let returned = self.returned("");
        let recipients = feedback::recipients(report, self.mail.original.as_deref(), self.carried);
        let about = |recipient: Option<String>| {
            let reply = Reply { kind: Some(kind), time: self.mail.date(), ..Reply::default() };
            attempt(recipient, &returned, reply)
        };
        if recipients.is_empty() {
            vec![about(None)]
        } else {
            recipients.into_iter().map(|one| about(Some(one))).collect()
        }
    }

    /// From a report; what the text says counts where the report says nothing, and beside it where it says more.
    fn reported(&self, recipients: Vec<report::Recipient>) -> Outcome<'m, 'l> {
        let read = self.read_text(|_, told, _| !told.entries.is_empty() || !told.reply.is_empty());
        let (entries, shared, rest) =
            read.map_or((Vec::new(), String::new(), ""), |read| (read.told.entries, read.told.reply, read.told.rest));
        let returned = self.returned(rest);
        let alone = recipients.len() == 1;
        let all = recipients.into_iter().map(|recipient| {
            let named = recipient.last.clone().or_else(|| recipient.original.clone());
            let is_meant = |entry: &&Entry| {
                let one_of = [&recipient.last, &recipient.original];
                one_of.into_iter().flatten().any(|named| named.eq_ignore_ascii_case(&entry.recipient))
            };
            let entry = entries.iter().find(is_meant).or(if alone { entries.first() } else { None });
            let named = named.or_else(|| entry.map(|entry| entry.recipient.clone())).or_else(|| {
                let failed = if alone { self.mail.header("X-Failed-Recipients") } else { None };
                failed.and_then(|failed| address::read(&failed))
            });
            let from_text = match entry {
                Some(entry) => said(entry),
                None if alone => plain(&shared),
                None => Unwrapped::default(),
            };
            let mut said = plain(&recipient.diagnostic);
            if is_bare(&said.reply) {
                said = Unwrapped { via: from_text.via.or(said.via), ..from_text };
            } else {
                let same = said.reply.code == from_text.reply.code;
                said.reply.phase = said.reply.phase.or(from_text.reply.phase.filter(|_| same));
                said.reply.host = said.reply.host.or(from_text.reply.host.filter(|_| same));
                said.via = said.via.or(from_text.via);
            }
            let Unwrapped { mut reply, via } = said;
            reply.host = reply.host.or_else(|| recipient.remote.as_deref().and_then(|host| host_of(host.as_bytes())));
            reply.status = recipient.status;
            let by_status = || match recipient.status?.class() {
                2 => Some(Action::Delivered),
                _ => Some(Action::Failed),
            };
            let action = recipient.action.or_else(by_status).unwrap_or(Action::Failed);
            let logged = match action {
                Action::Failed => Logged::Bounced,
                Action::Delayed => Logged::Deferred,
                Action::Delivered => Logged::Sent,
            };
            match action {
                Action::Failed => without_success(&mut reply),
                Action::Delayed => reply.kind = Some(Kind::Delayed),
                Action::Delivered => reply.kind = Some(Kind::Delivered),
            }
            reply.time = self.mail.date();
            Attempt {
                original_recipient: recipient.original.filter(|old| Some(old) != named.as_ref()).map(Cow::Owned),
                via: via.map(|via| Cow::Owned(via.into_owned())),
                logged: Some(logged),
                ..attempt(named, &returned, reply)
            }
        });
        Outcome { attempts: once_each(all.collect()), by: None, rest }
    }

    /// From the text alone.
    fn told(&self) -> Result<Outcome<'m, 'l>, Refusal> {
        let mut recipients: Vec<Named> = Vec::new();
        let own = self.own();
        let read = self.read_text(|layout, told, kind| {
            told.entries.retain(|entry| !own.iter().any(|own| own.eq_ignore_ascii_case(&entry.recipient)));
            if told.entries.is_empty() {
                recipients = self.recipients(layout, told, &own);
            }
            let is_named = || self.carried.recipient(self.original(told.rest)).is_some() || (self.is_named)();
            !told.entries.is_empty()
                || !recipients.is_empty()
                || kind.is_some_and(|kind| kind != Kind::Delayed)
                || is_named()
        });
        let Some(Read { by, told, kind }) = read else { return Ok(Outcome::default()) };
        if self.mail.is_receipt && kind == Some(Kind::AutoReply) {
            return Ok(Outcome::default());
        }
        if told.entries.len() > RECIPIENT_LIMIT || recipients.len() > RECIPIENT_LIMIT {
            return Err(Refusal::Recipients);
        }
        let returned = self.returned(told.rest);
        let with = |recipient: Option<String>, original: Option<String>, said: Unwrapped<'_>| {
            let Unwrapped { mut reply, via } = said;
            reply.kind = kind;
            if kind.is_none() {
                without_success(&mut reply);
            }
            reply.time = self.mail.date();
            Attempt {
                original_recipient: original.map(Cow::Owned),
                via: via.map(|via| Cow::Owned(via.into_owned())),
                ..attempt(recipient, &returned, reply)
            }
        };
        let attempts = match (told.entries.is_empty(), recipients.is_empty()) {
            (false, _) => told
                .entries
                .iter()
                .map(|entry| with(Some(entry.recipient.clone()), entry.original.clone(), said(entry)))
                .collect(),
            (true, false) => recipients
                .into_iter()
                .map(|Named { recipient, original }| with(Some(recipient), original, plain(&told.reply)))
                .collect(),
            (true, true) => vec![with(None, None, plain(&told.reply))],
        };
        Ok(Outcome { attempts, by: Some(by.name()), rest: told.rest })
    }

    /// The first layout that is known and of which enough is found.
    fn read_text(&self, mut enough: impl FnMut(&Layout, &mut Told<'m>, Option<Kind>) -> bool) -> Option<Read<'m, 'l>> {
        let header = |name: &str| self.mail.header(name).map(Cow::into_owned);
        let (subject, from) = (header("Subject").unwrap_or_default(), header("From").unwrap_or_default());
        let seen = Seen {
            subject: &subject,
            from: &from,
            body: &self.mail.text,
            is_bare: self.mail.is_bare(),
            by_system: self.mail.report.is_some() || sender::is_system(self.mail),
            header: &header,
        };
        let mut read = None;
        self.layouts.find(&seen, |layout, mut told, kind| {
            let is_enough = enough(layout, &mut told, kind);
            if is_enough {
                read = Some(Read { by: layout, told, kind });
            }
            is_enough
        });
        read
    }

    /// The addresses that the notice itself is from and to. It is about somebody else.
    fn own(&self) -> Vec<String> {
        if self.mail.is_bare() {
            return Vec::new();
        }
        let fields = ["From", "To", "Delivered-To", "X-Original-To", "Envelope-To", "Reply-To", "Return-Path"];
        fields.iter().filter_map(|name| self.mail.header(name)).flat_map(|value| addresses(&value)).collect()
    }

    /// The recipients that a layout finds where the text has none in the places that it knows.
    fn recipients(&self, layout: &Layout, told: &Told<'_>, own: &[String]) -> Vec<Named> {
        let alone = |recipient: String| Named { recipient, original: None };
        let listed = |value: &str| -> Vec<Named> {
            let all = value.split([',', ' ', '\n']).filter_map(|one| address::read(super::fields::behind_type(one)));
            all.map(alone).collect()
        };
        for name in layout.headers() {
            if let Some(value) = self.mail.header(name) {
                let found = listed(super::fields::behind_type(&value));
                if !found.is_empty() {
                    return found;
                }
            }
        }
        if layout.is_of_sender() {
            return self.mail.header("From").and_then(|from| address::read(&from)).map(alone).into_iter().collect();
        }
        let original = self.original(told.rest);
        // A notice about a notice is about whom that one is about, and nobody here knows who that is.
        if !(layout.is_of_original() || layout.is_of_named()) || is_notice(original) {
            return Vec::new();
        }
        let mut to = of_original(original, &["To", "Delivered-To"]).map(|to| addresses(&to)).unwrap_or_default();
        // Of several it is not known which is meant.
        let to = if to.len() == 1 && layout.is_of_original() { to.pop() } else { None };
        let senders = ["From", "Return-Path", "Sender", "Reply-To"];
        let ours = senders.iter().filter_map(|name| of_original(original, &[*name])).flat_map(|from| addresses(&from));
        let ours: Vec<String> = own.iter().cloned().chain(ours).collect();
        let before = &self.mail.text[..self.mail.text.len() - told.rest.len()];
        let mut named = if self.mail.is_bare() { Vec::new() } else { sender::named_in(before, &ours) };
        if let Some(to) = &to
            && (named.is_empty() || named.iter().any(|named| named.eq_ignore_ascii_case(to)))
        {
            return vec![alone(to.clone())];
        }
        // Whom the text names was not reached, whomever the mail was sent to.
        match (named.pop(), named.is_empty()) {
            (Some(recipient), true) if to.is_some() || layout.is_of_named() => vec![Named { recipient, original: to }],
            _ => Vec::new(),
        }
    }

    /// The mail that the notice is about: a part of its own, or else what is left of the text.
    fn original<'t>(&'t self, rest: &'t str) -> &'t str {
        self.mail.original.as_deref().unwrap_or(rest)
    }

    /// What the mail that the notice is about says of itself.
    fn returned(&self, rest: &str) -> Returned {
        let original = self.original(rest);
        let id = of_original(original, &["Message-ID"]);
        let id = id.or_else(|| self.mail.header("In-Reply-To").map(Cow::into_owned));
        let id = id.as_deref().and_then(|id| id.split_whitespace().next()).map(|id| id.trim_matches(['<', '>']));
        Returned {
            id: id.filter(|id| !id.is_empty()).map(str::to_owned),
            campaign: self.carried.campaign(original),
            recipient: self.carried.recipient(original),
        }
    }
}

fn attempt(recipient: Option<String>, returned: &Returned, mut reply: Reply) -> Attempt<'static> {
    let recipient = recipient.or_else(|| returned.recipient.clone());
    reply.domain = recipient.as_ref().and_then(|recipient| domain_of(recipient.as_bytes()));
    reply.sender.campaign.clone_from(&returned.campaign);
    Attempt {
        message: returned.id.clone().map(Cow::Owned),
        recipient: recipient.map(Cow::Owned),
        reply,
        ..Attempt::default()
    }
}

/// A reply as it stands, out of its wrapping.
fn plain(text: &str) -> Unwrapped<'_> {
    unwrap(text.as_bytes())
}

/// The reply of an entry, with the host and phase that stand beside it.
fn said(entry: &Entry) -> Unwrapped<'_> {
    let mut said = plain(&entry.reply);
    let reply = &mut said.reply;
    reply.host = reply.host.take().or_else(|| entry.host.as_deref().and_then(|host| host_of(host.as_bytes())));
    let phase = || entry.step.as_deref().and_then(|step| phase_of(&step.to_ascii_lowercase().into_bytes()));
    reply.phase = reply.phase.or_else(phase);
    said
}

/// Whether a reply says nothing.
fn is_bare(reply: &Reply) -> bool {
    reply.text.iter().filter(|b| b.is_ascii_alphabetic() || !b.is_ascii()).count() < 3
}

/// What failed was not accepted: codes that say so are another command's.
fn without_success(reply: &mut Reply) {
    let failed = |class: u8| class >= 4;
    reply.code = reply.code.filter(|code| failed(code.class()));
    reply.enhanced = reply.enhanced.filter(|code: &EnhancedCode| failed(code.class()));
    reply.status = reply.status.filter(|code| failed(code.class()));
}

/// Each recipient once: some reports tell of every attempt.
fn once_each(attempts: Vec<Attempt<'static>>) -> Vec<Attempt<'static>> {
    let mut seen = std::collections::HashSet::new();
    let is_new = |attempt: &Attempt<'_>| match &attempt.recipient {
        Some(recipient) => seen.insert(recipient.to_lowercase()),
        None => true,
    };
    let mut attempts = attempts;
    attempts.retain({
        let mut is_new = is_new;
        move |attempt| is_new(attempt)
    });
    attempts
}
