//! Plugins that change, and a disk that is full: what is active stays, and it is said why.

use crate::changes::{Site, rule, rules, until};
use crate::client::Service;
use crate::guests::guest;
use serde_json::Value;
use std::fs;
use std::process::Command;

const GATE: &str = r#"{"text":"450 4.7.1 Quota spent, gate opens 2026-087T06:30 LT","host":"mx1.tidewater.example"}"#;

fn settings(name: &str) -> String {
    format!(
        "cache: cache\nplugins:\n  - file: {name}.wasm\n    unsigned: true\n    hosts: [\"*.{name}.example\"]\n    domains: [{name}.example]\n"
    )
}

fn decides(service: &Service) -> Value {
    service.post("/v1/classify", GATE).json()["rule"].clone()
}

#[test]
fn plugins_that_change_and_break() {
    let site = Site::new();
    let component = guest("plugins/sdk/crate", "tidewater");
    fs::write(site.path("tidewater.wasm"), &component).expect("the plugin is written");
    fs::write(site.path("carom.yaml"), settings("tidewater")).expect("the settings are written");
    let path = site.path("carom.yaml");
    let service = site.start(&["--watch", "0.05", "--settings", path.to_str().expect("a path")]);
    let snapshot = || service.get("/v1/status").json()["snapshot"].clone();
    let trouble = || service.get("/v1/status").json()["trouble"]["message"].clone();
    let first = snapshot();
    assert_eq!(decides(&service), "tidewater.gate-closed");
    assert_eq!(service.metric("carom_plugin_questions_total{plugin=\"tidewater\",result=\"answered\"}"), Some(1.0));

    // Half of it.
    fs::write(site.path("tidewater.wasm"), &component[..component.len() / 2]).expect("the plugin is cut");
    until("a plugin that is cut", || trouble().is_string());
    assert!(trouble().as_str().is_some_and(|why| why.contains("plugin `tidewater.wasm` is refused")), "{}", trouble());
    assert_eq!((snapshot(), decides(&service)), (first.clone(), "tidewater.gate-closed".into()));
    // Settings that say nothing.
    fs::write(site.path("carom.yaml"), "plugins: 7").expect("the settings are written");
    until("settings that say nothing", || trouble().as_str().is_some_and(|why| why.contains("carom.yaml:1")));
    assert_eq!(decides(&service), "tidewater.gate-closed");

    // Without it, and with it again.
    fs::write(site.path("carom.yaml"), "").expect("the settings are written");
    until("no plugin", || trouble().is_null() && decides(&service) != "tidewater.gate-closed");
    fs::write(site.path("tidewater.wasm"), &component).expect("the plugin is written");
    fs::write(site.path("carom.yaml"), settings("tidewater")).expect("the settings are written");
    until("the plugin", || decides(&service) == "tidewater.gate-closed");
    assert_eq!(snapshot(), first, "the same rules and plugin have the same name");
}

/// No file may grow: so it is where a quota is used up.
#[test]
fn a_quota_that_is_used_up() {
    let site = Site::new();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_carom")]);
    let service = site.start_by(command, &["--watch", "0.05"]);
    assert_eq!(rule(&service), "ours-0");
    let unkept = service.get("/v1/status").json()["unkept"].clone();
    assert!(unkept.as_str().is_some_and(|why| why.contains("snapshots cannot be kept in")), "{unkept}");
    assert_eq!(service.metric("carom_snapshot_unkept"), Some(1.0));
    // Rules change all the same, and one can go back.
    site.write(&rules(1));
    until("a write", || rule(&service) == "ours-1");
    assert_eq!(service.post("/v1/rollback", "").json()["result"], "swapped");
    assert_eq!(rule(&service), "ours-0");
    assert!(service.stop().contains("snapshots cannot be kept in"));
    assert!(!fs::read_dir(site.path("kept")).expect("a folder").any(|_| true), "nothing is left half written");
}

