//! The program `carom`.

use std::process::ExitCode;

/// What ten thousand connections or large bodies took for a moment goes back to the system when they are gone: the
/// system's own allocator keeps most of it, and a service grows to the sum of all that ever came together.
#[cfg(all(feature = "serve", unix))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    carom::cli::main()
}
