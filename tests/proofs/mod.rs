//! What is proved of random rule sets, held against the oracle and a million replies: a rule that is said to decide a
//! reply does, and one that is said never to decide wins none of the replies that are steered at it.
//!
//! `CAROM_PAIRS` asks for another number of replies, `CAROM_SEED` begins at a seed that a failure named.

use crate::million::{Numbers, stated};
use crate::oracle::Oracle;
use crate::steered::Set;
use carom::proof::{Proof, Prover};
use carom::{Engine, Root};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

const REPLIES: u64 = 1_000_000;

/// Replies to a rule that is said never to decide.
const STEERED: u64 = 250;

/// Seeds of sets of which something was said once that is not so.
const SEEDS: [u64; 1] = [7_867_528_121_965_991_349];

#[derive(Debug, Default)]
struct Met {
    decides: u64,
    never: u64,
    vetoed: u64,
    undecided: u64,
    replies: u64,
}

fn proofs(seed: u64, met: &mut Met) {
    let mut numbers = Numbers(seed);
    let set = Set::new(&mut numbers.choices(900));
    let root = Root::Texts(vec![("root.carom".to_owned(), set.text())]);
    let engine = Engine::load(&root).unwrap_or_else(|error| panic!("CAROM_SEED={seed}: {error}\n{}", set.text()));
    let oracle = Oracle::new(engine.rules());
    let prover = Prover::new(&engine);
    for (id, rule) in engine.rules().numbered_rules() {
        // `p2.r7`, `r7`: the seventh of the set; the prelude's rules are no rules of the set.
        let Some(number) = rule.name.rsplit('.').next().and_then(|name| name.strip_prefix('r')?.parse().ok()) else {
            continue;
        };
        let about = || format!("CAROM_SEED={seed}: {}\n{}", rule.name, set.text());
        match prover.rule(id) {
            Proof::Decides(reply) => {
                met.decides += 1;
                assert_eq!(oracle.verdict(&reply).name, rule.name, "{reply:?}\n{}", about());
            }
            proof @ (Proof::Never(_) | Proof::Vetoed(_)) => {
                if let Proof::Never(by) = &proof {
                    met.never += 1;
                    assert!(by.iter().all(|before| *before < id), "{}", about());
                } else {
                    met.vetoed += 1;
                }
                for _ in 0..STEERED {
                    let reply = set.reply_at(number, &mut numbers.choices(60));
                    met.replies += 1;
                    assert_ne!(engine.winner(&reply), id, "{proof:?}: {reply:?}\n{}", about());
                }
            }
            Proof::Undecided => met.undecided += 1,
        }
    }
}

#[test]
fn what_is_proved_is_so() {
    let replies = stated("CAROM_PAIRS").unwrap_or(REPLIES);
    let seed = stated("CAROM_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let mut met = Met::default();
    SEEDS.iter().for_each(|seed| proofs(*seed, &mut met));
    let mut n = 0;
    while met.replies < replies {
        proofs(seed.wrapping_add(n), &mut met);
        n += 1;
    }
    println!("{met:?} in {n} sets");
    assert!(met.replies >= REPLIES || stated("CAROM_PAIRS").is_some(), "fewer replies than are told of");
    if met.replies >= 100_000 {
        assert!(met.never > 100 && met.decides > 1_000, "{met:?}");
    }
}
