//! Workloads that no service selects: what looks like a generator must be declared, by the policy's mode (Order 12 Art. 2).
//!
//! The policy holds for a whole cluster, so these tests have a control plane of their own.

use serde_json::{Value, json};

use crate::cluster::{Cluster, shared};
use crate::support::{Place, Said, eventually, workload};

fn vllm() -> Value {
    json!({
        "metadata": {"labels": {"app": "studio"}},
        "spec": {"containers": [{
            "name": "vllm", "image": "vllm/vllm-openai:v0.11.0", "args": ["--model", "Qwen/Qwen3-8B"],
            "ports": [{"containerPort": 8000}],
        }]},
    })
}

fn database() -> Value {
    json!({
        "metadata": {"labels": {"app": "studio"}},
        "spec": {"containers": [{"name": "db", "image": "postgres:18"}]},
    })
}

fn dry(place: &Place<'_>, kind: &str, template: Value) -> Said {
    place.create_with(&workload(kind, "chat", template), &["--dry-run=server"])
}

#[test]
fn an_undeclared_generator_is_refused_with_the_service_to_create() {
    let place = Place::empty(shared(), "undeclared", true);
    place.until_enforced();
    for kind in ["Deployment", "Job", "Pod"] {
        dry(&place, kind, vllm()).refused(&[
            "[UndeclaredGenerator]",
            "vllm",
            "Create a DeepSynthesisService",
            "technologies: [Text]",
            "port: 8000",
            "127.0.0.1",
            "notGenerative",
            "Order 12 Art. 2",
            "被拒绝",
        ]);
        dry(&place, kind, database()).admitted();
    }
    // Outside of enrolled namespaces nobody asks.
    let free = Place::empty(shared(), "undeclared-free", false);
    dry(&free, "Deployment", vllm()).admitted();

    // A change of the template is looked at like a new one; scaling is not.
    place.create(&workload("Deployment", "later", database())).admitted();
    place
        .kubectl(&["set", "image", "deployment/later", "db=vllm/vllm-openai:v0.11.0"])
        .refused(&["UndeclaredGenerator"]);
    place.kubectl(&["scale", "deployment/later", "--replicas=3"]).admitted();

    let mut record = place.assessment();
    record["spec"]["basis"] = json!(["ScopeDecision"]);
    record["spec"]["decision"] = json!({"notGenerative": [{"matchLabels": {"app": "studio"}}]});
    place.create(&record).admitted();
    eventually("the decision is known", 10, || dry(&place, "Deployment", vllm()).is_success());
}

#[test]
fn the_policys_mode_decides_what_happens_to_the_undeclared() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let _operator = cluster.start("undeclared", cluster.port, cluster.health);
    let place = Place::empty(&cluster, "modes", true);
    place.until_enforced();
    let policy = |spec: Value| {
        let object = json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
            "spec": spec,
        });
        cluster.kubectl(&["apply", "-f", "-"], Some(&object.to_string())).admitted();
    };
    policy(json!({"mode": "Warn"}));
    eventually("Warn is in force", 10, || dry(&place, "Deployment", vllm()).is_success());
    let said = dry(&place, "Deployment", vllm()).said();
    for text in ["[UndeclaredGenerator]", "Deployment chat", "port 8000", "127.0.0.1"] {
        assert!(said.contains(text), "{text:?} is missing in {said}");
    }
    policy(json!({"mode": "Audit"}));
    eventually("Audit is in force", 10, || !dry(&place, "Deployment", vllm()).said().contains("UndeclaredGenerator"));
    dry(&place, "Deployment", vllm()).admitted();

    policy(json!({"mode": "Enforce", "undeclared": "Deny"}));
    eventually("Deny is in force", 10, || !dry(&place, "Deployment", database()).is_success());
    dry(&place, "Deployment", database()).refused(&[
        "[UndeclaredWorkload]",
        "notGenerative",
        "Nothing says that it generates",
    ]);
    dry(&place, "Deployment", vllm()).refused(&["[UndeclaredWorkload]", "vllm"]);
    // Of a pod the API server's own policy says it first.
    eventually("Deny holds pods", 10, || !dry(&place, "Pod", database()).is_success());
    dry(&place, "Pod", database()).refused(&["[UndeclaredWorkload]", "notGenerative"]);
}
