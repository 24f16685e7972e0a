//! Produce ids (GB 45438-2025 Annex E `ProduceID`).
//!
//! Replicas behind one Service must emit identical bytes for one object, or a resumed download joins
//! two files (semantics.md S5). So a GET with a strong ETag gets an id derived from what names the
//! bytes; everything else gets a fresh one.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A fresh id (UUIDv7).
#[must_use]
pub fn fresh() -> String {
    Uuid::now_v7().simple().to_string()
}

/// The id of an object (UUIDv8): the same on every replica.
#[must_use]
pub fn derived(service_uid: &str, authority: &str, path_and_query: &str, etag: &str, length: Option<u64>) -> String {
    let mut hash = Sha256::new();
    let length = length.map(|length| length.to_string()).unwrap_or_default();
    for part in [service_uid, authority, path_and_query, etag, &length] {
        // The length in front keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    Uuid::new_v8(bytes).simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::aigc::is_label_value;

    #[test]
    fn replicas_agree_and_objects_differ() {
        let id = derived("uid", "host", "/a", "\"x\"", Some(3));
        assert_eq!(id, derived("uid", "host", "/a", "\"x\"", Some(3)));
        assert_ne!(id, derived("uid", "host", "/a", "\"x\"", Some(4)));
        assert_ne!(derived("ab", "c", "", "", None), derived("a", "bc", "", "", None));
        assert_ne!(fresh(), fresh());
        assert!(is_label_value(&id) && id.len() == 32 && id.as_bytes()[12] == b'8');
    }
}
