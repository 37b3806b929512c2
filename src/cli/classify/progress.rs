//! How far reading has come, for who waits for it.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

/// A bar over the bytes of all files; it is drawn on a terminal only, and only after a second.
pub(super) fn bar(files: &[PathBuf]) -> ProgressBar {
    let sizes: Option<Vec<u64>> = files
        .iter()
        .map(|file| std::fs::metadata(file).ok().filter(|meta| meta.is_file()).map(|meta| meta.len()))
        .collect();
    let Some(sizes) = sizes.filter(|_| std::io::stderr().is_terminal()) else { return ProgressBar::hidden() };
    let total: u64 = sizes.iter().sum();
    // Below this a run is over before anybody looks.
    if total < 32 << 20 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_secs(1));
    bar
}
