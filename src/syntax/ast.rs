//! The tree of a file: the grammar's shapes with their places; words are not yet given a meaning.
//!
//! Two trees are equal if they say the same, wherever it stands.

use crate::source::Span;

/// A piece of text as written, and where.
#[derive(Debug, Clone, Eq)]
pub struct Word {
    /// The characters, as written.
    pub text: String,
    /// Where they stand.
    pub span: Span,
}

impl PartialEq for Word {
    fn eq(&self, other: &Word) -> bool {
        self.text == other.text
    }
}

/// The inside of a `"…"`, with its escapes still in it. The span is the inside too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted(pub Word);

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Its items, in order.
    pub items: Vec<Item>,
}

/// What a file consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// `language 1`
    Language(Word),
    /// `use "ours.carom"`
    Use(Use),
    /// `profile google { … }`
    Profile(Profile),
    /// `phrases over-quota { … }`
    Phrases(Phrases),
    /// `reason mailbox-full { … }`
    Reason(Reason),
    /// `policy { … }`
    Policy(Policy),
    /// `rule …`, `override …`, `fallback …`
    Rule(Rule),
    /// `change google.over-quota { … }`
    Change(Change),
    /// `change profile google { … }`
    ChangeProfile(ChangeProfile),
    /// `test "…" { … }`
    Test(Test),
    /// An item that was not understood; its name, where it could be made out, so that what
    /// refers to it is not reported as well.
    Broken(Broken),
}

/// An item that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// `profile`, `rule` and so on, where it begins with one.
    pub keyword: Option<String>,
    /// The name it would have declared.
    pub name: Option<Word>,
    /// For a rule, the profile it is for.
    pub profile: Option<Word>,
}

/// A `use` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Whether it names the shipped library.
    pub builtin: bool,
    /// The file; none for the whole library.
    pub file: Option<Quoted>,
    /// The whole line.
    pub place: Place,
}

/// Where something stands; all places are equal.
#[derive(Debug, Clone, Copy, Eq)]
pub struct Place(pub Span);

impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

/// A profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: Word,
    /// Its lines.
    pub lines: Vec<ProfileLine>,
}

/// A line of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileLine {
    /// `hosts "…", "…"`
    Hosts(Place, Vec<Quoted>),
    /// `domains "…"`
    Domains(Place, Vec<Quoted>),
    /// `tags "?p={tag}"`
    Tags(Place, Vec<Quoted>),
    /// `extends france-ptt`
    Extends(Place, Word),
    /// `retry 15m, 1h until 72h`
    Retry(Place, Schedule),
    /// `connections 5..20`
    Connections(Place, Word),
    /// `charset "gb18030"`
    Charset(Place, Quoted),
}

/// Named phrases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrases {
    /// Their name.
    pub name: Word,
    /// The phrases.
    pub entries: Vec<PhraseEntry>,
}

/// One phrase of a set, with what it sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseEntry {
    /// The phrase.
    pub pattern: Pattern,
    /// `set list "…"`
    pub sets: Vec<(Word, Quoted)>,
    /// `see "…"`
    pub see: Vec<Quoted>,
}

/// A literal phrase or a regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// `"…"`
    Phrase(Quoted),
    /// `regex '…'`: the inside, with doubled quotes.
    Regex(Word),
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its name.
    pub name: Word,
    /// Its lines.
    pub lines: Vec<ReasonLine>,
}

/// A line of a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReasonLine {
    /// `category block, deferred`
    Category(Place, Vec<Word>),
    /// `fault recipient`
    Fault(Place, Word),
    /// `scope ip`
    Scope(Place, Word),
    /// `advice "…"`
    Advice(Place, Quoted),
    /// `do retry 1h`
    Do(Place, Vec<Action>),
}

/// The policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its head.
    pub place: Place,
    /// Its lines.
    pub lines: Vec<PolicyLine>,
}

/// A line of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyLine {
    /// `retry 10m, 1h until 48h`: the schedule where a profile has none.
    Retry(Place, Schedule),
    /// `hard suppress`
    Category(Place, Word, Vec<Action>),
}

/// Which of the three layers a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// Asked first.
    Override,
    /// Asked next.
    Rule,
    /// Asked last.
    Fallback,
}

impl Layer {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Override => "override",
            Layer::Rule => "rule",
            Layer::Fallback => "fallback",
        }
    }
}

