//! What settings grant, and what they refuse.

use crate::attacks::{plain, with_rules};
use crate::compiler;
use carom::Engine;
use carom::Root;
use carom::diagnostic::Code;
use carom::plugin::{digest, trusted_comment};
use carom::settings::Settings;
use minisign::KeyPair;
use std::fs;
use std::path::Path;

/// A folder with a plugin, signed, and settings.
struct Site {
    folder: tempfile::TempDir,
    keys: KeyPair,
}

impl Site {
    fn new(component: &[u8], comment: &str) -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = KeyPair::generate_unencrypted_keypair().expect("keys");
        let signature = minisign::sign(Some(&keys.pk), &keys.sk, component, Some(comment), None).expect("a signature");
        fs::write(folder.path().join("acme.wasm"), component).expect("a file");
        fs::write(folder.path().join("acme.wasm.minisig"), signature.into_string()).expect("a file");
        Site { folder, keys }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes the plugins in as these settings say; `KEY` stands for the key.
    fn admit(&self, settings: &str) -> Result<Vec<carom::settings::Admitted>, String> {
        let settings = format!("cache: cache\n{}", settings.replace("KEY", &self.keys.pk.to_base64()));
        let settings =
            Settings::parse(&self.path().join("carom.yaml"), &settings).map_err(|error| error.to_string())?;
        settings.admit(compiler()).map_err(|error| error.to_string())
    }

    fn refused(&self, settings: &str) -> String {
        let why = self.admit(settings).expect_err("it is refused");
        why.replace(&format!("{}/", self.path().display()), "")
    }
}

fn signed() -> Site {
    Site::new(&plain(), &trusted_comment("acme", "1.0.0"))
}

const SIGNED: &str =
    "keys:\n  acme: KEY\nplugins:\n  - file: acme.wasm\n    key: acme\n    hosts: \"*.acme.example\"\n";

#[test]
fn a_signed_plugin_is_taken_in() {
    let site = signed();
    let admitted = site.admit(SIGNED).expect("all is in order");
    assert_eq!(admitted[0].loaded.description.name, "acme");
    let pinned = format!("{SIGNED}    sha256: {}\n", digest(&plain()));
    assert_eq!(site.admit(&pinned).expect("it is the pinned one").len(), 1);
}

#[test]
fn a_missing_or_bad_signature_is_refused() {
    let site = signed();
    let other = KeyPair::generate_unencrypted_keypair().expect("keys");
    let foreign = SIGNED.replace("KEY", &other.pk.to_base64());
    assert_eq!(
        site.refused(&foreign),
        "carom.yaml: plugin `acme.wasm` is refused: its signature is not of this file by this key"
    );
    let mut component = plain();
    component.push(0);
    fs::write(site.path().join("acme.wasm"), component).expect("a file");
    assert!(site.refused(SIGNED).ends_with("its signature is not of this file by this key"));
    fs::write(site.path().join("acme.wasm.minisig"), "untrusted comment: none\n").expect("a file");
    assert!(site.refused(SIGNED).ends_with("its signature is none of minisign's"));
    fs::remove_file(site.path().join("acme.wasm.minisig")).expect("it is there");
    assert!(site.refused(SIGNED).ends_with("its signature `acme.wasm.minisig`: there is no such file"));
}

#[test]
fn a_signature_is_of_one_plugin_in_one_version() {
    let site = Site::new(&plain(), &trusted_comment("acme", "2.0.0"));
    assert!(site.refused(SIGNED).ends_with("it says that it is acme 1.0.0, and was signed as acme 2.0.0"));
    let site = Site::new(&plain(), "timestamp:1555779966\tfile:acme.wasm");
    assert!(site.refused(SIGNED).contains("and not which plugin it is, as `carom plugin acme 1.0.0` would"));
    // The comment is signed, too.
    let site = Site::new(&plain(), &trusted_comment("acme", "2.0.0"));
    let path = site.path().join("acme.wasm.minisig");
    let forged = fs::read_to_string(&path).expect("a file").replace("acme 2.0.0", "acme 1.0.0");
    fs::write(&path, forged).expect("a file");
    assert!(site.refused(SIGNED).ends_with("its signature is not of this file by this key"));
}

#[test]
fn without_a_signature_only_what_is_said_to_be_so() {
    let site = signed();
    let plain_settings = "plugins:\n  - file: acme.wasm\n    hosts: \"*.acme.example\"\n";
    assert!(site.refused(plain_settings).contains("nothing says whose `acme.wasm` is"));
    assert!(site.refused(&format!("{plain_settings}    unsigned: false\n")).contains("nothing says whose"));
    assert_eq!(site.admit(&format!("{plain_settings}    unsigned: true\n")).expect("it is granted").len(), 1);
    let pinned = format!("{plain_settings}    unsigned: true\n    sha256: {}\n", digest(b"another"));
    assert!(site.refused(&pinned).contains("and the settings want "));
    let both = format!("{plain_settings}    unsigned: true\n    key: acme\n");
    assert!(site.refused(&both).contains("either signed with a `key`, or `unsigned`"));
    assert!(
        site.refused(&format!("{plain_settings}    key: acme\n")).ends_with("there is no key `acme` among the `keys`")
    );
}

