//! A verdict as JSON: one form for the command line, the library and whatever comes later.

use super::Verdict;
use crate::reply::{Reply, Sender};
use crate::ruleset::{Action, Rate, Retry, Wait};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;
use std::fmt;

/// The version of the form; it changes when a reader of the old form could go wrong.
const FORM: u32 = 1;

/// A verdict with what is known of the attempt it is about.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// A log's file and line, or a notice's path.
    pub source: Option<&'a str>,
    /// The message, as the sender's mail server numbers it.
    pub message: Option<&'a str>,
    /// The recipient.
    pub recipient: Option<&'a str>,
    /// The recipient's address before aliases and forwarding, where that is told.
    pub original_recipient: Option<&'a str>,
    /// The log's own word for what became of it.
    pub logged: Option<&'a str>,
    /// The text around the reply, where another server had wrapped it.
    pub via: Option<&'a str>,
    /// The class that a log or a service gave it itself, and the category that this stands for, if it stands for one.
    pub reported: Option<(&'a str, Option<&'a str>)>,
    /// How the notice is tied to a mail that was sent, and why by nothing; `None` where no notice told of it.
    pub tied: Option<(&'a str, Option<&'a str>)>,
    /// Nothing may be suppressed on the word of this notice.
    pub withholds: bool,
    /// The verdict.
    pub verdict: Verdict<'a>,
}

impl<'a> Record<'a> {
    /// A verdict of which nothing is known beside the reply.
    pub fn of(verdict: Verdict<'a>) -> Record<'a> {
        Record {
            source: None,
            message: None,
            recipient: None,
            original_recipient: None,
            logged: None,
            via: None,
            reported: None,
            tied: None,
            withholds: false,
            verdict,
        }
    }
}

impl Serialize for Verdict<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Record::of(self.clone()).serialize(serializer)
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let verdict = &self.verdict;
        let told = verdict.told();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("v", &FORM)?;
        map.serialize_entry("source", &self.source)?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("recipient", &self.recipient)?;
        map.serialize_entry("original_recipient", &self.original_recipient)?;
        map.serialize_entry("category", &verdict.category())?;
        map.serialize_entry("lowered", &verdict.lowered())?;
        map.serialize_entry("reason", &verdict.reason().name)?;
        map.serialize_entry("fault", &verdict.fault())?;
        map.serialize_entry("scope", &verdict.scope())?;
        let is_withheld = |action: &Cow<'_, Action>| self.withholds && matches!(**action, Action::Suppress(_));
        let (withheld, actions): (Vec<_>, Vec<_>) = told.actions().partition(is_withheld);
        map.serialize_entry("actions", &actions)?;
        map.serialize_entry("withheld", &withheld)?;
        map.serialize_entry("fields", &Fields(&told.fields))?;
        map.serialize_entry("profile", &verdict.profile().map(|profile| &profile.name))?;
        map.serialize_entry("rule", &verdict.rule().name)?;
        map.serialize_entry("at", &Shown(verdict.at()))?;
        map.serialize_entry("trust", &verdict.trust())?;
        map.serialize_entry("say", &told.say())?;
        map.serialize_entry("see", &told.see())?;
        map.serialize_entry("advice", &verdict.advice())?;
        map.serialize_entry("logged", &self.logged)?;
        map.serialize_entry("reported", &self.reported.map(|(class, category)| Reported { class, category }))?;
        map.serialize_entry("tied", &self.tied.map(|(tied, _)| tied))?;
        map.serialize_entry("untied", &self.tied.and_then(|(_, why)| why))?;
        map.serialize_entry("sender", &verdict.reply().sender)?;
        map.serialize_entry("reply", verdict.reply())?;
        map.serialize_entry("via", &self.via)?;
        map.serialize_entry("snapshot", &Shown(verdict.engine().version()))?;
        map.end()
    }
}

/// What is shown as a text.
struct Shown<T>(T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct Reported<'a> {
    class: &'a str,
    category: Option<&'a str>,
}

impl Serialize for Reported<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("class", &self.class)?;
        map.serialize_entry("category", &self.category)?;
        map.end()
    }
}

struct Fields<'a>(&'a [(String, String)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Serialize for Sender {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("ip", &self.ip)?;
        map.serialize_entry("pool", &self.pool)?;
        map.serialize_entry("campaign", &self.campaign)?;
        map.serialize_entry("tenant", &self.tenant)?;
        map.end()
    }
}

impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("code", &self.code)?;
        map.serialize_entry("enhanced", &self.enhanced)?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("host", &self.host)?;
        map.serialize_entry("domain", &self.domain)?;
        map.serialize_entry("phase", &self.phase)?;
        map.serialize_entry("time", &self.time)?;
        map.serialize_entry("kind", &self.kind)?;
        map.serialize_entry("text", &String::from_utf8_lossy(&self.text))?;
        map.end()
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("do", self.as_str())?;
        match self {
            Action::Suppress(Some(time)) => map.serialize_entry("for", time)?,
            Action::Retry(Retry { wait, times, until }) => {
                match wait {
                    Wait::Schedule(waits) => map.serialize_entry("after", waits)?,
                    Wait::Profile => map.serialize_entry("by", "profile")?,
                    Wait::Field { name, otherwise } => {
                        map.serialize_entry("field", name)?;
                        map.serialize_entry("else", otherwise)?;
                    }
                }
                times.iter().try_for_each(|times| map.serialize_entry("times", times))?;
                until.iter().try_for_each(|until| map.serialize_entry("until", until))?;
            }
            Action::Pause { after, time } => {
                if let Some((count, within)) = after {
                    map.serialize_entry("after", count)?;
                    map.serialize_entry("within", within)?;
                }
                time.iter().try_for_each(|time| map.serialize_entry("for", time))?;
            }
            Action::Throttle { of, to, time } => {
                map.serialize_entry("of", of)?;
                match to {
                    Rate::Connections(count) => map.serialize_entry("connections", count)?,
                    Rate::Messages(..) => map.serialize_entry("rate", &to.to_string())?,
                }
                map.serialize_entry("for", time)?;
            }
            Action::Suppress(None) | Action::NoRetry | Action::Gate | Action::Alert | Action::Ignore => {}
        }
        map.end()
    }
}
