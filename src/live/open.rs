//! The start: on the rules as they are, on what was gone back to, or on the last good snapshot.

use super::kept::Kept;
use super::load::{Refusal, load};
use super::status::Trouble;
use super::{Came, Event, Live, Settings, Snapshot, Told, Work, lock};
use crate::Time;
use crate::engine::Engine;
use crate::ruleset::Version;
use arc_swap::{ArcSwap, ArcSwapOption};
use std::sync::{Arc, Mutex};

/// What is started on.
struct Start {
    engine: Engine,
    /// The snapshot that was kept which it is, where it is one.
    at: Option<Version>,
    /// It was gone to on purpose.
    pinned: bool,
    /// What is wrong with the files.
    refusal: Option<Refusal>,
    /// Why what was gone back to cannot be used.
    unkept: Option<String>,
}

impl Live {
    /// Loads the rules. If they cannot be used, starts on the last good snapshot that was kept.
    ///
    /// # Errors
    /// What is wrong with the rules, where no snapshot was kept that could be used.
    pub fn open(settings: Settings) -> Result<Live, Refusal> {
        let (mut kept, unkept) = Kept::open(settings.kept.clone(), settings.keep);
        let (result, seen) = load(&settings.root, &settings);
        let start = choose(&kept, &settings, result)?;
        if !start.pinned {
            kept.unpin();
        }
        let came = if start.at.is_some() { Came::Kept } else { Came::Root };
        let at = start.at.unwrap_or(start.engine.version());
        let snapshot = Snapshot { engine: Arc::new(start.engine), number: 1, since: Time::now(), came };
        let unkept = start.unkept.or(unkept);
        if let Some(why) = &unkept {
            (settings.listener)(&Event::NotKept(why));
        }
        let started = Event::Started { snapshot: &snapshot, pinned: start.pinned, refusal: start.refusal.as_ref() };
        (settings.listener)(&started);
        let mut told = Told { pinned: start.pinned, unkept, kept: kept.list(), ..Told::default() };
        match start.refusal {
            Some(refusal) => {
                told.loads.refused = 1;
                told.trouble = Some(Trouble::first(refusal));
            }
            None => told.loads.swapped = 1,
        }
        let live = Live {
            current: ArcSwap::from_pointee(snapshot),
            shadow: ArcSwapOption::empty(),
            work: Mutex::new(Work { kept, at, seen, retired: Vec::new() }),
            told: Mutex::new(told),
            settings: Arc::new(settings),
        };
        if came == Came::Root {
            live.keep(&mut lock(&live.work), &live.current());
        }
        Ok(live)
    }
}

fn choose(kept: &Kept, settings: &Settings, loaded: Result<Engine, Refusal>) -> Result<Start, Refusal> {
    let pin = kept.pin();
    let engine = match loaded {
        Ok(engine) => engine,
        Err(refusal) => {
            let Some((at, engine)) = kept.last_good(pin.map(|pin| pin.to), settings) else { return Err(refusal) };
            let pinned = pin.is_some_and(|pin| pin.to == at);
            return Ok(Start { engine, at: Some(at), pinned, refusal: Some(refusal), unkept: None });
        }
    };
    let mut start = Start { engine, at: None, pinned: false, refusal: None, unkept: None };
    // The rules that were taken back are still there.
    let Some(pin) = pin.filter(|pin| pin.away == Some(start.engine.version())) else { return Ok(start) };
    match kept.load(pin.to, settings) {
        Ok(engine) => start = Start { engine, at: Some(pin.to), pinned: true, ..start },
        Err(refusal) => {
            start.unkept = Some(format!("the snapshot that was gone back to cannot be used: {refusal}"));
        }
    }
    Ok(start)
}
