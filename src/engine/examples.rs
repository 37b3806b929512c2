//! Running the examples of rules, and tests.

use super::{Engine, Failing};
use crate::Reply;
use crate::diagnostic::{Code, Diagnostic};
use crate::ruleset::{Example, Expectation, Rule, RuleId, Test};
use crate::source::{Origin, Span};
use crate::spread::spread;

/// So many rules' examples take longer than a thread takes to be made.
const RUN: usize = 256;

/// What was run, and what did not hold.
#[derive(Debug, Default)]
pub struct Tested {
    /// How many examples of rules were run.
    pub examples: usize,
    /// How many `test` blocks were run.
    pub tests: usize,
    /// What did not hold.
    pub failures: Vec<Diagnostic>,
}

impl Engine {
    /// Runs every example and test that the site itself wrote; of the shipped library, all.
    ///
    /// A site's own overrides may well take examples of the library: that is what they are for.
    ///
    /// ```
    /// let tested = carom::Engine::builtin()?.test();
    /// assert!(tested.failures.is_empty());
    /// # Ok::<(), carom::LoadError>(())
    /// ```
    pub fn test(&self) -> Tested {
        let is_library = self.rules.sources.is_library();
        self.test_of(|origin| is_library || origin == Origin::Site)
    }

    /// Runs every example and test that plugins brought along.
    pub fn test_plugins(&self) -> Tested {
        self.test_of(|origin| origin == Origin::Plugin)
    }

    fn test_of(&self, wanted: impl Fn(Origin) -> bool) -> Tested {
        let ours = |span: Span| wanted(self.rules.sources.file(span.file).origin);
        let mut tested = Tested::default();
        let rules: Vec<(RuleId, &Rule)> = self.rules.numbered_rules().filter(|(_, rule)| ours(rule.span)).collect();
        let runs: Vec<&[(RuleId, &Rule)]> = rules.chunks(RUN).collect();
        for run in spread(&runs, |rules| self.run_examples(rules)) {
            tested.examples += run.examples;
            tested.failures.extend(run.failures);
        }
        for test in self.rules.tests.iter().filter(|test| ours(test.span)) {
            tested.tests += 1;
            for reply in &test.replies {
                tested.failures.extend(test.expectations.iter().filter_map(|e| self.run_test(test, reply, e)));
            }
        }
        tested
    }

    fn run_examples(&self, rules: &[(RuleId, &Rule)]) -> Tested {
        let mut tested = Tested::default();
        for (id, rule) in rules {
            tested.examples += rule.examples.len();
            tested.failures.extend(rule.examples.iter().filter_map(|example| self.run_example(*id, rule, example)));
        }
        tested
    }

    fn run_example(&self, id: RuleId, rule: &Rule, example: &Example) -> Option<Diagnostic> {
        let verdict = self.classify(&example.reply);
        if verdict.rule_id() == id {
            return None;
        }
        let failing = self.failing(id, &example.reply);
        let winner = verdict.rule();
        let unknown = verdict.category() == crate::ruleset::Category::Unknown;
        let diagnostic = if unknown {
            Diagnostic::new(Code::E0081, example.span, format!("no rule takes this example of `{}`", rule.name))
        } else {
            let message = format!("`{}` takes this example of `{}`", winner.name, rule.name);
            Diagnostic::new(Code::E0080, example.span, message).also(winner.span, "the rule that takes it")
        };
        Some(match failing {
            Some(Failing::Line(span)) => {
                diagnostic.also(span, "this line keeps its own rule from it").help(read_as(&example.reply))
            }
            Some(Failing::Profile) => {
                let of = verdict.profile().map_or("no profile".to_owned(), |profile| format!("`{}`", profile.name));
                diagnostic.help(format!("the reply belongs to {of}: say its host by `from \"…\"`"))
            }
            Some(Failing::Time) => diagnostic.help("it is not the rule's time: say when by `on 2026-02-28`"),
            None => {
                let lost = super::explain::lost(&example.reply, winner, rule);
                diagnostic.help(format!(
                    "both match, and {}: narrow the one that takes it, or move this one up",
                    lost.as_str()
                ))
            }
        })
    }

    fn run_test(&self, test: &Test, reply: &Example, expected: &Expectation) -> Option<Diagnostic> {
        let verdict = self.classify(&reply.reply);
        if let Some((name, value)) = &expected.field {
            let fields = verdict.fields();
            let found = fields.iter().find(|(known, _)| known == name).map(|(_, value)| value);
            if found == Some(value) {
                return None;
            }
            let message = match found {
                Some(found) => format!("\"{}\" does not hold: the field `{name}` is \"{found}\"", test.title),
                None => format!("\"{}\" does not hold: there is no field `{name}`", test.title),
            };
            return Some(Diagnostic::new(Code::E0082, expected.span, message).also(reply.span, "of this reply"));
        }
        let right = expected.category.is_none_or(|category| category == verdict.category())
            && expected.reason.is_none_or(|reason| self.rules.reason(reason).name == verdict.reason().name)
            && expected.rule.as_ref().is_none_or(|rule| *rule == verdict.rule().name);
        if right {
            return None;
        }
        let message = format!(
            "\"{}\" does not hold: it is {} {} by {}",
            test.title,
            verdict.category(),
            verdict.reason().name,
            verdict.rule().name
        );
        let diagnostic = Diagnostic::new(Code::E0082, expected.span, message)
            .also(reply.span, "this reply")
            .also(verdict.rule().span, "the rule that takes it");
        Some(diagnostic)
    }
}

/// What a reply was read as, for the author of an example.
fn read_as(reply: &Reply) -> String {
    let part = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
    format!(
        "it was read as code {}, enhanced {}, host {}, phase {}, text \"{}\"",
        part(reply.code.map(|c| c.to_string())),
        part(reply.enhanced.map(|c| c.to_string())),
        part(reply.host.as_ref().map(|c| c.to_string())),
        part(reply.phase.map(|c| c.to_string())),
        String::from_utf8_lossy(&reply.text),
    )
}
