//! The start: on the rules as they are, on what was gone back to, or on the last good snapshot.

use super::kept::{Kept, in_use};
use super::load::{Refusal, load};
use super::pin::{Pin, Pinned};
use super::place::InUse;
use super::status::Trouble;
use super::{Came, Event, Live, Settings, Snapshot, Told, Work, lock};
use crate::Time;
use crate::engine::Engine;
use crate::ruleset::Version;
use arc_swap::{ArcSwap, ArcSwapOption};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// What is started on.
struct Start {
    engine: Engine,
    /// The snapshot that was kept which it is, where it is one.
    at: Option<Version>,
    /// It was gone to on purpose.
    pin: Option<Pin>,
    /// What is wrong with the files.
    refusal: Option<Refusal>,
    /// Why what was gone back to cannot be told or used.
    astray: Option<String>,
}

/// Why there is nothing to start on.
#[derive(Debug)]
pub enum OpenError {
    /// Another service keeps its snapshots in the folder.
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The rules cannot be used, and no snapshot was kept that could be.
    Refused(Refusal),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::InUse { folder } => f.write_str(&in_use(folder)),
            OpenError::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<Refusal> for OpenError {
    fn from(refusal: Refusal) -> OpenError {
        OpenError::Refused(refusal)
    }
}

impl Live {
    /// Loads the rules. If they cannot be used, starts on the last good snapshot that was kept.
    ///
    /// # Errors
    /// What is wrong with the rules, where no snapshot was kept that could be used; that the folder of snapshots is
    /// another service's.
    pub fn open(settings: Settings) -> Result<Live, OpenError> {
        let (mut kept, unkept) = Kept::open(settings.kept.clone(), settings.keep);
        if let (Err(InUse), Some(folder)) = (kept.claim(), &settings.kept) {
            return Err(OpenError::InUse { folder: folder.clone() });
        }
        let (result, seen) = load(&settings.root, &settings);
        let start = choose(&kept, &settings, result)?;
        let is_misread = kept.misread().is_some();
        let pinned = start.pin.map(|pin| if is_misread { Pinned::Assumed } else { pin.kind() });
        match start.pin {
            Some(pin) => kept.assume(pin),
            // What cannot be read may be read once its user is another.
            None if is_misread => {}
            None => kept.unpin(),
        }
        let came = if start.at.is_some() { Came::Kept } else { Came::Root };
        let at = start.at.unwrap_or(start.engine.version());
        let snapshot = Snapshot { engine: Arc::new(start.engine), number: 1, since: Time::now(), came };
        if let Some(why) = &unkept {
            (settings.listener)(&Event::NotKept(why));
        }
        if let Some(why) = &start.astray {
            (settings.listener)(&Event::BadPin(why));
        }
        let started = Event::Started { snapshot: &snapshot, pinned, refusal: start.refusal.as_ref() };
        (settings.listener)(&started);
        let mut told =
            Told { pinned: pinned.is_some(), unkept, astray: start.astray, kept: kept.list(), ..Told::default() };
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
    let pin = kept.pin().or_else(|| kept.assumed(loaded.as_ref().ok().map(Engine::version)));
    let astray = kept.misread().map(str::to_owned);
    let engine = match loaded {
        Ok(engine) => engine,
        Err(refusal) => {
            let Some((at, engine)) = kept.last_good(pin.map(|pin| pin.to), settings) else { return Err(refusal) };
            let pin = pin.filter(|pin| pin.to == at);
            return Ok(Start { engine, at: Some(at), pin, refusal: Some(refusal), astray });
        }
    };
    let mut start = Start { engine, at: None, pin: None, refusal: None, astray };
    // The rules that were taken back are still there.
    let Some(pin) = pin.filter(|pin| pin.away == Some(start.engine.version())) else { return Ok(start) };
    match kept.load(pin.to, settings) {
        Ok(engine) => start = Start { engine, at: Some(pin.to), pin: Some(pin), ..start },
        Err(refusal) => {
            let why = format!("the snapshot that was gone back to cannot be used: {refusal}");
            start.astray = Some(start.astray.map_or(why.clone(), |astray| format!("{astray}; {why}")));
        }
    }
    Ok(start)
}
