//! The automata of gaps: to the byte what `table/gap.rs` lets a gap catch.

use super::automaton::{Builder, Count, Guard, Label, State};
use super::ip;
use crate::reply::ADDRESS;
use crate::ruleset::GapType;

/// The longest run of digits, word, and host name, in bytes.
const DIGITS: Count = Count::Bytes(64);
const WORD: Count = Count::Bytes(128);
const HOST: Count = Count::Bytes(253);

const UNITS: [&str; 18] = [
    "s", "sec", "secs", "second", "seconds", "m", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour",
    "hours", "d", "day", "days",
];

/// What a gap catches that begins at `from`; gives where it ends.
pub(super) fn gap(builder: &mut Builder, from: State, kind: GapType) -> State {
    let begin = builder.state();
    builder.empty(from, Guard::Always, begin);
    let end = builder.state();
    match kind {
        GapType::Address => builder.step(begin, Label::One(ADDRESS), end, Count::Nothing),
        GapType::Digits => many(builder, begin, digits(), DIGITS, end),
        GapType::Number => number(builder, begin, end),
        GapType::Word => many(builder, begin, Label::InWordGap, WORD, end),
        GapType::Tag => many(builder, begin, ranges(&["az", "09", "__", "--"]), WORD, end),
        GapType::Host => host(builder, begin, end),
        GapType::Duration => duration(builder, begin, end),
        GapType::Ip => {
            ip::version_4(builder, begin, end, ip::Noughts::May);
            ip::version_6(builder, begin, end);
        }
    }
    end
}

/// Each is two characters: from one to the other.
pub(super) fn ranges(pairs: &[&str]) -> Label {
    let ends = |pair: &&str| {
        let mut characters = pair.chars();
        Some((characters.next()?, characters.next()?))
    };
    Label::Ranges(pairs.iter().filter_map(ends).collect())
}

fn digits() -> Label {
    ranges(&["09"])
}

/// One or more.
fn many(builder: &mut Builder, begin: State, label: Label, most: Count, end: State) {
    let run = builder.state();
    builder.step(begin, label.clone(), run, most);
    builder.step(run, label, run, most);
    builder.empty(run, Guard::Always, end);
}

/// Digits with single points or commas between them.
fn number(builder: &mut Builder, begin: State, end: State) {
    let [digit, point] = [(); 2].map(|()| builder.state());
    for from in [begin, digit, point] {
        builder.step(from, digits(), digit, DIGITS);
    }
    builder.step(digit, ranges(&["..", ",,"]), point, DIGITS);
    builder.empty(digit, Guard::Always, end);
}

/// Labels with points between them, at least two, none of them empty, with letters or digits at both ends.
fn host(builder: &mut Builder, begin: State, end: State) {
    // In the first label and behind it: after a letter or digit, and after a dash.
    let [first, dash, point, letter, later_dash] = [(); 5].map(|()| builder.state());
    let letters = || ranges(&["az", "09"]);
    let dashes = || ranges(&["--", "__"]);
    builder.step(begin, letters(), first, HOST);
    for from in [first, dash] {
        builder.step(from, letters(), first, HOST);
        builder.step(from, dashes(), dash, HOST);
    }
    for from in [point, letter, later_dash] {
        builder.step(from, letters(), letter, HOST);
        builder.step(from, dashes(), later_dash, HOST);
    }
    for from in [first, dash, letter, later_dash] {
        builder.step(from, Label::One('.'), point, HOST);
    }
    builder.empty(letter, Guard::Always, end);
}

/// A number and a unit, or a clock.
fn duration(builder: &mut Builder, begin: State, end: State) {
    const NUMBER: Count = Count::Bytes(10);
    let [number, unit] = [(); 2].map(|()| builder.state());
    builder.step(begin, digits(), number, NUMBER);
    builder.step(number, digits(), number, NUMBER);
    builder.empty(number, Guard::Always, unit);
    builder.step(number, Label::One(' '), unit, Count::Nothing);
    // A tree of the units, so that no two states have read the same.
    let mut known: Vec<(&str, State)> = vec![("", unit)];
    for name in UNITS {
        let mut at = unit;
        for length in 1..=name.len() {
            let read = &name[..length];
            at = match known.iter().find(|(known, _)| *known == read) {
                Some((_, state)) => *state,
                None => {
                    let next = builder.text(at, &read[length - 1..]);
                    known.push((read, next));
                    next
                }
            };
        }
        builder.empty(at, Guard::Always, end);
    }
    let hours = clock_part(builder, begin);
    let colon = builder.next(hours, Label::One(':'));
    let minutes = clock_part(builder, colon);
    let colon = builder.next(minutes, Label::One(':'));
    let seconds = clock_part(builder, colon);
    for from in [minutes, seconds] {
        builder.empty(from, Guard::Always, end);
    }
}

/// One to four digits.
fn clock_part(builder: &mut Builder, from: State) -> State {
    const PART: Count = Count::Bytes(4);
    let run = builder.state();
    builder.step(from, digits(), run, PART);
    builder.step(run, digits(), run, PART);
    run
}
