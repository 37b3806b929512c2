//! Reading a log: `carom classify` beside `grep -c`.

use crate::machine::kib;
use crate::results::Row;
use crate::rounds::median;
use crate::synth::{Line, Random};
use crate::vary;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 5;

/// A reader of the log: its line in the results, and its command.
type Reader<'a> = (&'a str, Command);

pub(crate) fn log(mebibytes: usize) -> Vec<Row> {
    let Some(carom) = option_env!("CARGO_BIN_EXE_carom") else {
        return vec![Row::skipped("log", 0, "carom classify", "built without the program (feature `cli`)")];
    };
    let folder = tempfile::tempdir().expect("a folder for the log is made");
    let file = folder.path().join("mail.log");
    let (lines, attempts) = write(&file, mebibytes << 20).expect("the log is written");
    let size = std::fs::metadata(&file).expect("the log is there").len() as f64;
    let grep = |locale: Option<&str>| {
        let mut command = Command::new("grep");
        command.args(["-c", "status="]).arg(&file);
        locale.map(|locale| command.env("LC_ALL", locale));
        command
    };
    let mut classify = Command::new(carom);
    classify.arg("classify").arg(&file);
    let mut json = Command::new(carom);
    json.args(["classify", "--json"]).arg(&file);
    let mut all: Vec<Reader> = vec![
        ("grep -c 'status=', LC_ALL=C", grep(Some("C"))),
        ("grep -c 'status=', LC_ALL=C.UTF-8", grep(Some("C.UTF-8"))),
        ("carom classify", classify),
        ("carom classify --json", json),
    ];
    let printed = folder.path().join("printed");
    let mut seconds = vec![Vec::new(); all.len()];
    let mut peaks = vec![0.0_f64; all.len()];
    for round in 0..ROUNDS {
        for turn in 0..all.len() {
            let n = (round + turn) % all.len();
            match run(&mut all[n].1, &printed) {
                Ok((took, peak)) => {
                    seconds[n].push(took.as_secs_f64());
                    peaks[n] = peaks[n].max(peak);
                    let (line, counted) = (all[n].0, counted(&printed));
                    assert!(line.contains("--json") || counted == Some(attempts), "{line}: {counted:?} of {attempts}");
                }
                Err(error) => return vec![Row::skipped("log", 0, all[n].0, error.to_string())],
            }
        }
    }
    let times: Vec<f64> = seconds.iter_mut().map(|seconds| median(seconds)).collect();
    let row = |n: usize| {
        let row = Row::new("log", 0, all[n].0).with("MB/s", size / 1e6 / times[n]).with("of grep", times[n] / times[0]);
        row.with("seconds", times[n]).with("peak MiB", peaks[n] / 1024.0)
    };
    let mut rows: Vec<Row> = (0..all.len()).map(row).collect();
    let about = Row::new("log", 0, "the log").with("MB", size / 1e6).with("lines", lines as f64);
    rows.push(about.with("% with status=", 100.0 * attempts as f64 / lines as f64));
    rows
}

/// The number that a reader's output begins with: how many deliveries it has seen.
fn counted(printed: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(printed).ok()?;
    text.split_whitespace().next()?.replace(',', "").parse().ok()
}

