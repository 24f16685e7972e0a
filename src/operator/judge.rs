//! From a snapshot to verdicts: gathers the facts of a service and asks [`crate::compliance`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::args::RunArgs;
use super::snapshot::{Snapshot, names};
use crate::api::history::history_name;
use crate::api::names::POLICY_NAME;
use crate::api::{CompliancePolicySpec, DeepSynthesisService, ExemptionApprovalSpec};
use crate::compliance::exemption::spec_sha256;
use crate::compliance::{Exemption, Facts, Named, Now, Records, Verdict, evaluate};
use crate::inject::Plan;
use crate::law::Calendar;

/// What all services of a snapshot are judged by, gathered once.
pub struct Judge<'a> {
    snapshot: &'a Snapshot,
    policy: CompliancePolicySpec,
    calendar: Cow<'static, Calendar>,
    records: Records<'a>,
}

impl<'a> Judge<'a> {
    /// Without a policy the strict defaults hold.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let policy = snapshot.policies.get(&(String::new(), POLICY_NAME.to_owned()));
        let policy = policy.map(|policy| policy.spec.clone()).unwrap_or_default();
        let filings = snapshot.filings.iter().map(|((_, name), record)| Named { name, spec: &record.spec });
        let assessments = snapshot.assessments.iter().map(|((_, name), record)| Named { name, spec: &record.spec });
        let records = Records::new(filings.collect(), assessments.collect(), exemptions(snapshot));
        Self { snapshot, calendar: calendar(&policy), policy, records }
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &CompliancePolicySpec {
        &self.policy
    }

    /// All records.
    #[must_use]
    pub fn records(&self) -> &Records<'a> {
        &self.records
    }

    /// The clock at an instant, with the policy's calendar.
    #[must_use]
    pub fn now(&self, instant: Timestamp) -> Now<'_> {
        Now { instant, calendar: &self.calendar }
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
            filings: &self.records.filings_of(namespace, &service.spec),
            assessments: &self.records.assessments_of(namespace, &service.spec),
            exemptions: self.records.exemptions_in(namespace),
            history,
        };
        evaluate(&facts, &self.now(instant))
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

/// The shipped calendar with the policy's years. A year that cannot be read is left as shipped; admission refuses such.
fn calendar(policy: &CompliancePolicySpec) -> Cow<'static, Calendar> {
    let mut calendar = Cow::Borrowed(Calendar::china());
    for year in &policy.calendar {
        if let Ok(changed) = calendar.clone().into_owned().with_year(year.year, &year.holidays, &year.workdays) {
            calendar = Cow::Owned(changed);
        }
    }
    calendar
}

/// Every exemption with the approvals that name it; whether they count is decided by [`crate::compliance::exemption`].
fn exemptions(snapshot: &Snapshot) -> Vec<Exemption<'_>> {
    let mut approvals: BTreeMap<&str, Vec<&ExemptionApprovalSpec>> = BTreeMap::new();
    for approval in snapshot.approvals.values() {
        approvals.entry(&approval.spec.exemption).or_default().push(&approval.spec);
    }
    let with_approvals = snapshot.exemptions.iter().map(|((_, name), exemption)| Exemption {
        name,
        uid: exemption.metadata.uid.as_deref().unwrap_or_default(),
        spec: &exemption.spec,
        spec_sha256: spec_sha256(&exemption.spec),
        approvals: approvals.remove(name.as_str()).unwrap_or_default(),
    });
    with_approvals.collect()
}
