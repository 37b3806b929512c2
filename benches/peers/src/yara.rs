//! YARA-X: a rule for each pattern, and which of them match.

use super::{Kind, Peer, Reply, Rule};
use std::fmt::Write;
use yara_x::{Compiler, Rules, Scanner};

pub(super) struct Yara {
    scanner: Scanner<'static>,
}

impl Yara {
    pub(super) fn new(all: &[Rule]) -> Result<Yara, String> {
        let mut source = String::new();
        for (n, rule) in all.iter().filter(|rule| rule.kind != Kind::Veto).enumerate() {
            let strings = match rule.kind != Kind::Literal {
                true => format!("/{}/ nocase", rule.text.replace('/', "\\/")),
                false => format!("\"{}\" nocase", rule.text.replace('\\', "\\\\").replace('"', "\\\"")),
            };
            writeln!(source, "rule r{n} {{ strings: $a = {strings} condition: $a }}").map_err(|e| e.to_string())?;
        }
        let mut compiler = Compiler::new();
        compiler.add_source(source.as_str()).map_err(|error| error.to_string())?;
        // The scanner borrows them until the process ends.
        let rules: &'static Rules = Box::leak(Box::new(compiler.build()));
        let mut scanner = Scanner::new(rules);
        // One place where a pattern matches is enough.
        scanner.fast_scan(true);
        Ok(Yara { scanner })
    }
}

impl Peer for Yara {
    fn matched(&mut self, replies: &[Reply]) -> usize {
        let mut matched = 0;
        for reply in replies {
            let results = self.scanner.scan(&reply.text).expect("a reply is scanned");
            matched += usize::from(results.matching_rules().len() > 0);
        }
        matched
    }
}
