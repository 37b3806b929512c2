//! What the service says of itself: for people, or a JSON object a line. Addresses stand in it as pseudonyms only.

use super::queue::Queue;
use crate::Time;
use crate::engine::Record;
use crate::live::{Event, Pinned};
use crate::report::{json_line, plain};
use crate::ruleset::Action;
use crate::settings::LogForm;
use hmac_sha256::HMAC;
use serde_json::{Value, json};
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

/// The most findings about rules that one event shows.
const FINDINGS: usize = 20;

/// Where it is written.
#[derive(Clone)]
pub struct Log(Arc<Inner>);

struct Inner {
    form: LogForm,
    /// Pseudonyms of addresses are made with it; without it no verdict is logged.
    key: Option<Vec<u8>>,
    /// Addresses stand as they are.
    shows_addresses: bool,
    queue: Queue,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("form", &self.0.form).finish_non_exhaustive()
    }
}

impl Log {
    /// Onto `out`; verdicts are not logged.
    ///
    /// # Errors
    /// The system's, if there is no thread to be had.
    pub fn new(form: LogForm, out: Box<dyn Write + Send>) -> io::Result<Log> {
        Log::of(form, out, None, false)
    }

    /// Onto `out`, each verdict as well: recipients by pseudonyms that are made with `key`, or as they are.
    ///
    /// # Errors
    /// The system's, if there is no thread to be had.
    pub fn with_verdicts(
        form: LogForm,
        out: Box<dyn Write + Send>,
        key: Vec<u8>,
        shows_addresses: bool,
    ) -> io::Result<Log> {
        Log::of(form, out, Some(key), shows_addresses)
    }

    fn of(form: LogForm, out: Box<dyn Write + Send>, key: Option<Vec<u8>>, shows_addresses: bool) -> io::Result<Log> {
        let note = move |count| {
            let message = format!("{count} lines were dropped: who reads this does not keep up");
            line(form, "warning", "dropped", &message, json!({ "count": count }))
        };
        let queue = Queue::new(out, Box::new(note))?;
        Ok(Log(Arc::new(Inner { form, key, shows_addresses, queue })))
    }

    /// Says one line: a level, what happened in a word, a sentence, and values for programs. Nothing is waited for.
    pub(super) fn say(&self, level: &str, event: &str, message: &str, values: Value) {
        self.0.queue.push(line(self.0.form, level, event, message, values));
    }

    /// Waits until all that was said is written, but no longer than that.
    pub fn flush(&self, most: Duration) {
        self.0.queue.flush(most);
    }

    /// How many lines were dropped, since nobody read them.
    pub(super) fn dropped(&self) -> u64 {
        self.0.queue.dropped()
    }

    /// How it is written.
    pub fn form(&self) -> LogForm {
        self.0.form
    }

    /// What keeps the service from starting or from going on.
    pub fn failed(&self, why: &str) {
        self.say("error", "failed", why, json!({}));
    }

    /// What the operator may want to know.
    pub fn note(&self, message: &str) {
        self.say("info", "note", message, json!({}));
    }

    /// What the operator should know although all goes on.
    pub fn warn(&self, message: &str) {
        self.say("warning", "note", message, json!({}));
    }

