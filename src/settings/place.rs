//! Where in the file a value stands: the text is read again as far as that, since what was read has no places.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::cell::RefCell;
use std::fmt;

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// One of a list, from 0.
    Item(usize),
}

/// A way as people write it: `service.tokens[0].name`.
pub(crate) fn written(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(name) if text.is_empty() => text.push_str(name),
            Step::Key(name) => text.extend([".", name]),
            Step::Item(n) => text += &format!("[{n}]"),
        }
    }
    text
}

/// What is looked for at the end of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The value.
    Value,
    /// The last step's key, where it first stands.
    Key,
    /// The same, where it stands again.
    KeyAgain,
}

/// The line, counted from 1, and what stands there to the letter, if it is a scalar.
pub(super) fn find(text: &str, path: &[Step], end: End) -> Option<(usize, Option<String>)> {
    let letters = RefCell::new(None);
    let seek = Seek { path, end, letters: &letters };
    let place = seek.deserialize(serde_yaml::Deserializer::from_str(text)).err()?.location()?;
    Some((place.line(), letters.take()))
}

/// It always fails: at what is looked for, with its place, or somewhere without one.
#[derive(Clone, Copy)]
struct Seek<'a> {
    path: &'a [Step],
    end: End,
    letters: &'a RefCell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.path.first() {
            None => deserializer.deserialize_str(self),
            Some(Step::Key(_)) => deserializer.deserialize_map(self),
            Some(Step::Item(_)) => deserializer.deserialize_seq(self),
        }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value that is looked for")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.letters.replace(Some(text.to_owned()));
        Err(E::custom("here"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((Step::Key(name), rest)) = self.path.split_first() else { return Ok(()) };
        let wanted = if rest.is_empty() { self.end } else { End::Value };
        let mut met = 0;
        while let Some(is_it) = map.next_key_seed(Name { name, stops: wanted == End::Key || met > 0 })? {
            match is_it {
                true if wanted == End::Value => return map.next_value_seed(Seek { path: rest, ..self }),
                true => met += 1,
                false => {}
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some((Step::Item(n), rest)) = self.path.split_first() else { return Ok(()) };
        for _ in 0..*n {
            if list.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        list.next_element_seed(Seek { path: rest, ..self }).map(|_| ())
    }
}

/// Whether a key is the one; it fails there if it is to stop.
struct Name<'a> {
    name: &'a str,
    stops: bool,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match text == self.name {
            true if self.stops => Err(E::custom("here")),
            is_it => Ok(is_it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{End, Step, find, written};

    #[test]
    fn values_and_keys_have_lines() {
        let text = "# first\na: 1\nb:\n  - c: 0x10\n    d: [x,\n      y]\n  - c: 7e3\n    c: 8\n";
        let key = |name: &str| Step::Key(name.to_owned());
        let line = |path: &[Step], end| find(text, path, end);
        assert_eq!(line(&[key("a")], End::Value), Some((2, Some("1".to_owned()))));
        let c = [key("b"), Step::Item(1), key("c")];
        assert_eq!(line(&c, End::Value), Some((7, Some("7e3".to_owned()))), "as it is written, not as a number");
        assert_eq!(line(&c, End::KeyAgain).map(|found| found.0), Some(8));
        assert_eq!(line(&[key("b"), Step::Item(0), key("d"), Step::Item(1)], End::Value).map(|found| found.0), Some(6));
        assert_eq!(line(&[key("b"), Step::Item(0), key("d")], End::Key).map(|found| found.0), Some(5));
        assert_eq!(line(&[key("b"), Step::Item(0)], End::Value).map(|found| found.0), Some(4));
        assert_eq!(line(&[key("z")], End::Value), None);
        assert_eq!(written(&c), "b[1].c");
    }
}
