//! JSON objects as logs and services send them: what is absent, null or of another kind is not there.

use super::when;
use crate::Time;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Reads an object.
///
/// # Errors
/// What keeps the text from being one.
pub(super) fn object(text: &[u8]) -> Result<Value, String> {
    match read(&String::from_utf8_lossy(text))? {
        value @ Value::Object(_) => Ok(value),
        _ => Err("not a JSON object".to_owned()),
    }
}

/// Reads a line.
///
/// # Errors
/// What keeps it from being JSON.
pub(super) fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        // The parser counts lines too, and knows of this one only.
        let (text, column) = (error.to_string(), error.column());
        let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
        format!("not a JSON object: {what} at column {column}")
    })
}

/// An object's fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'j>(&'j Map<String, Value>);

impl<'j> Body<'j> {
    /// The fields of a value that is an object.
    pub(super) fn of(value: &'j Value) -> Option<Body<'j>> {
        value.as_object().map(Body)
    }

    pub(super) fn value(&self, name: &str) -> Option<&'j Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&'j str> {
        self.value(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A text, or a number as one.
    pub(super) fn word(&self, name: &str) -> Option<Cow<'j, str>> {
        match self.value(name)? {
            Value::String(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// The first of a list of texts, or the text where there is no list.
    pub(super) fn first(&self, name: &str) -> Option<&'j str> {
        match self.value(name)? {
            Value::Array(values) => values.first()?.as_str(),
            value => value.as_str(),
        }
    }

    /// An object within.
    pub(super) fn at(&self, name: &str) -> Option<Body<'j>> {
        Body::of(self.value(name)?)
    }

    /// The values of a list, or the one value where there is no list.
    pub(super) fn list(&self, name: &str) -> &'j [Value] {
        match self.value(name) {
            Some(Value::Array(values)) => values,
            Some(value) => std::slice::from_ref(value),
            None => &[],
        }
    }

    pub(super) fn time(&self, name: &str) -> Option<Time> {
        match self.value(name)? {
            Value::Number(number) => when::since_1970(number.as_f64()?),
            Value::String(text) => when::read(text),
            _ => None,
        }
    }
}
