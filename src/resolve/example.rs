//! Examples and tests: replies with everything unsaid filled in.

use super::names::Kind;
use super::rule::{Context, Drafted};
use super::values::Bad;
use super::{Resolver, Sorted};
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::{HostName, Reply};
use crate::ruleset::{Column, Condition, Example, Expectation, ReasonId, Rule, Test};
use crate::syntax::ast::{self, Circumstance, Said, TestLine};

impl Resolver<'_> {
    /// A reply that is held up. What a rule's example leaves unsaid is what the rule itself asks for first.
    pub(super) fn example(&mut self, said: &Said, of: Option<&Rule>, context: &Context<'_>) -> Example {
        let mut reply = Reply::parse(self.plain(&said.text));
        for circumstance in &said.circumstances {
            match circumstance {
                Circumstance::At(word) => reply.phase = self.phase(word),
                Circumstance::From(host) => reply.host = self.host_name(host),
                Circumstance::To(domain) => reply.domain = self.host_name(domain),
                Circumstance::On(word) => reply.time = self.time(word),
                Circumstance::Status(word) => {
                    reply.status = word.text.parse().ok();
                    if reply.status.is_none() {
                        let help = "write three numbers with points, such as `5.1.1`";
                        self.bad_value(Bad::Form, word, Code::E0031, "an enhanced code", help);
                    }
                }
                Circumstance::Tenant(name) => reply.sender.tenant = Some(self.plain(name)),
            }
        }
        if let Some(rule) = of {
            fill_in(&mut reply, rule, context);
        }
        Example { reply, span: said.text.0.span }
    }

    pub(super) fn tests(&mut self, sorted: &Sorted<'_>, context: &Context<'_>, rules: &[Drafted]) -> Vec<Test> {
        sorted.tests.iter().map(|test| self.test(test, context, rules)).collect()
    }

    fn test(&mut self, test: &ast::Test, context: &Context<'_>, rules: &[Drafted]) -> Test {
        let mut replies = Vec::new();
        let mut expectations = Vec::new();
        for line in &test.lines {
            match line {
                TestLine::Reply(_, said) => replies.push(self.example(said, None, context)),
                TestLine::Expect(place, first, second, by) => {
                    let reason = second.as_ref().unwrap_or(first);
                    let rule = by.as_ref().map(|word| {
                        let known = rules.iter().any(|drafted| drafted.rule.name == word.text);
                        if !known && !self.names.is_broken_rule(&word.text) {
                            let known: Vec<String> = rules.iter().map(|drafted| drafted.rule.name.clone()).collect();
                            self.unknown(word, "rule", &known);
                        }
                        word.text.clone()
                    });
                    let Some(number) = self.look_up(Kind::Reason, reason) else { continue };
                    let category = match second {
                        Some(_) => match self.category(first) {
                            Some(category) => Some(category),
                            None => continue,
                        },
                        None => None,
                    };
                    expectations.push(Expectation {
                        category,
                        reason: Some(ReasonId(number)),
                        rule,
                        field: None,
                        span: place.0,
                    });
                }
                TestLine::ExpectField(place, name, value) => {
                    let field = Some((name.text.clone(), self.plain(value)));
                    expectations.push(Expectation { category: None, reason: None, rule: None, field, span: place.0 });
                }
            }
        }
        for (missing, line) in [(replies.is_empty(), "reply"), (expectations.is_empty(), "expect")] {
            let stated = test.lines.iter().any(|l| matches!(l, TestLine::Reply(..)) == (line == "reply"));
            if missing && !stated {
                let diagnostic = Diagnostic::new(Code::E0010, test.title.0.span, format!("the test has no `{line}`"))
                    .help("a test has one `reply` or more, and what to `expect` of each");
                self.report(diagnostic);
            }
        }
        Test { title: self.plain(&test.title), replies, expectations, span: test.title.0.span }
    }
}

/// The profile's first host, and the first phase, status, host, domain and tenant that the rule asks for.
fn fill_in(reply: &mut Reply, rule: &Rule, context: &Context<'_>) {
    let asked = |condition: &&Condition| !condition.unless;
    for Condition { column, .. } in rule.conditions.iter().filter(asked) {
        match column {
            Column::Phase(set) if reply.phase.is_none() && !set.none => reply.phase = set.phases.first().copied(),
            Column::Status(set) if reply.status.is_none() && !set.none => {
                reply.status = set
                    .ranges
                    .first()
                    .and_then(|range| crate::EnhancedCode::new(range.class.1, range.subject.0, range.detail.0));
            }
            Column::Host(set) if reply.host.is_none() && !set.none => {
                reply.host = set.patterns.first().and_then(|pattern| HostName::parse(&pattern.sample()).ok());
            }
            Column::Domain(set) if reply.domain.is_none() && !set.none => {
                reply.domain = set.patterns.first().and_then(|pattern| HostName::parse(&pattern.sample()).ok());
            }
            Column::Tenant(names, none) if reply.sender.tenant.is_none() && !none => {
                reply.sender.tenant = names.first().cloned();
            }
            _ => {}
        }
    }
    if reply.host.is_none()
        && let Some(id) = rule.profile
    {
        let profile = context.profiles.get(id);
        match (profile.hosts.first(), profile.domains.first()) {
            (Some(host), _) => reply.host = HostName::parse(&host.sample()).ok(),
            (None, Some(domain)) if reply.domain.is_none() => reply.domain = HostName::parse(&domain.sample()).ok(),
            _ => {}
        }
    }
    if reply.time.is_none() {
        reply.time = rule.window.from;
    }
}
