//! One record: who wrote it, which number it has, when, and the event.
//!
//! In: an [`Event`] and its place. Out: one line of canonical JSON, and back. Must not: accept a line that is not canonical, longer
//! than [`MAX_RECORD_BYTES`] or of another version: two spellings of one record would be two hashes.

use serde::{Deserialize, Serialize};

use super::canonical::{CanonicalError, to_canonical};
use super::event::Event;
use super::hash::Hash;
use super::merkle::leaf_hash;

/// Version of the schema.
pub const VERSION: u8 = 1;
/// Longest record.
pub const MAX_RECORD_BYTES: usize = 4096;
/// Longest text in it.
pub const MAX_TEXT: usize = 512;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the schema.
    pub v: u8,
    /// UID of the pod that wrote it.
    pub pod: String,
    /// Which life of its writer.
    pub incarnation: String,
    /// Its number in the writer's chain, from 1, without holes.
    pub seq: u64,
    /// The writer's clock, milliseconds since 1970.
    pub at: i64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Too long.
    #[error("the record is longer than {MAX_RECORD_BYTES} bytes, or a text in it longer than {MAX_TEXT}")]
    TooLong,
    /// Not the JSON of a record.
    #[error("not a record: {0}")]
    Malformed(String),
    /// Another spelling than the canonical one, or members that nobody knows.
    #[error("the record is not canonical JSON (RFC 8785) of version {VERSION}")]
    NotCanonical,
    /// No canonical text.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl Record {
    /// Its canonical line, without line break.
    ///
    /// # Errors
    /// [`RecordError`] when it is too long or holds a number that is too large.
    pub fn line(&self) -> Result<String, RecordError> {
        let line = to_canonical(self)?;
        if line.len() > MAX_RECORD_BYTES { Err(RecordError::TooLong) } else { Ok(line) }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// One [`RecordError`] per reason.
    pub fn parse(line: &str) -> Result<Self, RecordError> {
        if line.len() > MAX_RECORD_BYTES {
            return Err(RecordError::TooLong);
        }
        let record: Self = serde_json::from_str(line).map_err(|error| RecordError::Malformed(error.to_string()))?;
        // Unknown members, doubled ones and other spellings all show as another text.
        if record.v != VERSION || record.line()? != line {
            return Err(RecordError::NotCanonical);
        }
        Ok(record)
    }

    /// The hash that chain and finding carry.
    #[must_use]
    pub fn hash(line: &str) -> Hash {
        leaf_hash(line.as_bytes())
    }
}

/// A text as records hold it: no longer than [`MAX_TEXT`], cut between characters.
#[must_use]
pub fn text(text: &str) -> String {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Duty;
    use crate::law::retention::RetentionClass;
    use crate::record::event::{CaseState, End, GapReason, Outcome};

    fn of(event: Event) -> Record {
        Record { v: VERSION, pod: "uid".into(), incarnation: "i".into(), seq: 1, at: 1_790_000_000_000, event }
    }

    fn every_kind() -> Vec<Event> {
        let id = || "01k".to_owned();
        let hash = Hash::of(&[b"x"]);
        vec![
            Event::Decided {
                id: id(),
                outcome: Outcome::Labelled,
                content: "text/plain".into(),
                status: 200,
                generation: 3,
                policy: "ab".into(),
                subject: None,
                agreement: None,
            },
            Event::Ended { id: id(), end: End::Complete, bytes: 5, sha256: hash },
            Event::Delivered { id: id(), count: 2, bytes: 10, from: 1, to: 2 },
            Event::Refused { reason: "partial".into(), status: 502 },
            Event::Published {
                id: id(),
                subject: "p".into(),
                issuer: "i".into(),
                means: "phone".into(),
                sealed: Some("s".into()),
            },
            Event::Consent { receipt: "r".into(), asset: hash, subject: None, sealed: None },
            Event::Complaint { case: "c".into(), state: CaseState::Overdue, due: Some(1) },
            Event::Refutation { case: "c".into(), state: CaseState::Opened, ids: vec![id()] },
            Event::Takedown { ids: vec![id()], reason: "order".into() },
            Event::Sanction { subject: "p".into(), state: "suspended".into(), reason: "r".into() },
            Event::Order { order: "o".into(), effect: "suspendService".into(), state: "inForce".into() },
            Event::ReviewHit { id: id(), hook: "1".into(), library: "2".into(), action: "withheld".into(), millis: 3 },
            Event::Tamper { what: "forged".into(), id: None },
            Event::Equivocation { writer: "p".into(), life: "i".into(), number: 4, held: hash, offered: hash },
            Event::IdReuse { id: id(), held: hash, offered: hash },
            Event::Gap { dropped: 7, reason: GapReason::SpoolFull, from: 1, to: 2 },
            Event::Configuration { generation: 3, policy: "ab".into() },
            Event::Exemption { name: "e".into(), uid: "u".into(), duty: "o12-17-1".into() },
            Event::SegmentDeleted { first: 0, count: 9, sha256: hash, until: 5 },
            Event::Reidentified { subject: "p".into(), by: vec!["a".into(), "b".into()], reason: "r".into() },
        ]
    }

    #[test]
    fn every_kind_round_trips_order_12_articles_10_11_16() {
        let kinds = every_kind();
        assert_eq!(kinds.len(), Event::KINDS.len());
        for event in kinds {
            let record = of(event);
            let line = record.line().unwrap();
            assert_eq!(Record::parse(&line), Ok(record), "{line}");
            assert!(line.starts_with("{\"") && !line.contains('\n'));
        }
    }

    #[test]
    fn a_record_names_the_duty_it_is_kept_for() {
        let duties: Vec<_> = every_kind().iter().map(Event::duty).collect();
        for duty in [Duty::LogKeeping, Duty::ContentReview, Duty::RumourRefutation, Duty::Supervision] {
            assert!(duties.contains(&duty), "{}", duty.article());
        }
    }

    #[test]
    fn a_waived_label_is_kept_as_labelling_measures_article_9_says() {
        let Some(Event::Decided { id, content, status, generation, policy, .. }) = every_kind().into_iter().next()
        else {
            panic!("decided comes first")
        };
        let outcome = Outcome::Waived;
        let waived =
            Event::Decided { id, outcome, content, status, generation, policy, subject: None, agreement: None };
        assert_eq!(waived.class(), RetentionClass::WaiverLogs);
        assert_eq!(waived.class().duty(), Duty::Waiver);
    }

    #[test]
    fn other_spellings_are_refused() {
        let line = of(Event::Refused { reason: "a\nb".into(), status: 502 }).line().unwrap();
        assert!(!line.contains('\n'), "a reason cannot forge a line");
        for other in [
            line.replace(":1,", ": 1,"),
            line.replace("\"v\":1", "\"v\":2"),
            line.replace("\"v\":1", "\"v\":1,\"x\":1"),
            line.replace("\"v\":1", "\"v\":1,\"v\":1"),
            format!("{line} "),
        ] {
            assert!(Record::parse(&other).is_err(), "{other}");
        }
        assert_eq!(Record::parse(&" ".repeat(MAX_RECORD_BYTES + 1)), Err(RecordError::TooLong));
        assert_eq!(text(&"é".repeat(400)).len(), MAX_TEXT);
    }
}
