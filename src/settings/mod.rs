//! The settings of a deployment, `carom.yaml`: its rules, which plugins are used, whose they are and what they may do, what
//! notices are held against, and how the service runs.
//!
//! ```yaml
//! rules: ours
//! keys:
//!   acme: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3
//! plugins:
//!   - file: plugins/acme.wasm
//!     key: acme
//!     hosts: ["*.acme.example"]
//!     may: [suppress]
//! service:
//!   listen: 127.0.0.1:8025
//! ```
//!
//! Each key is read by one call (`section.rs`) that says what it is, its form and its default; the schema, the list of
//! keys and the variables of the environment come from the same calls.
//!
//! Invariant: what is not understood is an error with its place, so that nothing is granted by a slip.

mod admit;
mod environment;
mod form;
mod guessed;
mod measure;
mod node;
mod notices;
mod place;
mod plugins;
mod secret;
mod section;
mod service;
mod shown;
mod sound;
mod webhooks;

pub use admit::Admitted;
pub use environment::Environment;
pub use form::listen_address;
pub use notices::NoticeSettings;
pub(crate) use notices::header_field;
pub use place::Step;
pub use plugins::{PluginSettings, Trust};
pub use secret::Secret;
pub use service::{
    KeptSettings, LogForm, LogSettings, ServiceLimits, ServiceSettings, TlsSettings, TokenScope, TokenSettings,
};
pub use shown::{Described, Origin, Shown};
pub use webhooks::{MailgunSettings, PostmarkSettings, SendGridSettings, SesSettings, WebhookSettings};

use crate::plugin::Key;
use crate::resolve::Root;
use crate::spelling::nearest;
use form::{KEY, Wrong};
use node::Node;
pub(crate) use place::written;
use place::{End, find};
use section::{Problem, Reader, Section};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// The longest file that is read.
const LIMIT: u64 = 4 << 20;

/// What `carom.yaml` says.
#[derive(Debug)]
pub struct Settings {
    /// The file, which the paths in it stand beside; empty where there is none.
    pub path: PathBuf,
    /// The rules: a folder, a file, or `builtin`.
    pub rules: Option<PathBuf>,
    /// Keys that are trusted, by the names that the operator gave them.
    pub keys: BTreeMap<String, Key>,
    /// The plugins.
    pub plugins: Vec<PluginSettings>,
    /// Where compiled code is kept; without it, in the user's own folder for such things.
    pub cache: Option<PathBuf>,
    /// What notices are held against.
    pub notices: NoticeSettings,
    /// How the service runs.
    pub service: ServiceSettings,
}

/// Why settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The file; empty where there is none.
    pub path: PathBuf,
    /// The line, where one is to blame.
    pub line: Option<usize>,
    /// The variable, where one is to blame.
    pub variable: Option<Box<str>>,
    /// The key, as `service.listen`; empty where none is to blame.
    pub key: Box<str>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What mends it.
    pub help: Option<String>,
}

impl SettingsError {
    /// Of a file as a whole.
    fn of(path: &Path, message: String) -> SettingsError {
        let (path, key) = (path.to_owned(), Box::default());
        SettingsError { path, line: None, variable: None, key, message, help: None }
    }

    /// The place that is to blame.
    pub fn place(&self) -> String {
        match (&self.variable, self.line) {
            (Some(variable), _) => variable.to_string(),
            (None, Some(line)) => format!("{}:{line}", self.path.display()),
            (None, None) if self.path.as_os_str().is_empty() => "settings".to_owned(),
            (None, None) => self.path.display().to_string(),
        }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)?;
        match &self.help {
            Some(help) => write!(f, ": {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SettingsError {}

/// Settings, with all that there is to say of them.
#[derive(Debug)]
pub struct Examined {
    /// They; what is wrong is left at its default.
    pub settings: Settings,
    /// What is wrong, by lines.
    pub problems: Vec<SettingsError>,
    /// Each value, and where it came from.
    values: Vec<Shown>,
    text: String,
}

impl Default for Settings {
    fn default() -> Settings {
        let environment = Environment::default();
        Settings::take(&mut Reader::new("", &environment), Path::new(""), &Node::Nothing).0
    }
}

impl Settings {
    /// Reads a file, and the variables of the environment.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn read(path: &Path) -> Result<Settings, SettingsError> {
        Settings::examine(Some(path), &Environment::of_process())?.whole()
    }

    /// Reads the variables of the environment alone.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn of_environment() -> Result<Settings, SettingsError> {
        Settings::examine(None, &Environment::of_process())?.whole()
    }

    /// Reads a file, if there is one, and variables, and tells all that is wrong with them.
    ///
    /// # Errors
    /// That the file cannot be read.
    pub fn examine(path: Option<&Path>, environment: &Environment) -> Result<Examined, SettingsError> {
        let Some(path) = path else { return Ok(examine(Path::new(""), "", environment)) };
        let failed = |message: String| SettingsError::of(path, message);
        let size = std::fs::metadata(path).map_err(|error| failed(why(&error)))?.len();
        if size > LIMIT {
            return Err(failed(format!("it has {size} bytes; at most {LIMIT} are read")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| failed(why(&error)))?;
        Ok(examine(path, &text, environment))
    }

    /// Reads a text; the paths in it stand beside `path`.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn parse(path: &Path, text: &str) -> Result<Settings, SettingsError> {
        examine(path, text, &Environment::default()).whole()
    }

    /// The rules, if the settings name them.
    pub fn root(&self) -> Option<Root> {
        self.rules.as_deref().map(|path| self.root_of(path))
    }

    /// Rules as the settings name them.
    pub fn root_of(&self, path: &Path) -> Root {
        if path.as_os_str() == "builtin" { Root::Builtin } else { Root::Path(self.beside(path)) }
    }

    /// The files that plugins are made from: components and their signatures.
    pub fn plugin_files(&self) -> Vec<PathBuf> {
        let components = self.plugins.iter().map(|plugin| self.beside(&plugin.file));
        let with_signature = |path: PathBuf| {
            let mut signature = path.clone().into_os_string();
            signature.push(".minisig");
            [path, signature.into()]
        };
        components.flat_map(with_signature).collect()
    }

    /// A path as the settings mean it.
    pub fn beside(&self, path: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }

    /// All keys that settings may have, in the order of `carom config show`.
    pub fn described() -> Vec<Described> {
        let environment = Environment::default();
        let mut reader = Reader::describing(&environment);
        Settings::take(&mut reader, Path::new(""), &Node::Nothing);
        reader.described
    }

    /// A JSON Schema of settings, for editors.
    pub fn schema() -> Value {
        let environment = Environment::default();
        let (_, schema) = Settings::take(&mut Reader::describing(&environment), Path::new(""), &Node::Nothing);
        let mut whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Settings of Carom, carom.yaml",
        });
        if let (Value::Object(whole), Value::Object(schema)) = (&mut whole, schema) {
            whole.extend(schema);
        }
        whole
    }

