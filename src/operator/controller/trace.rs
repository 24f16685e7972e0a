//! What stays known of records that are deleted: traces in the history of the service that they were about. Pure.
//!
//! In: the records of a snapshot, the traces of a history. Out: the traces as they should be. Must not: forget a record that
//! is there, or call one deleted whose UID is there.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::status::seconds;
use crate::api::history::{RecordKind, RecordTrace, history_name};
use crate::api::{AssessmentRecord, FilingRecord, FilingRecordSpec};
use crate::compliance::Named;
use crate::compliance::exemption::spec_sha256;
use crate::operator::snapshot::Snapshot;

/// As many traces as the schema takes.
pub const MAX_TRACES: usize = 64;

/// A record that is there.
#[derive(Clone, Copy, Debug)]
pub enum Present<'a> {
    /// A filing.
    Filing(&'a FilingRecord),
    /// An assessment or a decision on scope.
    Assessment(&'a AssessmentRecord),
}

impl<'a> Present<'a> {
    /// The filing, if it is one.
    #[must_use]
    pub fn filing(&self) -> Option<Named<'a, FilingRecordSpec>> {
        match self {
            Self::Filing(record) => {
                Some(Named { name: record.metadata.name.as_deref().unwrap_or_default(), spec: &record.spec })
            }
            Self::Assessment(_) => None,
        }
    }

    fn key(&self) -> (RecordKind, &str) {
        let (kind, meta) = match self {
            Self::Filing(record) => (RecordKind::FilingRecord, &record.metadata),
            Self::Assessment(record) => (RecordKind::AssessmentRecord, &record.metadata),
        };
        (kind, meta.uid.as_deref().unwrap_or_default())
    }

    fn generation(&self) -> i64 {
        let meta = match self {
            Self::Filing(record) => &record.metadata,
            Self::Assessment(record) => &record.metadata,
        };
        meta.generation.unwrap_or_default()
    }

    /// The trace of a record; the digest is asked for only when its spec may have changed.
    fn trace(&self, first_seen: String) -> RecordTrace {
        let (kind, uid) = self.key();
        let (name, number, spec_sha256) = match self {
            Self::Filing(record) => (&record.metadata.name, record.spec.number.clone(), spec_sha256(&record.spec)),
            Self::Assessment(record) => {
                (&record.metadata.name, Some(record.spec.report_id.clone()), spec_sha256(&record.spec))
            }
        };
        RecordTrace {
            kind,
            name: name.clone().unwrap_or_default(),
            uid: uid.to_owned(),
            number: number.unwrap_or_default(),
            generation: self.generation(),
            spec_sha256,
            first_seen,
            deleted_seen: None,
        }
    }
}

/// Records by the name of the history that they belong to.
#[must_use]
pub fn present(snapshot: &Snapshot) -> BTreeMap<String, Vec<Present<'_>>> {
    let filings = snapshot.filings.values().map(|record| {
        let spec = &record.spec;
        (history_name(&spec.unified_social_credit_code, &spec.service_code), Present::Filing(record))
    });
    let assessments = snapshot.assessments.values().map(|record| {
        let spec = &record.spec;
        (history_name(&spec.unified_social_credit_code, &spec.service_code), Present::Assessment(record))
    });
    let mut all: BTreeMap<String, Vec<Present<'_>>> = BTreeMap::new();
    for (history, record) in filings.chain(assessments) {
        all.entry(history).or_default().push(record);
    }
    all
}

