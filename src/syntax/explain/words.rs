//! The words that explanations are made of: what each block knows, and how the grammar's rules are called.

use super::G;

/// What to say where a line is known elsewhere.
pub(super) fn hint(found: &str, block: &str) -> Option<&'static str> {
    Some(match (found, block) {
        (_, "phrases") => "phrases stand in double quotes, and regular expressions are asked for by `regex '…'`",
        ("and" | "or" | "not", _) => {
            "there is no `and`, `or` or `not`: `match` lines must all hold, commas are alternatives, `unless` lines veto"
        }
        ("when" | "if" | "where", "rule" | "override" | "fallback") => "conditions begin with `match` or `unless`",
        ("match" | "unless", "change" | "change profile") => {
            "a change is of the outcome only; to match something else, write an `override`"
        }
        ("example" | "source", "change" | "change profile") => "a change has no examples; hold it by a `test`",
        ("hosts" | "domains" | "tags" | "extends", "change" | "change profile") => {
            "a change of a profile is of `retry`, `connections` and `charset`; write a profile that extends it"
        }
        ("expect" | "reply", "rule" | "override" | "fallback") => {
            "a rule has `example` lines; `reply` and `expect` stand in a `test`"
        }
        ("action" | "actions", _) => "actions stand by themselves: `retry 1h`, `suppress`, `gate`",
        ("reason", "rule" | "override" | "fallback") => "the reason follows `then`",
        ("delay" | "wait", _) => "waiting is `retry 15m, 1h until 72h`",
        _ => return None,
    })
}

/// What a `match` or `unless` line can look at.
pub(super) const COLUMNS: &[&str] =
    &["code", "enhanced", "status", "host", "domain", "phase", "phrase", "text", "tag", "tenant"];

/// What begins an action.
pub(super) const ACTIONS: &[&str] = &["suppress", "retry", "no", "pause", "throttle", "gate", "alert", "ignore"];

/// What begins the lines of a block, or the items of a `file`.
pub(super) fn known_in(block: &str) -> &'static [&'static str] {
    match block {
        "file" => &[
            "language", "use", "profile", "phrases", "reason", "policy", "rule", "override", "fallback", "change",
            "test",
        ],
        "profile" => &["hosts", "domains", "tags", "extends", "retry", "connections", "charset"],
        "reason" => &["category", "fault", "scope", "advice", "do"],
        "policy" => &["delivered", "deferred", "soft", "hard", "block", "complaint", "auto-reply", "unknown", "retry"],
        "rule" | "override" | "fallback" => &[
            "match", "unless", "then", "also", "say", "see", "source", "example", "from", "until", "suppress", "retry",
            "no", "pause", "throttle", "gate", "alert", "ignore",
        ],
        "change" => &[
            "then", "also", "say", "see", "from", "until", "suppress", "retry", "no", "pause", "throttle", "gate",
            "alert", "ignore",
        ],
        "change profile" => &["retry", "connections", "charset"],
        "test" => &["reply", "expect"],
        _ => &[],
    }
}

/// Names in a row.
pub(super) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// What the grammar calls by a rule, in words; nothing for what is not worth a word.
pub(super) fn described(kind: G) -> String {
    if let Some(keyword) = keyword(kind).filter(|_| kind != G::kw_up) {
        return format!("`{keyword}`");
    }
    let name = match kind {
        G::string => "a string in double quotes",
        G::raw_string => "an expression in single quotes",
        G::name => "a name",
        G::number => "a number, duration or time",
        G::word | G::cell => "a value",
        G::regex => "`regex`",
        G::field => "a field such as `{wait}`",
        G::column => "a column such as `code`",
        G::schedule => "waits such as `15m, 1h`",
        G::up_to | G::kw_up => "`up to`",
        G::until => "`until`",
        G::set => "`set`",
        G::see => "`see`",
        G::at => "`at`",
        G::from_host => "`from`",
        G::to => "`to`",
        G::on => "`on`",
        G::with_status => "`status`",
        G::tenant => "`tenant`",
        G::suppress
        | G::retry_profile
        | G::retry_after
        | G::retry
        | G::no_retry
        | G::pause
        | G::throttle
        | G::gate
        | G::alert
        | G::ignore => "an action",
        // The line's end is said where nothing else fits; what is inside of quotes takes anything.
        G::comment | G::EOI | G::string_body | G::raw_body => "",
        _ => "a line of this block",
    };
    name.into()
}

macro_rules! keywords {
    ($($rule:ident $text:literal)*) => {
        pub(super) fn keyword(kind: G) -> Option<&'static str> {
            match kind { $(G::$rule => Some($text),)* _ => None }
        }
    };
}

keywords! {
    kw_language "language" kw_use "use" kw_builtin "builtin" kw_profile "profile" kw_phrases "phrases" kw_reason "reason"
    kw_policy "policy" kw_rule "rule" kw_override "override" kw_fallback "fallback" kw_change "change" kw_test "test"
    kw_for "for" kw_hosts "hosts" kw_domains "domains" kw_tags "tags" kw_extends "extends" kw_connections "connections"
    kw_connection "connection" kw_charset "charset" kw_set "set" kw_category "category" kw_fault "fault" kw_scope "scope"
    kw_advice "advice" kw_do "do" kw_match "match" kw_unless "unless" kw_code "code" kw_enhanced "enhanced"
    kw_status "status" kw_host "host" kw_domain "domain" kw_phase "phase" kw_phrase "phrase" kw_text "text" kw_tag "tag"
    kw_tenant "tenant" kw_regex "regex" kw_then "then" kw_also "also" kw_say "say" kw_see "see" kw_source "source"
    kw_example "example" kw_from "from" kw_until "until" kw_reply "reply" kw_expect "expect" kw_field "field" kw_at "at"
    kw_to "to" kw_on "on" kw_by "by" kw_suppress "suppress" kw_retry "retry" kw_after "after" kw_else "else" kw_up "up"
    kw_times "times" kw_time "time" kw_no "no" kw_pause "pause" kw_within "within" kw_throttle "throttle" kw_gate "gate"
    kw_alert "alert" kw_ignore "ignore"
}
