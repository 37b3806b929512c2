//! Hostile replies: whatever a server says, a plugin answers, and answers alike.
//!
//! They are made of the plugin's own examples, cut, changed and drawn out at every place, and of what has broken readers
//! of replies before. Nothing is left to chance: the same plugin is asked the same.

use crate::engine::{Answer, Engine, Plugin, Question};
use crate::reply::Folded;
use crate::report::plain_bytes;
use crate::{Phase, Reply, ReplyCode, Time};
use std::ops::Range;

/// What was asked, and what was wrong with the answers.
#[derive(Debug, Default)]
pub(super) struct Conformance {
    /// How many replies it was asked about.
    pub(super) replies: usize,
    /// About how many it named a rule.
    pub(super) named: usize,
    /// What was wrong, with the reply.
    pub(super) complaints: Vec<Complaint>,
}

/// An answer that no plugin should give.
#[derive(Debug)]
pub(super) struct Complaint {
    /// The reply's beginning.
    pub(super) reply: String,
    pub(super) what: String,
}

/// Examples beyond these are not varied: by then all kinds have come.
const VARIED: usize = 24;

/// Places of a text that are cut and changed.
const PLACES: usize = 96;

/// The length that texts are drawn out to.
const LONG: usize = 64 << 10;

/// Asks a plugin about all replies, forth and back: `fresh` starts anew for each, `used` has answered the ones before.
pub(super) fn run(engine: &Engine, fresh: &dyn Plugin, used: &dyn Plugin) -> Conformance {
    let replies = replies(engine);
    let by_code = engine.rules().rules.iter().filter(|rule| rule.by_plugin);
    let names: Vec<&str> = by_code.filter_map(|rule| Some(rule.name.rsplit_once('.')?.1)).collect();
    let mut found = Conformance { replies: replies.len(), ..Conformance::default() };
    let ask = |plugin: &dyn Plugin, reply: &Reply| {
        let text = String::from_utf8_lossy(&reply.text);
        plugin.ask(&Question { reply, text: &text, folded: Folded::new(&text).text() })
    };
    let first: Vec<Answer> = replies.iter().map(|reply| ask(fresh, reply)).collect();
    for (reply, answer) in replies.iter().zip(&first) {
        match answer {
            Answer::Abstains => {}
            Answer::Fails(why) => found.complain(reply, why.clone()),
            Answer::Names { rule, .. } if names.contains(&rule.as_str()) => found.named += 1,
            Answer::Names { rule, .. } => {
                found.complain(reply, format!("it named `{rule}`, which is no rule without a `match` line"))
            }
        }
    }
    let numbers = 0..replies.len();
    let orders: [(&dyn Plugin, Vec<usize>, &str); 3] = [
        (fresh, numbers.clone().rev().collect(), "asked a second time, it answers otherwise"),
        (used, numbers.clone().collect(), "where it is used again, the answer depends on the replies before"),
        (used, numbers.rev().collect(), "where it is used again, the answer depends on the replies before"),
    ];
    let mut differs = vec![false; replies.len()];
    for (plugin, order, what) in orders {
        for n in order {
            // One complaint a reply; how exactly it fails may depend on what is left to it.
            if !differs[n] && !matches!(first[n], Answer::Fails(_)) && ask(plugin, &replies[n]) != first[n] {
                differs[n] = true;
                found.complain(&replies[n], what.to_owned());
            }
        }
    }
    found
}

impl Conformance {
    fn complain(&mut self, reply: &Reply, what: String) {
        let code = reply.code.map_or(String::new(), |code| format!("{code} "));
        let begin = &reply.text[..reply.text.len().min(60)];
        let end =
            if begin.len() < reply.text.len() { format!("… ({} bytes)", reply.text.len()) } else { String::new() };
        self.complaints.push(Complaint { reply: format!("{code}{}{end}", plain_bytes(begin)), what });
    }
}

fn replies(engine: &Engine) -> Vec<Reply> {
    let rules = engine.rules();
    let is_plugins = |span: crate::source::Span| rules.sources.file(span.file).origin == crate::source::Origin::Plugin;
    let examples = rules.rules.iter().filter(|rule| is_plugins(rule.span)).flat_map(|rule| &rule.examples);
    let tests = rules.tests.iter().filter(|test| is_plugins(test.span)).flat_map(|test| &test.replies);
    let mut own: Vec<Reply> = Vec::new();
    for example in examples.chain(tests) {
        // A test often asks again what an example has.
        if !own.contains(&example.reply) {
            own.push(example.reply.clone());
        }
    }
    let mut made = general();
    for reply in own.iter().take(VARIED) {
        around(reply, &mut made);
        texts(reply, &mut made);
    }
    made.extend(own.into_iter().skip(VARIED));
    made
}

