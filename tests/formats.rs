//! Every format that intake reads: a sample of each in `tests/cases/formats`, named after it, with what is read from it
//! beside it; and that none is taken for another.
//!
//! `INSTA_UPDATE=always cargo test --test formats` writes what is read now; read the difference.

use carom::intake::{Attempt, Format, Reading};
use std::fs;
use std::path::{Path, PathBuf};

/// The samples, each with the format that its name says.
fn samples() -> Vec<(Format, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/formats");
    let mut samples: Vec<(Format, PathBuf)> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry is read").path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            (name.parse().expect("a sample is named after its format"), path)
        })
        .collect();
    samples.sort_by(|a, b| a.1.cmp(&b.1));
    samples
}

fn told(attempt: &Attempt<'_>) -> String {
    let reply = &attempt.reply;
    let sender = &reply.sender;
    let parts: [(&str, Option<String>); 17] = [
        ("message", attempt.message.as_deref().map(str::to_owned)),
        ("recipient", attempt.recipient.as_deref().map(str::to_owned)),
        ("original", attempt.original_recipient.as_deref().map(str::to_owned)),
        ("logged", attempt.logged.as_ref().map(ToString::to_string)),
        ("kind", attempt.reply.kind.map(|kind| format!("{kind:?}"))),
        ("code", reply.code.map(|code| code.to_string())),
        ("enhanced", reply.enhanced.map(|code| code.to_string())),
        ("status", reply.status.map(|code| code.to_string())),
        ("host", reply.host.as_ref().map(ToString::to_string)),
        ("phase", reply.phase.map(|phase| phase.to_string())),
        ("time", reply.time.map(|time| time.to_string())),
        ("text", Some(String::from_utf8_lossy(&reply.text).into_owned())),
        ("ip", sender.ip.clone()),
        ("pool", sender.pool.clone()),
        ("campaign", sender.campaign.clone()),
        ("tenant", sender.tenant.clone()),
        (
            "reported",
            attempt
                .reported
                .as_ref()
                .map(|told| format!("{} ({})", told.class, told.category.unwrap_or("no category"))),
        ),
    ];
    let parts: Vec<String> =
        parts.into_iter().filter_map(|(name, value)| Some(format!("  {name}: {}", value?))).collect();
    format!("{}\n{}", attempt.source, parts.join("\n"))
}

#[test]
fn samples_are_read() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases/formats/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (format, path) in samples() {
            let sample = fs::read(&path).expect("a sample is read");
            let now = "2026-07-06".parse().expect("a time");
            let reading = Reading::new(format, "sample", &sample[..]).now(now);
            let attempts: Vec<String> =
                reading.map(|attempt| told(&attempt.unwrap_or_else(|wrong| panic!("{format}: {wrong}")))).collect();
            assert!(!attempts.is_empty(), "{format}");
            insta::assert_snapshot!(format.as_str(), attempts.join("\n\n"));
        }
    });
}

#[test]
fn every_format_has_a_sample_and_a_line_of_the_page() {
    let page = include_str!("../docs/formats.md");
    let samples = samples();
    for format in Format::ALL {
        assert!(samples.iter().any(|(sample, _)| *sample == format), "{format} has no sample");
        assert!(page.contains(&format!("| `{format}` |")), "docs/formats.md does not name {format}");
    }
    assert_eq!(samples.len(), Format::ALL.len());
}

#[test]
fn none_is_taken_for_another() {
    for (format, path) in samples() {
        let sample = fs::read(&path).expect("a sample is read");
        assert_eq!(Format::detect(&sample), Some(format), "{}", path.display());
        let early: Vec<usize> =
            (0..=sample.len()).filter(|end| Format::detect_early(&sample[..*end]).is_some()).collect();
        for end in &early {
            assert_eq!(Format::detect_early(&sample[..*end]), Some(format), "{format}, the first {end} bytes");
        }
        // Replies may be anything; of each other format the sample itself tells.
        assert_eq!(early.last() == Some(&sample.len()), format != Format::Replies, "{format}");
        // What stands before them does not matter, as far as text goes.
        let marked = [&b"\xEF\xBB\xBF\n\r\n"[..], &sample].concat();
        if format != Format::Journal {
            assert_eq!(Format::detect(&marked), Some(format), "{format}, behind a mark and empty lines");
        }
    }
}

#[test]
fn a_sample_read_as_another_format_gives_no_recipient() {
    for (format, path) in samples() {
        let sample = fs::read(&path).expect("a sample is read");
        for other in Format::ALL {
            // A log of programs and its journal hold the same lines; anything may be a reply, or a caller's own object.
            let lines = matches!(other, Format::Postfix | Format::Exim | Format::Sendmail | Format::OpenSmtpd);
            let anything = matches!(other, Format::Replies | Format::JsonLines) || format == Format::JsonLines;
            if other == format || anything || format == Format::Journal && lines {
                continue;
            }
            let wrongly: Vec<String> = Reading::new(other, "sample", &sample[..])
                .filter_map(Result::ok)
                .filter(|attempt| attempt.recipient.is_some())
                .map(|attempt| told(&attempt))
                .collect();
            assert!(wrongly.is_empty(), "{format} as {other}: {wrongly:#?}");
        }
    }
}
