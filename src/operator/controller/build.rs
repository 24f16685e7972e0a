//! What should exist for a service: pure, from a snapshot, its verdicts and a clock.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::history::history_name;
use crate::api::names::ENFORCEMENT_NAME;
use crate::api::service::{Audience, DeepSynthesisServiceStatus};
use crate::api::{
    DeepSynthesisService, EnforcedService, NamespaceEnforcement, NamespaceEnforcementSpec, ServiceHistory,
    ServiceHistorySpec,
};
use crate::compliance::Verdict;
use crate::compliance::validate::validate_service;
use crate::contract::SidecarConfig;
use crate::law::{ProviderCode, ServiceType, Uscc};
use crate::operator::snapshot::{Key, Snapshot, names};

/// Everything that should exist for one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    /// Payload of the sidecars' configuration; `None` while the provider code cannot be built.
    pub config: Option<SidecarConfig>,
    /// The first public start, once it happened and is not on record yet.
    pub history: Option<ServiceHistorySpec>,
    /// The status.
    pub status: DeepSynthesisServiceStatus,
}

/// Verdicts of one look, by service: everything that is written then follows from the same ones.
pub type Verdicts = BTreeMap<Key, Verdict>;

/// Builds everything for one service. `matched` counts the pods that its selector matches, injected or not.
#[must_use]
pub fn desired(
    snapshot: &Snapshot,
    service: &DeepSynthesisService,
    verdict: &Verdict,
    matched: u32,
    now: Timestamp,
) -> Desired {
    let invalid = validate_service(&service.spec);
    let (namespace, name) = names(service);
    let filing = verdict.filing.as_ref().map(|filing| (filing.number.clone(), filing.link.clone()));
    let config = provider_code(service)
        .filter(|_| invalid.is_empty())
        .map(|code| SidecarConfig::of(namespace, name, &service.spec, code, filing));
    let injected = u32::try_from(snapshot.pods_of(namespace, name).count()).unwrap_or(u32::MAX);
    let status = super::status::build(service, verdict, &invalid, matched.max(injected), injected, now);
    Desired { config, history: first_public_ready(snapshot, service), status }
}

fn provider_code(service: &DeepSynthesisService) -> Option<String> {
    let provider = &service.spec.provider;
    let uscc = Uscc::parse(&provider.unified_social_credit_code).ok()?;
    let code = ProviderCode::build(&uscc, ServiceType::Generation, &provider.service_code).ok()?;
    Some(code.as_str().to_owned())
}

/// The ten working days of Algorithm Provisions Art. 24 begin when a pod of a public service is Ready for the first time.
fn first_public_ready(snapshot: &Snapshot, service: &DeepSynthesisService) -> Option<ServiceHistorySpec> {
    if service.spec.audience != Audience::PublicChina {
        return None;
    }
    let provider = &service.spec.provider;
    let name = history_name(&provider.unified_social_credit_code, &provider.service_code);
    if snapshot.histories.contains_key(&(String::new(), name)) {
        return None;
    }
    let (namespace, service_name) = names(service);
    let ready = snapshot.pods_of(namespace, service_name).filter_map(|pod| pod.ready_since).min()?;
    Some(ServiceHistorySpec {
        unified_social_credit_code: provider.unified_social_credit_code.clone(),
        service_code: provider.service_code.clone(),
        first_public_ready: Some(ready.to_string()),
        ..ServiceHistorySpec::default()
    })
}

/// The history as an object.
#[must_use]
pub fn history(spec: ServiceHistorySpec) -> ServiceHistory {
    ServiceHistory::new(&history_name(&spec.unified_social_credit_code, &spec.service_code), spec)
}

/// The enforcement object of a namespace.
#[must_use]
pub fn enforcement(snapshot: &Snapshot, verdicts: &Verdicts, namespace: &str, image: &str) -> NamespaceEnforcement {
    let services = snapshot
        .services_in(namespace)
        .filter_map(|service| {
            let name = names(service).1;
            let verdict = verdicts.get(&(namespace.to_owned(), name.to_owned()))?;
            Some(EnforcedService {
                name: name.to_owned(),
                gate: verdict.gate.as_str().to_owned(),
                closes_at: verdict.closes_at.map(|instant| instant.to_string()),
                replacements_until: verdict.replacements_until.map(|instant| instant.to_string()),
                image: image.to_owned(),
                admitted_revisions: snapshot.admitted_revisions(namespace, name),
            })
        })
        .collect();
    let mut object = NamespaceEnforcement::new(ENFORCEMENT_NAME, NamespaceEnforcementSpec { services });
    object.metadata.namespace = Some(namespace.to_owned());
    object
}
