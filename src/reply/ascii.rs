//! Folding what is ASCII, as nearly all replies are: by blocks, so that many bytes are looked at together.

use super::address::{Plain, plain_address};
use super::fold::{ADDRESS, TEXT_LIMIT};
use std::ops::Range;

/// How many bytes are looked at together.
const BLOCK: usize = 32;

/// How many bytes one bit tells of; as many as the bits of a number are in the longest text.
const GROUP: usize = TEXT_LIMIT / 64;

/// How many bytes stand behind a folded text at least.
pub(crate) const BEHIND: usize = 72;

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
    let (mut length, mut ats) = (raw.len(), seen.ats);
    if !seen.tidy || matches!(raw, [b' ', ..] | [.., b' ']) {
        if !raw.is_ascii() {
            return None;
        }
        length = squeeze(out, length);
        // They have moved.
        ats = if ats == 0 { 0 } else { u64::MAX };
    }
    if ats == 0 { Some(length) } else { take_out_addresses(out, length, ats) }
}

/// What was seen in a text.
struct Seen {
    /// ASCII alone, no control characters, and no blank behind a blank.
    tidy: bool,
    /// A bit for each [`GROUP`] of bytes that an `@` is among.
    ats: u64,
}

/// Writes the text in lower case, by whole blocks; `out` reaches [`BEHIND`] bytes further than `raw`.
fn lower(raw: &[u8], out: &mut [u8]) -> Seen {
    out[..raw.len()].copy_from_slice(raw);
    out[raw.len()..][..=BLOCK].fill(FILLER);
    let (mut odd, mut ats) = (0_u8, 0_u64);
    for start in (0..raw.len()).step_by(BLOCK) {
        let Some(window) = out[start..].first_chunk_mut::<{ BLOCK + 1 }>() else { break };
        let [block @ .., _] = *window;
        let [_, nexts @ ..] = *window;
        // Without a branch a byte, and each block of a length that is known.
        let (mut below, mut at) = (0_u8, 0_u8);
        for n in 0..BLOCK {
            below |= is_odd(block[n], nexts[n]);
            at |= u8::from(block[n] == b'@');
        }
        window[..BLOCK].make_ascii_lowercase();
        odd |= below;
        ats |= u64::from(at) << (start / GROUP % 64);
    }
    Seen { tidy: odd == 0, ats }
}

/// Whether a byte is neither visible ASCII nor a blank, or is a blank with another behind it: one, or nought.
#[inline]
pub(super) fn is_odd(byte: u8, next: u8) -> u8 {
    // One up, and as a signed number, all those bytes are the lesser ones. The greater of two is a blank where both
    // are, or where one is a control character, which is odd already.
    u8::from((byte.wrapping_add(1) as i8) < b'!' as i8) | u8::from(byte.max(next) == b' ')
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
/// Nowhere but in the groups of `ats` is an `@`.
fn take_out_addresses(out: &mut [u8], old: usize, mut ats: u64) -> Option<usize> {
    const ATS: u64 = u64::from_ne_bytes([b'@'; 8]);
    const LOW: u64 = u64::from_ne_bytes([0x7F; 8]);
    let (mut length, mut done) = (0, 0);
    while ats != 0 {
        let group = ats.trailing_zeros() as usize * GROUP;
        ats &= ats - 1;
        for word in (group..(group + GROUP).min(old)).step_by(8) {
            let Some(eight) = out[word..].first_chunk::<8>() else { break };
            // A byte becomes nought where an `@` stands, and then its uppermost bit alone is set.
            let differs = u64::from_le_bytes(*eight) ^ ATS;
            let mut found = !(((differs & LOW) + LOW) | differs | LOW);
            while found != 0 {
                let at = word + found.trailing_zeros() as usize / 8;
                found &= found - 1;
                if at < done || at >= old {
                    continue;
                }
                match plain_address(&out[..old], at, done) {
                    Plain::Address(Range { start, end }) => {
                        // Nothing moves that stands behind the address.
                        if done > 0 {
                            out.copy_within(done..start, length);
                        }
                        length += start - done;
                        out[length] = ADDRESS as u8;
                        length += 1;
                        done = end;
                    }
                    Plain::Nothing => {}
                    Plain::Unclear => return None,
                }
            }
        }
    }
    if done > 0 {
        out.copy_within(done..old, length);
    }
    Some(length + old - done)
}
