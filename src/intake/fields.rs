//! The fields of a JSON object that callers send: what is read of it borrows from its text, and the rest is passed over.

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// An object as JSON Lines have it, read from a text and not yet understood.
#[derive(Debug)]
pub struct JsonReply<'j>(Option<Box<Fields<'j>>>);

impl<'j> JsonReply<'j> {
    /// Its fields, if it is an object.
    pub(super) fn fields(self) -> Option<Fields<'j>> {
        self.0.map(|fields| *fields)
    }
}

/// What a field says.
#[derive(Debug, Default)]
pub(super) enum Part<'j> {
    /// Nothing, or null.
    #[default]
    Absent,
    Text(Cow<'j, str>),
    Other(Value),
}

/// The same for whoever asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'p> {
    Text(&'p str),
    Value(&'p Value),
}

/// As JSON writes it.
impl fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Given::Text(text) => write!(f, "{}", Value::from(*text)),
            Given::Value(value) => write!(f, "{value}"),
        }
    }
}

/// What kind of value it is, for complaints.
pub(super) fn kind(given: Given<'_>) -> &'static str {
    match given {
        Given::Text(_) | Given::Value(Value::String(_)) => "a string",
        Given::Value(Value::Null) => "null",
        Given::Value(Value::Bool(_)) => "a boolean",
        Given::Value(Value::Number(_)) => "a number",
        Given::Value(Value::Array(_)) => "an array",
        Given::Value(Value::Object(_)) => "an object",
    }
}

impl<'j> Part<'j> {
    pub(super) fn value(&self) -> Option<Given<'_>> {
        match self {
            Part::Absent => None,
            Part::Text(text) => Some(Given::Text(text)),
            Part::Other(value) => Some(Given::Value(value)),
        }
    }

    /// A text, if there is anything; `name` is what complaints call it.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.value() {
            None => Ok(None),
            Some(Given::Text(text)) => Ok(Some(text)),
            Some(other) => Err(format!("`{name}` is {}, not a string", kind(other))),
        }
    }

    /// The same to keep.
    pub(super) fn into_text(self, name: &str) -> Result<Option<Cow<'j, str>>, String> {
        self.text(name)?;
        match self {
            Part::Text(text) => Ok(Some(text)),
            _ => Ok(None),
        }
    }
}

macro_rules! fields {
    ($($name:ident)*) => {
        /// All that is read.
        #[derive(Debug, Default)]
        pub(super) struct Fields<'j> {
            $(pub(super) $name: Part<'j>,)*
        }

        impl<'j> Fields<'j> {
            fn at(&mut self, name: &str) -> Option<&mut Part<'j>> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }
    };
}

fields! {
    text code enhanced status host domain phase recipient message source time
    sender ip pool campaign tenant
}

struct Name<'j>(Cow<'j, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Name<'de>, D::Error> {
        struct Reading;

        impl<'de> Visitor<'de> for Reading {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Reading)
    }
}

impl<'de> Deserialize<'de> for Part<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Part<'de>, D::Error> {
        struct Reading;

        impl<'de> Visitor<'de> for Reading {
            type Value = Part<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Part<'de>, E> {
                Ok(Part::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Part<'de>, E> {
                Ok(Part::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E: Error>(self) -> Result<Part<'de>, E> {
                Ok(Part::Absent)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Part<'de>, E> {
                Ok(Part::Other(value.into()))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Part<'de>, E> {
                Ok(Part::Other(value.into()))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Part<'de>, E> {
                Ok(Part::Other(value.into()))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Part<'de>, E> {
                Ok(Part::Other(value.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Part<'de>, A::Error> {
                Value::deserialize(SeqAccessDeserializer::new(list)).map(Part::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Part<'de>, A::Error> {
                Value::deserialize(MapAccessDeserializer::new(map)).map(Part::Other)
            }
        }

        deserializer.deserialize_any(Reading)
    }
}

macro_rules! no_object {
    ($($method:ident($kind:ty))*) => {
        $(fn $method<E: Error>(self, _: $kind) -> Result<JsonReply<'de>, E> {
            Ok(JsonReply(None))
        })*
    };
}

impl<'de> Deserialize<'de> for JsonReply<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonReply<'de>, D::Error> {
        struct Reading;

        impl<'de> Visitor<'de> for Reading {
            type Value = JsonReply<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonReply<'de>, A::Error> {
                let mut fields = Box::<Fields<'de>>::default();
                while let Some(Name(name)) = map.next_key()? {
                    match fields.at(&name) {
                        Some(part) => *part = map.next_value()?,
                        None => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(JsonReply(Some(fields)))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JsonReply<'de>, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(JsonReply(None))
            }

            fn visit_unit<E: Error>(self) -> Result<JsonReply<'de>, E> {
                Ok(JsonReply(None))
            }

            no_object! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) }
        }

        deserializer.deserialize_any(Reading)
    }
}
