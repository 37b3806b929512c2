//! What was gone back to: over outages of the files, and where nobody can tell what it was.

use crate::site::{Site, broken, names, rule, rules, until};
use carom::Root;
use carom::live::{Event, Live, Loaded, Settings, Watch, go_back, kept_in};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the listener was told, as far as it is of interest here.
type Told = Arc<Mutex<Vec<String>>>;

fn told(site: &Site) -> (Live, Told) {
    let told = Told::default();
    let listener = Arc::clone(&told);
    let note = move |event: &Event<'_>| {
        let line = match event {
            Event::Started { pinned, .. } => format!("started {pinned:?}"),
            Event::BadPin(why) => format!("bad pin: {why}"),
            Event::Shrunk { before, after } => format!("shrunk {}", after * 2 < *before),
            _ => return,
        };
        listener.lock().expect("nobody broke").push(line);
    };
    let settings = Settings { listener: Box::new(note), ..site.settings() };
    (Live::open(settings).expect("there is something to start on"), told)
}

fn lines(told: &Told) -> Vec<String> {
    std::mem::take(&mut *told.lock().expect("nobody broke"))
}

fn pin(site: &Site) -> PathBuf {
    site.kept().join("pinned.json")
}

/// Three snapshots, of which the second is active since somebody went back.
fn gone_back() -> (Site, Live) {
    let site = Site::new();
    let live = site.open();
    for number in 1..=2 {
        site.write(&rules(number));
        live.reload().expect("the rules are good");
    }
    live.rollback(None).expect("there is one before");
    (site, live)
}

#[test]
fn an_outage_of_the_files_undoes_nothing() {
    let (site, live) = gone_back();
    let live = Arc::new(live);
    let watch = Watch::start(Arc::clone(&live), Duration::from_millis(10)).expect("there is a thread");
    let is_back = || live.status().trouble.is_none();
    let aside = site.folder.path().join("aside");
    fs::rename(site.rules(), &aside).expect("the files go");
    until("an outage", || live.status().trouble.is_some());
    fs::rename(&aside, site.rules()).expect("the files come back");
    until("its end", is_back);
    assert_eq!((rule(&live).as_str(), live.status().pinned, pin(&site).exists()), ("ours-1", true, true));
    // Broken, and mended to what they were.
    site.write(&broken(2));
    until("a fault", || live.status().trouble.is_some());
    site.write(&rules(2));
    until("its mending", is_back);
    assert_eq!((rule(&live).as_str(), live.status().pinned), ("ours-1", true));
    // Other rules are other rules, and who asks for a load gets one.
    site.write(&rules(3));
    until("other rules", || rule(&live) == "ours-3");
    until("an end of going back", || !live.status().pinned && !pin(&site).exists());
    drop(watch);
    live.rollback(None).expect("there is one before");
    assert!(matches!(live.reload(), Ok(Loaded::Swapped(_))));
    assert_eq!((rule(&live).as_str(), live.status().pinned), ("ours-3", false));
}

#[test]
fn a_wish_that_cannot_be_read_is_said() {
    let site = Site::new();
    let (live, said) = told(&site);
    site.write(&rules(1));
    live.reload().expect("the rules are good");
    lines(&said);
    // Nobody can read a folder, the superuser neither.
    fs::create_dir(pin(&site)).expect("a folder is made");
    assert!(live.heed().is_none() && live.heed().is_none());
    let told = lines(&said);
    assert!(told.len() == 1 && told[0].contains("pinned.json names the snapshot that was gone back to"), "{told:?}");
    assert!(told[0].contains("give the file to the user of the service"), "{told:?}");
    assert!(live.status().unkept.is_some_and(|why| why.contains("pinned.json")));
    let folder = kept_in(&site.kept()).expect("a folder");
    assert_eq!((folder.active, folder.misread.is_some()), (None, true));
    assert!(go_back(&site.kept(), None).expect_err("before what?").contains("carom rollback --to"));
    // It is mended by itself, or by another wish.
    fs::remove_dir(pin(&site)).expect("it is removed");
    assert!(live.heed().is_none());
    assert_eq!(live.status().unkept, None);
    fs::write(pin(&site), "").expect("it is written");
    assert!(live.heed().is_none());
    assert!(lines(&said).concat().contains("it is empty"));
    go_back(&site.kept(), Some(folder.snapshots[0].version)).expect("it was kept");
    assert!(matches!(live.heed(), Some(Ok(Loaded::Swapped(_)))));
    assert_eq!((rule(&live).as_str(), live.status().unkept), ("ours-0", None));
}

