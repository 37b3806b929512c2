//! Every example of the reference is a whole file that loads without a word and whose examples hold.

use carom::diagnostic::Diagnostic;
use carom::{Engine, Root, check};

#[test]
fn examples_of_the_reference_hold() {
    let page = include_str!("../docs/language.md");
    let mut count = 0;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line != "```carom" {
            continue;
        }
        let text: String = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .flat_map(|line| [line, "\n"])
            .collect();
        let place = format!("the example at docs/language.md:{}", number + 1);
        let root = Root::Texts(vec![("root.carom".to_owned(), text)]);
        let (rules, diagnostics) = check::check(&root).expect("a root in memory is read");
        let shown: Vec<String> = diagnostics.iter().map(|each| each.one_line(&rules.sources).to_string()).collect();
        assert!(shown.is_empty(), "{place}: {shown:#?}");
        let engine = Engine::load(&root).unwrap_or_else(|error| panic!("{place}: {error}"));
        let failures = engine.test().failures;
        let shown: Vec<String> =
            failures.iter().map(|each: &Diagnostic| each.one_line(&engine.rules().sources).to_string()).collect();
        assert!(shown.is_empty(), "{place}: {shown:#?}");
        count += 1;
    }
    assert!(count >= 10, "the reference has examples");
}
