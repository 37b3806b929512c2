//! The peers that run in a process of their own: Hyperscan and YARA-X (`benches/peers`).

use crate::rounds::Took;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Builds the program that runs peers; first with YARA-X, then, where that does not build, without.
///
/// # Errors
/// Why there is none.
pub(crate) fn build() -> Result<PathBuf, String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/Cargo.toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut said = String::new();
    for features in [&[][..], &["--no-default-features"]] {
        eprintln!("building the peers; the first time takes minutes …");
        let built = Command::new(&cargo)
            .args(["build", "--release", "--locked", "--quiet", "--manifest-path"])
            .arg(&manifest)
            .arg("--target-dir")
            .arg(&target)
            .args(features)
            .output()
            .map_err(|error| error.to_string())?;
        if built.status.success() {
            return Ok(target.join("release/carom-peers").with_extension(std::env::consts::EXE_EXTENSION));
        }
        let error = String::from_utf8_lossy(&built.stderr);
        said = error.lines().find(|line| line.starts_with("error")).unwrap_or("cargo failed").to_owned();
    }
    Err(format!("benches/peers does not build: {said}"))
}

/// A peer that has compiled its patterns.
pub(crate) struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// How long it compiled.
    pub(crate) load_ms: f64,
}

impl Peer {
    /// # Errors
    /// Why it cannot run.
    pub(crate) fn start(program: &Path, name: &str, patterns: &Path, replies: &Path) -> Result<Peer, String> {
        let mut command = Command::new(program);
        command.arg(name).arg(patterns).arg(replies).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let input = child.stdin.take().ok_or("it has no input")?;
        let mut output = BufReader::new(child.stdout.take().ok_or("it has no output")?);
        let line = answer(&mut output);
        let load = line.strip_prefix("ready ").and_then(|nanoseconds| nanoseconds.parse::<f64>().ok());
        let Some(load) = load else {
            // It has ended or is about to.
            let _ = child.wait();
            return Err(line.strip_prefix("skipped ").unwrap_or("it ended before it was ready").to_owned());
        };
        Ok(Peer { child, input, output, load_ms: load / 1e6 })
    }

    pub(crate) fn round(&mut self, from: usize, count: usize) -> Took {
        writeln!(self.input, "{from} {count}").expect("the peer reads");
        let line = answer(&mut self.output);
        let figures = line.split_once(' ').and_then(|(ns, matched)| Some((ns.parse().ok()?, matched.parse().ok()?)));
        let (nanoseconds, matched) = figures.unwrap_or_else(|| panic!("a peer answers: {line:?}"));
        Took { nanoseconds, matched }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It would wait for more; what becomes of it makes no difference any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(output: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    output.read_line(&mut line).expect("the peer's output is text");
    line.trim_end().to_owned()
}
