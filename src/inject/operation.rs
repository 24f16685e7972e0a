//! One RFC 6902 operation, and the JSON pointers it needs.
//!
//! In: pointers and values. Out: [`PatchOperation`]. Must not: offer `remove`, `move` or `copy`; we
//! only ever write what we author.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An operation of the patch; serialises as RFC 6902 JSON.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum PatchOperation {
    /// Adds a member or inserts an element.
    Add {
        /// JSON pointer.
        path: String,
        /// What to add.
        value: Value,
    },
    /// Replaces what is there.
    Replace {
        /// JSON pointer.
        path: String,
        /// The new value.
        value: Value,
    },
    /// Fails the whole patch when the value differs.
    Test {
        /// JSON pointer.
        path: String,
        /// The value that must be there.
        value: Value,
    },
}

impl PatchOperation {
    pub(super) fn add(path: impl Into<String>, value: Value) -> Self {
        Self::Add { path: path.into(), value }
    }

    pub(super) fn replace(path: impl Into<String>, value: Value) -> Self {
        Self::Replace { path: path.into(), value }
    }

    /// A guard for a string that reads the same in every JSON encoding, otherwise nothing.
    ///
    /// The API server's patch library compares the raw bytes of scalars, and Go writes `&`, `<` and
    /// `>` as `\u0026`, `\u003c`, `\u003e` where serde_json does not. A `test` on any text that holds
    /// one of them (every `a && b` of a shell command) would refuse a pod whose view is not stale.
    pub(super) fn guard(path: impl Into<String>, text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte));
        plain.then(|| Self::Test { path: path.into(), value: Value::from(text) })
    }
}

/// A key as one token of a JSON pointer (RFC 6901).
pub(super) fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_the_wire_form_of_rfc_6902() {
        let operation = PatchOperation::add("/metadata/labels/deepsynthesis.dev~1service", "x".into());
        assert_eq!(
            serde_json::to_value(operation).unwrap(),
            serde_json::json!({"op": "add", "path": "/metadata/labels/deepsynthesis.dev~1service", "value": "x"})
        );
        assert_eq!(token("a/b~c"), "a~1b~0c");
    }

    #[test]
    fn text_that_go_escapes_is_never_guarded() {
        assert!(PatchOperation::guard("/x", "warm-up").is_some());
        for text in ["a && b", "<", "\u{2028}", "é", "\"", "\\"] {
            assert!(PatchOperation::guard("/x", text).is_none(), "{text}");
        }
    }
}
