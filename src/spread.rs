//! Work on all processors.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// So many bytes of a rule set take longer to work through than a thread takes to be made.
pub(crate) const WORTH_A_THREAD: usize = 16 << 10;

/// Both results; where there is a second processor, it does the first work.
pub(crate) fn beside<A: Send, B>(first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    if thread::available_parallelism().map_or(1, NonZero::get) == 1 {
        return (first(), second());
    }
    thread::scope(|scope| {
        let other = thread::Builder::new().spawn_scoped(scope, &first).ok();
        let done = second();
        (other.map_or_else(&first, |other| other.join().unwrap_or_else(|panic| resume_unwind(panic))), done)
    })
}

/// What `work` makes of each item, in the order of the items, whoever was done first.
///
/// Each thread takes the next item that nobody has taken; the caller's own thread is one of them. Where no thread
/// can be had the others do its work.
pub(crate) fn spread<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = if items.len() > 1 { thread::available_parallelism().map_or(1, NonZero::get) } else { 1 };
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        while let Some((n, item)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, items.get(n)?))) {
            done.push((n, work(item)));
        }
        done
    };
    let mut all = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(items.len()))
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, take).ok())
            .collect();
        let mut all = take();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(n, _)| *n);
    all.into_iter().map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        let slow_at_first = |n: &usize| {
            std::thread::sleep(std::time::Duration::from_micros(200_u64.saturating_sub(*n as u64)));
            n * 2
        };
        assert_eq!(spread(&items, slow_at_first), items.iter().map(|n| n * 2).collect::<Vec<_>>());
        assert!(spread(&[] as &[usize], slow_at_first).is_empty());
    }
}
