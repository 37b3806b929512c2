//! What is wrong with settings besides their words: variables that mean nothing, files that are not there.

use super::environment::Environment;
use super::guessed;
use super::place::{End, Step, find};
use super::{Described, PostmarkSettings, Secret, Settings, SettingsError, Trust, written};
use crate::spelling::nearest;
use std::path::{Path, PathBuf};

/// What is wrong with the variables themselves.
pub(super) fn variables(environment: &Environment) -> Vec<SettingsError> {
    if environment.is_empty() {
        return Vec::new();
    }
    let known: Vec<String> = Settings::described().iter().filter_map(Described::variable).collect();
    let of = |name: &str, message: &str, help: Option<String>| SettingsError {
        variable: Some(name.into()),
        help,
        ..SettingsError::of(Path::new(""), message.to_owned())
    };
    let strange = environment.strangers(&known).map(|name| {
        let help = match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if is_of_kubernetes(name) => {
                "Kubernetes sets it for a service of such a name: `enableServiceLinks: false` in the pod keeps it away"
                    .to_owned()
            }
            None => {
                "`carom config show` lists the keys; a variable is CAROM_ and the key's words, in capitals".to_owned()
            }
        };
        of(name, "no setting goes by this variable", Some(help))
    });
    let broken = environment.broken().filter(|name| known.iter().any(|one| one == name));
    strange.chain(broken.map(|name| of(name, "its value is no text in UTF-8", None))).collect()
}

/// Whether containers get a variable of such a name for a service.
fn is_of_kubernetes(name: &str) -> bool {
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.contains("_PORT_")
        || name.ends_with("_PORT")
}

impl Settings {
    /// An error at a key, with the line that it has in the file.
    pub fn blame(&self, names: &[&str], message: String, help: Option<&str>) -> SettingsError {
        let path: Vec<Step> = names.iter().map(|name| Step::Key((*name).to_owned())).collect();
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let line = find(&text, &path, End::Value).map(|(line, _)| line);
        SettingsError {
            line,
            key: written(&path).into(),
            help: help.map(str::to_owned),
            ..SettingsError::of(&self.path, message)
        }
    }

    /// Files and folders that are named and are not there, and secrets that cannot be read.
    pub fn missing(&self) -> Vec<SettingsError> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let mut found = Vec::new();
        let mut tell = |path: &[Step], message: String, help: Option<String>| {
            let line = find(&text, path, End::Value).map(|(line, _)| line);
            let key = written(path).into();
            found.push(SettingsError { line, key, help, ..SettingsError::of(&self.path, message) });
        };
        let keys = |names: &[&str]| names.iter().map(|name| Step::Key((*name).to_owned())).collect::<Vec<Step>>();
        let lacks = |path: &Path| (!self.beside(path).exists()).then(|| self.beside(path).display().to_string());
        let rules = [(&["rules"][..], &self.rules), (&["service", "shadow"], &self.service.shadow)];
        for (names, path) in rules {
            let Some(path) = path.as_ref().filter(|path| path.as_os_str() != "builtin") else { continue };
            if let Some(shown) = lacks(path) {
                let help = "name a folder with a `root.carom`, a file, or `builtin`".to_owned();
                tell(&keys(names), format!("there are no rules at {shown}"), Some(help));
            }
        }
        for (n, plugin) in self.plugins.iter().enumerate() {
            let path = [Step::Key("plugins".to_owned()), Step::Item(n), Step::Key("file".to_owned())];
            let mut signature = plugin.file.clone().into_os_string();
            signature.push(".minisig");
            if let Some(shown) = lacks(&plugin.file) {
                tell(&path, format!("there is no file {shown}"), Some("paths stand beside the settings".to_owned()));
            } else if let (Trust::Key(_), Some(shown)) = (&plugin.trust, lacks(&PathBuf::from(signature))) {
                tell(
                    &path,
                    format!("its signature is missing: {shown}"),
                    Some("`carom plugin sign` makes one".to_owned()),
                );
            }
        }
        if let Some(tls) = &self.service.tls {
            for (name, path) in [("certificate", &tls.certificate), ("key", &tls.key)] {
                if let Some(shown) = lacks(path) {
                    tell(&keys(&["service", "tls", name]), format!("there is no file {shown}"), None);
                }
            }
        }
        if let Some(shown) = self.notices.sent.as_deref().and_then(lacks) {
            tell(&keys(&["notices", "sent"]), format!("there is no file {shown}"), None);
        }
        for (n, token) in self.service.tokens.iter().enumerate() {
            // Nobody has a token of this hash: the example of the page, as it stands there.
            if token.hash == [0; 32] {
                let path = [&keys(&["service", "tokens"])[..], &[Step::Item(n), Step::Key("hash".to_owned())]].concat();
                let message = "no token has this hash: put your own hash here".to_owned();
                tell(&path, message, Some(guessed::MAKE.to_owned()));
            }
        }
        if let Some(folder) = self.service.kept.folder.as_ref().map(|folder| self.beside(folder))
            && folder.exists()
            && !folder.is_dir()
        {
            let message = format!("{} is no folder", folder.display());
            tell(&keys(&["service", "kept", "folder"]), message, Some("name one for snapshots alone".to_owned()));
        }
        for (path, secret) in self.secrets() {
            let names = keys(&path);
            match secret.read(self) {
                Err(why) => {
                    let names = if secret.file().is_some() { [&names[..], &keys(&["file"])].concat() } else { names };
                    tell(&names, why, Some("a secret's file holds the secret alone".to_owned()));
                }
                Ok(key) if path.contains(&"webhooks") && key.len() < 8 => {
                    let help = "it has 8 characters or more, by chance; is it the right one?".to_owned();
                    tell(&names, "a stranger could guess this secret".to_owned(), Some(help));
                }
                Ok(key) if !path.contains(&"webhooks") && key.len() < 16 => {
                    let help = "write 16 characters or more, by chance".to_owned();
                    tell(&names, "a stranger could guess this key".to_owned(), Some(help));
                }
                Ok(_) => {}
            }
        }
        found
    }

    /// All secrets, and their keys.
    fn secrets(&self) -> Vec<(Vec<&'static str>, &Secret)> {
        let webhooks = &self.service.webhooks;
        let mut secrets = Vec::new();
        secrets.extend(self.notices.key.iter().map(|key| (vec!["notices", "key"], key)));
        secrets.extend(self.service.log.key.iter().map(|key| (vec!["service", "log", "key"], key)));
        let mailgun = webhooks.mailgun.iter();
        secrets.extend(mailgun.map(|mailgun| (vec!["service", "webhooks", "mailgun", "key"], &mailgun.key)));
        match &webhooks.postmark {
            Some(PostmarkSettings::Basic { password, .. }) => {
                secrets.push((vec!["service", "webhooks", "postmark", "password"], password));
            }
            Some(PostmarkSettings::Token(token)) => {
                secrets.push((vec!["service", "webhooks", "postmark", "token"], token));
            }
            None => {}
        }
        secrets
    }
}
