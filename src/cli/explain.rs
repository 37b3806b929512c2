//! `carom explain`.

use super::Status;
use super::output::Screen;
use super::roots;
use crate::diagnostic::Code;
use crate::intake::wrapper::unwrap;
use crate::report::explanation;
use crate::report::{json_line, page};
use crate::{EnhancedCode, HostName, Phase, Reply, ReplyCode, Time};
use anyhow::{anyhow, bail};
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
    #[arg(long)]
    host: Option<String>,
    /// The recipient's domain.
    #[arg(long)]
    domain: Option<String>,
    /// What it answers: connect, ehlo, mail, rcpt, data, end-of-data.
    #[arg(long)]
    phase: Option<String>,
    /// The reply code, where the text lacks it.
    #[arg(long)]
    code: Option<String>,
    /// The enhanced code, where the text lacks it.
    #[arg(long)]
    enhanced: Option<String>,
    /// The status that a notice or a log gives.
    #[arg(long)]
    status: Option<String>,
    /// When it was said, such as 2026-02-27T04:00Z; without it, now.
    #[arg(long)]
    time: Option<String>,
    /// The sender's customer.
    #[arg(long)]
    tenant: Option<String>,
    /// Rules of one's own: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    /// As JSON: the verdict, and the rules that lost.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    if let Some(code) = code(&arguments.what)? {
        print!("{}", page(code, screen.color));
        return Ok(Status::Clean);
    }
    let (reply, via) = reply(arguments)?;
    let engine = roots::engine(arguments.rules.as_ref(), screen)?;
    let explained = engine.explain(&reply);
    if arguments.json {
        println!("{}", json_line(&explanation::Json { explanation: &explained, via: via.as_deref() }));
    } else {
        print!("{}", explanation::text(&explained, via.as_deref(), screen.color));
    }
    Ok(Status::Clean)
}

/// The diagnostic's code that is meant, if it is one.
fn code(what: &str) -> anyhow::Result<Option<Code>> {
    let digits = what.strip_prefix(['E', 'W', 'e', 'w']).unwrap_or("");
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    match what.parse() {
        Ok(code) => Ok(Some(code)),
        Err(()) => {
            let known: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
            bail!("there is no code {what}; known are {}", known.join(", "))
        }
    }
}

/// The reply, with what the options say of it; and the words around it, if it was wrapped.
fn reply(arguments: &Arguments) -> anyhow::Result<(Reply, Option<String>)> {
    let unwrapped = unwrap(arguments.what.as_bytes());
    let mut reply = unwrapped.reply;
    if let Some(host) = &arguments.host {
        let host = HostName::parse(host)
            .map_err(|_| anyhow!("--host: `{host}` is not a host: write a name with a dot in it"))?;
        reply.host = Some(host);
    }
    if let Some(domain) = &arguments.domain {
        let domain = HostName::parse(domain).map_err(|_| anyhow!("--domain: `{domain}` is not a domain"))?;
        reply.domain = Some(domain);
    }
    if let Some(phase) = &arguments.phase {
        let known = Phase::ALL.map(Phase::as_str).join(", ");
        reply.phase =
            Some(phase.parse().map_err(|()| anyhow!("--phase: `{phase}` is not a phase; known are {known}"))?);
    }
    if let Some(code) = &arguments.code {
        let code: ReplyCode =
            code.parse().map_err(|_| anyhow!("--code: `{code}` is not a reply code, which has three digits"))?;
        reply.code = Some(code);
    }
    let enhanced = |option: &str, text: &Option<String>| -> anyhow::Result<Option<EnhancedCode>> {
        let parse = |text: &String| {
            text.parse().map_err(|_| anyhow!("--{option}: `{text}` is not an enhanced code such as 5.1.1"))
        };
        text.as_ref().map(parse).transpose()
    };
    reply.enhanced = enhanced("enhanced", &arguments.enhanced)?.or(reply.enhanced);
    reply.status = enhanced("status", &arguments.status)?.or(reply.status);
    reply.time = Some(match &arguments.time {
        Some(time) => time.parse().map_err(|()| anyhow!("--time: `{time}` is not a time such as 2026-02-27T04:00Z"))?,
        None => Time::now(),
    });
    reply.sender.tenant.clone_from(&arguments.tenant);
    Ok((reply, unwrapped.via))
}
