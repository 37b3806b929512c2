//! A verdict as JSON: one form for the command line, the library and whatever comes later.

use super::Verdict;
use crate::reply::{Reply, Sender};
use crate::ruleset::{Action, Rate, Retry, Wait};
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};
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
        let mut fields = serializer.serialize_struct("Record", 28)?;
        fields.serialize_field("v", &FORM)?;
        fields.serialize_field("source", &self.source)?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("recipient", &self.recipient)?;
        fields.serialize_field("original_recipient", &self.original_recipient)?;
        fields.serialize_field("category", &verdict.category())?;
        fields.serialize_field("lowered", &verdict.lowered())?;
        fields.serialize_field("reason", &verdict.reason().name)?;
        fields.serialize_field("fault", &verdict.fault())?;
        fields.serialize_field("scope", &verdict.scope())?;
        let is_withheld = |action: &Cow<'_, Action>| self.withholds && matches!(**action, Action::Suppress(_));
        let (withheld, actions): (Vec<_>, Vec<_>) = told.actions().partition(is_withheld);
        fields.serialize_field("actions", &actions)?;
        fields.serialize_field("withheld", &withheld)?;
        fields.serialize_field("fields", &Fields(&told.fields))?;
        fields.serialize_field("profile", &verdict.profile().map(|profile| &profile.name))?;
        fields.serialize_field("rule", &verdict.rule().name)?;
        fields.serialize_field("at", &Shown(verdict.at()))?;
        fields.serialize_field("trust", &verdict.trust())?;
        fields.serialize_field("say", &told.say())?;
        fields.serialize_field("see", &told.see())?;
        fields.serialize_field("advice", &verdict.advice())?;
        fields.serialize_field("logged", &self.logged)?;
        fields.serialize_field("reported", &self.reported.map(|(class, category)| Reported { class, category }))?;
        fields.serialize_field("tied", &self.tied.map(|(tied, _)| tied))?;
        fields.serialize_field("untied", &self.tied.and_then(|(_, why)| why))?;
        fields.serialize_field("sender", &verdict.reply().sender)?;
        fields.serialize_field("reply", verdict.reply())?;
        fields.serialize_field("via", &self.via)?;
        fields.serialize_field("snapshot", &Shown(verdict.engine().version()))?;
        fields.end()
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
        let mut fields = serializer.serialize_struct("Sender", 4)?;
        fields.serialize_field("ip", &self.ip)?;
        fields.serialize_field("pool", &self.pool)?;
        fields.serialize_field("campaign", &self.campaign)?;
        fields.serialize_field("tenant", &self.tenant)?;
        fields.end()
    }
}

impl Serialize for Reply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Reply", 9)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("enhanced", &self.enhanced)?;
        fields.serialize_field("status", &self.status)?;
        fields.serialize_field("host", &self.host)?;
        fields.serialize_field("domain", &self.domain)?;
        fields.serialize_field("phase", &self.phase)?;
        fields.serialize_field("time", &self.time)?;
        fields.serialize_field("kind", &self.kind)?;
        // Nearly all texts are UTF-8, and to see that costs less than to look for where one is not.
        let text = std::str::from_utf8(&self.text).map_or_else(|_| String::from_utf8_lossy(&self.text), Cow::Borrowed);
        fields.serialize_field("text", &text)?;
        fields.end()
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
