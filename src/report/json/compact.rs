//! One line of JSON, written for speed: a verdict has fifty keys, nearly all of its strings are plain ASCII, and a
//! writer that looks at every byte of them takes as long as the verdict itself.
//!
//! It writes what serde_json with [`Careful`](super::Careful) writes; the tests below hold it to that.

use super::super::plain::is_unsafe;
use serde::ser::{
    Error as _, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt::{self, Display, Write};

/// A writer of one value onto what a vector holds.
pub(super) struct Compact<'o> {
    out: &'o mut Vec<u8>,
}

impl<'o> Compact<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Compact<'o> {
        Compact { out }
    }

    fn open(self, begin: &[u8], end: &'static [u8]) -> Items<'o> {
        self.out.extend_from_slice(begin);
        Items { out: self.out, first: true, end }
    }

    /// A variant that has something: an object of its name and that.
    fn variant(self, name: &str, begin: &[u8], end: &'static [u8]) -> Items<'o> {
        self.out.push(b'{');
        string(self.out, name);
        self.out.push(b':');
        self.open(begin, end)
    }
}

/// The values of a list, an object or what else has parts.
pub(super) struct Items<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
    end: &'static [u8],
}

impl Items<'_> {
    #[inline(always)]
    fn separate(&mut self) {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
    }

    fn item<T: ?Sized + Serialize>(&mut self, value: &T) -> fmt::Result {
        self.separate();
        value.serialize(Compact::new(self.out))
    }

    #[inline(always)]
    fn named<T: ?Sized + Serialize>(&mut self, name: &str, value: &T) -> fmt::Result {
        self.separate();
        quoted(self.out, name);
        self.out.push(b':');
        value.serialize(Compact::new(self.out))
    }

    fn close(self) -> fmt::Result {
        self.out.extend_from_slice(self.end);
        Ok(())
    }
}

/// Writes a string with its quotes.
fn string(out: &mut Vec<u8>, text: &str) {
    quoted(out, text);
}

/// The same in the caller's own code, for the name of a field: it is known there, and so are its length and that it is
/// plain.
#[inline(always)]
fn quoted(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 4);
    out.push(b'"');
    match is_plain(text.as_bytes()) {
        true => out.extend_from_slice(text.as_bytes()),
        false => escaped(out, text),
    }
    out.push(b'"');
}

/// Whether nothing but printable ASCII is there, and neither `"` nor `\`.
#[inline(always)]
fn is_plain(text: &[u8]) -> bool {
    // The last word, or two halves of a word, may have bytes that were looked at already.
    match (text.last_chunk::<8>(), text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(last), ..) => !text.as_chunks::<8>().0.iter().any(|word| is_odd(*word)) && !is_odd(*last),
        (None, Some([a, b, c, d]), Some([e, f, g, h])) => !is_odd([*a, *b, *c, *d, *e, *f, *g, *h]),
        _ => match *text {
            [] => true,
            [a] => !is_odd([a; 8]),
            [a, b] => !is_odd([a, b, a, b, a, b, a, b]),
            _ => !is_odd([text[0], text[1], text[2], b' ', b' ', b' ', b' ', b' ']),
        },
    }
}

/// Whether one of eight bytes is not plain. A borrow from a byte to the next makes another bit only where the lower
/// byte was one of those already.
#[inline(always)]
fn is_odd(word: [u8; 8]) -> bool {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    let word = u64::from_ne_bytes(word);
    let zero = |word: u64| word.wrapping_sub(all(1)) & !word;
    let control = word.wrapping_sub(all(b' ')) & !word;
    let found = word | control | zero(word ^ all(b'"')) | zero(word ^ all(b'\\')) | zero(word ^ all(0x7F));
    found & all(0x80) != 0
}

