//! What is known around a text, one thing at a time: values that conditions state, and those just beside them.

use crate::reply::{EnhancedCode, HostName, Phase, Reply, ReplyCode, Time, Window};
use crate::ruleset::{CodeSet, Column, EnhancedRange, EnhancedSet, HostPattern, HostSet};

/// One thing that is known of a reply, or that it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Code(Option<ReplyCode>),
    Enhanced(Option<EnhancedCode>),
    Status(Option<EnhancedCode>),
    Host(Option<HostName>),
    Domain(Option<HostName>),
    Phase(Option<Phase>),
    Tenant(Option<String>),
    Time(Option<Time>),
}

/// Which thing a value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Enhanced,
    Status,
    Host,
    Domain,
    Phase,
    Tenant,
    Time,
}

impl Kind {
    pub(super) const ALL: [Kind; 8] =
        [Kind::Code, Kind::Enhanced, Kind::Status, Kind::Host, Kind::Domain, Kind::Phase, Kind::Tenant, Kind::Time];

    /// What a column asks for; none where it asks for the text.
    pub(super) fn of(column: &Column) -> Option<Kind> {
        Some(match column {
            Column::Code(_) => Kind::Code,
            Column::Enhanced(_) => Kind::Enhanced,
            Column::Status(_) => Kind::Status,
            Column::Host(_) => Kind::Host,
            Column::Domain(_) => Kind::Domain,
            Column::Phase(_) => Kind::Phase,
            Column::Tenant(..) => Kind::Tenant,
            Column::Phrase(_) | Column::Text(..) | Column::Tag(_) => return None,
        })
    }

    /// That it is not known.
    pub(super) fn unknown(self) -> Value {
        match self {
            Kind::Code => Value::Code(None),
            Kind::Enhanced => Value::Enhanced(None),
            Kind::Status => Value::Status(None),
            Kind::Host => Value::Host(None),
            Kind::Domain => Value::Domain(None),
            Kind::Phase => Value::Phase(None),
            Kind::Tenant => Value::Tenant(None),
            Kind::Time => Value::Time(None),
        }
    }
}

impl Value {
    /// Puts it into a reply.
    pub(super) fn put(&self, reply: &mut Reply) {
        match self {
            Value::Code(code) => reply.code = *code,
            Value::Enhanced(code) => reply.enhanced = *code,
            Value::Status(code) => reply.status = *code,
            Value::Host(host) => reply.host.clone_from(host),
            Value::Domain(domain) => reply.domain.clone_from(domain),
            Value::Phase(phase) => reply.phase = *phase,
            Value::Tenant(tenant) => reply.sender.tenant.clone_from(tenant),
            Value::Time(time) => reply.time = *time,
        }
    }
}

/// Whether what a column asks for is there; nothing where it asks for the text.
pub(super) fn holds(column: &Column, reply: &Reply) -> Option<bool> {
    Some(match column {
        Column::Code(set) => set.contains(reply.code),
        Column::Enhanced(set) => set.contains(reply.enhanced),
        Column::Status(set) => set.contains(reply.status),
        Column::Host(set) => set.contains(reply.host.as_ref()),
        Column::Domain(set) => set.contains(reply.domain.as_ref()),
        Column::Phase(set) => set.contains(reply.phase),
        Column::Tenant(names, none) => {
            reply.sender.tenant.as_ref().map_or(*none, |tenant| names.iter().any(|name| name == tenant))
        }
        Column::Phrase(_) | Column::Text(..) | Column::Tag(_) => return None,
    })
}

/// Adds the values at the ends of what a column states, and just beside them.
pub(super) fn near(column: &Column, out: &mut Vec<Value>) {
    match column {
        Column::Code(set) => out.extend(codes(set).map(Value::Code)),
        Column::Enhanced(set) => out.extend(enhanced(set).map(Value::Enhanced)),
        Column::Status(set) => out.extend(enhanced(set).map(Value::Status)),
        Column::Host(set) => out.extend(hosts(set).into_iter().map(Value::Host)),
        Column::Domain(set) => out.extend(hosts(set).into_iter().map(Value::Domain)),
        Column::Phase(_) => out.extend(Phase::ALL.into_iter().map(Some).chain([None]).map(Value::Phase)),
        Column::Tenant(names, _) => {
            let names = names.iter().cloned().chain(["somebody else".to_owned()]).map(Some).chain([None]);
            out.extend(names.map(Value::Tenant));
        }
        Column::Phrase(_) | Column::Text(..) | Column::Tag(_) => {}
    }
}

/// Adds the ends of a window and the moments beside them.
pub(super) fn near_window(window: Window, out: &mut Vec<Value>) {
    for end in [window.from, window.until].into_iter().flatten() {
        out.extend([0, -1].map(|by| Value::Time(Some(Time::from_unix(end.unix() + by)))));
    }
}

fn codes(set: &CodeSet) -> impl Iterator<Item = Option<ReplyCode>> + '_ {
    // What servers mostly say comes first, where it is meant too.
    let within = |code: &u16| set.ranges.iter().any(|(low, high)| (*low..=*high).contains(code));
    let usual = [550, 450].into_iter().filter(within).collect::<Vec<_>>();
    let ends = |(low, high): &(u16, u16)| [*low, *high, low.saturating_sub(1), high.saturating_add(1)];
    let all = usual.into_iter().chain(set.ranges.iter().flat_map(ends));
    all.filter_map(|code| ReplyCode::new(code).map(Some)).chain([None])
}

fn enhanced(set: &EnhancedSet) -> impl Iterator<Item = Option<EnhancedCode>> + '_ {
    set.ranges.iter().flat_map(around).map(Some).chain([None])
}

fn around(range: &EnhancedRange) -> Vec<EnhancedCode> {
    let EnhancedRange { class, subject, detail } = *range;
    let first = [5, 4, 2].into_iter().find(|n| (class.0..=class.1).contains(n)).unwrap_or(class.0);
    let plain = |(low, high): (u16, u16)| if low == 0 && high > 0 { 1 } else { low };
    let (middle, last) = (plain(subject), plain(detail));
    let ends = |(low, high): (u16, u16)| [low, high, low.saturating_sub(1), high.saturating_add(1)];
    let mut all = vec![(first, middle, last)];
    all.extend([5, 4].map(|class| (class, middle, last)));
    all.extend(ends(subject).map(|subject| (first, subject, last)));
    all.extend(ends(detail).map(|detail| (first, middle, detail)));
    all.into_iter().filter_map(|(class, subject, detail)| EnhancedCode::new(class, subject, detail)).collect()
}

fn hosts(set: &HostSet) -> Vec<Option<HostName>> {
    set.patterns.iter().flat_map(beside).map(Some).chain([None]).collect()
}

/// A host that a pattern means, first; and those just beside it.
pub(super) fn beside(pattern: &HostPattern) -> Vec<HostName> {
    let (HostPattern::Exact(name) | HostPattern::Below(name)) = pattern;
    let texts = [pattern.sample(), name.to_string(), format!("in.relay7.{name}"), format!("not{name}")];
    texts.iter().filter_map(|text| HostName::parse(text).ok()).collect()
}
