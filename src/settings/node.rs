//! What a file says, before anything is made of it.

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A value of YAML.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Nothing after the colon.
    Nothing,
    /// A text.
    Text(String),
    /// A number, or `true` and `false`: how it is written must be looked up.
    Plain(String),
    List(Vec<Node>),
    /// In the order of the file; a key may stand there twice.
    Mapping(Vec<(String, Node)>),
}

impl Node {
    /// What it is, for who expected something else.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Node::Nothing => "nothing",
            Node::Text(_) => "a text",
            Node::Plain(text) if matches!(text.as_str(), "true" | "false") => "true or false",
            Node::Plain(_) => "a number",
            Node::List(_) => "a list",
            Node::Mapping(_) => "a mapping",
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value without a tag")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Plain(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry::<String, Node>()? {
            pairs.push(pair);
        }
        Ok(Node::Mapping(pairs))
    }
}

/// What is wrong with a text that is no YAML, and what mends it.
pub(super) fn broken(error: &serde_yaml::Error) -> (String, Option<String>) {
    let message = error.to_string();
    let known: &[(&[&str], &str, &str)] = &[
        (
            &["unknown anchor", "while scanning an alias"],
            "a star begins an alias here",
            "a name that begins with a star stands in quotes, as \"*.example.com\"",
        ),
        (&["containing more than one document"], "there are two documents", "take out the line `---` between them"),
        (&["recursion limit", "repetition limit"], "it is nested too deeply", "write it out, without aliases"),
        (&["containing tabs", "contains a tab", "tab character"], "a tab indents here", "indent by blanks"),
        (
            &["mapping values are not allowed"],
            "a second colon stands on this line, or the line above lacks one",
            "put a value that holds `: ` in quotes, and each key on a line of its own",
        ),
        (
            &["while scanning a quoted scalar"],
            "a quote is not closed",
            "close it, and write a backslash twice within double quotes",
        ),
        (
            &["while parsing a flow sequence", "while parsing a flow mapping", "flow"],
            "a bracket is not closed, or a comma is missing",
            "write lists as [a, b]",
        ),
        (
            &["while parsing a block mapping", "while parsing a block collection", "did not find expected key"],
            "this line does not fit those above it",
            "keys that belong together begin in one column",
        ),
        (
            &["found character that cannot start any token"],
            "no value begins with this character",
            "indent by blanks, not by tabs, and put such a value in quotes",
        ),
        (&["a value without a tag", "invalid type: enum"], "a tag stands before this value", "take out the `!`"),
        (&["expected a string"], "a key is a word here", "write `name: value`"),
    ];
    let found = known.iter().find(|(words, ..)| words.iter().any(|word| message.contains(word)));
    match found {
        Some((_, cause, help)) => ((*cause).to_owned(), Some((*help).to_owned())),
        None => {
            ("this is no YAML".to_owned(), Some("`key: value` on a line, what belongs below it indented".to_owned()))
        }
    }
}