#[cold]
fn escaped(out: &mut Vec<u8>, text: &str) {
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| matches!(c, '"' | '\\') || is_unsafe(*c)) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let short = match c {
            '"' | '\\' => Some(c as u8),
            '\n' => Some(b'n'),
            '\r' => Some(b'r'),
            '\t' => Some(b't'),
            '\u{8}' => Some(b'b'),
            '\u{c}' => Some(b'f'),
            _ => None,
        };
        match short {
            Some(short) => out.extend_from_slice(&[b'\\', short]),
            None => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                out.extend_from_slice(b"\\u");
                let digit = |shift: u32| b"0123456789abcdef"[usize::from(unit >> shift & 15)];
                out.extend_from_slice(&[12, 8, 4, 0].map(digit));
            }),
        }
        rest = &rest[at + c.len_utf8()..];
    }
    out.extend_from_slice(rest.as_bytes());
}

/// What is displayed, piece by piece into a string.
struct Pieces<'o>(&'o mut Vec<u8>);

impl Write for Pieces<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        match is_plain(piece.as_bytes()) {
            true => self.0.extend_from_slice(piece.as_bytes()),
            false => escaped(self.0, piece),
        }
        Ok(())
    }
}

macro_rules! numbers {
    ($($method:ident($kind:ty))*) => {
        $(#[inline]
        fn $method(self, number: $kind) -> fmt::Result {
            serde_json::to_writer(self.out, &number).map_err(fmt::Error::custom)
        })*
    };
}

impl<'o> Serializer for Compact<'o> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Items<'o>;
    type SerializeTuple = Items<'o>;
    type SerializeTupleStruct = Items<'o>;
    type SerializeTupleVariant = Items<'o>;
    type SerializeMap = Items<'o>;
    type SerializeStruct = Items<'o>;
    type SerializeStructVariant = Items<'o>;

    numbers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
        serialize_f32(f32) serialize_f64(f64)
    }

    fn serialize_bool(self, value: bool) -> fmt::Result {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> fmt::Result {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> fmt::Result {
        string(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> fmt::Result {
        value.serialize(self)
    }

    #[inline]
    fn serialize_none(self) -> fmt::Result {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> fmt::Result {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> fmt::Result {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> fmt::Result {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> fmt::Result {
        let mut object = self.open(b"{", b"}");
        object.named(variant, value)?;
        object.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'o>, fmt::Error> {
        Ok(self.open(b"[", b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'o>, fmt::Error> {
        Ok(self.open(b"[", b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'o>, fmt::Error> {
        Ok(self.open(b"[", b"]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'o>, fmt::Error> {
        Ok(self.variant(variant, b"[", b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'o>, fmt::Error> {
        Ok(self.open(b"{", b"}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'o>, fmt::Error> {
        Ok(self.open(b"{", b"}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'o>, fmt::Error> {
        Ok(self.variant(variant, b"{", b"}}"))
    }

    fn collect_str<T: ?Sized + Display>(self, value: &T) -> fmt::Result {
        self.out.push(b'"');
        write!(Pieces(self.out), "{value}")?;
        self.out.push(b'"');
        Ok(())
    }
}

macro_rules! listed {
    ($($of:ident::$method:ident)*) => {
        $(impl $of for Items<'_> {
            type Ok = ();
            type Error = fmt::Error;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> fmt::Result {
                self.item(value)
            }

            fn end(self) -> fmt::Result {
                self.close()
            }
        })*
    };
}

listed! {
    SerializeSeq::serialize_element SerializeTuple::serialize_element SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

macro_rules! named {
    ($($of:ident)*) => {
        $(impl $of for Items<'_> {
            type Ok = ();
            type Error = fmt::Error;

            #[inline(always)]
            fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> fmt::Result {
                self.named(name, value)
            }

            fn end(self) -> fmt::Result {
                self.close()
            }
        })*
    };
}

named! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Items<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> fmt::Result {
        self.separate();
        let start = self.out.len();
        key.serialize(Compact::new(self.out))?;
        match self.out.get(start) {
            Some(b'"') => Ok(()),
            _ => Err(fmt::Error::custom("a key that is no string")),
        }
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> fmt::Result {
        self.out.push(b':');
        value.serialize(Compact::new(self.out))
    }

    fn end(self) -> fmt::Result {
        self.close()
    }
}
