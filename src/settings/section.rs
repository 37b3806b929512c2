//! How settings are read: key by key, each by a sentence about it, its form and its default. The same calls make the
//! schema and the list of all keys, so that none of these knows a key that another does not.

mod lists;

use super::environment::{Environment, variable};
use super::form::{Form, Wrong, listed};
use super::node::Node;
use super::place::{self, End, Step};
use super::shown::{Described, Origin, Shown};
use crate::spelling::nearest;
use serde_json::{Map, Value, json};

/// What is wrong, and which value is to blame.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) path: Vec<Step>,
    pub(super) end: End,
    pub(super) variable: Option<String>,
    pub(super) wrong: Wrong,
    /// It may come of another mistake in the same mapping.
    follows: bool,
}

/// What reading comes to besides the settings.
pub(super) struct Reader<'t> {
    text: &'t str,
    environment: &'t Environment,
    /// All keys are visited, and nothing is wrong.
    describes: bool,
    pub(super) problems: Vec<Problem>,
    pub(super) shown: Vec<Shown>,
    pub(super) described: Vec<Described>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, environment: &'t Environment) -> Reader<'t> {
        Reader { text, environment, describes: false, problems: vec![], shown: vec![], described: vec![] }
    }

    /// For the schema.
    pub(super) fn describing(environment: &'t Environment) -> Reader<'t> {
        Reader { describes: true, ..Reader::new("", environment) }
    }

    /// Reads from the top; gives the schema of all, too.
    pub(super) fn whole<T>(&mut self, node: &Node, read: impl FnOnce(&mut Section<'_, '_>) -> T) -> (T, Value) {
        self.mapping(Vec::new(), Some(node), read)
    }

    fn mapping<T>(
        &mut self,
        path: Vec<Step>,
        node: Option<&Node>,
        read: impl FnOnce(&mut Section<'_, '_>) -> T,
    ) -> (T, Value) {
        let before = self.problems.len();
        let pairs: &[(String, Node)] = match node {
            Some(Node::Mapping(pairs)) => pairs,
            Some(Node::Nothing) | None => &[],
            Some(node) => {
                let name = place::written(&path);
                let what = if name.is_empty() { "the file".to_owned() } else { format!("`{name}`") };
                let cause = format!("{what} is {} here", node.what());
                let help = Some("write its keys below it, each as `key: value`".to_owned());
                self.blame(path.clone(), End::Value, None, Wrong { cause, help });
                &[]
            }
        };
        let here = path.clone();
        let mut section = Section { reader: self, path, pairs, known: vec![], properties: Map::new(), needed: vec![] };
        let value = read(&mut section);
        section.strangers();
        let Section { properties, needed, .. } = section;
        // A mistake costs one error: what is misspelt is not lacking, too.
        if self.problems[before..].iter().any(|problem| !problem.follows) {
            let mut n = 0;
            self.problems.retain(|problem| {
                n += 1;
                n <= before || !problem.follows || problem.path != here
            });
        }
        let mut schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
        if !needed.is_empty() {
            schema["required"] = json!(needed);
        }
        (value, schema)
    }

    fn blame(&mut self, path: Vec<Step>, end: End, variable: Option<String>, wrong: Wrong) {
        if !self.describes {
            self.problems.push(Problem { path, end, variable, wrong, follows: false });
        }
    }
}

/// A mapping that is being read.
pub(super) struct Section<'r, 't> {
    reader: &'r mut Reader<'t>,
    path: Vec<Step>,
    pairs: &'r [(String, Node)],
    known: Vec<&'static str>,
    properties: Map<String, Value>,
    needed: Vec<&'static str>,
}

/// A value as it was found.
enum Found {
    Set(String),
    Listed(Vec<String>),
    Unset,
    /// It is of another kind, which has been told.
    Refused,
}

impl Section<'_, '_> {
    /// A key that need not be there.
    pub(super) fn maybe<T>(&mut self, name: &'static str, form: &Form<T>, about: &'static str) -> Option<T> {
        self.scalar(name, form, None, about)
    }

    /// A key with a default.
    pub(super) fn or<T>(
        &mut self,
        name: &'static str,
        form: &Form<T>,
        default: &'static str,
        about: &'static str,
    ) -> T {
        let value = self.scalar(name, form, Some(default), about);
        value.or_else(|| (form.read)(default).ok()).unwrap_or_else(|| unreachable!("the default of `{name}` is one"))
    }

    /// A key that must be there.
    pub(super) fn must<T>(&mut self, name: &'static str, form: &Form<T>, about: &'static str) -> Option<T> {
        self.needs(name, about);
        self.scalar(name, form, None, about)
    }

