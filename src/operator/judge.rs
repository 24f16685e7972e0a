//! From a snapshot to a verdict: gathers the facts of one service and asks [`crate::compliance`].

use jiff::Timestamp;

use super::args::RunArgs;
use super::snapshot::Snapshot;
use crate::api::history::history_name;
use crate::api::names::POLICY_NAME;
use crate::api::{CompliancePolicySpec, DeepSynthesisService};
use crate::compliance::{Facts, Named, Now, Verdict, evaluate};
use crate::inject::Plan;
use crate::law::Calendar;

/// The policy in force; without one the strict defaults hold.
#[must_use]
pub fn policy(snapshot: &Snapshot) -> CompliancePolicySpec {
    snapshot
        .policies
        .get(&(String::new(), POLICY_NAME.to_owned()))
        .map(|policy| policy.spec.clone())
        .unwrap_or_default()
}

/// The verdict on one service at one instant.
#[must_use]
pub fn verdict(snapshot: &Snapshot, service: &DeepSynthesisService, instant: Timestamp) -> Verdict {
    let policy = policy(snapshot);
    let filings: Vec<_> =
        snapshot.filings.iter().map(|((_, name), record)| Named { name, spec: &record.spec }).collect();
    let assessments: Vec<_> =
        snapshot.assessments.iter().map(|((_, name), record)| Named { name, spec: &record.spec }).collect();
    let provider = &service.spec.provider;
    let history = history_name(&provider.unified_social_credit_code, &provider.service_code);
    let first_public_ready = snapshot
        .histories
        .get(&(String::new(), history))
        .and_then(|history| history.spec.first_public_ready.as_deref())
        .and_then(|instant| instant.parse().ok());
    let facts = Facts {
        namespace: service.metadata.namespace.as_deref().unwrap_or_default(),
        name: service.metadata.name.as_deref().unwrap_or_default(),
        spec: &service.spec,
        policy: &policy,
        filings: &filings,
        assessments: &assessments,
        first_public_ready,
    };
    evaluate(&facts, &Now { instant, calendar: Calendar::china() })
}

/// What to inject into a pod of a service.
#[must_use]
pub fn plan(snapshot: &Snapshot, service: &DeepSynthesisService, args: &RunArgs, verify_key: &str) -> Plan {
    Plan {
        service: service.metadata.name.clone().unwrap_or_default(),
        namespace: service.metadata.namespace.clone().unwrap_or_default(),
        service_uid: service.metadata.uid.clone().unwrap_or_default(),
        image: args.sidecar_image.clone(),
        image_pull_policy: args.sidecar_image_pull_policy.clone(),
        image_pull_secrets: args.sidecar_image_pull_secrets.clone(),
        verify_key: verify_key.to_owned(),
        ports: service.spec.endpoints.iter().map(|endpoint| endpoint.port).collect(),
        resources: policy(snapshot).sidecar,
    }
}
