//! The body of `/v1/classify`, read reply by reply: what is too much or wrong is refused where it is come to, and
//! never held as a whole.

use super::problem::Problem;
use crate::intake::{Attempt, JsonReply};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// As many replies are given room for from the start.
const USUAL: usize = 128;

/// What was asked about.
#[derive(Debug)]
pub(super) enum Replies<'b> {
    One(Box<Attempt<'b>>),
    Many(Vec<Attempt<'b>>),
}

/// What some programs write before a text, and JSON does not have.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// A body as text.
pub(super) fn text(body: &[u8]) -> Result<&str, Problem> {
    if body.starts_with(MARK) {
        return Err(Problem::bad_json("the body begins with a byte order mark (EF BB BF): leave it out"));
    }
    std::str::from_utf8(body)
        .map_err(|error| Problem::bad_json(format!("the body is not UTF-8 after byte {}", error.valid_up_to())))
}

/// What a parser found wrong with a body.
pub(super) fn no_json(error: &serde_json::Error) -> Problem {
    Problem::bad_json(format!("the body is no JSON: {error}"))
}

/// Reads a body of at most so many replies.
pub(super) fn read(body: &[u8], most: usize) -> Result<Replies<'_>, Problem> {
    let mut wrong = None;
    let mut parser = serde_json::Deserializer::from_str(text(body)?);
    let replies = Reading { most, wrong: &mut wrong }.deserialize(&mut parser);
    let replies = replies.and_then(|replies| parser.end().map(|()| replies));
    replies.map_err(|error| wrong.unwrap_or_else(|| no_json(&error)))
}

/// A reader that says itself what is wrong, since errors of parsers are strings.
struct Reading<'w> {
    most: usize,
    wrong: &'w mut Option<Problem>,
}

impl Reading<'_> {
    fn refuse<E: Error>(&mut self, problem: Problem) -> E {
        *self.wrong = Some(problem);
        E::custom("refused")
    }
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Replies<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Replies<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! no_object {
    ($($method:ident($kind:ty))*) => {
        $(fn $method<E: Error>(mut self, _: $kind) -> Result<Replies<'de>, E> {
            Err(self.refuse(Problem::bad_reply("not a JSON object")))
        })*
    };
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Replies<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reply or a list of them")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<Replies<'de>, A::Error> {
        let reply = JsonReply::deserialize(MapAccessDeserializer::new(map))?;
        let attempt = reply.attempt().map_err(|why| self.refuse(Problem::bad_reply(why)))?;
        Ok(Replies::One(Box::new(attempt)))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Replies<'de>, A::Error> {
        // Most lists have no more: what is moved as it grows is large.
        let mut attempts = Vec::with_capacity(self.most.min(USUAL));
        while let Some(reply) = list.next_element::<JsonReply<'de>>()? {
            if attempts.len() == self.most {
                let why = format!("the list has more than {} replies: JSON Lines have no end", self.most);
                return Err(self.refuse(Problem::too_large(why)));
            }
            let wrong = |why| Problem::bad_reply(format!("reply {} of the list: {why}", attempts.len() + 1));
            match reply.attempt() {
                Ok(attempt) => attempts.push(attempt),
                Err(why) => {
                    let problem = wrong(why);
                    return Err(self.refuse(problem));
                }
            }
        }
        Ok(Replies::Many(attempts))
    }

    no_object! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) visit_str(&str) }

    fn visit_unit<E: Error>(mut self) -> Result<Replies<'de>, E> {
        Err(self.refuse(Problem::bad_reply("not a JSON object")))
    }
}
