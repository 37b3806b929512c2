//! Mails a second: notices taken apart, read by their layouts, and classified, on one thread.

use crate::results::Row;
use crate::rounds::median;
use carom::Engine;
use carom::intake::notice::{Layouts, Reader};
use mail_parser::MessageParser;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

const ROUNDS: usize = 25;

/// A round goes through the mails so often that it takes a while, however few they are.
const MAILS: usize = 2_000;

pub(crate) fn mails() -> Vec<Row> {
    let engine = Engine::builtin().unwrap_or_else(|error| panic!("{error}"));
    let mut rows = match folder(&corpus()) {
        mails if mails.is_empty() => vec![Row::skipped("mails", 0, "corpus", "the corpus is not beside this checkout")],
        mails => over("corpus", &engine, &mails),
    };
    rows.extend(over("examples", &engine, &examples()));
    rows
}

/// The mails beside the checkout, or those of another corpus that is named.
fn corpus() -> PathBuf {
    match std::env::var_os("CAROM_CORPUS").map(PathBuf::from) {
        Some(replies) => replies.with_file_name("mails"),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/mails"),
    }
}

/// Every file in a folder and in those within; none where it is not there.
fn folder(path: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    let within = |path: PathBuf| match path.is_dir() {
        true => folder(&path),
        false => std::fs::read(&path).into_iter().collect(),
    };
    paths.into_iter().flat_map(within).collect()
}

/// The mails of the layouts' own pages.
fn examples() -> Vec<Vec<u8>> {
    let mails = Layouts::builtin().iter().flat_map(|layout| layout.mails());
    mails.map(|mail| mail.as_bytes().to_vec()).collect()
}

fn over(name: &str, engine: &Engine, mails: &[Vec<u8>]) -> Vec<Row> {
    let reader = Reader::default();
    let passes = MAILS.div_ceil(mails.len());
    let (mut of_parser, mut of_carom, mut attempts) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for mail in (0..passes).flat_map(|_| mails) {
            black_box(MessageParser::default().parse(black_box(mail)));
        }
        of_parser.push(start.elapsed().as_secs_f64());
        attempts = 0;
        let start = Instant::now();
        for mail in (0..passes).flat_map(|_| mails) {
            for attempt in reader.read(black_box(mail)).iter().flatten() {
                black_box(engine.classify(&attempt.reply));
                attempts += 1;
            }
        }
        of_carom.push(start.elapsed().as_secs_f64());
    }
    let count = (passes * mails.len()) as f64;
    let [parser, carom] = [of_parser, of_carom].map(|mut times| count / median(&mut times));
    println!("mails: {} of {name}, {} verdicts in a pass", mails.len(), attempts / passes);
    vec![
        Row::new("mails", 0, &format!("{name}: mail-parser alone")).with("a second", parser),
        Row::new("mails", 0, &format!("{name}: carom, verdicts included"))
            .with("a second", carom)
            .with("of mail-parser", carom / parser),
    ]
}
