//! Claims about a sidecar that keeps records: a spool that nobody else reads or writes, and a token to bring it away
//! (Order 12 Arts 10, 16(2)).
#![allow(clippy::unwrap_used)]

use std::fs;

use deepsynthesis::api::names::{RECORDS_MOUNT, RECORDS_VOLUME};
use deepsynthesis::api::policy::SidecarPolicy;
use deepsynthesis::api::service::Capture;
use deepsynthesis::inject::{Plan, ProofError, expected, patch, verify};
use serde_json::{Value, json};

#[path = "inject_support/change.rs"]
mod change;
mod inject_support;
use change::{assert_golden, golden, refuses_every_change, set};
use inject_support::apply;

fn plan(keeps_records: bool) -> Plan {
    Plan {
        keeps_records,
        service: "portrait".into(),
        namespace: "studio".into(),
        service_uid: "uid".into(),
        image: "sidecar@sha256:ab".into(),
        image_pull_policy: "IfNotPresent".into(),
        image_pull_secrets: vec![],
        verify_key: "a2V5".into(),
        resources: SidecarPolicy::default(),
        capture: Capture::SplitAddress,
    }
}

fn pod() -> Value {
    json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "app", "image": "app:1"}]}})
}

fn inject(plan: &Plan) -> Value {
    apply(&pod(), &patch(&pod(), plan).unwrap())
}

fn codes(pod: &Value, plan: &Plan) -> Vec<&'static str> {
    verify(pod, plan).err().unwrap_or_default().iter().map(ProofError::code).collect()
}

#[test]
fn records_have_a_spool_in_a_volume_of_their_own_order_12_article_16_2() {
    let injected = inject(&plan(true));
    let sidecar = &injected["spec"]["initContainers"][0];
    let arguments: Vec<&str> = sidecar["args"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let after = |flag: &str| arguments[arguments.iter().position(|word| *word == flag).unwrap() + 1];
    assert!(after("--spool").starts_with(RECORDS_MOUNT), "{arguments:?}");
    assert_eq!(after("--pod-uid"), "$(POD_UID)");
    let mounts = sidecar["volumeMounts"].as_array().unwrap();
    let holds = |path: &str| mounts.iter().any(|mount| path.starts_with(mount["mountPath"].as_str().unwrap()));
    assert!(holds(after("--spool")) && holds(after("--ledger-token")), "{mounts:?}");
    let volumes = injected["spec"]["volumes"].as_array().unwrap();
    let spool = volumes.iter().find(|volume| volume["name"] == RECORDS_VOLUME).unwrap();
    assert_eq!(spool["emptyDir"]["medium"], "Memory", "a node with it can still be drained by autoscalers");
    assert_eq!(json!(volumes), json!(expected(&plan(true)).volumes), "what policies compare with");
    assert!(!inject(&plan(false)).to_string().contains("spool"), "without a ledger nothing is added");
}

#[test]
fn the_patch_is_the_one_on_record_and_reinvocation_changes_nothing() {
    let pod: Value = serde_json::from_str(&fs::read_to_string(golden("redirect.pod.json")).unwrap()).unwrap();
    let plan = plan(true);
    let operations = patch(&pod, &plan).unwrap();
    assert_golden("records.patch.json", &serde_json::to_value(&operations).unwrap());
    let injected = apply(&pod, &operations);
    assert_eq!(verify(&injected, &plan), Ok(()));
    assert_eq!(patch(&injected, &plan), Ok(vec![]));
}

#[test]
fn every_single_field_change_of_sidecar_or_volumes_breaks_the_proof() {
    let bases = ["/spec/initContainers/0", "/spec/volumes/0", "/spec/volumes/1", "/spec/volumes/2"];
    let count = refuses_every_change(&[inject(&plan(true))], &bases, &plan(true));
    assert!(count > 500, "{count}");
}

#[test]
fn a_pod_injected_without_a_ledger_has_no_proof_once_there_is_one() {
    let found = codes(&inject(&plan(false)), &plan(true));
    for code in ["SidecarVolumeMissing", "InjectionProofDiffers"] {
        assert!(found.contains(&code), "{code}: {found:?}");
    }
    assert!(!codes(&inject(&plan(true)), &plan(false)).is_empty());
}

#[test]
fn nobody_else_takes_the_volume_or_its_name_whether_or_not_records_are_kept() {
    for plan in [plan(true), plan(false)] {
        let mut squat = pod();
        squat["spec"]["volumes"] = json!([{"name": RECORDS_VOLUME, "emptyDir": {}}]);
        assert_eq!(patch(&squat, &plan).unwrap_err().code(), "VolumeNameReserved");
        let mut late = inject(&plan);
        set(&mut late, "/spec/volumes/-", json!({"name": RECORDS_VOLUME, "emptyDir": {}}));
        assert_eq!(codes(&late, &plan), ["VolumeNameReserved"]);
        let mut reader = inject(&plan);
        let mount = json!([{"name": RECORDS_VOLUME, "mountPath": "/stolen"}]);
        set(&mut reader, "/spec/containers/0/volumeMounts", mount);
        assert_eq!(codes(&reader, &plan), ["SidecarVolumeMounted"]);
    }
}
