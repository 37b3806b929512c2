//! A plugin that misbehaves: the reply says how.

use carom_plugin::{Description, Plugin, Reply, Verdict};
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

struct Hostile;

/// What is not kept from one reply to the next.
static ASKED: AtomicU32 = AtomicU32::new(0);

impl Plugin for Hostile {
    fn describe() -> Description {
        Description::new("hostile", "1.0.0").host("*.hostile.example").rules(
            "rule limited for hostile {\n then deferred rate-limited\n say \"After {wait}.\"\n}\n\
             rule gone for hostile {\n then user-unknown\n}\n",
        )
    }

    fn classify(reply: &Reply) -> Option<Verdict> {
        let asked = ASKED.fetch_add(1, Relaxed) + 1;
        let limited = |value: String| Some(Verdict::rule("limited").field("wait", value));
        match reply.text {
            "loop" => loop {
                black_box(0);
            },
            "recurse" => limited(deep(black_box(0)).to_string()),
            "memory" => {
                let mut kept = Vec::new();
                loop {
                    kept.push(vec![1_u8; 1 << 20]);
                    black_box(&kept);
                }
            }
            "trap" => {
                // Beyond the end of its memory.
                let address = black_box(0xffff_0000_usize) as *const u8;
                limited(unsafe { address.read_volatile() }.to_string())
            }
            "panic" => panic!("a hostile plugin panics"),
            "talk" => {
                for n in 0..100 {
                    carom_plugin::log(&format!("line {n}"));
                }
                None
            }
            "shout" => {
                carom_plugin::log(&"x".repeat(100_000));
                carom_plugin::log("\u{1b}[31mred");
                None
            }
            "large" => limited("x".repeat(100 << 20)),
            "long" => limited("x".repeat(4_000)),
            "many" => {
                let many = (0..5_000).map(|n| (n.to_string(), String::new()));
                many.fold(Some(Verdict::rule("limited")), |verdict, (name, value)| Some(verdict?.field(name, value)))
            }
            "bytes" => limited(unsafe { String::from_utf8_unchecked(vec![b'a', 0xff, 0xfe]) }),
            "escape" => limited("\u{1b}[2J".to_owned()),
            "bidi" => limited("\u{202e}dne".to_owned()),
            "name" => Some(Verdict::rule("limited\n\u{7}")),
            "foreign" => Some(Verdict::rule("google.over-quota")),
            "nonesuch" => Some(Verdict::rule("nonesuch")),
            "gone" => Some(Verdict::rule("gone")),
            "count" => limited(asked.to_string()),
            text if text.starts_with("Tell") => {
                // The longest of them is passed another way, and too long to be told.
                let folded = reply.folded.get(..40).unwrap_or(reply.folded);
                let Reply { code, enhanced, status, phase, host, domain, time, .. } = reply;
                let codes = [enhanced, status].map(|code| code.map(|code| code.to_string()));
                limited(format!("{} {folded:?} {code:?} {codes:?} {phase:?} {host:?} {domain:?} {time:?}", text.len()))
            }
            _ => None,
        }
    }
}

/// Without end, and no loop either.
#[expect(unconditional_recursion)]
fn deep(n: u64) -> u64 {
    let here = black_box([n; 4]);
    black_box(deep(n + here[0] + 1)) + here[1]
}

carom_plugin::export!(Hostile);
