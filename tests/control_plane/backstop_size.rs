//! What the policies cost inside the API server: with as many services, selectors and revisions as one object may hold, every
//! pod is still judged within the budget that the API server gives an expression.

use std::time::Instant;

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::ground::{enforced, inject, outside, verify_key};
use crate::support::{Place, eventually, template, workload};

/// As the schema of a NamespaceEnforcement allows.
const SERVICES: usize = 256;
/// Selectors as large as a service may declare them; only the last value of each differs from that of the pod.
const LABELS: usize = 16;
const EXPRESSIONS: usize = 8;
const VALUES: usize = 16;

fn labels(service: usize) -> Value {
    let pairs = (0..LABELS).map(|index| {
        let value = if index + 1 == LABELS { format!("s{service}") } else { "x".to_owned() };
        (format!("team.example/l{index:02}"), Value::from(value))
    });
    Value::Object(pairs.collect())
}

fn expressions() -> Vec<Value> {
    let values: Vec<String> =
        (0..VALUES).map(|index| if index + 1 == VALUES { "x".into() } else { format!("v{index}") }).collect();
    (0..EXPRESSIONS)
        .map(|index| json!({"key": format!("team.example/l{index:02}"), "operator": "In", "values": values}))
        .collect()
}

/// An enforcement of so many services with so many revisions each, all like `entry`.
fn enforcement(entry: &Value, sidecar: &Value, services: usize, revisions: usize) -> Value {
    let revisions: Vec<Value> = (0..revisions)
        .map(|index| {
            json!({"owner": format!("00000000-0000-0000-0000-{index:012}"), "hash": format!("{index:010}"), "content": "a".repeat(64)})
        })
        .collect();
    let services: Vec<Value> = (0..services)
        .map(|number| {
            let mut entry = entry.clone();
            if number + 1 < services {
                entry["name"] = format!("other-{number}").into();
            }
            entry["selector"] = json!({"matchExpressions": expressions(), "matchLabels": labels(number)});
            entry["admittedRevisions"] = revisions.clone().into();
            entry["refusal"] = "x".repeat(900).into();
            entry
        })
        .collect();
    json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "NamespaceEnforcement", "metadata": {"name": "dss"},
        "spec": {"services": services, "sidecar": sidecar},
    })
}

#[test]
fn the_largest_namespace_is_judged_within_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("only", cluster.port, cluster.health);
    let place = Place::open(&cluster, "large");
    let entry = enforced(&place, "studio");
    let sidecar = place.get("namespaceenforcement", "dss")["spec"]["sidecar"].clone();
    let uid = place.jsonpath("dss", "studio", "{.metadata.uid}");
    operator.kill();
    cluster.delete_webhooks();

    // The operator keeps 2,048 revisions in all, and at least eight of each service.
    for (services, revisions) in [(SERVICES, 8), (32, 64)] {
        let mut entry = entry.clone();
        (entry["gate"], entry["mode"]) = ("Closed".into(), "Enforce".into());
        let object = enforcement(&entry, &sidecar, services, revisions).to_string();
        place.cluster.kubectl(&["-n", &place.name, "replace", "-f", "-"], Some(&object)).admitted();
        let mut template = template();
        template["metadata"]["labels"] = labels(services - 1);
        let mut pod = inject(workload("Pod", "studio", template), &place.name, "studio", &uid, &verify_key(&entry));
        pod["metadata"]["labels"]["pod-template-hash"] = format!("{:010}", revisions - 1).into();
        pod["metadata"]["ownerReferences"] = json!([{
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "studio", "controller": true,
            "uid": format!("00000000-0000-0000-0000-{:012}", revisions - 1),
        }]);
        eventually("the API server knows the object", 20, || {
            place.create_with(&pod, &["--dry-run=server"]).is_success()
        });
        // The last revision of the last service lets it pass, nothing else does: the whole was looked at.
        let mut other = pod.clone();
        other["metadata"]["labels"]["pod-template-hash"] = "other".into();
        place.create_with(&other, &["--dry-run=server"]).refused(&["does not keep the law"]);
        place.create_with(&outside(), &["--dry-run=server"]).admitted();
        let begun = Instant::now();
        let many: Vec<Value> = (0..50).map(|_| pod.clone()).collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": many}).to_string();
        cluster.kubectl(&["-n", &place.name, "create", "--dry-run=server", "-f", "-"], Some(&list)).admitted();
        println!(
            "{services} services, {revisions} revisions, {} bytes: {:?} for a pod, kubectl included",
            object.len(),
            begun.elapsed() / 50
        );
    }
}
