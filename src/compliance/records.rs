//! Records indexed, so that a service is judged by the few that can concern it.
//!
//! In: all records. Out: those of one service. Must not: change a verdict; a record left out is one that could neither
//! count nor be a near miss.

use std::collections::BTreeMap;

use super::facts::{Exemption, Named};
use crate::api::{AssessmentRecordSpec, DeepSynthesisServiceSpec, FilingRecordSpec, RecordScope};

/// Records of one kind by service and by namespace.
#[derive(Debug)]
struct Index<'a, T> {
    records: Vec<Named<'a, T>>,
    /// By unified social credit code and service code.
    by_service: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    /// By namespace and half of the service's key: what differs in the other half only is a near miss.
    by_half: BTreeMap<(&'a str, &'a str), Vec<usize>>,
}

/// What the index asks of a record.
trait Record {
    fn key(&self) -> (&str, &str);
    fn scope(&self) -> &RecordScope;
}

impl Record for FilingRecordSpec {
    fn key(&self) -> (&str, &str) {
        (&self.unified_social_credit_code, &self.service_code)
    }
    fn scope(&self) -> &RecordScope {
        &self.scope
    }
}

impl Record for AssessmentRecordSpec {
    fn key(&self) -> (&str, &str) {
        (&self.unified_social_credit_code, &self.service_code)
    }
    fn scope(&self) -> &RecordScope {
        &self.scope
    }
}

impl<'a, T: Record> Index<'a, T> {
    fn new(records: Vec<Named<'a, T>>) -> Self {
        let mut index = Self { records, by_service: BTreeMap::new(), by_half: BTreeMap::new() };
        for (position, record) in index.records.iter().enumerate() {
            let spec: &'a T = record.spec;
            let (entity, code) = spec.key();
            index.by_service.entry((entity, code)).or_default().push(position);
            for namespace in &spec.scope().namespaces {
                for half in [entity, code] {
                    index.by_half.entry((namespace, half)).or_default().push(position);
                }
            }
        }
        index
    }

    fn of(&self, namespace: &str, entity: &str, code: &str) -> Vec<Named<'a, T>> {
        let lists = [
            self.by_service.get(&(entity, code)),
            self.by_half.get(&(namespace, entity)),
            self.by_half.get(&(namespace, code)),
        ];
        let mut positions: Vec<usize> = lists.into_iter().flatten().flatten().copied().collect();
        positions.sort_unstable();
        positions.dedup();
        positions.into_iter().map(|position| self.records[position]).collect()
    }
}

/// All records of a cluster.
#[derive(Debug)]
pub struct Records<'a> {
    filings: Index<'a, FilingRecordSpec>,
    assessments: Index<'a, AssessmentRecordSpec>,
    exemptions: BTreeMap<&'a str, Vec<Exemption<'a>>>,
}

impl<'a> Records<'a> {
    /// Indexes the records.
    #[must_use]
    pub fn new(
        filings: Vec<Named<'a, FilingRecordSpec>>,
        assessments: Vec<Named<'a, AssessmentRecordSpec>>,
        exemptions: Vec<Exemption<'a>>,
    ) -> Self {
        let mut by_namespace: BTreeMap<&'a str, Vec<Exemption<'a>>> = BTreeMap::new();
        for exemption in exemptions {
            by_namespace.entry(&exemption.spec.target.namespace).or_default().push(exemption);
        }
        Self { filings: Index::new(filings), assessments: Index::new(assessments), exemptions: by_namespace }
    }

    /// All filings.
    #[must_use]
    pub fn filings(&self) -> &[Named<'a, FilingRecordSpec>] {
        &self.filings.records
    }

    /// All assessments.
    #[must_use]
    pub fn assessments(&self) -> &[Named<'a, AssessmentRecordSpec>] {
        &self.assessments.records
    }

    /// Filings that can concern a service.
    #[must_use]
    pub fn filings_of(&self, namespace: &str, spec: &DeepSynthesisServiceSpec) -> Vec<Named<'a, FilingRecordSpec>> {
        let provider = &spec.provider;
        self.filings.of(namespace, &provider.unified_social_credit_code, &provider.service_code)
    }

    /// Assessments that can concern a service.
    #[must_use]
    pub fn assessments_of(
        &self,
        namespace: &str,
        spec: &DeepSynthesisServiceSpec,
    ) -> Vec<Named<'a, AssessmentRecordSpec>> {
        let provider = &spec.provider;
        self.assessments.of(namespace, &provider.unified_social_credit_code, &provider.service_code)
    }

    /// Exemptions in a namespace.
    #[must_use]
    pub fn exemptions_in(&self, namespace: &str) -> &[Exemption<'a>] {
        self.exemptions.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }
}
