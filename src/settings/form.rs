//! What a value may be: how it is read, how that is said to people, and how to a schema.

use super::measure;
use crate::plugin::{Key, pattern};
use crate::ruleset::HostPattern;
use crate::spelling::nearest;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Why a value is none of its form, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) cause: String,
    pub(super) help: Option<String>,
}

impl From<String> for Wrong {
    fn from(cause: String) -> Wrong {
        Wrong { cause, help: None }
    }
}

/// A kind of value.
pub(super) struct Form<T> {
    /// It, for who wrote something else.
    pub(super) what: &'static str,
    /// It, for editors.
    pub(super) schema: fn() -> Value,
    pub(super) read: fn(&str) -> Result<T, Wrong>,
}

pub(super) static TEXT: Form<String> = Form {
    what: "a text",
    schema: || json!({ "type": "string", "minLength": 1 }),
    read: |text| match text.is_empty() {
        true => Err(Wrong {
            cause: "it is empty".to_owned(),
            help: Some("write something, or take the key out".to_owned()),
        }),
        false => Ok(text.to_owned()),
    },
};

pub(super) static PATH: Form<PathBuf> =
    Form { what: "a path", schema: TEXT.schema, read: |text| (TEXT.read)(text).map(PathBuf::from) };

pub(super) static SIZE: Form<usize> = Form {
    what: "a size such as 512KiB or 16MiB",
    schema: || json!({ "type": "string", "pattern": "^[0-9]+ *(KiB|MiB|GiB)$" }),
    read: |text| measure::bytes(text).map_err(Wrong::from),
};

pub(super) static TIME: Form<Duration> = Form {
    what: "a time such as 20ms or 60s",
    schema: || json!({ "type": "string", "pattern": "^[0-9]+ *(ms|s|m)$" }),
    read: |text| measure::time(text).map_err(Wrong::from),
};

/// A time, or none.
pub(super) static TIME_OR_NONE: Form<Duration> = Form {
    what: "a time such as 5s, or 0s",
    schema: TIME.schema,
    read: |text| match text {
        "0s" | "0ms" | "0m" => Ok(Duration::ZERO),
        _ => measure::time(text).map_err(|_| format!("`{text}` is no time such as 5s, or 0s").into()),
    },
};

/// A name that a service is asked by.
pub(super) static NAME: Form<String> = Form {
    what: "a name such as carom.example.org",
    schema: || json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]+$" }),
    read: |text| {
        let is_one = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        match is_one {
            true => Ok(text.to_ascii_lowercase()),
            false => Err(Wrong {
                cause: format!("`{text}` is no name of a host"),
                help: Some("write it without a port, such as carom.example.org".to_owned()),
            }),
        }
    },
};

/// A time, or never.
pub(super) static TIME_OR_OFF: Form<Option<Duration>> = Form {
    what: "a time such as 1s, or `off`",
    schema: || json!({ "anyOf": [{ "const": "off" }, { "const": false }, (TIME.schema)()] }),
    read: |text| match text {
        "off" | "false" => Ok(None),
        _ => {
            measure::time(text).map(Some).map_err(|_| format!("`{text}` is neither `off` nor a time such as 1s").into())
        }
    },
};

pub(super) static FLAG: Form<bool> = Form {
    what: "`true` or `false`",
    schema: || json!({ "type": "boolean" }),
    read: |text| match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("`{text}` is neither `true` nor `false`").into()),
    },
};

fn number<N: std::str::FromStr + PartialOrd>(text: &str, least: N, most: N, what: &str) -> Result<N, Wrong> {
    let number = text.parse().ok().filter(|number| *number >= least && *number <= most);
    number.ok_or_else(|| format!("`{text}` is no {what}").into())
}

/// How many of something there may be.
pub(super) static COUNT: Form<usize> = Form {
    what: "a number from 1 on",
    schema: || json!({ "type": "integer", "minimum": 1 }),
    read: |text| number(text, 1, usize::MAX, "number from 1 on"),
};

pub(super) static STEPS: Form<u64> =
    Form { what: COUNT.what, schema: COUNT.schema, read: |text| number(text, 1, u64::MAX, "number from 1 on") };

