//! What `carom classify` makes of many files, of packed ones, of broken ones, and of several threads.
#![cfg(feature = "cli")]

mod program;

use flate2::Compression;
use flate2::write::GzEncoder;
use program::{feed, text};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The program, in a folder of its own.
fn carom(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let rules = Path::new(ROOT).join("tests/cases/cli/harbour");
    let mut command = Command::new(env!("CARGO_BIN_EXE_carom"));
    command.arg("classify").arg("--rules").arg(rules).args(arguments).current_dir(folder).env("COLUMNS", "100");
    feed(&mut command, input)
}

/// The command that [`carom`] gives, with standard input for its file.
fn piped() -> String {
    format!("carom classify --rules {} -", Path::new(ROOT).join("tests/cases/cli/harbour").display())
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

fn put(folder: &Path, name: &str, content: &[u8]) {
    std::fs::write(folder.join(name), content).expect("a file is written");
}

/// A log of so many lines, of which every third is a delivery, some long and some without a recipient.
fn log(lines: usize, seed: usize) -> Vec<u8> {
    let said = ["250 2.0.0 Ok", "host mx.example.com[192.0.2.1] said: 550 5.1.1 No such user", "450 4.2.0 Greylisted"];
    let mut out = Vec::new();
    for n in 0..lines {
        let id = (n + seed).wrapping_mul(2_654_435_761) % 0xffff_ffff;
        let day = 1 + n % 28;
        write!(out, "Mar {day:>2} 06:52:{:02} host postfix/", n % 60).expect("a vector takes it");
        let line = match n % 3 {
            0 => format!(
                "smtp[{id}]: 7EE{id:08X}: to=<u{id}@example.com>, relay=mx.example.com[192.0.2.1]:25, delay=1, dsn=5.0.0, status={} ({})",
                ["sent", "bounced", "deferred"][id % 3],
                said[id % 3]
            ),
            1 if n % 500 == 1 => format!("smtpd[1]: {}", "x".repeat(70_000)),
            1 if n % 100 == 1 => format!("cleanup[1]: 7EE{id:08X}: milter-reject: status=none"),
            _ => format!("qmgr[1]: 7EE{id:08X}: from=<bounce+{id}@example.net>, size={id}, nrcpt=1 (queue active)"),
        };
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    out
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).expect("a vector takes it");
    encoder.finish().expect("a vector takes it")
}

fn zstd(content: &[u8]) -> Vec<u8> {
    compress_to_vec(content, CompressionLevel::Fastest)
}

/// A frame of zstd that asks for a window of two to the power of `window`, and is so many times 128 KiB of blanks.
fn blanks(window: u8, blocks: u32) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, (window - 10) << 3];
    for n in 1..=blocks {
        let header = u32::from(n == blocks) | 1 << 1 | (128 << 10) << 3;
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(b' ');
    }
    frame
}

