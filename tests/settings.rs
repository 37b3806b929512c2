//! Settings: what is wrong with them (the files of `tests/cases/settings`, each with what is said of it), where values
//! come from, and that the pages and the schema know the same keys.
#![cfg(feature = "cli")]

use carom::report::settings::{problem_text, values_json, values_text};
use carom::settings::{Described, Environment, Origin, Settings, SettingsError, TokenScope};
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    Environment::of(variables.iter().map(|(name, value)| (name.into(), value.into())))
}

/// Settings without a file.
fn of(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::examine(None, &environment(variables)).expect("there is no file to be read").whole()
}

fn schema() -> Value {
    let text = std::fs::read_to_string(root().join("docs/settings.schema.json")).expect("the schema is read");
    serde_json::from_str(&text).expect("the schema is JSON")
}

/// All blocks of a page that are settings.
fn examples(page: &str) -> Vec<String> {
    let blocks = page.split("\n```yaml\n").skip(1);
    blocks.map(|rest| rest.split("\n```").next().unwrap_or_default().to_owned() + "\n").collect()
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases/settings/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::glob!("cases/settings/*.yaml", |path| {
            let examined = Settings::examine(Some(path), &Environment::default()).expect("it is read");
            assert!(!examined.problems.is_empty(), "{}: nothing is wrong with it", path.display());
            let mut said = String::new();
            for problem in &examined.problems {
                let is_of_the_whole = path.ends_with("yaml-bomb.yaml") || path.ends_with("yaml-two.yaml");
                assert!(problem.line.is_some() || is_of_the_whole, "{problem} has no line");
                let short = problem_text(problem).replace(&format!("{}/", path.parent().unwrap().display()), "");
                writeln!(said, "{short}").expect("it is written");
            }
            insta::assert_snapshot!("said", said);
        });
    });
}

#[test]
fn what_is_not_said_is_as_the_library_has_it() {
    let settings = Settings::default();
    assert_eq!(settings.service.listen, ["127.0.0.1:8025".parse().expect("an address")]);
    assert_eq!(settings.service.watch, Some(Duration::from_secs(1)));
    assert!(settings.service.tokens.is_empty() && settings.service.tls.is_none());
    assert!(settings.service.webhooks.ses.is_none() && settings.service.webhooks.postmark.is_none());
    let plugin = "plugins:\n  - file: a.wasm\n    unsigned: true\n    hosts: mx.acme.example\n";
    let settings = Settings::parse(Path::new("carom.yaml"), plugin).expect("it is whole");
    let options = settings.plugins[0].options;
    assert_eq!(options.limits, carom::plugin::Limits::default());
    assert_eq!(options.patience, carom::engine::Patience::default());
}

