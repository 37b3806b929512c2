//! Every code has its page, and the pages' examples do what they say; mistakes of syntax are
//! shown as the snapshots have them; no text at all breaks the parser.
#![cfg(feature = "cli")]

use carom::diagnostic::{Code, Diagnostic};
use carom::report::Color;
use carom::report::diagnostics::{Style, summary, text};
use carom::source::{Origin, SourceMap};
use carom::syntax::ast::{File, Item};
use carom::syntax::parse;
use carom::{Root, Time, check};
use proptest::prelude::*;

/// The time of all pages.
fn now() -> Time {
    "2026-06-01".parse().expect("a date")
}

/// What is found in a rule set of these files, of which the first is the root.
fn findings(files: &[(&str, &str)]) -> Vec<Code> {
    let Some((root, _)) = files.first() else { return Vec::new() };
    let folder = tempfile::tempdir().expect("a folder for the files");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file is written");
    }
    // A folder is read by its `root.carom`; what nothing uses is found there alone.
    let path = if *root == "root.carom" { folder.path().to_owned() } else { folder.path().join(root) };
    let checked = check::check(&Root::Path(path), now()).expect("the root is read");
    checked.findings.iter().map(Diagnostic::code).collect()
}

fn parsed(name: &str, text: &str) -> (SourceMap, File, Vec<Diagnostic>) {
    let mut sources = SourceMap::new();
    let id = sources.add(name, name, text.to_owned(), Origin::Site);
    let (file, diagnostics) = parse(&sources, id);
    (sources, file, diagnostics)
}

/// A page, taken apart.
#[derive(Default)]
struct Page {
    heading: String,
    cause: String,
    bad: Vec<(String, String)>,
    good: Vec<(String, String)>,
    /// Whether it has a ```` ```text ```` block: what no rule file can show.
    is_told: bool,
}

fn page(code: Code) -> Page {
    let mut page = Page::default();
    let mut lines = code.page().lines();
    page.heading = lines.next().unwrap_or_default().to_owned();
    let mut is_good = None;
    while let Some(line) = lines.next() {
        match (line, line.strip_prefix("```")) {
            ("Bad:", _) => is_good = Some(false),
            ("Good:", _) => is_good = Some(true),
            (_, Some(info)) => {
                let text: String =
                    lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
                let (language, file) = info.split_once(' ').unwrap_or((info, "root.carom"));
                match (language, is_good) {
                    ("text", _) => page.is_told = true,
                    ("carom", Some(true)) => page.good.push((file.to_owned(), text)),
                    ("carom", Some(false)) => page.bad.push((file.to_owned(), text)),
                    _ => panic!("{code}: a block that is neither bad nor good: {info}"),
                }
            }
            _ if is_good.is_none() => page.cause.push_str(line),
            _ => {}
        }
    }
    page
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

#[test]
fn every_code_has_a_page() {
    for code in Code::ALL {
        let page = page(*code);
        assert_eq!(page.heading, format!("# {code}: {}", code.title()));
        assert!(page.cause.ends_with('.'), "{code}: the page says no cause");
        assert!(page.is_told || !page.bad.is_empty() && !page.good.is_empty(), "{code}: the page has no examples");
        assert!(code.page().ends_with('\n') && !code.page().contains("\n\n\n"), "{code}");
    }
}

#[test]
fn bad_examples_give_their_code_and_good_ones_nothing() {
    for code in Code::ALL {
        let page = page(*code);
        let expected: &[Code] = if page.is_told { &[] } else { &[*code] };
        assert_eq!(findings(&borrowed(&page.bad)), expected, "the bad example of {code}");
        assert_eq!(findings(&borrowed(&page.good)), [], "the good example of {code}");
    }
}

#[test]
fn codes_are_unique_and_in_order() {
    for pair in Code::ALL.windows(2) {
        assert!(pair[0].as_str() < pair[1].as_str(), "{} stands before {}", pair[0], pair[1]);
    }
    for code in Code::ALL {
        assert_eq!(code.as_str().parse(), Ok(*code));
        assert_eq!(code.as_str().len(), 5);
    }
}

#[test]
fn mistakes_are_shown() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases/diagnostics/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::glob!("cases/diagnostics/*.carom", |path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let (sources, _, diagnostics) = parsed(name, &std::fs::read_to_string(path).unwrap());
            let style = Style { color: Color::Never, width: 100 };
            let mut shown: Vec<String> = diagnostics.iter().map(|each| text(each, &sources, style)).collect();
            shown.push(if diagnostics.is_empty() { "nothing wrong".to_owned() } else { summary(&diagnostics) });
            let shown = shown.join("\n\n");
            for (diagnostic, fix) in diagnostics.iter().filter_map(|each| Some((each, each.suggestion()?))) {
                let mut mended = sources.file(fix.span.file).text.clone();
                mended.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
                let left = parsed(name, &mended).2;
                let same = left.iter().any(|other| other.span().start == diagnostic.span().start);
                assert!(left.len() <= diagnostics.len() && !same, "{name}: the fix mends nothing: {left:?}");
            }
            assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{name}");
            insta::assert_snapshot!("shown", shown);
        });
    });
}

