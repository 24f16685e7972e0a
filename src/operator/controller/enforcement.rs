//! What the policies inside the API server judge by, for one namespace.
//!
//! In: a snapshot, its verdicts, what is injected, a clock. Out: the `NamespaceEnforcement`, or none. Must not: decide; a
//! policy that judges by it must come to what `compliance::admit` says, also later, when no operator runs.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::build::Verdicts;
use crate::api::names::ENFORCEMENT_NAME;
use crate::api::{
    AdmittedRevision, DecidedWorkload, DeepSynthesisService, EnforcedService, Injection, Mode, NamespaceEnforcement,
    NamespaceEnforcementSpec, OrderedMeasure, Undeclared,
};
use crate::compliance::decision::decisions;
use crate::compliance::{Gate, Severity, Verdict, refusal_line};
use crate::inject::{self, Carried, Expected, Plan};
use crate::law::calendar::end_of_day;
use crate::operator::args::Settings;
use crate::operator::judge::Judge;
use crate::operator::snapshot::{Key, MAX_ADMITTED_REVISIONS, Snapshot, names};

/// Revisions of all services of a namespace together: the object must fit into one request to etcd.
const REVISIONS_OF_NAMESPACE: usize = 2048;
/// So many each service may have, however many services there are.
const LEAST_REVISIONS: usize = 8;
/// As the schema allows.
const MAX_DECIDED: usize = 256;
const MAX_IMAGES: usize = 64;
/// Verdicts that are looked at ahead; a gate whose lapses do not close it within them is said to close.
const LOOKS_AHEAD: usize = 8;

/// What a service's pods carry, made once per plan: it takes longer than everything else here together.
pub struct Sidecar {
    plan: Plan,
    expected: Expected,
    carriable: Vec<Carried>,
}

/// By service, kept from one look to the next.
pub type Sidecars = BTreeMap<Key, Sidecar>;

/// Brings what is kept in line with the services that there are.
pub fn prepare(known: &mut Sidecars, judge: &Judge<'_>, snapshot: &Snapshot, settings: &Settings, verify_key: &str) {
    known.retain(|key, _| snapshot.services.contains_key(key));
    for (key, service) in snapshot.services.iter() {
        let plan = judge.plan(service, settings, verify_key);
        if known.get(key).is_none_or(|known| known.plan != plan) {
            let sidecar = Sidecar { expected: inject::expected(&plan), carriable: inject::carriable(&plan), plan };
            known.insert(key.clone(), sidecar);
        }
    }
}

/// What is the same for all namespaces of one look.
pub struct Inputs<'a> {
    /// The cluster as known now.
    pub snapshot: &'a Snapshot,
    /// Judges at later instants.
    pub judge: &'a Judge<'a>,
    /// Verdicts of now.
    pub verdicts: &'a Verdicts,
    /// What their pods carry; see [`prepare`].
    pub sidecars: &'a Sidecars,
    /// The clock.
    pub now: Timestamp,
}

