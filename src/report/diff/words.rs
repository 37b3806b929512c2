//! Replies and changes in words, the same in all that people read.

use super::Change;
use crate::diff::{Changed, EditKind, Part, Said};
use crate::reply::Reply;
use crate::report::{plain, plain_bytes, words};

/// The longest text that is shown of a reply, in characters.
const LONGEST: usize = 240;

/// A reply as an `example` has it: `552 5.2.2 "Mailbox full" from "mx1.example.com" at rcpt`.
pub(super) fn reply(reply: &Reply) -> String {
    let Reply { code, enhanced, status, text, host, domain, phase, time, sender, kind } = reply;
    let shown = plain_bytes(text);
    let text = match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("\"{}…\"", &shown[..end]),
        None => format!("\"{shown}\""),
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(code.map(|code| code.to_string()));
    parts.extend(enhanced.map(|code| code.to_string()));
    parts.push(text);
    parts.extend(kind.map(|kind| format!("as {kind}")));
    parts.extend(host.iter().map(|host| format!("from \"{}\"", plain(host.as_str()))));
    parts.extend(domain.iter().map(|domain| format!("to \"{}\"", plain(domain.as_str()))));
    parts.extend(phase.map(|phase| format!("at {}", phase.as_str())));
    parts.extend(time.map(|time| format!("on {time}")));
    parts.extend(status.map(|status| format!("status {status}")));
    parts.extend(sender.tenant.iter().map(|tenant| format!("tenant \"{}\"", plain(tenant))));
    parts.join(" ")
}

/// What one verdict says, as far as the two differ: `hard user-unknown by no-such-user`, and what else.
pub(super) fn said(said: &Said, changed: Changed) -> String {
    let mut text = words::outcome(said.category, &said.reason);
    if said.lowered {
        text += " (lowered from hard)";
    }
    text += &format!(" by {}", said.rule.rule);
    // Fault and scope follow from the reason.
    let by_reason = changed.parts().any(|part| part == Part::Reason);
    let parts = changed.parts().filter(|part| !by_reason || !matches!(part, Part::Fault | Part::Scope));
    let more: Vec<String> = parts.filter_map(|part| detail(said, part)).collect();
    if !more.is_empty() {
        text += &format!(": {}", more.join("; "));
    }
    text
}

/// What a verdict says in a part that its outcome does not show.
fn detail(said: &Said, part: Part) -> Option<String> {
    Some(match part {
        Part::Category | Part::Reason | Part::Rule => return None,
        Part::Fault => format!("fault {}", said.fault.map_or("nobody's", |fault| fault.as_str())),
        Part::Scope => format!("about {}", said.scope.map_or("nothing", |scope| scope.as_str())),
        Part::Actions if said.actions.is_empty() => "nothing is done".to_owned(),
        Part::Actions => said.actions.iter().map(words::action).collect::<Vec<_>>().join("; "),
        Part::Profile => format!("profile {}", said.profile.as_deref().unwrap_or("none")),
        Part::Words => {
            let fields = said.fields.iter().map(|(name, value)| format!("{name} \"{}\"", plain(value)));
            let texts = said.say.iter().chain(&said.advice).chain(&said.see).map(|text| plain(text).into_owned());
            let all: Vec<String> = texts.chain(fields).collect();
            if all.is_empty() { "nothing is said".to_owned() } else { all.join(" ") }
        }
    })
}

/// A change of the deciding rule and nothing else.
pub(super) fn decided(change: Change<'_>) -> String {
    format!("{} decides where {} did, with the same verdict", change.new.rule.rule, change.old.rule.rule)
}

/// The old side and the new one of a change, without what both say alike.
pub(super) fn sides(change: Change<'_>) -> [String; 2] {
    let [mut old, mut new] = [change.old, change.new].map(|side| said(side, change.changed));
    if change.changed.parts().any(|part| part == Part::Words) {
        // Long texts of which one part differs: that part is what is of interest.
        let differing = |own: &Said, other: &Said| {
            let mut own = own.clone();
            own.see.retain(|address| !other.see.contains(address));
            own.fields.retain(|field| !other.fields.contains(field));
            own.say = own.say.filter(|say| Some(say) != other.say.as_ref());
            own.advice = own.advice.filter(|advice| Some(advice) != other.advice.as_ref());
            own
        };
        old = said(&differing(change.old, change.new), change.changed);
        new = said(&differing(change.new, change.old), change.changed);
    }
    [old, new]
}

/// What became of a rule, for a heading.
pub(super) fn edit(kind: EditKind) -> &'static str {
    match kind {
        EditKind::New => "new",
        EditKind::Gone => "gone",
        EditKind::Match => "matches otherwise",
        EditKind::Outcome => "says otherwise",
        EditKind::Layer => "in another layer or profile",
        EditKind::Renamed => "renamed",
        EditKind::Moved => "moved",
    }
}

/// A number as people read it: `96,310`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and its word: `1 rule`, `1,284 replies`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_by_the_thousand() {
        let cases = [(0, "0"), (999, "999"), (1_000, "1,000"), (96_310, "96,310"), (1_234_567, "1,234,567")];
        cases.iter().for_each(|(n, shown)| assert_eq!(number(*n), *shown));
    }
}
