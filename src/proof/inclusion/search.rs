//! The search for a text that some automata accept and some others do not.
//!
//! Breadth first, so that what is found first is short. Of the automata that must accept one thread each is
//! followed, of those that must not all threads at once. A place of the search is passed over where one is known from
//! which at least as much can be found.

use super::alphabet::Alphabet;
use super::automaton::{Automaton, Count, START, Side, State};
use crate::mix::Mix;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// The most places that are gone through.
const MOST_PLACES: usize = 50_000;

/// The most threads that are moved on.
const MOST_MOVES: usize = 3_000_000;

/// The most texts that may be found to be none of those that were asked for.
const MOST_REFUSED: usize = 16;

/// What a search comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The text.
    Text(String),
    /// There is none.
    Nothing,
    /// The search was given up.
    Undecided,
}

/// A state of one of the automata, and what is counted there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Thread {
    automaton: u16,
    state: State,
    count: u16,
}

impl Thread {
    fn is_at(self, other: Thread) -> bool {
        (self.automaton, self.state) == (other.automaton, other.state)
    }
}

/// What has been read, as far as it matters.
struct Place {
    /// What was read last.
    side: Side,
    /// A thread of each automaton that must accept.
    held: Box<[Thread]>,
    /// All threads of those that must not, in their order, no two in one state.
    barred: Box<[Thread]>,
    /// The place before, and the symbol between.
    from: Option<(u32, u16)>,
    /// Another finds what it would.
    is_passed_over: bool,
}

/// Looks for a text that all of `held` accept and none of `barred`; `is_good` has the last word about each.
pub(super) fn search(held: &[&Automaton], barred: &[&Automaton], mut is_good: impl FnMut(&str) -> bool) -> Found {
    let automata = [held, barred].concat();
    let Some(alphabet) = Alphabet::new(&automata) else { return Found::Undecided };
    let Ok(first_barred) = u16::try_from(held.len()) else { return Found::Undecided };
    let mut search = Search::new(&automata, &alphabet);
    let start = |automaton: u16| Thread { automaton, state: START, count: 0 };
    search.add(Place {
        side: Side::NOTHING,
        held: (0..first_barred).map(start).collect(),
        barred: (first_barred..automata.len() as u16).map(start).collect(),
        from: None,
        is_passed_over: false,
    });
    let mut refused = 0;
    for at in 0.. {
        if at == search.places.len() {
            break;
        }
        if search.places[at].is_passed_over {
            continue;
        }
        if search.ends_at(at) {
            let text = search.text(at);
            if is_good(&text) {
                return Found::Text(text);
            }
            refused += 1;
        }
        search.go_on(at);
        if search.places.len() > MOST_PLACES || search.moves > MOST_MOVES || refused > MOST_REFUSED {
            return Found::Undecided;
        }
    }
    // What the automata accept and the matcher does not would be a text that no reply has, such as one with an address
    // written out; what lies behind it has not been looked for.
    if refused == 0 { Found::Nothing } else { Found::Undecided }
}

/// What is known by the side and the states of a place.
type Key = (Side, Box<[State]>);

struct Search<'a> {
    automata: &'a [&'a Automaton],
    alphabet: &'a Alphabet,
    places: Vec<Place>,
    /// The places by what must be the same for one to be passed over.
    known: HashMap<Key, Vec<u32>, BuildHasherDefault<Mix>>,
    moves: usize,
    /// For every state of every automaton, the closure in which it was seen last.
    seen: Vec<Vec<u32>>,
    closures: u32,
}

/// What threads come to without a character.
struct Closures {
    side: Side,
    /// Of each automaton that must accept.
    held: Vec<Vec<Thread>>,
    /// Of the others; none where one of them accepts.
    barred: Option<Vec<Thread>>,
}

impl<'a> Search<'a> {
    fn new(automata: &'a [&'a Automaton], alphabet: &'a Alphabet) -> Search<'a> {
        let seen = automata.iter().map(|automaton| vec![0; automaton.states()]).collect();
        Search { automata, alphabet, places: Vec::new(), known: HashMap::default(), moves: 0, seen, closures: 0 }
    }

    /// Adds a place unless one is known from which at least as much can be found.
    fn add(&mut self, place: Place) {
        let key = (place.side, place.held.iter().map(|thread| thread.state).collect());
        let known = self.known.entry(key).or_default();
        self.moves += known.len();
        if known.iter().any(|n| self.places[*n as usize].finds_what(&place)) {
            return;
        }
        // What was found sooner and finds less is not gone on from.
        known.retain(|n| {
            let before = &mut self.places[*n as usize];
            before.is_passed_over |= place.finds_what(before);
            !before.is_passed_over
        });
        known.push(self.places.len() as u32);
        self.places.push(place);
    }

    /// What has been read on the way to a place.
    fn text(&self, mut at: usize) -> String {
        let mut read = Vec::new();
        while let Some((before, symbol)) = self.places[at].from {
            read.push(self.alphabet.symbols()[usize::from(symbol)].character);
            at = before as usize;
        }
        read.iter().rev().collect()
    }