#[test]
fn threads_change_nothing() {
    let folder = folder();
    let folder = folder.path();
    let half = log(4000, 7);
    put(folder, "a.log", &log(6000, 0));
    put(folder, "b.log.gz", &gzip(&log(5000, 3)));
    put(folder, "c.log.zst", &zstd(&half)[..]);
    put(folder, "cut.gz", &gzip(&half)[..30_000]);
    put(folder, "empty", b"");
    put(folder, "letter", b"Dear reader,\nthis is no log.\n");
    let replies: String = (0..3000).map(|n| format!("{{\"text\":\"550 5.1.1 no {n}\"}}\n{{\"code\":{n}}}\n")).collect();
    put(folder, "replies.jsonl", replies.as_bytes());
    let mut files = vec!["a.log", "nosuch", "b.log.gz", "empty", "cut.gz", "letter", "replies.jsonl", "c.log.zst", "-"];
    for n in 0..40 {
        let name = format!("small{n}");
        put(folder, &name, &log(n, n));
        files.push(name.leak());
    }
    for json in [false, true] {
        let run = |jobs: &str| {
            let options = ["--jobs", jobs].into_iter().chain(json.then_some("--json"));
            let arguments: Vec<&str> = options.chain(files.iter().copied()).collect();
            carom(folder, &arguments, &half)
        };
        let one = run("1");
        assert_eq!(one.status.code(), Some(2));
        let told = text(&one.stderr);
        let order =
            ["nosuch: there is no such", "cut.gz: the packed file is cut off", "letter is in no format", "replies"];
        let places: Vec<_> = order.iter().map(|what| told.find(what).unwrap_or_else(|| panic!("{told}"))).collect();
        assert!(places.is_sorted(), "{told}");
        assert_eq!(told.matches("warning: ").count(), 10, "{told}");
        if json {
            // Sources come in the order of files and lines.
            let place = |line: &str| {
                let verdict: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
                let (name, line) = verdict["source"].as_str().and_then(|s| s.rsplit_once(':')).expect("a place");
                (files.iter().position(|file| *file == name).expect("a file"), line.parse::<u64>().expect("a number"))
            };
            let places: Vec<_> = text(&one.stdout).lines().map(place).collect();
            assert!(places.len() > 8000 && places.is_sorted(), "{}", places.len());
        }
        for jobs in ["2", "4", "9"] {
            let many = run(jobs);
            assert!(many.stdout == one.stdout, "{jobs} threads, as JSON: {json}");
            assert_eq!((many.status.code(), text(&many.stderr)), (Some(2), told), "{jobs} threads");
        }
    }
}

#[test]
fn packed_logs_say_what_plain_ones_say() {
    let folder = folder();
    let (first, second) = (log(1200, 1), log(900, 2));
    let whole = [first.as_slice(), &second].concat();
    let skipped = [&b"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"[..]].concat();
    for json in [&["-"][..], &["--json", "-"], &["--json", "--from", "postfix", "-"]] {
        let plain = carom(folder.path(), json, &whole);
        assert!(plain.status.success() && plain.stdout.len() > 500, "{}", text(&plain.stderr));
        for packed in [
            gzip(&whole),
            [gzip(&first), gzip(&second)].concat(),
            [gzip(b""), gzip(&whole)].concat(),
            zstd(&whole),
            [zstd(&first), skipped.clone(), zstd(&second)].concat(),
            [skipped.clone(), zstd(&whole), skipped.clone()].concat(),
        ] {
            let unpacked = carom(folder.path(), json, &packed);
            assert!(unpacked == plain, "{json:?} {:?}: {}", &packed[..4], text(&unpacked.stderr));
        }
    }
}

