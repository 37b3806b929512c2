//! `carom serve`.

use super::Status;
use super::classify::Ties;
use super::output::Screen;
use super::roots::{self, SettingsArgument, refused, root_or_shipped, seated};
use crate::intake::notice::Reader;
use crate::live::{Live, OpenError, Settings as Loading};
use crate::serve::{self, Log};
use crate::settings::{LogForm, Settings, listen_address};
use crate::signed::Webhooks;
use anyhow::bail;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Give verdicts over HTTP.
///
/// Listens on a loopback address unless told otherwise; whoever else is to reach it needs tokens. Rules are loaded anew
/// when their files change, on SIGHUP, and by POST /v1/reload; rules that cannot be used change nothing. SIGTERM finishes
/// what was accepted. Limits, tokens, TLS and webhooks stand in the settings; what is said here comes before them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  carom serve --rules ours --kept /var/lib/carom
  carom serve --settings /etc/carom/carom.yaml
  curl -H 'Content-Type: application/json' -d '{\"text\":\"550 5.1.1 No such user\"}' localhost:8025/v1/classify")]
pub(super) struct Arguments {
    /// Where to listen; may be given more than once.
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = listen_address)]
    listen: Vec<SocketAddr>,
    /// Your own rules: a folder with a `root.carom`, or a file; without them, the shipped library.
    #[arg(long, value_name = "PATH")]
    rules: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgument,
    /// The folder in which good snapshots are kept, to go back to and to start on; without one, in memory.
    #[arg(long, value_name = "FOLDER")]
    kept: Option<PathBuf>,
    /// Rules that are tried beside the active ones, and never touch an answer.
    #[arg(long, value_name = "PATH")]
    shadow: Option<PathBuf>,
    /// How often the files are looked at, in seconds; 0 is never.
    #[arg(long, value_name = "SECONDS")]
    watch: Option<f64>,
    /// How many threads answer; without it, as many as there are processors.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// How standard error is written.
    #[arg(long, value_name = "FORM", value_enum)]
    log: Option<Form>,
    #[command(flatten)]
    ties: Ties,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

/// So long is waited for who reads the log when the service is over.
const LAST_WORDS: Duration = Duration::from_secs(1);

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    // Before anything that takes a while: who starts a service may hang up on it at once.
    let survived = serve::survive_hangups();
    let mut log = None;
    let result = survived.map_err(anyhow::Error::from).and_then(|()| started(arguments, screen, &mut log));
    // What keeps it from starting is said in the form of all that it says.
    let log = match log {
        Some(log) => log,
        None => Log::new(form(arguments, None), Box::new(io::stderr()))?,
    };
    let result = match result {
        Err(error) if log.form() == LogForm::Json => {
            log.failed(&format!("{error:#}"));
            Ok(Status::Partial)
        }
        result => result,
    };
    log.flush(LAST_WORDS);
    result
}

fn started(arguments: &Arguments, screen: Screen, said_to: &mut Option<Log>) -> anyhow::Result<Status> {
    let settings = arguments.settings.read()?;
    let log = said_to.insert(log(arguments, &settings)?).clone();
    let root = root_or_shipped(arguments.rules.as_ref(), settings.root())?;
    let own = &settings.service;
    let listen = if arguments.listen.is_empty() { own.listen.clone() } else { arguments.listen.clone() };
    let watch = match arguments.watch {
        Some(seconds) => every(seconds)?,
        None => own.watch,
    };
    let candidate = match &arguments.shadow {
        Some(path) => Some(roots::root(Some(path))?),
        None => own.shadow.as_deref().map(|path| settings.root_of(path)),
    };
    let serving = serve::Settings {
        listen: listen.clone(),
        tls: serve::TlsFiles::of(&settings),
        tokens: own.tokens.clone(),
        hosts: own.hosts.clone(),
        limits: own.limits,
        threads: arguments.threads.map(usize::from).or(own.threads),
        log_requests: own.log.requests,
        watch,
        candidate,
        webhooks: Webhooks::new(&settings)?,
        reader: Reader {
            layouts: None,
            ties: arguments.ties.read(&settings)?,
            carried: arguments.ties.carried(&settings),
        },
        trusts_untied: arguments.ties.trusts_untied(&settings),
        pending: serve::Pending(pending(arguments, &settings)),
    };
    if arguments.settings.path().is_none() && roots::settings_here().is_some() {
        log.note("carom.yaml is here but not used: `--settings carom.yaml` takes it");
    }
    let events = log.clone();
    let folder = own.kept.folder.as_ref().map(|folder| settings.beside(folder));
    let loading = Loading {
        kept: arguments.kept.clone().or(folder),
        keep: own.kept.count,
        listener: Box::new(move |event| events.event(event)),
        ..Loading::new(root)
    };
    let loading = match arguments.settings.path() {
        Some(path) => with_plugins(loading, path, log.clone(), pending(arguments, &settings)),
        None => loading,
    };
    // Before anything is loaded or written: one that cannot listen leaves alone what another one keeps.
    let bound = serve::bind(serving, &log)?;
    let live = Live::open(loading).map_err(|error| match error {
        OpenError::InUse { .. } => anyhow::Error::msg(error.to_string()),
        OpenError::Refused(refusal) => match refusal.root() {
            Some(root) => anyhow::Error::msg(root.to_owned()),
            None if log.form() == LogForm::Json => anyhow::Error::msg(format!("the rules cannot be used: {refusal}")),
            None => refused(refusal.diagnostics(), refusal.sources(), screen),
        },
    })?;
    bound.run(Arc::new(live), log)?;
    Ok(Status::Clean)
}

