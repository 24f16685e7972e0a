//! One object against the law: the questions of admission, asked about what is there already. Pure.
//!
//! In: a snapshot, the verdicts of one instant, a raw object. Out: entries of a report, and whether a pod lacks our sidecar
//! or will have no room for it.
//! Must not: judge otherwise than admission does; it uses the same functions, with [`Change::Create`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::entry::{Unlabelled, list, of_duty, of_finding, subject};
use super::report::{Entry, Outcome, Subject};
use super::room::Limits;
use crate::api::names::SERVICE_LABEL;
use crate::api::{AdmittedRevision, DeepSynthesisService, Mode};
use crate::compliance::undeclared::{is_not_generative, undeclared_finding};
use crate::compliance::{Change, Decision, RuleState, Severity, Verdict, Workload, admit};
use crate::detect::detect;
use crate::inject::{self, Obstacle, Plan};
use crate::law::Duty;
use crate::operator::admission::containers::containers;
use crate::operator::args::Settings;
use crate::operator::judge::Judge;
use crate::operator::repair::owner::controller;
use crate::operator::snapshot::{Key, Snapshot, names};
use crate::operator::workload::Kind;

/// What all objects of one scan are judged by.
pub struct Checks<'a> {
    snapshot: &'a Snapshot,
    judge: Judge<'a>,
    services: BTreeMap<&'a Key, Judged<'a>>,
    now: Timestamp,
    today: Date,
}

/// What all pods and workloads of one service are judged by.
struct Judged<'a> {
    service: &'a DeepSynthesisService,
    verdict: Verdict,
    plan: Plan,
    admitted: Vec<AdmittedRevision>,
}

/// What was seen of one object.
#[derive(Debug, Default)]
pub struct Looked {
    /// Results, none for what goes with its owner.
    pub entries: Vec<Entry>,
    /// The one service that selects it.
    pub service: Option<Key>,
    /// How a living pod of that service differs from what is injected.
    pub unproven: Option<Unproven>,
}

/// A pod of a service that does not carry what is injected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unproven {
    /// There is no sidecar at all.
    pub is_missing: bool,
    /// It has the label that the injector writes, and so counts among the injected ones.
    pub is_labelled: bool,
}

impl Looked {
    /// The worst of its results.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.entries.iter().map(|entry| entry.outcome).min().unwrap_or(Outcome::Skip)
    }
}

impl<'a> Checks<'a> {
    /// Judges every service once.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, settings: &'a Settings, verify_key: &'a str, now: Timestamp) -> Self {
        let judge = Judge::new(snapshot);
        let enrolled = snapshot.services.iter().filter(|((namespace, _), _)| snapshot.is_enrolled(namespace));
        let services = enrolled.map(|(key, service)| {
            let plan = judge.published_plan(service, settings, verify_key);
            // A report says what the law says; what the mode makes of it is admission's.
            let verdict = Verdict { mode: Mode::Enforce, ..judge.verdict(service, now) };
            let admitted = snapshot.admitted_revisions(service, &inject::carriable(&plan));
            (key, Judged { service, verdict, plan, admitted })
        });
        let services = services.collect();
        let today = judge.now(now).china_date();
        Self { snapshot, judge, services, now, today }
    }

    /// Results on services: what was found, and what is kept.
    pub fn services(&self) -> impl Iterator<Item = (&str, Entry)> {
        self.services.iter().flat_map(|(key, judged)| {
            of_service(judged.service, &judged.verdict).into_iter().map(|entry| (key.0.as_str(), entry))
        })
    }

    /// A service as the subject of a report.
    #[must_use]
    pub fn subject(&self, service: &Key) -> Option<Subject> {
        self.snapshot.services.get(service).map(|service| subject_of(service))
    }

    /// What the namespace will refuse of an object of a service once the sidecar is in it.
    #[must_use]
    pub fn room(&self, kind: Kind, object: &Value, service: &Key, limits: &Limits) -> BTreeSet<Obstacle> {
        let template = inject::template_of(kind.name, object).filter(|_| !kind.is_over(object));
        let (Some(template), Some(judged), false) = (template, self.services.get(service), limits.is_empty()) else {
            return BTreeSet::new();
        };
        inject::obstacles(template, &judged.plan, &limits.ranges, &limits.quotas).into_iter().collect()
    }

    /// One object of an enrolled namespace.
    #[must_use]
    pub fn object(&self, kind: Kind, object: &Value) -> Looked {
        let Some(template) = inject::template_of(kind.name, object).filter(|_| !kind.is_over(object)) else {
            return Looked::default();
        };
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        let services = self.snapshot.selecting(namespace, &inject::template_labels(template));
        let subject = subject(kind, object);
        match services.as_slice() {
            [] if is_static(kind, object) => Looked::default(),
            [] => Looked { entries: self.undeclared(kind, object, &subject), ..Looked::default() },
            [service] if is_static(kind, object) => static_pod(service, subject),
            [service] => self.declared(kind, object, subject, service),
            several => {
                let names: Vec<_> = several.iter().map(|service| names(service).1).collect();
                let message = format!("More than one service selects it: {}.", names.join(", "));
                let entry = of_duty(Outcome::Fail, subject, Duty::TechnicalMark, "SelectedTwice", message);
                Looked { entries: vec![entry], ..Looked::default() }
            }
        }
    }

    /// Workloads that no service selects: what admission would say, and what it only notes in mode Audit.
    fn undeclared(&self, kind: Kind, object: &Value, subject: &Subject) -> Vec<Entry> {
        // What another scanned object makes says nothing that its owner does not.
        if is_owned(object) {
            return Vec::new();
        }
        let Some(template) = inject::template_of(kind.name, object) else { return Vec::new() };
        let labels = inject::template_labels(template);
        if is_not_generative(&self.judge.decisions_in(&subject.namespace), &subject.namespace, &labels, self.today) {
            return Vec::new();
        }
        let policy = self.judge.policy();
        // Items of a list do not name their kind.
        let mut named = object.clone();
        (named["apiVersion"], named["kind"]) = (kind.api_version().into(), kind.name.into());
        let finding = undeclared_finding(policy, false, &detect(&named, &[]));
        finding.iter().map(|finding| of_finding(Outcome::Fail, subject.clone(), finding)).collect()
    }

    fn declared(&self, kind: Kind, object: &Value, subject: Subject, service: &DeepSynthesisService) -> Looked {
        let (namespace, name) = names(service);
        let key = (namespace.to_owned(), name.to_owned());
        let is_pod = kind.name == "Pod";
        let mut looked = Looked { service: Some(key.clone()), ..Looked::default() };
        let Some(judged) = self.services.get(&key) else { return looked };
        if is_pod && let Err(errors) = inject::verify(object, &judged.plan) {
            let is_missing = errors.contains(&inject::ProofError::SidecarMissing);
            let label = object["metadata"]["labels"][SERVICE_LABEL].as_str();
            looked.unproven = Some(Unproven { is_missing, is_labelled: label == Some(name) });
            // Without the sidecar everything else is missing, too: one result says it.
            let missing = [inject::ProofError::SidecarMissing];
            let shown = if is_missing { &missing[..] } else { errors.as_slice() };
            looked.entries.extend(shown.iter().map(|error| {
                of_duty(Outcome::Fail, subject.clone(), Duty::TechnicalMark, error.code(), error.to_string())
            }));
        }
        let is_owned = is_owned(object);
        // What a Deployment makes says nothing that the Deployment does not; pods are judged one by one.
        if is_owned && !is_pod {
            return looked;
        }
        let content = inject::content_of(kind.name, object);
        let runs = inject::template_of(kind.name, object).map(containers).unwrap_or_default();
        let workload = Workload {
            kind: kind.name,
            name: &subject.name,
            change: Change::Create,
            at: self.now,
            content: content.as_deref(),
            runs: &runs,
            revision: is_pod.then(|| inject::revision_of(object)).flatten(),
            admitted: &judged.admitted,
        };
        let (outcome, findings) = match admit(&judged.verdict, &workload) {
            Decision::Allow => (Outcome::Pass, Vec::new()),
            Decision::Warn(findings) => (Outcome::Warn, findings),
            Decision::Deny(findings) => (Outcome::Fail, findings),
        };
        looked.entries.extend(findings.iter().map(|finding| of_finding(outcome, subject.clone(), finding)));
        if looked.entries.is_empty() && !is_owned {
            let message = "May run and, if it is a pod, carries the labelling sidecar as it is injected.".to_owned();
            looked.entries.push(of_duty(Outcome::Pass, subject, Duty::TechnicalMark, "Admitted", message));
        }
        looked
    }
}

