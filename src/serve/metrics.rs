//! Counters, as Prometheus reads them.

use super::app::{App, Counted};
use super::labels::Labels;
use super::routes::ROUTES;
use crate::Time;
use crate::signed::Service;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// The upper ends of the histogram's buckets, in microseconds.
const BUCKETS: [u64; 12] = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 1_000_000, 10_000_000];

/// The classes of statuses that are told apart.
const CLASSES: [&str; 3] = ["2xx", "4xx", "5xx"];

/// What is counted.
#[derive(Debug)]
pub(super) struct Metrics {
    pub(super) verdicts: Counted,
    pub(super) connections: AtomicUsize,
    pub(super) turned_away: AtomicU64,
    /// What services posted, by service and class of status.
    posted: [[AtomicU64; 3]; Service::ALL.len()],
    /// By route, in the order of `ROUTES`; the last is for what has none.
    routes: Vec<Route>,
}

#[derive(Debug, Default)]
struct Route {
    by_class: [AtomicU64; 3],
    buckets: [AtomicU64; BUCKETS.len()],
    microseconds: AtomicU64,
}

impl Metrics {
    pub(super) fn new() -> Metrics {
        Metrics {
            verdicts: Counted::new(),
            connections: AtomicUsize::new(0),
            turned_away: AtomicU64::new(0),
            posted: Default::default(),
            routes: (0..=ROUTES.len()).map(|_| Route::default()).collect(),
        }
    }

