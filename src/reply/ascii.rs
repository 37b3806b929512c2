//! Folding what is ASCII, as nearly all replies are: by blocks, so that many bytes are looked at together.

use super::address::{Plain, plain_address};
use super::fold::{ADDRESS, TEXT_LIMIT};
use std::ops::Range;

/// How many bytes are looked at together.
const BLOCK: usize = 32;

/// How many bytes stand behind a folded text at least.
pub(crate) const BEHIND: usize = 64;

/// What fills the last block: visible, no blank, and nothing that folding changes.
const FILLER: u8 = b'.';

/// Folds `raw` into the beginning of `out`, which grows if it must and is as long as it was before otherwise, and
/// tells how long the folded text is: at least [`BEHIND`] bytes stand behind it. It can where `raw` is all ASCII, no longer
/// than a folded text may be, and every address in it is a plain one.
pub(crate) fn fold_ascii(raw: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    if raw.len() > TEXT_LIMIT {
        return None;
    }
    if out.len() < raw.len() + BEHIND {
        out.resize(raw.len() + BEHIND, FILLER);
    }
    let seen = lower(raw, out);
    if !seen.ascii {
        return None;
    }
    let mut length = raw.len();
    if !seen.tidy || matches!(raw, [b' ', ..] | [.., b' ']) {
        length = squeeze(out, length);
    }
    if seen.at { take_out_addresses(out, length) } else { Some(length) }
}

/// What was seen in a text.
struct Seen {
    ascii: bool,
    /// No control characters, and no blank behind a blank.
    tidy: bool,
    at: bool,
}

/// Writes the text in lower case, by whole blocks.
fn lower(raw: &[u8], out: &mut [u8]) -> Seen {
    let (mut high, mut odd, mut at) = (0_u8, 0_u8, 0_u8);
    // Without a branch a byte, and each block of a length that is known.
    let mut block = |block: &[u8; BLOCK], next: u8, out: &mut [u8; BLOCK]| {
        let (mut above, mut below, mut ats) = (0_u8, 0_u8, 0_u8);
        for byte in block {
            above |= *byte;
            below |= u8::from(byte.wrapping_sub(b' ') >= 0x5F);
            ats |= u8::from(*byte == b'@');
        }
        for n in 0..BLOCK - 1 {
            below |= u8::from(block[n] == b' ') & u8::from(block[n + 1] == b' ');
        }
        below |= u8::from(block[BLOCK - 1] == b' ') & u8::from(next == b' ');
        *out = *block;
        out.make_ascii_lowercase();
        high |= above;
        odd |= below;
        at |= ats;
    };
    let (blocks, rest) = raw.as_chunks::<BLOCK>();
    let (spaces, _) = out.as_chunks_mut::<BLOCK>();
    let mut last = [FILLER; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    let nexts = blocks.iter().skip(1).map(|next| next[0]).chain([last[0]]);
    for ((whole, next), space) in blocks.iter().zip(nexts).zip(&mut *spaces) {
        block(whole, next, space);
    }
    if let Some(space) = spaces.get_mut(blocks.len()) {
        block(&last, FILLER, space);
    }
    Seen { ascii: high < 0x80, tidy: odd == 0, at: at != 0 }
}

/// Makes runs of blanks and control characters one blank, and none at the ends; the new length.
fn squeeze(out: &mut [u8], old: usize) -> usize {
    let mut length = 0;
    let mut pending = false;
    for n in 0..old {
        let byte = out[n];
        if !byte.is_ascii_graphic() {
            pending = length > 0;
            continue;
        }
        if pending {
            out[length] = b' ';
            length += 1;
            pending = false;
        }
        out[length] = byte;
        length += 1;
    }
    length
}

/// Puts the one character that stands for an address in the place of each; the new length, if each was a plain one.
fn take_out_addresses(out: &mut [u8], old: usize) -> Option<usize> {
    let (mut length, mut done, mut next) = (0, 0, 0);
    while let Some(found) = memchr::memchr(b'@', &out[next..old]) {
        let at = next + found;
        next = at + 1;
        match plain_address(&out[..old], at, done) {
            Plain::Address(Range { start, end }) => {
                if done > 0 {
                    out.copy_within(done..start, length);
                }
                length += start - done;
                out[length] = ADDRESS as u8;
                length += 1;
                (done, next) = (end, end);
            }
            Plain::Nothing => {}
            Plain::Unclear => return None,
        }
    }
    if done > 0 {
        out.copy_within(done..old, length);
    }
    Some(length + old - done)
}
