//! The worlds that plugins are made for, each version beside the others.
//!
//! A version is an interface that a component exports. What both sides pass is typed here, and held to the component's
//! own types when it is loaded; so a component whose records differ is refused then, and not in the middle of a call.

use crate::engine::Question;
use crate::reply::Folded;
use wasmtime::component::{ComponentType, Lift, Lower};

/// The newest world, as vendors read it.
pub const WIT: &str = include_str!("../../plugins/wit/carom-plugin.wit");

/// The interface that a component of the first version exports.
pub(super) const PROVIDER: &str = "carom:plugin/provider@1.0.0";

/// The one interface that it may import.
pub(super) const HOST: &str = "carom:plugin/host@1.0.0";

/// What a reply is to a plugin.
#[derive(Debug, Clone, ComponentType, Lower)]
#[component(record)]
pub(super) struct Reply {
    text: String,
    folded: String,
    code: Option<u16>,
    enhanced: Option<String>,
    status: Option<String>,
    phase: Option<String>,
    host: Option<String>,
    domain: Option<String>,
    time: Option<i64>,
}

impl Reply {
    pub(super) fn new(question: &Question<'_>) -> Reply {
        let reply = question.reply;
        Reply {
            text: question.text.to_owned(),
            folded: Folded::new(question.text).text().to_owned(),
            code: reply.code.map(|code| code.get()),
            enhanced: reply.enhanced.map(|code| code.to_string()),
            status: reply.status.map(|code| code.to_string()),
            phase: reply.phase.map(|phase| phase.to_string()),
            host: reply.host.as_ref().map(|host| host.as_str().to_owned()),
            domain: reply.domain.as_ref().map(|domain| domain.as_str().to_owned()),
            time: reply.time.map(|time| time.unix()),
        }
    }
}

/// Something found.
#[derive(Debug, Clone, ComponentType, Lift)]
#[component(record)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: String,
}

/// An answer.
#[derive(Debug, Clone, ComponentType, Lift)]
#[component(record)]
pub(super) struct Verdict {
    pub(super) rule: String,
    pub(super) fields: Vec<Field>,
}

/// What a plugin says of itself.
#[derive(Debug, Clone, ComponentType, Lift)]
#[component(record)]
pub(super) struct Said {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) hosts: Vec<String>,
    pub(super) domains: Vec<String>,
    pub(super) rules: String,
}
