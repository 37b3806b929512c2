//! `carom serve`.

use super::Status;
use super::classify::Ties;
use super::output::{Screen, counted, unreadable};
use super::roots::{SettingsArgument, compiler, root};
use crate::intake::notice::Reader;
use crate::live::{KEEP, Live, Settings as Loading};
use crate::resolve::Root;
use crate::serve::{self, LISTEN, Limits, Log, LogForm, Settings, Token};
use crate::settings::Admitted;
use anyhow::{Context, bail};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Give verdicts over HTTP.
///
/// Listens on a loopback address unless told otherwise; whoever else is to reach it needs tokens. Rules are loaded anew
/// when their files change, on SIGHUP, and by POST /v1/reload; rules that cannot be used change nothing. SIGTERM finishes
/// what was accepted. `docs/service.md` describes the paths.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom serve --rules ours --kept /var/lib/carom
  carom serve --rules ours --shadow ours-next
  curl -H 'Content-Type: application/json' -d '{\"text\":\"550 5.1.1 No such user\"}' localhost:8025/v1/classify")]
pub(super) struct Arguments {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT", default_value_t = LISTEN)]
    listen: SocketAddr,
    /// Your own rules: a folder with a `root.carom`, or a file; without it, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgument,
    /// The folder in which good snapshots are kept, to go back to and to start on; without it, in memory.
    #[arg(long, value_name = "FOLDER")]
    kept: Option<PathBuf>,
    /// How many snapshots are kept.
    #[arg(long, value_name = "N", default_value_t = KEEP, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1000))]
    keep: usize,
    /// Rules that are tried beside the active ones, and never touch an answer.
    #[arg(long, value_name = "PATH")]
    shadow: Option<PathBuf>,
    /// How often the files are looked at, in seconds; 0 is never.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    watch: f64,
    /// Who may ask: a file with a name, the SHA-256 of a token and its scopes (classify,read,reload) on each line.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// How many threads answer; without it, as many as there are processors.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    log: LogArguments,
    #[command(flatten)]
    ties: Ties,
}

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Limits")]
struct LimitArguments {
    /// The largest body, in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().body)]
    max_body: usize,
    /// How many replies one list may have; JSON Lines have no end.
    #[arg(long, value_name = "N", default_value_t = Limits::default().batch)]
    max_batch: usize,
    /// How many requests are worked on at once.
    #[arg(long, value_name = "N", default_value_t = Limits::default().requests)]
    max_requests: usize,
    /// How many connections are open at once.
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections)]
    max_connections: usize,
    /// So many seconds a head or a body may take, and a connection may lie idle.
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    patience: f64,
}

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "What is said on standard error")]
struct LogArguments {
    /// How it is written.
    #[arg(long = "log", value_name = "FORM", value_enum, default_value_t = Form::Text)]
    form: Form,
    /// Each request, without its body.
    #[arg(long)]
    log_requests: bool,
    /// Each verdict; recipients stand there by a pseudonym that is made with the key of this file.
    #[arg(long, value_name = "FILE")]
    log_verdicts: Option<PathBuf>,
    /// Recipients as they are.
    #[arg(long, requires = "log_verdicts")]
    log_addresses: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let root = match &arguments.rules {
        Some(path) => root(Some(path))?,
        None => Root::Builtin,
    };
    let log = log(&arguments.log)?;
    let settings = Settings {
        listen: arguments.listen,
        tokens: tokens(arguments.tokens.as_ref())?,
        limits: limits(&arguments.limits)?,
        threads: arguments.threads.map(usize::from),
        log_requests: arguments.log.log_requests,
        watch: seconds(arguments.watch, "--watch")?.filter(|every| !every.is_zero()),
        candidate: arguments.shadow.as_ref().map(|path| self::root(Some(path))).transpose()?,
        reader: Reader { layouts: None, ties: arguments.ties.read()? },
        trusts_untied: arguments.ties.trust_untied,
    };
    let events = log.clone();
    let loading = Loading {
        kept: arguments.kept.clone(),
        keep: arguments.keep,
        listener: Box::new(move |event| events.event(event)),
        ..Loading::new(root)
    };
    let loading = match arguments.settings.path() {
        Some(path) => with_plugins(loading, path, log.clone()),
        None => loading,
    };
    let live = Live::open(loading).map_err(|refusal| match refusal.root() {
        Some(root) => anyhow::Error::msg(root.to_owned()),
        None => super::roots::refused(refusal.diagnostics(), refusal.sources(), screen),
    })?;
    let listen = settings.listen;
    serve::run(Arc::new(live), settings, log).with_context(|| format!("cannot serve on {listen}"))?;
    Ok(Status::Clean)
}

/// With the plugins that the settings name at each load.
fn with_plugins(loading: Loading, path: PathBuf, log: Log) -> Loading {
    let named = path.clone();
    let plugins = move || {
        let compiler = compiler().map_err(|error| error.to_string())?;
        let settings = crate::settings::Settings::read(&path).map_err(|error| error.to_string())?;
        let admitted = settings.admit(compiler).map_err(|error| error.to_string())?;
        admitted.iter().filter_map(Admitted::note).for_each(|note| log.warn(&note));
        Ok(admitted.into_iter().map(Admitted::seat).collect())
    };
    let files = move || {
        let settings = crate::settings::Settings::read(&named).unwrap_or_default();
        settings.plugin_files().into_iter().chain([named.clone()]).collect()
    };
    Loading { plugins: Box::new(plugins), plugin_files: Box::new(files), ..loading }
}

fn seconds(value: f64, name: &str) -> anyhow::Result<Option<Duration>> {
    match Duration::try_from_secs_f64(value) {
        Ok(time) if value <= 86_400.0 => Ok(Some(time)),
        _ => bail!("{name} is a number of seconds, at most a day"),
    }
}

fn limits(arguments: &LimitArguments) -> anyhow::Result<Limits> {
    let LimitArguments { max_body, max_batch, max_requests, max_connections, patience } = *arguments;
    if max_body == 0 || max_batch == 0 || max_requests == 0 || max_connections == 0 {
        bail!("with a limit of 0 nothing would be answered");
    }
    let patience = seconds(patience, "--patience")?.filter(|time| !time.is_zero()).context("--patience is not 0")?;
    Ok(Limits {
        body: max_body,
        batch: max_batch,
        requests: max_requests,
        connections: max_connections,
        head: patience,
        patience,
        ..Limits::default()
    })
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| unreadable(&path.display().to_string(), &error))
}

fn tokens(path: Option<&PathBuf>) -> anyhow::Result<Vec<Token>> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let text = read(path)?;
    let text = String::from_utf8_lossy(&text);
    let mut tokens = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            tokens.push(Token::parse(line).with_context(|| format!("{}:{}", path.display(), n + 1))?);
        }
    }
    if tokens.is_empty() {
        bail!("{}: there is no token in it, so that nobody could ask", path.display());
    }
    Ok(tokens)
}

fn log(arguments: &LogArguments) -> anyhow::Result<Log> {
    let form = match arguments.form {
        Form::Text => LogForm::Text,
        Form::Json => LogForm::Json,
    };
    let out = Box::new(io::stderr());
    let Some(path) = &arguments.log_verdicts else { return Ok(Log::new(form, out)) };
    let key = read(path)?.trim_ascii_end().to_vec();
    if key.len() < 16 {
        bail!("{}: the key has {}, which a stranger could guess", path.display(), counted(key.len() as u64, "byte"));
    }
    Ok(Log::with_verdicts(form, out, key, arguments.log_addresses))
}
