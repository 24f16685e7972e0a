//! One JSON text, looked into without being rebuilt, and edits at places in it.
//!
//! In: JSON text. Out: members as slices of that text, and [`Edit`]s that leave every other byte as it was. Must not: know
//! any API.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Bytes put in place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where, from the start of the text.
    pub at: usize,
    /// How many bytes go away.
    pub remove: usize,
    /// What comes.
    pub insert: String,
}

/// A JSON text.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(&'a str);

/// A value in a text.
pub type Value<'a> = &'a RawValue;

/// The members of an object; of two with one key the later counts, as with every common reader.
#[derive(Debug, Default)]
pub struct Object<'a>(BTreeMap<String, Value<'a>>);

impl<'a> Text<'a> {
    /// The text and its top-level object; `None` when it is not JSON or no object.
    #[must_use]
    pub fn object(json: &'a str) -> Option<(Self, Value<'a>, Object<'a>)> {
        let value: Value<'a> = serde_json::from_str(json).ok()?;
        Some((Self(json), value, Object::of(value)?))
    }

    fn at(self, value: Value<'_>) -> usize {
        value.get().as_ptr().addr() - self.0.as_ptr().addr()
    }

    /// Puts a member in front of an object's others.
    #[must_use]
    pub fn first_member(self, object: Value<'_>, key: &str, value: &str) -> Edit {
        let inside = object.get().get(1..).unwrap_or_default();
        let comma = if inside.trim_start().starts_with('}') { "" } else { "," };
        Edit { at: self.at(object) + 1, remove: 0, insert: format!("\"{key}\":{value}{comma}") }
    }

    /// Puts text behind the text of a string.
    #[must_use]
    pub fn append(self, string: Value<'_>, text: &str) -> Edit {
        Edit { at: self.at(string) + string.get().len() - 1, remove: 0, insert: escaped(text) }
    }

    /// Puts a string in place of a value.
    #[must_use]
    pub fn replace(self, value: Value<'_>, text: &str) -> Edit {
        Edit { at: self.at(value), remove: value.get().len(), insert: format!("\"{}\"", escaped(text)) }
    }

    /// Takes the end of a string away, from this length of its decoded text on.
    #[must_use]
    pub fn truncate(self, string: Value<'_>, length: usize) -> Option<Edit> {
        let inner = string.get().strip_prefix('"')?.strip_suffix('"')?;
        let kept = raw_length(inner, length)?;
        Some(Edit { at: self.at(string) + 1 + kept, remove: inner.len() - kept, insert: String::new() })
    }
}

impl<'a> Object<'a> {
    /// The members of a value; `None` when it is no object.
    #[must_use]
    pub fn of(value: Value<'a>) -> Option<Self> {
        value.get().starts_with('{').then(|| serde_json::from_str(value.get()).ok().map(Self)).flatten()
    }

    /// A member that is there and not `null`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.0.get(key).copied().filter(|value| value.get() != "null")
    }

    /// A member, `null` too.
    #[must_use]
    pub fn member(&self, key: &str) -> Option<Value<'a>> {
        self.0.get(key).copied()
    }

    /// A member that is an object.
    #[must_use]
    pub fn object(&self, key: &str) -> Option<Self> {
        Self::of(self.get(key)?)
    }

    /// The text of a member that is a string.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        text(self.get(key)?)
    }

    /// A whole number that is not negative.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<u64> {
        self.get(key)?.get().parse().ok()
    }

    /// Whether a member is `true`.
    #[must_use]
    pub fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value.get() == "true")
    }

    /// The items of a member that is an array.
    #[must_use]
    pub fn items(&self, key: &str) -> Vec<Value<'a>> {
        self.get(key).and_then(|value| serde_json::from_str(value.get()).ok()).unwrap_or_default()
    }

    /// The objects among the items of a member, with their places.
    #[must_use]
    pub fn objects(&self, key: &str) -> Vec<(Value<'a>, Self)> {
        self.items(key).into_iter().filter_map(|item| Some((item, Self::of(item)?))).collect()
    }
}

/// The text of a string; `None` when it is none.
#[must_use]
pub fn text(value: Value<'_>) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

/// How many bytes of a string's inside make up so many bytes of its text; `None` in the middle of a character.
fn raw_length(inner: &str, wanted: usize) -> Option<usize> {
    let (mut raw, mut decoded) = (0, 0);
    while decoded < wanted {
        let rest = inner.get(raw..)?;
        let piece = match rest.as_bytes() {
            // A character outside of the first plane is written as two escapes.
            [b'\\', b'u', b'd' | b'D', b'8'..=b'9' | b'a'..=b'b' | b'A'..=b'B', ..] => 12,
            [b'\\', b'u', ..] => 6,
            [b'\\', ..] => 2,
            _ => rest.chars().next()?.len_utf8(),
        };
        let quoted = format!("\"{}\"", rest.get(..piece)?);
        decoded += serde_json::from_str::<String>(&quoted).ok()?.len();
        raw += piece;
    }
    (decoded == wanted).then_some(raw)
}

/// The text with edits in order of their places.
#[must_use]
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len() + edits.iter().map(|edit| edit.insert.len()).sum::<usize>());
    let mut done = 0;
    for edit in edits {
        out.push_str(text.get(done..edit.at).unwrap_or_default());
        out.push_str(&edit.insert);
        done = edit.at + edit.remove;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edits_leave_every_other_byte_as_it_was() {
        let json = r#" {"a" : {"b": "x\u0041" , "c":null}, "d":{ }}"#;
        let (whole, top, object) = Text::object(json).unwrap();
        let a = object.object("a").unwrap();
        let edits = [
            whole.first_member(top, "k", "1"),
            whole.append(a.get("b").unwrap(), "\n你\""),
            whole.replace(a.member("c").unwrap(), "z"),
            whole.first_member(object.get("d").unwrap(), "k", "2"),
        ];
        let expected = r#" {"k":1,"a" : {"b": "x\u0041\n你\"" , "c":"z"}, "d":{"k":2 }}"#;
        assert_eq!(apply(json, &edits), expected);
        assert!(a.get("c").is_none() && a.text("b").as_deref() == Some("xA"));
        assert!(Text::object("[1]").is_none() && Text::object("{").is_none());
    }

    proptest! {
        #[test]
        fn a_string_loses_its_end_however_it_is_escaped(keep in "[a你\u{1F600}\n\"]{0,6}", cut in "[b生\u{1F601}\t]{1,4}", escape: bool) {
            let mut raw = serde_json::to_string(&format!("{keep}{cut}")).unwrap();
            if escape {
                let units: Vec<u16> = format!("{keep}{cut}").encode_utf16().collect();
                raw = format!("\"{}\"", units.iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>());
            }
            let json = format!("{{\"a\":{raw}}}");
            let (whole, _, object) = Text::object(&json).unwrap();
            let edit = whole.truncate(object.get("a").unwrap(), keep.len()).unwrap();
            let cut = apply(&json, &[edit]);
            prop_assert_eq!(Text::object(&cut).unwrap().2.text("a").unwrap(), keep);
            let kept = cut.strip_suffix("\"}").unwrap();
            prop_assert!(json.starts_with(kept));
        }
    }
}