#[test]
fn a_claim_beyond_the_grant_is_refused() {
    let site = signed();
    let granted = |names: &str| site.refused(&SIGNED.replace("\"*.acme.example\"", names));
    assert!(
        granted("[\"*.mx.acme.example\", acme.example]")
            .ends_with("it claims the host `*.acme.example`, and was granted `*.mx.acme.example`, `acme.example`")
    );
    let domains = SIGNED.replace("hosts:", "domains:");
    assert!(site.refused(&domains).ends_with("it claims the host `*.acme.example`, and was granted no hosts"));
}

#[test]
fn suppression_is_granted_or_refused() {
    let component = with_rules("rule gone for acme { then user-unknown }");
    let site = Site::new(&component, &trusted_comment("acme", "1.0.0"));
    let load = |settings: &str| {
        let seats = site.admit(settings).expect("what it claims is granted").into_iter().map(|one| one.seat());
        Engine::load_with(&Root::Builtin, seats.collect())
    };
    let error = load(SIGNED).expect_err("it may not suppress");
    assert_eq!(error.diagnostics[0].code(), Code::E0091);
    load(&format!("{SIGNED}    may: [suppress]\n")).expect("it may suppress");
}

#[test]
fn one_host_has_one_plugin() {
    let site = signed();
    let other = crate::attacks::claiming("zenith", "*.mx.acme.example");
    fs::write(site.path().join("zenith.wasm"), other).expect("a file");
    let two = format!("{SIGNED}  - file: zenith.wasm\n    unsigned: true\n    hosts: \"*.acme.example\"\n");
    let seats = site.admit(&two).expect("each claims what it was granted").into_iter().map(|one| one.seat());
    let error = Engine::load_with(&Root::Builtin, seats.collect()).expect_err("one lies beneath the other");
    assert_eq!(error.diagnostics[0].code(), Code::E0027);
    assert_eq!(
        error.diagnostics[0].message(),
        "plugin `zenith` claims `*.mx.acme.example`, beneath a name of plugin `acme`"
    );
}

#[test]
fn settings_that_are_not_understood_say_where() {
    let read = |text: &str| Settings::parse(Path::new("carom.yaml"), text).map(|_| ()).map_err(|e| e.to_string());
    assert_eq!(read(""), Ok(()));
    assert_eq!(read("# nothing yet\n"), Ok(()));
    let plugin = "plugins:\n  - file: a.wasm\n    unsigned: true\n    hosts: mx.acme.example\n";
    assert_eq!(read(plugin), Ok(()));
    for (text, said) in [
        ("plugin: []\n", "carom.yaml:1: there is no key `plugin` here: did you mean `plugins`?"),
        (
            "\n\nwasm: []\n",
            "carom.yaml:3: there is no key `wasm` here: there are `rules`, `keys`, `plugins`, `cache`, `notices`, `service`",
        ),
        (
            &format!("{plugin}    host: x.example\n"),
            "carom.yaml:5: there is no key `host` in `plugins[0]`: did you mean `hosts`?",
        ),
        (&format!("{plugin}    may: surpress\n"), "there is no right `surpress`: did you mean `suppress`?"),
        (
            &format!("{plugin}    limits:\n      dedline: 1s\n"),
            "carom.yaml:6: there is no key `dedline` in `plugins[0].limits`: did you mean `deadline`?",
        ),
        (&format!("{plugin}    limits:\n      deadline: 1h\n"), "`1h` is no time such as 20ms or 60s"),
        (&format!("{plugin}    limits:\n      memory: 16\n"), "carom.yaml:6"),
        (&format!("{plugin}    limits:\n      failures: 0\n"), "carom.yaml:6: `0` is no number from 1 on"),
        (&plugin.replace("mx.acme.example", "*.acme.example"), "a name that begins with a star stands in quotes"),
        (&plugin.replace("mx.acme.example", "localhost"), "`localhost` is no name such as"),
        (&plugin.replace("mx.acme.example", "[]"), "`a.wasm` may claim nothing, so it would never be asked"),
        (&plugin.replace("file: a.wasm\n    ", ""), "carom.yaml:2: `plugins[0]` lacks its `file`"),
        (&format!("{plugin}    sha256: \"12\"\n"), "carom.yaml:5: it is no SHA-256: a SHA-256 has 64 digits"),
        (&format!("{plugin}    hosts: x.example\n"), "`hosts` stands here twice"),
        ("keys:\n  acme: RWQ\n", "carom.yaml:2: `acme`: it is no minisign key"),
        ("- a\n", "carom.yaml:1: the file is a list here"),
        ("plugins: [\n", "carom.yaml:"),
    ] {
        let why = read(text).expect_err(text);
        assert!(why.contains(said), "{text}\nsays: {why}\nwant: {said}");
    }
}
