//! Plugins as their vendor looks at them: files, and the host that runs them.

use super::super::output::unreadable;
use super::super::roots::compiler;
use super::component::Kind;
use crate::plugin::{Host, Limits, Loaded, Options};
use crate::report::plain;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a plugin may use here: as its operator grants it unless he says otherwise, but for the clock, since a busy machine is
/// not the plugin's fault. Its steps are counted all the same.
fn limits() -> Limits {
    Limits { deadline: Duration::from_secs(2), ..Limits::default() }
}

/// Whether an instance is used again, and the limits.
pub(super) fn options(reuse: bool) -> Options {
    Options { limits: limits(), reuse, ..Options::default() }
}

/// A host; nothing is kept of what it compiles.
pub(super) fn host() -> anyhow::Result<Host> {
    Host::new(&limits(), compiler()?, None).map_err(anyhow::Error::msg)
}

/// A component, loaded as a plugin.
pub(super) fn load(component: &[u8]) -> anyhow::Result<Loaded> {
    host()?.load(component, options(false)).map_err(|refused| anyhow::anyhow!("it is refused: {refused}"))
}

/// The bytes of a component's file.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let name = shown(file);
    if file.is_dir() {
        bail!("{name} is a folder: name a plugin's file, as {}", shown(&file.join("NAME.wasm")));
    }
    let bytes = std::fs::read(file).map_err(|error| unreadable(&name, &error))?;
    match Kind::of(&bytes) {
        Kind::Component => Ok(bytes),
        Kind::Module => bail!("{name} is a core module: make a plugin of it by `carom plugin build {name}`"),
        Kind::Other => bail!("{name} is no WebAssembly component"),
    }
}

/// A file, read and loaded.
pub(super) fn open(file: &Path) -> anyhow::Result<(Vec<u8>, Loaded)> {
    let bytes = read(file)?;
    let loaded = load(&bytes).with_context(|| shown(file))?;
    Ok((bytes, loaded))
}

/// A path as it may be shown.
pub(super) fn shown(path: &Path) -> String {
    plain(&path.display().to_string()).into_owned()
}

/// Where the signature of a file lies.
pub(super) fn signature(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".minisig");
    PathBuf::from(name)
}
