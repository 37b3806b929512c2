//! What a plugin may use.

use std::time::Duration;

/// Bounds on a plugin's calls. Fuel counts the plugin's own steps, so it ends the same call at the same place on every
/// machine; the deadline is for what fuel does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory.
    pub memory: usize,
    /// Elements of its tables.
    pub table: usize,
    /// Steps of a call, about one for an instruction.
    pub fuel: u64,
    /// How long a call may take by the clock. It should be far more than the steps take: where other work keeps the
    /// processor, what ends here would have been answered at another time.
    pub deadline: Duration,
    /// Bytes that may pass between it and the host in a call.
    pub passed: usize,
}

impl Default for Limits {
    /// 16 MiB, 10,000 elements, 20 million steps (some 20 ms), 100 ms, 1 MiB.
    fn default() -> Limits {
        Limits {
            memory: 16 << 20,
            table: 10_000,
            fuel: 20_000_000,
            deadline: Duration::from_millis(100),
            passed: 1 << 20,
        }
    }
}

/// Bounds on the process that compiles a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompileLimits {
    /// Bytes of the component.
    pub component: usize,
    /// Bytes of compiled code.
    pub code: usize,
    /// Bytes of address space, where the system can bound it.
    pub memory: u64,
    /// Seconds of the processor's time, where the system can bound it.
    pub seconds: u64,
    /// How long it may take by the clock.
    pub deadline: Duration,
}

impl Default for CompileLimits {
    /// 32 MiB, 128 MiB of code, 1 GiB of memory, 30 seconds of the processor and 60 of the clock.
    fn default() -> CompileLimits {
        CompileLimits {
            component: 32 << 20,
            code: 128 << 20,
            memory: 1 << 30,
            seconds: 30,
            deadline: Duration::from_secs(60),
        }
    }
}