#[test]
fn what_was_read_before_a_packed_file_broke_counts() {
    let folder = folder();
    let folder = folder.path();
    let whole = log(6000, 5);
    let name = |name: &str, content: &[u8]| {
        put(folder, name, content);
        name.to_owned()
    };
    let wrong = |mut packed: Vec<u8>| {
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xff);
        packed
    };
    let (gz, zst) = (gzip(&whole), zstd(&whole));
    for (file, what) in [
        (name("short.gz", &gz[..gz.len() / 2]), "cut off"),
        (name("short.zst", &zst[..zst.len() / 2]), "cut off"),
        (name("unended.gz", &gz[..gz.len() - 1]), "cut off"),
        (name("wrong.gz", &wrong(gz.clone())), "damaged"),
        (name("wrong.zst", &wrong(zst.clone())), "damaged"),
        (name("more.gz", &[gz.as_slice(), b"and more of it"].concat()), "damaged"),
        (name("more.zst", &[zst.as_slice(), b"and more of it"].concat()), "damaged"),
    ] {
        let output = carom(folder, &["--json", &file], b"");
        assert_eq!(output.status.code(), Some(2), "{file}");
        let told = text(&output.stderr);
        let start = format!("error: {file}: the packed file is {what}; ");
        let lines = told.strip_prefix(&start).and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
        let lines = lines.unwrap_or_else(|| panic!("{told}"));
        assert!(lines > 1000, "{file}: {lines} lines");
        // What comes out of a damaged place may be wrong until the damage is found; what stands before is right.
        let sure = if file.starts_with("wrong") { lines / 3 } else { lines };
        let expected = whole.split_inclusive(|b| *b == b'\n').take(sure).collect::<Vec<_>>().concat();
        let expected = text(&carom(folder, &["--json", "-"], &expected).stdout).replace("\"-:", &format!("\"{file}:"));
        let said = text(&output.stdout);
        assert!(said.starts_with(&expected) && (sure < lines || said == expected), "{file}: {lines} lines");
        // The summary says the same of them, and other files are read.
        let output = carom(folder, &[&file, "-"], b"550 5.1.1 No such user\n");
        let attempts = said.lines().count() + 1;
        assert!(text(&output.stdout).starts_with(&format!("{attempts} attempts, by category\n")), "{file}");
        assert_eq!(output.status.code(), Some(2), "{file}");
    }
    let output = carom(folder, &["-"], &gz[..5]);
    let told = "error: -: the packed file is cut off; no line of it was read\n";
    assert_eq!((text(&output.stdout), text(&output.stderr), output.status.code()), ("", told, Some(2)));
}

#[test]
fn packed_files_have_bounds() {
    let folder = folder();
    let folder = folder.path();
    let few = log(300, 5);
    put(folder, "bomb.zst", &[zstd(&few), blanks(17, 520)].concat());
    put(folder, "bomb.gz", &[gzip(&few), gzip(&vec![b'x'; 65 << 20])].concat());
    for file in ["bomb.zst", "bomb.gz"] {
        let output = carom(folder, &[file], b"");
        let told = text(&output.stderr);
        let expected = format!(
            "error: {file}: it unpacks to more than 250 times its size; 300 lines before that were read: \
             if it is no bomb, add `--max-expansion 2500`\n"
        );
        assert!(told.starts_with(&expected), "{told}");
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(text(&output.stdout).starts_with("100 attempts"), "{file}");
        let output = carom(folder, &[file, "--max-expansion", "100000"], b"");
        assert_eq!(output.status.code(), Some(0), "{file}: {}", text(&output.stderr));
    }
    // Small files may unpack to what they like: nobody waits for 64 MiB.
    put(folder, "small.gz", &gzip(&[few.clone(), vec![b'x'; 32 << 20]].concat()));
    assert!(carom(folder, &["small.gz"], b"").status.success());
    put(folder, "wide.zst", &[zstd(&few), blanks(27, 1)].concat());
    let output = carom(folder, &["wide.zst"], b"");
    let told = text(&output.stderr);
    let expected = format!(
        "error: wide.zst: unpacking it takes 128 MiB of memory, more than 64 MiB; 300 lines before that \
         were read: `zstd -dc --long=31 wide.zst | {}`\n",
        piped()
    );
    assert!(told.starts_with(&expected) && output.status.code() == Some(2), "{told}");
    put(folder, "narrow.zst", &[zstd(&few), blanks(26, 1)].concat());
    assert!(carom(folder, &["narrow.zst"], b"").status.success());
}

/// An archive's head and then a file, as far as anybody looks.
fn tar(content: &[u8]) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..8].copy_from_slice(b"mail.log");
    head[257..262].copy_from_slice(b"ustar");
    [&head, content].concat()
}

