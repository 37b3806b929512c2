//! What `carom check` finds in small files, each with one kind of fault; every replacement that it offers mends what it
//! is offered for.
#![cfg(feature = "cli")]

use carom::check::{Checked, check};
use carom::diagnostic::{Code, Diagnostic};
use carom::report::Color;
use carom::report::diagnostics::{Style, text};
use carom::{Root, Time};

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

#[test]
fn replacements_mend() {
    let mut count = 0;
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/lints")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "carom") {
            let name = path.file_name().unwrap().to_str().unwrap();
            count += mends(name, &std::fs::read_to_string(&path).unwrap());
        }
    }
    assert!(count > 20, "{count} replacements were tried");
}
