//! The mutating phase: pod in, RFC 6902 patch out.
//!
//! In: the pod as the API server sent it, and the plan. Out: `add`, `replace` and `test` operations
//! on what we author; nothing when the pod is already exactly injected. Must not: write a field that
//! others own, except to put our container before init containers that would run first.

use serde_json::{Map, Value, json};

use super::compare::compare;
use super::container::{Shape, containers, resources};
use super::expected::proof;
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
    if let Some(reason) = refusals(&pod, plan).into_iter().next() {
        return Err(reason);
    }
    let shape = Shape::of(&pod);
    let mut operations = Vec::new();
    metadata(&pod, plan, &proof(plan, shape), &mut operations);
    init_containers(&pod, plan, shape, &mut operations)?;
    append_volumes(&pod, volumes(plan), &mut operations)?;
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

/// Our containers as they are to stand in the pod, and what was found of them.
struct Ours {
    /// The wanted containers; those that were found keep what others may have added.
    wanted: Vec<Value>,
    /// Where each was found.
    found: Vec<Option<usize>>,
    /// Those whose resources are of the other shape.
    stale: Vec<bool>,
}

fn init_containers(
    pod: &PodView<'_>,
    plan: &Plan,
    shape: Shape,
    operations: &mut Vec<PatchOperation>,
) -> Result<(), InjectError> {
    let ours = ours(pod, plan, shape)?;
    if ours.found.iter().all(Option::is_none) {
        if present(pod.spec, "initContainers").is_none() {
            operations.push(PatchOperation::add(INIT_CONTAINERS, Value::Array(ours.wanted)));
            return Ok(());
        }
        let at_the_front = |container| PatchOperation::add(format!("{INIT_CONTAINERS}/0"), container);
        operations.extend(ours.wanted.into_iter().rev().map(at_the_front));
        return Ok(());
    }
    let is_in_place = ours.found.iter().enumerate().all(|(place, found)| *found == Some(place));
    if is_in_place {
        for (place, name) in plan.containers().iter().enumerate().filter(|(place, _)| ours.stale[*place]) {
            let path = format!("{INIT_CONTAINERS}/{place}");
            operations.extend(PatchOperation::guard(format!("{path}/name"), name));
            operations.push(PatchOperation::replace(format!("{path}/resources"), resources(plan, shape)));
        }
        return Ok(());
    }
    // The whole list is written, so a list that has changed meanwhile must refuse the patch.
    for (position, other) in pod.init_containers.iter().enumerate() {
        let name = other.get("name").and_then(Value::as_str).unwrap_or_default();
        if !name.is_empty() {
            operations.extend(PatchOperation::guard(format!("{INIT_CONTAINERS}/{position}/name"), name));
        }
    }
    let others = pod.init_containers.iter().enumerate();
    let others = others.filter(|(position, _)| !ours.found.contains(&Some(*position)));
    let list = ours.wanted.into_iter().chain(others.map(|(_, other)| other.clone())).collect();
    operations.push(PatchOperation::replace(INIT_CONTAINERS, Value::Array(list)));
    Ok(())
}

fn ours(pod: &PodView<'_>, plan: &Plan, shape: Shape) -> Result<Ours, InjectError> {
    let other_shape = containers(plan, shape.other());
    let mut ours = Ours { wanted: Vec::new(), found: Vec::new(), stale: Vec::new() };
    for ((name, fresh), other_shape) in plan.containers().iter().zip(containers(plan, shape)).zip(other_shape) {
        let Some((index, found)) = pod.init_container(name) else {
            ours.wanted.push(fresh);
            ours.found.push(None);
            ours.stale.push(false);
            continue;
        };
        let path = element("spec.initContainers", index);
        let mut kept = found.clone();
        let mut is_stale = false;
        if let Some(difference) = compare(&fresh, found, &path, Tolerance::Container).into_iter().next() {
            // Between two invocations the pod's QoS class may have changed: then only the resources are stale.
            is_stale = compare(&other_shape, found, &path, Tolerance::Container).is_empty();
            if !is_stale {
                let at = difference.path().to_owned();
                return Err(InjectError::ContainerNameTaken { path, name, at });
            }
            kept["resources"] = resources(plan, shape);
        }
        ours.wanted.push(kept);
        ours.found.push(Some(index));
        ours.stale.push(is_stale);
    }
    Ok(ours)
}

fn append_volumes(
    pod: &PodView<'_>,
    volumes: Vec<(&'static str, Value)>,
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
