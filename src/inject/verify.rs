//! The validating phase: does the pod carry exactly what we inject?
//!
//! In: the pod after all mutators, and the plan. Out: nothing, or every difference. Must not: trust
//! the annotation; everything is rebuilt from the plan and compared field by field.

use serde_json::Value;

use super::compare::compare;
use super::container::{Shape, container};
use super::digest::digest;
use super::path::element;
use super::refusal::refusals;
use super::tolerance::Tolerance;
use super::view::PodView;
use super::volume::volumes;
use super::{Plan, ProofError};
use crate::api::names;

/// Compares the pod with what [`super::patch`] would make of it.
///
/// # Errors
/// Every difference that is not on the closed list of later additions.
pub fn verify(pod: &Value, plan: &Plan) -> Result<(), Vec<ProofError>> {
    let pod = PodView::of(pod).map_err(|reason| vec![ProofError::Refused(reason)])?;
    let mut errors: Vec<ProofError> = refusals(&pod).into_iter().map(ProofError::Refused).collect();

    let shape = sidecar(&pod, plan, &mut errors);
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
    let proof = digest(&container(plan, shape), &[&volumes[0].1, &volumes[1].1]);
    if text(pod.annotations, names::PROOF_ANNOTATION) != Some(proof) {
        errors.push(ProofError::ProofDiffers);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Checks our container and its place; gives the shape it has.
fn sidecar(pod: &PodView<'_>, plan: &Plan, errors: &mut Vec<ProofError>) -> Shape {
    let wanted = Shape::of(pod);
    let Some((index, found)) = pod.init_container(names::SIDECAR_CONTAINER) else {
        errors.push(ProofError::SidecarMissing);
        return wanted;
    };
    let against =
        |shape| compare(&container(plan, shape), found, &element("spec.initContainers", index), Tolerance::Container);
    if index > 0 {
        errors.push(ProofError::OrderBroken { path: element("spec.initContainers", 0) });
    }
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
