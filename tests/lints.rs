//! What `carom check` finds in small files, each with one kind of fault; every replacement that it offers mends what it
//! is offered for.
#![cfg(feature = "cli")]

use carom::check::{Checked, check};
use carom::diagnostic::{Code, Diagnostic};
use carom::report::Color;
use carom::report::diagnostics::{Style, text};
use carom::{Root, Time};
use proptest::prelude::*;

fn checked(name: &str, text: &str) -> Checked {
    let root = Root::Texts(vec![(name.to_owned(), text.to_owned())]);
    check(&root, "2026-06-01".parse::<Time>().expect("a date")).expect("a root in memory is read")
}

fn of_code(findings: &[Diagnostic], code: Code) -> usize {
    findings.iter().filter(|finding| finding.code() == code).count()
}

/// Every replacement takes away the finding that offers it, and leaves a file that loads.
fn mends(name: &str, source: &str) -> usize {
    let Checked { findings, rules, .. } = checked(name, source);
    let fixes: Vec<_> = findings.iter().filter_map(|each| Some((each, each.suggestion()?))).collect();
    for (finding, fix) in &fixes {
        assert_eq!(rules.sources.file(fix.span.file).text, source, "{name}: the fix is in the file");
        let mut mended = source.to_owned();
        mended.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
        let left = checked(name, &mended).findings;
        let code = finding.code();
        let of_loading = |each: &&Diagnostic| each.code() < Code::E0080;
        assert!(of_code(&left, code) < of_code(&findings, code), "{name}: {finding:?} leaves {left:#?}");
        assert_eq!(left.iter().find(of_loading), None, "{name}: {finding:?}");
    }
    fixes.len()
}

#[test]
fn faults_are_found() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases/lints/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::glob!("cases/lints/*.carom", |path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let source = std::fs::read_to_string(path).unwrap();
            let Checked { rules, findings, undecided } = checked(name, &source);
            assert_eq!(undecided, 0, "{name}");
            let style = Style { color: Color::Never, width: 160 };
            let shown: Vec<String> = findings.iter().map(|each| text(each, &rules.sources, style)).collect();
            insta::assert_snapshot!("shown", shown.join("\n\n"));
        });
    });
}

/// All of the small files.
fn cases() -> Vec<(String, String)> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/lints")).unwrap();
    let files =
        folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "carom"));
    files
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn replacements_mend() {
    let count: usize = cases().iter().map(|(name, source)| mends(name, source)).sum();
    assert!(count > 20, "{count} replacements were tried");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_edited_is_looked_at_and_places_are_right(
        case in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3, prop_oneof![any::<char>(), Just('\''), Just('*'), Just('(')]), 1..4),
    ) {
        let cases = cases();
        let (name, source) = case.get(&cases);
        let mut chars: Vec<char> = source.chars().collect();
        for (at, kind, c) in edits {
            let at = at.index(chars.len());
            match kind {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, chars[at]),
                _ => chars[at] = c,
            }
        }
        let Checked { rules, findings, .. } = checked(name, &chars.into_iter().collect::<String>());
        for finding in &findings {
            let fix = finding.suggestion().map(|fix| fix.span);
            for span in finding.others().iter().map(|(span, _)| *span).chain([finding.span()]).chain(fix) {
                let text = &rules.sources.file(span.file).text;
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{:?}", finding);
            }
        }
    }
}
