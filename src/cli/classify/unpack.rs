//! Files packed by gzip or zstd, unpacked while they are read: with a bounded window, to a bounded size.

use super::input::piped;
use crate::cli::output::counted;
use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far back a file may refer. It is kept in memory; `zstd` asks for less up to level 21.
const WINDOW: u64 = 64 << 20;

/// So much may come out of any file, however small.
const FREE: u64 = 64 << 20;

/// How much of a packed file is read at a time.
const BUFFER: usize = 64 << 10;

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Behind a first byte of 0x50 to 0x5f: a frame that says nothing of the content.
const SKIPPED: [u8; 3] = [0x2a, 0x4d, 0x18];

impl Packing {
    /// How a file is packed that begins so.
    pub(super) fn of(start: &[u8]) -> Option<Packing> {
        match start {
            _ if start.starts_with(&GZIP) => Some(Packing::Gzip),
            _ if start.starts_with(&ZSTD) => Some(Packing::Zstd),
            [0x50..=0x5f, rest @ ..] if rest.starts_with(&SKIPPED) => Some(Packing::Zstd),
            _ => None,
        }
    }

    /// Whether so little of a file leaves open how it is packed.
    pub(super) fn may_begin(start: &[u8]) -> bool {
        match start {
            [0x50..=0x5f, rest @ ..] => rest.len() < SKIPPED.len() && SKIPPED.starts_with(rest),
            _ => [&GZIP[..], &ZSTD].iter().any(|magic| start.len() < magic.len() && magic.starts_with(start)),
        }
    }
}

/// What keeps a file from being unpacked to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It ends too early.
    CutOff,
    /// It is not what was packed.
    Damaged,
    /// It takes a window of so many bytes.
    Window(u64),
    /// It takes a dictionary, which is elsewhere.
    Dictionary,
    /// It unpacks to more than so many times its size.
    Bomb(u64),
}

impl Trouble {
    /// What is said of it, and of the lines that were read before.
    pub(super) fn told(self, name: &str, lines: u64) -> String {
        let before = match lines {
            0 => "no line of it was read".to_owned(),
            _ => format!("{} before that were read", counted(lines, "line")),
        };
        match self {
            Trouble::Window(_) => format!("{name}: {self}; {before}: `zstd -dc --long=31 {name} | {}`", piped(name)),
            Trouble::Dictionary => {
                format!("{name}: {self}; {before}: `zstd -dc -D DICTIONARY {name} | {}`", piped(name))
            }
            Trouble::Bomb(times) => {
                let more = times.saturating_mul(10);
                format!("{name}: {self}; {before}: if it is no bomb, add `--max-expansion {more}`")
            }
            Trouble::CutOff | Trouble::Damaged => format!("{name}: {self}; {before}"),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::CutOff => f.write_str("the packed file is cut off"),
            Trouble::Damaged => f.write_str("the packed file is damaged"),
            Trouble::Window(size) => {
                write!(f, "unpacking it takes {} MiB of memory, more than {} MiB", size >> 20, WINDOW >> 20)
            }
            Trouble::Dictionary => f.write_str("it is packed with a dictionary"),
            Trouble::Bomb(times) => write!(f, "it unpacks to more than {times} times its size"),
        }
    }
}

impl Error for Trouble {}

impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> io::Error {
        io::Error::other(trouble)
    }
}

/// What is in a packed file. Several files packed one after the other are one.
pub(super) fn unpacked(
    packing: Packing,
    packed: impl Read + Send + 'static,
    max_expansion: u64,
) -> Box<dyn Read + Send> {
    let taken = Arc::new(AtomicU64::new(0));
    let packed = BufReader::with_capacity(BUFFER, Counted { input: packed, taken: Arc::clone(&taken) });
    match packing {
        Packing::Gzip => Box::new(Bounded::new(Gzip(MultiGzDecoder::new(packed)), taken, max_expansion)),
        Packing::Zstd => Box::new(Bounded::new(Zstd::new(packed), taken, max_expansion)),
    }
}

/// Counts what is taken of a packed file.
struct Counted<R> {
    input: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.taken.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Gives no more than so many times what is taken.
struct Bounded<R> {
    input: R,
    taken: Arc<AtomicU64>,
    given: u64,
    times: u64,
}

impl<R> Bounded<R> {
    fn new(input: R, taken: Arc<AtomicU64>, times: u64) -> Bounded<R> {
        Bounded { input, taken, given: 0, times }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.given += read as u64;
        if self.given > FREE && self.given / self.times > self.taken.load(Ordering::Relaxed) {
            return Err(Trouble::Bomb(self.times).into());
        }
        Ok(read)
    }
}

struct Gzip<R>(MultiGzDecoder<R>);

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => Trouble::CutOff.into(),
            ErrorKind::InvalidInput | ErrorKind::InvalidData => Trouble::Damaged.into(),
            _ => error,
        })
    }
}

struct Zstd<R> {
    packed: R,
    decoder: FrameDecoder,
    within: bool,
    /// What the frame broke off by; it is told when all before it has been given.
    broke: Option<io::Error>,
}

/// An empty last block and a checksum. The decoder holds back what a frame may refer to, up to the frame's end.
const END: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

impl<R: BufRead> Zstd<R> {
    fn new(packed: R) -> Zstd<R> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        Zstd { packed, decoder, within: false, broke: None }
    }

    /// Goes on to the next frame; tells whether there is one.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.packed) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let skipped = io::copy(&mut self.packed.by_ref().take(length.into()), &mut io::sink())?;
                    if skipped < length.into() {
                        return Err(Trouble::CutOff.into());
                    }
                }
                Err(error) => return Err(wrong(error)),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            if !self.within && !self.begin()? {
                break;
            }
            self.within = true;
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            if let Some(error) = self.broke.take() {
                return Err(error);
            }
            if self.decoder.is_finished() {
                self.within = false;
                let sum = self.decoder.get_checksum_from_data();
                if sum.is_some() && sum != self.decoder.get_calculated_checksum() {
                    return Err(Trouble::Damaged.into());
                }
            } else if let Err(error) =
                self.decoder.decode_blocks(&mut self.packed, BlockDecodingStrategy::UptoBlocks(1))
            {
                let error = wrong(error);
                if self.decoder.decode_blocks(&END[..], BlockDecodingStrategy::UptoBlocks(1)).is_err() {
                    return Err(error);
                }
                self.broke = Some(error);
            }
        }
        Ok(0)
    }
}

/// What an error of the decoder comes from: the disk, a file that ends too early, or one that is wrong.
fn wrong(error: FrameDecoderError) -> io::Error {
    match error {
        FrameDecoderError::WindowSizeTooBig { requested, .. } => return Trouble::Window(requested).into(),
        FrameDecoderError::DictNotProvided { .. } => return Trouble::Dictionary.into(),
        _ => {}
    }
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            None => cause = error.source(),
            Some(ErrorKind::UnexpectedEof) => return Trouble::CutOff.into(),
            Some(ErrorKind::Other | ErrorKind::InvalidData | ErrorKind::InvalidInput) => break,
            Some(kind) => return kind.into(),
        }
    }
    Trouble::Damaged.into()
}