/// Brings the traces in line with what is there.
pub fn follow(traces: &mut Vec<RecordTrace>, present: &[Present<'_>], now: Timestamp) {
    for trace in traces.iter_mut() {
        match present.iter().find(|record| record.key() == (trace.kind, trace.uid.as_str())) {
            Some(record) if record.generation() != trace.generation || trace.deleted_seen.is_some() => {
                *trace = record.trace(std::mem::take(&mut trace.first_seen));
            }
            Some(_) => {}
            None => {
                trace.deleted_seen.get_or_insert_with(|| seconds(now).to_string());
            }
        }
    }
    for record in present {
        let is_traced = traces.iter().any(|trace| record.key() == (trace.kind, trace.uid.as_str()));
        if !is_traced && make_room(traces) {
            traces.push(record.trace(seconds(now).to_string()));
        }
    }
}

/// The oldest tombstone goes first; a record that is there is never pushed out by another.
fn make_room(traces: &mut Vec<RecordTrace>) -> bool {
    if traces.len() < MAX_TRACES {
        return true;
    }
    let gone = traces.iter().enumerate().filter(|(_, trace)| trace.deleted_seen.is_some());
    let Some((oldest, _)) = gone.min_by(|(_, left), (_, right)| left.deleted_seen.cmp(&right.deleted_seen)) else {
        return false;
    };
    traces.remove(oldest);
    true
}

/// Traces of records that are gone, each with whether the same filing or report is on record again.
pub fn tombstones(traces: &[RecordTrace]) -> impl Iterator<Item = (&RecordTrace, bool)> {
    traces.iter().filter(|trace| trace.deleted_seen.is_some()).map(|gone| {
        let is_again = traces
            .iter()
            .any(|trace| trace.deleted_seen.is_none() && trace.kind == gone.kind && trace.number == gone.number);
        (gone, is_again)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::controller::fixture::filing;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn record(uid: &str, generation: i64) -> FilingRecord {
        let mut record = filing("filing", "0001", "shop");
        record.metadata.uid = Some(uid.to_owned());
        record.metadata.generation = Some(generation);
        record
    }

    /// UIDs, those of tombstones with a cross.
    fn said(traces: &[RecordTrace]) -> Vec<String> {
        traces
            .iter()
            .map(|trace| format!("{}{}", trace.uid, if trace.deleted_seen.is_some() { "+" } else { "" }))
            .collect()
    }

    #[test]
    fn a_record_that_vanishes_leaves_a_tombstone_order_12_article_19() {
        let mut traces = Vec::new();
        let first = record("a", 1);
        follow(&mut traces, &[Present::Filing(&first)], at(10));
        let before = traces.clone();
        assert_eq!((traces[0].number.as_str(), traces[0].spec_sha256.len()), ("网信算备110108000000001260015号", 64));
        follow(&mut traces, &[Present::Filing(&first)], at(20));
        assert_eq!(traces, before, "what did not change is not written again");

        follow(&mut traces, &[], at(30));
        assert_eq!(traces[0].deleted_seen.as_deref(), Some("1970-01-01T00:00:30Z"));
        assert_eq!(traces[0].spec_sha256, before[0].spec_sha256);
        follow(&mut traces, &[], at(40));
        assert_eq!(traces[0].deleted_seen.as_deref(), Some("1970-01-01T00:00:30Z"), "a tombstone does not move");
        assert!(tombstones(&traces).all(|(_, is_again)| !is_again));

        // The same filing under the same name, but another record.
        let second = record("b", 1);
        follow(&mut traces, &[Present::Filing(&second)], at(50));
        assert_eq!(said(&traces), ["a+", "b"]);
        assert!(tombstones(&traces).all(|(_, is_again)| is_again));
    }

    #[test]
    fn an_edit_is_followed_and_keeps_when_the_record_was_first_seen() {
        let mut traces = Vec::new();
        follow(&mut traces, &[Present::Filing(&record("a", 1))], at(10));
        let before = traces[0].clone();
        let mut edited = record("a", 2);
        edited.spec.state = crate::api::FilingState::Cancelled;
        follow(&mut traces, &[Present::Filing(&edited)], at(20));
        assert_eq!((traces[0].generation, &traces[0].first_seen), (2, &before.first_seen));
        assert_ne!(traces[0].spec_sha256, before.spec_sha256);
    }

    #[test]
    fn a_record_that_could_not_be_read_for_a_while_was_not_deleted() {
        let mut traces = Vec::new();
        let one = record("a", 1);
        follow(&mut traces, &[Present::Filing(&one)], at(10));
        follow(&mut traces, &[], at(20));
        follow(&mut traces, &[Present::Filing(&one)], at(30));
        assert_eq!((said(&traces), traces[0].first_seen.as_str()), (vec!["a".to_owned()], "1970-01-01T00:00:10Z"));
    }

    #[test]
    fn the_oldest_tombstones_go_first_and_what_is_there_stays() {
        let mut traces = Vec::new();
        for index in 0..70 {
            follow(&mut traces, &[Present::Filing(&record(&format!("r{index}"), 1))], at(index));
        }
        assert_eq!(traces.len(), MAX_TRACES);
        assert_eq!((said(&traces)[0].as_str(), said(&traces)[63].as_str()), ("r6+", "r69"));

        let many: Vec<FilingRecord> = (0..70).map(|index| record(&format!("m{index}"), 1)).collect();
        let many: Vec<Present<'_>> = many.iter().map(Present::Filing).collect();
        let mut traces = Vec::new();
        follow(&mut traces, &many, at(0));
        let before = traces.clone();
        follow(&mut traces, &many, at(10));
        assert_eq!(traces, before, "more records than there is room for do not push each other out");
    }
}
