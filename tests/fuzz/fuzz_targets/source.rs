//! Any text as a rule file: parsed, resolved and checked; what loads is asked for a verdict.
#![no_main]

use carom::resolve::Root;
use carom::source::{Origin, SourceMap};
use carom::{Engine, Reply, Time, check, syntax};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::new();
    let id = sources.add("root.carom", "root.carom", text.to_owned(), Origin::Site);
    syntax::parse(&sources, id);

    // The library with its hundreds of rules would take nearly all of the time.
    if text.contains("builtin") {
        return;
    }
    let root = Root::Texts(vec![("root.carom".to_owned(), text.to_owned())]);
    let check::Checked { rules, findings, .. } = check::check(&root, Time::from_unix(0)).expect("the root is there");
    for diagnostic in &findings {
        let file = rules.sources.file(diagnostic.span().file);
        let (start, end) = (diagnostic.span().start as usize, diagnostic.span().end as usize);
        assert!(file.text.get(start..end).is_some(), "a place in the file: {}", diagnostic.one_line(&rules.sources));
    }
    // An example that does not hold is an error, too, but the rules can be used.
    let refuses = |code: &str| code.starts_with('E') && !code.starts_with("E008");
    let wrong = findings.iter().any(|finding| refuses(finding.code().as_str()));
    match Engine::load(&root) {
        Ok(engine) => {
            assert!(!wrong);
            engine.classify(&Reply::parse(text));
        }
        Err(error) => assert!(wrong, "{error}"),
    }
});
