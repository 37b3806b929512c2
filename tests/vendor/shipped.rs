//! The plugins of the tree: each is built, looked into and tested.

use crate::{done, has, json, nested, tree};
use std::path::{Path, PathBuf};

/// What a plugin may import, and nothing else.
const LOG: &str = "carom:plugin/host@1.0.0";

/// A plugin of `plugins/`, built into a folder of the tests.
fn built(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shipped");
    std::fs::create_dir_all(&folder).expect("a folder for what is built");
    let (file, target) = (folder.join(format!("{name}.wasm")), folder.join("target"));
    let shown = |path: &Path| path.to_str().expect("a path of UTF-8").to_owned();
    let source = shown(&tree().join("plugins").join(name));
    let (file_text, target) = (shown(&file), shown(&target));
    done(&folder, &["plugin", "build", &source, "--output", &file_text, "--", "--locked", "--target-dir", &target]);
    file
}

fn holds(name: &str, file: &Path, largest: u64) {
    let folder = tree();
    let file = file.to_str().expect("a path of UTF-8");
    let seen = json(&folder, &["plugin", "inspect", "--json", file]);
    assert_eq!(seen["plugin"], name, "{seen}");
    let imports = seen["imports"].as_array().expect("a list");
    assert!(imports.iter().all(|import| import == LOG), "{name} imports {imports:?}");
    assert_eq!(seen["exports"], serde_json::json!(["carom:plugin/provider@1.0.0"]), "{name}");
    assert!(seen["bytes"].as_u64().is_some_and(|bytes| bytes <= largest), "{name}: {}", seen["bytes"]);
    assert!(seen["refused"].is_null(), "{seen}");
    let tested = json(&folder, &["plugin", "test", "--json", file]);
    assert_eq!(tested["findings"], serde_json::json!([]), "{name}");
    assert_eq!(tested["complaints"], serde_json::json!([]), "{name}");
    assert_eq!(tested["unshown"], serde_json::json!([]), "{name}");
    for what in ["examples", "tests", "named"] {
        assert!(tested[what].as_u64() > Some(1), "{name} has {what}: {tested}");
    }
    assert!(tested["replies"].as_u64() > Some(500), "{name}: {tested}");
    assert_eq!(tested["suppresses"], name == "parcel");
}

#[test]
fn tidewater() {
    holds("tidewater", &built("tidewater"), 64 << 10);
}

#[test]
fn parcel() {
    holds("parcel", &built("parcel"), 64 << 10);
}

#[test]
fn quarry() {
    if !has("clang") || !has("wasm-ld") {
        eprintln!("not tested: clang and wasm-ld are not here (apt-get install clang lld)");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("quarry");
    let mut build = nested(tree().join("plugins/quarry/build").to_str().expect("a path of UTF-8"), &tree());
    let status = build.arg(&folder).env("CAROM", env!("CARGO_BIN_EXE_carom")).status().expect("the script runs");
    assert!(status.success(), "it is built");
    holds("quarry", &folder.join("quarry.wasm"), 16 << 10);
}

/// Every folder of `plugins/` with rules has its test here, and says why it is needed.
#[test]
fn none_is_forgotten() {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(tree().join("plugins")).expect("the folder is read") {
        let path = entry.expect("an entry is read").path();
        if path.join("rules.carom").is_file() {
            let readme = std::fs::read_to_string(path.join("README.md")).expect("each has a README");
            assert!(readme.contains("**Why the language cannot do it.**"), "{}", path.display());
            found.push(path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned());
        }
    }
    found.sort();
    assert_eq!(found, ["parcel", "quarry", "tidewater"]);
}

#[test]
fn the_guest_library_passes_its_own_tests() {
    let folder = tree().join("plugins");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("natively");
    let mut cargo = nested("cargo", &folder);
    let output = cargo.args(["test", "--quiet", "--locked", "--target-dir"]).arg(&target).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
