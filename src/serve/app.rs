//! What all requests share.

use super::Settings;
use super::asker::Seldom;
use super::labels::{Labels, Slots};
use super::log::Log;
use super::metrics::Metrics;
use super::openapi::described;
use super::tls::Tls;
use crate::engine::Verdict;
use crate::live::{Live, Snapshot};
use crate::{Category, Reply, Time};
use arc_swap::ArcSwap;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;
use tokio::sync::Mutex;

/// The service.
#[derive(Debug)]
pub(super) struct App {
    pub(super) live: Arc<Live>,
    pub(super) settings: Settings,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) log: Log,
    pub(super) metrics: Metrics,
    pub(super) started: Time,
    /// The interface, described.
    pub(super) description: Value,
    /// Requests that are worked on.
    pub(super) busy: AtomicUsize,
    /// Held by who changes the rules.
    pub(super) changing: Arc<Mutex<()>>,
    /// It was asked to stop, and goes on for a while.
    pub(super) draining: AtomicBool,
    /// No more is accepted.
    pub(super) stopping: AtomicBool,
    /// Lines about those who may not ask.
    pub(super) refusals: Seldom,
    pub(super) began: Instant,
    view: ArcSwap<View>,
}

/// A snapshot, and which of its rules have which counters.
#[derive(Debug)]
pub(super) struct View {
    pub(super) snapshot: Arc<Snapshot>,
    rules: Slots,
    profiles: Slots,
    reasons: Slots,
}

impl View {
    fn new(snapshot: Arc<Snapshot>) -> View {
        let rules = snapshot.engine().rules();
        let slots = [rules.rules.len(), rules.profiles.iter().count() + 1, rules.reasons.len()].map(Slots::new);
        let [rules, profiles, reasons] = slots;
        View { snapshot, rules, profiles, reasons }
    }
}

/// Verdicts by what they say.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) categories: Labels,
    pub(super) profiles: Labels,
    pub(super) reasons: Labels,
    pub(super) rules: Labels,
    by_category: Slots,
}

impl Counted {
    pub(super) fn new() -> Counted {
        let labels = [(); 4].map(|()| Labels::new());
        let [categories, profiles, reasons, rules] = labels;
        Counted { categories, profiles, reasons, rules, by_category: Slots::new(Category::ALL.len()) }
    }
}

impl App {
    pub(super) fn new(live: Arc<Live>, settings: Settings, tls: Option<Arc<Tls>>, log: Log) -> App {
        let view = ArcSwap::from_pointee(View::new(live.current()));
        let description = described(&settings.tokens, &settings.limits);
        App {
            live,
            settings,
            tls,
            log,
            metrics: Metrics::new(),
            started: Time::now(),
            description,
            busy: AtomicUsize::new(0),
            changing: Arc::new(Mutex::new(())),
            draining: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            refusals: Seldom::default(),
            began: Instant::now(),
            view,
        }
    }

    /// The active snapshot, for all of a request.
    pub(super) fn view(&self) -> Arc<View> {
        let view = self.view.load_full();
        let current = self.live.current();
        if Arc::ptr_eq(&view.snapshot, &current) {
            return view;
        }
        // Two requests may both make one: what they count is the same.
        let view = Arc::new(View::new(current));
        self.view.store(Arc::clone(&view));
        view
    }

    /// Counts a verdict.
    pub(super) fn count(&self, view: &View, verdict: &Verdict<'_>) {
        let Counted { categories, profiles, reasons, rules, by_category } = &self.metrics.verdicts;
        let category = verdict.category();
        categories.count(by_category, category as usize, || category.as_str().to_owned());
        let profile = verdict.profile_id().map_or(0, |id| id.0 as usize + 1);
        let name = || verdict.profile().map_or("none", |profile| &profile.name).to_owned();
        profiles.count(&view.profiles, profile, name);
        reasons.count(&view.reasons, verdict.reason_id().0 as usize, || verdict.reason().name.clone());
        rules.count(&view.rules, verdict.rule_id().0 as usize, || verdict.rule().name.clone());
    }

    /// Hands replies that were answered to the candidate, unless there is more to do than that.
    pub(super) fn shadow(&self, view: &View, replies: impl ExactSizeIterator<Item = Reply>) {
        let Some(shadow) = self.live.shadow() else { return };
        if self.busy.load(Ordering::Relaxed) * 2 > self.settings.limits.requests {
            shadow.leave_out(replies.len());
        } else {
            shadow.offer(&view.snapshot, replies.collect());
        }
    }
}
