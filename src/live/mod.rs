//! Rules that are loaded anew while verdicts are given.
//!
//! Invariant: who asks holds one whole snapshot, and takes no lock for it; a load that fails in any way leaves the
//! active snapshot as it is.

mod event;
mod gentle;
mod kept;
mod load;
mod seen;
mod settings;
mod shadow;
mod snapshot;
mod status;
mod watch;

pub use event::Event;
pub use kept::KeptSnapshot;
pub use load::Refusal;
pub use seen::Look;
pub use settings::{KEEP, Settings};
pub use shadow::{Disagreement, Shadow, Shadowed};
pub use snapshot::Snapshot;
pub use status::{Came, Loads, Status, Trouble};
pub use watch::Watch;

use crate::Time;
use crate::engine::{Engine, LoadError};
use crate::resolve::Root;
use crate::ruleset::Version;
use crate::source::SourceMap;
use arc_swap::{ArcSwap, ArcSwapOption};
use kept::{Kept, Pin};
use seen::Seen;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The active rules, and the way to others.
///
/// ```
/// use carom::live::{Live, Settings};
/// use carom::{Reply, Root};
///
/// let live = Live::open(Settings::new(Root::Builtin))?;
/// let reply = Reply::parse("550 5.1.1 No such user");
/// // All that belongs together is asked of one snapshot.
/// let snapshot = live.current();
/// assert_eq!(snapshot.classify(&reply).reason().name, "user-unknown");
/// assert_eq!(live.status().snapshot, snapshot.version());
/// # Ok::<(), carom::live::Refusal>(())
/// ```
#[derive(Debug)]
pub struct Live {
    current: ArcSwap<Snapshot>,
    shadow: ArcSwapOption<Shadow>,
    settings: Arc<Settings>,
    work: Mutex<Work>,
    told: Mutex<Told>,
}

/// What a load needs; it is held while one is under way.
#[derive(Debug)]
struct Work {
    kept: Kept,
    seen: Seen,
    /// Snapshots that were active. They are let go of here, where nobody waits for it.
    retired: Vec<Arc<Snapshot>>,
}

/// What there is to tell of loads.
#[derive(Debug, Default)]
struct Told {
    loads: Loads,
    trouble: Option<Trouble>,
    pinned: bool,
    unkept: Option<String>,
    kept: Vec<KeptSnapshot>,
}

/// What a load came to, if it was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// Another snapshot is active now.
    Swapped(Version),
    /// The rules are those that are active.
    Same(Version),
}

