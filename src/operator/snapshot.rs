//! Everything the operator knows at one moment, shared without locks.
//!
//! In: nothing. Out: maps behind `Arc`s; a change clones only the map it touches. Must not fetch anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::record_index::RecordIndex;
use super::seen::Seen;
use crate::api::{
    AdmittedRevision, AssessmentRecord, CompliancePolicy, DeepSynthesisService, EnforcementExemption,
    ExemptionApproval, FilingRecord, NamespaceEnforcement, ServiceHistory,
};

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectedPod {
    /// Service it was injected for.
    pub service: String,
    /// Controller and revision.
    pub revision: Option<AdmittedRevision>,
    /// When it became Ready, if it is.
    pub ready_since: Option<jiff::Timestamp>,
}

impl Snapshot {
    /// Services of a namespace.
    pub fn services_in<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Arc<DeepSynthesisService>> {
        self.services
            .range((namespace.to_owned(), String::new())..)
            .take_while(move |((found, _), _)| found == namespace)
            .map(|(_, service)| service)
    }

    /// Injected pods of one service.
    pub fn pods_of<'a>(&'a self, namespace: &'a str, service: &'a str) -> impl Iterator<Item = &'a Arc<InjectedPod>> {
        self.pods
            .range((namespace.to_owned(), String::new())..)
            .take_while(move |((found, _), _)| found == namespace)
            .map(|(_, pod)| pod)
            .filter(move |pod| pod.service == service)
    }

    /// Revisions of a service whose pods were admitted: those on record and those that run now. A pod with our
    /// label exists only because admission let it in.
    #[must_use]
    pub fn admitted_revisions(&self, namespace: &str, service: &str) -> Vec<AdmittedRevision> {
        let mut revisions: Vec<AdmittedRevision> = self
            .enforcements
            .get(&(namespace.to_owned(), crate::api::names::ENFORCEMENT_NAME.to_owned()))
            .and_then(|found| found.spec.services.iter().find(|entry| entry.name == service))
            .map(|entry| entry.admitted_revisions.clone())
            .unwrap_or_default();
        for revision in self.pods_of(namespace, service).filter_map(|pod| pod.revision.clone()) {
            if !revisions.contains(&revision) {
                revisions.push(revision);
            }
        }
        let surplus = revisions.len().saturating_sub(MAX_ADMITTED_REVISIONS);
        revisions.drain(..surplus);
        revisions
    }

    /// Whether a namespace is enrolled.
    #[must_use]
    pub fn is_enrolled(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(&(String::new(), namespace.to_owned()))
    }
}

/// As many revisions as the schema of `NamespaceEnforcement` holds; the oldest go first.
pub const MAX_ADMITTED_REVISIONS: usize = 64;
