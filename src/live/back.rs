//! What makes another snapshot active on purpose: going back, and a candidate that is promoted.

use super::kept::{Asked, folder_of_snapshots};
use super::load::{Refusal, load};
use super::pin::Pin;
use super::{Came, Event, KeptSnapshot, Live, Loaded, Shadow, Work, lock};
use crate::resolve::Root;
use crate::ruleset::Version;
use std::path::Path;
use std::sync::Arc;

impl Live {
    /// Loads a candidate, with its own plugins, and tries it on the replies that are offered from now on; one that was
    /// tried before is let go of.
    ///
    /// # Errors
    /// What is wrong with its rules; nothing has changed.
    pub fn try_candidate(&self, root: &Root) -> Result<Arc<Shadow>, Refusal> {
        let (result, _) = load(root, &self.settings);
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
        let away = away(&work);
        let to = shadow.engine().version();
        let loaded = self.take(&mut work, Arc::clone(shadow.engine()), Came::Candidate, to);
        if let Loaded::Swapped(to) = loaded {
            self.pin(&mut work, Pin { to, away, promoted: true });
        }
        Some(loaded)
    }

    /// Makes a snapshot that was kept the active one: that version, or the one that was active before this one. It stays
    /// until the files change or a load is asked for, also over a restart. Its rules are those of then; plugins and the
    /// shipped library are those of now, so that its version may be another.
    ///
    /// # Errors
    /// That there is none, or what keeps it from being used; nothing has changed.
    pub fn rollback(&self, to: Option<Version>) -> Result<Loaded, Refusal> {
        let mut work = lock(&self.work);
        let to = match to {
            Some(to) => to,
            None => work.kept.before(work.at).ok_or_else(|| Refusal::sentence(NOTHING_BEFORE))?,
        };
        let away = away(&work);
        self.go(&mut work, Pin { to, away, promoted: false })
    }

    /// Goes back where another program has asked for it in the folder of snapshots ([`go_back`]); nothing if none has.
    ///
    /// # Errors
    /// What keeps the snapshot from being used; nothing has changed, and nobody asks any more.
    pub fn heed(&self) -> Option<Result<Loaded, Refusal>> {
        let mut work = lock(&self.work);
        let pin = match work.kept.asked() {
            Asked::Go(pin) => pin,
            Asked::Nothing => return None,
            Asked::Dropped => {
                lock(&self.told).astray = None;
                return None;
            }
            Asked::Misread(why) => {
                (self.settings.listener)(&Event::BadPin(&why));
                lock(&self.told).astray = Some(why);
                return None;
            }
        };
        lock(&self.told).astray = None;
        let result = self.go(&mut work, pin);
        if let Err(refusal) = &result {
            (self.settings.listener)(&Event::NoWayBack { to: pin.to, refusal });
            // One that stays was answered, and is not asked again before the next start.
            let _ = work.kept.write_pin();
        }
        Some(result)
    }

    fn go(&self, work: &mut Work, pin: Pin) -> Result<Loaded, Refusal> {
        let engine = work.kept.load(pin.to, &self.settings)?;
        let loaded = self.take(work, Arc::new(engine), Came::Kept, pin.to);
        self.pin(work, pin);
        Ok(loaded)
    }

    fn pin(&self, work: &mut Work, pin: Pin) {
        let result = work.kept.set_pin(pin);
        {
            let mut told = lock(&self.told);
            told.pinned = true;
            told.astray = None;
        }
        if let Err(why) = result {
            (self.settings.listener)(&Event::NotKept(&why));
            lock(&self.told).unkept = Some(why);
        }
    }
}

const NOTHING_BEFORE: &str = "no snapshot was kept from before the active one";

/// The version that the files have, which is not to come back by itself.
fn away(work: &Work) -> Option<Version> {
    work.kept.pin().map_or(Some(work.at), |pin| pin.away)
}

/// What a folder of snapshots holds.
#[derive(Debug)]
pub struct KeptFolder {
    /// The snapshots, the oldest first.
    pub snapshots: Vec<KeptSnapshot>,
    /// The one that is active as far as the folder tells.
    pub active: Option<Version>,
    /// Why it does not tell.
    pub misread: Option<String>,
}

/// What is kept in a folder.
///
/// # Errors
/// Why the folder tells nothing, in a sentence.
pub fn kept_in(folder: &Path) -> Result<KeptFolder, String> {
    let kept = folder_of_snapshots(folder)?;
    let misread = kept.misread().map(str::to_owned);
    Ok(KeptFolder { snapshots: kept.list(), active: kept.active(), misread })
}

/// Asks the service that keeps its snapshots in a folder to go back: to that version, or to the one before the active
/// one. If it runs and watches, it does at its next look ([`Live::heed`]); else when it starts. What the superuser writes
/// for that belongs to whom the folder belongs to.
///
/// # Errors
/// That there is no such snapshot, or why the folder cannot be read or written to, in a sentence.
pub fn go_back(folder: &Path, to: Option<Version>) -> Result<KeptSnapshot, String> {
    let mut kept = folder_of_snapshots(folder)?;
    let active = kept.active();
    let to = match (to, kept.misread()) {
        (Some(to), _) => to,
        (None, Some(why)) => return Err(why.to_owned()),
        (None, None) => active.and_then(|active| kept.before(active)).ok_or(NOTHING_BEFORE)?,
    };
    let snapshot = kept.whole(to)?;
    let away = kept.pin().map_or(active.or(kept.last()), |pin| pin.away);
    kept.set_pin(Pin { to, away, promoted: false })?;
    Ok(snapshot)
}
