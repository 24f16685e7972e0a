//! Claims about `capture: Redirect`: two containers of ours, in their order, first of all, and nobody in their place.
#![allow(clippy::unwrap_used)]

use std::fs;

use deepsynthesis::api::names::{REDIRECT_CONTAINER, SIDECAR_CONTAINER, SIDECAR_REDIRECT_PORT};
use deepsynthesis::api::policy::SidecarPolicy;
use deepsynthesis::api::service::Capture;
use deepsynthesis::inject::{Plan, ProofError, patch, verify};
use serde_json::{Value, json};

#[path = "inject_support/change.rs"]
mod change;
mod inject_support;
use change::{assert_golden, golden, refuses_every_change, set};
use inject_support::apply;

fn plan(capture: Capture) -> Plan {
    Plan {
        keeps_records: false,
        service: "portrait".into(),
        namespace: "studio".into(),
        service_uid: "0d0f7a5e-2d3e-4c57-9f3b-1c8b2e9a7f10".into(),
        image: "registry.local/deepsynthesis-sidecar@sha256:ab".into(),
        image_pull_policy: "IfNotPresent".into(),
        image_pull_secrets: vec!["deepsynthesis-pull".into()],
        verify_key: "6kqm0Uq0l9Qq1m2n3o4p5q6r7s8t9u0v1w2x3y4z5A8=".into(),
        resources: SidecarPolicy::default(),
        capture,
    }
}

fn redirect() -> Plan {
    plan(Capture::Redirect)
}

fn pod() -> Value {
    json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "app", "image": "app:1"}]}})
}

fn inject(pod: &Value) -> Value {
    apply(pod, &patch(pod, &redirect()).unwrap())
}

fn codes(pod: &Value, plan: &Plan) -> Vec<&'static str> {
    verify(pod, plan).err().unwrap_or_default().iter().map(ProofError::code).collect()
}

fn names(pod: &Value) -> Vec<&str> {
    pod["spec"]["initContainers"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn both_containers_are_put_first_as_the_patch_on_record_says_and_reinvocation_changes_nothing() {
    let pod: Value = serde_json::from_str(&fs::read_to_string(golden("redirect.pod.json")).unwrap()).unwrap();
    let operations = patch(&pod, &redirect()).unwrap();
    let injected = apply(&pod, &operations);
    assert_golden("redirect.patch.json", &serde_json::to_value(&operations).unwrap());
    assert_golden("redirect.injected.json", &injected);
    assert_eq!(names(&injected), [REDIRECT_CONTAINER, SIDECAR_CONTAINER, "fetch-weights", "mesh"]);
    assert_eq!(verify(&injected, &redirect()), Ok(()));
    assert_eq!(patch(&injected, &redirect()), Ok(vec![]));
}

#[test]
fn only_the_container_that_ends_before_the_application_starts_may_rewrite_the_network() {
    let injected = inject(&pod());
    let [redirect, sidecar] = injected["spec"]["initContainers"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!(redirect["securityContext"]["capabilities"], json!({"add": ["NET_ADMIN"], "drop": ["ALL"]}));
    assert!(redirect.get("restartPolicy").is_none(), "it ends");
    assert_eq!(redirect["securityContext"]["privileged"], false);
    assert_eq!(sidecar["securityContext"]["capabilities"], json!({"drop": ["ALL"]}));
    assert_eq!(sidecar["securityContext"]["runAsNonRoot"], true);
    assert_eq!(redirect["resources"], sidecar["resources"], "what runs one after the other counts once");
}

#[test]
fn every_single_field_change_of_either_container_breaks_the_proof() {
    let mut guaranteed = pod();
    guaranteed["spec"]["containers"][0]["resources"] = json!({"limits": {"cpu": "1", "memory": "1Gi"}});
    let bases = ["/spec/initContainers/0", "/spec/initContainers/1", "/spec/volumes/0", "/spec/volumes/1"];
    let count = refuses_every_change(&[inject(&pod()), inject(&guaranteed)], &bases, &redirect());
    assert!(count > 1000, "{count}");
}

#[test]
fn a_pod_injected_for_one_capture_has_no_proof_for_the_other() {
    let split = apply(&pod(), &patch(&pod(), &plan(Capture::SplitAddress)).unwrap());
    let found = codes(&split, &redirect());
    for code in ["RedirectMissing", "SidecarOrderBroken", "InjectionProofDiffers"] {
        assert!(found.contains(&code), "{code}: {found:?}");
    }
    let found = codes(&inject(&pod()), &plan(Capture::SplitAddress));
    for code in ["ContainerNameReserved", "SidecarOrderBroken", "InjectionProofDiffers"] {
        assert!(found.contains(&code), "{code}: {found:?}");
    }
}

#[test]
fn whatever_order_others_leave_is_found_and_repaired_on_reinvocation() {
    let mut original = pod();
    original["spec"]["initContainers"] = json!([{"name": "one", "image": "x"}, {"name": "two", "image": "x"}]);
    let injected = inject(&original);
    for order in [[1, 0, 2, 3], [0, 2, 1, 3], [2, 0, 1, 3], [2, 3, 0, 1], [1, 2, 0, 3]] {
        let mut pod = injected.clone();
        let list = injected["spec"]["initContainers"].as_array().unwrap();
        pod["spec"]["initContainers"] = order.iter().map(|place| list[*place].clone()).collect();
        assert!(codes(&pod, &redirect()).contains(&"SidecarOrderBroken"), "{order:?}");
        let repaired = apply(&pod, &patch(&pod, &redirect()).unwrap());
        assert_eq!(names(&repaired)[..2], [REDIRECT_CONTAINER, SIDECAR_CONTAINER], "{order:?}");
        assert_eq!(verify(&repaired, &redirect()), Ok(()), "{order:?}");
    }
}

#[test]
fn one_of_the_two_alone_is_no_proof_and_the_other_is_put_back() {
    for (lost, code) in [(0, "RedirectMissing"), (1, "SidecarMissing")] {
        let mut pod = inject(&pod());
        pod["spec"]["initContainers"].as_array_mut().unwrap().remove(lost);
        assert!(codes(&pod, &redirect()).contains(&code), "{code}");
        let repaired = apply(&pod, &patch(&pod, &redirect()).unwrap());
        assert_eq!(verify(&repaired, &redirect()), Ok(()), "{code}");
    }
}

#[test]
fn its_name_and_its_port_are_reserved_whatever_the_capture() {
    let named = |name: &str| json!([{"name": name, "image": "evil"}]);
    let port = |port: u16| json!([{"containerPort": port}]);
    for capture in [Capture::SplitAddress, Capture::Redirect] {
        let plan = plan(capture);
        for (pointer, value, code) in [
            ("/spec/containers/0/name", json!(REDIRECT_CONTAINER), "ContainerNameReserved"),
            ("/spec/ephemeralContainers", named(REDIRECT_CONTAINER), "ContainerNameReserved"),
            ("/spec/initContainers", named(REDIRECT_CONTAINER), "ContainerNameReserved"),
            ("/spec/containers/0/ports", port(SIDECAR_REDIRECT_PORT), "SidecarPortUsed"),
        ] {
            let mut pod = pod();
            set(&mut pod, pointer, value);
            assert_eq!(patch(&pod, &plan).unwrap_err().code(), code, "{capture:?} {pointer}");
        }
    }
    let mut twice = inject(&pod());
    let copy = twice["spec"]["initContainers"][0].clone();
    set(&mut twice, "/spec/initContainers/-", copy);
    assert_eq!(codes(&twice, &redirect()), ["ContainerNameReserved"]);
}
