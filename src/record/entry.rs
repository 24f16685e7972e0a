//! One line of a log: index, ledger time, and a record, or the signed head of the records before it.
//!
//! In: what the ledger accepted. Out: the leaf as bytes, and back without copying. Must not: re-spell a record: its hash is over the
//! bytes that its writer sent.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::canonical::{CanonicalError, to_canonical};
use super::chain::{ChainId, Head};

/// Longest line: the longest record, a head, and what stands around them.
pub const MAX_LINE_BYTES: usize = 8192;

/// What is read of a record to check its chain; the rest passes.
#[derive(Debug, Deserialize)]
pub struct Place {
    /// UID of the pod.
    pub pod: String,
    /// Life of the writer.
    pub incarnation: String,
    /// Number.
    pub seq: u64,
    /// Kind of event.
    pub kind: String,
    /// The item that it is about.
    #[serde(default)]
    pub id: Option<String>,
    /// The pseudonym that it is about.
    #[serde(default)]
    pub subject: Option<String>,
    /// The writer's clock.
    pub at: i64,
}

impl Place {
    /// Whose record it is.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        ChainId { pod: self.pod.clone(), incarnation: self.incarnation.clone() }
    }
}

/// A line as it is read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry<'a> {
    /// Ledger time, milliseconds since 1970.
    pub at: i64,
    /// Index in the log.
    pub i: u64,
    /// A record, byte for byte as its writer sent it.
    #[serde(borrow, default)]
    pub record: Option<&'a RawValue>,
    /// Or the head that its writer signed over the records before.
    #[serde(default)]
    pub head: Option<Head>,
}

/// Why a line is none of a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a line of a log: {0}")]
pub struct EntryError(pub String);

impl<'a> Entry<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// [`EntryError`] when it is none.
    pub fn parse(line: &'a str) -> Result<Self, EntryError> {
        if line.len() > MAX_LINE_BYTES {
            return Err(EntryError(format!("longer than {MAX_LINE_BYTES} bytes")));
        }
        let entry: Self = serde_json::from_str(line).map_err(|error| EntryError(error.to_string()))?;
        if entry.record.is_some() == entry.head.is_some() {
            return Err(EntryError("either a record or a head is expected".to_owned()));
        }
        Ok(entry)
    }

    /// Where its record stands; `None` when it is a head.
    ///
    /// # Errors
    /// [`EntryError`] when the record is none.
    pub fn place(&self) -> Result<Option<Place>, EntryError> {
        let place = |raw: &RawValue| serde_json::from_str(raw.get()).map_err(|error| EntryError(error.to_string()));
        self.record.map(place).transpose()
    }
}

/// How many records this line of a log, or this record, says were dropped (the kind `gap`).
#[must_use]
pub fn dropped(line: &str) -> u64 {
    #[derive(Deserialize)]
    struct Gap {
        dropped: u64,
    }
    #[derive(Deserialize)]
    struct Line {
        record: Gap,
    }
    if !line.contains(r#""kind":"gap""#) {
        return 0;
    }
    let bare = || serde_json::from_str(line).map(|record| Line { record });
    serde_json::from_str(line).or_else(|_| bare()).map_or(0, |line: Line| line.record.dropped)
}

/// The line of a record; canonical, as the record is.
#[must_use]
pub fn record_line(at: i64, index: u64, record: &str) -> String {
    format!(r#"{{"at":{at},"i":{index},"record":{record}}}"#)
}

/// The line of a head.
///
/// # Errors
/// When a number in it is too large.
pub fn head_line(at: i64, index: u64, head: &Head) -> Result<String, CanonicalError> {
    #[derive(Serialize)]
    struct Line<'a> {
        at: i64,
        i: u64,
        head: &'a Head,
    }
    to_canonical(&Line { at, i: index, head })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::chain::{Link, PodKey};

    #[test]
    fn a_line_is_a_record_or_a_head() {
        let chain = ChainId { pod: "p".into(), incarnation: "i".into() };
        let link = Link::genesis("log", &chain);
        let head = PodKey::from_bytes(&[1; 32]).head("log", &chain, link, link, true);
        let line = head_line(5, 6, &head).unwrap();
        let entry = Entry::parse(&line).unwrap();
        assert_eq!((entry.at, entry.i, entry.head.as_ref()), (5, 6, Some(&head)));
        let record = r#"{"at":1,"incarnation":"i","kind":"refused","pod":"p","seq":3}"#;
        let line = record_line(5, 6, record);
        let entry = Entry::parse(&line).unwrap();
        assert_eq!(entry.record.map(RawValue::get), Some(record));
        assert_eq!(entry.place().unwrap().map(|place| place.seq), Some(3));
        for line in ["", "{}", r#"{"at":1,"i":1}"#, r#"{"at":1,"i":1,"record":1,"x":1}"#, "[]"] {
            assert!(Entry::parse(line).is_err(), "{line}");
        }
    }
}