fn with_text(reply: &Reply, text: Vec<u8>) -> Reply {
    Reply { text, ..reply.clone() }
}

/// Texts that belong to no provider.
fn general() -> Vec<Reply> {
    let plain = Reply::parse("550 5.7.1 ");
    let long = |unit: &str| unit.repeat(LONG / unit.len()).into_bytes();
    let texts: Vec<Vec<u8>> = vec![
        Vec::new(),
        b" ".to_vec(),
        b"\0".to_vec(),
        (0..=0x1f).collect(),
        (0..=0xff).collect(),
        vec![0xff; 16],
        b"\xc3".to_vec(),
        b"\xed\xa0\x80\xf4\x90\x80\x80".to_vec(),
        "\u{202e}\u{200b}\u{feff}\u{2028}\u{1b}[2J\u{9b}31m".as_bytes().to_vec(),
        "e\u{301}\u{fb01}\u{1f1e9}\u{1f1ea}ΑΣς İı ＦＵＬＬ 容量".as_bytes().to_vec(),
        b"<ann@example.com> \x01 @ @@ a@".to_vec(),
        b"\"\\{}*'`$(x) %s%n {wait} </script>".to_vec(),
        b"\r\n.\r\n550 5.1.1 no\r\n".to_vec(),
        long("a"),
        long("9"),
        long(" "),
        long("{[("),
        long("\\\""),
        long("é"),
        long("容"),
        vec![0; LONG],
        vec![0xff; LONG],
    ];
    let mut made: Vec<Reply> = texts.into_iter().map(|text| with_text(&plain, text)).collect();
    made.push(Reply::default());
    for code in [200, 211, 250, 354, 400, 421, 499, 500, 550, 599] {
        made.push(Reply { code: ReplyCode::new(code), ..Reply::default() });
    }
    made
}

/// The same text, with all that may be known or not known around it.
fn around(reply: &Reply, made: &mut Vec<Reply>) {
    made.push(reply.clone());
    made.push(Reply { text: reply.text.clone(), ..Reply::default() });
    made.push(Reply { text: Vec::new(), ..reply.clone() });
    made.extend(Phase::ALL.map(|phase| Reply { phase: Some(phase), ..reply.clone() }));
    for host in ["mx.elsewhere.example", "xn--mnchen-3ya.example"] {
        made.push(reply.clone().from_host(host));
    }
    made.push(Reply { host: None, domain: None, ..reply.clone() });
    for code in [250, 421, 550] {
        made.push(Reply { code: ReplyCode::new(code), ..reply.clone() });
    }
    made.push(Reply { time: None, ..reply.clone() });
    for seconds in [i64::MIN, -1, 0, 1, 951_782_400, 253_402_300_800, i64::MAX] {
        made.push(Reply { time: Some(Time::from_unix(seconds)), ..reply.clone() });
    }
}

/// The text cut, changed and drawn out.
fn texts(reply: &Reply, made: &mut Vec<Reply>) {
    let text = &reply.text;
    let step = text.len().div_ceil(PLACES).max(1);
    let mut push = |text: Vec<u8>| made.push(with_text(reply, text));
    let replaced = |range: Range<usize>, by: &[u8]| [&text[..range.start], by, &text[range.end..]].concat();
    const INSTEAD: [u8; 8] = [b' ', b'0', b'9', b'z', b'{', 0, 0x80, 0xff];
    for (n, at) in (0..text.len()).step_by(step).enumerate() {
        push(text[..at].to_vec());
        push(text[at..].to_vec());
        push(replaced(at..at + 1, &[INSTEAD[n % INSTEAD.len()]]));
        push(replaced(at..at + 1, &[]));
        push(replaced(at..at, &[text[at]]));
    }
    for digits in numbers(text) {
        for number in ["", "0", "00", "-1", "1.5", "4294967296", "9223372036854775808", "99999999999999999999999999"] {
            push(replaced(digits.clone(), number.as_bytes()));
        }
        push(replaced(digits.clone(), &b"9".repeat(4_096)));
        push(replaced(digits, "٣".as_bytes()));
    }
    push([&text[..], b" ", text].concat());
    push(text.to_ascii_uppercase());
    push(text.to_ascii_lowercase());
    if !text.is_empty() {
        push(text.repeat(LONG / text.len()));
        push([&text[..], &b"x".repeat(LONG)].concat());
        push([&b"x".repeat(LONG), &text[..]].concat());
    }
}

/// The runs of digits of a text, up to a few.
fn numbers(text: &[u8]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..text.len()).filter(|at| text[*at].is_ascii_digit()) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs.truncate(8);
    runs
}
