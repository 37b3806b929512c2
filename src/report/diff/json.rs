//! For programs: one object, described by `docs/diff.schema.json`.

use super::{Change, Report};
use crate::diff::{Cell, Changed, Edit, Found, Group, Place, Said, Setting};
use crate::reply::Reply;
use crate::report::json_line;
use serde_json::{Map, Value, json};

/// The version of the form; it changes when a reader of the old form could go wrong.
const FORM: u32 = 1;

/// The report as one line of JSON, with the line's end.
pub fn json(report: &Report<'_>) -> String {
    let side = |n: usize| json!({ "name": report.names[n], "snapshot": report.snapshots[n].to_string() });
    let all = json!({
        "v": FORM,
        "old": side(0),
        "new": side(1),
        "changes": report.is_change(),
        "rules": report.edits.iter().map(edit).collect::<Vec<_>>(),
        "settings": report.settings.iter().map(setting).collect::<Vec<_>>(),
        "tried": report.tried.replies,
        "cells": report.tried.cells.iter().map(cell).collect::<Vec<_>>(),
        "input": report.found.map(|found| input(report, found)),
    });
    json_line(&all) + "\n"
}

fn place(place: &Place) -> Value {
    json!({ "rule": place.rule, "at": place.at })
}

fn edit(edit: &Edit) -> Value {
    json!({
        "kinds": edit.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "old": edit.old.as_ref().map(place),
        "new": edit.new.as_ref().map(place),
    })
}

fn setting(setting: &Setting) -> Value {
    json!({ "profile": setting.profile, "setting": setting.name, "old": setting.old, "new": setting.new })
}

fn cell(cell: &Cell) -> Value {
    let mut map = change(cell.into());
    map.insert("reply".to_owned(), reply(&cell.witness));
    map.insert("replies".to_owned(), cell.replies.into());
    map.insert("plain".to_owned(), cell.plain.into());
    Value::Object(map)
}

fn input(report: &Report<'_>, found: &Found) -> Value {
    json!({
        "replies": found.replies,
        "changed": found.changed,
        "outcomes": found.outcomes,
        "suppressed": {
            "newly": found.suppressed.newly,
            "no-longer": found.suppressed.no_longer,
            "at-least": found.suppressed.at_least,
            "without-address": found.nameless,
        },
        "groups": found.groups.iter().map(|one| group(report, one)).collect::<Vec<_>>(),
    })
}

fn group(report: &Report<'_>, group: &Group) -> Value {
    let (recipient, shown) = report.shown(group);
    let mut map = change(group.into());
    map.insert("replies".to_owned(), group.replies.into());
    map.insert("source".to_owned(), group.source.as_str().into());
    map.insert("recipient".to_owned(), recipient.into());
    map.insert("reply".to_owned(), reply(&shown));
    Value::Object(map)
}

fn change(change: Change<'_>) -> Map<String, Value> {
    let Change { changed, old, new } = change;
    let mut map = Map::new();
    map.insert("rank".to_owned(), changed.rank().as_str().into());
    map.insert("changed".to_owned(), parts(changed));
    map.insert("old".to_owned(), said(old));
    map.insert("new".to_owned(), said(new));
    map
}

fn parts(changed: Changed) -> Value {
    changed.parts().map(|part| part.as_str()).collect::<Vec<_>>().into()
}

fn said(said: &Said) -> Value {
    let fields: Map<String, Value> =
        said.fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    json!({
        "category": said.category,
        "lowered": said.lowered,
        "reason": said.reason,
        "fault": said.fault,
        "scope": said.scope,
        "actions": said.actions,
        "fields": fields,
        "profile": said.profile,
        "rule": said.rule.rule,
        "at": said.rule.at,
        "say": said.say,
        "see": said.see,
        "advice": said.advice,
    })
}

/// As verdicts have it, and the tenant.
fn reply(reply: &Reply) -> Value {
    let mut value = json!(reply);
    value["tenant"] = json!(reply.sender.tenant);
    value
}
