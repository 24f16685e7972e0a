//! May it run: the validating phase of pods and of every kind that carries a pod template (Order 12 Arts 15, 16, 19, 20).
//!
//! Deletions and scale subresources never reach this file: the webhook rules do not name them. An update that leaves the
//! pod template alone is never refused.

use std::cell::LazyCell;

use serde_json::Value;

use super::containers::containers;
use super::review::{AdmissionRequest, Answer};
use super::{Context, ambiguous, is_mirror, service_name, unselected};
use crate::api::DeepSynthesisService;
use crate::api::names::{PROOF_ANNOTATION, REDIRECT_CONTAINER, SERVICE_LABEL, SIDECAR_CONTAINER};
use crate::compliance::{Change, Decision, Gate, Workload, admit, denial, warnings};
use crate::inject;
use crate::operator::event::{Note, reference};
use crate::operator::judge::Judge;

/// The answer, and a note for the service's Events when it is refused.
#[must_use]
pub fn validate(context: &Context<'_>, request: &AdmissionRequest) -> (Answer, Option<Note>) {
    let kind = request.kind.kind.as_str();
    let is_pod = kind == "Pod";
    if is_pod && (is_mirror(request) || is_terminating(&request.object)) {
        return (Answer::allow(), None);
    }
    if is_pod
        && request.operation == "UPDATE"
        && let Some(refusal) = live_pod_refusal(context, request)
    {
        return (Answer::deny(refusal), None);
    }
    let Some(template) = inject::template_of(kind, &request.object) else {
        return (Answer::allow(), None);
    };
    let labels = inject::template_labels(template);
    let change = change(kind, request);
    let service = match context.snapshot.selecting(&request.namespace, &labels).as_slice() {
        [] if is_pod && request.operation == "CREATE" && is_marked(&request.object) => {
            return (Answer::deny(forged_mark()), None);
        }
        [] if change == Change::Other => return (Answer::allow(), None),
        [] => return (unselected::validate(context, request, template, display_name(request)), None),
        [service] => *service,
        several => return (Answer::deny(ambiguous(several)), None),
    };
    let judge = Judge::new(context.snapshot);
    let plan = LazyCell::new(|| judge.published_plan(service, context.settings, context.verify_key));
    if is_pod
        && change == Change::Create
        && let Err(errors) = inject::verify(&request.object, &plan)
    {
        return (Answer::deny(unproven(service_name(service), &errors)), None);
    }
    let verdict = judge.verdict(service, context.now);
    let content = inject::content_of(kind, &request.object);
    let runs = containers(template);
    // What ran before is asked for only where something may stand against the workload.
    let may_refuse = verdict.gate == Gate::Closed || verdict.assessed_images.is_some();
    let proofs = || inject::carriable(&plan);
    let admitted = if may_refuse { context.snapshot.admitted_revisions(service, &proofs()) } else { Vec::default() };
    let workload = Workload {
        kind,
        name: display_name(request),
        change,
        at: context.now,
        content: content.as_deref(),
        runs: &runs,
        revision: is_pod.then(|| inject::revision_of(&request.object)).flatten(),
        admitted: &admitted,
    };
    match admit(&verdict, &workload) {
        Decision::Allow => (Answer::allow(), None),
        Decision::Warn(findings) => {
            (Answer { warnings: warnings(service_name(service), &findings), ..Answer::default() }, None)
        }
        Decision::Deny(findings) => {
            let full_name = format!("{}/{}", request.namespace, service_name(service));
            let codes: Vec<_> = findings.iter().map(|finding| finding.reason.code()).collect();
            let note = refusal_note(service, kind, display_name(request), &codes);
            (Answer::deny(denial(&full_name, &workload, &findings)), Some(note))
        }
    }
}

fn change(kind: &str, request: &AdmissionRequest) -> Change {
    match request.operation.as_str() {
        "CREATE" => Change::Create,
        _ if inject::templates_equal(kind, &request.old_object, &request.object) => Change::Other,
        // Of a live pod only images and metadata can change; metadata is judged in `live_pod_refusal`.
        _ if kind == "Pod" && images(&request.old_object) == images(&request.object) => Change::Other,
        _ => Change::Template,
    }
}

