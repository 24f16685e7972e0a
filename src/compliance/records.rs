//! Records indexed, so that a service is judged by the few that can concern it.
//!
//! In: all records. Out: those of one service, apart from those of its neighbours. Must not: change a verdict; a record
//! left out is one that could neither count nor be a near miss.

use std::collections::BTreeMap;

use super::facts::Named;
use crate::api::service::Provider;
use crate::api::{AssessmentRecordSpec, FilingRecordSpec, RecordScope};

/// Records of a service itself, apart from those of its neighbours: only its own can count, and neighbours are many.
#[derive(Clone, Copy, Debug, Default)]
pub struct Apart<L> {
    /// Of the provider and service itself.
    pub own: L,
    /// Of others: near misses, spoken of where an own one is missing.
    pub neighbours: L,
}

impl<'a, T> Apart<&'a [Named<'a, T>]> {
    /// Own records first, then the neighbours'.
    pub fn all(self) -> impl Iterator<Item = &'a Named<'a, T>> {
        self.own.iter().chain(self.neighbours)
    }

    /// Without the neighbours' unless they are asked for.
    #[must_use]
    pub fn only_own_unless(self, with_neighbours: bool) -> Self {
        if with_neighbours { self } else { Self { own: self.own, neighbours: &[] } }
    }
}

impl<I> Apart<Vec<I>> {
    /// Both lists, borrowed.
    #[must_use]
    pub fn as_slices(&self) -> Apart<&[I]> {
        Apart { own: &self.own, neighbours: &self.neighbours }
    }

    /// The same of what each of them stands for; what stands for nothing is left out.
    pub fn filter_map<O>(self, mut each: impl FnMut(I) -> Option<O>) -> Apart<Vec<O>> {
        let own = self.own.into_iter().filter_map(&mut each).collect();
        Apart { own, neighbours: self.neighbours.into_iter().filter_map(each).collect() }
    }
}

impl<'a, T: Record> Apart<Vec<Named<'a, T>>> {
    /// Splits records without an index.
    #[must_use]
    pub fn of(provider: &Provider, records: impl IntoIterator<Item = Named<'a, T>>) -> Self {
        let (own, neighbours) = records.into_iter().partition(|record| record.spec.is_of(provider));
        Self { own, neighbours }
    }
}

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

    /// The service's own records.
    #[must_use]
    pub fn own(&self, provider: &Provider) -> &[I] {
        let key = (provider.unified_social_credit_code.clone(), provider.service_code.clone());
        self.by_service.get(&key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The records that can concern a service, each once.
    #[must_use]
    pub fn of(&self, namespace: &str, provider: &Provider) -> Apart<Vec<I>> {
        let half = |half: &str| self.by_half.get(&(namespace.to_owned(), half.to_owned()));
        let halves = [half(&provider.unified_social_credit_code), half(&provider.service_code)];
        let own = self.own(provider);
        let mut neighbours: Vec<I> = halves.into_iter().flatten().flatten().cloned().collect();
        neighbours.sort_unstable();
        neighbours.dedup();
        // Each list has the order in which the records were given.
        neighbours.retain(|id| !own.contains(id));
        Apart { own: own.to_vec(), neighbours }
    }
}
