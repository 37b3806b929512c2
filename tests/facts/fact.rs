//! A file of facts, and the replies that a fact's response stands for.

use carom::intake::{Unwrapped, unwrap};
use carom::{HostName, Phase, Reply};
use serde::Deserialize;
use std::path::Path;

/// What is known of a provider: the hosts, and what they say.
#[derive(Debug, Deserialize)]
pub(crate) struct File {
    /// Its name: `gmail`.
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(default)]
    hosts: Option<Vec<String>>,
    #[serde(default)]
    responses: Option<Vec<Fact>>,
}

/// A response, and what it means.
#[derive(Debug, Deserialize)]
pub(crate) struct Fact {
    code: String,
    enhanced: Option<String>,
    #[serde(default)]
    phrases: Option<Vec<String>>,
    #[serde(rename = "match")]
    joined: Option<String>,
    stage: Option<String>,
    /// Hard, soft, block or deferred.
    pub(crate) category: String,
    /// The facts' own finer word.
    pub(crate) reason: String,
}

/// A reply that is written out, and as it is asked of the rules.
pub(crate) struct Rendering {
    /// The code.
    pub(crate) code: String,
    /// `550 5.1.1 "no such user"`.
    pub(crate) shown: String,
    /// The reply.
    pub(crate) reply: Reply,
}

/// All files of a folder that have responses, by name.
pub(crate) fn read(folder: &Path) -> Vec<File> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry of the facts is read").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    paths.sort();
    let files = paths.iter().map(|path| {
        let text = std::fs::read_to_string(path).expect("a file of facts is read");
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        parse(&name, &text)
    });
    files.filter(|file| !file.facts().is_empty()).collect()
}

/// One file.
pub(crate) fn parse(name: &str, text: &str) -> File {
    let file: File = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    File { name: name.to_owned(), ..file }
}

impl File {
    pub(crate) fn facts(&self) -> &[Fact] {
        self.responses.as_deref().unwrap_or_default()
    }

    /// A host of the provider: `.x` and `*.x` are all below x.
    fn host(&self) -> Option<HostName> {
        let host = self.hosts.as_ref()?.first()?;
        let host = if host.starts_with('.') { format!("mx1{host}") } else { host.replace('*', "mx1") };
        HostName::parse(&host).ok()
    }

    /// Each code with each phrase, or with all of them where the fact asks for all.
    pub(crate) fn renderings(&self, fact: &Fact) -> Vec<Rendering> {
        let phrases = fact.phrases.as_deref().unwrap_or_default();
        let texts = match fact.joined.as_deref() {
            Some("all") => vec![phrases.join(" ")],
            _ if phrases.is_empty() => vec![String::new()],
            _ => phrases.to_vec(),
        };
        let mut found = Vec::new();
        for code in fact.codes() {
            let codes = [Some(code.clone()), fact.enhanced(&code)].into_iter().flatten().collect::<Vec<_>>().join(" ");
            for text in &texts {
                let raw = format!("{codes} {text}");
                let Unwrapped { mut reply, via } = unwrap(raw.trim_end().as_bytes());
                // As for JSON Lines: in a wrapped text the innermost reply's own host wins.
                let (host, phase) = (self.host(), fact.phase());
                let is_wrapped = via.is_some();
                reply.host = if is_wrapped { reply.host.or(host) } else { host.or(reply.host) };
                reply.phase = if is_wrapped { reply.phase.or(phase) } else { phase.or(reply.phase) };
                found.push(Rendering { code: code.clone(), shown: format!("{codes} \"{text}\""), reply });
            }
        }
        found
    }
}

/// What stands between slashes.
fn alternatives(text: &str) -> impl Iterator<Item = &str> {
    text.split('/').map(str::trim)
}

impl Fact {
    fn codes(&self) -> Vec<String> {
        let mut codes = Vec::new();
        for code in alternatives(&self.code) {
            let code = match code {
                "any" if matches!(self.category.as_str(), "hard" | "block") => "550",
                "any" | "4xx" => "450",
                "5xx" => "550",
                code => code,
            };
            if !codes.iter().any(|known| known == code) {
                codes.push(code.to_owned());
            }
        }
        codes
    }

    /// The enhanced code beside a code: one of its class, else the first, put into it. A range gives its first.
    fn enhanced(&self, code: &str) -> Option<String> {
        let first = |text: &str| text.split('-').next().map(str::to_owned).filter(|e| e.matches('.').count() == 2);
        let all: Vec<Option<String>> = alternatives(self.enhanced.as_deref()?).map(first).collect();
        let same = all.iter().flatten().find(|enhanced| enhanced[..1] == code[..1]);
        let other = || all.first()?.as_ref().map(|enhanced| format!("{}{}", &code[..1], &enhanced[1..]));
        same.cloned().or_else(other)
    }

    fn phase(&self) -> Option<Phase> {
        let stage = self.stage.as_ref()?.to_lowercase();
        // A filter answers at the end of the message.
        let name = if stage == "data" { "end-of-data" } else { &stage };
        Phase::ALL.into_iter().find(|phase| phase.as_str() == name)
    }
}
