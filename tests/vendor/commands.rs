//! The way of a vendor, from `new` to `verify`, and what is said on the way when something is wrong.

use crate::{carom, done, json, nested};
use std::path::Path;

fn made(folder: &Path, name: &str) {
    done(folder, &["plugin", "new", name]);
}

#[test]
fn from_new_to_verify() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    made(folder, "acme");
    let again = carom(folder, &["plugin", "new", "acme"]);
    assert_eq!((again.status, again.errors.as_str()), (2, "error: acme exists: name another, or take it away first\n"));

    let native =
        nested("cargo", &folder.join("acme")).args(["test", "--quiet", "--offline"]).output().expect("cargo runs");
    assert!(native.status.success(), "{}", String::from_utf8_lossy(&native.stderr));
    assert!(String::from_utf8_lossy(&native.stdout).contains("2 passed"), "its own tests are run");

    let built = done(folder, &["plugin", "build", "acme", "--", "--offline"]);
    assert!(built.starts_with("made acme/acme.wasm: acme 0.1.0, "), "{built}");
    let tested = json(folder, &["plugin", "test", "--json", "acme/acme.wasm"]);
    assert_eq!(tested["findings"], serde_json::json!([]));
    assert_eq!(tested["complaints"], serde_json::json!([]));
    assert_eq!((&tested["examples"], &tested["tests"]), (&2.into(), &2.into()));
    let rules = done(folder, &["plugin", "inspect", "acme/acme.wasm", "--rules"]);
    assert_eq!(rules, std::fs::read_to_string(folder.join("acme/rules.carom")).expect("its rules"));

    done(folder, &["plugin", "keygen", "-W", "acme.key"]);
    done(folder, &["plugin", "keygen", "-W", "other.key"]);
    let lost = carom(folder, &["plugin", "keygen", "-W", "acme.key"]);
    assert_eq!(lost.status, 2, "a key is never written over");
    done(folder, &["plugin", "sign", "acme/acme.wasm", "--key", "acme.key"]);
    let verified = done(folder, &["plugin", "verify", "acme/acme.wasm", "--key", "acme.key.pub"]);
    assert_eq!(verified, "acme/acme.wasm: the signature holds, for acme 0.1.0\n");
    let public = std::fs::read_to_string(folder.join("acme.key.pub")).expect("the public key");
    done(folder, &["plugin", "verify", "acme/acme.wasm", "--key", public.lines().nth(1).expect("the key itself")]);
    let seen = done(folder, &["plugin", "inspect", "acme/acme.wasm"]);
    assert!(seen.contains("not verified: carom plugin acme 0.1.0"), "{seen}");

    let refused = |arguments: &[&str], why: &str| {
        let said = carom(folder, arguments);
        assert_eq!((said.status, said.out), (1, format!("acme/acme.wasm: {why}\n")), "{}", said.errors);
    };
    let not_by_this_key = "its signature is not of this file by this key";
    let by = |key| ["plugin", "verify", "acme/acme.wasm", "--key", key];
    refused(&by("other.key.pub"), not_by_this_key);
    // Signed by the right key, and for another file.
    let manifest = std::fs::read_to_string(folder.join("acme/Cargo.toml")).expect("its manifest");
    std::fs::write(folder.join("acme/Cargo.toml"), manifest.replace("0.1.0", "0.2.0")).expect("a new version");
    done(folder, &["plugin", "build", "acme"]);
    refused(&by("acme.key.pub"), not_by_this_key);
    // The comment is part of what is signed.
    done(folder, &["plugin", "sign", "acme/acme.wasm", "--key", "acme.key"]);
    let signature = folder.join("acme/acme.wasm.minisig");
    let text = std::fs::read_to_string(&signature).expect("the signature");
    std::fs::write(&signature, text.replace("acme 0.2.0", "acme 0.9.0")).expect("it is changed");
    refused(&by("acme.key.pub"), not_by_this_key);
}

/// An older version's name and number cannot be passed off as this one's.
#[test]
fn a_signature_says_what_it_is_for() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    made(folder, "acme");
    done(folder, &["plugin", "build", "acme"]);
    let pair = minisign::KeyPair::generate_unencrypted_keypair().expect("a pair of keys");
    let bytes = std::fs::read(folder.join("acme/acme.wasm")).expect("the plugin");
    let signed =
        minisign::sign(None, &pair.sk, &bytes[..], Some("carom plugin acme 0.0.9"), None).expect("a signature");
    std::fs::write(folder.join("acme/acme.wasm.minisig"), signed.into_string()).expect("it is written");
    let said = carom(folder, &["plugin", "verify", "acme/acme.wasm", "--key", &pair.pk.to_base64()]);
    let why = "it says that it is acme 0.1.0, and was signed as acme 0.0.9";
    assert_eq!((said.status, said.out), (1, format!("acme/acme.wasm: {why}\n")), "{}", said.errors);
}

