//! The implicit label of GB 45438-2025 Annex E: seven string values in a fixed order.
//!
//! In: a provider code and a produce id, or label text found in a file. Out: JSON, bare or wrapped.
//! Strict when writing (one spelling only), tolerant when reading (files in the wild differ).

use serde_json::Value;

/// Longest label text that is parsed when found in content; real ones with signatures stay below 4 KiB.
const MAX_FOUND_LABEL: usize = 32 << 10;

/// The attribute `Label` (GB 45438-2025 Annex E).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `"1"`: is generated content.
    Is,
    /// `"2"`: may be generated content.
    MayBe,
    /// `"3"`: suspected to be generated content.
    Suspected,
}

impl Verdict {
    /// The digit as the standard writes it.
    #[must_use]
    pub fn digit(self) -> &'static str {
        match self {
            Self::Is => "1",
            Self::MayBe => "2",
            Self::Suspected => "3",
        }
    }
}

/// Why a label cannot be written.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum LabelError {
    /// Characters that Annex E rule 3 does not list.
    #[error("{field}: only printable ASCII without space, quote and backslash is allowed (GB 45438-2025 Annex E)")]
    Charset {
        /// Name of the key.
        field: &'static str,
    },
    /// Producer and produce id must say something.
    #[error("{field} is empty (GB 45438-2025 6.1)")]
    Empty {
        /// Name of the key.
        field: &'static str,
    },
}

/// One AIGC label. Values hold what stands between the quotes, so `\"` is kept as two characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AigcLabel {
    verdict: Verdict,
    content_producer: String,
    produce_id: String,
    reserved_code1: String,
    content_propagator: String,
    propagate_id: String,
    reserved_code2: String,
}

/// Annex E rule 3: `^(?:[\x21\x23-\x5B\x5D-\x7E]|\\")*$`.
#[must_use]
pub fn is_label_value(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'\\' => bytes.next() == Some(b'"'),
            0x21 | 0x23..=0x5B | 0x5D..=0x7E => true,
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    true
}

impl AigcLabel {
    /// The label of content that was just generated. Annex E note 1: on first writing the propagator
    /// fields repeat the producer's.
    ///
    /// # Errors
    /// [`LabelError`] when a value is empty or leaves the character range.
    pub fn first_write(producer: &str, produce_id: &str) -> Result<Self, LabelError> {
        for (field, value) in [("ContentProducer", producer), ("ProduceID", produce_id)] {
            if value.is_empty() {
                return Err(LabelError::Empty { field });
            }
            if !is_label_value(value) {
                return Err(LabelError::Charset { field });
            }
        }
        Ok(Self {
            verdict: Verdict::Is,
            content_producer: producer.to_owned(),
            produce_id: produce_id.to_owned(),
            reserved_code1: String::new(),
            content_propagator: producer.to_owned(),
            propagate_id: produce_id.to_owned(),
            reserved_code2: String::new(),
        })
    }

    /// `{"Label":"1",…}`: what XMP, chunks and boxes carry (TC260-PG-20259A).
    #[must_use]
    pub fn bare(&self) -> String {
        format!(
            r#"{{"Label":"{}","ContentProducer":"{}","ProduceID":"{}","ReservedCode1":"{}","ContentPropagator":"{}","PropagateID":"{}","ReservedCode2":"{}"}}"#,
            self.verdict.digit(),
            self.content_producer,
            self.produce_id,
            self.reserved_code1,
            self.content_propagator,
            self.propagate_id,
            self.reserved_code2,
        )
    }

