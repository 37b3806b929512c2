//! A snapshot of rules that gives verdicts.
//!
//! Invariant: a verdict depends on nothing but the reply and the snapshot, and never lacks its rule.

mod ask;
mod examples;
mod explain;
mod plugged;
mod record;
mod tally;
mod verdict;

pub use examples::Tested;
pub use explain::{Explanation, Failing, Loser, Lost};
pub use plugged::{Answer, Asked, Plugin, Plugins, Question};
pub use record::Record;
pub use tally::{Patience, Tally};
pub use verdict::Verdict;

use crate::diagnostic::Diagnostic;
use crate::reply::Reply;
use crate::resolve::{self, Contributed, Root, has_errors};
use crate::ruleset::{ProfileId, RuleId, RuleSet, Version};
use crate::source::SourceMap;
use crate::table::{Scratch, Table, View};
use plugged::Plugged;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::path::Path;

/// Compiled rules: immutable, and shared between threads as they are.
///
/// ```
/// use carom::{Category, Engine, Reply};
///
/// let engine = Engine::from_text(r#"
/// reason mailbox-full {
///     category soft
///     fault    recipient
///     scope    recipient
///     advice   "Try again in a day or two."
/// }
/// rule full {
///     match   phrase "mailbox * full", "over quota"
///     then    mailbox-full
///     retry   24h, 48h up to 5 times
///     example "552 5.2.2 Mailbox is full"
/// }
/// "#)?;
/// let reply = Reply::parse("550 5.2.2 <ann@example.com>: user over quota");
/// let verdict = engine.classify(&reply);
/// assert_eq!(verdict.category(), Category::Soft);
/// assert_eq!(verdict.rule().name, "full");
/// # Ok::<(), carom::LoadError>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    rules: RuleSet,
    table: Table,
    plugged: Plugged,
    warnings: Vec<Diagnostic>,
}

/// A rule set that cannot be used, with all that is wrong with it.
pub struct LoadError {
    /// The files that were read.
    pub sources: SourceMap,
    /// What is wrong with them; where the root itself could not be read, nothing.
    pub diagnostics: Vec<Diagnostic>,
    /// Why the root could not be read.
    pub root: Option<String>,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(root) = &self.root {
            return f.write_str(root);
        }
        for (n, diagnostic) in self.diagnostics.iter().enumerate() {
            let end = if n == 0 { "" } else { "\n" };
            write!(f, "{end}{}", diagnostic.one_line(&self.sources))?;
        }
        Ok(())
    }
}

/// What a person wants to see who unwraps it: the findings.
impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for LoadError {}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
}

impl Engine {
    /// The shipped library.
    ///
    /// # Errors
    /// None in practice: the tests load the library as it ships.
    pub fn builtin() -> Result<Engine, LoadError> {
        Engine::load(&Root::Builtin)
    }