/// What an update of a live pod may not do, whatever the gate says.
fn live_pod_refusal(context: &Context<'_>, request: &AdmissionRequest) -> Option<String> {
    let (old, new) = (&request.old_object, &request.object);
    let injected = |pod: &Value| label(pod, SERVICE_LABEL).map(str::to_owned);
    let (was, is) = (injected(old), injected(new));
    let selected = context.snapshot.selecting(&request.namespace, &inject::template_labels(new));
    if was != is || annotation(old) != annotation(new) {
        return Some(format!(
            "[SidecarMarkChanged] metadata: {SERVICE_LABEL} and {PROOF_ANNOTATION} are written by the injector and may not \
             be changed on a live pod. Leave them as they are, or delete the pod (Order 12 Art. 18).\n\
             不得更改运行中 Pod 的注入标记。"
        ));
    }
    if injected_images(old) != injected_images(new) {
        return Some(
            "[SidecarImageChanged] spec.initContainers: the image of the labelling sidecar may not be changed on a live pod. \
             Delete the pod to have it injected anew (Order 12 Art. 18).\n不得更改标识边车的镜像。"
                .to_owned(),
        );
    }
    match (was, selected.as_slice()) {
        (None, [service, ..]) => Some(format!(
            "[UninjectedPodSelected] metadata.labels: with these labels the pod would belong to the deep synthesis service {}, \
             but it runs without the labelling sidecar. Create a new pod with them instead (Order 12 Art. 16).\n\
             该 Pod 未注入标识边车，不能通过改标签加入深度合成服务。",
            service_name(service)
        )),
        (Some(name), [other]) if service_name(other) != name => Some(format!(
            "[ServiceChanged] metadata.labels: the pod was admitted for the deep synthesis service {name}; with these labels it \
             would belong to {}, whose records it was not checked against. Create a new pod with them instead \
             (Order 12 Art. 16).\n该 Pod 属于深度合成服务 {name}，不得通过改标签转入另一服务。",
            service_name(other)
        )),
        (Some(name), [])
            if context.snapshot.services_in(&request.namespace).any(|service| service_name(service) == name) =>
        {
            Some(format!(
                "[SelectedLabelRemoved] metadata.labels: the pod was admitted for the deep synthesis service {name} and may not \
                 leave its selector while it lives. Delete the pod instead (Order 12 Art. 16).\n\
                 该 Pod 属于深度合成服务 {name}，运行中不得移出其选择器。"
            ))
        }
        _ => None,
    }
}

/// Marks of the injector on a pod of no service: what it claims to run would count as an admitted revision.
fn is_marked(pod: &Value) -> bool {
    label(pod, SERVICE_LABEL).is_some() || annotation(pod).is_some()
}

fn forged_mark() -> String {
    format!(
        "[SidecarMarkForged] metadata: {SERVICE_LABEL} and {PROOF_ANNOTATION} are written by the injector only, and no \
         DeepSynthesisService selects this pod. Remove them (Order 12 Art. 18).\n\
         该 Pod 不属于任何深度合成服务，不得自行添加注入标记。"
    )
}

fn unproven(service: &str, errors: &[inject::ProofError]) -> String {
    let shown: Vec<_> = errors.iter().take(5).map(|error| format!("[{}] {error}", error.code())).collect();
    format!(
        "The pod would belong to the deep synthesis service {service}, but does not carry the labelling sidecar exactly as it is \
         injected (Order 12 Arts 16, 18):\n{}\n该 Pod 未按原样携带标识边车，拒绝创建。",
        shown.join("\n")
    )
}

fn refusal_note(service: &DeepSynthesisService, kind: &str, name: &str, codes: &[&str]) -> Note {
    Note {
        service: reference(service),
        warning: true,
        reason: "AdmissionDenied",
        action: "Admit",
        text: format!("{kind} {name} refused: {}", codes.join(", ")),
    }
}

/// A pod that waits for `generateName` has no name yet: its prefix tells people more than nothing.
fn display_name(request: &AdmissionRequest) -> &str {
    if !request.name.is_empty() {
        return &request.name;
    }
    let metadata = &request.object["metadata"];
    metadata["name"].as_str().or_else(|| metadata["generateName"].as_str()).unwrap_or_default()
}

fn is_terminating(pod: &Value) -> bool {
    pod["metadata"]["deletionTimestamp"].is_string()
}

fn label<'a>(pod: &'a Value, key: &str) -> Option<&'a str> {
    pod["metadata"]["labels"][key].as_str()
}

fn annotation(pod: &Value) -> Option<&str> {
    pod["metadata"]["annotations"][PROOF_ANNOTATION].as_str()
}

/// Of the injected containers; init containers run again when the pod's sandbox is made anew.
fn injected_images(pod: &Value) -> Vec<Option<&str>> {
    let containers = pod["spec"]["initContainers"].as_array().into_iter().flatten();
    let injected = containers
        .filter(|container| [REDIRECT_CONTAINER, SIDECAR_CONTAINER].iter().any(|name| container["name"] == *name));
    injected.map(|container| container["image"].as_str()).collect()
}

fn images(pod: &Value) -> Vec<Option<&str>> {
    ["initContainers", "containers"]
        .iter()
        .filter_map(|list| pod["spec"][*list].as_array())
        .flatten()
        .map(|container| container["image"].as_str())
        .collect()
}
