//! `carom plugin build`.

use super::super::Status;
use super::super::output::{Level, Screen, counted, unreadable};
use super::component::component;
use super::load::{self, shown};
use anyhow::{Context, bail};
use serde_json::Value;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Build a plugin: from a crate, or from a core module that another compiler made.
///
/// A crate is built by cargo for wasm32-unknown-unknown, which is added by rustup where it is missing, and becomes a
/// component that imports nothing but the log. A FILE.wasm is a core module of any compiler; it becomes a component alike.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  carom plugin build acme                  writes acme/acme.wasm\n  \
                  carom plugin build acme -- --offline     what follows `--` is for cargo\n  \
                  carom plugin build plugin.core.wasm --output plugin.wasm")]
pub(super) struct Arguments {
    /// The folder of a crate, or a core module; without it, the folder that this is run in.
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    path: PathBuf,
    /// Where to write the component; without it, beside the sources by the plugin's name: NAME.wasm.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Arguments for cargo.
    #[arg(last = true, value_name = "ARGUMENT")]
    cargo: Vec<OsString>,
}

/// What the plugin is compiled for.
const TARGET: &str = "wasm32-unknown-unknown";

/// A small stack keeps an instance small; what needs more ends its call.
const FLAGS: &str = "-Clink-arg=-zstack-size=65536";

pub(super) fn run(arguments: &Arguments, screen: Screen) -> anyhow::Result<Status> {
    let made = build(&arguments.path, arguments.output.as_deref(), &arguments.cargo, screen)?;
    let size = counted(made.size as u64, "byte");
    writeln!(std::io::stdout(), "made {}: {} {}, {size}", shown(&made.file), made.name, made.version)?;
    Ok(Status::Clean)
}

/// A plugin that was built.
pub(super) struct Made {
    pub(super) file: PathBuf,
    name: String,
    version: String,
    size: usize,
}

/// Builds what lies there, and writes it. That it is a plugin is seen by asking it for its name.
pub(super) fn build(path: &Path, output: Option<&Path>, cargo: &[OsString], screen: Screen) -> anyhow::Result<Made> {
    let is_crate = path.is_dir();
    let core = if is_crate { compile(path, cargo, screen)? } else { path.to_owned() };
    let module = std::fs::read(&core).map_err(|error| unreadable(&shown(&core), &error))?;
    let bytes = component(module).with_context(|| format!("{} does not become a plugin", shown(path)))?;
    let loaded = load::load(&bytes).with_context(|| shown(path))?;
    let (name, version) = (loaded.description.name, loaded.description.version);
    let folder = if is_crate { path } else { path.parent().unwrap_or(Path::new("")) };
    let file = output.map_or_else(|| folder.join(format!("{name}.wasm")), Path::to_owned);
    if file == core {
        bail!("{} would be written over: say by `--output` where the component goes", shown(&file));
    }
    std::fs::write(&file, &bytes).with_context(|| format!("{} cannot be written", shown(&file)))?;
    Ok(Made { file, name, version, size: bytes.len() })
}

/// The core module of a crate.
fn compile(folder: &Path, arguments: &[OsString], screen: Screen) -> anyhow::Result<PathBuf> {
    let manifest = folder.join("Cargo.toml");
    if !manifest.is_file() {
        bail!(
            "{} has no Cargo.toml: name the folder of a crate (`carom plugin new` makes one), or a core module",
            shown(folder)
        );
    }
    add_target(folder, screen)?;
    let mut command = Command::new("cargo");
    command.args(["build", "--quiet", "--release", "--lib", "--target", TARGET]);
    command.args(["--message-format", "json-render-diagnostics"]).args(arguments).current_dir(folder);
    // The caller's flags are for the caller's machine, and this variable goes before all other places of flags.
    command.env_remove("RUSTFLAGS").env("CARGO_ENCODED_RUSTFLAGS", FLAGS);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(missing_rust)?;
    if !output.status.success() {
        bail!("cargo could not build {}", shown(folder));
    }
    let manifest = manifest.canonicalize().with_context(|| shown(&manifest))?;
    let of_crate = |message: &Value| {
        let is_it = message["reason"] == "compiler-artifact"
            && message["manifest_path"].as_str().map(Path::new) == Some(&manifest);
        let files = message["filenames"].as_array().filter(|_| is_it)?;
        files.iter().filter_map(Value::as_str).find(|file| file.ends_with(".wasm")).map(PathBuf::from)
    };
    let mut messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    messages.find_map(|message: Value| of_crate(&message)).with_context(|| {
        format!(
            "{} gives no WebAssembly: its Cargo.toml needs `crate-type = [\"cdylib\", \"lib\"]` under `[lib]`",
            shown(folder)
        )
    })
}

/// Has rustup add the target where the folder's toolchain lacks it.
fn add_target(folder: &Path, screen: Screen) -> anyhow::Result<()> {
    let asked =
        Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).current_dir(folder).output();
    let libraries = asked.map_err(missing_rust)?.stdout;
    if Path::new(String::from_utf8_lossy(&libraries).trim_end()).is_dir() {
        return Ok(());
    }
    screen.tell(Level::Note, &format!("the target {TARGET} is missing: rustup adds it"));
    let added =
        Command::new("rustup").args(["target", "add", TARGET]).current_dir(folder).stdout(Stdio::null()).status();
    match added {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => bail!("rustup could not add the target: `rustup target add {TARGET}` says why"),
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "the Rust of this machine has no {TARGET}, and there is no rustup: install the target's library by the \
             package manager that Rust came by (rust-std-static-{TARGET} on Fedora, libstd-rust-dev-wasm32 on Debian)"
        ),
        Err(error) => Err(error).context("rustup does not run"),
    }
}

fn missing_rust(error: std::io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::NotFound => anyhow::anyhow!(
            "plugins are built by cargo, which is not here: install Rust 1.95 or newer from https://rustup.rs"
        ),
        _ => anyhow::Error::new(error).context("cargo does not run"),
    }
}
