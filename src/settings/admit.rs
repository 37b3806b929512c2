//! Takes in the plugins that the settings name, each held to what was granted.

use super::{PluginSettings, Settings, SettingsError, Trust, why};
use crate::engine::Plugin;
use crate::plugin::{Compiler, Host, Limits, Loaded, Origin, Refused, Signed};
use crate::resolve::Contributed;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A plugin that was taken in.
#[derive(Debug)]
pub struct Admitted {
    /// What it is.
    pub loaded: Loaded,
    /// Whether its rules may suppress addresses.
    pub may_suppress: bool,
}

impl Admitted {
    /// It as the rule set and the engine take it.
    pub fn seat(self) -> (Contributed, Arc<dyn Plugin>) {
        self.loaded.seat(self.may_suppress)
    }

    /// What the operator should know although the plugin can be used.
    pub fn note(&self) -> Option<String> {
        match &self.loaded.code {
            Origin::Unkept(why) => {
                let name = &self.loaded.description.name;
                Some(format!("the compiled code of plugin {name} could not be kept in the cache: {why}"))
            }
            _ => None,
        }
    }
}

impl Settings {
    /// Takes in all plugins, in the order of the settings.
    ///
    /// # Errors
    /// The first that cannot be used, and why: none is used then.
    pub fn admit(&self, compiler: Compiler) -> Result<Vec<Admitted>, SettingsError> {
        if self.plugins.is_empty() {
            return Ok(Vec::new());
        }
        let limits = self.plugins.iter().map(|plugin| &plugin.options.limits);
        let most = limits.fold(Limits::default(), |most, limits| Limits {
            memory: most.memory.max(limits.memory),
            table: most.table.max(limits.table),
            ..most
        });
        let most_bytes = compiler.limits.component;
        let cache = self.cache.as_ref().map(|folder| self.beside(folder)).or_else(users_cache);
        let failed = |message: String| SettingsError::of(&self.path, message);
        let host = Host::new(&most, compiler, cache.as_deref()).map_err(failed)?;
        let admitted = self.plugins.iter().map(|plugin| {
            let refused = |why: Refused| failed(format!("plugin `{}` is refused: {why}", plugin.file.display()));
            self.admit_one(&host, plugin, most_bytes).map_err(refused)
        });
        admitted.collect()
    }

    fn admit_one(&self, host: &Host, plugin: &PluginSettings, most: usize) -> Result<Admitted, Refused> {
        let path = self.beside(&plugin.file);
        let component = read(&path, most)?;
        if let Some(pinned) = &plugin.sha256 {
            let digest = crate::plugin::digest(&component);
            if digest != *pinned {
                return Err(Refused(format!("its sha256 is {digest}, and the settings want {pinned}")));
            }
        }
        let signed = match &plugin.trust {
            Trust::Unsigned => None,
            Trust::Unsaid => return Err(Refused("nothing says whose it is".to_owned())),
            Trust::Key(name) => {
                let key = self.keys.get(name);
                let key = key.ok_or_else(|| Refused(format!("there is no key `{name}` among the `keys`")))?;
                let mut beside = path.into_os_string();
                beside.push(".minisig");
                let signature = read(Path::new(&beside), 16 << 10).map_err(|Refused(why)| {
                    Refused(format!("its signature `{}`: {why}", Path::new(&beside).display()))
                })?;
                Some(Signed::verify(&component, &String::from_utf8_lossy(&signature), key)?)
            }
        };
        let loaded = host.load(&component, plugin.options)?;
        if let Some(signed) = signed {
            signed.agrees(&loaded.description)?;
        }
        plugin.grant.allows(&loaded.description)?;
        Ok(Admitted { loaded, may_suppress: plugin.may_suppress })
    }
}

/// A file, if it is not longer than that.
fn read(path: &Path, most: usize) -> Result<Vec<u8>, Refused> {
    use std::io::Read;
    let unread = |error: std::io::Error| Refused(why(&error));
    let file = std::fs::File::open(path).map_err(unread)?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(unread)?;
    match bytes.len() > most {
        true => Err(Refused(format!("it has more than {} KiB", most >> 10))),
        false => Ok(bytes),
    }
}

/// Where this user's programs keep what can be made again; nothing where there is no such place.
fn users_cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")))?;
    Some(caches.join("carom").join("plugins"))
}