    /// Whether the text that ends at a place is one of those that are looked for.
    fn ends_at(&mut self, at: usize) -> bool {
        if self.places[at].side.is_blank() {
            return false;
        }
        let closures = self.closures(at, Side::NOTHING);
        let accepts = |thread: &Thread| self.automata[usize::from(thread.automaton)].accept() == thread.state;
        closures.barred.is_some() && closures.held.iter().all(|threads| threads.iter().any(accepts))
    }

    /// Reads every symbol at a place.
    fn go_on(&mut self, at: usize) {
        let mut known: Vec<Closures> = Vec::new();
        let side = self.places[at].side;
        for (number, symbol) in self.alphabet.symbols().iter().enumerate() {
            if symbol.side.is_blank() && !side.bears_blank() {
                continue;
            }
            let n = known.iter().position(|closures| closures.side == symbol.side).unwrap_or_else(|| {
                known.push(self.closures(at, symbol.side));
                known.len() - 1
            });
            let Some(barred) = &known[n].barred else { continue };
            let held: Vec<_> = known[n].held.iter().map(|threads| self.moved(threads, number)).collect();
            if held.iter().any(|threads| threads.is_empty()) {
                continue;
            }
            let barred = self.moved(barred, number);
            for held in ways(&held) {
                let from = Some((at as u32, number as u16));
                self.add(Place { side: symbol.side, held, barred: barred.clone(), from, is_passed_over: false });
            }
        }
    }

    /// What a place's threads come to before a character of that side.
    fn closures(&mut self, at: usize, after: Side) -> Closures {
        let place = &self.places[at];
        let (before, held, barred) = (place.side, place.held.clone(), place.barred.clone());
        let held = held.iter().map(|thread| self.closure(&[*thread], before, after)).collect();
        let barred = self.closure(&barred, before, after);
        let accepts = |thread: &Thread| self.automata[usize::from(thread.automaton)].accept() == thread.state;
        let barred = (!barred.iter().any(accepts)).then_some(barred);
        Closures { side: after, held, barred }
    }

    fn closure(&mut self, threads: &[Thread], before: Side, after: Side) -> Vec<Thread> {
        self.closures += 1;
        let mut closure = threads.to_vec();
        for thread in threads {
            self.seen[usize::from(thread.automaton)][usize::from(thread.state)] = self.closures;
        }
        let mut next = 0;
        while let Some(Thread { automaton, state, .. }) = closure.get(next).copied() {
            next += 1;
            let seen = &mut self.seen[usize::from(automaton)];
            for (guard, to) in self.automata[usize::from(automaton)].empties(state) {
                // What is counted is come to over a character only, so that a state is not seen with two counts.
                if seen[usize::from(*to)] != self.closures && guard.holds(before, after) {
                    seen[usize::from(*to)] = self.closures;
                    closure.push(Thread { automaton, state: *to, count: 0 });
                }
            }
        }
        self.moves += closure.len();
        closure
    }

    /// What threads come to over a symbol: of those in one state the one that has counted least.
    fn moved(&mut self, threads: &[Thread], symbol: usize) -> Box<[Thread]> {
        let bytes = self.alphabet.symbols()[symbol].character.len_utf8() as u16;
        let mut moved = Vec::new();
        for thread in threads {
            for step in self.automata[usize::from(thread.automaton)].steps(thread.state) {
                let count = match step.count {
                    Count::Nothing => 0,
                    Count::Same => thread.count,
                    Count::Bytes(most) if thread.count + bytes > most => continue,
                    Count::Bytes(_) => thread.count + bytes,
                };
                if self.alphabet.holds(usize::from(thread.automaton), step.label, symbol) {
                    moved.push(Thread { automaton: thread.automaton, state: step.to, count });
                }
            }
        }
        self.moves += threads.len() + moved.len();
        moved.sort_unstable();
        moved.dedup_by(|later, kept| later.is_at(*kept));
        moved.into()
    }
}

/// One thread of each set, in every way.
fn ways(sets: &[Box<[Thread]>]) -> Vec<Box<[Thread]>> {
    match sets {
        [] => vec![Box::default()],
        [threads] => threads.iter().map(|thread| Box::from([*thread])).collect(),
        [threads, rest @ ..] => {
            let rest = ways(rest);
            let with =
                |thread: &Thread| rest.iter().map(|rest| [&[*thread], &**rest].concat().into()).collect::<Vec<_>>();
            threads.iter().flat_map(with).collect()
        }
    }
}

impl Place {
    /// Whether from here every text is found that is found from another place of one side and the same states.
    fn finds_what(&self, other: &Place) -> bool {
        let mut others = other.barred.iter();
        self.held.iter().zip(&other.held).all(|(own, other)| own.count <= other.count)
            && self
                .barred
                .iter()
                .all(|own| others.find(|other| own.is_at(**other)).is_some_and(|o| o.count <= own.count))
    }
}
