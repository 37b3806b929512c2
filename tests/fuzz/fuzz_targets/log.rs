//! Any bytes as a log, a list of replies or the events of a service, in every format, in blocks of any size.
#![no_main]

use carom::intake::{Block, Blocks, Format, Reading};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (format, size, bytes) = input;
    Format::detect(bytes);
    Format::detect_early(bytes);
    let format = Format::ALL[usize::from(format) % Format::ALL.len()];
    let now = "2026-07-06".parse().ok();

    let mut reading = Reading::new(format, "log", bytes);
    let read: Vec<_> = reading.by_ref().collect();
    let tally = reading.tally();
    assert_eq!(tally.attempts + tally.complaints, read.len() as u64, "all that is given is counted");
    for attempt in read.iter().flatten() {
        // A caller's own objects may say what they like.
        let somebody = format == Format::JsonLines || attempt.recipient.as_deref() != Some("");
        assert!(somebody, "a recipient is somebody");
    }

    let mut blocks = Blocks::of(format, bytes).of_size(usize::from(size));
    let (mut block, mut given) = (Block::default(), 0);
    while blocks.fill(&mut block).expect("bytes in memory are read") {
        given += block.attempts(format, now).count();
    }
    assert_eq!(given, read.len(), "blocks of any size give the same");
});
