//! The machine that a run was made on: what it is, not whose.

use crate::results::Machine;
use std::process::Command;

/// What is told of it.
pub(crate) fn machine() -> Machine {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = kib(&read("/proc/meminfo"), "MemTotal:").map(|kib| format!("{:.0} GiB", kib / f64::from(1 << 20)));
    let system = field(&read("/etc/os-release"), "PRETTY_NAME", '=');
    let rustc = Command::new("rustc").arg("--version").output().ok();
    let rustc = rustc.and_then(|out| String::from_utf8(out.stdout).ok());
    let kernel = read("/proc/sys/kernel/osrelease");
    let kernel: String = kernel.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    [
        ("processor", processor(&read("/proc/cpuinfo"))),
        ("cores", Some(cores.to_string())),
        ("memory", memory),
        ("system", system.map(|name| format!("{}, Linux {kernel}", name.trim_matches('"')))),
        ("compiler", rustc.map(|version| version.trim().to_owned())),
    ]
    .into_iter()
    .map(|(name, is)| (name.to_owned(), is.unwrap_or_else(|| "unknown".to_owned())))
    .collect()
}

/// The processor's name; where it has none, as in some virtual machines, its numbers.
fn processor(text: &str) -> Option<String> {
    let named = field(text, "model name", ':').filter(|name| !name.is_empty() && name != "unknown");
    let number = |name| field(text, name, ':').unwrap_or_default();
    let numbers = || format!("{}, family {}, model {}", number("vendor_id"), number("cpu family"), number("model"));
    let name = named.unwrap_or_else(numbers);
    let has = |flag: &str| field(text, "flags", ':').is_some_and(|flags| flags.split(' ').any(|one| one == flag));
    let widest = [("avx512f", "AVX-512"), ("avx2", "AVX2")].into_iter().find(|(flag, _)| has(flag));
    Some(widest.map_or(name.clone(), |(_, words)| format!("{name}, {words}")))
}

fn field(text: &str, name: &str, separator: char) -> Option<String> {
    let line = text.lines().find(|line| line.split(separator).next().is_some_and(|key| key.trim() == name))?;
    Some(line.split_once(separator)?.1.trim().to_owned())
}

/// A figure of `/proc` in KiB.
pub(crate) fn kib(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.trim().strip_suffix(" kB")?.parse().ok()
}
