//! Asks again, offline, of the snapshot that each verdict names.

use crate::asking::replies;
use crate::changing::Changes;
use crate::service::{SETTINGS, Service, put, rules};
use crate::told::Told;
use carom::intake::from_json;
use carom::plugin::Compiler;
use carom::report::attempt::record;
use carom::resolve::Held;
use carom::settings::{Admitted, Settings};
use carom::{Engine, Root};
use std::collections::{HashMap, HashSet};

#[derive(Debug, Default)]
pub(crate) struct Outcome {
    snapshots: usize,
    same: u64,
    pub(crate) differing: u64,
    /// Verdicts of snapshots that never were.
    pub(crate) unknown: u64,
    /// Different answers over all snapshots: were they all one, nothing would have been shown.
    answers: usize,
}

impl Outcome {
    pub(crate) fn line(&self) -> String {
        format!(
            "{} verdicts of {} snapshots are the same offline ({} different answers), {} differ, {} name no snapshot",
            self.same, self.snapshots, self.answers, self.differing, self.unknown
        )
    }
}

pub(crate) fn check(service: &Service, told: &Told, changes: &Changes, plugins: &[Vec<u8>; 2]) -> Outcome {
    let replies = replies();
    let mut outcome = Outcome { differing: told.mixed, ..Outcome::default() };
    let mut engines: HashMap<&str, Engine> = HashMap::new();
    let mut answers = HashSet::new();
    for ((snapshot, number), said) in &told.verdicts {
        let count = told.counts[&(snapshot.clone(), *number)];
        let Some(what) = changes.snapshots.get(snapshot) else {
            outcome.unknown += count;
            continue;
        };
        let engine = engines.entry(snapshot).or_insert_with(|| offline(service, *what, plugins));
        assert_eq!(engine.version().to_string(), *snapshot, "the same rules and plugin have the same version");
        let attempt = from_json(&replies[*number]).expect("a reply");
        let verdict = engine.classify(&attempt.reply);
        let again = serde_json::to_value(record(&attempt, verdict, None, false)).expect("it is JSON");
        if again == *said {
            outcome.same += count;
        } else {
            outcome.differing += count;
        }
        let mut without = again;
        without["snapshot"] = serde_json::Value::Null;
        answers.insert(without.to_string());
    }
    outcome.snapshots = engines.len();
    outcome.answers = answers.len();
    outcome
}

/// The rules and the plugin of a snapshot, loaded by the library.
fn offline(service: &Service, (number, plugin): (u32, usize), plugins: &[Vec<u8>; 2]) -> Engine {
    let settings = service.path("offline.yaml");
    put(&service.path("plugin.wasm"), &plugins[plugin]);
    put(&settings, SETTINGS.as_bytes());
    let compiler = Compiler::new(&service.program, ["plugin", "compile"]);
    let admitted = Settings::read(&settings).expect("settings").admit(compiler).expect("the plugin is admitted");
    let root = service.path("rules").join("root.carom").display().to_string();
    let held = Held { files: vec![(root, rules(number))] };
    Engine::load_with(&Root::Held(held), admitted.into_iter().map(Admitted::seat).collect()).expect("good rules")
}