/// Says what the settings say by now and did not when it started.
type Pending = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// Whether the settings name other rules by now than those that are in use. An option comes before them.
fn pending(arguments: &Arguments, settings: &Settings) -> Pending {
    let path = arguments.settings.path().filter(|_| arguments.rules.is_none());
    let before = settings.rules.clone();
    Box::new(move || {
        let path = path.as_ref()?;
        let now = Settings::read(path).ok()?.rules;
        let shown = |rules: &Option<PathBuf>| match rules {
            Some(rules) => format!("`{}`", rules.display()),
            None => "the shipped library".to_owned(),
        };
        let words = || {
            let (path, now, before) = (path.display(), shown(&now), shown(&before));
            format!("{path} names other rules by now, {now}, than those in use, {before}: a restart takes them")
        };
        (now != before).then(words)
    })
}

/// With the plugins that the settings name at each load.
fn with_plugins(loading: Loading, path: PathBuf, log: Log, pending: Pending) -> Loading {
    let named = path.clone();
    let plugins = move || {
        let settings = Settings::read(&path).map_err(|error| error.to_string())?;
        pending().iter().for_each(|note| log.warn(note));
        seated(&settings, |note| log.warn(note)).map_err(|error| error.to_string())
    };
    let files = move || {
        let settings = Settings::read(&named).unwrap_or_default();
        settings.plugin_files().into_iter().chain([named.clone()]).collect()
    };
    Loading { plugins: Box::new(plugins), plugin_files: Box::new(files), ..loading }
}

fn every(seconds: f64) -> anyhow::Result<Option<Duration>> {
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if seconds <= 86_400.0 => Ok(Some(time).filter(|time| !time.is_zero())),
        _ => bail!("--watch is a number of seconds, at most a day"),
    }
}

/// How the log is written; without settings as far as that is known.
fn form(arguments: &Arguments, settings: Option<&Settings>) -> LogForm {
    let of_environment = || std::env::var("CAROM_SERVICE_LOG_FORM").is_ok_and(|form| form == "json");
    match (arguments.log, settings) {
        (Some(Form::Text), _) => LogForm::Text,
        (Some(Form::Json), _) => LogForm::Json,
        (None, Some(settings)) => settings.service.log.form,
        (None, None) => {
            if of_environment() {
                LogForm::Json
            } else {
                LogForm::Text
            }
        }
    }
}

fn log(arguments: &Arguments, settings: &Settings) -> anyhow::Result<Log> {
    let own = &settings.service.log;
    let form = form(arguments, Some(settings));
    let out = Box::new(io::stderr());
    if !own.verdicts {
        return Ok(Log::new(form, out)?);
    }
    let key = own.key.as_ref().map(|key| key.read(settings)).transpose().map_err(anyhow::Error::msg)?;
    let key = key.unwrap_or_default();
    if key.len() < 16 && !own.addresses {
        bail!("a stranger could guess the key of pseudonyms: write 16 characters or more in `service.log.key`");
    }
    Ok(Log::with_verdicts(form, out, key, own.addresses)?)
}
