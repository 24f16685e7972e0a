//! From a verdict to what people read: conditions, findings, gate. Pure.
//!
//! In: [`Inputs`]. Out: the status as it should be. Must not: move a time that did not move: a status that is the same must
//! come out the same, so that it is written once.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use super::condition::{Said, conditions};
use super::retention::{self, Kept};
use crate::api::DeepSynthesisService;
use crate::api::service::{ConfigStatus, DeepSynthesisServiceStatus, Disclosure, FindingStatus, WorkloadsStatus};
use crate::compliance::validate::Invalid;
use crate::compliance::{Finding, Severity, Verdict};
use crate::inject::Obstacle;
use crate::operator::seen::Seen;

/// As many findings as the schema takes.
const MAX_FINDINGS: usize = 64;

/// What a status is made of.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The service.
    pub service: &'a DeepSynthesisService,
    /// The status it has.
    pub seen: &'a Seen,
    /// What the law says.
    pub verdict: &'a Verdict,
    /// What its schema could not refuse.
    pub invalid: &'a [Invalid],
    /// Its pods.
    pub pods: Pods,
    /// What will refuse its pods once they are injected; `None` while nobody looked.
    pub obstacles: Option<&'a BTreeSet<Obstacle>>,
    /// Whether its namespace is enrolled.
    pub is_enrolled: bool,
    /// Whether its sidecars have a configuration.
    pub has_config: bool,
    /// Its records.
    pub kept: Kept<'a>,
    /// The clock.
    pub now: Timestamp,
}

/// Living pods that a service selects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pods {
    /// With our sidecar.
    pub injected: u32,
    /// Without it.
    pub uninjected: u32,
}

impl Pods {
    /// All of them.
    #[must_use]
    pub fn matched(self) -> u32 {
        self.injected.saturating_add(self.uninjected)
    }
}

/// The status of a service.
#[must_use]
pub fn build(inputs: &Inputs<'_>) -> DeepSynthesisServiceStatus {
    let verdict = inputs.verdict;
    let generation = inputs.service.metadata.generation;
    let mut missing: Vec<_> = violations(verdict).map(|finding| finding.reason.code()).collect();
    missing.dedup();
    let pods = inputs.pods;
    DeepSynthesisServiceStatus {
        observed_generation: generation,
        gate: Some(verdict.gate.as_str().to_owned()),
        next_deadline: verdict.next_deadline.map(|instant| instant.to_string()),
        missing: (!missing.is_empty()).then(|| missing.join(",")),
        findings: findings(inputs),
        workloads: Some(Box::new(WorkloadsStatus {
            matched: pods.matched(),
            injected: pods.injected,
            uninjected: pods.uninjected,
            summary: format!("{}/{}", pods.injected, pods.matched()),
        })),
        config: generation.filter(|_| inputs.has_config).map(|generation| ConfigStatus { generation }),
        replacements_until: verdict.replacements_until.map(|instant| instant.to_string()),
        disclosure: disclosure(verdict).map(Box::new),
        retention: retention::status(inputs.kept, inputs.seen.retention.as_deref(), inputs.now).map(Box::new),
        conditions: conditions(inputs).into_iter().map(|said| condition(said, inputs)).collect(),
    }
}

fn disclosure(verdict: &Verdict) -> Option<Disclosure> {
    let (filing, generative) = (verdict.filing.as_ref(), verdict.generative_ai.as_ref());
    if filing.is_none() && generative.is_none() {
        return None;
    }
    Some(Disclosure {
        number: filing.map(|filing| filing.number.clone()).unwrap_or_default(),
        link: filing.and_then(|filing| filing.link.clone()),
        generative_ai_number: generative.map(|filing| filing.number.clone()),
        generative_ai_model: generative.and_then(|filing| filing.model.clone()),
    })
}

fn condition(said: Said, inputs: &Inputs<'_>) -> Condition {
    // The transition time moves only when the status does (KEP-1623).
    let since = inputs.seen.condition_since(said.kind, said.status).unwrap_or_else(|| seconds(inputs.now));
    Condition {
        type_: said.kind.to_owned(),
        status: said.status.to_owned(),
        reason: said.reason.to_owned(),
        message: said.message,
        observed_generation: inputs.service.metadata.generation,
        last_transition_time: Time(since),
    }
}

fn violations(verdict: &Verdict) -> impl Iterator<Item = &Finding> {
    verdict.findings.iter().filter(|finding| finding.severity == Severity::Violation)
}

/// Worst first, as the verdict has them.
fn findings(inputs: &Inputs<'_>) -> Vec<FindingStatus> {
    let mut findings: Vec<_> = inputs.verdict.findings.iter().collect();
    findings.sort();
    let status = |finding: &Finding| {
        let mut status = finding_status(finding);
        let since = inputs.seen.finding_since(&status).unwrap_or_else(|| seconds(inputs.now));
        status.since = Some(since.to_string());
        status
    };
    findings.into_iter().take(MAX_FINDINGS).map(status).collect()
}

fn finding_status(finding: &Finding) -> FindingStatus {
    let reason = finding.reason;
    let detail = finding.detail.as_ref().map(|detail| format!(" {detail}.")).unwrap_or_default();
    FindingStatus {
        code: reason.code().to_owned(),
        article: reason.article().to_owned(),
        severity: finding.severity.as_str().to_owned(),
        message: format!("{}{detail}", reason.message_en()),
        message_zh: reason.message_zh().to_owned(),
        remedy: reason.remedy_en().to_owned(),
        remedy_zh: reason.remedy_zh().to_owned(),
        since: None,
        due: finding.due.map(|due| due.to_string()),
    }
}

/// Statuses hold whole seconds.
pub(super) fn seconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