    /// What happened to the active rules.
    pub fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { snapshot, pinned, refusal } => {
                let version = snapshot.version().to_string();
                let values = json!({ "snapshot": version, "came": snapshot.came().as_str() });
                match refusal {
                    None => {
                        let (level, why) = match pinned {
                            None => ("info", ""),
                            Some(Pinned::Back) => ("warning", ", which was gone back to before"),
                            Some(Pinned::Promoted) => ("warning", ", a candidate that was promoted before"),
                            Some(Pinned::Assumed) => {
                                ("warning", ", lest what was gone back from is active again: nobody can tell what to")
                            }
                        };
                        self.say(level, "started", &format!("started on snapshot {version}{why}"), values);
                    }
                    Some(refusal) => {
                        self.refused(refusal, &version);
                        let message = format!("started on the last good snapshot, {version}");
                        self.say("warning", "started", &message, values);
                    }
                }
            }
            Event::Swapped { snapshot } => {
                let version = snapshot.version().to_string();
                let came = snapshot.came().as_str();
                let rules = snapshot.engine().rules().rules.len();
                let message = format!("snapshot {version} is active: {rules} rules ({came})");
                self.say("info", "swapped", &message, json!({ "snapshot": version, "came": came, "rules": rules }));
            }
            Event::Refused { refusal, active } => self.refused(refusal, &active.to_string()),
            Event::Mended { version, trouble } => {
                let message = format!("the rules can be used again; they could not since {}", trouble.since);
                self.say("info", "mended", &message, json!({ "snapshot": version.to_string() }));
            }
            Event::NoWayBack { to, refusal } => {
                let message = format!("snapshot {to} was asked for and cannot be used: {refusal}");
                self.say("error", "no-way-back", &message, json!({ "snapshot": to.to_string() }));
            }
            Event::NotKept(why) => self.say("warning", "not-kept", why, json!({})),
            Event::KeptAgain => self.say("info", "kept-again", "snapshots are kept again", json!({})),
            Event::BadPin(why) => self.say("error", "bad-pin", why, json!({})),
            Event::Shrunk { before, after } => {
                let message = format!("{after} rules are active, and {before} were before: was a file cut off?");
                self.say("warning", "shrunk", &message, json!({ "rules": after, "before": before }));
            }
        }
    }

    fn refused(&self, refusal: &crate::live::Refusal, active: &str) {
        let findings: Vec<String> = match refusal.root() {
            Some(root) => vec![root.to_owned()],
            None => {
                let findings = refusal.diagnostics().iter().take(FINDINGS);
                findings.map(|finding| finding.one_line(refusal.sources()).to_string()).collect()
            }
        };
        let count = refusal.diagnostics().len().max(findings.len());
        let message = format!("the rules cannot be used; {active} stays active: {}", findings.join("; "));
        self.say("error", "refused", &message, json!({ "active": active, "findings": findings, "count": count }));
    }

    /// A verdict, if verdicts are logged.
    pub(super) fn verdict(&self, record: &Record<'_>) {
        let Some(key) = &self.0.key else { return };
        let verdict = &record.verdict;
        let recipient = record.recipient.map(|recipient| self.named(key, recipient));
        let message = format!(
            "{} {} by {} for {}",
            verdict.category(),
            verdict.reason().name,
            verdict.rule().name,
            recipient.as_deref().unwrap_or("nobody named")
        );
        let is_withheld = |action: &Action| record.withholds && matches!(action, Action::Suppress(_));
        let (withheld, actions): (Vec<Action>, Vec<Action>) = verdict.actions().into_iter().partition(is_withheld);
        let values = json!({
            "recipient": recipient,
            "source": record.source,
            "message_id": record.message,
            "category": verdict.category(),
            "reason": verdict.reason().name,
            "rule": verdict.rule().name,
            "actions": actions,
            "withheld": withheld,
            "profile": verdict.profile().map(|profile| &profile.name),
            "snapshot": verdict.engine().version().to_string(),
        });
        self.say("info", "verdict", &message, values);
    }

    /// An address as the log shows it: the same for the same address, and of use to nobody without the key.
    fn named(&self, key: &[u8], address: &str) -> String {
        if self.0.shows_addresses {
            return address.to_owned();
        }
        let code = HMAC::mac(address.trim().to_ascii_lowercase().as_bytes(), key);
        let short: String = code[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("recipient-{short}")
    }
}

fn line(form: LogForm, level: &str, event: &str, message: &str, values: Value) -> String {
    match form {
        LogForm::Text => format!("{} {level}: {}", Time::now(), plain(message)),
        LogForm::Json => {
            let mut line = json!({
                "v": 1, "time": Time::now().to_string(), "level": level, "event": event, "message": message,
            });
            if let (Value::Object(line), Value::Object(values)) = (&mut line, values) {
                line.extend(values);
            }
            json_line(&line)
        }
    }
}
