//! What a running `carom serve` does under load: rules and plugins that change, and clients that mean it no good.
//!
//! `tests/tools/load/run` builds what it needs and calls it.

mod asking;
mod changing;
mod checking;
mod hostile;
mod reload;
mod service;
mod told;

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.split_first() {
        Some((what, words)) if what == "reload" => reload::run(words),
        Some((what, words)) if what == "hostile" => hostile::run(words),
        _ => {
            eprintln!("load reload|hostile …");
            ExitCode::from(2)
        }
    }
}