/// What another user wrote into the folder: the service cannot read it, and says so.
#[test]
fn a_wish_that_the_service_cannot_read() {
    let site = Site::new();
    let service = site.start(&["--watch", "0.05"]);
    // Nobody can read a folder, whoever the tests are run by.
    fs::create_dir(site.path("kept/pinned.json")).expect("a folder is made");
    let unkept = || service.get("/v1/status").json()["unkept"].clone();
    until("a note of it", || unkept().as_str().is_some_and(|why| why.contains("pinned.json")));
    assert_eq!(service.metric("carom_snapshot_unkept"), Some(1.0));
    let said = service.stop();
    assert_eq!(said.matches("\"bad-pin\"").count(), 1, "once, not at each look: {said}");
    // At a start as well.
    let said = site.start(&[]).stop();
    assert!(said.contains("\"bad-pin\"") && said.contains("\"level\":\"error\""), "{said}");
}

/// A second service steers nothing of the first, whether or not it finds a port.
#[test]
fn a_second_service_leaves_the_first_alone() {
    let site = Site::new();
    let service = site.start(&["--watch", "0.05"]);
    site.write(&rules(1));
    until("a write", || rule(&service) == "ours-1");
    assert_eq!(service.post("/v1/rollback", "").json()["result"], "swapped");
    let kept = || {
        let mut files: Vec<_> = fs::read_dir(site.path("kept"))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (path.clone(), fs::read(path).expect("a file")))
            .collect();
        files.sort();
        files
    };
    let before = kept();
    assert!(before.iter().any(|(path, _)| path.ends_with("pinned.json")));
    // Other rules, which would end what was gone back to.
    fs::create_dir(site.path("others")).expect("a folder is made");
    fs::write(site.path("others/root.carom"), rules(2)).expect("the rules are written");
    let taken = service.address.to_string();
    for (address, why) in [(taken.as_str(), "cannot listen on"), ("127.0.0.1:0", "a folder of its own (`--kept`")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
        command.args(["serve", "--listen", address, "--rules"]).arg(site.path("others"));
        let output = command.arg("--kept").arg(site.path("kept")).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(why) && !said.contains("started"), "{said}");
        assert!(kept() == before, "{why}: something was written");
    }
    assert_eq!((rule(&service), &service.get("/v1/status").json()["pinned"]), ("ours-0".into(), &true.into()));
}

/// A disk of its own for the cache and the snapshots, without room. Where the system lets nobody have one there is
/// nothing to see.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    if !Command::new("unshare").args(["-rm", "true"]).status().is_ok_and(|status| status.success()) {
        return eprintln!("no disk of its own may be mounted here");
    }
    let site = Site::new();
    fs::create_dir(site.path("disk")).expect("a folder is made");
    fs::write(site.path("tidewater.wasm"), guest("plugins/sdk/crate", "tidewater")).expect("the plugin is written");
    fs::write(site.path("carom.yaml"), settings("tidewater").replace("cache: cache", "cache: disk/cache"))
        .expect("the settings are written");
    let fill = "mount -t tmpfs -o size=16k none \"$DISK\" && { head -c 64k /dev/zero > \"$DISK/fill\" 2>&-; exec \"$0\" \"$@\"; }";
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", fill, env!("CARGO_BIN_EXE_carom")]).env("DISK", site.path("disk"));
    let (settings, kept) = (site.path("carom.yaml"), site.path("disk/kept"));
    let more = ["--settings", settings.to_str().expect("a path"), "--watch", "0.05"];
    let service = site.start_in(command, &kept, &more);
    assert_eq!((rule(&service), decides(&service)), ("ours-0".into(), "tidewater.gate-closed".into()));
    site.write(&rules(1));
    until("a write", || rule(&service) == "ours-1");
    let said = service.stop().to_lowercase();
    for why in ["could not be kept in the cache: no space left", "disk/kept: no space left"] {
        assert!(said.contains(why), "{why}: {said}");
    }
}
