//! The label in an EXIF `UserComment` (0x9286; Annex B of the guides): found, never written.
//!
//! In: the bytes of an EXIF block. Out: the text of the label. Must not: follow offsets; the character code and the key of the
//! wrapped form say where it begins, JSON says where it ends.

/// `ASCII` and three zeros are the character code; the wrapped label follows.
const CODE: &[u8] = b"ASCII\0\0\0{\"AIGC\"";

/// The text of a label; empty when it begins and is no JSON.
#[must_use]
pub fn label_text(exif: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(exif, CODE)?;
    let text = exif.get(at + 8..).unwrap_or_default();
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<serde::de::IgnoredAny>();
    let end = values.next().and_then(Result::ok).map_or(0, |_| values.byte_offset());
    text.get(..end)
}
