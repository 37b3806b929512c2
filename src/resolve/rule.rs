//! Rules, overrides and fallbacks.

use super::action::Actions;
use super::names::Kind;
use super::reason::is_reserved;
use super::{RULE_LIMIT, Resolver, Sorted};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::Window;
use crate::ruleset::{
    Action, Alternative, Category, CodeSet, Column, Condition, Example, Fault, GapType, Outcome, ProfileId, Profiles,
    Reason, ReasonId, Rule, Source, TagSet, Template, Trust, Wait,
};
use crate::source::{Origin, Span};
use crate::syntax::ast::{self, Layer, RuleLine, Said, Word};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// What rules refer to.
pub(super) struct Context<'a> {
    pub(super) profiles: &'a Profiles,
    pub(super) reasons: &'a [Reason],
    pub(super) phrases: &'a [Vec<Alternative>],
}

/// A rule with what changes of it need to know.
pub(super) struct Drafted {
    pub(super) rule: Rule,
    /// What it says itself, where a change names it.
    pub(super) own: Option<Box<Says>>,
}

/// What the lines of a rule or a change say about the outcome.
#[derive(Default, Clone)]
pub(super) struct Says {
    pub(super) then: Option<(Category, ReasonId, Word)>,
    pub(super) actions: Actions,
    pub(super) also: Actions,
    pub(super) say: Option<Template>,
    pub(super) see: Vec<Template>,
    /// The places of the fields' texts.
    pub(super) texts: Vec<Span>,
    pub(super) window: Window,
}

