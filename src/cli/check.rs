//! What admission would say of each manifest, were all of them applied to an enrolled namespace.
//!
//! In: manifests and a clock. Out: one [`Verdict`] each. Must not: know rules: it builds requests and asks the operator's handlers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::known::{KnownError, field, group, namespace, snapshot};
use super::verdict::{Outcome, Verdict, codes};
use crate::api::names::GROUP;
use crate::inject;
use crate::manifest::Manifest;
use crate::operator::admission::review::{AdmissionRequest, Answer, GroupVersionKind, UserInfo};
use crate::operator::admission::{Context, mutate, record, tenant};
use crate::operator::args::Settings;
use crate::operator::snapshot::Snapshot;

/// Kinds of ours that live in a namespace.
const NAMESPACED: [&str; 2] = ["DeepSynthesisService", "NamespaceEnforcement"];
/// What is judged by who asks: the operator alone writes the first two, and nobody approves what is theirs.
const NEEDS_PEOPLE: [&str; 4] = ["NamespaceEnforcement", "ServiceHistory", "EnforcementExemption", "ExemptionApproval"];

/// Admission, offline.
pub struct Admission<'a> {
    snapshot: &'a Snapshot,
    settings: &'a Settings,
    now: Timestamp,
}

/// Judges everything.
///
/// # Errors
/// [`KnownError`] when an object of our group is not of its kind's shape.
pub fn check(manifests: &[Manifest], default: &str, now: Timestamp) -> Result<Vec<Verdict>, KnownError> {
    let snapshot = snapshot(manifests, default)?;
    let settings = Settings::default();
    let admission = Admission::new(&snapshot, &settings, now);
    Ok(manifests.iter().map(|manifest| admission.verdict(manifest, default)).collect())
}

impl<'a> Admission<'a> {
    /// Of a cluster that holds this.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, settings: &'a Settings, now: Timestamp) -> Self {
        Self { snapshot, settings, now }
    }

    fn context(&self) -> Context<'a> {
        Context { snapshot: self.snapshot, now: self.now, settings: self.settings, verify_key: "" }
    }

    /// What admission would say of one manifest.
    #[must_use]
    pub fn verdict(&self, manifest: &Manifest, default: &str) -> Verdict {
        let object = &manifest.object;
        let (kind, group) = (field(object, "/kind"), group(object));
        let is_ours = group == GROUP;
        let is_cluster_scoped = (is_ours && !NAMESPACED.contains(&kind)) || kind == "Namespace";
        let namespace = if is_cluster_scoped { "" } else { namespace(object, default) };
        let request = |object: &Value| request(group, kind, namespace, object);
        let (outcome, answer) = if is_ours && NEEDS_PEOPLE.contains(&kind) {
            (Outcome::NeedsPeople, Answer::allow())
        } else if is_ours {
            judged(record::validate(&self.context(), &request(object)))
        } else if kind == "Pod" && group.is_empty() {
            judged(self.pod(namespace, object))
        } else if inject::template_of(kind, object).is_some() && has_template(group, kind) {
            judged(self.workload(namespace, kind, object, &request(object)))
        } else if kind == "Service" && group.is_empty() {
            judged(tenant::validate(&self.context(), &request(object)).0)
        } else {
            (Outcome::NotAsked, Answer::allow())
        };
        let message = answer.refusal.unwrap_or_default();
        Verdict {
            file: manifest.file.clone(),
            line: manifest.line,
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: field(object, "/metadata/name").to_owned(),
            outcome,
            codes: codes(&message),
            message,
            warnings: answer.warnings,
        }
    }

    /// A workload is judged by itself, then by the pods that its controller would create.
    fn workload(&self, namespace: &str, kind: &str, object: &Value, request: &AdmissionRequest) -> Answer {
        let mut answer = tenant::validate(&self.context(), request).0;
        if answer.refusal.is_some() {
            return answer;
        }
        let Some(template) = inject::template_of(kind, object) else { return answer };
        let of_workload = answer.warnings.clone();
        let mut pod = template.clone();
        pod["metadata"]["generateName"] = format!("{}-", field(object, "/metadata/name")).into();
        let of_pod = self.pod(namespace, &pod);
        answer.warnings.extend(of_pod.warnings.into_iter().filter(|warning| !of_workload.contains(warning)));
        if let Some(refusal) = of_pod.refusal {
            answer.refusal = Some(format!("{kind} is admitted, but its pods are refused:\n{refusal}"));
        }
        answer
    }

    /// A pod as it comes through the mutating and the validating phase.
    fn pod(&self, namespace: &str, pod: &Value) -> Answer {
        match self.injected(namespace, pod) {
            Ok(injected) => tenant::validate(&self.context(), &request("", "Pod", namespace, &injected)).0,
            Err(refusal) => Answer::deny(refusal),
        }
    }

    /// The pod as the mutating phase leaves it.
    ///
    /// # Errors
    /// The text of its refusal.
    pub fn injected(&self, namespace: &str, pod: &Value) -> Result<Value, String> {
        let answer = mutate::mutate(&self.context(), &request("", "Pod", namespace, pod));
        if let Some(refusal) = answer.refusal {
            return Err(refusal);
        }
        let mut injected = pod.clone();
        let patch = serde_json::to_value(&answer.patch).and_then(serde_json::from_value::<json_patch::Patch>);
        let applied = patch.map_err(|error| error.to_string());
        applied
            .and_then(|patch| json_patch::patch(&mut injected, &patch).map_err(|error| error.to_string()))
            .map_err(|error| format!("[InternalError] the patch cannot be applied: {error}"))?;
        Ok(injected)
    }
}

/// Whether the webhooks are asked about workloads of this kind and group.
#[must_use]
pub fn has_template(group: &str, kind: &str) -> bool {
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => group == "apps",
        "Job" | "CronJob" => group == "batch",
        "Pod" | "ReplicationController" => group.is_empty(),
        _ => false,
    }
}

fn judged(answer: Answer) -> (Outcome, Answer) {
    (if answer.refusal.is_some() { Outcome::Refused } else { Outcome::Admitted }, answer)
}

fn request(group: &str, kind: &str, namespace: &str, object: &Value) -> AdmissionRequest {
    let mut object = object.clone();
    if !namespace.is_empty() && object.is_object() {
        if !object["metadata"].is_object() {
            object["metadata"] = json!({});
        }
        object["metadata"]["namespace"] = namespace.into();
    }
    AdmissionRequest {
        uid: String::new(),
        kind: GroupVersionKind { group: group.to_owned(), kind: kind.to_owned() },
        name: field(&object, "/metadata/name").to_owned(),
        namespace: namespace.to_owned(),
        sub_resource: String::new(),
        operation: "CREATE".to_owned(),
        user_info: UserInfo::default(),
        dry_run: true,
        object,
        old_object: Value::Null,
    }
}
