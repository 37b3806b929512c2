//! Runs one peer in a process of its own: `carom-peers hyperscan|hyperscan-edges|yara-x RULES REPLIES`.
//!
//! The peers need foreign code or hundreds of crates, which those who test or use Carom must not pay for. The
//! benchmark writes the rules and the replies, one to a line, with tabs between their parts. This
//! program compiles the rules and says `ready` with the nanoseconds that it took, or `skipped` with the reason. Then it
//! reads lines of two numbers, `FROM COUNT`, runs that stretch of the replies, and answers with two: the nanoseconds
//! and how many replies matched. So its rounds stand among the others' of the same run.

mod hyperscan;
#[cfg(feature = "yara-x")]
mod yara;

use std::io::{BufRead, Write};
use std::time::Instant;

/// A rule, as far as peers need it.
struct Rule {
    kind: Kind,
    text: String,
    conditions: Conditions,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Matches its own letters.
    Literal,
    /// An expression: a phrase with gaps, or the author's own.
    Regex,
    /// No rule, but what rules name in `unless`.
    Veto,
}

/// What a rule asks for besides its phrase.
#[derive(Clone, Copy)]
struct Conditions {
    code: u16,
    /// The enhanced code's class, or zero where any will do.
    class: u16,
    profile: Option<u32>,
    /// The veto's place behind all rules.
    unless: Option<u32>,
}

/// A reply, read and in small letters.
struct Reply {
    code: u16,
    class: u16,
    profile: Option<u32>,
    text: Vec<u8>,
}

/// A compiled set of rules.
trait Peer {
    /// How many of the replies any rule matches.
    fn matched(&mut self, replies: &[Reply]) -> usize;
}

fn compiled(name: &str, rules: &[Rule]) -> Result<Box<dyn Peer>, String> {
    match name {
        "hyperscan" => Ok(Box::new(hyperscan::Hyperscan::new(rules, false)?)),
        "hyperscan-edges" => Ok(Box::new(hyperscan::Hyperscan::new(rules, true)?)),
        #[cfg(feature = "yara-x")]
        "yara-x" => Ok(Box::new(yara::Yara::new(rules)?)),
        #[cfg(not(feature = "yara-x"))]
        "yara-x" => Err("it does not build here".to_owned()),
        other => Err(format!("no peer is called `{other}`")),
    }
}

/// The lines of a file, each read by `read` from its parts.
fn lines<T>(path: &str, read: impl Fn(&[&str]) -> Option<T>) -> Result<Vec<T>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let one = |line: &str| read(&line.split('\t').collect::<Vec<_>>()).ok_or_else(|| format!("not understood: {line}"));
    text.lines().map(one).collect()
}

fn rule(parts: &[&str]) -> Option<Rule> {
    let [kind, code, class, profile, unless, text] = parts else { return None };
    let kind = match *kind {
        "literal" => Kind::Literal,
        "regex" => Kind::Regex,
        "veto" => Kind::Veto,
        _ => return None,
    };
    let (code, class) = (code.parse().ok()?, class.parse().ok()?);
    let conditions = Conditions { code, class, profile: profile.parse().ok(), unless: unless.parse().ok() };
    Some(Rule { kind, text: (*text).to_owned(), conditions })
}

fn reply(parts: &[&str]) -> Option<Reply> {
    let [code, class, profile, text] = parts else { return None };
    let (code, class) = (code.parse().ok()?, class.parse().ok()?);
    Some(Reply { code, class, profile: profile.parse().ok(), text: text.as_bytes().to_vec() })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, rules, replies] = arguments.as_slice() else {
        return Err("usage: carom-peers hyperscan|hyperscan-edges|yara-x RULES REPLIES".into());
    };
    let (rules, replies) = (lines(rules, rule)?, lines(replies, reply)?);
    let mut out = std::io::stdout().lock();
    let start = Instant::now();
    let mut peer = match compiled(name, &rules) {
        Ok(peer) => peer,
        Err(reason) => {
            writeln!(out, "skipped {}", reason.replace('\n', " "))?;
            return Ok(());
        }
    };
    writeln!(out, "ready {}", start.elapsed().as_nanos())?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (from, count) = line.split_once(' ').ok_or("two numbers are read: FROM COUNT")?;
        let (from, count): (usize, usize) = (from.parse()?, count.parse()?);
        let part = replies.get(from..from + count).ok_or("there are not so many replies")?;
        let start = Instant::now();
        let matched = peer.matched(part);
        writeln!(out, "{} {matched}", start.elapsed().as_nanos())?;
        out.flush()?;
    }
    Ok(())
}
