//! Everything the operator knows at one moment, shared without locks.
//!
//! In: nothing. Out: maps behind `Arc`s; a change clones only the map it touches. Must not fetch anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::record_index::RecordIndex;
use super::seen::Seen;
use crate::api::{
    AdmittedRevision, AssessmentRecord, CompliancePolicy, DeepSynthesisService, EnforcementExemption,
    ExemptionApproval, FilingRecord, NamespaceEnforcement, ServiceHistory,
};
use crate::inject::Carried;

/// Namespace and name.
pub type Key = (String, String);

/// Namespace and name of a service.
#[must_use]
pub fn names(service: &DeepSynthesisService) -> (&str, &str) {
    (service.metadata.namespace.as_deref().unwrap_or_default(), service.metadata.name.as_deref().unwrap_or_default())
}

/// One consistent view of the cluster.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Services by namespace and name, without their statuses.
    pub services: Arc<BTreeMap<Key, Arc<DeepSynthesisService>>>,
    /// What is kept of the statuses of services.
    pub seen: Arc<BTreeMap<Key, Arc<Seen>>>,
    /// Filing records by name.
    pub filings: Arc<BTreeMap<Key, Arc<FilingRecord>>>,
    /// Assessment records by name.
    pub assessments: Arc<BTreeMap<Key, Arc<AssessmentRecord>>>,
    /// The records, indexed. Of other records than these when someone edits them by hand; [`RecordIndex::of`] sees to it.
    pub index: Arc<RecordIndex>,
    /// Policies by name; the one called `default` counts.
    pub policies: Arc<BTreeMap<Key, Arc<CompliancePolicy>>>,
    /// Exemptions by name.
    pub exemptions: Arc<BTreeMap<Key, Arc<EnforcementExemption>>>,
    /// Approvals of exemptions by name.
    pub approvals: Arc<BTreeMap<Key, Arc<ExemptionApproval>>>,
    /// Enforcement objects by namespace and name.
    pub enforcements: Arc<BTreeMap<Key, Arc<NamespaceEnforcement>>>,
    /// Histories by name.
    pub histories: Arc<BTreeMap<Key, Arc<ServiceHistory>>>,
    /// Enrolled namespaces.
    pub namespaces: Arc<BTreeMap<Key, Arc<()>>>,
    /// Injected pods, reduced to what is asked of them.
    pub pods: Arc<BTreeMap<Key, Arc<InjectedPod>>>,
}

/// What is kept of an injected pod.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InjectedPod {
    /// Its UID.
    pub uid: Option<uuid::Uuid>,
    /// Service it was injected for.
    pub service: String,
    /// Controller and revision.
    pub revision: Option<AdmittedRevision>,
    /// When it became Ready, if it is.
    pub ready_since: Option<Timestamp>,
    /// When it was created, as the API server says.
    pub created_at: Option<Timestamp>,
    /// What it carries under our names, if that is whole.
    pub carried: Option<Carried>,
}

impl Snapshot {
    /// Services of a namespace.
    pub fn services_in<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Arc<DeepSynthesisService>> {
        self.services
            .range((namespace.to_owned(), String::new())..)
            .take_while(move |((found, _), _)| found == namespace)
            .map(|(_, service)| service)
    }

    /// Services of a namespace that select pods with these labels.
    #[must_use]
    pub fn selecting<'a>(
        &'a self,
        namespace: &'a str,
        labels: &BTreeMap<String, String>,
    ) -> Vec<&'a Arc<DeepSynthesisService>> {
        self.services_in(namespace).filter(|service| service.spec.workload_selector.matches(labels)).collect()
    }

    /// Injected pods of one service.
    pub fn pods_of<'a>(&'a self, namespace: &'a str, service: &'a str) -> impl Iterator<Item = &'a Arc<InjectedPod>> {
        self.pods
            .range((namespace.to_owned(), String::new())..)
            .take_while(move |((found, _), _)| found == namespace)
            .map(|(_, pod)| pod)
            .filter(move |pod| pod.service == service)
    }

    /// Revisions of a service whose pods were admitted: those on record, and those of pods that run now and that only
    /// admission can have let in. A label is easily written: a pod counts when it carries the sidecar of this very service
    /// (`proofs`), in an enrolled namespace, and is no younger than the closing of the gate.
    #[must_use]
    pub fn admitted_revisions(&self, service: &DeepSynthesisService, proofs: &[Carried]) -> Vec<AdmittedRevision> {
        let (namespace, name) = names(service);
        let mut revisions: Vec<AdmittedRevision> = self
            .enforcements
            .get(&(namespace.to_owned(), crate::api::names::ENFORCEMENT_NAME.to_owned()))
            .and_then(|found| found.spec.services.iter().find(|entry| entry.name == name))
            .map(|entry| entry.admitted_revisions.clone())
            .unwrap_or_default();
        let open_until = self.open_until(namespace, name);
        let pods = self.pods_of(namespace, name).filter(|pod| {
            pod.carried.is_some_and(|carried| proofs.contains(&carried))
                && pod.created_at.is_some_and(|created| created < open_until)
        });
        for revision in pods.filter_map(|pod| pod.revision.clone()) {
            if !revisions.contains(&revision) {
                revisions.push(revision);
            }
        }
        let surplus = revisions.len().saturating_sub(MAX_ADMITTED_REVISIONS);
        revisions.drain(..surplus);
        revisions
    }

    /// Until when pods of a service were admitted without being on record; for a service that nobody judged yet, never.
    fn open_until(&self, namespace: &str, name: &str) -> Timestamp {
        let seen = self.seen.get(&(namespace.to_owned(), name.to_owned())).filter(|seen| seen.is_judged);
        match seen {
            Some(seen) if self.is_enrolled(namespace) => match seen.gate {
                Some("Closed") => seen.condition_since("Ready", "False").unwrap_or(Timestamp::MIN),
                _ => Timestamp::MAX,
            },
            _ => Timestamp::MIN,
        }
    }

    /// Whether a namespace is enrolled.
    #[must_use]
    pub fn is_enrolled(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(&(String::new(), namespace.to_owned()))
    }
}

/// As many revisions as the schema of `NamespaceEnforcement` holds; the oldest go first.
pub const MAX_ADMITTED_REVISIONS: usize = 64;
