//! Starts the process that compiles, and watches over it.

use super::code::Code;
use super::compiling::Orders;
use super::limits::CompileLimits;
use super::machine::Layout;
use super::sandbox::printable;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The program that compiles components: one whose `main` calls [`compile_child`](super::compile_child) with the
/// arguments that come after these.
#[derive(Debug, Clone)]
pub struct Compiler {
    program: PathBuf,
    arguments: Vec<OsString>,
    /// Bounds on its process.
    pub limits: CompileLimits,
}

impl Compiler {
    /// A program, and what it has to be told so that it compiles.
    pub fn new(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Compiler {
        Compiler {
            program: program.into(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            limits: CompileLimits::default(),
        }
    }

    /// Compiles a component in a process of its own.
    ///
    /// # Errors
    /// What is wrong with the component, or which limit it ran into.
    pub(super) fn compile(&self, component: &[u8], layout: Layout) -> Result<Code, String> {
        let CompileLimits { memory, seconds, deadline, code: most, .. } = self.limits;
        let end = Instant::now() + deadline;
        let lost = |error: io::Error| format!("the compiler `{}` does not run: {error}", self.program.display());
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .args(Orders { layout, memory, seconds }.arguments())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = Watched(child.map_err(lost)?);
        let (stdin, stdout, stderr) = (child.0.stdin.take(), child.0.stdout.take(), child.0.stderr.take());
        thread::scope(|scope| {
            scope.spawn(move || {
                // It may well give up before the end.
                stdin.map(|mut stdin| stdin.write_all(component))
            });
            let said = scope.spawn(move || bounded(stderr, 4 << 10).0);
            let (tell, told) = mpsc::channel();
            scope.spawn(move || {
                // Nobody waits any more where the time is up.
                let _ = tell.send(bounded(stdout, most));
            });
            let left = end.saturating_duration_since(Instant::now());
            let Ok((code, is_whole)) = told.recv_timeout(left) else {
                child.end();
                return Err(format!("compiling it took more than {} s", deadline.as_secs_f32()));
            };
            if !is_whole {
                child.end();
                return Err(format!("its compiled code has more than {} MiB", most >> 20));
            }
            // Its output is closed: it ends by itself, or is a program that does not.
            let status = loop {
                match child.0.try_wait() {
                    Ok(Some(status)) => break status,
                    Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(1)),
                    Ok(None) => {
                        child.end();
                        return Err(format!("compiling it took more than {} s", deadline.as_secs_f32()));
                    }
                    Err(error) => {
                        child.end();
                        return Err(lost(error));
                    }
                }
            };
            let said = said.join().unwrap_or_default();
            if status.success() {
                return Ok(Code::made_here(code));
            }
            Err(self.failed(status, &printable(&String::from_utf8_lossy(&said))))
        })
    }

    fn failed(&self, status: ExitStatus, said: &str) -> String {
        let CompileLimits { memory, seconds, .. } = self.limits;
        if status.code() == Some(1) {
            return said.to_owned();
        }
        match signal(status) {
            Some(Ended::Time) => format!("compiling it took more than {seconds} s of the processor's time"),
            // It is how a program ends that gets no memory.
            Some(Ended::Memory) => format!("compiling it took more than {} MiB of memory", memory >> 20),
            None => format!("compiling it failed: {status}, {said}"),
        }
    }
}

enum Ended {
    Time,
    Memory,
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<Ended> {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt;
    let signal = Signal::from_named_raw(status.signal()?)?;
    // A processor's limit that is reached ends by the one or the other.
    match signal {
        Signal::XCPU | Signal::KILL => Some(Ended::Time),
        Signal::ABORT | Signal::SEGV | Signal::BUS => Some(Ended::Memory),
        _ => None,
    }
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<Ended> {
    None
}

/// A process that does not outlive the one that waits for it.
struct Watched(Child);

impl Watched {
    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            self.end();
        }
    }
}

/// What comes out of a pipe, up to a length, and whether that was all.
fn bounded(pipe: Option<impl Read>, most: usize) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let Some(pipe) = pipe else { return (bytes, false) };
    let read = pipe.take(most as u64 + 1).read_to_end(&mut bytes);
    let is_whole = read.is_ok() && bytes.len() <= most;
    (bytes, is_whole)
}