/// A plugin with one of each fault that the conformance suite looks for.
const FAULTY: &str = r##"
use carom_plugin::{Description, Plugin, Reply, Verdict};
use std::sync::atomic::{AtomicU32, Ordering};

pub struct Provider;

static ASKED: AtomicU32 = AtomicU32::new(0);

impl Plugin for Provider {
    fn describe() -> Description {
        Description::new("faulty", "0.1.0").host("*.faulty.example").rules(
            "rule a for faulty {\n then rate-limited\n example \"450 wait 5\"\n}\nrule b for faulty {\n then rate-limited\n}\n",
        )
    }

    fn classify(reply: &Reply) -> Option<Verdict> {
        if reply.text.contains('\0') {
            return Some(Verdict::rule("none-of-its-rules"));
        }
        if reply.text.starts_with("waitz") || reply.text.contains("wait 0") {
            panic!("a wait of 0");
        }
        let asked = ASKED.fetch_add(1, Ordering::Relaxed);
        let verdict = Verdict::rule("a").field("asked", asked.to_string());
        reply.text.starts_with("wait").then_some(verdict)
    }
}

carom_plugin::export!(Provider);
"##;

#[test]
fn hostile_replies_find_what_is_wrong() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    made(folder, "faulty");
    std::fs::write(folder.join("faulty/src/lib.rs"), FAULTY).expect("its source");
    done(folder, &["plugin", "build", "faulty"]);
    let said = carom(folder, &["plugin", "test", "--json", "faulty/faulty.wasm"]);
    assert_eq!(said.status, 1, "{}{}", said.out, said.errors);
    let tested: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let complaints = tested["complaints"].as_array().expect("a list");
    for what in [
        "it named `none-of-its-rules`, which is no rule without a `match` line",
        "it panicked or gave up",
        "where it is used again, the answer depends on the replies before",
    ] {
        assert!(
            complaints.iter().any(|complaint| complaint["what"].as_str().is_some_and(|said| said.starts_with(what))),
            "{what}: {complaints:?}"
        );
    }
    assert_eq!(tested["unshown"], serde_json::json!(["faulty.b"]));
    let shown = carom(folder, &["plugin", "test", "faulty/faulty.wasm"]);
    assert!(
        shown.out.contains("a wait of 0`)") && shown.out.contains("complaints") && shown.out.contains("… and "),
        "{}",
        shown.out
    );
    assert!(shown.out.contains("note: nothing shows that `faulty.b` is ever named"), "{}", shown.out);
}

#[test]
fn rules_that_are_wrong_are_shown_where_they_are() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    made(folder, "acme");
    let rules = folder.join("acme/rules.carom");
    let text = std::fs::read_to_string(&rules).expect("its rules");
    std::fs::write(&rules, text.replace("then     mailbox-full", "then     mailbox-ful")).expect("a misspelt reason");
    let said = carom(folder, &["plugin", "test", "acme"]);
    assert_eq!(said.status, 1, "{}", said.errors);
    assert!(said.out.contains("plugin acme:") && said.out.contains("did you mean `mailbox-full`?"), "{}", said.out);
    std::fs::write(&rules, text.replace("wait \"15m\"", "wait \"16m\"")).expect("a wrong test");
    let said = carom(folder, &["plugin", "test", "acme"]);
    assert_eq!(said.status, 1, "{}", said.errors);
    assert!(said.out.contains("the field `wait` is \"15m\"") && said.out.contains("1 failed"), "{}", said.out);
}

#[test]
fn what_is_no_plugin_is_told() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path();
    let core = b"\0asm\x01\0\0\0";
    std::fs::write(folder.join("core.wasm"), core).expect("a module with nothing in it");
    std::fs::write(folder.join("cut.wasm"), &core[..6]).expect("half a module");
    let error = |arguments: &[&str]| {
        let said = carom(folder, arguments);
        assert_eq!((said.status, said.out.as_str()), (2, ""), "{arguments:?}");
        said.errors
    };
    let missing = error(&["plugin", "build", "core.wasm"]);
    assert!(
        missing.starts_with("error: core.wasm does not become a plugin: it is no module of this world"),
        "{missing}"
    );
    assert!(missing.contains("describe"), "{missing}");
    assert_eq!(
        error(&["plugin", "build", "cut.wasm"]),
        "error: cut.wasm does not become a plugin: it is no WebAssembly module\n"
    );
    assert_eq!(
        error(&["plugin", "test", "core.wasm"]),
        "error: core.wasm is a core module: make a plugin of it by `carom plugin build core.wasm`\n"
    );
    assert_eq!(error(&["plugin", "inspect", "cut.wasm"]), "error: cut.wasm is no WebAssembly component\n");
    assert!(error(&["plugin", "build", "nosuch"]).contains("nosuch: there is no such file"));
    assert!(error(&["plugin", "build", "."]).contains("has no Cargo.toml"));
}
