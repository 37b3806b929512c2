use super::super::plain::is_unsafe;
use super::careful::Careful;
use super::compact::Compact;
use super::*;
use proptest::prelude::*;
use serde_json::ser::CompactFormatter;
use serde_json::{Value, json};

fn written(value: &impl Serialize) -> String {
    let mut out = b"before ".to_vec();
    value.serialize(Compact::new(&mut out)).unwrap();
    String::from_utf8(out).unwrap()
}

fn expected(value: &impl Serialize) -> String {
    let mut out = b"before ".to_vec();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Careful(CompactFormatter))).unwrap();
    String::from_utf8(out).unwrap()
}

#[derive(Serialize)]
struct Parts {
    unit: Kind,
    one: Kind,
    pair: Kind,
    named: Kind,
    some: Option<f64>,
    none: Option<u8>,
    tuple: (i64, char, ()),
}

#[derive(Serialize)]
enum Kind {
    Unit,
    One(&'static str),
    Pair(bool, u128),
    Named { key: f32, other: i8 },
}

#[test]
fn writes_every_kind_as_serde_json_does() {
    let named = Kind::Named { key: 1.5, other: -1 };
    let parts = Parts {
        unit: Kind::Unit,
        one: Kind::One("a\\b"),
        pair: Kind::Pair(true, u128::MAX),
        named,
        some: Some(f64::NAN),
        none: None,
        tuple: (i64::MIN, '"', ()),
    };
    assert_eq!(written(&parts), expected(&parts));
    struct Shown;
    impl Serialize for Shown {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&format_args!("{}:{}\u{202e}", "a \"file\"", 12))
        }
    }
    assert_eq!(written(&Shown), expected(&Shown));
}

#[test]
fn a_key_is_a_string() {
    let keys = std::collections::BTreeMap::from([([1], 2)]);
    assert!(keys.serialize(Compact::new(&mut Vec::new())).is_err());
}

#[test]
fn every_character_at_every_place_of_a_word() {
    for c in (0..0x3000).chain(0xE0000..0xE0080).filter_map(char::from_u32) {
        for before in 0..9 {
            let text = format!("{}{c}{}", "~".repeat(before), " ".repeat(9 - before));
            assert_eq!(written(&text), expected(&text));
        }
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
        "[ -~]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|object| Value::Object(object.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn writes_what_serde_json_writes(value in values()) {
        prop_assert_eq!(written(&value), expected(&value));
    }
}

#[test]
fn escapes_what_a_terminal_would_obey_and_keeps_the_value() {
    let value = json!({ "text": "a\u{1b}\u{7f}\u{9b}\u{202e}\u{e0041}é\"\\\n", "list": [1, 2] });
    for written in [json_line(&value), json_pretty(&value)] {
        assert!(!written.chars().any(|c| is_unsafe(c) && c != '\n'), "{written:?}");
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
    }
    assert_eq!(json_line(&json!(["\u{9b}", 1])), r#"["\u009b",1]"#);
}
