//! The automata of IP addresses: IPv4 as `table/gap.rs` reads it, IPv6 as the standard library does.

use super::automaton::{Builder, Count, Guard, Label, State};
use super::gap::ranges;

/// Whether a number of an IPv4 address may begin with noughts that it does not need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noughts {
    May,
    /// Within an IPv6 address.
    MayNot,
}

/// Four numbers to 255, each of one to three digits.
pub(super) fn version_4(builder: &mut Builder, begin: State, end: State, noughts: Noughts) {
    let mut at = begin;
    for n in 0..4 {
        if n > 0 {
            at = builder.next(at, Label::One('.'));
        }
        at = number(builder, at, noughts);
    }
    builder.empty(at, Guard::Always, end);
}

/// A number to 255; gives where it ends.
fn number(builder: &mut Builder, from: State, noughts: Noughts) -> State {
    let end = builder.state();
    let digit = |from: &str| ranges(&[from]);
    let nought = builder.next(from, digit("00"));
    let one = builder.next(from, digit("11"));
    let two = builder.next(from, digit("22"));
    let more = builder.next(from, digit("39"));
    let last = builder.next(more, digit("09"));
    let second = builder.next(one, digit("09"));
    let second_of_two = builder.next(two, digit("04"));
    let second_of_25 = builder.next(two, digit("55"));
    let step = |builder: &mut Builder, from, label| builder.step(from, label, last, Count::Nothing);
    step(builder, two, digit("69"));
    step(builder, second, digit("09"));
    step(builder, second_of_two, digit("09"));
    step(builder, second_of_25, digit("05"));
    if noughts == Noughts::May {
        builder.step(nought, digit("09"), second, Count::Nothing);
    }
    for state in [nought, one, two, more, last, second, second_of_two, second_of_25] {
        builder.empty(state, Guard::Always, end);
    }
    end
}

/// How many groups an IPv6 address has.
const GROUPS: usize = 8;

/// Eight groups of up to four digits, of which the last two may be an IPv4 address, and of which `::` stands for one
/// or more.
pub(super) fn version_6(builder: &mut Builder, begin: State, end: State) {
    let version_4_begins = builder.state();
    version_4(builder, version_4_begins, end, Noughts::MayNot);
    // Behind `::`: where a group may begin, by how many there may still be.
    let tails = [(); GROUPS].map(|()| builder.state());
    for (left, tail) in tails.iter().enumerate() {
        if left >= 2 {
            builder.empty(*tail, Guard::Always, version_4_begins);
        }
        if left >= 1 {
            let read = group(builder, *tail);
            builder.empty(read, Guard::Always, end);
            builder.step(read, Label::One(':'), tails[left - 1], Count::Nothing);
        }
    }
    let mut read = begin;
    for groups in 0..=GROUPS {
        if groups < GROUPS {
            let colon = builder.next(read, Label::One(':'));
            let tail = builder.next(colon, Label::One(':'));
            builder.empty(tail, Guard::Always, end);
            builder.empty(tail, Guard::Always, tails[GROUPS - 1 - groups]);
            let next = if groups == 0 { begin } else { colon };
            if groups == GROUPS - 2 {
                builder.empty(next, Guard::Always, version_4_begins);
            }
            read = group(builder, next);
        } else {
            builder.empty(read, Guard::Always, end);
        }
    }
}

/// One to four digits of sixteen; gives where they end.
fn group(builder: &mut Builder, from: State) -> State {
    let end = builder.state();
    let mut at = from;
    for _ in 0..4 {
        at = builder.next(at, ranges(&["09", "af"]));
        builder.empty(at, Guard::Always, end);
    }
    end
}