/// Items that are in order, one of each kind; no line of one may be taken for the head of another.
const GOOD: &[&str] = &[
    "language 1\n",
    "use builtin\n",
    "profile google {\n    hosts \"*.google.com\"\n    retry 15m, 1h until 72h\n}\n",
    "phrases quota {\n    \"over quota\"\n    regex 'don''t' set list \"x\" see \"https://example.com/{ip}\"\n}\n",
    "reason full {\n    category soft, block # both\n    fault recipient\n    do retry 24h up to 5 times, alert\n}\n",
    "policy {\n    hard suppress\n    soft retry by profile, pause after 5 within 72h\n}\n",
    "rule full for google {\n    match code 452,\n        552\n    unless phrase \"try {n:number}\"\n    then full\n    \
     example \"452 full\" at rcpt on 2027-01-01\n}\n",
    "override wait {\n    match tenant \"acme\"\n    then deferred full\n    retry after {wait} else 5m\n}\n",
    "change google.full {\n    throttle host to 1 connection for 10m, suppress for 30d\n    \
     also throttle profile to 100/h for 1d, pause after 5 within 72h for 7d\n    until 2027-01-01\n}\n",
    "change profile google {\n    connections 2..5\n    charset \"gb18030\"\n}\n",
    "test \"a \\\"title\\\"\" {\n    reply \"452 full\" from \"mx.google.com\"\n    expect soft full by google.full\n}\n",
];

#[test]
fn nothing_gets_lost_on_the_way_to_the_tree() {
    let (_, file, diagnostics) = parsed("root.carom", &GOOD.concat());
    assert_eq!(diagnostics, []);
    // An empty word stands for a part that was not found.
    for item in &file.items {
        assert!(!format!("{item:?}").contains("text: \"\""), "{item:?}");
    }
}

/// Items that are out of order, each in one way.
const BAD: &[&str] = &[
    "rule full {\n    match code = 452\n}\n",
    "rule full {\n    macth code 452\n}\n",
    "rule full {\n    match phrase \"over quota\n    then full\n}\n",
    "rule full {\n    match code 452\n",
    "rule full {\n    match code 452;\n}\n",
    "rule full\n    match code 452\n}\n",
    "reason {\n    category soft\n}\n",
    "rule full {\n    match code 452\n}}\n",
    "profile google { hosts }\n",
    "language\n",
    "prfile google {\n    hosts \"mx.google.com\"\n}\n",
    "}\n",
    "\u{201C}\u{201D}\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in r#"([ -~\n]|\PC|rule|match|code|"|'|\{|\}|#|,| |\n|\r\n){0,200}"#) {
        shows_well(&text);
    }

    #[test]
    fn a_good_file_may_be_changed_anywhere(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3, any::<char>()), 1..8),
    ) {
        let mut chars: Vec<char> = GOOD.concat().chars().collect();
        for (at, kind, c) in edits {
            let at = at.index(chars.len());
            match kind {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, chars[at]),
                _ => chars.insert(at, c),
            }
        }
        shows_well(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn a_broken_item_costs_itself(
        items in prop::collection::vec(prop::sample::select(GOOD), 0..8),
        bad in prop::sample::select(BAD),
        at in any::<prop::sample::Index>(),
        blank in any::<bool>(),
    ) {
        let at = at.index(items.len() + 1);
        let mut texts = items.clone();
        texts.insert(at, bad);
        let (_, file, diagnostics) = parsed("root.carom", &texts.join(if blank { "\n" } else { "" }));
        prop_assert_eq!(diagnostics.len(), 1, "{:?}", diagnostics);
        let mut found = file.items;
        prop_assert_eq!(found.len(), texts.len());
        prop_assert!(matches!(found.remove(at), Item::Broken(_)));
        let expected: Vec<Item> = items.iter().flat_map(|text| parsed("root.carom", text).1.items).collect();
        prop_assert_eq!(found, expected);
    }
}

/// Reads a text and shows what was found in it; each finding points into the text.
fn shows_well(source: &str) {
    let (sources, _, diagnostics) = parsed("root.carom", source);
    for diagnostic in &diagnostics {
        assert!(!diagnostic.message().is_empty());
        assert!(!sources.text(diagnostic.span()).contains('\n'), "a place goes over several lines: {diagnostic:?}");
        let shown = text(diagnostic, &sources, Style { color: Color::Never, width: 80 });
        assert!(shown.contains(diagnostic.code().as_str()));
        carom::report::diagnostics::json(diagnostic, &sources);
    }
    carom::report::diagnostics::sarif(&diagnostics, &sources);
}