    /// Something must be said of a key.
    pub(super) fn needs(&mut self, name: &'static str, about: &'static str) {
        self.needed.push(name);
        if !self.is_set(name) && !self.is_set_below(name) {
            let of = place::written(&self.path);
            self.wrong(format!("`{of}` lacks its `{name}`"), Some(&format!("`{name}` is {about}")));
        }
    }

    fn scalar<T>(
        &mut self,
        name: &'static str,
        form: &Form<T>,
        default: Option<&'static str>,
        about: &'static str,
    ) -> Option<T> {
        self.describe(name, (form.schema)(), default.map(|text| typed(text, &(form.schema)())), about);
        let (found, origin) = self.look(name, false, form.what);
        let path = self.to(name);
        let (text, value) = match found {
            Found::Set(text) => {
                let value = (form.read)(&text);
                (Some(text), value.map(Some))
            }
            _ => (default.map(str::to_owned), default.map(form.read).transpose()),
        };
        let shown = text.map_or(Value::Null, |text| typed(&text, &(form.schema)()));
        self.reader.shown.push(Shown { path: path.clone(), value: shown, origin: origin.clone(), line: None });
        value.map_err(|wrong| self.reader.blame(path, End::Value, origin.variable(), wrong)).unwrap_or_default()
    }

    /// A mapping below this one; where there is none, all its defaults.
    pub(super) fn section<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        read: impl FnOnce(&mut Section<'_, '_>) -> T,
    ) -> T {
        self.known.push(name);
        let pairs = self.pairs;
        let node = pairs.iter().find(|(key, _)| key == name).map(|(_, node)| node);
        let (value, mut schema) = self.reader.mapping(self.to(name), node, read);
        schema["description"] = json!(about);
        self.properties.insert(name.to_owned(), schema);
        value
    }

    /// A mapping that means something by being there.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        about: &'static str,
        read: impl FnOnce(&mut Section<'_, '_>) -> T,
    ) -> Option<T> {
        let path = self.to(name);
        if self.reader.describes || self.is_set(name) || self.reader.environment.has_below(&path) {
            return Some(self.section(name, about, read));
        }
        self.known.push(name);
        self.reader.shown.push(Shown { path, value: Value::Null, origin: Origin::Default, line: None });
        None
    }

    /// Something is wrong with this mapping.
    pub(super) fn wrong(&mut self, cause: String, help: Option<&str>) {
        let wrong = Wrong { cause, help: help.map(str::to_owned) };
        self.reader.blame(self.path.clone(), End::Value, None, wrong);
        if let Some(problem) = self.reader.problems.last_mut() {
            problem.follows = true;
        }
    }

    /// Something is wrong with one of its values.
    pub(super) fn wrong_at(&mut self, name: &str, cause: String, help: Option<&str>) {
        let path = self.to(name);
        let variable = variable(&path).filter(|variable| self.reader.environment.get(variable).is_some());
        let wrong = Wrong { cause, help: help.map(str::to_owned) };
        self.reader.blame(path, End::Value, variable, wrong);
    }

    /// Something is wrong with a value of one in a list below.
    pub(super) fn wrong_below(&mut self, list: &str, n: usize, name: &str, cause: String, help: Option<&str>) {
        let path = [&self.to(list)[..], &[Step::Item(n), Step::Key(name.to_owned())]].concat();
        self.reader.blame(path, End::Value, None, Wrong { cause, help: help.map(str::to_owned) });
    }

    /// Whether one of the operator's own names stands below a key.
    pub(super) fn is_mentioned(&self, key: &str, name: &str) -> bool {
        match self.node(key) {
            Some(Node::Mapping(pairs)) => pairs.iter().any(|(own, _)| own == name),
            _ => false,
        }
    }

    /// Whether the file or the environment says something of a key.
    pub(super) fn is_set(&self, name: &str) -> bool {
        let set = variable(&self.to(name)).is_some_and(|name| self.reader.environment.get(&name).is_some());
        set || self.node(name).is_some()
    }

    /// Whether the environment does.
    pub(super) fn is_of_environment(&self, name: &str) -> bool {
        variable(&self.to(name)).is_some_and(|name| self.reader.environment.get(&name).is_some())
    }

    /// Whether the environment sets something below a key.
    pub(super) fn is_set_below(&self, name: &str) -> bool {
        self.reader.environment.has_below(&self.to(name))
    }

    /// Whether nothing is read: all keys are told.
    pub(super) fn describes(&self) -> bool {
        self.reader.describes
    }

    /// The value of a key is nobody's business; it stands where a scalar would.
    pub(super) fn hide(&mut self, name: &str) {
        let path = self.to(name);
        let shown = self.reader.shown.iter_mut().filter(|shown| shown.path == path && !shown.value.is_null());
        shown.for_each(|shown| shown.value = json!("<secret>"));
    }

    /// Whether its value is a mapping.
    pub(super) fn is_mapping(&self, name: &str) -> bool {
        matches!(self.node(name), Some(Node::Mapping(_)))
    }

    /// Tells the schema of a key otherwise.
    pub(super) fn describe_as(&mut self, name: &'static str, schema: Value) {
        self.properties.insert(name.to_owned(), schema);
    }

    /// What the schema says of a key so far.
    pub(super) fn described(&self, name: &str) -> Value {
        self.properties.get(name).cloned().unwrap_or_default()
    }

    fn node(&self, name: &str) -> Option<&Node> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, node)| node)
    }

    fn to(&self, name: &str) -> Vec<Step> {
        [&self.path[..], &[Step::Key(name.to_owned())]].concat()
    }

    /// The text of a value; lists only where there may be one.
    fn look(&mut self, name: &'static str, may_be_list: bool, what: &str) -> (Found, Origin) {
        let path = self.to(name);
        if let Some(variable) = variable(&path)
            && let Some(text) = self.reader.environment.get(&variable)
        {
            let text = text.to_owned();
            let found = match may_be_list {
                true => Found::Listed(text.split(',').map(|part| part.trim().to_owned()).collect()),
                false => Found::Set(text),
            };
            return (found, Origin::Environment(variable));
        }
        let pairs = self.pairs;
        let found = match pairs.iter().find(|(key, _)| key == name).map(|(_, node)| node) {
            None => return (Found::Unset, Origin::Default),
            Some(Node::List(nodes)) if may_be_list => {
                let mut texts = Vec::new();
                for (n, node) in nodes.iter().enumerate() {
                    if let Found::Set(text) = self.letters(&[&path[..], &[Step::Item(n)]].concat(), node, what) {
                        texts.push(text);
                    }
                }
                Found::Listed(texts)
            }
            Some(node) => self.letters(&path, node, what),
        };
        (found, Origin::File)
    }

    /// A scalar as it is written.
    fn letters(&mut self, path: &[Step], node: &Node, what: &str) -> Found {
        match node {
            Node::Text(text) => Found::Set(text.clone()),
            // `1e5` and `0x10` may be texts.
            Node::Plain(text) => {
                let found = place::find(self.reader.text, path, End::Value).and_then(|(_, letters)| letters);
                Found::Set(found.unwrap_or_else(|| text.clone()))
            }
            node => {
                let name = place::written(path);
                let (cause, help) = match node {
                    Node::Nothing => (format!("`{name}` has no value"), format!("write {what}, or take the key out")),
                    node => (format!("`{name}` is {} here", node.what()), format!("write {what}")),
                };
                let help = Some(help);
                self.reader.blame(path.to_vec(), End::Value, None, Wrong { cause, help });
                Found::Refused
            }
        }
    }

    fn describe(&mut self, name: &'static str, mut schema: Value, default: Option<Value>, about: &'static str) {
        self.known.push(name);
        if !self.reader.describes {
            return;
        }
        schema["description"] = json!(about);
        if let Some(default) = &default {
            schema["default"] = default.clone();
        }
        self.properties.insert(name.to_owned(), schema);
        let path = self.to(name);
        self.reader.described.push(Described { path, default: default.unwrap_or_default(), about });
    }

    /// Keys that nobody asked for, and those that stand there twice.
    fn strangers(&mut self) {
        let pairs = self.pairs;
        for (n, (key, _)) in pairs.iter().enumerate() {
            if pairs[..n].iter().any(|(other, _)| other == key) {
                self.twice(key);
            } else if !self.known.contains(&key.as_str()) {
                let here = place::written(&self.path);
                let place = if here.is_empty() { "here".to_owned() } else { format!("in `{here}`") };
                let help = match nearest(key, self.known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there {}", listed(self.known.iter().copied())),
                };
                let wrong = Wrong { cause: format!("there is no key `{key}` {place}"), help: Some(help) };
                self.reader.blame(self.to(key), End::Key, None, wrong);
            }
        }
    }

    fn twice(&mut self, key: &str) {
        let wrong =
            Wrong { cause: format!("`{key}` stands here twice"), help: Some("take one of them out".to_owned()) };
        self.reader.blame(self.to(key), End::KeyAgain, None, wrong);
    }
}

/// A text as its schema has it.
fn typed(text: &str, schema: &Value) -> Value {
    let read = match schema["type"].as_str() {
        Some("integer" | "boolean") => serde_json::from_str(text).ok(),
        _ => None,
    };
    read.unwrap_or_else(|| Value::String(text.to_owned()))
}
