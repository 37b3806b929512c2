//! Texts with fields in them.

use std::borrow::Cow;

/// `https://check.example/?q={ip}`: pieces of text and names of fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// Each piece of text with the field that follows it.
    pub parts: Vec<(String, Option<String>)>,
}

impl Template {
    /// The text with its fields filled in; nothing where one is lacking.
    pub fn fill<'a>(&self, field: impl Fn(&str) -> Option<&'a str>) -> Option<Cow<'_, str>> {
        if let [(text, None)] = self.parts.as_slice() {
            return Some(Cow::Borrowed(text));
        }
        let mut out = String::new();
        for (text, name) in &self.parts {
            out.push_str(text);
            if let Some(name) = name {
                out.push_str(field(name)?);
            }
        }
        Some(Cow::Owned(out))
    }

    /// The names of its fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|(_, name)| name.as_deref())
    }
}
