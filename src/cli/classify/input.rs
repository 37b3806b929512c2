//! The files of a command as one sequence of blocks, from which threads take in turn.

use super::mails::{self, From, Mailbox};
use super::unpack::{self, Packing, Trouble};
use crate::Time;
use crate::cli::output::unreadable;
use crate::intake::{self, Block, Blocks, Format};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How much of an input is looked at to tell its format.
const START: usize = 64 << 10;

/// How files begin that others have to unpack, and what does it.
const PACKED: [(&[u8], &str); 4] =
    [(b"\x1f\x8b", "zcat"), (b"\x28\xb5\x2f\xfd", "zstdcat"), (b"BZh", "bzcat"), (b"\xfd7zXZ\0", "xzcat")];

/// What is taken from the input at a time.
pub(super) enum Piece {
    /// The lines in the block.
    Lines(Lines),
    /// A mail, and where it stands.
    Mail { place: String, mail: Vec<u8> },
    /// A file, or its rest, that could not be read.
    Trouble(String),
}

/// What is known of a block's lines.
pub(super) struct Lines {
    pub(super) name: Arc<str>,
    pub(super) format: Format,
    pub(super) now: Time,
}

/// All files, one after the other.
pub(super) struct Input<'f> {
    files: Mutex<Files<'f>>,
}

struct Files<'f> {
    left: std::slice::Iter<'f, PathBuf>,
    /// What stands in the folders that were come to, the next at the end.
    within: Vec<PathBuf>,
    from: Option<From>,
    max_expansion: u64,
    progress: ProgressBar,
    open: Option<Open>,
    turn: u64,
}

enum Open {
    Lines { name: Arc<str>, format: Format, blocks: Blocks<intake::Lines<Stream>>, now: Time },
    Mail { name: String, input: Stream },
    Mailbox { name: String, mails: Mailbox<Stream>, is_within: bool },
}

type Stream = Box<dyn Read + Send>;

impl Input<'_> {
    pub(super) fn new(files: &[PathBuf], from: Option<From>, max_expansion: u64, progress: ProgressBar) -> Input<'_> {
        let files =
            Files { left: files.iter(), within: Vec::new(), from, max_expansion, progress, open: None, turn: 0 };
        Input { files: Mutex::new(files) }
    }

    /// The next piece, and its place in the sequence.
    pub(super) fn next(&self, block: &mut Block) -> Option<(u64, Piece)> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let piece = files.next(block)?;
        let turn = files.turn;
        files.turn += 1;
        Some((turn, piece))
    }
}

impl Files<'_> {
    fn next(&mut self, block: &mut Block) -> Option<Piece> {
        loop {
            let Some(open) = &mut self.open else {
                let (file, is_within) = match self.within.pop() {
                    Some(file) => (file, true),
                    None => (self.left.next()?.clone(), false),
                };
                if file.is_dir() {
                    match mails::files_of(&file) {
                        Ok(files) => self.within.extend(files.into_iter().rev()),
                        Err(error) => {
                            let trouble = unreadable(&file.display().to_string(), &error);
                            return Some(Piece::Trouble(format!("{trouble:#}")));
                        }
                    }
                    continue;
                }
                match self.open(&file, is_within) {
                    Ok(open) => self.open = open,
                    Err(error) => return Some(Piece::Trouble(format!("{error:#}"))),
                }
                continue;
            };
            let (given, lines) = match open {
                Open::Lines { name, format, blocks, now } => {
                    let given = blocks.fill(block);
                    let lines = Lines { name: Arc::clone(name), format: *format, now: *now };
                    (given.map(|more| more.then_some(Piece::Lines(lines))), blocks.lines())
                }
                Open::Mail { name, input } => {
                    let mail = mails::whole(input);
                    let place = std::mem::take(name);
                    if let Ok(mail) = mail {
                        self.open = None;
                        return Some(Piece::Mail { place, mail });
                    }
                    *name = place;
                    (mail.map(|_| None), 0)
                }
                Open::Mailbox { name, mails, is_within } => {
                    let given = mails.next();
                    let place = |line| if *is_within { name.clone() } else { format!("{name}:{line}") };
                    let piece = |(line, mail)| Piece::Mail { place: place(line), mail };
                    (given.map(|given| given.map(piece)), mails.lines())
                }
            };
            match given {
                Ok(Some(piece)) => return Some(piece),
                Ok(None) => self.open = None,
                Err(error) => {
                    let trouble = unread(open.name(), lines, &error);
                    self.open = None;
                    return Some(Piece::Trouble(format!("{trouble:#}")));
                }
            }
        }
    }

    /// Opens a file, and finds out what it is; blanks alone are no error, and nothing. What stands in a folder is a mail.
    fn open(&self, path: &Path, is_within: bool) -> anyhow::Result<Option<Open>> {
        let name = path.display().to_string();
        let (mut input, lies_there): (Stream, bool) = if path.as_os_str() == "-" {
            (Box::new(io::stdin()), false)
        } else {
            let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
            let lies_there = file.metadata().is_ok_and(|meta| meta.is_file());
            (Box::new(self.progress.wrap_read(file)), lies_there)
        };
        let unread = |error: io::Error| unread(&name, 0, &error);
        let mut start = Vec::new();
        while Packing::may_begin(&start) && more(&mut input, &mut start).map_err(unread)? {}
        let packing = Packing::of(&start);
        if let Some(packing) = packing {
            let packed = Cursor::new(std::mem::take(&mut start)).chain(input);
            input = unpack::unpacked(packing, packed, self.max_expansion);
            more(&mut input, &mut start).map_err(unread)?;
        }
        let from = match self.from {
            Some(from) => Some(from),
            None if is_within => Some(From::detect(&start).filter(|from| *from == From::Mailbox).unwrap_or(From::Mail)),
            None => detect(&mut input, &mut start).map_err(unread)?,
        };
        if let Some(by) = archiver(&start) {
            anyhow::bail!("{name} is an archive: `{by} {name} | {}`", piped(&name));
        }
        let Some(from) = from else {
            let is_blank = start.trim_ascii().is_empty();
            return if is_blank { Ok(None) } else { Err(unknown(&name, &start, packing.is_some())) };
        };
        let glued = (is_within && self.from.is_none() && from == From::Mailbox).then(|| start.clone());
        let input = Box::new(Cursor::new(start).chain(input)) as Stream;
        Ok(Some(match from {
            From::Mail => Open::Mail { name, input },
            From::Mailbox => {
                let mails = match &glued {
                    Some(start) => Mailbox::of_one_sender(input, start),
                    None => Mailbox::new(input),
                };
                Open::Mailbox { name, mails, is_within: glued.is_some() }
            }
            From::Lines(format) => {
                let blocks = Blocks::of(format, input);
                let blocks = if lies_there || packing.is_some() { blocks.full() } else { blocks };
                Open::Lines { name: name.into(), format, blocks, now: Time::now() }
            }
        }))
    }
}