    /// `{"AIGC": {…}}` exactly as Annex E prints it, one space after the first colon.
    #[must_use]
    pub fn wrapped(&self) -> String {
        format!(r#"{{"AIGC": {}}}"#, self.bare())
    }

    /// The attribute.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Name or code of the producer.
    #[must_use]
    pub fn content_producer(&self) -> &str {
        &self.content_producer
    }

    /// The producer's number for this content.
    #[must_use]
    pub fn produce_id(&self) -> &str {
        &self.produce_id
    }

    /// Reads a label found in content, bare or wrapped, keys in any order, missing and null values as
    /// empty, `Label` as string or number (shapes seen in the wild). `None` when it is not a label:
    /// not an object, no verdict 1 to 3, or no producer.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        if text.len() > MAX_FOUND_LABEL {
            return None;
        }
        let value: Value = serde_json::from_slice(text).ok()?;
        let value = match value {
            // A JSON text inside a JSON string: seen as an envelope member.
            Value::String(inner) => serde_json::from_str(&inner).ok()?,
            other => other,
        };
        let object = value.as_object()?;
        let object = match object.get("AIGC").and_then(Value::as_object) {
            Some(inner) => inner,
            None => object,
        };
        let get = |key: &str| match object.get(key) {
            Some(Value::String(text)) => text.replace('"', "\\\""),
            _ => String::new(),
        };
        let verdict = match object.get("Label")? {
            Value::String(text) if text == "1" => Verdict::Is,
            Value::String(text) if text == "2" => Verdict::MayBe,
            Value::String(text) if text == "3" => Verdict::Suspected,
            Value::Number(number) => match number.as_u64()? {
                1 => Verdict::Is,
                2 => Verdict::MayBe,
                3 => Verdict::Suspected,
                _ => return None,
            },
            _ => return None,
        };
        let label = Self {
            verdict,
            content_producer: get("ContentProducer"),
            produce_id: get("ProduceID"),
            reserved_code1: get("ReservedCode1"),
            content_propagator: get("ContentPropagator"),
            propagate_id: get("PropagateID"),
            reserved_code2: get("ReservedCode2"),
        };
        (!label.content_producer.is_empty()).then_some(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "00119144030008867405X210001";
    const ID: &str = "4f0c7b0e2d8f4a7c9b1e5d3a6c8f0b12";

    #[test]
    fn writes_the_annex_e_text_character_for_character() {
        let label = AigcLabel::first_write(CODE, ID).unwrap();
        assert_eq!(
            label.wrapped(),
            r#"{"AIGC": {"Label":"1","ContentProducer":"00119144030008867405X210001","ProduceID":"4f0c7b0e2d8f4a7c9b1e5d3a6c8f0b12","ReservedCode1":"","ContentPropagator":"00119144030008867405X210001","PropagateID":"4f0c7b0e2d8f4a7c9b1e5d3a6c8f0b12","ReservedCode2":""}}"#
        );
        assert_eq!(AigcLabel::read(label.wrapped().as_bytes()), Some(label.clone()));
        assert_eq!(AigcLabel::read(label.bare().as_bytes()), Some(label));
    }

    #[test]
    fn values_keep_to_the_character_range_of_annex_e_rule_3() {
        assert!(is_label_value("tos-cn-i-tb4s082cfz/c7fe") && is_label_value(r#"{\"a\":1}"#) && is_label_value(""));
        assert!(!is_label_value("a b") && !is_label_value("腾讯") && !is_label_value("a\"b") && !is_label_value("a\\"));
        assert_eq!(AigcLabel::first_write("某公司", ID), Err(LabelError::Charset { field: "ContentProducer" }));
        assert_eq!(AigcLabel::first_write(CODE, ""), Err(LabelError::Empty { field: "ProduceID" }));
    }

    #[test]
    fn reads_the_shapes_seen_in_the_wild_and_refuses_what_is_no_label() {
        let wan = br#"{"Label":"1","ContentProducer":"001191330106MA2CFLDG4R10001","ProduceID":"R-7"}"#;
        assert_eq!(AigcLabel::read(wan).unwrap().produce_id(), "R-7");
        let kling = br#"{"Label":"1","ContentProducer":"x","ProduceID":"k","ReservedCode1":null}"#;
        assert!(AigcLabel::read(kling).is_some());
        assert!(AigcLabel::read(br#"{"Label":1,"ContentProducer":"x"}"#).is_some());
        for bad in [&b"true"[..], b"{}", br#"{"Label":"AIGC","ContentProducer":"x"}"#, br#"{"Label":"1"}"#, b"{", b""] {
            assert_eq!(AigcLabel::read(bad), None);
        }
    }
}
