//! Data flows one way: no folder of `src` uses one that stands above it.

use std::path::{Path, PathBuf};

/// The folders, from the ground up. Each may use those before it; what stands on one line may not use each other.
const LAYERS: &[&[&str]] = &[
    &["mix", "spelling", "spread"],
    &["source"],
    &["diagnostic"],
    &["reply"],
    &["syntax"],
    &["ruleset"],
    &["resolve"],
    &["table"],
    &["engine"],
    &["plugin"],
    &["settings"],
    &["signed"],
    &["proof"],
    &["check"],
    &["cover", "diff", "gaps", "survey"],
    &["live"],
    &["intake"],
    &["report"],
    &["serve"],
    &["cli"],
];

/// What a folder must not know although it stands lower: reading logs needs replies and no rules.
const APART: &[(&str, &[&str])] = &[(
    "intake",
    &[
        "source",
        "diagnostic",
        "syntax",
        "ruleset",
        "resolve",
        "table",
        "engine",
        "plugin",
        "settings",
        "signed",
        "proof",
        "check",
        "cover",
        "gaps",
        "diff",
        "survey",
    ],
)];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of src is read") {
        let path = entry.expect("an entry of src is read").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

/// The folders that a text names after `crate::`, and what the crate's own words stand for.
fn used(text: &str) -> Vec<String> {
    let of_reply = ["Duration", "EnhancedCode", "HostName", "Phase", "Reply", "ReplyCode", "Sender", "Time"];
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let names = match rest.strip_prefix('{') {
                Some(list) => list.split(['}', ',']).map(str::trim).collect(),
                None => vec![rest],
            };
            for name in names {
                let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
                let name = &name[..end];
                found.push(if of_reply.contains(&name) { "reply".to_owned() } else { name.to_owned() });
            }
        }
    }
    found
}

#[test]
fn data_flows_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let mut seen = 0;
    for path in all {
        let within = path.strip_prefix(&src).expect("a file of src");
        let folder = within.iter().next().and_then(|part| part.to_str()).unwrap_or_default();
        let own = folder.trim_end_matches(".rs");
        if matches!(own, "lib" | "main") {
            continue;
        }
        let here = layer(own).unwrap_or_else(|| panic!("{own} has no place among the layers: give it one"));
        let text = std::fs::read_to_string(&path).expect("a file of src is read");
        for name in used(&text).iter().filter(|name| *name != own) {
            let Some(there) = layer(name) else { continue };
            seen += 1;
            assert!(there < here, "{} uses `{name}`, which stands above it", within.display());
            let kept_apart = APART.iter().find(|(folder, _)| *folder == own).map_or(&[][..], |(_, from)| from);
            assert!(!kept_apart.contains(&name.as_str()), "{} uses `{name}`, which it must not know", within.display());
        }
    }
    assert!(seen > 50, "the test has seen the imports");
}

#[test]
fn every_folder_says_what_it_is_for() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for name in LAYERS.iter().copied().flatten() {
        let folder = src.join(name);
        if folder.is_dir() {
            let text = std::fs::read_to_string(folder.join("mod.rs")).expect("a folder has a mod.rs");
            assert!(text.starts_with("//! "), "{name}/mod.rs opens with its purpose");
            assert!(text.contains("\n//! Invariant: "), "{name}/mod.rs states its invariant");
        }
    }
}

#[test]
fn files_stay_readable() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    for path in all {
        let lines = std::fs::read_to_string(&path).expect("a file of src is read").lines().count();
        assert!(lines <= 500, "{} has {lines} lines: it has more than one subject", path.display());
    }
}

/// The compiler vouches for all files but one, which says why it need not.
#[test]
fn one_file_is_trusted() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let trusted = all.iter().filter(|path| {
        let text = std::fs::read_to_string(path).expect("a file of src is read");
        text.lines().any(|line| line.contains("unsafe_code") && !line.trim_start().starts_with("//"))
    });
    assert_eq!(trusted.collect::<Vec<_>>(), [&src.join("plugin/code.rs")]);
}