/// A rule, override or fallback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Which layer.
    pub layer: Layer,
    /// Its name.
    pub name: Word,
    /// The profile it is for.
    pub profile: Option<Word>,
    /// Its lines.
    pub lines: Vec<RuleLine>,
    /// From its keyword to its name.
    pub head: Place,
}

/// A line of a rule or of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleLine {
    /// `match …` or `unless …`
    Condition(Condition),
    /// `then deferred ip-reputation`: one or two words.
    Then(Place, Word, Option<Word>),
    /// `retry 1h, alert`
    Do(Place, Vec<Action>),
    /// `also alert`
    Also(Place, Vec<Action>),
    /// `say "…"`
    Say(Place, Quoted),
    /// `see "…"`
    See(Place, Quoted),
    /// `source "…" documented 2026-06-18`
    Source(Place, Quoted, Word, Option<Word>),
    /// `example "…" at data from "…"`
    Example(Place, Said),
    /// `from 2026-02-27T04:00Z`
    From(Place, Word),
    /// `until 2026-02-27T12:00Z`
    Until(Place, Word),
}

/// A `match` or `unless` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Whether it vetoes.
    pub unless: bool,
    /// `code`, `phrase` and so on.
    pub column: Word,
    /// The alternatives.
    pub cells: Vec<Cell>,
    /// The whole line.
    pub place: Place,
}

/// One alternative of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// `"…"` or `regex '…'`
    Pattern(Pattern),
    /// `4xx`, `none`, `over-quota`
    Word(Word),
}

/// A change of a rule's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rule, as `google.over-quota` or `greylisted`.
    pub name: Word,
    /// Its lines; conditions, sources and examples are not among them.
    pub lines: Vec<RuleLine>,
}

/// A change of a profile's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeProfile {
    /// The profile.
    pub name: Word,
    /// Its lines: `retry`, `connections`, `charset`.
    pub lines: Vec<ProfileLine>,
}

/// A test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// What it holds.
    pub title: Quoted,
    /// Its lines.
    pub lines: Vec<TestLine>,
}

/// A line of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestLine {
    /// `reply "…" from "…"`
    Reply(Place, Said),
    /// `expect soft mailbox-full by google.over-quota`: category and reason, or reason alone.
    Expect(Place, Word, Option<Word>, Option<Word>),
    /// `expect field ip "192.0.2.7"`
    ExpectField(Place, Word, Quoted),
}

/// A reply in an example or a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The reply as written by the server.
    pub text: Quoted,
    /// What is known around it.
    pub circumstances: Vec<Circumstance>,
}

/// Something known around a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Circumstance {
    /// `at data`
    At(Word),
    /// `from "mx.docomo.ne.jp"`
    From(Quoted),
    /// `to "docomo.ne.jp"`
    To(Quoted),
    /// `on 2026-02-28`
    On(Word),
    /// `status 5.1.1`
    Status(Word),
    /// `tenant "acme"`
    Tenant(Quoted),
}

/// An action, with its arguments as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What to do.
    pub kind: ActionKind,
    /// Where it says so.
    pub place: Place,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    /// `suppress`, `suppress for 30d`
    Suppress(Option<Word>),
    /// `retry 24h, 48h up to 5 times until 7d`
    Retry(Schedule),
    /// `retry by profile`
    RetryByProfile,
    /// `retry after {wait} else 5m up to 3 times`
    RetryAfter {
        /// The field that holds the wait.
        field: Word,
        /// What holds where the field is lacking.
        otherwise: Option<Word>,
        /// Limits.
        limits: Limits,
    },
    /// `no retry`
    NoRetry,
    /// `pause after 5 within 72h for 7d`
    Pause {
        /// After how many, within what time.
        after: Option<(Word, Word)>,
        /// For how long.
        time: Option<Word>,
    },
    /// `throttle host to 1 connection for 10m`
    Throttle {
        /// Of what.
        of: ThrottleOf,
        /// `1`, or `100/h`
        to: Word,
        /// Whether `connections` follows.
        connections: bool,
        /// For how long.
        time: Word,
    },
    /// `gate`
    Gate,
    /// `alert`
    Alert,
    /// `ignore`
    Ignore,
}

/// What is slowed down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ThrottleOf {
    /// The host that said it.
    Host,
    /// All of the profile.
    Profile,
}

/// `15m, 30m, 1h until 72h`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The waits.
    pub waits: Vec<Word>,
    /// Where it ends.
    pub limits: Limits,
    /// All of it.
    pub place: Place,
}

/// `up to 5 times until 72h`, each as often as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// `up to N times`
    pub times: Vec<Word>,
    /// `until D`
    pub until: Vec<Word>,
}