pub(super) static THREADS: Form<usize> = Form {
    what: "a number from 1 to 256",
    schema: || json!({ "type": "integer", "minimum": 1, "maximum": 256 }),
    read: |text| number(text, 1, 256, "number from 1 to 256"),
};

pub(super) static KEPT: Form<usize> = Form {
    what: "a number from 1 to 1000",
    schema: || json!({ "type": "integer", "minimum": 1, "maximum": 1000 }),
    read: |text| number(text, 1, 1000, "number from 1 to 1000"),
};

pub(super) static ADDRESS: Form<SocketAddr> = Form {
    what: "an address and a port, such as 127.0.0.1:8025",
    schema: || json!({ "type": "string", "pattern": ":[0-9]+$" }),
    read: |text| {
        text.parse().map_err(|_| Wrong {
            cause: format!("`{text}` is no address with a port"),
            help: Some(ADDRESS_HELP.to_owned()),
        })
    },
};

const ADDRESS_HELP: &str = "write one such as 127.0.0.1:8025 or \"[::1]:8025\"; names of hosts are not looked up";

/// An address and a port, as `service.listen` has them.
///
/// # Errors
/// What it is not, and what mends it.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    (ADDRESS.read)(text).map_err(|wrong| match wrong.help {
        Some(help) => format!("{}: {help}", wrong.cause),
        None => wrong.cause,
    })
}

pub(super) static PATTERN: Form<HostPattern> = Form {
    what: "a name such as \"mx.example.com\" or \"*.example.com\"",
    schema: TEXT.schema,
    read: |text| {
        pattern(text)
            .ok_or_else(|| format!("`{text}` is no name such as \"mx.example.com\" or \"*.example.com\"").into())
    },
};

/// A key that plugins are signed with.
pub(super) static KEY: Form<Key> = Form {
    what: "a minisign key, such as RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
    schema: || json!({ "type": "string", "pattern": "^RW[A-Za-z0-9+/=]{54}$" }),
    read: |text| {
        Key::parse(text).map_err(|_| Wrong {
            cause: "it is no minisign key".to_owned(),
            help: Some("write the line of 56 letters that begins with `RW`, the second of the `.pub` file".to_owned()),
        })
    },
};

/// A SHA-256.
pub(super) static HASH: Form<[u8; 32]> = Form {
    what: "a SHA-256 of 64 digits",
    schema: || json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{64}$" }),
    read: |text| {
        hexadecimal(text).ok_or_else(|| Wrong {
            cause: "it is no SHA-256".to_owned(),
            help: Some("a SHA-256 has 64 digits, as `sha256sum` prints them, in quotes".to_owned()),
        })
    },
};

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// The value that goes by a word.
pub(super) fn word<T: Copy>(text: &str, what: &str, words: &[(&str, T)]) -> Result<T, Wrong> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let help = match nearest(text, words.iter().map(|(word, _)| *word)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there {}", listed(words.iter().map(|(word, _)| *word))),
    };
    Err(Wrong { cause: format!("there is no {what} `{text}`"), help: Some(help) })
}

/// `is `a``, `are `a`, `b``.
pub(super) fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    let verb = if words.len() == 1 { "is" } else { "are" };
    format!("{verb} {}", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_takes_its_own() {
        assert_eq!((ADDRESS.read)("[::1]:80").map(|address| address.port()), Ok(80));
        assert_eq!((TIME_OR_OFF.read)("off"), Ok(None));
        assert_eq!((TIME_OR_OFF.read)("2s"), Ok(Some(Duration::from_secs(2))));
        assert_eq!((HASH.read)(&"0f".repeat(32)), Ok([15; 32]));
        assert!((HASH.read)(&"é".repeat(32)).is_err(), "64 bytes that are no digits");
        assert!((COUNT.read)("0").is_err() && (COUNT.read)("1.5").is_err() && (COUNT.read)("-1").is_err());
        let wrong = word("jsno", "form", &[("text", 1), ("json", 2)]).expect_err("it is misspelt");
        assert_eq!(wrong.help.as_deref(), Some("did you mean `json`?"));
    }
}
