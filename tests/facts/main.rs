//! The shipped rules against what is known of providers: files of facts (`../shared/providers`, or the folder that
//! `CAROM_FACTS` names), each with the responses of a provider, their category and what they are about.
//!
//! `cargo test --test facts -- --nocapture` prints for each response the rule that takes it, and whether it agrees.
//! Those that differ stand in `docs/facts.md` with the reason why. `CAROM_FACTS_TABLE=1` prints that table anew, with the
//! reasons that it has; those that lack one are at the end, to be filled in.

mod agree;
mod fact;
mod listed;

use agree::Response;
use carom::Engine;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The least share of the responses on which rules and facts agree.
const LEAST: f64 = 97.0;

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("CAROM_FACTS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/providers");
    // A folder that is named has to be there.
    named.or_else(|| beside.is_dir().then_some(beside))
}

fn share(responses: &[&Response]) -> (usize, f64) {
    let agree = responses.iter().filter(|response| response.agrees()).count();
    (agree, 100.0 * agree as f64 / responses.len().max(1) as f64)
}

fn print(responses: &[Response]) {
    let mut files: BTreeMap<&str, Vec<&Response>> = BTreeMap::new();
    for (n, response) in responses.iter().enumerate() {
        files.entry(&response.file).or_default().push(response);
        println!("{} {}, {}", response.file, n + 1, response.fact);
        for asked in &response.asked {
            let mark = if asked.agrees() { "agrees " } else { "DIFFERS" };
            println!("    {mark} {}: {}, by {}", asked.shown, asked.ours(), asked.rule);
        }
    }
    for (file, responses) in &files {
        let (agree, share) = share(responses);
        println!("{file:<20} {agree:>4} of {:<4} {share:>5.1} %", responses.len());
    }
}

#[test]
fn the_rules_agree_with_the_facts() {
    let Some(folder) = folder() else {
        println!("not measured: the facts are not beside this checkout");
        return;
    };
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/facts.md");
    let listed = listed::read(&std::fs::read_to_string(page).expect("docs/facts.md is read"));
    let engine = Engine::builtin().expect("the library loads");
    let responses = agree::ask(&fact::read(&folder), &engine);
    let differing = listed::differing(&responses);
    if std::env::var_os("CAROM_FACTS_TABLE").is_some() {
        print!("{}", listed::table(&differing, &listed));
        return;
    }
    print(&responses);
    let (agree, share) = share(&responses.iter().collect::<Vec<_>>());
    println!("{agree} of {} responses agree: {share:.1} %", responses.len());
    let faults = listed::faults(&differing, &listed);
    assert!(faults.is_empty(), "docs/facts.md (CAROM_FACTS_TABLE=1 prints its table anew):\n{}", faults.join("\n"));
    assert!(share >= LEAST, "{share:.1} % of the responses agree, fewer than {LEAST} %");
}

/// A small file of facts, and rules that differ from it in all ways.
mod made_up {
    use super::*;

    fn responses() -> Vec<Response> {
        let engine = Engine::from_text(include_str!("cases/harbour.carom")).expect("the rules load");
        agree::ask(&[fact::parse("harbour", include_str!("cases/harbour.yaml"))], &engine)
    }

    #[test]
    fn each_code_and_phrase_is_asked() {
        let shown: Vec<Vec<String>> = responses()
            .iter()
            .map(|response| response.asked.iter().map(|each| format!("{} by {}", each.shown, each.rule)).collect())
            .collect();
        let expected: &[&[&str]] = &[
            &["450 4.1.1 \"no such user\" by harbour.unknown", "550 5.1.1 \"no such user\" by harbour.unknown"],
            &["552 5.2.2 \"mailbox is full\" by harbour.full", "552 5.2.2 \"over quota\" by harbour.full"],
            &["550 \"refused for now | try later\" by harbour.refused"],
            &["550 5.7.606 \"listed\" by harbour.refused"],
            &["450 \"user unknown\" by harbour.after-data"],
            &["421 \"\" by unknown"],
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn category_and_scope_must_agree() {
        let agree: Vec<bool> = responses().iter().map(Response::agrees).collect();
        assert_eq!(agree, [true, true, false, false, true, false]);
        let lines: Vec<String> = listed::differing(&responses()).iter().map(listed::Line::text).collect();
        let expected = [
            r#"| harbour | 550 "refused for now \| try later" | deferred rate-limit | block refused |  |"#,
            r#"| harbour | 550 5.7.606 "listed" | block dnsbl-domain | block refused, scope ip |  |"#,
            r#"| harbour | 421 "" | deferred server-busy | unknown unknown, scope message |  |"#,
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_page_holds_what_differs_and_nothing_else() {
        let differing = listed::differing(&responses());
        let page = listed::table(&differing, &[]);
        let unexplained = listed::read(&page);
        assert_eq!(unexplained, differing, "the table is read as it was written");
        let faults = listed::faults(&differing, &unexplained);
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults.iter().all(|fault| fault.ends_with("is listed without a reason")), "{faults:?}");

        let explained: Vec<listed::Line> =
            unexplained.iter().map(|line| listed::Line { why: "so it is".to_owned(), ..line.clone() }).collect();
        assert_eq!(listed::faults(&differing, &explained), [""; 0]);
        assert_eq!(listed::read(&listed::table(&differing, &explained)), explained, "reasons are kept");

        let faults = listed::faults(&differing, &explained[1..]);
        assert_eq!(faults, ["harbour: 550 \"refused for now | try later\" differs and is not listed"]);
        let faults = listed::faults(&differing[..2], &explained);
        assert_eq!(faults, ["harbour: 421 \"\" is listed and does not differ"]);
        let mut otherwise = explained.clone();
        otherwise[2].ours = "soft refused".to_owned();
        let faults = listed::faults(&differing, &otherwise);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains("differs otherwise than listed"), "{faults:?}");
    }
}
