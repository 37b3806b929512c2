//! Mappings whose keys are known: another is an error that names the nearest.

use crate::spelling::nearest;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// What is read from a mapping, key by key.
pub(super) trait Fields: Default {
    /// What it is, for who wrote something else.
    const WHAT: &str;
    /// All keys that it may have.
    const KEYS: &[&str];

    /// Takes the value of one of its keys.
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;

    /// Whether what must be there is; and what belongs together.
    fn is_whole(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A mapping, read.
pub(super) struct Keyed<T>(pub(super) T);

impl<'de, T: Fields> Deserialize<'de> for Keyed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Keyed<T>, D::Error> {
        deserializer.deserialize_map(Mapping(PhantomData)).map(Keyed)
    }
}

struct Mapping<T>(PhantomData<T>);

impl<'de, T: Fields> Visitor<'de> for Mapping<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let (mut value, mut seen) = (T::default(), Vec::new());
        while let Some(Key(key, _)) = map.next_key::<Key<T>>()? {
            if seen.contains(&key) {
                return Err(A::Error::custom(format!("`{key}` stands here twice")));
            }
            value.take(key, &mut map)?;
            seen.push(key);
        }
        value.is_whole().map_err(A::Error::custom)?;
        Ok(value)
    }
}

/// One of the keys. It is read as a value of its own, so that the error has its line.
struct Key<T>(&'static str, PhantomData<T>);

impl<'de, T: Fields> Deserialize<'de> for Key<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key<T>, D::Error> {
        deserializer.deserialize_identifier(Name(PhantomData))
    }
}

struct Name<T>(PhantomData<T>);

impl<T: Fields> Visitor<'_> for Name<T> {
    type Value = Key<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Key<T>, E> {
        if let Some(key) = T::KEYS.iter().find(|key| **key == text) {
            return Ok(Key(key, PhantomData));
        }
        let known: Vec<String> = T::KEYS.iter().map(|key| format!("`{key}`")).collect();
        let help = match nearest(text, T::KEYS.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        };
        Err(E::custom(format!("there is no key `{text}` here: {help}")))
    }
}