#[test]
fn the_environment_goes_before_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("carom.yaml");
    std::fs::write(&path, "rules: ours\nservice:\n  watch: 5s\n  listen: 127.0.0.1:1\n").expect("a file");
    let variables = [
        ("CAROM_SERVICE_LISTEN", "127.0.0.1:2, [::1]:3"),
        ("CAROM_SERVICE_LIMITS_BODY", "1MiB"),
        ("CAROM_SERVICE_WATCH", ""),
        ("CAROM_SERVICE_KEPT_FOLDER", "kept"),
        ("CAROM_SERVICE_WEBHOOKS_MAILGUN_KEY", "hush-hush"),
        ("CAROM_SERVICE_WEBHOOKS_POSTMARK_TOKEN_FILE", "/run/secrets/postmark"),
        // Kubernetes sets these where a service is called `carom`.
        ("CAROM_SERVICE_HOST", "10.0.0.7"),
        ("CAROM_SERVICE_PORT", "8025"),
        ("CAROM_SERVICE_PORT_HTTP", "8025"),
    ];
    let examined = Settings::examine(Some(&path), &environment(&variables)).expect("it is read");
    let values = examined.values();
    let from = |key: &str| {
        let steps: Vec<&str> = key.split('.').collect();
        let is_it = |path: &[carom::settings::Step]| {
            path.len() == steps.len()
                && path.iter().zip(&steps).all(|(a, b)| *a == carom::settings::Step::Key((*b).to_owned()))
        };
        values.iter().find(|shown| is_it(&shown.path)).unwrap_or_else(|| panic!("{key} is shown")).clone()
    };
    assert_eq!(from("service.listen").origin, Origin::Environment("CAROM_SERVICE_LISTEN".to_owned()));
    assert_eq!((from("service.watch").origin, from("service.watch").line), (Origin::File, Some(3)));
    assert_eq!(from("service.limits.batch").origin, Origin::Default);
    let written = values_json(Some(&path), &values).to_string();
    assert!(!written.contains("hush") && written.contains("/run/secrets/postmark"), "{written}");
    let settings = examined.whole().expect("nothing is wrong");
    assert_eq!(settings.service.listen.len(), 2);
    assert_eq!(settings.service.limits.body, 1 << 20);
    let kept = settings.service.kept.folder.clone().expect("it is set");
    assert_eq!(settings.beside(&kept), std::env::current_dir().expect("a folder").join("kept"));
    let mailgun = settings.service.webhooks.mailgun.as_ref().expect("it is set");
    assert_eq!(mailgun.key.read(&settings), Ok(b"hush-hush".to_vec()));
    assert!(!format!("{settings:?}").contains("hush"), "secrets are nobody's business");
}

