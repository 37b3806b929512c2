//! One load: read until nothing changes meanwhile, compile, run the examples and the tests.

use super::gentle::{LOADING, give_way};
use super::seen::Seen;
use super::{Settings, without_place};
use crate::diagnostic::Diagnostic;
use crate::engine::{Engine, LoadError, Plugins};
use crate::resolve::{Root, ruleless};
use crate::source::SourceMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How often files are read again that changed while they were read.
const TRIES: usize = 10;

/// So long is waited for whoever is writing.
const PAUSE: Duration = Duration::from_millis(50);

/// A load that ended as none should.
const BROKE: &str = "the program broke while it loaded the rules: please report this";

/// Why rules cannot be used.
#[derive(Clone)]
pub struct Refusal(Arc<LoadError>);

impl Refusal {
    pub(super) fn sentence(why: impl Into<String>) -> Refusal {
        Refusal(Arc::new(without_place(why)))
    }

    /// What is wrong with the files; nothing where it is no fault of a file's text.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.0.diagnostics
    }

    /// The files.
    pub fn sources(&self) -> &SourceMap {
        &self.0.sources
    }

    /// Why nothing could be read at all.
    pub fn root(&self) -> Option<&str> {
        self.0.root.as_deref()
    }
}

/// All that is wrong, a line each.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Refusal {
        Refusal(Arc::new(error))
    }
}

/// Loads a root in a thread that gives way to those that answer, and says which files that were, whatever came of it.
pub(super) fn load(root: &Root, settings: &Settings) -> (Result<Engine, Refusal>, Seen) {
    let work = || {
        give_way(LOADING);
        steadily(root, settings)
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("carom-load".to_owned()).spawn_scoped(scope, work);
        match thread.map(|thread| thread.join()) {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => (Err(Refusal::sentence(BROKE)), Seen::unknown(root)),
            // Without a thread to be had it is done by this one.
            Err(_) => steadily(root, settings),
        }
    })
}

fn steadily(root: &Root, settings: &Settings) -> (Result<Engine, Refusal>, Seen) {
    let mut refusal = None;
    for _ in 0..TRIES {
        let before = Seen::before((settings.plugin_files)());
        let (result, seen) = match made(settings) {
            // Of the rules nothing was read.
            Err(refusal) => (Err(refusal), before.steady()),
            Ok(plugins) => {
                let result = loaded(root, plugins);
                let sources = match &result {
                    Ok(engine) => &engine.rules().sources,
                    Err(refusal) => refusal.sources(),
                };
                let seen = before.with(root, sources);
                (result, seen)
            }
        };
        // Files of two times make a rule set that nobody wrote.
        if let Some(seen) = seen {
            return (result, seen);
        }
        refusal = result.err();
        thread::sleep(PAUSE);
    }
    let changing = || Refusal::sentence("the files change all the time while they are read");
    (Err(refusal.unwrap_or_else(changing)), Seen::unknown(root))
}

/// Loads a root once. Whatever goes wrong is a refusal.
pub(super) fn once(root: &Root, settings: &Settings) -> Result<Engine, Refusal> {
    loaded(root, made(settings)?)
}

fn made(settings: &Settings) -> Result<Plugins, Refusal> {
    unbroken(|| (settings.plugins)().map_err(without_place))
}

fn loaded(root: &Root, plugins: Plugins) -> Result<Engine, Refusal> {
    unbroken(|| {
        let engine = Engine::load_with(root, plugins)?;
        if let Some(emptied) = ruleless(engine.rules()) {
            return Err(LoadError { sources: engine.into_rules().sources, diagnostics: vec![emptied], root: None });
        }
        let failures = engine.test().failures;
        if failures.is_empty() {
            return Ok(engine);
        }
        Err(LoadError { sources: engine.into_rules().sources, diagnostics: failures, root: None })
    })
}

/// Work that may break, and must not take down what is active.
fn unbroken<T>(work: impl FnOnce() -> Result<T, LoadError>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(Refusal::from),
        Err(_) => Err(Refusal::sentence(BROKE)),
    }
}