#[test]
fn what_cannot_be_unpacked_is_told_how() {
    let folder = folder();
    let folder = folder.path();
    for (file, content, told) in [
        ("mail.bz2", b"BZh91AY&SY\x00\x01".to_vec(), "is packed: `bzcat mail.bz2 | {}`"),
        ("mail.xz", b"\xfd7zXZ\0\0\x04".to_vec(), "is packed: `xzcat mail.xz | {}`"),
        ("mail.zip", b"PK\x03\x04\x14\0".to_vec(), "is an archive: `unzip -p mail.zip | {}`"),
        ("mail.tar", tar(&log(10, 1)), "is an archive: `tar -xOf mail.tar | {}`"),
        ("mail.tgz", gzip(&tar(&log(10, 1))), "is an archive: `tar -xOf mail.tgz | {}`"),
        ("mail.gz.gz", gzip(&gzip(&log(10, 1))), "is packed twice: unpack it once, and pipe that through `zcat | {}`"),
    ] {
        put(folder, file, &content);
        let output = carom(folder, &[file], b"");
        assert_eq!(text(&output.stderr), format!("error: {file} {}\n", told.replace("{}", &piped())));
        assert_eq!(output.status.code(), Some(2));
    }
}

/// The verdicts of an input, by as many threads as are asked for; the same by any number.
fn verdicts(folder: &Path, arguments: &[&str], input: &[u8]) -> (Vec<serde_json::Value>, String) {
    let run = |jobs: &str| carom(folder, &[&["--json", "--jobs", jobs], arguments, &["-"]].concat(), input);
    let one = run("1");
    for jobs in ["2", "5"] {
        assert!(run(jobs) == one, "{jobs} threads");
    }
    let lines = text(&one.stdout).lines();
    let verdicts = lines.map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    (verdicts, text(&one.stderr).to_owned())
}

#[test]
fn headers_travel_with_their_rows() {
    let mut input = String::new();
    let mut lines = 0;
    let mut places = Vec::new();
    for part in 0..3 {
        let columns =
            [["rcpt", "dsnDiag", "bounceCat"], ["dsnDiag", "bounceCat", "rcpt"], ["bounceCat", "rcpt", "dsnDiag"]];
        input += &format!("type,{}\n", columns[part].join(","));
        lines += 1;
        for n in 0..6000 {
            let cell = |name: &str| match name {
                "rcpt" => format!("r{part}-{n}@example.com"),
                "dsnDiag" => {
                    format!("\"smtp;550 5.1.1 No such user,{} {part}-{n}\"", if n % 7 == 0 { "\r\n" } else { "" })
                }
                _ => "bad-mailbox".to_owned(),
            };
            input += &format!("b,{}\n", columns[part].map(cell).join(","));
            places.push(format!("-:{}", lines + 1));
            lines += if n % 7 == 0 { 2 } else { 1 };
        }
    }
    assert!(input.len() > 1 << 20, "it takes several blocks");
    let folder = folder();
    let (verdicts, told) = verdicts(folder.path(), &[], input.as_bytes());
    assert_eq!((verdicts.len(), told.as_str()), (18_000, ""));
    for (verdict, place) in verdicts.iter().zip(&places) {
        assert_eq!(verdict["source"], **place);
        let recipient = verdict["recipient"].as_str().expect("a recipient");
        let said = verdict["reply"]["text"].as_str().expect("a text");
        let number = recipient.strip_prefix('r').and_then(|rest| rest.strip_suffix("@example.com"));
        assert!(said.ends_with(number.expect("a number")), "{recipient}: {said}");
        assert_eq!(verdict["reported"], serde_json::json!({"class": "bad-mailbox", "category": "hard"}));
    }
}

