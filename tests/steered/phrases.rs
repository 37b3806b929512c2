//! Phrases, and texts that they match or nearly match.

use super::Choices;

/// A piece of a phrase.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Text as it is meant, without escapes.
    Text(String),
    /// A `*` at a letter.
    Rest,
    /// A `*` between blanks, which belong to it.
    Words,
    /// A gap of that type.
    Gap(&'static str),
    /// `{tag}`
    Tag,
}

/// What begins and ends with a letter or digit, so that a `*` may touch it.
const WORDS: &[&str] = &[
    "full",
    "mailbox",
    "quota",
    "over",
    "user",
    "a",
    "x",
    "5",
    "in",
    "try",
    "100",
    "full",
    "boîte",
    "straße",
    "İstanbul",
    "容量",
    "超えて",
    "เต็ม",
    "ＦＵＬＬ",
    "e\u{301}tat",
    "ﬁle",
    "don’t",
    "한국",
    "no-reply",
    "over_quota",
    "mx1.example.com",
    "ǅ",
    "ΟΔΟΣ",
    "を",
    "q\u{301}",
    "half\u{AD}way",
    "12a",
];

const BETWEEN: &[&str] = &[
    " ", " ", " ", " ", "", ", ", ": ", "-", "_", ".", "  ", "\n", "/", " (", ") ", "*", "{", "}", "\"", "\\", " — ",
    "…", "'", "#", "\u{200B}", "+", " * ", "\t",
];

const TYPES: &[&str] = &["digits", "ip", "host", "number", "duration", "address", "word"];

impl Piece {
    pub(super) fn phrase(choices: &mut Choices) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for n in 0..1 + choices.below(4) {
            if n > 0 {
                if choices.one_in(6) {
                    pieces.push(Piece::Words);
                } else {
                    pieces.push(Piece::Text(choices.one_of(BETWEEN).to_owned()));
                }
            }
            let word = Piece::Text(choices.one_of(WORDS).to_owned());
            match choices.below(10) {
                0..5 => pieces.push(word),
                5 => pieces.extend([word, Piece::Rest]),
                6 => pieces.extend([Piece::Rest, word]),
                7 => {
                    let other = Piece::Text(choices.one_of(WORDS).to_owned());
                    pieces.extend([word, Piece::Rest, other]);
                }
                _ => pieces.push(Piece::Gap(choices.one_of(TYPES))),
            }
        }
        pieces
    }

    /// How a tag stands in a text.
    pub(super) fn tags(choices: &mut Choices) -> Vec<Piece> {
        let text = |text: &str| Piece::Text(text.to_owned());
        match choices.below(6) {
            0 => vec![text("(code "), Piece::Tag, text(")")],
            1 => vec![text("?p="), Piece::Tag],
            2 => vec![Piece::Tag, text(":")],
            3 => vec![text("["), Piece::Tag, text("]")],
            4 => vec![text("err"), Piece::Rest, text(" "), Piece::Tag],
            _ => vec![text("code"), Piece::Words, text("is "), Piece::Tag],
        }
    }
}

/// A phrase as rules write it, without its quotes.
pub(super) fn written(phrase: &[Piece], number: usize) -> String {
    let mut out = String::new();
    for piece in phrase {
        match piece {
            Piece::Text(text) => {
                for c in text.chars() {
                    match c {
                        '\n' => out.push_str("\\n"),
                        '"' | '\\' | '*' | '{' | '}' => out.extend(['\\', c]),
                        c => out.push(c),
                    }
                }
            }
            Piece::Rest => out.push('*'),
            Piece::Words => out.push_str(" * "),
            Piece::Gap(kind) => out += &format!("{{{kind}-{number}:{kind}}}"),
            Piece::Tag => out.push_str("{tag}"),
        }
    }
    out
}

