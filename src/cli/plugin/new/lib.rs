//! What replies of acme mean, where rules alone cannot tell.

use carom_plugin::{Description, Plugin, Reply, Verdict};

/// The plugin.
pub struct Provider;

impl Plugin for Provider {
    fn describe() -> Description {
        Description::new("acme", env!("CARGO_PKG_VERSION"))
            .host("*.acme.example")
            .domain("acme.example")
            .rules(include_str!("../rules.carom"))
    }

    fn classify(reply: &Reply) -> Option<Verdict> {
        // "window of 60 minutes, 45 spent": the wait is what is left, which no phrase can work out.
        let (_, rest) = reply.folded.split_once("window of ")?;
        let (window, rest) = rest.split_once(" minutes, ")?;
        let (spent, _) = rest.split_once(" spent")?;
        let left = window.parse::<u32>().ok()?.checked_sub(spent.parse().ok()?)?;
        Some(Verdict::rule("window-spent").field("wait", format!("{left}m")))
    }
}

carom_plugin::export!(Provider);

#[cfg(test)]
mod tests {
    use super::*;

    fn said(folded: &str) -> Option<Verdict> {
        Provider::classify(&Reply { folded: folded.to_owned(), ..Reply::default() })
    }

    #[test]
    fn the_wait_is_what_is_left() {
        let verdict = said("too much for now: window of 60 minutes, 45 spent");
        assert_eq!(verdict, Some(Verdict::rule("window-spent").field("wait", "15m")));
    }

    #[test]
    fn what_makes_no_sense_is_left_alone() {
        for text in ["", "window of", "window of 60 minutes, 61 spent", "window of 99999999999 minutes, 1 spent"] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
