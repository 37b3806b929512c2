//! Snapshots that are kept: going back, over a restart, and where nothing can be written.

use crate::site::{Site, broken, names, rule, rules, until};
use carom::live::{Came, KeptFolder, Live, Loaded, OpenError, Settings, Watch, go_back, kept_in};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_restart_with_broken_rules_starts_on_the_last_good() {
    let site = Site::new();
    let live = site.open();
    site.write(&rules(1));
    live.reload().expect("the rules are good");
    let good = live.current().version();
    drop(live);

    site.write(&broken(2));
    let live = site.open();
    let status = live.status();
    assert_eq!((status.snapshot, status.came, rule(&live).as_str()), (good, Came::Kept, "ours-1"));
    assert!(status.trouble.expect("it is told").refusal.to_string().contains("no-such-reason"));
    // Verdicts name files as they did.
    let at = live.current().classify(&crate::site::closed()).at().to_string();
    assert_eq!(at, format!("{}:3", site.rules().join("root.carom").display()));

    // The rules are gone altogether.
    drop(live);
    fs::remove_dir_all(site.rules()).expect("the rules are removed");
    let live = site.open();
    assert_eq!((live.status().snapshot, rule(&live).as_str()), (good, "ours-1"));
    assert!(live.status().trouble.expect("it is told").refusal.root().is_some());
    // And without anything that was kept there is nothing to start on.
    let error = Live::open(Settings { kept: None, ..site.settings() }).expect_err("there is nothing");
    assert!(error.to_string().contains("there is no such file"), "{error}");
}

#[test]
fn going_back_stays_until_the_files_change() {
    let site = Site::new();
    let live = site.open();
    for number in 1..=2 {
        site.write(&rules(number));
        live.reload().expect("the rules are good");
    }
    let newest = live.current().version();
    assert!(matches!(live.rollback(None), Ok(Loaded::Swapped(_))));
    assert_eq!((rule(&live).as_str(), live.status().pinned), ("ours-1", true));
    drop(live);

    // Also after a restart, although the files are good.
    let live = site.open();
    assert_eq!((rule(&live).as_str(), live.status().pinned, live.status().came), ("ours-1", true, Came::Kept));
    // Once more is one more.
    live.rollback(None).expect("there is one before");
    assert_eq!(rule(&live), "ours-0");
    assert!(live.rollback(None).expect_err("nothing was before").to_string().contains("no snapshot was kept"));
    drop(live);
    let live = site.open();
    assert_eq!(rule(&live), "ours-0");
    // By name, forward as well.
    live.rollback(Some(newest)).expect("it was kept");
    assert_eq!(rule(&live), "ours-2");

    live.rollback(None).expect("there is one before");
    drop(live);
    site.write(&rules(3));
    let live = site.open();
    assert_eq!((rule(&live).as_str(), live.status().pinned), ("ours-3", false));
    assert!(!names(&site.kept()).contains(&"pinned.json".to_owned()));
}

#[test]
fn so_many_are_kept_and_nobody_else_reads_them() {
    let site = Site::new();
    let live = Live::open(Settings { keep: 3, ..site.settings() }).expect("the rules are good");
    for number in 1..=6 {
        site.write(&rules(number));
        live.reload().expect("the rules are good");
    }
    assert_eq!(live.status().kept.len(), 3);
    let files = names(&site.kept());
    assert_eq!(files.len(), 3, "{files:?}");
    let mode = |path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(site.kept()), 0o700);
    assert!(files.iter().all(|name| mode(site.kept().join(name)) == 0o600));
    // One that comes again is the newest, and kept once.
    site.write(&rules(5));
    live.reload().expect("the rules are good");
    assert_eq!(names(&site.kept()).len(), 3);
    assert_eq!(live.status().kept.last().map(|kept| kept.version), Some(live.current().version()));
}

#[test]
fn what_cannot_be_kept_is_said_and_stops_nothing() {
    let site = Site::new();
    // A file where the folder should be: nobody can write there, the superuser neither.
    fs::write(site.kept(), "in the way").expect("the file is written");
    let live = site.open();
    site.write(&rules(1));
    assert!(matches!(live.reload(), Ok(Loaded::Swapped(_))));
    let unkept = live.status().unkept.expect("it is said");
    assert!(unkept.contains("snapshots cannot be kept in"), "{unkept}");
    // Until the restart one can go back all the same.
    live.rollback(None).expect("it is in memory");
    assert_eq!(rule(&live), "ours-0");
    // Once there is a folder, it is used.
    fs::remove_file(site.kept()).expect("the file is removed");
    site.write(&rules(2));
    live.reload().expect("the rules are good");
    assert_eq!((live.status().unkept, names(&site.kept()).len()), (None, 1));
}

#[test]
fn a_kept_file_that_is_cut_off_is_passed_over() {
    let site = Site::new();
    let live = site.open();
    site.write(&rules(1));
    live.reload().expect("the rules are good");
    drop(live);
    let newest = site.kept().join(names(&site.kept()).last().expect("two were kept"));
    let text = fs::read_to_string(&newest).expect("it is read");
    fs::write(&newest, &text[..text.len() / 2]).expect("it is cut");
    fs::write(site.kept().join("notes.txt"), "mine").expect("it is written");
    site.write(&broken(2));
    let live = site.open();
    assert_eq!(rule(&live), "ours-0");
}

