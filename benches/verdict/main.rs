//! What a verdict costs, beside what reading the line costs and beside what others take for the same rules.
//!
//! `cargo bench` prints it all; `benches/README.md` says what each line means, and how to ask for a part. What
//! stands together comes from one run and in turns, so that the ratios hold on any machine.

mod floor;
mod load;
mod log;
mod machine;
mod mails;
mod page;
mod peers;
mod plot;
mod results;
mod rounds;
mod shipped;
mod sizes;
mod synth;
mod threads;
mod vary;

use results::{Row, print};
use std::path::{Path, PathBuf};

const PARTS: [&str; 6] = ["verdict", "shipped", "threads", "load", "log", "mails"];

const USAGE: &str =
    "cargo bench -- [PART…] [RULES…] [--log-mib N] [--no-peers] [--json FILE] [--page FILE] [--from FILE]";

/// What is asked for.
struct Asked {
    parts: Vec<&'static str>,
    sizes: Vec<usize>,
    log_mib: usize,
    no_peers: bool,
    json: Option<PathBuf>,
    page: Option<PathBuf>,
    /// Results of an earlier run, to make the page of.
    from: Option<PathBuf>,
}

fn asked(mut arguments: impl Iterator<Item = String>) -> Result<Asked, String> {
    let mut asked = Asked {
        parts: Vec::new(),
        sizes: Vec::new(),
        log_mib: 256,
        no_peers: std::env::var_os("ONLY").is_some_and(|only| only == "carom"),
        json: None,
        page: None,
        from: None,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("`{argument}` wants a value"));
        match argument.as_str() {
            // What Cargo itself passes.
            "--bench" => {}
            "--log-mib" => asked.log_mib = value()?.parse().map_err(|_| "`--log-mib` wants a number")?,
            "--no-peers" => asked.no_peers = true,
            "--json" => asked.json = Some(value()?.into()),
            "--page" => asked.page = Some(value()?.into()),
            "--from" => asked.from = Some(value()?.into()),
            other => match (PARTS.iter().find(|part| **part == other), other.parse()) {
                (Some(part), _) => asked.parts.push(part),
                (None, Ok(size)) if size > 0 => asked.sizes.push(size),
                _ => return Err(format!("`{other}` is no part ({}) and no number of rules", PARTS.join(", "))),
            },
        }
    }
    if asked.parts.is_empty() {
        // A number of rules means what depends on it.
        asked.parts = if asked.sizes.is_empty() { PARTS.to_vec() } else { vec!["verdict", "load"] };
    }
    if asked.sizes.is_empty() {
        asked.sizes = vec![100, 1_000, 10_000, 100_000];
    }
    Ok(asked)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [child, folder] = arguments.as_slice()
        && child == load::CHILD
    {
        return load::child(folder);
    }
    let asked = asked(arguments.into_iter()).unwrap_or_else(|error| {
        eprintln!("{error}\n{USAGE}");
        std::process::exit(2)
    });
    let (machine, rows) = match &asked.from {
        Some(file) => {
            let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            results::read(&text).unwrap_or_else(|| panic!("{} is not what `--json` writes", file.display()))
        }
        None => (machine::machine(), measure(&asked)),
    };
    if let Some(file) = &asked.json {
        write(file, &results::json(&machine, &rows));
    }
    if let Some(file) = &asked.page {
        for (name, plot) in page::plots(&rows) {
            write(&file.with_extension("").join(name), &plot);
        }
        write(file, &page::page(&machine, &rows));
    }
}

fn measure(asked: &Asked) -> Vec<Row> {
    let has = |part: &str| asked.parts.contains(&part);
    let peers = match asked.no_peers {
        true => Err("not asked for".to_owned()),
        false if has("verdict") => peers::build(),
        false => Err("nothing asks for them".to_owned()),
    };
    let peers = peers.as_deref().map_err(Clone::clone);
    let mut all = Vec::new();
    let mut add = |rows: Vec<Row>| {
        print(&rows);
        all.extend(rows);
    };
    for size in &asked.sizes {
        if has("verdict") {
            add(sizes::size(*size, &peers));
        }
    }
    if has("shipped") {
        add(shipped::shipped());
    }
    for size in asked.sizes.iter().filter(|_| has("threads")) {
        add(threads::threads(*size));
    }
    for size in asked.sizes.iter().filter(|_| has("load")) {
        add(load::load(*size));
    }
    if has("log") {
        add(log::log(asked.log_mib));
    }
    if has("mails") {
        add(mails::mails());
    }
    all
}

/// Writes a file at a path that is meant from the root of the tree, whatever folder Cargo runs this in.
fn write(file: &Path, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let folder = file.parent().expect("a file stands in a folder");
    std::fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    std::fs::write(&file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}
