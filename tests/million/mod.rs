//! A million pairs of a rule set and a reply at random: the table says what the oracle says.
//!
//! `CAROM_PAIRS` asks for another number of them. A run begins at a seed of its own, which a failure names;
//! `CAROM_SEED` begins there again.

use crate::oracle::Oracle;
use crate::steered::{Choices, Set};
use carom::{Engine, Reply, Root};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::ops::AddAssign;
use std::sync::atomic::{AtomicU64, Ordering};

const PAIRS: u64 = 1_000_000;

/// Replies to a rule set: loading it takes as long as asking about some tens of them.
const REPLIES: u64 = 100;

/// The numbers that rule sets and replies are chosen by, of a seed (splitmix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// So many choices, or fewer: where they end, all is as plain as it can be.
    pub(crate) fn choices(&mut self, most: u64) -> Choices {
        let count = self.next() % most;
        Choices::new((0..count).map(|_| self.next() as u16).collect())
    }
}

/// What the pairs have met, so that a test of nothing does not pass.
#[derive(Debug, Default, Clone, Copy)]
struct Met {
    pairs: u64,
    /// Decided by a rule of the set, not by the prelude.
    decided: u64,
    /// Beside another rule of the set that matches too.
    contested: u64,
    /// With something caught.
    fields: u64,
}

impl AddAssign for Met {
    fn add_assign(&mut self, other: Met) {
        self.pairs += other.pairs;
        self.decided += other.decided;
        self.contested += other.contested;
        self.fields += other.fields;
    }
}

/// The pairs of one rule set.
fn pairs(seed: u64) -> Met {
    let mut numbers = Numbers(seed);
    let set = Set::new(&mut numbers.choices(900));
    let root = Root::Texts(vec![("root.carom".to_owned(), set.text())]);
    let engine = Engine::load(&root).unwrap_or_else(|error| panic!("CAROM_SEED={seed}: {error}\n{}", set.text()));
    let oracle = Oracle::new(engine.rules());
    let mut met = Met::default();
    for _ in 0..REPLIES {
        let reply = set.reply(&mut numbers.choices(60));
        met += pair(&engine, &oracle, &reply, || {
            format!("CAROM_SEED={seed}\nreply {reply:?} {:?}\n{}", String::from_utf8_lossy(&reply.text), set.text())
        });
    }
    met
}

/// Holds all that is said of a reply against the oracle.
fn pair(engine: &Engine, oracle: &Oracle<'_>, reply: &Reply, about: impl Fn() -> String) -> Met {
    let said = oracle.verdict(reply);
    let verdict = engine.classify(reply);
    assert_eq!(verdict.rule().name, said.name, "{}", about());
    assert_eq!(verdict.fields(), said.fields, "by {}: {}", said.name, about());
    assert_eq!((&verdict.reason().name, verdict.category()), (&said.reason, said.category), "{}", about());
    let explanation = engine.explain(reply);
    assert_eq!(explanation.verdict.rule().name, said.name, "{}", about());
    let losers: Vec<&str> = explanation.losers.iter().map(|loser| loser.rule.name.as_str()).collect();
    assert_eq!(losers, said.losers, "beside {}: {}", said.name, about());
    let prelude = |name: &str| name == "unknown" || carom::reply::Kind::ALL.iter().any(|kind| kind.as_str() == name);
    let ours = |name: &&str| !prelude(name);
    Met {
        pairs: 1,
        decided: u64::from(ours(&said.name.as_str())),
        contested: u64::from(losers.iter().any(ours)),
        fields: u64::from(!said.fields.is_empty()),
    }
}

pub(crate) fn stated(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number, not `{text}`")))
}

#[test]
fn the_table_says_what_the_oracle_says_of_a_million_pairs() {
    let sets = stated("CAROM_PAIRS").unwrap_or(PAIRS).div_ceil(REPLIES);
    let seed = stated("CAROM_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let next = AtomicU64::new(0);
    // The next set of a run has the next seed, so that the seed of a failure begins with the set that failed.
    let work = || {
        let mut met = Met::default();
        loop {
            match next.fetch_add(1, Ordering::Relaxed) {
                n if n < sets => met += pairs(seed.wrapping_add(n)),
                _ => return met,
            }
        }
    };
    let mut met = Met::default();
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            match thread.join() {
                Ok(of_thread) => met += of_thread,
                // The other threads need not go on.
                Err(panic) => {
                    next.store(sets, Ordering::Relaxed);
                    std::panic::resume_unwind(panic);
                }
            }
        }
    });
    let share = |part: u64| 100.0 * part as f64 / met.pairs as f64;
    let (decided, contested, fields) = (share(met.decided), share(met.contested), share(met.fields));
    println!(
        "{} pairs: {decided:.1} % decided by a rule, {contested:.1} % contested, {fields:.1} % with fields",
        met.pairs
    );
    assert_eq!(met.pairs, sets * REPLIES);
    assert!(sets * REPLIES >= PAIRS || stated("CAROM_PAIRS").is_some(), "fewer pairs than are told of");
    if met.pairs >= 100_000 {
        assert!((25.0..90.0).contains(&decided), "{decided} % of the pairs are decided by a rule");
        assert!(contested > 5.0, "{contested} % of the pairs are contested");
        assert!(fields > 2.0, "{fields} % of the pairs have fields");
    }
}
