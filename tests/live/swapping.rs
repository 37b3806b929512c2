//! One snapshot for all that belongs together, under many loads.

use crate::site::{Site, broken, closed, failing, rule, rules};
use carom::live::{Came, Loaded};
use carom::{Engine, Reply};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

#[test]
fn a_bad_load_changes_nothing_and_is_told_until_mended() {
    let site = Site::new();
    let live = site.open();
    let first = live.current().version();
    assert_eq!((rule(&live).as_str(), live.status().number, live.status().came), ("ours-0", 1, Came::Root));

    for (times, text, code) in [(1, broken(1), "E0020"), (2, failing(2), "E008"), (3, "rule {".to_owned(), "E0")] {
        site.write(&text);
        let refusal = live.reload().expect_err("the rules are bad");
        assert!(refusal.diagnostics()[0].code().as_str().starts_with(code), "{refusal}");
        let status = live.status();
        let trouble = status.trouble.expect("it is told");
        assert_eq!((trouble.times, status.snapshot, status.loads.refused), (times, first, times));
        assert!(trouble.since <= trouble.last);
        assert!(trouble.refusal.to_string().contains("root.carom:"), "{}", trouble.refusal);
        assert_eq!(rule(&live), "ours-0");
    }

    // The rules are there again as they were: nothing to swap, and no trouble any more.
    site.write(&rules(0));
    assert_eq!(live.reload().expect("they are good"), Loaded::Same(first));
    assert!(live.status().trouble.is_none());
    site.write(&rules(3));
    assert!(matches!(live.reload(), Ok(Loaded::Swapped(version)) if version != first));
    assert_eq!((rule(&live).as_str(), live.status().number), ("ours-3", 2));
}

#[test]
fn warnings_stop_nothing() {
    let site = Site::new();
    let live = site.open();
    let warned =
        format!("{}\nrule bare {{\n    match    phrase \"nobody says so\"\n    then     user-unknown\n}}\n", rules(1));
    site.write(&warned);
    assert!(matches!(live.reload(), Ok(Loaded::Swapped(_))));
}

#[test]
fn who_holds_a_snapshot_keeps_it_whole() {
    let site = Site::new();
    let live = site.open();
    let held = live.current();
    let reply = closed();
    let before = serde_json::to_string(&held.classify(&reply)).expect("it is JSON");
    for number in 1..5 {
        site.write(&rules(number));
        live.reload().expect("the rules are good");
    }
    assert_eq!(serde_json::to_string(&held.classify(&reply)).expect("it is JSON"), before);
    assert_eq!(rule(&live), "ours-4");
}

/// What a reader saw: replies by their number, and the verdict as JSON.
type Seen = HashMap<(String, usize), String>;

#[test]
fn readers_never_see_a_mixture() {
    const LOADS: usize = 60;
    let replies = [closed(), Reply::parse("550 5.1.1 No such user"), Reply::parse("452 4.2.2 Mailbox full")];
    let site = Site::new();
    let live = site.open();
    let is_over = AtomicBool::new(false);
    let read = || {
        let (mut seen, mut asked) = (Seen::new(), 0_u64);
        while !is_over.load(Ordering::Relaxed) {
            let snapshot = live.current();
            let version = snapshot.version().to_string();
            // All that belongs together names one snapshot.
            for (number, reply) in replies.iter().enumerate() {
                let said = serde_json::to_string(&snapshot.classify(reply)).expect("it is JSON");
                assert!(said.contains(&version), "{said}");
                let first = seen.entry((version.clone(), number)).or_insert_with(|| said.clone());
                assert_eq!(*first, said, "one snapshot says one thing");
                asked += 1;
            }
            // Loads give way to who asks; on a machine of few processors they would take all day.
            thread::sleep(Duration::from_micros(200));
        }
        (seen, asked)
    };
    let mut texts = HashMap::new();
    let (seen, asked) = thread::scope(|scope| {
        let readers: Vec<_> = (0..2).map(|_| scope.spawn(read)).collect();
        texts.insert(live.current().version().to_string(), rules(0));
        let mut refused = 0;
        for number in 1..=LOADS {
            let text = match number % 3 {
                0 if number % 2 == 0 => broken(number),
                0 => failing(number),
                _ => rules(number),
            };
            site.write(&text);
            match live.reload() {
                Ok(loaded) => drop(texts.insert(loaded.version().to_string(), text)),
                Err(_) => refused += 1,
            }
        }
        is_over.store(true, Ordering::Relaxed);
        assert_eq!((refused, live.status().loads.refused), (LOADS / 3, LOADS as u64 / 3));
        let mut all = Seen::new();
        let mut asked = 0;
        for reader in readers {
            let (seen, count) = reader.join().expect("the reader saw no mixture");
            asked += count;
            for (key, said) in seen {
                assert_eq!(*all.entry(key).or_insert_with(|| said.clone()), said, "all readers see the same");
            }
        }
        (all, asked)
    });
    let versions: std::collections::HashSet<&String> = seen.keys().map(|(version, _)| version).collect();
    assert!(asked > 1_000 && versions.len() > 10, "{asked} verdicts of {} snapshots", versions.len());
    // Asked again offline, each says what was said.
    let path = site.rules().join("root.carom").display().to_string();
    let mut engines: HashMap<&String, Engine> = HashMap::new();
    for ((version, number), said) in &seen {
        let text = texts.get(version).unwrap_or_else(|| panic!("a verdict names {version}, which never was"));
        let engine = engines.entry(version).or_insert_with(|| {
            let held = carom::resolve::Held { files: vec![(path.clone(), text.clone())] };
            Engine::load(&carom::Root::Held(held)).expect("it was good")
        });
        assert_eq!(engine.version().to_string(), *version);
        assert_eq!(serde_json::to_string(&engine.classify(&replies[*number])).expect("it is JSON"), *said);
    }
}