impl Loaded {
    /// The snapshot that is active.
    pub fn version(self) -> Version {
        match self {
            Loaded::Swapped(version) | Loaded::Same(version) => version,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind a lock is whole between any two statements that change it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// Loads the rules. If they cannot be used, starts on the last good snapshot that was kept.
    ///
    /// # Errors
    /// What is wrong with the rules, where no snapshot was kept that could be used.
    pub fn open(settings: Settings) -> Result<Live, Refusal> {
        let (kept, mut unkept) = Kept::open(settings.kept.clone(), settings.keep);
        let (result, seen) = load::load(&settings.root, &settings);
        let mut told = Told::default();
        let mut pin = kept.pin();
        let (engine, came, refusal) = match result {
            Ok(engine) => match pin.filter(|pin| pin.away == Some(engine.version())) {
                // The rules that were taken back are still there.
                Some(gone_back) => match kept.load(gone_back.to, &settings) {
                    Ok(kept) => (kept, Came::Kept, None),
                    Err(refusal) => {
                        unkept = Some(format!("the snapshot that was gone back to cannot be used: {refusal}"));
                        pin = None;
                        (engine, Came::Root, None)
                    }
                },
                None => {
                    pin = None;
                    (engine, Came::Root, None)
                }
            },
            Err(refusal) => match kept.last_good(pin.map(|pin| pin.to), &settings) {
                Some(engine) => (engine, Came::Kept, Some(refusal)),
                None => return Err(refusal),
            },
        };
        told.pinned = pin.is_some();
        told.unkept.clone_from(&unkept);
        let snapshot = Snapshot { engine: Arc::new(engine), number: 1, since: Time::now(), came };
        if let Some(why) = unkept {
            (settings.listener)(&Event::NotKept(&why));
        }
        (settings.listener)(&Event::Started { snapshot: &snapshot, pinned: told.pinned, refusal: refusal.as_ref() });
        match refusal {
            Some(refusal) => {
                told.loads.refused = 1;
                told.trouble = Some(Trouble::first(refusal));
            }
            None => told.loads.swapped = 1,
        }
        let live = Live {
            current: ArcSwap::from_pointee(snapshot),
            shadow: ArcSwapOption::empty(),
            work: Mutex::new(Work { kept, seen, retired: Vec::new() }),
            told: Mutex::new(told),
            settings: Arc::new(settings),
        };
        if came == Came::Root {
            live.keep(&mut lock(&live.work), &live.current());
        } else {
            let kept = lock(&live.work).kept.list();
            lock(&live.told).kept = kept;
        }
        if !lock(&live.told).pinned {
            lock(&live.work).kept.unpin();
        }
        Ok(live)
    }

    /// The active snapshot; it stays whole for as long as it is held. No lock is taken.
    pub fn current(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Loads the rules anew and, if they can be used and their examples and tests hold, makes them the active ones.
    ///
    /// # Errors
    /// What is wrong with them; nothing has changed.
    pub fn reload(&self) -> Result<Loaded, Refusal> {
        let mut work = lock(&self.work);
        let (result, seen) = load::load(&self.settings.root, &self.settings);
        work.seen = seen;
        let result = result.map(|engine| self.take(&mut work, Arc::new(engine), Came::Root));
        self.finish(&mut work, result)
    }

    /// Loads a candidate, with its own plugins, and tries it on the replies that are offered from now on; one that was
    /// tried before is let go of.
    ///
    /// # Errors
    /// What is wrong with its rules; nothing has changed.
    pub fn try_candidate(&self, root: &Root) -> Result<Arc<Shadow>, Refusal> {
        let (result, _) = load::load(root, &self.settings);
        let shadow =
            Shadow::start(result?, Arc::clone(&self.settings)).map_err(|error| Refusal::sentence(error.to_string()))?;
        let shadow = Arc::new(shadow);
        self.shadow.store(Some(Arc::clone(&shadow)));
        Ok(shadow)
    }

    /// The candidate that is tried.
    pub fn shadow(&self) -> Option<Arc<Shadow>> {
        self.shadow.load_full()
    }

    /// Lets go of the candidate, if there is one.
    pub fn drop_candidate(&self) -> Option<Arc<Shadow>> {
        self.shadow.swap(None)
    }

    /// Makes the candidate the active snapshot; it stays until the files change or a load is asked for, also over a
    /// restart. Without a candidate there is nothing to do.
    pub fn promote(&self) -> Option<Loaded> {
        let mut work = lock(&self.work);
        let shadow = self.shadow.swap(None)?;
        let away = self.away(&work);
        let loaded = self.take(&mut work, Arc::clone(shadow.engine()), Came::Candidate);
        if let Loaded::Swapped(to) = loaded {
            self.pin(&mut work, Pin { to, away });
        }
        Some(loaded)
    }

    /// Makes a snapshot that was kept the active one: that version, or the one that was active before this one. It stays
    /// until the files change or a load is asked for, also over a restart.
    ///
    /// # Errors
    /// That there is none, or what keeps it from being used; nothing has changed.
    pub fn rollback(&self, to: Option<Version>) -> Result<Loaded, Refusal> {
        let mut work = lock(&self.work);
        let to = match to {
            Some(to) => to,
            None => match work.kept.before(self.current().version()) {
                Some(to) => to,
                None => return Err(Refusal::sentence("no snapshot was kept from before the active one")),
            },
        };
        let engine = work.kept.load(to, &self.settings)?;
        let away = self.away(&work);
        let loaded = self.take(&mut work, Arc::new(engine), Came::Kept);
        self.pin(&mut work, Pin { to, away });
        Ok(loaded)
    }

    /// The version that the files have, which is not to come back by itself.
    fn away(&self, work: &Work) -> Option<Version> {
        match work.kept.pin() {
            Some(pin) => pin.away,
            None => Some(self.current().version()),
        }
    }

    fn pin(&self, work: &mut Work, pin: Pin) {
        let result = work.kept.set_pin(pin);
        lock(&self.told).pinned = true;
        if let Err(why) = result {
            (self.settings.listener)(&Event::NotKept(&why));
            lock(&self.told).unkept = Some(why);
        }
    }

    /// Looks whether the files are other than when they were last read. One whose time alone is new is not.
    pub fn look(&self) -> Look {
        lock(&self.work).seen.look()
    }

    /// Lets go of snapshots that nobody asks any more.
    pub fn tidy(&self) {
        lock(&self.work).retired.retain(|old| Arc::strong_count(old) > 1);
    }

    /// What is active, and what is wrong.
    pub fn status(&self) -> Status {
        let told = lock(&self.told);
        let current = self.current();
        Status {
            snapshot: current.version(),
            number: current.number,
            since: current.since,
            came: current.came,
            rules: current.engine.rules().rules.len(),
            pinned: told.pinned,
            loads: told.loads,
            trouble: told.trouble.clone(),
            unkept: told.unkept.clone(),
            kept: told.kept.clone(),
        }
    }

    /// Makes an engine the active one, if it is another.
    fn take(&self, work: &mut Work, engine: Arc<Engine>, came: Came) -> Loaded {
        let current = self.current();
        if engine.version() == current.version() {
            return Loaded::Same(engine.version());
        }
        let snapshot = Arc::new(Snapshot { engine, number: current.number + 1, since: Time::now(), came });
        work.retired.push(self.current.swap(Arc::clone(&snapshot)));
        drop(current);
        work.retired.retain(|old| Arc::strong_count(old) > 1);
        (self.settings.listener)(&Event::Swapped { snapshot: &snapshot });
        if came != Came::Kept {
            self.keep(work, &snapshot);
        }
        lock(&self.told).loads.swapped += 1;
        Loaded::Swapped(snapshot.version())
    }

    /// Notes what came of a load from the files. The listener is told when nothing is locked that it may ask for.
    fn finish(&self, work: &mut Work, result: Result<Loaded, Refusal>) -> Result<Loaded, Refusal> {
        match &result {
            Ok(loaded) => {
                work.kept.unpin();
                let trouble = {
                    let mut told = lock(&self.told);
                    told.loads.same += u64::from(matches!(loaded, Loaded::Same(_)));
                    told.pinned = false;
                    told.trouble.take()
                };
                if let Some(trouble) = trouble {
                    (self.settings.listener)(&Event::Mended { version: loaded.version(), trouble: &trouble });
                }
            }
            Err(refusal) => {
                {
                    let mut told = lock(&self.told);
                    told.loads.refused += 1;
                    match &mut told.trouble {
                        Some(trouble) => trouble.again(refusal.clone()),
                        None => told.trouble = Some(Trouble::first(refusal.clone())),
                    }
                }
                (self.settings.listener)(&Event::Refused { refusal, active: self.current().version() });
            }
        }
        result
    }

    /// Keeps the texts of a good snapshot; that they cannot be kept stops nothing.
    fn keep(&self, work: &mut Work, snapshot: &Snapshot) {
        let unkept = work.kept.add(snapshot).err();
        if let Some(why) = &unkept {
            (self.settings.listener)(&Event::NotKept(why));
        }
        let mut told = lock(&self.told);
        told.kept = work.kept.list();
        told.unkept = unkept;
    }
}

/// A refusal without a place in a file.
fn without_place(why: impl Into<String>) -> LoadError {
    LoadError { sources: SourceMap::new(), diagnostics: Vec::new(), root: Some(why.into()) }
}
