//! What should exist for a service: pure, from a snapshot, its verdicts and a clock.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::retention::Kept;
use super::status::{Inputs, Pods};
use crate::api::history::history_name;
use crate::api::service::DeepSynthesisServiceStatus;
use crate::api::{DeepSynthesisService, ServiceHistory, ServiceHistorySpec};
use crate::compliance::validate::validate_service;
use crate::compliance::{FilingInForce, Verdict};
use crate::contract::SidecarConfig;
use crate::contract::disclosure::{Disclosure, ShownFiling};
use crate::inject::Obstacle;
use crate::law::ProviderCode;
use crate::operator::judge::Judge;
use crate::operator::scan::Scanned;
use crate::operator::seen::Seen;
use crate::operator::snapshot::{Key, Snapshot, names};

/// Everything that should exist for one service.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    /// Payload of the sidecars' configuration; `None` while the provider code cannot be built.
    pub config: Option<SidecarConfig>,
    /// The status.
    pub status: DeepSynthesisServiceStatus,
}

/// What others found out about a service.
#[derive(Clone, Copy, Default)]
pub struct Observed<'a> {
    /// Its pods.
    pub pods: Pods,
    /// What will refuse its pods once they are injected; `None` while nobody looked.
    pub obstacles: Option<&'a BTreeSet<Obstacle>>,
    /// Its records.
    pub kept: Kept<'a>,
}

/// Verdicts of one look, by service: everything that is written then follows from the same ones.
pub type Verdicts = BTreeMap<Key, Verdict>;

/// Builds everything for one service; `seen` is the status that it has.
#[must_use]
pub fn desired(
    judge: &Judge<'_>,
    service: &DeepSynthesisService,
    seen: &Seen,
    verdict: &Verdict,
    observed: Observed<'_>,
    now: Timestamp,
) -> Desired {
    let Observed { pods, obstacles, kept } = observed;
    let invalid = validate_service(&service.spec);
    let (namespace, name) = names(service);
    let shown = |filing: &FilingInForce| ShownFiling {
        number: filing.number.clone(),
        link: filing.link.clone(),
        model: filing.model.clone(),
    };
    let (filing, generative_ai) = (verdict.filing.as_ref().map(shown), verdict.generative_ai.as_ref().map(shown));
    let disclosure = Disclosure::of(&service.spec, filing, generative_ai);
    let provider = &service.spec.provider;
    let orders = judge.policy().orders.iter().filter(|order| order.concerns(provider)).cloned().collect();
    let config = ProviderCode::generation(&provider.unified_social_credit_code, &provider.service_code)
        .filter(|_| invalid.is_empty())
        .map(|code| SidecarConfig::of(namespace, name, &service.spec, code.as_str().to_owned(), disclosure, orders));
    let status = super::status::build(&Inputs {
        service,
        seen,
        verdict,
        invalid: &invalid,
        pods,
        obstacles,
        is_enrolled: judge.is_enrolled(namespace),
        has_config: config.is_some(),
        kept,
        now,
    });
    Desired { config, status }
}

/// Pods per service: those with our label from the watch, those without our sidecar from the latest scan. A pod that has
/// only the label counts among the latter.
#[must_use]
pub fn pods(snapshot: &Snapshot, scanned: &Scanned) -> BTreeMap<Key, Pods> {
    let mut pods: BTreeMap<Key, Pods> = BTreeMap::new();
    for ((namespace, _), pod) in snapshot.pods.iter() {
        pods.entry((namespace.clone(), pod.service.clone())).or_default().injected += 1;
    }
    for (key, uninjected) in &scanned.uninjected {
        let pods = pods.entry(key.clone()).or_default();
        pods.uninjected = uninjected.pods;
        pods.injected = pods.injected.saturating_sub(uninjected.labelled);
    }
    pods
}

/// What the latest scan found in the way of a service; `None` before the first one.
#[must_use]
pub fn obstacles<'a>(scanned: &'a Scanned, service: &Key) -> Option<&'a BTreeSet<Obstacle>> {
    static NOTHING: BTreeSet<Obstacle> = BTreeSet::new();
    scanned.is_done.then(|| scanned.obstacles.get(service).unwrap_or(&NOTHING))
}

/// The history as an object.
#[must_use]
pub fn history_object(spec: ServiceHistorySpec) -> ServiceHistory {
    ServiceHistory::new(&history_name(&spec.unified_social_credit_code, &spec.service_code), spec)
}
