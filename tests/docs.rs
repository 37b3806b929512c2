//! Every example of the reference is a whole file that loads without a word and whose examples hold.

use carom::{Root, Time, check};

#[test]
fn examples_of_the_reference_hold() {
    let page = include_str!("../docs/language.md");
    // Before the end of all that the examples say for a time.
    let now: Time = "2026-02-01".parse().expect("a date");
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
        let checked = check::check(&root, now).expect("a root in memory is read");
        let sources = &checked.rules.sources;
        let shown: Vec<String> = checked.findings.iter().map(|each| each.one_line(sources).to_string()).collect();
        assert!(shown.is_empty(), "{place}: {shown:#?}");
        count += 1;
    }
    assert!(count >= 10, "the reference has examples");
}
