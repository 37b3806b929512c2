//! Actions, schedules, and which of the places that name actions counts.

use super::Resolver;
use crate::diagnostic::{Code, Diagnostic};
use crate::reply::Duration;
use crate::ruleset::{Action, Category, Rate, Reason, Retry, Schedule, ThrottleOf, Wait};
use crate::source::Span;
use crate::syntax::ast::{self, ActionKind, Limits, Word};

/// The actions of one list, each with its place.
pub(super) type Actions = Vec<(Action, Span)>;

impl Resolver<'_> {
    pub(super) fn schedule(&mut self, schedule: &ast::Schedule) -> Schedule {
        let waits = schedule.waits.iter().filter_map(|word| self.duration(word)).collect();
        let (times, until) = self.limits(&schedule.limits);
        Schedule { waits, times, until }
    }

    fn limits(&mut self, limits: &Limits) -> (Option<u32>, Option<Duration>) {
        let (mut times, mut until) = (None, None);
        for word in &limits.times {
            self.once(&mut times, word.span, "up to", word);
        }
        for word in &limits.until {
            self.once(&mut until, word.span, "until", word);
        }
        let times = times.and_then(|(_, word)| self.count(word, 1_000));
        (times, until.and_then(|(_, word)| self.duration(word)))
    }

    pub(super) fn actions(&mut self, actions: &[ast::Action]) -> Actions {
        actions.iter().filter_map(|action| self.action(&action.kind).map(|found| (found, action.place.0))).collect()
    }

    fn action(&mut self, kind: &ActionKind) -> Option<Action> {
        Some(match kind {
            ActionKind::Suppress(time) => Action::Suppress(time.as_ref().and_then(|word| self.duration(word))),
            ActionKind::Retry(schedule) => Action::Retry(Retry::from(&self.schedule(schedule))),
            ActionKind::RetryByProfile => Action::Retry(Retry { wait: Wait::Profile, times: None, until: None }),
            ActionKind::RetryAfter { field, otherwise, limits } => {
                let otherwise = otherwise.as_ref().and_then(|word| self.duration(word));
                let (times, until) = self.limits(limits);
                Action::Retry(Retry { wait: Wait::Field { name: field.text.clone(), otherwise }, times, until })
            }
            ActionKind::NoRetry => Action::NoRetry,
            ActionKind::Pause { after, time } => {
                let after = match after {
                    Some((count, within)) => Some((self.count(count, 10_000)?, self.duration(within)?)),
                    None => None,
                };
                Action::Pause { after, time: time.as_ref().and_then(|word| self.duration(word)) }
            }
            ActionKind::Throttle { of, to, connections, time } => {
                let of = match of {
                    ast::ThrottleOf::Host => ThrottleOf::Host,
                    ast::ThrottleOf::Profile => ThrottleOf::Profile,
                };
                let to = if *connections { Rate::Connections(self.count(to, 10_000)?) } else { self.rate(to)? };
                Action::Throttle { of, to, time: self.duration(time)? }
            }
            ActionKind::Gate => Action::Gate,
            ActionKind::Alert => Action::Alert,
            ActionKind::Ignore => Action::Ignore,
        })
    }

    /// `100/h`, `30/5m`
    fn rate(&mut self, word: &Word) -> Option<Rate> {
        let rate = word.text.split_once('/').and_then(|(count, per)| {
            let count = count.parse::<u32>().ok().filter(|n| *n > 0)?;
            let per = if per.starts_with(|c: char| c.is_ascii_digit()) { per.to_owned() } else { format!("1{per}") };
            let per = per.parse::<Duration>().ok().filter(|per| per.seconds() > 0)?;
            Some(Rate::Messages(count, per))
        });
        if rate.is_none() {
            let diagnostic = Diagnostic::new(Code::E0038, word.span, format!("`{}` is not a rate", word.text))
                .help("write messages in a time (`100/h`, `30/5m`), or connections (`1 connection`)");
            self.report(diagnostic);
        }
        rate
    }

    /// Reports actions that cannot both be done.
    pub(super) fn check_actions(&mut self, actions: &Actions) {
        let clash = |a: &Action, b: &Action| {
            use Action::{Ignore, NoRetry, Retry, Suppress};
            matches!(
                (a, b),
                (Retry(_), Retry(_) | NoRetry | Suppress(_))
                    | (NoRetry | Suppress(_), Retry(_))
                    | (Ignore, _)
                    | (_, Ignore)
            ) || a.as_str() == b.as_str()
        };
        for (n, (second, span)) in actions.iter().enumerate() {
            let Some((first, place)) = actions[..n].iter().find(|(first, _)| clash(first, second)) else { continue };
            let message = format!("`{}` and `{}` cannot both be done", words(first), words(second));
            let diagnostic =
                Diagnostic::new(Code::E0064, *span, message).also(*place, "the other one").help("keep one of the two");
            self.report(diagnostic);
            return;
        }
    }

    /// What is done: the first list that names anything, and what is added to it.
    ///
    /// Returns the actions of the verdict, and those of the same verdict where it is lowered from
    /// hard to soft because the reply was a 4xx: nothing that is for ever is done on such a reply.
    pub(super) fn effective(
        &mut self,
        stated: &Actions,
        also: &Actions,
        reason: &Reason,
        category: Category,
    ) -> Effective {
        let plain = |actions: &Actions| actions.iter().map(|(action, _)| action.clone()).collect::<Vec<_>>();
        let (mut actions, from_policy) = if !stated.is_empty() {
            (plain(stated), false)
        } else if !reason.actions.is_empty() {
            (reason.actions.clone(), false)
        } else {
            (plain(&self.policy.of(category)), true)
        };
        actions.extend(plain(also));
        let mut lowered = Vec::new();
        if category == Category::Hard {
            let for_now = |action: &Action| !matches!(action, Action::Suppress(_) | Action::NoRetry);
            if !from_policy {
                lowered = actions.iter().filter(|action| for_now(action)).cloned().collect();
            }
            if !lowered.iter().any(|action| matches!(action, Action::Retry(_))) {
                let soft = plain(&self.policy.of(Category::Soft));
                let new: Vec<Action> = soft.into_iter().filter(|action| !lowered.contains(action)).collect();
                lowered.extend(new);
            }
        }
        Effective { actions, lowered }
    }
}

/// What a rule does, and what it does where its verdict is lowered.
pub(super) struct Effective {
    pub(super) actions: Vec<Action>,
    pub(super) lowered: Vec<Action>,
}

fn words(action: &Action) -> &'static str {
    match action {
        Action::NoRetry => "no retry",
        other => other.as_str(),
    }
}