impl Inputs<'_> {
    /// The enforcement object of a namespace; none where nothing is enforced and no service remembers revisions.
    #[must_use]
    pub fn enforcement(&self, namespace: &str) -> Option<NamespaceEnforcement> {
        let services: Vec<_> = self.snapshot.services_in(namespace).collect();
        if services.is_empty() && !self.snapshot.is_enrolled(namespace) {
            return None;
        }
        let revisions = (REVISIONS_OF_NAMESPACE / services.len().max(1)).clamp(LEAST_REVISIONS, MAX_ADMITTED_REVISIONS);
        let mut spec = NamespaceEnforcementSpec::default();
        for service in services {
            let key = (namespace.to_owned(), names(service).1.to_owned());
            let Some(Sidecar { expected, carriable, .. }) = self.sidecars.get(&key) else { continue };
            spec.sidecar = spec.sidecar.or_else(|| Some(expected.container.clone()));
            // Of the cluster's policy and the operator's arguments: the same for all services.
            spec.injection = spec.injection.or_else(|| Some(injection(expected)));
            let admitted = self.snapshot.admitted_revisions(service, carriable);
            spec.services.extend(self.service(namespace, service, expected, newest(admitted, revisions)));
        }
        self.undeclared(namespace, &mut spec);
        let mut object = NamespaceEnforcement::new(ENFORCEMENT_NAME, spec);
        object.metadata.namespace = Some(namespace.to_owned());
        Some(object)
    }

    fn service(
        &self,
        namespace: &str,
        service: &DeepSynthesisService,
        expected: &Expected,
        admitted_revisions: Vec<AdmittedRevision>,
    ) -> Option<EnforcedService> {
        let name = names(service).1;
        let verdict = self.verdicts.get(&(namespace.to_owned(), name.to_owned()))?;
        let (closes_at, closed) = self.closing(service, verdict);
        let against: Vec<_> =
            closed.findings.iter().filter(|finding| finding.severity == Severity::Violation).cloned().collect();
        Some(EnforcedService {
            name: name.to_owned(),
            selector: service.spec.workload_selector.clone(),
            mode: verdict.mode,
            gate: verdict.gate.as_str().to_owned(),
            closes_at: closes_at.map(|instant| instant.to_string()),
            on_lapse: verdict.on_lapse,
            suspended: verdict.is_suspended,
            suspended_from: self.suspended_from(service).map(|instant| instant.to_string()),
            refusal: refusal_line(&against),
            replacements_until: closed.replacements_until.map(|instant| instant.to_string()),
            image: expected.image.clone(),
            args: expected.arguments.clone(),
            redirect: expected.redirect.clone(),
            volumes: expected.volumes.clone(),
            proofs: expected.proofs.clone(),
            assessed_images: verdict.assessed_images.clone().filter(|images| images.len() <= MAX_IMAGES),
            admitted_revisions,
        })
    }

    /// When the gate closes by itself, and the verdict that closes it: reasons and the end of replacements are those.
    fn closing<'v>(
        &self,
        service: &DeepSynthesisService,
        verdict: &'v Verdict,
    ) -> (Option<Timestamp>, Cow<'v, Verdict>) {
        let mut last = Cow::Borrowed(verdict);
        for _ in 0..LOOKS_AHEAD {
            let Some(at) = last.closes_at else { return (None, Cow::Borrowed(verdict)) };
            let then = self.judge.verdict(service, at);
            if then.gate == Gate::Closed {
                return (Some(at), Cow::Owned(then));
            }
            last = Cow::Owned(then);
        }
        (last.closes_at, last)
    }

    /// When an order begins that stops the service and is known already (Order 12 Art. 21).
    fn suspended_from(&self, service: &DeepSynthesisService) -> Option<Timestamp> {
        let provider = &service.spec.provider;
        let orders = self.judge.policy().orders.iter();
        // Only to look at few instants; whether an order stops the service is the verdict's to say.
        let ours = orders.filter(|order| {
            order.measure == OrderedMeasure::SuspendService
                && order.unified_social_credit_code == provider.unified_social_credit_code
                && order.service_code.as_ref().is_none_or(|code| *code == provider.service_code)
        });
        let begins: BTreeSet<Timestamp> =
            ours.filter_map(|order| order.from.parse().ok()).filter(|from| *from > self.now).collect();
        begins.into_iter().find(|from| self.judge.verdict(service, *from).is_suspended)
    }

    fn undeclared(&self, namespace: &str, spec: &mut NamespaceEnforcementSpec) {
        let policy = self.judge.policy();
        if policy.undeclared != Undeclared::Deny || policy.mode != Mode::Enforce {
            return;
        }
        let records = self.judge.decisions_in(namespace);
        let today = self.judge.now(self.now).china_date();
        let mut decided: Vec<DecidedWorkload> = decisions(&records, namespace, today)
            .flat_map(|(record, decision)| {
                let until = record.spec.valid_until.as_deref().and_then(|day| day.parse().ok()).map(end_of_day);
                decision.not_generative.iter().map(move |workload| DecidedWorkload {
                    match_labels: workload.match_labels.clone(),
                    until: until.map(|instant| instant.to_string()),
                })
            })
            // An empty one would cover everything.
            .filter(|workload| !workload.match_labels.is_empty())
            .collect();
        decided.sort();
        decided.dedup();
        // A list cut short would refuse what an officer decided; then only the webhook refuses.
        if decided.len() <= MAX_DECIDED {
            spec.undeclared = Undeclared::Deny;
            spec.not_generative = decided;
        }
    }
}

fn injection(expected: &Expected) -> Injection {
    Injection {
        resources: expected.resources.clone(),
        image_pull_policy: expected.pull_policy.clone(),
        image_pull_secrets: expected.pull_secrets.clone(),
    }
}

