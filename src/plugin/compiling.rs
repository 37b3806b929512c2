//! The process that compiles a component, and does nothing else.
//!
//! A component of 200 KB can keep a compiler busy for minutes and fill gigabytes. So it is compiled in a process of its
//! own that bounds itself before it looks at it: memory, the processor's time, no core dump. The caller watches the
//! clock.

use super::machine::Layout;
use super::sandbox::cause;
use std::io::{Read, Write};
use std::process::ExitCode;
use wasmtime::Engine;

/// What the caller tells it: how memory lies, bytes of memory, seconds of the processor's time.
pub(super) struct Orders {
    pub(super) layout: Layout,
    pub(super) memory: u64,
    pub(super) seconds: u64,
}

impl Orders {
    pub(super) fn arguments(&self) -> [String; 3] {
        [self.layout.as_str().to_owned(), self.memory.to_string(), self.seconds.to_string()]
    }

    fn parse(arguments: &[String]) -> Option<Orders> {
        let [layout, memory, seconds] = arguments else { return None };
        Some(Orders { layout: Layout::parse(layout)?, memory: memory.parse().ok()?, seconds: seconds.parse().ok()? })
    }
}

/// Compiles the component on standard input, and writes the code to standard output.
///
/// The arguments are those that come after the helper's own, as [`Compiler`](super::Compiler) starts it. Call it first
/// thing in the helper's `main`, on its one thread.
pub fn compile_child(arguments: &[String]) -> ExitCode {
    match compiled(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // The caller reads it; there is nobody else to tell.
            let _ = std::io::stderr().write_all(why.as_bytes());
            ExitCode::from(1)
        }
    }
}

fn compiled(arguments: &[String]) -> Result<(), String> {
    let orders = Orders::parse(arguments).ok_or("a plugin's host starts this, and tells it what to do")?;
    bound(&orders)?;
    let unread = |error: std::io::Error| format!("it cannot be passed to the compiler: {error}");
    let mut component = Vec::new();
    std::io::stdin().lock().read_to_end(&mut component).map_err(unread)?;
    let engine = Engine::new(&orders.layout.config()).map_err(|error| cause(&error))?;
    let code = engine.precompile_component(&component).map_err(|error| cause(&error))?;
    let mut out = std::io::stdout().lock();
    out.write_all(&code).and_then(|()| out.flush()).map_err(unread)
}

#[cfg(unix)]
fn bound(orders: &Orders) -> Result<(), String> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // What the system already bounds more tightly stays.
    let lower = |resource, to: u64| {
        let Rlimit { current, maximum } = getrlimit(resource);
        let to = [Some(to), current, maximum].into_iter().flatten().min();
        setrlimit(resource, Rlimit { current: to, maximum: to })
    };
    lower(Resource::As, orders.memory)
        .and_then(|()| lower(Resource::Cpu, orders.seconds))
        .and_then(|()| lower(Resource::Core, 0))
        .map_err(|error| format!("the compiler's process cannot be bounded: {error}"))
}

#[cfg(not(unix))]
fn bound(_: &Orders) -> Result<(), String> {
    Ok(())
}
