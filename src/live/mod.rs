//! Rules that are loaded anew while verdicts are given.
//!
//! Invariant: who asks holds one whole snapshot, and takes no lock for it; a load that fails in any way leaves the
//! active snapshot as it is.

mod back;
mod event;
mod gentle;
mod kept;
mod load;
mod open;
mod pin;
mod place;
mod seen;
mod settings;
mod shadow;
mod snapshot;
mod status;
mod watch;

pub use back::{KeptFolder, go_back, kept_in};
pub use event::Event;
pub use kept::KeptSnapshot;
pub use load::Refusal;
pub use open::OpenError;
pub use pin::Pinned;
pub use seen::Look;
pub use settings::{KEEP, Settings};
pub use shadow::{Disagreement, Shadow, Shadowed};
pub use snapshot::Snapshot;
pub use status::{Came, Loads, Status, Trouble};
pub use watch::Watch;

use crate::Time;
use crate::engine::{Engine, LoadError};
use crate::ruleset::Version;
use crate::source::SourceMap;
use arc_swap::{ArcSwap, ArcSwapOption};
use kept::Kept;
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
/// # Ok::<(), carom::live::OpenError>(())
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
    /// The snapshot among those that were kept that is active.
    at: Version,
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
    /// Why what was gone back to cannot be told or used.
    astray: Option<String>,
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
    /// The active snapshot; it stays whole for as long as it is held. No lock is taken.
    pub fn current(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Loads the rules anew and, if they can be used and their examples and tests hold, makes them the active ones.
    ///
    /// # Errors
    /// What is wrong with them; nothing has changed.
    pub fn reload(&self) -> Result<Loaded, Refusal> {
        self.load_root(false)
    }

    /// Loads the rules anew after their files have changed. What was gone away from on purpose stays away if it is there
    /// again, as it does over a restart.
    ///
    /// # Errors
    /// As [`Live::reload`] says.
    pub fn follow(&self) -> Result<Loaded, Refusal> {
        self.load_root(true)
    }

    /// `stays`: whether what was gone to on purpose stays if the files are what they were then.
    fn load_root(&self, stays: bool) -> Result<Loaded, Refusal> {
        let mut work = lock(&self.work);
        let (result, seen) = load::load(&self.settings.root, &self.settings);
        work.seen = seen;
        let away = work.kept.pin().filter(|_| stays).and_then(|pin| pin.away);
        let result = result.map(|engine| {
            let version = engine.version();
            if away == Some(version) {
                return Loaded::Same(self.current().version());
            }
            let loaded = self.take(&mut work, Arc::new(engine), Came::Root, version);
            work.kept.unpin();
            lock(&self.told).unpin();
            loaded
        });
        self.finish(result)
    }

    /// Looks whether the files are other than when they were last read. One whose time alone is new is not.
    pub fn look(&self) -> Look {
        lock(&self.work).seen.look()
    }

    /// Lets go of snapshots that nobody asks any more.
    pub fn tidy(&self) {
        lock(&self.work).retired.retain(|old| Arc::strong_count(old) > 1);
    }

    /// Writes what the folder of snapshots lacks since there was no room for it, if there is room now.
    pub fn catch_up(&self) {
        let mut work = lock(&self.work);
        if !work.kept.is_behind() {
            return;
        }
        let unkept = work.kept.catch_up().err();
        let before = std::mem::replace(&mut lock(&self.told).unkept, unkept.clone());
        match (before, unkept) {
            (None, Some(why)) => (self.settings.listener)(&Event::NotKept(&why)),
            (Some(_), None) => (self.settings.listener)(&Event::KeptAgain),
            _ => {}
        }
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
            unkept: told.astray.clone().or_else(|| told.unkept.clone()),
            kept: told.kept.clone(),
        }
    }

    /// Makes an engine the active one, if it is another; `at` is what it is kept as.
    fn take(&self, work: &mut Work, engine: Arc<Engine>, came: Came, at: Version) -> Loaded {
        let current = self.current();
        work.at = at;
        // A plugin that was set aside is asked again once it is loaded again.
        let is_whole = current.engine.plugins().all(|(_, tally)| tally.passed_over == 0);
        if engine.version() == current.version() && is_whole {
            return Loaded::Same(engine.version());
        }
        let snapshot = Arc::new(Snapshot { engine, number: current.number + 1, since: Time::now(), came });
        work.retired.push(self.current.swap(Arc::clone(&snapshot)));
        let before = current.engine.rules().rules.len();
        drop(current);
        work.retired.retain(|old| Arc::strong_count(old) > 1);
        (self.settings.listener)(&Event::Swapped { snapshot: &snapshot });
        let after = snapshot.engine.rules().rules.len();
        if came == Came::Root && after < before / 2 {
            (self.settings.listener)(&Event::Shrunk { before, after });
        }
        if came != Came::Kept {
            self.keep(work, &snapshot);
        }
        lock(&self.told).loads.swapped += 1;
        Loaded::Swapped(snapshot.version())
    }

    /// Notes what came of a load from the files. The listener is told when nothing is locked that it may ask for.
    fn finish(&self, result: Result<Loaded, Refusal>) -> Result<Loaded, Refusal> {
        match &result {
            Ok(loaded) => {
                let trouble = {
                    let mut told = lock(&self.told);
                    told.loads.same += u64::from(matches!(loaded, Loaded::Same(_)));
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

impl Told {
    /// Nothing holds any more that was wanted before.
    fn unpin(&mut self) {
        self.pinned = false;
        self.astray = None;
    }
}

/// A refusal without a place in a file.
fn without_place(why: impl Into<String>) -> LoadError {
    LoadError { sources: SourceMap::new(), diagnostics: Vec::new(), root: Some(why.into()) }
}