#[test]
fn objects_may_stand_anyhow() {
    let event = |n: usize| {
        serde_json::json!({
            "email": format!("r{n}@example.com"), "event": "bounce", "sg_event_id": format!("e{n}"),
            "reason": format!("550 5.1.1 No such user {{ {n}"), "timestamp": 1_767_323_046,
        })
    };
    let events: Vec<_> = (0..5000).map(event).collect();
    let list = |events: &[serde_json::Value]| serde_json::to_string(events).expect("it is JSON");
    let forms = [
        list(&events),
        serde_json::to_string_pretty(&events).expect("it is JSON"),
        events.iter().map(|event| format!("{event}\n")).collect(),
        events.iter().map(|event| format!("{event:#}\n\n")).collect(),
        events.chunks(3).map(|events| format!("{}\n", list(events))).collect(),
    ];
    let folder = folder();
    let (expected, told) = verdicts(folder.path(), &[], forms[0].as_bytes());
    assert_eq!((expected.len(), told.as_str()), (5000, ""));
    for (n, verdict) in expected.iter().enumerate() {
        assert_eq!(verdict["source"], format!("-:{}", n + 1));
        assert_eq!(verdict["recipient"], format!("r{n}@example.com"));
    }
    for form in &forms[1..] {
        assert!(verdicts(folder.path(), &[], form.as_bytes()) == (expected.clone(), String::new()));
        assert!(verdicts(folder.path(), &[], &zstd(form.as_bytes())) == (expected.clone(), String::new()));
    }
    // One that is broken off costs itself alone.
    let broken = forms[2].replacen("\"timestamp\":1767323046}", "\"timestamp\":17", 1);
    let (left, told) = verdicts(folder.path(), &[], broken.as_bytes());
    assert_eq!(left.len(), 4999);
    assert!(told.contains("warning: -:1: not a JSON object") && told.contains("note: 1 of 5000 lines could"), "{told}");
    // So does one that is longer than any that a service sends.
    let long = format!("{}\n{{\"x\":\"{}\"}}\n{}", event(1), "y".repeat(2 << 20), event(2));
    let (left, told) = verdicts(folder.path(), &[], long.as_bytes());
    assert_eq!(left.len(), 2);
    assert!(told.contains("warning: -:2: the line is longer than 1048576 bytes"), "{told}");
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{{\"msys\":{}1{}}}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let lists = format!("{{\"msys\":{}}}", "[".repeat(300_000));
    for input in [deep, lists] {
        let output = carom(folder().path(), &["--strict", "-"], input.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("recursion limit exceeded"), "{}", text(&output.stderr));
    }
}

#[test]
fn the_last_attempt_stands_for_all() {
    let line = |n: usize, word: &str, said: &str| {
        format!(
            "Jan  2 03:04:05 mail postfix/smtp[1]: 4XbQ2N1fL{n:05}: to=<r{n}@example.com>, relay=mx.example.com[192.0.2.1]:25, \
             dsn={}.0.0, status={word} ({said})\n",
            &said[..1]
        )
    };
    let mut input = String::new();
    for round in 0..4 {
        for n in 0..4000 {
            // A quarter is delivered in each round but the last.
            match n % 4 {
                of if of < round => {}
                of if of == round && round < 3 => input += &line(n, "sent", "250 2.0.0 Ok"),
                _ => input += &line(n, "deferred", &format!("451 4.7.1 Greylisted {round}")),
            }
        }
    }
    let folder = folder();
    let (all, _) = verdicts(folder.path(), &[], input.as_bytes());
    let (last, told) = verdicts(folder.path(), &["--final"], input.as_bytes());
    assert_eq!((all.len(), last.len()), (10_000, 4000));
    assert_eq!(told, "note: 6000 of 10000 attempts left out: another followed\n");
    let mut recipients: Vec<&str> = last.iter().filter_map(|verdict| verdict["recipient"].as_str()).collect();
    recipients.sort_unstable();
    recipients.dedup();
    assert_eq!(recipients.len(), 4000);
    let open = last.iter().filter(|verdict| verdict["logged"] == "deferred").collect::<Vec<_>>();
    assert_eq!(open.len(), 1000);
    assert!(open.iter().all(|verdict| verdict["reply"]["text"] == "Greylisted 3"));
    // The summary counts the same.
    for jobs in ["1", "4"] {
        let output = carom(folder.path(), &["--final", "--jobs", jobs, "-"], input.as_bytes());
        let said = text(&output.stdout);
        assert!(said.starts_with("4000 attempts, by category\n  delivered    3000 "), "{said}");
    }
}