#[test]
fn a_start_with_a_broken_pin_is_on_the_safe_side() {
    for text in ["", "{\"v\":1", "{\"v\":99,\"to\":\"?\"}"] {
        let (site, live) = gone_back();
        drop(live);
        let whole = fs::read(pin(&site)).expect("it is read");
        fs::write(pin(&site), text).expect("it is written");
        let (live, said) = told(&site);
        let told = lines(&said);
        assert!(told[0].contains("bad pin") && told[0].contains("pinned.json"), "{told:?}");
        assert_eq!(told[1], "started Some(Assumed)");
        let status = live.status();
        assert_eq!((rule(&live).as_str(), status.pinned, status.unkept.is_some()), ("ours-1", true, true));
        live.catch_up();
        assert_eq!(fs::read_to_string(pin(&site)).expect("it is read"), text, "it may be somebody's wish");
        // Once it can be read it is heeded.
        fs::write(pin(&site), &whole).expect("it is written");
        assert!(matches!(live.heed(), Some(Ok(_))));
        assert_eq!((rule(&live).as_str(), live.status().unkept), ("ours-1", None));
        drop(live);
        // The files are broken as well.
        fs::write(pin(&site), text).expect("it is written");
        site.write(&broken(2));
        let live = site.open();
        assert_eq!((rule(&live).as_str(), live.status().pinned), ("ours-1", true));
        drop(live);
        // Files that are others by now are what somebody wants.
        site.write(&rules(3));
        let live = site.open();
        assert_eq!(
            (rule(&live).as_str(), live.status().pinned, live.status().unkept.is_some()),
            ("ours-3", false, true)
        );
        live.reload().expect("the rules are good");
        assert_eq!((live.status().unkept, pin(&site).exists()), (None, false));
    }
}

/// The superuser asks for a service that is another user's.
#[test]
fn what_the_superuser_writes_is_the_services() {
    let (site, live) = gone_back();
    if chown(site.kept(), Some(65_534), Some(65_534)).is_err() {
        return eprintln!("only the superuser can give a folder away");
    }
    // What another user has put in the way is not written through.
    let aside = site.folder.path().join("aside");
    fs::write(&aside, "mine").expect("it is written");
    symlink(&aside, site.kept().join("pinned.json.new")).expect("a link is made");
    go_back(&site.kept(), None).expect("there is one before");
    let meta = fs::metadata(pin(&site)).expect("it is there");
    assert_eq!((meta.uid(), meta.gid(), meta.permissions().mode() & 0o777), (65_534, 65_534, 0o600));
    assert_eq!(fs::read_to_string(&aside).expect("it is read"), "mine");
    assert_ne!(fs::metadata(&aside).expect("it is there").uid(), 65_534);
    // So are the snapshots.
    site.write(&rules(3));
    live.reload().expect("the rules are good");
    let newest = site.kept().join(names(&site.kept()).last().expect("a snapshot"));
    assert_eq!(fs::metadata(newest).expect("it is there").uid(), 65_534);
}

#[test]
fn what_was_promoted_is_said_to_be() {
    let site = Site::new();
    let live = site.open();
    let candidate = Root::Texts(vec![("root.carom".to_owned(), rules(1))]);
    live.try_candidate(&candidate).expect("the candidate is good");
    live.promote().expect("there is a candidate");
    drop(live);
    let (live, said) = told(&site);
    assert_eq!((rule(&live).as_str(), lines(&said)), ("ours-1", vec!["started Some(Promoted)".to_owned()]));
    live.rollback(None).expect("there is one before");
    drop(live);
    assert_eq!(lines(&told(&site).1), ["started Some(Back)"]);
}

#[test]
fn emptied_files_are_no_rules() {
    let site = Site::new();
    let (live, said) = told(&site);
    let first = live.current().version();
    let reasons =
        "reason full {\n    category soft\n    fault    recipient\n    scope    recipient\n    advice   \"Wait.\"\n}\n";
    for text in ["", "# Ours.\n", "language 1\n", "use \"more.carom\"\n", reasons] {
        fs::write(site.rules().join("more.carom"), "").expect("it is written");
        site.write(text);
        let refusal = live.reload().expect_err("there are no rules");
        assert_eq!(refusal.diagnostics()[0].code().as_str(), "E0029", "{text:?}: {refusal}");
        assert!(refusal.to_string().contains("emptied or cut off"), "{refusal}");
        assert_eq!(live.status().snapshot, first);
        let candidate =
            Root::Texts(vec![("root.carom".to_owned(), text.to_owned()), ("more.carom".to_owned(), String::new())]);
        assert!(live.try_candidate(&candidate).is_err());
    }
    assert!(Live::open(Settings { kept: None, ..site.settings() }).is_err(), "nothing to start on");
    // Rules that are few are said to be.
    lines(&said);
    site.write(&format!(
        "{reasons}rule full {{\n    match    code 452\n    then     full\n    example  \"452 Full\"\n}}\n"
    ));
    live.reload().expect("there is a rule");
    assert_eq!(lines(&said), ["shrunk true"]);
}