/// Runs a command to its end, and watches the most memory that it has had. What it prints goes to a file, since
/// `grep` looks no further than the first match where it prints to nowhere.
fn run(command: &mut Command, printed: &Path) -> std::io::Result<(Duration, f64)> {
    let out = std::fs::File::create(printed)?;
    let start = Instant::now();
    let mut child = command.stdout(out).stderr(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0;
    loop {
        // The peak never falls, so that the last look before the end knows all but the last millisecond.
        if let Some(now) = std::fs::read_to_string(&status).ok().and_then(|text| kib(&text, "VmHWM:")) {
            peak = now;
        }
        if child.try_wait()?.is_some() {
            return Ok((start.elapsed(), peak));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// How deliveries end: of a hundred, how many end so, with a relay, a status and the reply.
const ENDS: &[(usize, &str, &str, &str)] = &[
    (
        40,
        "gmail-smtp-in.l.google.com",
        "dsn=2.0.0, status=sent",
        "250 2.0.0 OK  1773035525 4fb4d7f45d1cf-5e5c7a2f1b0si412938a12.140 - gsmtp",
    ),
    (
        22,
        "outlook-com.olc.protection.outlook.com",
        "dsn=2.6.0, status=sent",
        "250 2.6.0 <20260309.4xbq2p4whnz9su@news.shop.example> [InternalId=81372945580112, Hostname=DB9PR02MB0001.eurprd02.prod.example] 27114 bytes in 0.140, 188.613 KB/sec Queued mail for delivery -> 250 2.1.5",
    ),
    (15, "mta7.am0.yahoodns.net", "dsn=2.0.0, status=sent", "250 ok dirdel"),
    (13, "mx1.shop.example", "dsn=2.0.0, status=sent", "250 2.0.0 Ok: queued as 4XbQ2R6yBkz9sV"),
    (
        2,
        "gmail-smtp-in.l.google.com",
        "dsn=4.2.2, status=deferred",
        "host gmail-smtp-in.l.google.com[192.0.2.26] said: 452-4.2.2 The recipient's inbox is out of storage space. Please direct the 452-4.2.2 recipient to 452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp 4fb4d7f45d1cf-5e5c7a2f1b0si412938a12.143 - gsmtp (in reply to RCPT TO command)",
    ),
    (
        1,
        "mx1.firm.example",
        "dsn=4.2.0, status=deferred",
        "host mx1.firm.example[192.0.2.40] said: 450 4.2.0 <ann.specimen@firm.example>: Recipient address rejected: Greylisted, see http://postgrey.example/help/firm.example.html (in reply to RCPT TO command)",
    ),
    (1, "none", "dsn=4.4.1, status=deferred", "connect to mx2.shop.example[192.0.2.41]:25: Connection timed out"),
    (
        2,
        "gmail-smtp-in.l.google.com",
        "dsn=5.1.1, status=bounced",
        "host gmail-smtp-in.l.google.com[192.0.2.26] said: 550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. For more information, go to 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser 4fb4d7f45d1cf-5e5c7a2f1b0si412938a12.142 - gsmtp (in reply to RCPT TO command)",
    ),
    (
        1,
        "outlook-com.olc.protection.outlook.com",
        "dsn=5.5.0, status=bounced",
        "host outlook-com.olc.protection.outlook.com[198.51.100.161] said: 550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). [AM7EUR02FT031.eop-EUR02.prod.protection.outlook.com 2026-03-09T05:52:07.412Z 08DE7C0F3A1B2C4D] (in reply to RCPT TO command)",
    ),
    (
        1,
        "mx3.town.example",
        "dsn=5.7.1, status=bounced",
        "host mx3.town.example[192.0.2.51] said: 554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7 (in reply to RCPT TO command)",
    ),
    (
        1,
        "mx4.town.example",
        "dsn=5.2.2, status=bounced",
        "host mx4.town.example[192.0.2.52] said: 552 5.2.2 <bob.specimen@town.example>: Mailbox is full (in reply to end of DATA command)",
    ),
    (
        1,
        "mx5.town.example",
        "dsn=5.0.0, status=bounced",
        "host mx5.town.example[192.0.2.53] said: 550 sorry, this message is not wanted here 1234567 (in reply to end of DATA command)",
    ),
];

/// Writes a log of about that size: to each delivery three lines that are none. Gives the lines and the deliveries.
fn write(file: &Path, size: usize) -> std::io::Result<(u64, u64)> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(file)?);
    let mut random = Random::new(11);
    let (mut written, mut attempts) = (0, 0);
    while written < size {
        let at = attempts as usize / 4;
        let stamp =
            format!("Mar {:>2} {:02}:{:02}:{:02} out1", 1 + at / 86_400 % 28, at / 3600 % 24, at / 60 % 60, at % 60);
        let mut of = random.below(100);
        let end = ENDS.iter().find(|(share, ..)| {
            let is_it = of < *share;
            of = of.wrapping_sub(*share);
            is_it
        });
        let (_, relay, status, reply) = end.expect("the shares make a hundred");
        let said = vary::text(reply, &mut random);
        let Line { text: id, host: relay } =
            Line { text: vary::text("4XbQ2N1fLzz9sT", &mut random), host: vary::host(relay, &mut random) };
        let to = vary::text("ada.specimen@mail.example.com", &mut random);
        let relay = if relay == "none" { relay } else { format!("{relay}[192.0.2.{}]:25", random.below(250)) };
        let process = 20_000 + random.below(9_000);
        let text = format!(
            "{stamp} postfix/cleanup[{process}]: {id}: message-id=<20260309.{id}@news.shop.example>\n\
             {stamp} postfix/qmgr[1204]: {id}: from=<bounce+{process}@news.shop.example>, size={}, nrcpt=1 (queue active)\n\
             {stamp} postfix/smtp[{process}]: {id}: to=<{to}>, relay={relay}, delay=1.4, delays=0.06/0.01/0.41/0.92, {status} ({said})\n\
             {stamp} postfix/qmgr[1204]: {id}: removed\n",
            random.below(90_000)
        );
        out.write_all(text.as_bytes())?;
        written += text.len();
        attempts += 1;
    }
    out.flush()?;
    Ok((attempts * 4, attempts))
}
