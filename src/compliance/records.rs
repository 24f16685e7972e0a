//! Records indexed, so that a service is judged by the few that can concern it.
//!
//! In: all records. Out: those of one service. Must not: change a verdict; a record left out is one that could neither
//! count nor be a near miss.

use std::collections::BTreeMap;

use crate::api::service::Provider;
use crate::api::{AssessmentRecordSpec, DeepSynthesisServiceSpec, FilingRecordSpec, RecordScope};

/// Where the records of a service are found, by whatever identifies a record to its holder.
#[derive(Clone, Debug)]
pub struct Index<I> {
    /// By unified social credit code and service code.
    by_service: BTreeMap<(String, String), Vec<I>>,
    /// By namespace and half of the service's key: what differs in the other half only is a near miss.
    by_half: BTreeMap<(String, String), Vec<I>>,
}

impl<I> Default for Index<I> {
    fn default() -> Self {
        Self { by_service: BTreeMap::new(), by_half: BTreeMap::new() }
    }
}

/// A record that is filed for one service of one entity.
pub trait Record {
    /// Unified social credit code and service code.
    fn key(&self) -> (&str, &str);
    /// Where it counts.
    fn scope(&self) -> &RecordScope;
    /// Whether it is of the provider and service itself, not of a neighbour.
    fn is_of(&self, provider: &Provider) -> bool {
        self.key() == (provider.unified_social_credit_code.as_str(), provider.service_code.as_str())
    }
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

impl<I: Clone + Ord> Index<I> {
    /// Indexes records.
    pub fn new<'a, T: Record + 'a>(records: impl IntoIterator<Item = (I, &'a T)>) -> Self {
        let mut index = Self::default();
        for (id, record) in records {
            let (entity, code) = record.key();
            index.by_service.entry((entity.to_owned(), code.to_owned())).or_default().push(id.clone());
            for namespace in &record.scope().namespaces {
                for half in [entity, code] {
                    index.by_half.entry((namespace.clone(), half.to_owned())).or_default().push(id.clone());
                }
            }
        }
        index
    }

    /// The records that can concern a service, each once.
    #[must_use]
    pub fn of(&self, namespace: &str, spec: &DeepSynthesisServiceSpec) -> Vec<I> {
        let entity = spec.provider.unified_social_credit_code.as_str();
        let code = spec.provider.service_code.as_str();
        let key = |first: &str, second: &str| (first.to_owned(), second.to_owned());
        let lists = [
            self.by_service.get(&key(entity, code)),
            self.by_half.get(&key(namespace, entity)),
            self.by_half.get(&key(namespace, code)),
        ];
        let mut found: Vec<I> = lists.into_iter().flatten().flatten().cloned().collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