    /// Notes a request of a service that posts.
    pub(super) fn posted(&self, service: Service, status: u16) {
        if let Some(by_class) = Service::ALL.iter().position(|one| *one == service).map(|n| &self.posted[n]) {
            by_class[class(status)].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes a request that was answered.
    pub(super) fn answered(&self, route: Option<usize>, status: u16, took: Duration) {
        let route = &self.routes[route.unwrap_or(ROUTES.len())];
        route.by_class[class(status)].fetch_add(1, Ordering::Relaxed);
        let took = took.as_micros() as u64;
        route.microseconds.fetch_add(took, Ordering::Relaxed);
        if let Some(bucket) = BUCKETS.iter().position(|end| took <= *end) {
            route.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The class of a status, by its place in `CLASSES`.
fn class(status: u16) -> usize {
    match status {
        400..500 => 1,
        500.. => 2,
        _ => 0,
    }
}

/// All of it as text.
pub(super) fn text(app: &App) -> String {
    let mut out = Page(String::new());
    let metrics = &app.metrics;
    let Counted { categories, profiles, reasons, rules, .. } = &metrics.verdicts;
    out.labelled("carom_verdicts_total", "Verdicts by category.", "category", categories);
    out.labelled("carom_verdicts_by_profile_total", "Verdicts by profile.", "profile", profiles);
    out.labelled("carom_verdicts_by_reason_total", "Verdicts by reason.", "reason", reasons);
    out.labelled("carom_verdicts_by_rule_total", "Verdicts by rule.", "rule", rules);
    out.requests(metrics);
    let status = app.live.status();
    let now = Time::now().unix();
    out.head("carom_loads_total", "counter", "Loads of rules by what came of them.");
    for (result, count) in
        [("swapped", status.loads.swapped), ("same", status.loads.same), ("refused", status.loads.refused)]
    {
        out.value(&format!("carom_loads_total{{result=\"{result}\"}}"), count);
    }
    let broken = status.trouble.as_ref().map_or(0, |trouble| now.saturating_sub(trouble.since.unix()).max(1));
    let gauges: &[(&str, &str, i64)] = &[
        ("carom_rules_refused", "1 while the rules on disk cannot be used.", i64::from(status.trouble.is_some())),
        ("carom_rules_refused_seconds", "For how long they cannot be used.", broken),
        ("carom_snapshot_pinned", "1 while a snapshot is active that was gone back to.", i64::from(status.pinned)),
        ("carom_snapshot_unkept", "1 while snapshots cannot be kept.", i64::from(status.unkept.is_some())),
        ("carom_snapshot_since_seconds", "When the active snapshot became so.", status.since.unix()),
        ("carom_rules", "Rules of the active snapshot.", status.rules as i64),
        ("carom_connections", "Open connections.", metrics.connections.load(Ordering::Relaxed) as i64),
        ("carom_requests_busy", "Requests for verdicts that are worked on.", app.busy.load(Ordering::Relaxed) as i64),
        ("carom_start_seconds", "When the service started.", app.started.unix()),
    ];
    for (name, help, value) in gauges {
        out.head(name, "gauge", help);
        out.value(name, value);
    }
    if let Some(tls) = &app.tls {
        out.head("carom_tls_trouble", "gauge", "1 while the certificate on disk cannot be used.");
        out.value("carom_tls_trouble", u8::from(tls.is_in_trouble()));
        if let Some(until) = tls.until() {
            out.head("carom_tls_not_after_seconds", "gauge", "When the certificate's time is over.");
            out.value("carom_tls_not_after_seconds", until.unix());
        }
    }
    out.head("carom_snapshot_info", "gauge", "The active snapshot.");
    out.value(&format!("carom_snapshot_info{{snapshot=\"{}\",came=\"{}\"}}", status.snapshot, status.came.as_str()), 1);
    out.head("carom_connections_turned_away_total", "counter", "Connections that were one too many.");
    out.value("carom_connections_turned_away_total", metrics.turned_away.load(Ordering::Relaxed));
    out.head("carom_log_dropped_total", "counter", "Lines of the log that were dropped, since nobody read them.");
    out.value("carom_log_dropped_total", app.log.dropped());
    let active = app.live.current();
    out.head("carom_plugin_questions_total", "counter", "What plugins were asked, since they were loaded.");
    for (plugin, tally) in active.engine().plugins() {
        let results = [
            ("answered", tally.answered),
            ("abstained", tally.abstained),
            ("failed", tally.failed),
            ("passed-over", tally.passed_over),
        ];
        for (result, count) in results {
            out.value(&format!("carom_plugin_questions_total{{plugin=\"{plugin}\",result=\"{result}\"}}"), count);
        }
    }
    if let Some(shadow) = app.live.shadow() {
        let told = shadow.told();
        let counters: &[(&str, &str, u64)] = &[
            ("carom_shadow_replies_total", "Replies that the candidate was asked about.", told.replies),
            ("carom_shadow_disagreements_total", "Those on which it disagrees.", told.disagreements),
            ("carom_shadow_shed_total", "Those that were left out.", told.shed),
            ("carom_shadow_broken_total", "Those at which it broke.", told.broken),
        ];
        for (name, help, value) in counters {
            out.head(name, "counter", help);
            out.value(name, value);
        }
    }
    out.0
}

/// The text as it grows. Writing to it does not fail.
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn labelled(&mut self, name: &str, help: &str, label: &str, labels: &Labels) {
        self.head(name, "counter", help);
        for (value, count) in labels.read() {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            self.value(&format!("{name}{{{label}=\"{value}\"}}"), count);
        }
    }

    fn requests(&mut self, metrics: &Metrics) {
        let name = |route: &super::routes::Route| format!("route=\"{}\",method=\"{}\"", route.path, route.method);
        let names: Vec<String> =
            ROUTES.iter().map(name).chain(["route=\"other\",method=\"other\"".to_owned()]).collect();
        let named = || names.iter().zip(&metrics.routes);
        self.head("carom_requests_total", "counter", "Requests by route and class of status.");
        for (name, route) in named() {
            for (class, count) in CLASSES.iter().zip(&route.by_class) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    self.value(&format!("carom_requests_total{{{name},status=\"{class}\"}}"), count);
                }
            }
        }
        self.head("carom_events_total", "counter", "Requests to /v1/events by service and class of status.");
        for (service, by_class) in Service::ALL.iter().zip(&metrics.posted) {
            for (class, count) in CLASSES.iter().zip(by_class) {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    self.value(&format!("carom_events_total{{service=\"{service}\",status=\"{class}\"}}"), count);
                }
            }
        }
        self.head("carom_request_seconds", "histogram", "How long answers took, to their first byte.");
        for (name, route) in named() {
            let all: u64 = route.by_class.iter().map(|count| count.load(Ordering::Relaxed)).sum();
            if all == 0 {
                continue;
            }
            let mut below = 0;
            for (end, count) in BUCKETS.iter().zip(&route.buckets) {
                below += count.load(Ordering::Relaxed);
                let end = *end as f64 / 1e6;
                self.value(&format!("carom_request_seconds_bucket{{{name},le=\"{end}\"}}"), below);
            }
            self.value(&format!("carom_request_seconds_bucket{{{name},le=\"+Inf\"}}"), all);
            let seconds = route.microseconds.load(Ordering::Relaxed) as f64 / 1e6;
            self.value(&format!("carom_request_seconds_sum{{{name}}}"), seconds);
            self.value(&format!("carom_request_seconds_count{{{name}}}"), all);
        }
    }
}
