//! The mutating phase: pod in, RFC 6902 patch out.
//!
//! In: the pod as the API server sent it, and the plan. Out: `add`, `replace` and `test` operations
//! on what we author; nothing when the pod is already exactly injected. Must not: write a field that
//! others own, except to put our container before init containers that would run first.

use serde_json::{Map, Value, json};

use super::compare::compare;
use super::container::{Shape, container, resources};
use super::digest::digest;
use super::operation::{PatchOperation, token};
use super::path::element;
use super::refusal::refusals;
use super::tolerance::Tolerance;
use super::view::{PodView, is_named, present};
use super::volume::volumes;
use super::{InjectError, Plan};
use crate::api::names;

const INIT_CONTAINERS: &str = "/spec/initContainers";

/// The patch that injects the sidecar; empty when the pod already carries exactly that.
///
/// # Errors
/// The first reason why the sidecar cannot serve this pod.
pub fn patch(pod: &Value, plan: &Plan) -> Result<Vec<PatchOperation>, InjectError> {
    let pod = PodView::of(pod)?;
    if let Some(reason) = refusals(&pod).into_iter().next() {
        return Err(reason);
    }
    let shape = Shape::of(&pod);
    let sidecar = container(plan, shape);
    let volumes = volumes(plan);
    let proof = digest(&sidecar, &[&volumes[0].1, &volumes[1].1]);

    let mut operations = Vec::new();
    metadata(&pod, plan, &proof, &mut operations);
    init_containers(&pod, plan, shape, sidecar, &mut operations)?;
    append_volumes(&pod, volumes, &mut operations)?;
    append_pull_secrets(&pod, plan, &mut operations);
    Ok(operations)
}

fn metadata(pod: &PodView<'_>, plan: &Plan, proof: &str, operations: &mut Vec<PatchOperation>) {
    if pod.metadata.is_none() {
        operations.push(PatchOperation::add("/metadata", json!({})));
    }
    entry(pod.labels, "/metadata/labels", names::SERVICE_LABEL, &plan.service, operations);
    entry(pod.annotations, "/metadata/annotations", names::PROOF_ANNOTATION, proof, operations);
}

/// Sets one key of a string map; a value that someone else wrote is overwritten.
fn entry(
    map: Option<&Map<String, Value>>,
    pointer: &str,
    key: &str,
    value: &str,
    operations: &mut Vec<PatchOperation>,
) {
    let Some(map) = map else {
        return operations.push(PatchOperation::add(pointer, json!({ key: value })));
    };
    let path = format!("{pointer}/{}", token(key));
    match present(map, key) {
        Some(found) if found == value => {}
        Some(found) => {
            operations.extend(found.as_str().and_then(|text| PatchOperation::guard(path.clone(), text)));
            operations.push(PatchOperation::replace(path, value.into()));
        }
        None => operations.push(PatchOperation::add(path, value.into())),
    }
}

fn init_containers(
    pod: &PodView<'_>,
    plan: &Plan,
    shape: Shape,
    sidecar: Value,
    operations: &mut Vec<PatchOperation>,
) -> Result<(), InjectError> {
    let Some((index, found)) = pod.init_container(names::SIDECAR_CONTAINER) else {
        operations.push(match present(pod.spec, "initContainers") {
            Some(_) => PatchOperation::add(format!("{INIT_CONTAINERS}/0"), sidecar),
            None => PatchOperation::add(INIT_CONTAINERS, json!([sidecar])),
        });
        return Ok(());
    };
    let path = element("spec.initContainers", index);
    let mut has_other_shape = false;
    if let Some(difference) = compare(&sidecar, found, &path, Tolerance::Container).into_iter().next() {
        // Between two invocations the pod's QoS class may have changed: then only the resources are stale.
        has_other_shape = compare(&container(plan, shape.other()), found, &path, Tolerance::Container).is_empty();
        if !has_other_shape {
            let at = difference.path().to_owned();
            return Err(InjectError::ContainerNameTaken { path, name: names::SIDECAR_CONTAINER, at });
        }
    }
    if index > 0 {
        // The whole list is written, so a list that has changed meanwhile must refuse the patch.
        for (position, other) in pod.init_containers.iter().enumerate() {
            let name = other.get("name").and_then(Value::as_str).unwrap_or_default();
            if !name.is_empty() {
                operations.extend(PatchOperation::guard(format!("{INIT_CONTAINERS}/{position}/name"), name));
            }
        }
        let mut ours = found.clone();
        if has_other_shape {
            ours["resources"] = resources(plan, shape);
        }
        let others = pod.init_containers.iter().enumerate().filter(|(position, _)| *position != index);
        let list = std::iter::once(ours).chain(others.map(|(_, other)| other.clone())).collect();
        operations.push(PatchOperation::replace(INIT_CONTAINERS, Value::Array(list)));
    } else if has_other_shape {
        let path = format!("{INIT_CONTAINERS}/{index}");
        operations.extend(PatchOperation::guard(format!("{path}/name"), names::SIDECAR_CONTAINER));
        operations.push(PatchOperation::replace(format!("{path}/resources"), resources(plan, shape)));
    }
    Ok(())
}

fn append_volumes(
    pod: &PodView<'_>,
    volumes: [(&'static str, Value); 2],
    operations: &mut Vec<PatchOperation>,
) -> Result<(), InjectError> {
    let mut missing = Vec::new();
    for (name, volume) in volumes {
        let Some((index, found)) = pod.volume(name) else {
            missing.push(volume);
            continue;
        };
        let path = element("spec.volumes", index);
        if let Some(difference) = compare(&volume, found, &path, Tolerance::Exact).into_iter().next() {
            let at = difference.path().to_owned();
            return Err(InjectError::VolumeNameTaken { path, name, at });
        }
    }
    append(pod, "volumes", missing, operations);
    Ok(())
}

fn append_pull_secrets(pod: &PodView<'_>, plan: &Plan, operations: &mut Vec<PatchOperation>) {
    let mut missing: Vec<Value> = Vec::new();
    for name in &plan.image_pull_secrets {
        if !pod.image_pull_secrets.iter().chain(&missing).any(|secret| is_named(secret, name)) {
            missing.push(json!({"name": name}));
        }
    }
    append(pod, "imagePullSecrets", missing, operations);
}

/// Appends to a list of the pod spec, which may not be there yet.
fn append(pod: &PodView<'_>, key: &str, items: Vec<Value>, operations: &mut Vec<PatchOperation>) {
    if items.is_empty() {
        return;
    }
    if present(pod.spec, key).is_none() {
        return operations.push(PatchOperation::add(format!("/spec/{key}"), Value::Array(items)));
    }
    operations.extend(items.into_iter().map(|item| PatchOperation::add(format!("/spec/{key}/-"), item)));
}