    /// A root file, or a folder with a `root.carom`.
    ///
    /// # Errors
    /// All that is wrong with the files, or why the root cannot be read.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Engine, LoadError> {
        Engine::load(&Root::Path(path.as_ref().to_owned()))
    }

    /// One file in memory; it may `use builtin`.
    ///
    /// # Errors
    /// All that is wrong with the text.
    pub fn from_text(text: impl Into<String>) -> Result<Engine, LoadError> {
        Engine::load(&Root::Texts(vec![("root.carom".to_owned(), text.into())]))
    }

    /// Whatever a root means.
    ///
    /// # Errors
    /// All that is wrong with the files, or why the root cannot be read.
    pub fn load(root: &Root) -> Result<Engine, LoadError> {
        Engine::load_with(root, Vec::new())
    }

    /// Whatever a root means, and plugins with what they bring along.
    ///
    /// # Errors
    /// All that is wrong with the files and with what the plugins bring, or why the root cannot be read.
    pub fn load_with(root: &Root, plugins: Plugins) -> Result<Engine, LoadError> {
        let contributed: Vec<Contributed> = plugins.iter().map(|(contributed, _)| contributed.clone()).collect();
        let loaded = resolve::load_with(root, &contributed).map_err(|root| LoadError {
            sources: SourceMap::new(),
            diagnostics: Vec::new(),
            root: Some(root),
        })?;
        let (rules, diagnostics) = resolve::resolve(loaded);
        if has_errors(&diagnostics) {
            return Err(LoadError { sources: rules.sources, diagnostics, root: None });
        }
        Ok(Engine::new(rules, diagnostics).with_plugins(plugins))
    }

    /// The same with plugins, whose rules are among its own.
    pub(crate) fn with_plugins(mut self, plugins: Plugins) -> Engine {
        let named = plugins.into_iter().map(|(contributed, plugin)| (contributed.name, plugin));
        self.plugged = Plugged::new(&self.rules, named.collect());
        self
    }

    /// A rule set without errors.
    pub(crate) fn new(rules: RuleSet, warnings: Vec<Diagnostic>) -> Engine {
        let table = Table::new(&rules);
        Engine { rules, table, plugged: Plugged::default(), warnings }
    }

    /// The rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The rules alone, once no more verdicts are wanted.
    pub(crate) fn into_rules(self) -> RuleSet {
        self.rules
    }

    /// What was said of the rules when they were loaded, though they can be used; [`check`](crate::check::check())
    /// says more.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The hash of all that went in; every verdict names it.
    pub fn version(&self) -> Version {
        self.rules.version
    }

    /// What a reply means.
    pub fn classify<'a>(&'a self, reply: &'a Reply) -> Verdict<'a> {
        let profile = self.rules.profiles.of(reply);
        let winner = self.decide(reply, profile);
        match self.ask_plugin(reply, profile, winner) {
            Some(verdict) => verdict,
            None => Verdict::new(self, reply, profile, winner),
        }
    }

    /// The rule that decides a reply where no plugin is asked.
    pub fn winner(&self, reply: &Reply) -> RuleId {
        self.decide(reply, self.rules.profiles.of(reply))
    }

    fn decide(&self, reply: &Reply, profile: Option<ProfileId>) -> RuleId {
        if let Some(said) = self.rules.said_before(reply) {
            return said;
        }
        let found = self.with_view(reply, profile, |view, scratch| self.table.first(view, scratch));
        // The prelude's last rule matches everything.
        found.unwrap_or(RuleId(self.rules.rules.len() as u32 - 1))
    }

    /// The rules that match a reply, in order of precedence; where it does not report success the first decides.
    pub fn matching(&self, reply: &Reply) -> Vec<RuleId> {
        self.with_view(reply, self.rules.profiles.of(reply), |view, scratch| self.table.all(view, scratch))
    }

    /// Calls `work` with the reply as the table sees it.
    fn with_view<T>(
        &self,
        reply: &Reply,
        profile: Option<ProfileId>,
        work: impl FnOnce(&View<'_>, &mut Scratch) -> T,
    ) -> T {
        with_scratch(|scratch| {
            let text = scratch.fold(&reply.text, || self.decode(reply, profile));
            let result = work(&View::new(&self.rules, reply, profile, text.text()), scratch);
            scratch.keep(text);
            result
        })
    }

    /// Calls `work` with the text as rules see it.
    fn with_folded<T>(&self, reply: &Reply, profile: Option<ProfileId>, work: impl FnOnce(&str) -> T) -> T {
        with_scratch(|scratch| {
            let text = scratch.fold(&reply.text, || self.decode(reply, profile));
            let result = work(text.as_str());
            scratch.keep(text);
            result
        })
    }

    /// The text of a reply: UTF-8, or else in the charset of its profile, or with U+FFFD for what is neither.
    pub(crate) fn decode<'r>(&self, reply: &'r Reply, profile: Option<ProfileId>) -> Cow<'r, str> {
        match std::str::from_utf8(&reply.text) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => match profile.and_then(|id| self.rules.profiles.get(id).charset) {
                Some(charset) => charset.decode_without_bom_handling(&reply.text).0,
                None => String::from_utf8_lossy(&reply.text),
            },
        }
    }
}

/// Calls `work` with this thread's scratch, or with another where that is in use by a caller further up.
fn with_scratch<T>(work: impl FnOnce(&mut Scratch) -> T) -> T {
    SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
        Ok(mut scratch) => work(&mut scratch),
        Err(_) => work(&mut Scratch::new()),
    })
}
