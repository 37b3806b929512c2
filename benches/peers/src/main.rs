//! Runs one peer in a process of its own: `carom-peers hyperscan|yara-x PATTERNS REPLIES`.
//!
//! The peers need foreign code or hundreds of crates, which those who test or use Carom must not pay for. The
//! benchmark writes the patterns (`literal` or `regex`, a tab, the pattern) and the replies, one to a line. This
//! program compiles them and says `ready` with the nanoseconds that it took, or `skipped` with the reason. Then it
//! reads lines of two numbers, `FROM COUNT`, runs that stretch of the replies, and answers with two: the nanoseconds
//! and how many replies matched. So its rounds stand among the others' of the same run.

mod hyperscan;
#[cfg(feature = "yara-x")]
mod yara;

use std::io::{BufRead, Write};
use std::time::Instant;

/// What the benchmark wants matched.
struct Pattern {
    is_regex: bool,
    text: String,
}

/// A compiled set of patterns.
trait Peer {
    /// How many of the replies any pattern matches.
    fn matched(&mut self, replies: &[Vec<u8>]) -> usize;
}

fn compiled(name: &str, patterns: &[Pattern]) -> Result<Box<dyn Peer>, String> {
    match name {
        "hyperscan" => Ok(Box::new(hyperscan::Hyperscan::new(patterns)?)),
        #[cfg(feature = "yara-x")]
        "yara-x" => Ok(Box::new(yara::Yara::new(patterns)?)),
        #[cfg(not(feature = "yara-x"))]
        "yara-x" => Err("it does not build here".to_owned()),
        other => Err(format!("no peer is called `{other}`")),
    }
}

fn lines(path: &str) -> std::io::Result<Vec<Vec<u8>>> {
    Ok(std::fs::read(path)?.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect())
}

fn pattern(line: Vec<u8>) -> Result<Pattern, String> {
    let line = String::from_utf8(line).map_err(|error| error.to_string())?;
    match line.split_once('\t') {
        Some((kind @ ("literal" | "regex"), text)) => Ok(Pattern { is_regex: kind == "regex", text: text.to_owned() }),
        _ => Err(format!("no pattern: {line}")),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, patterns, replies] = arguments.as_slice() else {
        return Err("usage: carom-peers hyperscan|yara-x PATTERNS REPLIES".into());
    };
    let patterns: Vec<Pattern> = lines(patterns)?.into_iter().map(pattern).collect::<Result<_, _>>()?;
    let replies = lines(replies)?;
    let mut out = std::io::stdout().lock();
    let start = Instant::now();
    let mut peer = match compiled(name, &patterns) {
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
