//! From a snapshot to verdicts: gathers the facts of a service and asks [`crate::compliance`].

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use super::args::RunArgs;
use super::record_index::RecordIndex;
use super::snapshot::{Key, Snapshot, names};
use crate::api::history::history_name;
use crate::api::names::POLICY_NAME;
use crate::api::service::Capture;
use crate::api::service::Provider;
use crate::api::{
    AssessmentRecordSpec, CompliancePolicySpec, DeepSynthesisService, EnforcementExemptionSpec, FilingRecordSpec,
};
use crate::compliance::exemption::spec_sha256;
use crate::compliance::{Exemption, Facts, Named, Now, Verdict, evaluate};
use crate::inject::Plan;
use crate::law::Calendar;

/// What all services of a snapshot are judged by. Making one costs next to nothing while no record changes.
pub struct Judge<'a> {
    snapshot: &'a Snapshot,
    policy: Cow<'a, CompliancePolicySpec>,
    calendar: Cow<'static, Calendar>,
    index: Arc<RecordIndex>,
}

impl<'a> Judge<'a> {
    /// Without a policy the strict defaults hold.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let policy = snapshot.policies.get(&(String::new(), POLICY_NAME.to_owned()));
        let policy = policy.map_or_else(Cow::default, |policy| Cow::Borrowed(&policy.spec));
        Self { snapshot, calendar: calendar(&policy), policy, index: RecordIndex::of(snapshot) }
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &CompliancePolicySpec {
        &self.policy
    }

    /// Whether a namespace is enrolled.
    #[must_use]
    pub fn is_enrolled(&self, namespace: &str) -> bool {
        self.snapshot.is_enrolled(namespace)
    }

    /// The clock at an instant, with the policy's calendar.
    #[must_use]
    pub fn now(&self, instant: Timestamp) -> Now<'_> {
        Now { instant, calendar: &self.calendar }
    }

    /// Assessments of a service.
    #[must_use]
    pub fn assessments_of(&self, provider: &Provider) -> Vec<Named<'a, AssessmentRecordSpec>> {
        self.assessments(self.index.assessments.own(provider))
    }

    /// Assessments with a decision on scope in a namespace.
    #[must_use]
    pub fn decisions_in(&self, namespace: &str) -> Vec<Named<'a, AssessmentRecordSpec>> {
        self.assessments(self.index.decisions.get(namespace).map(Vec::as_slice).unwrap_or_default())
    }

    fn assessments(&self, keys: &[Key]) -> Vec<Named<'a, AssessmentRecordSpec>> {
        keys.iter().filter_map(|key| self.assessment(key)).collect()
    }

    fn assessment(&self, key: &Key) -> Option<Named<'a, AssessmentRecordSpec>> {
        let ((_, name), record) = self.snapshot.assessments.get_key_value(key)?;
        Some(Named { name, spec: &record.spec })
    }

    fn filing(&self, key: &Key) -> Option<Named<'a, FilingRecordSpec>> {
        let ((_, name), record) = self.snapshot.filings.get_key_value(key)?;
        Some(Named { name, spec: &record.spec })
    }

    /// The verdict on one service at one instant.
    #[must_use]
    pub fn verdict(&self, service: &DeepSynthesisService, instant: Timestamp) -> Verdict {
        let provider = &service.spec.provider;
        let history = history_name(&provider.unified_social_credit_code, &provider.service_code);
        let history = self.snapshot.histories.get(&(String::new(), history)).map(|history| &history.spec);
        let (namespace, name) = names(service);
        let filings = self.index.filings.of(namespace, provider).filter_map(|key| self.filing(&key));
        let assessments = self.index.assessments.of(namespace, provider).filter_map(|key| self.assessment(&key));
        let facts = Facts {
            namespace,
            name,
            spec: &service.spec,
            policy: &self.policy,
            filings: filings.as_slices(),
            assessments: assessments.as_slices(),
            exemptions: &exemptions(self.snapshot, |exemption| exemption.target.namespace == namespace),
            history,
        };
        evaluate(&facts, &self.now(instant))
    }

    /// What to inject into a pod of a service.
    #[must_use]
    pub fn plan(&self, service: &DeepSynthesisService, args: &RunArgs, verify_key: &str) -> Plan {
        let (namespace, name) = names(service);
        // Where the gate warns only, what a tenant writes must still not bring NET_ADMIN into a pod.
        let is_allowed = self.policy.allows_redirect(namespace);
        let capture = if is_allowed { service.spec.capture } else { Capture::SplitAddress };
        Plan {
            service: name.to_owned(),
            namespace: namespace.to_owned(),
            service_uid: service.metadata.uid.clone().unwrap_or_default(),
            image: args.sidecar_image.clone(),
            image_pull_policy: args.sidecar_image_pull_policy.clone(),
            image_pull_secrets: args.sidecar_image_pull_secrets.clone(),
            verify_key: verify_key.to_owned(),
            resources: self.policy.sidecar.clone(),
            capture,
            keeps_records: args.ledger_url.is_some(),
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

/// Exemptions that are asked for, with the approvals that name them; whether they count is decided by
/// [`crate::compliance::exemption`].
pub fn exemptions<'a>(
    snapshot: &'a Snapshot,
    is_asked: impl Fn(&EnforcementExemptionSpec) -> bool,
) -> Vec<Exemption<'a>> {
    let asked = snapshot.exemptions.iter().filter(|(_, exemption)| is_asked(&exemption.spec));
    asked
        .map(|((_, name), exemption)| Exemption {
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
        })
        .collect()
}
