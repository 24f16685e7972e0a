//! What the API server stores of what we inject, for in-process policies, which compare and compute nothing.
//!
//! In: [`Plan`]. Out: [`Expected`], built from the same parts as the patch, so that the two cannot drift apart. What others
//! may still change (see `tolerance`: resources and the pull policy) stands apart: it is written, never compared.

use serde_json::{Value, json};

use super::Plan;
use super::container::{Shape, containers, resources};
use super::digest::digest;
use super::volume::volumes;

/// The order of what there is one of for each shape.
const SHAPES: [Shape; 2] = [Shape::Burstable, Shape::Guaranteed];

/// What a pod of a service carries once it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The sidecar as it is in every pod of a namespace, with the defaults of the API server: without image, arguments,
    /// resources and pull policy.
    pub container: Value,
    /// Its image.
    pub image: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The init container that leads traffic to it (`capture: Redirect`), without resources and pull policy.
    pub redirect: Option<Value>,
    /// The volumes.
    pub volumes: Vec<Value>,
    /// The digests that the proof annotation may hold, one for each of `resources`.
    pub proofs: Vec<String>,
    /// Its resources: in a pod like any other, and in one whose other containers all have requests that equal limits.
    pub resources: Vec<Value>,
    /// Its pull policy.
    pub pull_policy: String,
    /// Pull secrets that the pod gets.
    pub pull_secrets: Vec<String>,
}

/// Of one plan.
#[must_use]
pub fn expected(plan: &Plan) -> Expected {
    let volumes = volumes(plan).into_iter().map(|(_, volume)| volume).collect();
    let mut ours = containers(plan, Shape::Burstable);
    let mut sidecar = ours.pop().unwrap_or_default();
    let arguments = words(&sidecar["args"]);
    remove(&mut sidecar, &["image", "args", "resources", "imagePullPolicy"]);
    add_defaults(&mut sidecar);
    let redirect = ours.pop().map(|mut redirect| {
        remove(&mut redirect, &["resources", "imagePullPolicy"]);
        add_defaults(&mut redirect);
        redirect
    });
    Expected {
        container: sidecar,
        image: plan.image.clone(),
        arguments,
        redirect,
        volumes,
        proofs: proofs(plan).into(),
        resources: SHAPES.map(|shape| resources(plan, shape)).into(),
        pull_policy: plan.image_pull_policy.clone(),
        pull_secrets: plan.image_pull_secrets.clone(),
    }
}

/// The digests that the proof annotation may hold: they depend on the pod's QoS class.
pub(super) fn proofs(plan: &Plan) -> [String; 2] {
    SHAPES.map(|shape| proof(plan, shape))
}

/// The digest of one shape.
pub(super) fn proof(plan: &Plan, shape: Shape) -> String {
    let volumes = volumes(plan);
    let containers = containers(plan, shape);
    let sidecar_first: Vec<&Value> = containers.iter().rev().collect();
    digest(&sidecar_first, &volumes.iter().map(|(_, volume)| volume).collect::<Vec<_>>())
}

fn remove(container: &mut Value, fields: &[&str]) {
    if let Some(members) = container.as_object_mut() {
        members.retain(|field, _| !fields.contains(&field.as_str()));
    }
}

/// Every default that `tolerance` lets pass and that every API server writes.
fn add_defaults(container: &mut Value) {
    container["terminationMessagePath"] = "/dev/termination-log".into();
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let Some(probe) = container.get_mut(probe) else { continue };
        for (field, default) in [("timeoutSeconds", json!(1)), ("successThreshold", json!(1))] {
            probe[field] = default;
        }
        probe["httpGet"]["scheme"] = "HTTP".into();
    }
    // Looking by index would add what is missing.
    for variable in container.get_mut("env").and_then(Value::as_array_mut).into_iter().flatten() {
        variable["valueFrom"]["fieldRef"]["apiVersion"] = "v1".into();
    }
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inject::fixture::{injected, plan};
    use crate::inject::verify;

    #[test]
    fn the_expected_redirect_is_the_injected_one_with_defaults_that_the_proof_lets_pass() {
        let plan = Plan { capture: crate::api::service::Capture::Redirect, ..plan() };
        let mut pod =
            injected(json!({"metadata": {}, "spec": {"containers": [{"name": "app", "image": "app"}]}}), &plan);
        let injected = pod["spec"]["initContainers"][0].clone();
        let mut stored = expected(&plan).redirect.unwrap();
        let mut fields: Vec<_> = injected.as_object().unwrap().keys().map(String::as_str).collect();
        fields.push("terminationMessagePath");
        fields.sort_unstable();
        for field in ["resources", "imagePullPolicy"] {
            stored[field] = injected[field].clone();
        }
        assert_eq!(stored.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(), fields);
        pod["spec"]["initContainers"][0] = stored;
        assert_eq!(verify(&pod, &plan), Ok(()));
    }

    #[test]
    fn the_expected_sidecar_is_the_injected_one_with_defaults_that_the_proof_lets_pass() {
        let plan = plan();
        let pod = json!({"metadata": {}, "spec": {"containers": [{"name": "app", "image": "app"}]}});
        let mut pod = injected(pod, &plan);
        let expected = expected(&plan);
        let injected = pod["spec"]["initContainers"][0].clone();
        let mut stored = expected.container.clone();
        for (field, value) in [
            ("image", json!(expected.image)),
            ("args", json!(expected.arguments)),
            ("resources", injected["resources"].clone()),
            ("imagePullPolicy", "Always".into()),
        ] {
            stored[field] = value;
        }
        assert_ne!(stored, injected, "defaults are added");
        pod["spec"]["initContainers"][0] = stored;
        assert_eq!(verify(&pod, &plan), Ok(()));
        assert_eq!(pod["spec"]["volumes"], json!(expected.volumes));
        let proof = &pod["metadata"]["annotations"][crate::api::names::PROOF_ANNOTATION];
        assert!(expected.proofs.iter().any(|one| proof == one), "{proof}");
        assert_ne!(expected.proofs[0], expected.proofs[1]);
        assert_eq!(expected.resources[0], injected["resources"]);
        assert_eq!(expected.pull_policy, plan.image_pull_policy);
        assert_eq!(expected.pull_secrets, plan.image_pull_secrets);
    }
}
