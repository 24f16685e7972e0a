//! The validating phase: does the pod carry exactly what we inject?
//!
//! In: the pod after all mutators, and the plan. Out: nothing, or every difference. Must not: trust
//! the annotation; everything is rebuilt from the plan and compared field by field.

use serde_json::Value;

use super::compare::compare;
use super::container::{Shape, containers};
use super::expected::proof;
use super::path::element;
use super::refusal::refusals;
use super::tolerance::Tolerance;
use super::view::{PodView, is_named};
use super::volume::volumes;
use super::{Plan, ProofError};
use crate::api::names;

/// Compares the pod with what [`super::patch`] would make of it.
///
/// # Errors
/// Every difference that is not on the closed list of later additions.
pub fn verify(pod: &Value, plan: &Plan) -> Result<(), Vec<ProofError>> {
    let pod = PodView::of(pod).map_err(|reason| vec![ProofError::Refused(reason)])?;
    let mut errors: Vec<ProofError> = refusals(&pod, plan).into_iter().map(ProofError::Refused).collect();

    let shape = ours(&pod, plan, &mut errors);
    let volumes = volumes(plan);
    for (name, volume) in &volumes {
        match pod.volume(name) {
            Some((index, found)) => {
                errors.extend(compare(volume, found, &element("spec.volumes", index), Tolerance::Exact));
            }
            None => errors.push(ProofError::VolumeMissing { name }),
        }
    }

    let text = |map: Option<&'_ serde_json::Map<String, Value>>, key: &str| {
        map.and_then(|map| map.get(key)?.as_str().map(str::to_owned))
    };
    if text(pod.labels, names::SERVICE_LABEL).as_deref() != Some(&plan.service) {
        errors.push(ProofError::LabelDiffers { expected: plan.service.clone() });
    }
    if text(pod.annotations, names::PROOF_ANNOTATION) != Some(proof(plan, shape)) {
        errors.push(ProofError::ProofDiffers);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Checks our containers and their places; gives the shape they have.
fn ours(pod: &PodView<'_>, plan: &Plan, errors: &mut Vec<ProofError>) -> Shape {
    let wanted = Shape::of(pod);
    let mut found = Vec::new();
    for (place, name) in plan.containers().iter().enumerate() {
        match pod.init_container(name) {
            Some((index, container)) => {
                if index != place {
                    errors.push(ProofError::OrderBroken { path: element("spec.initContainers", place) });
                }
                found.push((*name, index, container));
            }
            None if *name == names::SIDECAR_CONTAINER => errors.push(ProofError::SidecarMissing),
            None => errors.push(ProofError::RedirectMissing),
        }
    }
    let against = |shape| -> Vec<ProofError> {
        let expected = containers(plan, shape);
        let pairs = found.iter().filter_map(|(name, index, found)| {
            let expected = expected.iter().find(|container| is_named(container, name))?;
            Some(compare(expected, found, &element("spec.initContainers", *index), Tolerance::Container))
        });
        pairs.flatten().collect()
    };
    let differences = against(wanted);
    if differences.is_empty() {
        return wanted;
    }
    // Another injector after us may have changed the pod's QoS class. Both shapes are ours and from
    // the same plan, so the one that was right at our turn stays right.
    if against(wanted.other()).is_empty() {
        return wanted.other();
    }
    errors.extend(differences);
    wanted
}