fn newest(mut revisions: Vec<AdmittedRevision>, count: usize) -> Vec<AdmittedRevision> {
    revisions.drain(..revisions.len().saturating_sub(count));
    revisions
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::super::fixture::{USCC, filing, service, with_filing, with_service};
    use super::*;
    use crate::api::names::POLICY_NAME;
    use crate::api::{CompliancePolicy, CompliancePolicySpec};
    use crate::operator::args::{Cli, Command};
    use clap::Parser as _;

    const NOW: &str = "2026-11-25T00:00:00Z";

    fn built(snapshot: &Snapshot, namespace: &str) -> Option<NamespaceEnforcementSpec> {
        let words = "deepsynthesis-operator run --namespace s --identity i --service-name n --workloads-webhook w \
                     --records-webhook r --sidecar-image sidecar:v1 --operator-service-account o";
        let Command::Run(args) = Cli::parse_from(words.split_whitespace()).command else { panic!() };
        let judge = Judge::new(snapshot);
        let now = NOW.parse().unwrap();
        let verdicts: Verdicts =
            snapshot.services.iter().map(|(key, service)| (key.clone(), judge.verdict(service, now))).collect();
        let mut sidecars = Sidecars::new();
        prepare(&mut sidecars, &judge, snapshot, &args.settings, "key");
        let inputs = Inputs { snapshot, judge: &judge, verdicts: &verdicts, sidecars: &sidecars, now };
        inputs.enforcement(namespace).map(|object| object.spec)
    }

    fn enrol(snapshot: &mut Snapshot, namespace: &str) {
        Arc::make_mut(&mut snapshot.namespaces).insert((String::new(), namespace.to_owned()), Arc::new(()));
    }

    fn with_policy(snapshot: &mut Snapshot, spec: serde_json::Value) {
        let spec: CompliancePolicySpec = serde_json::from_value(spec).unwrap();
        let policy = CompliancePolicy::new(POLICY_NAME, spec);
        Arc::make_mut(&mut snapshot.policies).insert((String::new(), POLICY_NAME.to_owned()), Arc::new(policy));
    }

    #[test]
    fn every_enrolled_namespace_is_spoken_of_and_no_other() {
        let mut snapshot = Snapshot::default();
        enrol(&mut snapshot, "enrolled");
        assert_eq!(built(&snapshot, "enrolled"), Some(NamespaceEnforcementSpec::default()));
        assert_eq!(built(&snapshot, "other"), None);
        // Its revisions are remembered for when it is enrolled.
        with_service(&mut snapshot, service("other", "studio", "0001"));
        let spec = built(&snapshot, "other").unwrap();
        assert_eq!(spec.services[0].name, "studio");
        assert!(spec.sidecar.is_some());
    }

    #[test]
    fn an_order_that_is_known_ahead_says_when_the_gate_closes_and_why_article_21() {
        let mut snapshot = Snapshot::default();
        let mut open = service("studio", "studio", "0001");
        open.spec.public_opinion.attribute = false;
        open.spec.audience = crate::api::service::Audience::Internal;
        with_service(&mut snapshot, open);
        with_filing(&mut snapshot, filing("filing", "0001", "studio"));
        let entry = |snapshot: &Snapshot| built(snapshot, "studio").unwrap().services.remove(0);
        assert_eq!((entry(&snapshot).gate.as_str(), entry(&snapshot).closes_at), ("Open", None));
        with_policy(
            &mut snapshot,
            json!({"orders": [{
                "reference": "1", "measure": "SuspendService", "unifiedSocialCreditCode": USCC, "from": "2026-12-01T00:00:00Z",
            }]}),
        );
        let entry = entry(&snapshot);
        assert_eq!(entry.gate, "Open");
        assert_eq!(entry.closes_at.as_deref(), Some("2026-12-01T00:00:00Z"));
        assert_eq!(entry.suspended_from.as_deref(), Some("2026-12-01T00:00:00Z"));
        assert!(!entry.suspended && entry.refusal.contains("[ServiceSuspended]"), "{}", entry.refusal);
    }

    #[test]
    fn a_namespace_full_of_services_fits_into_one_object() {
        let revision = |index: usize| AdmittedRevision {
            owner: format!("00000000-0000-0000-0000-{index:012}"),
            hash: format!("{index:010}"),
            content: "a".repeat(64),
        };
        let all: Vec<_> = (0..MAX_ADMITTED_REVISIONS).map(revision).collect();
        let kept = newest(all.clone(), LEAST_REVISIONS);
        assert_eq!(kept, all[MAX_ADMITTED_REVISIONS - LEAST_REVISIONS..], "the newest are kept");
        let mut snapshot = Snapshot::default();
        for index in 0..256 {
            with_service(&mut snapshot, service("studio", &format!("service-{index:04}"), &format!("{index:04}")));
        }
        let mut spec = built(&snapshot, "studio").unwrap();
        for entry in &mut spec.services {
            entry.admitted_revisions.clone_from(&kept);
        }
        // What etcd takes by default, less what the API server keeps about field managers.
        let size = serde_json::to_vec(&spec).unwrap().len();
        assert!(spec.services.len() == 256 && size < 1_250_000, "{size}");
    }
}