const RESTS: &[&str] = &["", "", "ed", "s", "é", "x1", "-", "_", "量", "\u{301}", "edededed"];
const LENGTHS: &[usize] = &[0, 1, 2, 12, 13, 11, 25];
const TAGS: &[&str] =
    &["S3150", "s3150", "S3151", "988", "987", "990", "991", "TSS04", "TSS03", "TSS9", "OFR_417", "OFR_", "AS-1", "x"];

/// A text for a phrase: mostly one that it matches.
pub(super) fn text(phrase: &[Piece], choices: &mut Choices) -> String {
    let mut out = String::new();
    for piece in phrase {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Rest => out.push_str(choices.one_of(RESTS)),
            Piece::Words => {
                out.push(' ');
                for _ in 0..choices.one_of(LENGTHS) {
                    out.push_str(choices.one_of(&["is", "over", "full", "<x>", "—", "5", "量"]));
                    out.push(' ');
                }
            }
            Piece::Gap(kind) => out.push_str(choices.one_of(values(kind))),
            Piece::Tag => out.push_str(choices.one_of(TAGS)),
        }
    }
    out
}

/// What a gap catches, and what it nearly does.
fn values(kind: &str) -> &'static [&'static str] {
    match kind {
        "ip" => &[
            "192.0.2.7",
            "2001:db8::1",
            "::1",
            "192.0.2.7:25:",
            "192.0.2.700",
            "256.1.1.1",
            "1.2.3",
            "fe80::1%eth0",
            "::FFFF:1.2.3.4",
            "010.0.0.1",
            "1.2.3.4.5",
            "2001:db8::1::2",
            "1:2:3:4:5:6:7:8:9",
        ],
        "host" => &[
            "mx1.example.com",
            "localhost",
            "MX.Example.COM.",
            "a.b",
            "a..b",
            "-x.y-",
            "192.0.2.7",
            "_dmarc.x.example",
            "mx.ü.example",
            ".a.b",
        ],
        "number" => &["1,024", "12.5", "7", ",5", "1,,2", "1.", "１２", "1.2,3.4", "12x"],
        "digits" => &["300", "5", "007", "12a", "٣", "1 2"],
        "duration" => &[
            "300 seconds",
            "5 min",
            "2h",
            "00:05:00",
            "5:00",
            "10 apples",
            "5  Minutes",
            "1day",
            "12",
            "99999999999 s",
            "300\u{A0}seconds",
            "5 minutess",
            "1:2:3:4",
            "３ hrs",
            ":5:00",
        ],
        "address" => {
            &["ann@example.com", "<Ann@Example.com>", "\"over quota\"@full.example", "ann@", "@x.example", "a@b@c.d"]
        }
        _ => &["ib607_x-1", "x", "_", "容量", "-", "a b", "Straße", "é_é", "x\u{301}"],
    }
}

/// Changes a text a little, as servers, logs and chance do.
pub(super) fn blur(text: &mut String, choices: &mut Choices) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = choices.one_of(&places);
    let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    match choices.below(18) {
        0 => text.insert(at, 'x'),
        1 => text.insert(at, '_'),
        2 => text.insert(at, '量'),
        3 => text.insert(at, ' '),
        4 => drop(text.drain(at..end)),
        5 => *text = text.to_uppercase(),
        6 => *text = text.to_lowercase(),
        7 => *text = text.replace('\'', "’").replace('"', "”").replace('-', "–"),
        8 => text.insert_str(at, "\u{200B}"),
        9 => *text = text.chars().map(wide).collect(),
        10 => *text = text.replace(' ', "\r\n "),
        11 => text.insert(0, 'x'),
        12 => text.push('x'),
        13 => text.push_str("_x"),
        14 => text.insert_str(0, "量"),
        15 => text.insert_str(at, "\u{301}"),
        16 => text.insert_str(at, "@x.example "),
        _ => text.insert_str(at, "\0"),
    }
}

/// The same letter, as wide as a Han character.
fn wide(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xFEE0).unwrap_or(c) } else { c }
}
