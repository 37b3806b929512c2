//! The ABI that the guest library writes by hand, against the world as its WIT file has it.

#[allow(dead_code, reason = "the test looks at places and sizes")]
#[path = "../../plugins/sdk/src/layout.rs"]
mod layout;

use layout::{reply, words};
use std::collections::HashMap;
use wit_parser::{Resolve, SizeAlign, Type, TypeDefKind};

/// The records of the world, each with its size, its alignment, and where its parts lie.
struct Records {
    resolve: Resolve,
    sizes: SizeAlign,
}

impl Records {
    fn new() -> Records {
        let mut resolve = Resolve::default();
        resolve.push_source("carom-plugin.wit", carom::plugin::WIT).expect("the world is WIT");
        let mut sizes = SizeAlign::default();
        sizes.fill(&resolve).expect("types have sizes");
        Records { resolve, sizes }
    }

    fn find(&self, name: &str) -> Type {
        let found = self
            .resolve
            .types
            .iter()
            .find(|(_, def)| def.name.as_deref() == Some(name) && matches!(def.kind, TypeDefKind::Record(_)));
        Type::Id(found.unwrap_or_else(|| panic!("there is no record `{name}`")).0)
    }

    fn fields(&self, name: &str) -> Vec<(String, Type)> {
        let Type::Id(id) = self.find(name) else { unreachable!("a record is a type of its own") };
        let TypeDefKind::Record(record) = &self.resolve.types[id].kind else { unreachable!("it was looked for") };
        record.fields.iter().map(|field| (field.name.clone(), field.ty)).collect()
    }

    fn offsets(&self, name: &str) -> HashMap<String, usize> {
        let fields = self.fields(name);
        let offsets = self.sizes.field_offsets(fields.iter().map(|(_, ty)| ty));
        fields.iter().zip(offsets).map(|((name, _), (offset, _))| (name.clone(), offset.size_wasm32())).collect()
    }

    fn size(&self, ty: &Type) -> (usize, usize) {
        (self.sizes.size(ty).size_wasm32(), self.sizes.align(ty).align_wasm32())
    }

    /// Where the value of an option of a type begins, and how large the option is.
    fn option(&self, inner: &Type) -> (usize, usize) {
        let (size, align) = self.size(inner);
        (align, (align + size).next_multiple_of(align))
    }
}

#[test]
fn the_guest_library_lies_as_the_world_says() {
    let records = Records::new();
    let expected = [
        ("text", reply::TEXT),
        ("folded", reply::FOLDED),
        ("code", reply::CODE),
        ("enhanced", reply::ENHANCED),
        ("status", reply::STATUS),
        ("phase", reply::PHASE),
        ("host", reply::HOST),
        ("domain", reply::DOMAIN),
        ("time", reply::TIME),
    ];
    assert_eq!(records.offsets("reply"), expected.map(|(name, at)| (name.to_owned(), at)).into());
    assert_eq!(records.size(&records.find("reply")), (reply::LAYOUT.size(), reply::LAYOUT.align()));
    assert_eq!(records.option(&Type::U16).0, reply::CODE_VALUE);
    assert_eq!(records.option(&Type::String).0, reply::STRING_VALUE);
    assert_eq!(records.option(&Type::S64).0, reply::TIME_VALUE);
    // Results are made of strings and lists alone: two words each, in order.
    let pairs = |name: &str| {
        let mut offsets: Vec<usize> = records.offsets(name).into_values().collect();
        offsets.sort_unstable();
        assert_eq!(offsets, (0..offsets.len()).map(|n| n * 8).collect::<Vec<_>>(), "{name}");
        offsets.len() * 2
    };
    assert_eq!(pairs("description"), words::DESCRIPTION);
    assert_eq!(pairs("field"), words::FIELD);
    pairs("verdict");
    assert_eq!(records.option(&records.find("verdict")), (4, words::ANSWER * 4));
}

/// The fields of each record, in order: what the guest library fills in by place and not by name.
#[test]
fn results_are_in_the_order_of_the_world() {
    let records = Records::new();
    let names = |name: &str| records.fields(name).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("description"), ["name", "version", "hosts", "domains", "rules"]);
    assert_eq!(names("verdict"), ["rule", "fields"]);
    assert_eq!(names("field"), ["name", "value"]);
}

/// What the header for C asserts when it is compiled is what the world says.
#[test]
fn the_header_lies_as_the_world_says() {
    let records = Records::new();
    let header = include_str!("../../plugins/quarry/carom_plugin.h");
    let asserted = |what: &str| {
        let line = header.lines().find_map(|line| line.strip_prefix(&format!("_Static_assert({what} == ")));
        let number = line.unwrap_or_else(|| panic!("the header asserts nothing of {what}")).split(',').next();
        number.and_then(|number| number.parse::<usize>().ok()).expect("a number")
    };
    for (name, at) in records.offsets("reply") {
        assert_eq!(asserted(&format!("offsetof(carom_reply, {name})")), at, "{name}");
    }
    for name in ["reply", "field", "description"] {
        assert_eq!(asserted(&format!("sizeof(carom_{name})")), records.size(&records.find(name)).0, "{name}");
    }
    assert_eq!(asserted("sizeof(carom_answer)"), records.option(&records.find("verdict")).1);
}
