//! `carom explain`.

use super::Status;
use super::output::Screen;
use super::roots;
use crate::diagnostic::Code;
use crate::intake::{Unwrapped, unwrap};
use crate::report::explanation;
use crate::report::{json_line, page};
use crate::{EnhancedCode, HostName, Phase, Reply, ReplyCode, Time};
use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

/// Say what a reply means and which rule decides; or what a diagnostic's code means.
///
/// Of a reply: the verdict, what to do in plain words, the rule that decided with its file and line, and
/// the other rules that match, with why each lost. Of a code such as E0020: its page.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom explain \"550 5.1.1 No such user\" --host mx1.example.com
  carom explain \"550 : User unknown\" --host lsean.ezweb.ne.jp --phase data
  carom explain E0020")]
pub(super) struct Arguments {
    /// The reply as the server wrote it, or as a log quotes it; or a code.
    #[arg(value_name = "REPLY|CODE")]
    what: String,
    /// The host that said it.
    #[arg(long, value_parser = host)]
    host: Option<HostName>,
    /// The recipient's domain.
    #[arg(long, value_parser = host)]
    domain: Option<HostName>,
    /// What it answers.
    #[arg(long, value_parser = phases())]
    phase: Option<Phase>,
    /// The reply code, where the text lacks it.
    #[arg(long, value_parser = code)]
    code: Option<ReplyCode>,
    /// The enhanced code, where the text lacks it.
    #[arg(long, value_name = "CODE", value_parser = enhanced)]
    enhanced: Option<EnhancedCode>,
    /// The status that a notice or a log gives.
    #[arg(long, value_name = "CODE", value_parser = enhanced)]
    status: Option<EnhancedCode>,
    /// When it was said, such as 2026-02-27T04:00Z; without it, now.
    #[arg(long, value_parser = time)]
    time: Option<Time>,
    /// For whom it was sent, where rules ask for a `tenant`.
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Your own rules: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    settings: roots::SettingsArgument,
    /// Print the verdict and the rules that lost as JSON.
    #[arg(long)]
    json: bool,
}

fn phases() -> impl TypedValueParser<Value = Phase> {
    // Only known names come through.
    PossibleValuesParser::new(Phase::ALL.map(Phase::as_str))
        .try_map(|name| name.parse::<Phase>().map_err(|()| "not a phase"))
}

fn host(text: &str) -> Result<HostName, &'static str> {
    HostName::parse(text).map_err(|_| "not a host name: write one with a dot in it, such as mx1.example.com")
}

fn code(text: &str) -> Result<ReplyCode, &'static str> {
    text.parse().map_err(|_| "not a reply code, which is a number from 200 to 599")
}

fn enhanced(text: &str) -> Result<EnhancedCode, &'static str> {
    text.parse().map_err(|_| "not an enhanced code such as 5.1.1")
}

pub(super) fn time(text: &str) -> Result<Time, &'static str> {
    text.parse().map_err(|()| "not a time such as 2026-02-27T04:00Z or 2026-02-27")
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let mut out = std::io::stdout().lock();
    if let Some(code) = diagnostic(&arguments.what)? {
        out.write_all(page(code, screen.color).as_bytes())?;
        return Ok(Status::Clean);
    }
    let (reply, via) = reply(arguments)?;
    let engine = roots::engine(arguments.rules.as_ref(), &arguments.settings, screen)?;
    let explained = engine.explain(&reply);
    if arguments.json {
        writeln!(out, "{}", json_line(&explanation::Json { explanation: &explained, via: via.as_deref() }))?;
    } else {
        out.write_all(explanation::text(&explained, via.as_deref(), screen.color).as_bytes())?;
    }
    Ok(Status::Clean)
}

/// The diagnostic's code that is meant, if it is one.
fn diagnostic(what: &str) -> anyhow::Result<Option<Code>> {
    let digits = what.strip_prefix(['E', 'W', 'e', 'w']).unwrap_or("");
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    let Ok(code) = what.parse() else {
        let range = |kind: char| {
            let mut codes = Code::ALL.iter().map(|code| code.as_str()).filter(|code| code.starts_with(kind));
            format!("{} to {}", codes.next().unwrap_or_default(), codes.next_back().unwrap_or_default())
        };
        bail!("there is no code {what}; errors go from {}, warnings from {}", range('E'), range('W'));
    };
    Ok(Some(code))
}

/// An option that says otherwise than the text is no answer to what the text lacks.
fn differs<T: PartialEq + Display>(option: &str, given: Option<&T>, said: Option<&T>) -> anyhow::Result<()> {
    match (given, said) {
        (Some(given), Some(said)) if given != said => {
            bail!("the text says {said}, and {option} says {given}: leave one of them out")
        }
        _ => Ok(()),
    }
}

/// The reply, with what the options say of it; and the words around it, if it was wrapped.
fn reply(arguments: &Arguments) -> anyhow::Result<(Reply, Option<String>)> {
    let Arguments { host, domain, phase, code, enhanced, status, time, tenant, .. } = arguments;
    let Unwrapped { mut reply, via } = unwrap(arguments.what.as_bytes());
    differs("--code", code.as_ref(), reply.code.as_ref())?;
    differs("--enhanced", enhanced.as_ref(), reply.enhanced.as_ref())?;
    let is_bare = reply.text.is_empty() && reply.class().is_none();
    if is_bare && code.is_none() && enhanced.is_none() && status.is_none() {
        bail!("there is no reply to explain: write it as the server did, such as \"550 5.1.1 No such user\"");
    }
    reply.host = host.clone().or(reply.host);
    reply.domain = domain.clone().or(reply.domain);
    reply.phase = phase.or(reply.phase);
    reply.code = code.or(reply.code);
    reply.enhanced = enhanced.or(reply.enhanced);
    reply.status = status.or(reply.status);
    reply.time = Some(time.unwrap_or_else(Time::now));
    reply.sender.tenant.clone_from(tenant);
    Ok((reply, via.map(Cow::into_owned)))
}
