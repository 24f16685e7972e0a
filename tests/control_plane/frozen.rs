//! After a lapse nothing new starts, and nothing that runs is held fast: scaling, deleting and replacing stay possible.

use deepsynthesis::inject;
use serde_json::json;

use crate::cluster::shared;
use crate::support::{Place, SIDECAR, eventually, init_containers, owned_pod, template, workload};

#[test]
fn scaling_metadata_and_deletion_are_never_blocked_but_a_rollout_is() {
    let place = Place::open(shared(), "lapse");
    for name in ["studio", "other"] {
        place.create(&workload("Deployment", name, template())).admitted();
        place.create(&workload("Pod", name, template())).admitted();
    }
    place.create(&workload("CronJob", "studio", template())).admitted();
    lapse(&place);

    place.kubectl(&["scale", "deployment/studio", "--replicas=3"]).admitted();
    for replicas in [5, 0] {
        let patch = json!({"spec": {"replicas": replicas}}).to_string();
        place.kubectl(&["patch", "deployment", "studio", "-p", &patch]).admitted();
        assert_eq!(place.jsonpath("deployment", "studio", "{.spec.replicas}"), replicas.to_string());
    }
    for target in ["deployment/studio", "pod/studio"] {
        place.kubectl(&["annotate", target, "example.com/note=x"]).admitted();
        place.kubectl(&["label", target, "example.com/team=x"]).admitted();
    }
    place.kubectl(&["patch", "cronjob", "studio", "-p", r#"{"spec":{"suspend":true}}"#]).admitted();

    place.kubectl(&["set", "image", "deployment/studio", "app=app:v2"]).refused(&["FilingMissing", "Art. 19"]);
    place.kubectl(&["set", "image", "cronjob/studio", "app=app:v2"]).refused(&["FilingMissing"]);
    place.kubectl(&["set", "image", "pod/studio", "app=app:v2"]).refused(&["FilingMissing"]);
    assert_eq!(place.jsonpath("deployment", "studio", "{.spec.template.spec.containers[0].image}"), "app:dev");
    place.create(&workload("Deployment", "fresh", template())).refused(&["FilingMissing"]);
    place.create(&workload("Pod", "fresh", template())).refused(&["FilingMissing"]);

    place.kubectl(&["delete", "deployment/studio", "pod/studio", "cronjob/studio", "--timeout=10s"]).admitted();
    place.kubectl(&["get", "pod", "studio"]).refused(&["NotFound"]);

    // The record comes back: so does everything.
    place.create(&place.filing()).admitted();
    place.until_gate("studio", "Open");
    place.kubectl(&["set", "image", "deployment/other", "app=app:v2"]).admitted();
}

#[test]
fn a_pod_of_an_admitted_revision_may_be_replaced_and_one_of_another_may_not() {
    let place = Place::open(shared(), "replace");
    place.create(&workload("ReplicaSet", "studio", template())).admitted();
    let owner = place.get("replicaset", "studio");
    let uid = owner["metadata"]["uid"].as_str().unwrap();
    let pod = |name: &str, hash: &str| owned_pod(name, &owner, &json!({"pod-template-hash": hash}), template());
    place.create(&pod("first", "h1")).admitted();
    eventually("the revision is on record", 20, || {
        let path = "{.spec.services[0].admittedRevisions[*].owner}";
        place.kubectl(&["get", "namespaceenforcement", "dss"]).is_success()
            && place.jsonpath("namespaceenforcement", "dss", path) == uid
    });
    lapse(&place);
    place.kubectl(&["delete", "pod", "first", "--timeout=10s"]).admitted();

    place.create(&pod("again", "h1")).admitted();
    assert_eq!(init_containers(&place.get("pod", "again")), [SIDECAR]);
    place.create(&pod("later", "h2")).refused(&["FilingMissing"]);
    let mut stranger = pod("stranger", "h1");
    stranger["metadata"]["ownerReferences"][0]["uid"] = "00000000-0000-0000-0000-000000000000".into();
    place.create(&stranger).refused(&["FilingMissing"]);
    // Owner and hash can be written by hand; what runs under them may not be another thing.
    let mut other = pod("other", "h1");
    other["spec"]["containers"][0]["image"] = "app:v2".into();
    place.create(&other).refused(&["FilingMissing"]);
}

#[test]
fn a_rollback_to_what_ran_is_admitted_and_a_new_image_is_not() {
    let place = Place::open(shared(), "rollback");
    for kind in ["Deployment", "ReplicaSet", "CronJob"] {
        place.create(&workload(kind, "studio", template())).admitted();
    }
    let owner = place.get("replicaset", "studio");
    place.create(&owned_pod("first", &owner, &json!({"pod-template-hash": "h1"}), template())).admitted();
    eventually("the revision is on record", 20, || {
        let path = "{.spec.services[0].admittedRevisions[*].owner}";
        place.kubectl(&["get", "namespaceenforcement", "dss"]).is_success()
            && !place.jsonpath("namespaceenforcement", "dss", path).is_empty()
    });
    let image = |target: &str, image: &str| place.kubectl(&["set", "image", target, &format!("app={image}")]);
    for target in ["deployment/studio", "cronjob/studio"] {
        image(target, "app:v2").admitted();
    }
    lapse(&place);
    for target in ["deployment/studio", "cronjob/studio"] {
        image(target, "app:v3").refused(&["FilingMissing"]);
        image(target, "app:dev").admitted();
        // No pod of it ever ran.
        image(target, "app:v2").refused(&["FilingMissing"]);
    }
    let command = r#"[{"op":"add","path":"/spec/template/spec/containers/0/command","value":["sh"]}]"#;
    place.kubectl(&["patch", "deployment", "studio", "--type=json", "-p", command]).refused(&["FilingMissing"]);
}

#[test]
fn a_pod_that_admission_never_saw_is_no_admitted_revision_order_12_article_19() {
    let place = Place::empty(shared(), "unseen", false);
    place.create(&place.service("studio", "studio")).admitted();
    place.until_gate("studio", "Closed");
    place.create(&workload("ReplicaSet", "studio", template())).admitted();
    let owner = place.get("replicaset", "studio");
    // Before the enrolment anybody can write a pod just as the injector would make it, label and digest included.
    let labels = json!({"pod-template-hash": "h1"});
    let (label, perfect) =
        (owned_pod("label", &owner, &labels, template()), owned_pod("perfect", &owner, &labels, template()));
    let mut label = label;
    label["metadata"]["labels"]["deepsynthesis.dev/service"] = "studio".into();
    label["metadata"]["annotations"] = json!({"deepsynthesis.dev/injection-proof": "0".repeat(64)});
    place.create(&label).admitted();
    let plan = plan(&place);
    let operations = serde_json::to_value(inject::patch(&perfect, &plan).unwrap()).unwrap();
    let operations: json_patch::Patch = serde_json::from_value(operations).unwrap();
    let mut perfect = perfect;
    json_patch::patch(&mut perfect, &operations).unwrap();
    place.create(&perfect).admitted();
    assert_eq!(inject::verify(&place.get("pod", "perfect"), &plan), Ok(()), "it must be as good as an injected one");

    place.kubectl(&["label", "namespace", &place.name, "deepsynthesis.dev/enforce=true"]).admitted();
    eventually("the namespace is known to be enrolled", 20, || {
        let path = "{.status.conditions[?(@.type==\"Enforced\")].reason}";
        place.jsonpath("dss", "studio", path) == "Enforced"
    });
    place.create(&owned_pod("again", &owner, &labels, template())).refused(&["FilingMissing", "Art. 19"]);
    assert_eq!(place.jsonpath("namespaceenforcement", "dss", "{.spec.services[0].admittedRevisions}"), "[]");
}

/// What the operator injects here; the key is read off a pod that it injected.
fn plan(place: &Place<'_>) -> inject::Plan {
    let other = Place::open(place.cluster, "injected");
    let pod = other.create_with(&workload("Pod", "p", template()), &["--dry-run=server", "-o", "json"]).admitted();
    let pod: serde_json::Value = serde_json::from_str(&pod).unwrap();
    let arguments = pod["spec"]["initContainers"][0]["args"].as_array().unwrap();
    let key = arguments.iter().position(|argument| argument == "--verify-key").unwrap();
    inject::Plan {
        keeps_records: false,
        service: "studio".into(),
        namespace: place.name.clone(),
        service_uid: place.jsonpath("dss", "studio", "{.metadata.uid}"),
        image: "deepsynthesis-sidecar:dev".into(),
        image_pull_policy: "IfNotPresent".into(),
        image_pull_secrets: Vec::new(),
        verify_key: arguments[key + 1].as_str().unwrap().to_owned(),
        resources: deepsynthesis::api::policy::SidecarPolicy::default(),
        capture: deepsynthesis::api::service::Capture::SplitAddress,
    }
}

fn lapse(place: &Place<'_>) {
    place.kubectl(&["delete", "filingrecord", &place.name]).admitted();
    place.until_gate("studio", "Closed");
}
