//! Parcel: `report=…;` in a reply holds JSON in base64url, such as `{"why":"rate","wait":900,"ref":"A7-19"}`.

mod base64;
mod json;

use carom_plugin::{Description, Plugin, Reply, Verdict};
use json::Value;

/// The plugin.
pub struct Parcel;

impl Plugin for Parcel {
    fn describe() -> Description {
        Description::new("parcel", env!("CARGO_PKG_VERSION"))
            .host("*.parcel.example")
            .domain("parcel.example")
            .rules(include_str!("../rules.carom"))
    }

    fn classify(reply: &Reply) -> Option<Verdict> {
        // The folded text has small letters only, and base64 needs both.
        let (_, rest) = reply.text.split_once("report=")?;
        let (packed, _) = rest.split_once(';')?;
        let report = Value::read(&base64::unpack(packed)?)?;
        let mut verdict = Verdict::rule(match report.get("why")?.text()? {
            "rate" => "too-fast",
            "full" => "shelf-full",
            "gone" => "gone",
            "spam" => "suspicious",
            _ => return None,
        });
        if let Some(seconds) = report.get("wait").and_then(Value::whole).filter(|seconds| *seconds > 0) {
            verdict = verdict.field("wait", format!("{seconds}s"));
        }
        if let Some(reference) = report.get("ref").and_then(Value::text).filter(|text| is_reference(text)) {
            verdict = verdict.field("ref", reference);
        }
        Some(verdict)
    }
}

carom_plugin::export!(Parcel);

/// What is put into an address to read on must be what Parcel calls a reference, and nothing else.
fn is_reference(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<Verdict> {
        Parcel::classify(&Reply { text: text.to_owned(), ..Reply::default() })
    }

    #[test]
    fn a_report_names_a_rule() {
        // {"why":"rate","wait":900,"ref":"A7-19"}
        let verdict = said("Not now, report=eyJ3aHkiOiJyYXRlIiwid2FpdCI6OTAwLCJyZWYiOiJBNy0xOSJ9;");
        assert_eq!(verdict, Some(Verdict::rule("too-fast").field("wait", "900s").field("ref", "A7-19")));
    }

    #[test]
    fn a_reference_that_is_none_is_left_out() {
        // {"why":"spam","ref":"a b"}
        assert_eq!(said("report=eyJ3aHkiOiJzcGFtIiwicmVmIjoiYSBiIn0;"), Some(Verdict::rule("suspicious")));
    }

    #[test]
    fn what_is_no_report_is_left_alone() {
        for text in ["", "report=", "report=;", "report=!;", "report=eyJ3aHkiOiJyYXRl;", "report=bnVsbA;"] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
