//! The description of the interface, as it is served.

use super::status::told;
use axum::response::Response;
use serde_json::Value;
use std::sync::LazyLock;

/// The description with the form of verdicts, which is described with the command line's.
static WHOLE: LazyLock<Value> = LazyLock::new(|| {
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let mut whole = parse(include_str!("../../docs/openapi.json"));
    let mut verdict = parse(include_str!("../../docs/verdict.schema.json"));
    // Its own references are to be looked up in it, not in the whole.
    verdict["$id"] = "urn:carom:verdict".into();
    whole["components"]["schemas"]["Verdict"] = verdict;
    whole
});

pub(super) async fn openapi() -> Response {
    told(&WHOLE)
}

#[cfg(test)]
mod tests {
    use super::super::access::word;
    use super::super::problem::Problem;
    use super::super::routes::{May, ROUTES};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn describes_all_routes_and_nothing_else() {
        let paths = WHOLE["paths"].as_object().expect("paths");
        let mut described = BTreeSet::new();
        for (path, methods) in paths {
            for (method, operation) in methods.as_object().expect("methods") {
                let scope = operation["security"][0]["token"][0].as_str().map(str::to_owned);
                described.insert((path.clone(), method.to_uppercase(), scope));
            }
        }
        let there = ROUTES.iter().map(|route| {
            let scope = match route.may {
                May::Token(scope) => Some(word(scope).to_owned()),
                May::Anybody | May::Service => None,
            };
            (route.path.to_owned(), route.method.to_owned(), scope)
        });
        assert_eq!(described, there.collect());
    }

    #[test]
    fn knows_every_word_of_a_problem() {
        let codes = &WHOLE["components"]["schemas"]["Problem"]["properties"]["error"]["properties"]["code"]["enum"];
        assert_eq!(*codes, serde_json::json!(Problem::CODES));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
            match value {
                Value::Object(fields) => {
                    // What has a name of its own is looked up in itself.
                    if fields.contains_key("$id") {
                        return;
                    }
                    found.extend(fields.get("$ref").and_then(Value::as_str));
                    fields.values().for_each(|value| references(value, found));
                }
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        references(&WHOLE, &mut found);
        assert!(found.len() > 20);
        for reference in found {
            let place = reference.strip_prefix('#').expect("a place in the description");
            assert!(WHOLE.pointer(place).is_some(), "{reference}");
        }
    }
}
