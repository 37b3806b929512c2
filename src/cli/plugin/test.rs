//! `carom plugin test`.

use super::super::Status;
use super::super::output::{Format, Screen, counted};
use super::conformance::{self, Complaint, Conformance};
use super::{build, load};
use crate::engine::{Engine, LoadError, Tested};
use crate::plugin::Description;
use crate::report::diagnostics::{json, summary};
use crate::report::json_line;
use crate::resolve::Root;
use crate::ruleset::{Action, Rule, RuleSet};
use crate::source::Origin;
use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// Test a plugin: its own examples and tests, then hostile replies.
///
/// The examples and tests of its rules are run with the plugin over the shipped library. Then it is asked about thousands of replies
/// that are cut, changed, drawn out and lack what a reply has: none may make it fail, and the same reply must
/// get the same answer again, also after others. Here it is granted what it claims, and to suppress.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  carom plugin test acme             a crate, which is built first\n  carom plugin test acme/acme.wasm\n  \
                        carom plugin test --json acme | jq .complaints"
)]
pub(super) struct Arguments {
    /// A component, or the folder of a crate, which is built first; without it, the folder that this is run in.
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    path: PathBuf,
    /// Print what came of it as a line of JSON.
    #[arg(long)]
    json: bool,
}

/// Complaints that are told; more of the same help nobody.
const TOLD: usize = 10;

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let path = &arguments.path;
    let file = if path.is_dir() { build::build(path, None, &[], screen)?.file } else { path.clone() };
    let bytes = load::read(&file)?;
    let host = load::host()?;
    let refused = |refused| anyhow::anyhow!("it is refused: {refused}");
    let fresh = host.load(&bytes, load::options(false)).map_err(refused).with_context(|| load::shown(&file))?;
    let used = host.load(&bytes, load::options(true)).map_err(refused)?;
    let (description, digest, asked) = (fresh.description.clone(), fresh.digest.clone(), fresh.plugin.clone());
    let engine = match Engine::load_with(&Root::Builtin, vec![fresh.seat(true)]) {
        Ok(engine) => engine,
        Err(LoadError { root: Some(why), .. }) => bail!(why),
        Err(LoadError { diagnostics, sources, .. }) => {
            if arguments.json {
                let findings: Vec<String> = diagnostics.iter().map(|finding| json(finding, &sources)).collect();
                writeln!(std::io::stdout(), "{}", line(&description, &digest, &findings, json!({})))?;
            } else {
                screen.write(&diagnostics, &sources, Format::Text)?;
                writeln!(std::io::stdout(), "{}: nothing was run", summary(&diagnostics))?;
            }
            return Ok(Status::Found);
        }
    };
    let tested = engine.test_plugins();
    let conformance = conformance::run(&engine, &*asked, &*used.plugin);
    if arguments.json {
        let findings: Vec<String> =
            tested.failures.iter().map(|failure| json(failure, &engine.rules().sources)).collect();
        writeln!(
            std::io::stdout(),
            "{}",
            line(&description, &digest, &findings, outcome(engine.rules(), &tested, &conformance))
        )?;
    } else {
        screen.write(&tested.failures, &engine.rules().sources, Format::Text)?;
        tell(&description, engine.rules(), &tested, &conformance)?;
    }
    let is_clean = tested.failures.is_empty() && conformance.complaints.is_empty();
    Ok(if is_clean { Status::Clean } else { Status::Found })
}

fn tell(description: &Description, rules: &RuleSet, tested: &Tested, conformance: &Conformance) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let run = format!("{}, {}", counted(tested.examples as u64, "example"), counted(tested.tests as u64, "test"));
    let held = match tested.failures.len() {
        0 if tested.examples + tested.tests == 0 => "no examples and no tests: give each rule an `example`".to_owned(),
        0 => format!("{run}: all hold"),
        failed => format!("{run}: {failed} failed"),
    };
    writeln!(out, "{} {}: {held}", description.name, description.version)?;
    let Conformance { replies, named, complaints } = conformance;
    let found = match complaints.len() {
        0 => "no failure, and the same answers when asked again".to_owned(),
        many => counted(many as u64, "complaint"),
    };
    writeln!(out, "{replies} hostile replies, of which it decides {named}: {found}")?;
    for Complaint { reply, what } in complaints.iter().take(TOLD) {
        writeln!(out, "  \"{reply}\": {what}")?;
    }
    if complaints.len() > TOLD {
        writeln!(out, "  … and {} more", complaints.len() - TOLD)?;
    }
    for rule in unshown(rules) {
        writeln!(out, "note: nothing shows that `{}` is ever named: give it an `example`", rule.name)?;
    }
    if suppresses(rules) {
        writeln!(out, "note: it suppresses addresses, so its operator must grant `may: [suppress]`")?;
    }
    Ok(())
}

fn outcome(rules: &RuleSet, tested: &Tested, conformance: &Conformance) -> Value {
    let Conformance { replies, named, complaints } = conformance;
    let complaints: Vec<Value> =
        complaints.iter().map(|Complaint { reply, what }| json!({"reply": reply, "what": what})).collect();
    let unshown: Vec<&str> = unshown(rules).map(|rule| rule.name.as_str()).collect();
    json!({
        "examples": tested.examples, "tests": tested.tests, "replies": replies, "named": named, "complaints": complaints,
        "unshown": unshown, "suppresses": suppresses(rules),
    })
}

/// All as one line; what was not run is missing.
fn line(description: &Description, digest: &str, findings: &[String], outcome: Value) -> String {
    let findings: Vec<Value> = findings.iter().filter_map(|finding| serde_json::from_str(finding).ok()).collect();
    let mut all = json!({"v": 1, "plugin": description.name, "version": description.version, "sha256": digest, "findings": findings});
    if let (Some(all), Value::Object(outcome)) = (all.as_object_mut(), outcome) {
        all.extend(outcome);
    }
    json_line(&all)
}

fn own(rules: &RuleSet) -> impl Iterator<Item = &Rule> {
    rules.rules.iter().filter(|rule| is_plugins(rules, rule))
}

/// Whether the plugin brought it along.
pub(super) fn is_plugins(rules: &RuleSet, rule: &Rule) -> bool {
    rules.sources.file(rule.span.file).origin == Origin::Plugin
}

/// The rules that only the plugin's code gives, and no example.
fn unshown(rules: &RuleSet) -> impl Iterator<Item = &Rule> {
    own(rules).filter(|rule| rule.by_plugin && rule.examples.is_empty())
}

/// Whether a rule of the plugin suppresses.
pub(super) fn suppresses(rules: &RuleSet) -> bool {
    let mut actions = own(rules).flat_map(|rule| &rule.outcomes).flat_map(|outcome| &outcome.actions);
    actions.any(|action| matches!(action, Action::Suppress(_)))
}