    fn take(reader: &mut Reader<'_>, path: &Path, node: &Node) -> (Settings, Value) {
        reader.whole(node, |at: &mut Section<'_, '_>| {
            let settings = Settings {
                path: path.to_owned(),
                rules: at.path("rules", "your own rules: a folder with a `root.carom`, a file, or `builtin`"),
                keys: at.named("keys", &KEY, "keys that plugins are signed with, by names of your own"),
                plugins: at.items("plugins", "the plugins, and what each may do", PluginSettings::take),
                cache: at.path("cache", "where compiled code of plugins is kept; without it, in the user's cache"),
                notices: at.section("notices", "what notices are held against", NoticeSettings::take),
                service: at.section("service", "how `carom serve` runs", ServiceSettings::take),
            };
            for (n, plugin) in settings.plugins.iter().enumerate() {
                if let Trust::Key(name) = &plugin.trust
                    && !settings.keys.contains_key(name)
                    && !at.is_mentioned("keys", name)
                {
                    let near = nearest(name, settings.keys.keys().map(String::as_str));
                    let help = near.map(|near| format!("did you mean `{near}`?"));
                    let cause = format!("there is no key `{name}` among the `keys`");
                    at.wrong_below("plugins", n, "key", cause, help.as_deref());
                }
            }
            settings
        })
    }
}

impl Examined {
    /// Each value, and where it came from.
    pub fn values(&self) -> Vec<Shown> {
        let mut values = self.values.clone();
        for shown in values.iter_mut().filter(|shown| shown.origin == Origin::File) {
            shown.line = find(&self.text, &shown.path, End::Value).map(|(line, _)| line);
        }
        values
    }

    /// The settings, if nothing is wrong with them.
    ///
    /// # Errors
    /// The first thing that is.
    pub fn whole(self) -> Result<Settings, SettingsError> {
        match self.problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(self.settings),
        }
    }
}

fn examine(path: &Path, text: &str, environment: &Environment) -> Examined {
    let is_blank = text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    let node = if is_blank { Ok(Node::Nothing) } else { serde_yaml::from_str(text) };
    let mut reader = Reader::new(text, environment);
    let (settings, _) = Settings::take(&mut reader, path, node.as_ref().unwrap_or(&Node::Nothing));
    let Reader { problems, shown: values, .. } = reader;
    let mut problems: Vec<SettingsError> = match node {
        Ok(_) => problems.into_iter().map(|problem| placed(problem, path, text)).collect(),
        // Of a file that cannot be read nothing else is known.
        Err(error) => {
            let (message, help) = node::broken(&error);
            let line = error.location().map(|place| place.line());
            vec![SettingsError { line, help, ..SettingsError::of(path, message) }]
        }
    };
    problems.extend(sound::variables(environment));
    problems.sort_by_key(|problem| problem.line);
    Examined { settings, problems, values, text: text.to_owned() }
}

fn placed(problem: Problem, path: &Path, text: &str) -> SettingsError {
    let Problem { path: steps, end, variable, wrong: Wrong { cause, help }, .. } = problem;
    // What lacks something has the line of what it stands in.
    let known = (0..=steps.len()).rev().map(|n| (&steps[..n], if n == steps.len() { end } else { End::Value }));
    let mut lines = known.filter_map(|(steps, end)| find(text, steps, end));
    let line = lines.next().map(|(line, _)| line).filter(|_| variable.is_none());
    let (variable, key) = (variable.map(String::into_boxed_str), written(&steps).into());
    SettingsError { path: path.to_owned(), line, variable, key, message: cause, help }
}

/// Why a file could not be read.
fn why(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read by this user".to_owned(),
        std::io::ErrorKind::InvalidData => "it is no text in UTF-8".to_owned(),
        _ => format!("it cannot be read: {error}"),
    }
}
