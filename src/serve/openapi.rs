//! The description of the interface, as it is served: of this service, with its limits, and with tokens if it has any.

use super::app::App;
use super::status::told;
use crate::settings::{ServiceLimits, TokenSettings};
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;

/// The description with the form of verdicts, which is described with the command line's.
pub(super) fn described(tokens: &[TokenSettings], limits: &ServiceLimits) -> Value {
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let mut whole = parse(include_str!("../../docs/openapi.json"));
    let mut verdict = parse(include_str!("../../docs/verdict.schema.json"));
    if let Some(verdict) = verdict.as_object_mut() {
        // One document has one dialect.
        verdict.remove("$schema");
    }
    // Its parts stand beside it: references into what is itself within are followed by few programs.
    let parts = verdict["$defs"].take();
    whole["components"]["schemas"]["Verdict"] = verdict;
    for (name, part) in parts.as_object().into_iter().flatten() {
        whole["components"]["schemas"][format!("Verdict.{name}")] = part.clone();
    }
    lead(&mut whole);
    whole["components"]["schemas"]["Replies"]["maxItems"] = limits.batch.into();
    if tokens.is_empty() {
        for operation in whole["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut()) {
            for method in operation.as_object_mut().into_iter().flat_map(|methods| methods.values_mut()) {
                method["security"] = json!([]);
            }
        }
    }
    whole
}

/// Leads references to the parts of the verdict's form to where these are now.
fn lead(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_str().and_then(|reference| reference.strip_prefix("#/$defs/")) {
                    Some(part) if name == "$ref" => *field = format!("#/components/schemas/Verdict.{part}").into(),
                    _ => lead(field),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(lead),
        _ => {}
    }
}

pub(super) async fn openapi(State(app): State<Arc<App>>) -> Response {
    told(&app.description)
}

#[cfg(test)]
mod tests {
    use super::super::access::word;
    use super::super::problem::Problem;
    use super::super::routes::{May, ROUTES};
    use super::*;
    use crate::settings::{Settings, TokenScope};
    use std::collections::BTreeSet;

    fn with_tokens() -> Value {
        let queue = TokenSettings { name: "queue".to_owned(), hash: [0; 32], scopes: vec![TokenScope::Classify] };
        described(&[queue], &Settings::default().service.limits)
    }

    #[test]
    fn describes_all_routes_and_nothing_else() {
        let whole = with_tokens();
        let paths = whole["paths"].as_object().expect("paths");
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
        let codes =
            &with_tokens()["components"]["schemas"]["Problem"]["properties"]["error"]["properties"]["code"]["enum"];
        assert_eq!(*codes, serde_json::json!(Problem::CODES));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
            match value {
                Value::Object(fields) => {
                    found.extend(fields.get("$ref").and_then(Value::as_str));
                    fields.values().for_each(|value| references(value, found));
                }
                Value::Array(values) => values.iter().for_each(|value| references(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        let whole = with_tokens();
        references(&whole, &mut found);
        assert!(found.len() > 100);
        for reference in found {
            let place = reference.strip_prefix('#').expect("a place in the description");
            assert!(whole.pointer(place).is_some(), "{reference}");
        }
    }

    #[test]
    fn is_of_this_service() {
        let limits = ServiceLimits { batch: 7, ..Settings::default().service.limits };
        let whole = described(&[], &limits);
        assert_eq!(whole["components"]["schemas"]["Replies"]["maxItems"], 7);
        // Whoever reaches a service without tokens may ask.
        assert_eq!(whole["paths"]["/v1/reload"]["post"]["security"], json!([]));
        assert_eq!(with_tokens()["paths"]["/v1/reload"]["post"]["security"], json!([{ "token": ["reload"] }]));
    }
}
