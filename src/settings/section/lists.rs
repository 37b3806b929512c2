//! Keys with more than one value.

use super::{Found, Section, typed};
use crate::settings::form::{Form, Wrong};
use crate::settings::node::Node;
use crate::settings::place::{self, End, Step};
use crate::settings::shown::{Origin, Shown};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

impl Section<'_, '_> {
    /// A key whose value is one, or a list of them.
    pub(in crate::settings) fn list<T>(
        &mut self,
        name: &'static str,
        form: &Form<T>,
        default: &'static [&'static str],
        about: &'static str,
    ) -> Vec<T> {
        let one = (form.schema)();
        let schema = json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] });
        self.describe(name, schema, Some(json!(default)), about);
        let (found, origin) = self.look(name, true, form.what);
        let texts = match found {
            Found::Listed(texts) => texts,
            Found::Set(text) => vec![text],
            Found::Unset | Found::Refused => default.iter().map(|text| (*text).to_owned()).collect(),
        };
        let path = self.to(name);
        let shown = texts.iter().map(|text| typed(text, &one)).collect();
        self.reader.shown.push(Shown { path: path.clone(), value: shown, origin: origin.clone(), line: None });
        let is_list = matches!(self.node(name), Some(Node::List(_))) && origin == Origin::File;
        let mut values = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            match (form.read)(text) {
                Ok(value) => values.push(value),
                Err(wrong) => {
                    let mut path = path.clone();
                    path.extend(is_list.then_some(Step::Item(n)));
                    self.reader.blame(path, End::Value, origin.variable(), wrong);
                }
            }
        }
        values
    }

    /// Names of the operator's own, and the value of each.
    pub(in crate::settings) fn named<T>(
        &mut self,
        name: &'static str,
        form: &Form<T>,
        about: &'static str,
    ) -> BTreeMap<String, T> {
        let schema = json!({ "type": "object", "additionalProperties": (form.schema)() });
        self.describe(name, schema, None, about);
        let path = self.to(name);
        let pairs = self.pairs;
        let entries = match pairs.iter().find(|(key, _)| key == name).map(|(_, node)| node) {
            Some(Node::Mapping(entries)) => entries.as_slice(),
            Some(Node::Nothing) | None => &[],
            Some(node) => {
                let cause = format!("`{}` is {} here", place::written(&path), node.what());
                let help = Some(format!("write names of your own below it, each with {}", form.what));
                self.reader.blame(path.clone(), End::Value, None, Wrong { cause, help });
                &[]
            }
        };
        if entries.is_empty() {
            let shown = Shown { path: path.clone(), value: Value::Null, origin: Origin::Default, line: None };
            self.reader.shown.push(shown);
        }
        let (known, needed, properties) = (Vec::new(), Vec::new(), Map::new());
        let mut section = Section { reader: &mut *self.reader, path, pairs: entries, known, properties, needed };
        let mut values = BTreeMap::new();
        for (n, (key, node)) in entries.iter().enumerate() {
            let mut path = section.path.clone();
            path.push(Step::Key(key.clone()));
            if entries[..n].iter().any(|(other, _)| other == key) {
                section.twice(key);
                continue;
            }
            let text = match section.letters(&path, node, form.what) {
                Found::Set(text) => text,
                _ => continue,
            };
            section.reader.shown.push(Shown {
                path: path.clone(),
                value: Value::String(text.clone()),
                origin: Origin::File,
                line: None,
            });
            match (form.read)(&text) {
                Ok(value) => drop(values.insert(key.clone(), value)),
                Err(Wrong { cause, help }) => {
                    let cause = format!("`{key}`: {cause}");
                    section.reader.blame(path, End::Value, None, Wrong { cause, help });
                }
            }
        }
        values
    }

    /// A list of mappings.
    pub(in crate::settings) fn items<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        mut read: impl FnMut(&mut Section<'_, '_>) -> T,
    ) -> Vec<T> {
        self.known.push(name);
        let path = self.to(name);
        let pairs = self.pairs;
        let nodes = match pairs.iter().find(|(key, _)| key == name).map(|(_, node)| node) {
            Some(Node::List(nodes)) => nodes.as_slice(),
            Some(Node::Nothing) | None => &[],
            Some(node) => {
                let cause = format!("`{}` is {} here", place::written(&path), node.what());
                let help = Some("write each below it, after a dash and a blank".to_owned());
                self.reader.blame(path.clone(), End::Value, None, Wrong { cause, help });
                &[]
            }
        };
        if nodes.is_empty() {
            let origin = if self.is_set(name) { Origin::File } else { Origin::Default };
            self.reader.shown.push(Shown { path: path.clone(), value: json!([]), origin, line: None });
        }
        let below = |n: usize| [&path[..], &[Step::Item(n)]].concat();
        if self.reader.describes {
            let (_, schema) = self.reader.mapping(below(0), None, &mut read);
            let schema = json!({ "description": about, "type": "array", "items": schema });
            self.properties.insert(name.to_owned(), schema);
            return Vec::new();
        }
        let mut values = Vec::new();
        for (n, node) in nodes.iter().enumerate() {
            values.push(self.reader.mapping(below(n), Some(node), &mut read).0);
        }
        values
    }
}
