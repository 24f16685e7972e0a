//! From a snapshot to verdicts: gathers the facts of a service and asks [`crate::compliance`].

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;

use super::args::Settings;
use super::record_index::RecordIndex;
use super::snapshot::{Key, Snapshot, names};
use crate::api::history::history_name;
use crate::api::names::{ENFORCEMENT_NAME, POLICY_NAME, RECORDS_VOLUME};
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

    /// What to inject into a pod of a service, as the leader published it last: replicas of different settings inject and verify
    /// the same while they are replaced one after the other. By these settings where nothing is published yet.
    #[must_use]
    pub fn published_plan(&self, service: &DeepSynthesisService, settings: &Settings, verify_key: &str) -> Plan {
        let (namespace, name) = names(service);
        let object = self.snapshot.enforcements.get(&(namespace.to_owned(), ENFORCEMENT_NAME.to_owned()));
        let published = object.and_then(|object| {
            let injection = object.spec.injection.as_ref()?;
            let service = object.spec.services.iter().find(|service| service.name == name)?;
            Some((injection, service))
        });
        let plan = self.plan(service, settings, verify_key);
        let Some((injection, service)) = published else { return plan };
        Plan {
            image: service.image.clone(),
            image_pull_policy: injection.image_pull_policy.clone(),
            image_pull_secrets: injection.image_pull_secrets.clone(),
            keeps_records: service.volumes.iter().any(|volume| volume["name"] == RECORDS_VOLUME),
            ..plan
        }
    }

    /// What to inject into a pod of a service by these settings.
    #[must_use]
    pub fn plan(&self, service: &DeepSynthesisService, settings: &Settings, verify_key: &str) -> Plan {
        let (namespace, name) = names(service);
        // Where the gate warns only, what a tenant writes must still not bring NET_ADMIN into a pod.
        let is_allowed = self.policy.allows_redirect(namespace);
        let capture = if is_allowed { service.spec.capture } else { Capture::SplitAddress };
        Plan {
            service: name.to_owned(),
            namespace: namespace.to_owned(),
            service_uid: service.metadata.uid.clone().unwrap_or_default(),
            image: settings.sidecar_image.clone(),
            image_pull_policy: settings.sidecar_image_pull_policy.clone(),
            image_pull_secrets: settings.sidecar_image_pull_secrets.clone(),
            verify_key: verify_key.to_owned(),
            resources: self.policy.sidecar.clone(),
            capture,
            keeps_records: settings.ledger_url.is_some(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{EnforcedService, Injection, NamespaceEnforcement, NamespaceEnforcementSpec};
    use serde_json::json;

    #[test]
    fn while_replicas_are_replaced_all_inject_what_the_leader_published() {
        let service: DeepSynthesisService = serde_json::from_value(json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "DeepSynthesisService",
            "metadata": {"name": "studio", "namespace": "shop", "uid": "u"},
            "spec": {"provider": {"name": "x", "unifiedSocialCreditCode": "91110108MADEM0XY18", "serviceCode": "1"},
                "roles": ["Provider"], "audience": "Internal", "technologies": ["Text"],
                "publicOpinion": {"attribute": false}, "workloadSelector": {"matchLabels": {"a": "b"}},
                "endpoints": [{"port": 1}]},
        }))
        .unwrap();
        let settings = |image: &str, ledger: Option<&str>| Settings {
            sidecar_image: image.to_owned(),
            sidecar_image_pull_policy: "Always".to_owned(),
            ledger_url: ledger.map(str::to_owned),
            ..Settings::default()
        };
        let (before, after) = (settings("sidecar:1", None), settings("sidecar:2", Some("https://ledger")));
        let mut snapshot = Snapshot::default();
        let own = Judge::new(&snapshot).published_plan(&service, &after, "key");
        assert_eq!((own.image.as_str(), own.keeps_records), ("sidecar:2", true), "nothing is published yet");

        let published = crate::inject::expected(&Judge::new(&snapshot).plan(&service, &before, "key"));
        let entry: EnforcedService = serde_json::from_value(json!({
            "name": "studio", "selector": {"matchLabels": {"a": "b"}}, "mode": "Enforce", "gate": "Open",
            "onLapse": "FreezeRollouts", "suspended": false, "refusal": "", "image": published.image, "args": published.arguments,
            "volumes": published.volumes, "proofs": published.proofs,
        }))
        .unwrap();
        let spec = NamespaceEnforcementSpec {
            services: vec![entry],
            injection: Some(Injection {
                resources: published.resources,
                image_pull_policy: published.pull_policy,
                image_pull_secrets: published.pull_secrets,
            }),
            ..NamespaceEnforcementSpec::default()
        };
        let key = ("shop".to_owned(), ENFORCEMENT_NAME.to_owned());
        let object = NamespaceEnforcement::new(ENFORCEMENT_NAME, spec);
        Arc::make_mut(&mut snapshot.enforcements).insert(key, Arc::new(object));
        let judge = Judge::new(&snapshot);
        assert_eq!(judge.published_plan(&service, &after, "key"), judge.plan(&service, &before, "key"));
        assert_eq!(judge.plan(&service, &after, "key").image, "sidecar:2", "what the next leader publishes");
    }
}
