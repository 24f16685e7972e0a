//! From a snapshot to verdicts: gathers the facts of a service and asks [`crate::compliance`].

use jiff::Timestamp;

use super::args::RunArgs;
use super::snapshot::{Snapshot, names};
use crate::api::history::history_name;
use crate::api::names::POLICY_NAME;
use crate::api::{AssessmentRecordSpec, CompliancePolicySpec, DeepSynthesisService, FilingRecordSpec};
use crate::compliance::exemption::spec_sha256;
use crate::compliance::{Exemption, Facts, Named, Now, Verdict, evaluate};
use crate::inject::Plan;
use crate::law::Calendar;

/// What all services of a snapshot are judged by, gathered once.
pub struct Judge<'a> {
    snapshot: &'a Snapshot,
    policy: CompliancePolicySpec,
    filings: Vec<Named<'a, FilingRecordSpec>>,
    assessments: Vec<Named<'a, AssessmentRecordSpec>>,
    exemptions: Vec<Exemption<'a>>,
}

impl<'a> Judge<'a> {
    /// Without a policy the strict defaults hold.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let policy = snapshot.policies.get(&(String::new(), POLICY_NAME.to_owned()));
        Self {
            snapshot,
            policy: policy.map(|policy| policy.spec.clone()).unwrap_or_default(),
            filings: snapshot.filings.iter().map(|((_, name), record)| Named { name, spec: &record.spec }).collect(),
            assessments: snapshot
                .assessments
                .iter()
                .map(|((_, name), record)| Named { name, spec: &record.spec })
                .collect(),
            exemptions: exemptions(snapshot),
        }
    }

    /// The cluster's policy.
    #[must_use]
    pub fn policy(&self) -> &CompliancePolicySpec {
        &self.policy
    }

    /// All assessment records.
    #[must_use]
    pub fn assessments(&self) -> &[Named<'a, AssessmentRecordSpec>] {
        &self.assessments
    }

    /// The verdict on one service at one instant.
    #[must_use]
    pub fn verdict(&self, service: &DeepSynthesisService, instant: Timestamp) -> Verdict {
        let provider = &service.spec.provider;
        let history = history_name(&provider.unified_social_credit_code, &provider.service_code);
        let history = self.snapshot.histories.get(&(String::new(), history)).map(|history| &history.spec);
        let (namespace, name) = names(service);
        let facts = Facts {
            namespace,
            name,
            spec: &service.spec,
            policy: &self.policy,
            filings: &self.filings,
            assessments: &self.assessments,
            exemptions: &self.exemptions,
            history,
        };
        evaluate(&facts, &Now { instant, calendar: Calendar::china() })
    }

    /// What to inject into a pod of a service.
    #[must_use]
    pub fn plan(&self, service: &DeepSynthesisService, args: &RunArgs, verify_key: &str) -> Plan {
        let (namespace, name) = names(service);
        Plan {
            service: name.to_owned(),
            namespace: namespace.to_owned(),
            service_uid: service.metadata.uid.clone().unwrap_or_default(),
            image: args.sidecar_image.clone(),
            image_pull_policy: args.sidecar_image_pull_policy.clone(),
            image_pull_secrets: args.sidecar_image_pull_secrets.clone(),
            verify_key: verify_key.to_owned(),
            ports: service.spec.endpoints.iter().map(|endpoint| endpoint.port).collect(),
            resources: self.policy.sidecar.clone(),
        }
    }
}

/// Every exemption with the approvals that name it; whether they count is decided by [`crate::compliance::exemption`].
fn exemptions(snapshot: &Snapshot) -> Vec<Exemption<'_>> {
    let with_approvals = snapshot.exemptions.iter().map(|((_, name), exemption)| Exemption {
        name,
        uid: exemption.metadata.uid.as_deref().unwrap_or_default(),
        spec: &exemption.spec,
        spec_sha256: spec_sha256(&exemption.spec),
        approvals: snapshot
            .approvals
            .values()
            .map(|approval| &approval.spec)
            .filter(|approval| approval.exemption == *name)
            .collect(),
    });
    with_approvals.collect()
}