#[test]
fn what_is_shown_says_the_same_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("carom.yaml");
    let page = std::fs::read_to_string(root().join("docs/settings.md")).expect("the page is read");
    let odd = "rules: \"12\"\nservice:\n  watch: off\n  threads: 3\n  shadow: \"a: b # c\"\n  webhooks:\n    postmark:\n      \
               user: \"- x\"\n      password: '\"'\n";
    for text in examples(&page).into_iter().chain([odd.to_owned(), String::new()]) {
        let values = |text: &str| {
            std::fs::write(&path, text).expect("a file");
            let examined = Settings::examine(Some(&path), &Environment::default()).expect("it is read");
            assert!(examined.problems.is_empty(), "{text}{:?}", examined.problems);
            examined.values()
        };
        let first = values(&text);
        let shown = values_text(&path, &first);
        let again = values(&shown);
        let bare = |values: &[carom::settings::Shown]| {
            values.iter().map(|shown| (shown.path.clone(), shown.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!(bare(&first), bare(&again), "{shown}");
    }
}

#[test]
fn variables_that_mean_nothing_are_told() {
    let said = |variables: &[(&str, &str)]| of(variables).expect_err("it is wrong").to_string();
    assert_eq!(
        said(&[("CAROM_SERVICE_LISTN", "127.0.0.1:1")]),
        "CAROM_SERVICE_LISTN: no setting goes by this variable: did you mean `CAROM_SERVICE_LISTEN`?"
    );
    for name in ["CAROM_SERVICE_SERVICE_HOST", "CAROM_SERVICE_SERVICE_PORT", "CAROM_SERVICE_B_PORT_80_TCP_ADDR"] {
        assert_eq!(
            said(&[(name, "10.0.0.7")]),
            format!(
                "{name}: no setting goes by this variable: Kubernetes sets it for a service of such a name: \
                 `enableServiceLinks: false` in the pod keeps it away"
            )
        );
    }
    assert_eq!(
        said(&[("CAROM_SERVICE_LISTEN", "127.0.0.1:1,nowhere")]),
        "CAROM_SERVICE_LISTEN: `nowhere` is no address with a port: write one such as 127.0.0.1:8025 or \"[::1]:8025\"; \
         names of hosts are not looked up"
    );
    assert_eq!(
        said(&[("CAROM_SERVICE_LISTEN", "0.0.0.0:1")]),
        "CAROM_SERVICE_LISTEN: 0.0.0.0:1 is reached from elsewhere, and whoever reaches it may ask: name `tokens`, or \
         listen on a loopback address"
    );
    assert!(said(&[("CAROM_SERVICE_TLS_KEY", "key.pem")]).contains("`service.tls` lacks its `certificate`"));
    assert!(of(&[("CAROM_PAIRS", "7"), ("CAROM_SETTINGS", "x")]).is_ok(), "these are of others");
}

#[test]
fn every_variable_sets_its_key() {
    let keys = Settings::described();
    let mut seen = 0;
    for key in &keys {
        let Some(variable) = key.variable() else { continue };
        // A value that no form takes but texts.
        let examined = Settings::examine(None, &environment(&[(&variable, "?")])).expect("there is no file");
        let is_told = examined.problems.iter().any(|problem| problem.variable.as_deref() == Some(&variable));
        let is_shown = examined.values().iter().any(|shown| shown.origin == Origin::Environment(variable.clone()));
        assert!(is_told || is_shown, "{variable} does nothing");
        assert!(is_shown || key.key().contains("webhooks"), "{variable} is not shown");
        seen += 1;
    }
    assert!(seen > 30, "{seen}");
}

/// What the page says of a key.
fn row(key: &Described) -> String {
    let default = match &key.default {
        Value::Null => String::new(),
        Value::Array(values) => values.iter().map(|value| format!("`{}`", plain(value))).collect::<Vec<_>>().join(", "),
        value => format!("`{}`", plain(value)),
    };
    format!("| `{}` | {default} | {} |", key.key(), key.about)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn the_page_has_every_key() {
    let rows: Vec<String> = Settings::described().iter().map(row).collect();
    let begins = "| key | default | what it is |\n| --- | --- | --- |\n";
    let page = std::fs::read_to_string(root().join("docs/settings.md")).expect("the page is read");
    let table = page.split_once(begins).expect("the page has a table").1;
    let end = table.find("\n\n").map_or(table.len(), |end| end + 1);
    let wanted = rows.join("\n") + "\n";
    if std::env::var_os("CAROM_PAGES").is_some_and(|value| value == "write") {
        std::fs::write(root().join("docs/settings.md"), page.replace(&table[..end], &wanted)).expect("it is written");
        std::fs::write(root().join("docs/settings.schema.json"), format!("{:#}\n", Settings::schema()))
            .expect("it is written");
    } else {
        assert_eq!(&table[..end], wanted, "CAROM_PAGES=write cargo test --test settings writes it");
    }
}

#[test]
fn the_schema_has_every_key_and_takes_every_example() {
    let schema = schema();
    assert!(schema == Settings::schema(), "CAROM_PAGES=write cargo test --test settings writes it");
    jsonschema::meta::validate(&schema).expect("the schema is one");
    for key in Settings::described() {
        let mut here = &schema;
        for word in key.key().split('.') {
            let (name, is_list) = word.strip_suffix("[]").map_or((word, false), |name| (name, true));
            let alternatives = here["anyOf"].as_array().into_iter().flatten();
            let found = std::iter::once(here).chain(alternatives).find_map(|one| one["properties"].get(name));
            here = found.unwrap_or_else(|| panic!("{} is not in the schema", key.key()));
            here = if is_list { &here["items"] } else { here };
        }
        assert!(here["description"].is_string(), "{} is described", key.key());
    }
    let validator = jsonschema::draft202012::new(&schema).expect("the schema can be used");
    let mut seen = 0;
    for name in ["docs/settings.md", "docs/operators-plugins.md"] {
        let page = std::fs::read_to_string(root().join(name)).expect("the page is read");
        for example in examples(&page) {
            let settings = Settings::parse(Path::new(name), &example);
            settings.unwrap_or_else(|error| panic!("{example}{error}"));
            let value: Value = serde_yaml::from_str(&example).expect("it is YAML");
            let wrong: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{example}{wrong:#?}");
            seen += 1;
        }
    }
    assert!(seen >= 3, "there are examples: {seen}");
    // An editor tells what reading tells.
    for name in ["misspelt", "wrong-shapes", "tls"] {
        let text = std::fs::read_to_string(root().join(format!("tests/cases/settings/{name}.yaml"))).expect("a file");
        assert!(!validator.is_valid(&serde_yaml::from_str(&text).expect("it is YAML")), "{name}");
    }
}

#[test]
fn tokens_and_texts_are_read_to_the_letter() {
    let hash = "0123456789012345678901234567890123456789012345678901234567890123";
    let text = format!(
        "service:\n  tokens:\n    - name: 0x10\n      hash: {hash}\n      scopes: reload\n  webhooks:\n    mailgun:\n      key: 1e5\n"
    );
    let settings = Settings::parse(Path::new("carom.yaml"), &text).expect("digits are a text where a text is wanted");
    let token = &settings.service.tokens[0];
    assert_eq!((token.name.as_str(), token.hash[0], &token.scopes[..]), ("0x10", 1, &[TokenScope::Reload][..]));
    assert!(!format!("{token:?}").contains("hash: ["), "hashes are nobody's business");
    let mailgun = settings.service.webhooks.mailgun.as_ref().expect("it is set");
    assert_eq!(mailgun.key.read(&settings), Ok(b"1e5".to_vec()));
}

#[test]
fn what_is_named_and_not_there_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("carom.yaml");
    std::fs::write(folder.path().join("short.key"), "abc\n").expect("a file");
    std::fs::write(folder.path().join("acme.wasm"), "").expect("a file");
    let text = "rules: ours\nkeys: { acme: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3 }\nplugins:\n  \
                - { file: acme.wasm, key: acme, hosts: mx.acme.example }\n  \
                - { file: b.wasm, unsigned: true, hosts: mx.b.example }\nservice:\n  shadow: builtin\n  \
                tls: { certificate: c.pem, key: short.key }\n  log: { verdicts: true, key: { file: short.key } }\n\
                notices: { sent: gone.txt, key: { file: short.key } }\n";
    std::fs::write(&path, text).expect("a file");
    let settings = Settings::parse(&path, text).expect("it is whole");
    let said: Vec<String> = settings.missing().iter().map(ToString::to_string).collect();
    let here = format!("{}/", folder.path().display());
    let said: Vec<String> = said.iter().map(|one| one.replace(&here, "")).collect();
    assert_eq!(
        said,
        [
            "carom.yaml:1: there are no rules at ours: name a folder with a `root.carom`, a file, or `builtin`",
            "carom.yaml:4: its signature is missing: acme.wasm.minisig: `carom plugin sign` makes one",
            "carom.yaml:5: there is no file b.wasm: paths stand beside the settings",
            "carom.yaml:8: there is no file c.pem",
            "carom.yaml:10: there is no file gone.txt",
            "carom.yaml:10: a stranger could guess this key: write 16 characters or more, by chance",
            "carom.yaml:9: a stranger could guess this key: write 16 characters or more, by chance",
        ]
    );
}

#[test]
fn what_protects_nothing_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("carom.yaml");
    std::fs::write(folder.path().join("kept"), "").expect("a file");
    let text = format!(
        "service:\n  tokens: [{{ name: queue, hash: \"{}\", scopes: read }}]\n  kept: {{ folder: kept }}\n  webhooks:\n    \
         mailgun: {{ key: short }}\n    postmark: {{ token: abcdefgh }}\n",
        "0".repeat(64)
    );
    std::fs::write(&path, &text).expect("a file");
    let settings = Settings::parse(&path, &text).expect("it is whole");
    let here = format!("{}/", folder.path().display());
    let said: Vec<String> = settings.missing().iter().map(|one| one.to_string().replace(&here, "")).collect();
    assert_eq!(
        said,
        [
            "carom.yaml:2: no token has this hash: put your own hash here: `token=$(openssl rand -hex 24); printf %s \
             \"$token\" | sha256sum` makes a token and its hash",
            "carom.yaml:3: kept is no folder: name one for snapshots alone",
            "carom.yaml:5: a stranger could guess this secret: it has 8 characters or more, by chance; is it the right one?",
        ]
    );
}