fn subject_of(service: &DeepSynthesisService) -> Subject {
    let (namespace, name) = names(service);
    Subject {
        api_version: "deepsynthesis.dev/v1alpha1".to_owned(),
        kind: "DeepSynthesisService".to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        uid: service.metadata.uid.clone().unwrap_or_default(),
    }
}

/// Results on one service.
fn of_service(service: &DeepSynthesisService, verdict: &Verdict) -> Vec<Entry> {
    let subject = subject_of(service);
    let mut entries: Vec<_> = verdict
        .findings
        .iter()
        .map(|finding| {
            let outcome = match finding.severity {
                Severity::Violation => Outcome::Fail,
                Severity::Warning => Outcome::Warn,
                Severity::Notice => Outcome::Skip,
            };
            of_finding(outcome, subject.clone(), finding)
        })
        .collect();
    for outcome in &verdict.outcomes {
        let found = verdict.findings.iter().any(|finding| finding.reason.duty() == outcome.duty);
        let (result, rule) = match outcome.state {
            RuleState::Satisfied => (Outcome::Pass, "Satisfied"),
            RuleState::CannotKnow if !found => (Outcome::Skip, "CannotKnow"),
            _ => continue,
        };
        let title = format!("{} {}", outcome.duty.title_en(), outcome.duty.title_zh());
        entries.push(of_duty(result, subject.clone(), outcome.duty, rule, title));
    }
    entries
}

/// Whether its controller is of a kind that the scan looks at, and so says what it says.
fn is_owned(object: &Value) -> bool {
    controller(object).is_some_and(|controller| controller.kind.is_some())
}

/// The API server's image of a static pod. The annotation alone is everybody's to write: a mirror belongs to its node.
fn is_static(kind: Kind, object: &Value) -> bool {
    let owners = list(&object["metadata"]["ownerReferences"]);
    kind.name == "Pod" && inject::is_mirror(object) && owners.iter().any(|owner| owner["kind"] == "Node")
}

fn static_pod(service: &DeepSynthesisService, subject: Subject) -> Looked {
    let (namespace, name) = names(service);
    let entry = Unlabelled {
        outcome: Outcome::Fail,
        rule: "StaticPodSelected",
        message: format!(
            "The static pod would belong to the service {name}, but the kubelet runs it without asking anybody: it has no \
             labelling sidecar and no admission can hold it back."
        ),
        message_zh: "静态 Pod 由 kubelet 直接运行，无法注入标识边车，但被深度合成服务选中。",
        remedy: "Run it as a Deployment instead, or remove its labels from the manifest on the node.",
        remedy_zh: "请改用 Deployment 运行，或在节点清单中移除其标签。",
    };
    Looked {
        entries: vec![entry.about(subject)],
        service: Some((namespace.to_owned(), name.to_owned())),
        unproven: None,
    }
}
