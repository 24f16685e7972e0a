//! Where the records of a service are found in a snapshot, kept from one snapshot to the next while no record changes.
//!
//! In: a snapshot's records. Out: names of the few that can concern a service or a namespace. Must not: be believed for
//! other records than those it was made of; [`RecordIndex::of`] makes a new one then.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::snapshot::{Key, Snapshot};
use crate::api::{AssessmentRecord, FilingRecord};
use crate::compliance::records::Index;

/// Filing and assessment records of one snapshot, indexed.
#[derive(Clone, Debug, Default)]
pub struct RecordIndex {
    of_filings: Arc<BTreeMap<Key, Arc<FilingRecord>>>,
    of_assessments: Arc<BTreeMap<Key, Arc<AssessmentRecord>>>,
    /// Filings by service.
    pub filings: Index<Key>,
    /// Assessments by service.
    pub assessments: Index<Key>,
    /// Assessments with a decision on scope, by namespace.
    pub decisions: BTreeMap<String, Vec<Key>>,
}

impl RecordIndex {
    /// The snapshot's own index when it is of its records, a new one otherwise.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Arc<Self> {
        let known = &snapshot.index;
        let is_same = Arc::ptr_eq(&known.of_filings, &snapshot.filings)
            && Arc::ptr_eq(&known.of_assessments, &snapshot.assessments);
        if is_same { Arc::clone(known) } else { Arc::new(Self::new(snapshot)) }
    }

    fn new(snapshot: &Snapshot) -> Self {
        let filings = snapshot.filings.iter().map(|(key, record)| (key.clone(), &record.spec));
        let assessments = snapshot.assessments.iter().map(|(key, record)| (key.clone(), &record.spec));
        let mut decisions: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for (key, record) in snapshot.assessments.iter().filter(|(_, record)| record.spec.decision.is_some()) {
            for namespace in &record.spec.scope.namespaces {
                decisions.entry(namespace.clone()).or_default().push(key.clone());
            }
        }
        Self {
            of_filings: Arc::clone(&snapshot.filings),
            of_assessments: Arc::clone(&snapshot.assessments),
            filings: Index::new(filings),
            assessments: Index::new(assessments),
            decisions,
        }
    }
}
