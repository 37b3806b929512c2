//! Changes the rules and the plugin under the service, a third of the rules broken in one way or another.

use crate::service::{Service, put, rules};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) struct Plan {
    pub(crate) loads: u32,
    pub(crate) swaps: u32,
    pub(crate) time: Duration,
}

/// What was changed.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// By snapshot: the number of its rules and which plugin it has.
    pub(crate) snapshots: HashMap<String, (u32, usize)>,
    loaded: u32,
    refused: u32,
    swapped: u32,
    /// What was answered to a load that should have been answered otherwise.
    pub(crate) wrong: Vec<String>,
    times: Vec<Duration>,
}

/// Rules that cannot be used: an unknown name, an example that does not hold, half a file, no rules at all.
fn broken(number: u32) -> String {
    let good = rules(number);
    match number / 3 % 4 {
        0 => good.replace("then     ", "then     no-such-reason-"),
        1 => good.replace("example  \"550 Our house is closed\"", "example  \"550 Our house is open\""),
        2 => good[..good.len() / 2].to_owned(),
        _ => "rule {".to_owned(),
    }
}

pub(crate) fn change(service: &Service, plugins: &[Vec<u8>; 2], plan: &Plan, is_over: &AtomicBool) -> Changes {
    let mut changes = Changes::default();
    let (mut number, mut plugin) = (0, 0);
    let steps = plan.loads + plan.swaps;
    let start = Instant::now();
    changes.load(service, (number, plugin), true);
    changes.loaded = 0;
    for step in 0..steps {
        let due = start + plan.time * (step + 1) / (steps + 2);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if is_over.load(Ordering::Relaxed) {
            changes.wrong.push(format!("the load was over after {step} of {steps} changes"));
            break;
        }
        // Swaps lie evenly among the loads.
        let is_swap = (step + 1) * plan.swaps / steps > step * plan.swaps / steps;
        if is_swap {
            plugin = 1 - plugin;
            put(&service.path("plugin.wasm"), &plugins[plugin]);
            // A broken rule set would hide the new plugin until it is mended.
            put(&service.path("rules/root.carom"), rules(number).as_bytes());
            changes.load(service, (number, plugin), true);
            changes.swapped += 1;
            continue;
        }
        let load = step + 1 - changes.swapped;
        let is_good = !load.is_multiple_of(3);
        if is_good {
            number = load;
        }
        let text = if is_good { rules(load) } else { broken(load) };
        put(&service.path("rules/root.carom"), text.as_bytes());
        changes.load(service, (number, plugin), is_good);
    }
    changes.times.sort();
    changes
}

impl Changes {
    fn load(&mut self, service: &Service, what: (u32, usize), is_good: bool) {
        let start = Instant::now();
        let (status, answer) = service.post("/v1/reload");
        self.times.push(start.elapsed());
        match (status, is_good) {
            (200, true) => {
                self.loaded += 1;
                let snapshot = answer["snapshot"].as_str().unwrap_or_default().to_owned();
                self.snapshots.insert(snapshot, what);
            }
            (422, false) if answer["error"]["diagnostics"] != Value::Null => self.refused += 1,
            _ => self.wrong.push(format!("rules {} of plugin {}: {status} {answer}", what.0, what.1)),
        }
    }

    pub(crate) fn line(&self) -> String {
        format!(
            "{} loads taken ({} of them with the other plugin), {} refused; a load takes {} ms, at most {}",
            self.loaded,
            self.swapped,
            self.refused,
            self.times.get(self.times.len() / 2).map_or(0, Duration::as_millis),
            self.times.last().map_or(0, Duration::as_millis)
        )
    }
}