impl Open {
    fn name(&self) -> &str {
        match self {
            Open::Lines { name, .. } => name,
            Open::Mail { name, .. } | Open::Mailbox { name, .. } => name,
        }
    }
}

/// Reads on at an input's start; tells whether there was more, and room for it.
fn more(input: &mut impl Read, start: &mut Vec<u8>) -> io::Result<bool> {
    let length = start.len();
    start.resize(START, 0);
    let read = loop {
        match input.read(&mut start[length..]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => break read,
        }
    };
    start.truncate(length + *read.as_ref().unwrap_or(&0));
    Ok(read? > 0)
}

/// What an input is. A log that somebody is still writing is not waited for, once its first lines tell.
fn detect(input: &mut impl Read, start: &mut Vec<u8>) -> io::Result<Option<From>> {
    loop {
        let whole = memchr::memrchr(b'\n', start).map_or(0, |end| end + 1);
        // Any text could be a reply; that nothing else follows is known at the end alone.
        let sure = Format::detect_early(&start[..whole]).map(From::Lines).or_else(|| From::detect(&start[..whole]));
        if sure.is_some() {
            return Ok(sure);
        }
        if !more(input, start)? {
            return Ok(From::detect(start).or_else(|| Format::detect(start).map(From::Lines)));
        }
    }
}

/// What is said of a file of which not all could be read.
fn unread(name: &str, lines: u64, error: &io::Error) -> anyhow::Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Trouble>()) {
        Some(trouble) => anyhow::anyhow!("{}", trouble.told(name, lines)),
        None if lines == 0 => unreadable(name, error),
        None => anyhow::anyhow!("{name}: it cannot be read beyond line {lines}: {error}"),
    }
}

/// The command as it was given, with what is piped in place of the file.
pub(super) fn piped(name: &str) -> String {
    let given: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if !given.iter().any(|word| word == name) {
        return "carom classify -".to_owned();
    }
    let is_plain = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./=,:@%+".contains(&b));
    let word = |word: String| match word {
        word if word == name => "-".to_owned(),
        word if is_plain(&word) => word,
        word => format!("'{}'", word.replace('\'', "'\\''")),
    };
    let words = std::iter::once("carom".to_owned()).chain(given.into_iter().map(word));
    words.collect::<Vec<_>>().join(" ")
}

/// What unpacks a file that holds others, by how it begins.
fn archiver(start: &[u8]) -> Option<&'static str> {
    let is_tar = start.get(257..262) == Some(b"ustar") && start.first() != Some(&b' ');
    match start {
        _ if is_tar => Some("tar -xOf"),
        [b'P', b'K', 3, 4, ..] => Some("unzip -p"),
        _ => None,
    }
}

fn unknown(name: &str, start: &[u8], unpacked: bool) -> anyhow::Error {
    match PACKED.iter().find(|(magic, _)| start.starts_with(magic)) {
        Some((_, by)) if unpacked => {
            anyhow::anyhow!("{name} is packed twice: unpack it once, and pipe that through `{by} | {}`", piped(name))
        }
        Some((_, by)) => anyhow::anyhow!("{name} is packed: `{by} {name} | {}`", piped(name)),
        None => {
            let known = From::words().join(", ");
            anyhow::anyhow!("{name} is in no format that is known: say which it is by `--from` ({known})")
        }
    }
}