#[test]
fn another_program_asks_to_go_back() {
    let site = Site::new();
    let live = site.open();
    for number in 1..=2 {
        site.write(&rules(number));
        live.reload().expect("the rules are good");
    }
    assert!(live.heed().is_none(), "nobody asks");
    let KeptFolder { snapshots: kept, active, .. } = kept_in(&site.kept()).expect("there is a folder");
    assert_eq!((kept.len(), active), (3, Some(live.current().version())));
    go_back(&site.kept(), None).expect("there is one before");
    assert_eq!(rule(&live), "ours-2", "until it looks");
    assert!(matches!(live.heed(), Some(Ok(Loaded::Swapped(_)))));
    assert_eq!((rule(&live).as_str(), live.status().pinned, live.heed().is_none()), ("ours-1", true, true));
    // Twice between two looks is two steps, and a service that does not run goes there when it starts.
    go_back(&site.kept(), Some(kept[2].version)).expect("it was kept");
    go_back(&site.kept(), None).expect("there is one before");
    go_back(&site.kept(), None).expect("there is one before");
    drop(live);
    let live = site.open();
    assert_eq!((rule(&live).as_str(), live.status().pinned), ("ours-0", true));
    let why = go_back(&site.kept(), None).expect_err("nothing was before");
    assert_eq!(why, "no snapshot was kept from before the active one");

    // What it asks for cannot be used any more.
    let newest =
        site.kept().join(names(&site.kept()).iter().rfind(|name| name.starts_with("00000003")).expect("a file"));
    go_back(&site.kept(), Some(kept[2].version)).expect("it was kept");
    let text = fs::read_to_string(&newest).expect("it is read");
    fs::write(&newest, text.replace("then     ", "then     no-such-")).expect("it is changed");
    assert!(matches!(live.heed(), Some(Err(_))));
    assert_eq!((rule(&live).as_str(), live.heed().is_none()), ("ours-0", true));
    assert_eq!(kept_in(&site.kept()).expect("a folder").active, Some(kept[0].version), "the folder says what holds");
    assert!(kept_in(&site.folder.path().join("nowhere")).expect_err("there is none").contains("nowhere: no such file"));
}

#[test]
fn what_finds_no_room_is_written_once_there_is_some() {
    let site = Site::new();
    let live = site.open();
    for number in 1..=2 {
        site.write(&rules(number));
        live.reload().expect("the rules are good");
    }
    live.rollback(None).expect("there is one before");
    let before = fs::read(site.kept().join("pinned.json")).expect("it is read");
    // A folder where what is new is written first: nobody can write there, the superuser neither.
    fs::create_dir(site.kept().join("pinned.json.new")).expect("a folder is made");
    live.rollback(None).expect("there is one before");
    let status = live.status();
    assert_eq!((rule(&live).as_str(), status.pinned), ("ours-0", true));
    assert!(status.unkept.is_some_and(|why| why.contains("snapshots cannot be kept in")));
    // What the folder said before is nobody's wish.
    assert!(live.heed().is_none());
    assert_eq!(rule(&live), "ours-0");
    live.catch_up();
    assert!(live.status().unkept.is_some(), "there is still no room");
    assert_eq!(fs::read(site.kept().join("pinned.json")).expect("it is read"), before);

    // Who watches sees that there is room.
    let live = Arc::new(live);
    let watch = Watch::start(Arc::clone(&live), Duration::from_millis(10)).expect("there is a thread");
    fs::remove_dir(site.kept().join("pinned.json.new")).expect("it is removed");
    until("a pin that is written", || live.status().unkept.is_none());
    drop((watch, live));
    let live = site.open();
    assert_eq!((rule(&live).as_str(), live.status().pinned), ("ours-0", true), "over a restart");
}

#[test]
fn snapshots_that_found_no_room_are_written_later() {
    let site = Site::new();
    fs::write(site.kept(), "in the way").expect("the file is written");
    let live = site.open();
    site.write(&rules(1));
    live.reload().expect("the rules are good");
    live.catch_up();
    assert!(live.status().unkept.is_some());
    fs::remove_file(site.kept()).expect("the file is removed");
    live.catch_up();
    assert_eq!((live.status().unkept, names(&site.kept()).len()), (None, 2));
    assert!(matches!(Live::open(site.settings()), Err(OpenError::InUse { .. })), "the folder is taken by then");
    drop(live);
    site.write(&broken(2));
    assert_eq!(rule(&site.open()), "ours-1");
}

#[test]
fn one_folder_is_for_one_service() {
    let site = Site::new();
    let live = site.open();
    let before = names(&site.kept());
    site.write(&rules(1));
    let error = Live::open(site.settings()).expect_err("the folder is taken");
    assert!(matches!(&error, OpenError::InUse { folder } if *folder == site.kept()), "{error}");
    assert!(error.to_string().contains("give this one a folder of its own"), "{error}");
    assert_eq!(names(&site.kept()), before, "nothing was written");
    // Another program may ask to go back all the same.
    live.reload().expect("the rules are good");
    go_back(&site.kept(), None).expect("there is one before");
    assert!(live.heed().is_some());
    drop(live);
    assert_eq!(rule(&site.open()), "ours-0");
}