impl Resolver<'_> {
    /// All rules, in order of precedence: overrides, rules, fallbacks; within each a profile's own
    /// before its parents' before the general ones; then as they stand.
    pub(super) fn rules(&mut self, rules: Vec<ast::Rule>, sorted: &Sorted<'_>, context: &Context<'_>) -> Vec<Drafted> {
        let mut names: HashMap<(String, Origin), Span> = HashMap::new();
        let mut drafted: Vec<Drafted> = Vec::with_capacity(rules.len());
        let changed: HashSet<&str> = sorted.changes.iter().map(|change| change.name.text.as_str()).collect();
        for (n, declared) in rules.into_iter().enumerate() {
            if n == RULE_LIMIT {
                let message = format!("a rule set has at most {RULE_LIMIT} rules");
                self.error(Code::E0007, declared.name.span, message);
                break;
            }
            let name = match &declared.profile {
                Some(profile) => format!("{}.{}", profile.text, declared.name.text),
                None => declared.name.text.clone(),
            };
            self.check_name(&declared.name);
            let origin = self.origin(declared.name.span);
            if let Some(first) = names.get(&(name.clone(), origin)) {
                let diagnostic =
                    Diagnostic::new(Code::E0021, declared.name.span, format!("rule `{name}` is declared twice"))
                        .also(*first, "first declared here")
                        .help("give one of them another name");
                self.report(diagnostic);
                continue;
            }
            names.insert((name.clone(), origin), declared.name.span);
            let is_changed = changed.contains(name.as_str());
            let found = self.rule(&declared, name, context);
            drafted.extend(found.map(|(rule, own)| Drafted { rule, own: is_changed.then(|| Box::new(own)) }));
        }
        for ((name, origin), span) in &names {
            // The library grows, so a name of its own must not break a site's rules.
            if let (Origin::Site, Some(shipped)) = (origin, names.get(&(name.clone(), Origin::Builtin))) {
                let diagnostic = Diagnostic::new(Code::W0005, *span, format!("a shipped rule is called `{name}` too"))
                    .also(*shipped, "the shipped rule")
                    .help("give yours another name, so that verdicts tell them apart");
                self.report(diagnostic);
            }
        }
        self.names.rules = names;
        drafted.sort_by_key(|drafted| {
            let depth = drafted.rule.profile.map_or(0, |id| context.profiles.get(id).depth + 1);
            let prelude = self.in_prelude(drafted.rule.span);
            (drafted.rule.layer, Reverse(depth), prelude)
        });
        drafted
    }

    fn rule(&mut self, declared: &ast::Rule, name: String, context: &Context<'_>) -> Option<(Rule, Says)> {
        let layer = declared.layer;
        let profile = match &declared.profile {
            Some(word) => Some(ProfileId(self.look_up(Kind::Profile, word)?)),
            None => None,
        };
        if let Some(id) = profile {
            self.check_home(declared, context.profiles, id);
        }
        let said_before = self.diagnostics.len();
        let mut conditions: Vec<Condition> = Vec::new();
        let mut sources: Vec<Source> = Vec::new();
        let mut examples: Vec<&Said> = Vec::new();
        for line in &declared.lines {
            match line {
                RuleLine::Condition(line) => conditions.push(self.condition(line, layer, context)),
                RuleLine::Source(_, text, trust, date) => sources.extend(self.source(text, trust, date.as_ref())),
                RuleLine::Example(_, said) => examples.push(said),
                _ => {}
            }
        }
        let by_plugin = self.origin(declared.head.0) == Origin::Plugin && conditions.is_empty();
        if by_plugin {
            // No code is in the empty set, and neither is their lack.
            let column = Column::Code(CodeSet::default());
            conditions.push(Condition { column, unless: false, span: declared.head.0 });
        }
        if layer != Layer::Fallback && !conditions.iter().any(|condition| !condition.unless) {
            let message = format!("{} `{name}` matches every reply", layer.as_str());
            let diagnostic = Diagnostic::new(Code::E0067, declared.head.0, message)
                .help("say what it is about by a `match` line; what is left to the end is a `fallback`");
            self.report(diagnostic);
        }
        conditions.shrink_to_fit();
        sources.shrink_to_fit();
        let own = self.says(&declared.lines, layer == Layer::Override, context);
        let window = own.window;
        let Some((category, reason, word)) = own.then.clone() else {
            if !declared.lines.iter().any(|line| matches!(line, RuleLine::Then(..))) {
                let diagnostic =
                    Diagnostic::new(Code::E0010, declared.head.0, format!("{} `{name}` has no `then`", layer.as_str()))
                        .help("say what it comes to: `then mailbox-full`");
                self.report(diagnostic);
            }
            return None;
        };
        let outcome = self.outcome(&own, (category, reason, &word), None, context);
        let fields = Fields::of(self, &conditions);
        // A phrase that was not understood may be the one that gives the field.
        if self.diagnostics.len() == said_before && !by_plugin {
            self.check_fields(&own, &fields);
        }
        let mut rule = Rule {
            layer,
            profile,
            name,
            span: declared.head.0,
            conditions,
            by_plugin,
            window,
            outcomes: vec![outcome],
            sources,
            examples: Vec::new(),
        };
        let examples: Vec<Example> =
            examples.into_iter().map(|said| self.example(said, Some(&rule), context)).collect();
        rule.examples = examples;
        Some((rule, own))
    }

    /// A profile's rules and fallbacks stand in its own file, so that their order is on one page.
    fn check_home(&mut self, declared: &ast::Rule, profiles: &Profiles, id: ProfileId) {
        let home = profiles.get(id).span;
        if declared.layer == Layer::Override || home.file == declared.head.0.file {
            return;
        }
        let name = &profiles.get(id).name;
        let message = format!("a {} for `{name}` stands in another file than the profile", declared.layer.as_str());
        let diagnostic = Diagnostic::new(Code::E0025, declared.head.0, message).also(home, "the profile").help(
            format!("move it there, write an `override`, or make a profile of your own that says `extends {name}`"),
        );
        self.report(diagnostic);
    }

    fn source(&mut self, text: &ast::Quoted, trust: &Word, date: Option<&Word>) -> Option<Source> {
        let words: Vec<&str> = Trust::ALL.iter().map(|word| word.as_str()).collect();
        let trust = self.word(trust, "degree of trust", &words);
        let date = date.and_then(|date| self.time(date));
        Some(Source { text: self.plain(text), trust: trust?, date })
    }

    /// The lines about the outcome.
    pub(super) fn says(&mut self, lines: &[RuleLine], timed: bool, context: &Context<'_>) -> Says {
        let mut says = Says::default();
        let (mut then, mut say, mut from, mut until) = (None, None, None, None);
        for line in lines {
            match line {
                RuleLine::Then(place, first, second) => self.once(&mut then, place.0, "then", (first, second)),
                RuleLine::Do(_, actions) => {
                    let actions = self.actions(actions);
                    says.actions.extend(actions);
                }
                RuleLine::Also(_, actions) => {
                    let actions = self.actions(actions);
                    says.also.extend(actions);
                }
                RuleLine::Say(place, text) => self.once(&mut say, place.0, "say", text),
                RuleLine::See(_, text) => {
                    let see = self.template(text);
                    says.see.push(see);
                    says.texts.push(text.0.span);
                }
                RuleLine::From(place, word) | RuleLine::Until(place, word) => {
                    let (slot, what) =
                        if matches!(line, RuleLine::From(..)) { (&mut from, "from") } else { (&mut until, "until") };
                    if timed {
                        self.once(slot, place.0, what, word.clone());
                    } else {
                        let diagnostic =
                            Diagnostic::new(Code::E0002, place.0, format!("`{what}` is no line of a rule or fallback"))
                                .help("only overrides and changes begin and end");
                        self.report(diagnostic);
                    }
                }
                RuleLine::Condition(_) | RuleLine::Source(..) | RuleLine::Example(..) => {}
            }
        }
        let mut all = says.actions.clone();
        all.extend(says.also.iter().cloned());
        self.check_actions(&all);
        says.then = then.and_then(|(_, (first, second))| self.then(first, second.as_ref(), context));
        if let Some((_, text)) = say {
            says.say = Some(self.template(text));
            says.texts.insert(0, text.0.span);
        }
        says.window = self.window(from, until);
        says
    }

    /// `then mailbox-full`, `then deferred ip-reputation`.
    pub(super) fn then(
        &mut self,
        first: &Word,
        second: Option<&Word>,
        context: &Context<'_>,
    ) -> Option<(Category, ReasonId, Word)> {
        let word = second.unwrap_or(first);
        let number = self.look_up(Kind::Reason, word)?;
        let reason = &context.reasons[number as usize];
        let category = match second {
            Some(_) => self.category(first)?,
            // A reason without a category has its diagnostic already.
            None => *reason.categories.first()?,
        };
        if is_reserved(category) && !self.in_prelude(word.span) {
            self.reserved(if second.is_some() { first } else { word });
            return None;
        }
        if !reason.categories.contains(&category) {
            let has = reason.categories.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" and ");
            let diagnostic = Diagnostic::new(Code::E0060, first.span, format!("`{}` is never `{category}`", word.text))
                .also(reason.span, "the reason")
                .help(format!(
                    "it is {has}: choose one of its categories, another reason, or add the category to the reason"
                ));
            self.report(diagnostic);
            return None;
        }
        Some((category, ReasonId(number), word.clone()))
    }

    /// What a rule, or a change of it, comes to.
    pub(super) fn outcome(
        &mut self,
        says: &Says,
        (category, reason, word): (Category, ReasonId, &Word),
        change: Option<Span>,
        context: &Context<'_>,
    ) -> Outcome {
        let declared = &context.reasons[reason.0 as usize];
        let effective = self.effective(&says.actions, &says.also, declared, category);
        let suppresses = |action: &Action| matches!(action, Action::Suppress(_));
        if effective.actions.iter().any(suppresses)
            && declared.fault != Some(Fault::Recipient)
            && category != Category::Complaint
            && !self.in_prelude(declared.span)
        {
            let stated = says.actions.iter().chain(&says.also).find(|(action, _)| suppresses(action));
            let span = stated.map_or(word.span, |(_, span)| *span);
            // A `do` of the reason itself has its diagnostic there.
            match self.policy.suppressing(category) {
                Some(policy) if stated.is_none() && declared.actions.is_empty() => {
                    self.blames_all(policy, category, word, declared.fault);
                }
                _ if stated.is_some() || !declared.actions.iter().any(suppresses) => {
                    self.blames_nobody(span, word, declared.fault);
                }
                _ => {}
            }
        }
        let window = if change.is_some() { says.window } else { Window::default() };
        Outcome {
            window,
            category,
            reason,
            actions: effective.actions,
            lowered: effective.lowered,
            say: says.say.clone(),
            see: says.see.clone(),
            change,
        }
    }

    /// Every field that is used is one that the conditions can give.
    pub(super) fn check_fields(&mut self, says: &Says, fields: &Fields) {
        for (action, span) in says.actions.iter().chain(&says.also) {
            let Action::Retry(retry) = action else { continue };
            let Wait::Field { name, otherwise } = &retry.wait else { continue };
            match fields.types.get(name.as_str()) {
                None => self.no_field(name, *span, fields),
                Some(None) => {
                    let diagnostic = Diagnostic::new(
                        Code::E0041,
                        *span,
                        format!("`{name}` is a word that `set` gives, not a duration"),
                    );
                    self.report(diagnostic);
                }
                Some(Some(kind)) if *kind != GapType::Duration => {
                    let message = format!("`{name}` is of type `{}`, not a duration", kind.as_str());
                    let diagnostic =
                        Diagnostic::new(Code::E0041, *span, message).help(format!("catch it by `{{{name}:duration}}`"));
                    self.report(diagnostic);
                }
                Some(_) if otherwise.is_none() && !fields.always.iter().any(|field| field == name) => {
                    let diagnostic =
                        Diagnostic::new(Code::E0063, *span, format!("a reply may match without giving `{name}`"))
                            .help("say what holds then: `else 5m`");
                    self.report(diagnostic);
                }
                Some(_) => {}
            }
        }
        for (template, span) in says.say.iter().chain(&says.see).zip(&says.texts) {
            for name in template.fields().filter(|name| !fields.types.contains_key(*name)) {
                self.no_field(name, *span, fields);
            }
        }
    }

    fn no_field(&mut self, name: &str, span: Span, fields: &Fields) {
        let mut known: Vec<&str> = fields.types.keys().map(String::as_str).collect();
        known.sort_unstable();
        let mut diagnostic =
            Diagnostic::new(Code::E0062, span, format!("no phrase of this rule gives a field `{name}`"));
        diagnostic = match crate::spelling::nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{{{near}}}`?")),
            None if known.is_empty() => diagnostic.help(format!("catch it in a `match phrase`: `{{{name}:type}}`")),
            None => diagnostic.help(format!(
                "known here are {}",
                known.iter().map(|f| format!("`{{{f}}}`")).collect::<Vec<_>>().join(", ")
            )),
        };
        self.report(diagnostic);
    }
}

/// The fields that a rule's conditions can give.
pub(super) struct Fields {
    /// Each with its type; none for what `set` gives.
    types: HashMap<String, Option<GapType>>,
    /// Those that every reply gives that matches.
    always: Vec<String>,
}

impl Fields {
    pub(super) fn of(resolver: &mut Resolver<'_>, conditions: &[Condition]) -> Fields {
        let mut fields = Fields { types: HashMap::new(), always: Vec::new() };
        for condition in conditions.iter().filter(|condition| !condition.unless) {
            match &condition.column {
                Column::Phrase(alternatives) | Column::Text(alternatives, false) => {
                    fields.take(resolver, alternatives, condition.span);
                }
                Column::Tag(TagSet { tests, .. }) if !tests.is_empty() => {
                    fields.types.insert("tag".to_owned(), Some(GapType::Tag));
                }
                _ => {}
            }
        }
        fields
    }

    fn take(&mut self, resolver: &mut Resolver<'_>, alternatives: &[Alternative], span: Span) {
        let mut everywhere: Option<Vec<String>> = None;
        for alternative in alternatives {
            let mut here = Vec::new();
            let gaps: Vec<(String, GapType)> =
                resolver.patterns.get(alternative.pattern).gaps().map(|(name, kind)| (name.to_owned(), kind)).collect();
            for (name, kind) in gaps {
                if let Some(Some(other)) = self.types.insert(name.clone(), Some(kind))
                    && other != kind
                {
                    let message =
                        format!("the field `{name}` is caught as `{}` and as `{}`", other.as_str(), kind.as_str());
                    let diagnostic = Diagnostic::new(Code::E0056, span, message).help("give the two different names");
                    resolver.report(diagnostic);
                }
                here.push(name);
            }
            for (name, _) in &alternative.sets {
                self.types.entry(name.clone()).or_insert(None);
            }
            everywhere = Some(match everywhere {
                None => here,
                Some(before) => before.into_iter().filter(|name| here.contains(name)).collect(),
            });
        }
        self.always.extend(everywhere.unwrap_or_default());
    }
}
