//! Records on a real node: what an injected sidecar answers is in the ledger, with proof, when its pod is gone
//! (Order 12 Arts 10, 16(2); Cybersecurity Law Art. 23(3)).

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

mod node_support;
use node_support::{address, apply, container, curl, eventually, is_labelled, kubectl, place, pod, run};

const NAME: &str = "recorded";
const SYSTEM: &str = "deepsynthesis-system";
const READERS: &str = "inspection";
const ANSWERS: usize = 1000;

/// The volume of a cluster without provisioner. The certificate is the operator's own business.
fn ground(folder: &std::path::Path) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    apply(&json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "ledger"},
        "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": folder}}}));
}

fn helm(enabled: bool) {
    let set = format!(
        "ledger.enabled={enabled},ledger.storage=1Gi,ledger.image.tag=dev,\
         ledger.readers={{system:serviceaccount:{READERS}:inspector}}"
    );
    let words = ["upgrade", "deepsynthesis", "charts/deepsynthesis-operator", "-n", SYSTEM, "--reuse-values"];
    let (is_success, said) = run("helm", &[&words[..], &["--set", &set, "--wait", "--timeout", "2m"]].concat(), "");
    assert!(is_success, "{said}");
}

/// Asks the ledger as the inspector.
fn ask(path: &str) -> String {
    let token = ["-n", READERS, "create", "token", "inspector", "--audience", "deepsynthesis-ledger-read"];
    let bearer = format!("Authorization: Bearer {}", kubectl(&token).trim());
    let service = ["-n", SYSTEM, "get", "service", "deepsynthesis-ledger", "-o", "jsonpath={.spec.clusterIP}"];
    let url = format!("https://{}{path}", kubectl(&service));
    run("curl", &["-sk", "--max-time", "20", "-H", &bearer, &url], "").1
}

fn lines(text: &str) -> Vec<Value> {
    let parsed = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{text}")));
    parsed.collect()
}

fn service(path: &str) -> String {
    kubectl(&["-n", NAME, "get", "dss", NAME, "-o", &format!("jsonpath={path}")])
}

/// The operator says what the ledger keeps, promises it what the service declares, and lets nobody take that back.
fn keeps_what_was_promised(uid: &str, id: &str) {
    let condition = |member: &str| service(&format!("{{.status.conditions[?(@.type=='Retention')].{member}}}"));
    eventually("the status tells of the records", 120, || condition("reason") == "RecordsKept");
    assert!(condition("message").contains("Cybersecurity Law Art. 23(3)"), "{}", condition("message"));
    let patch = |period: &str| {
        let patch = json!({"spec": {"retention": {"logs": period}}}).to_string();
        run("kubectl", &["-n", NAME, "patch", "dss", NAME, "--type", "merge", "-p", &patch], "")
    };
    assert!(patch("P1Y").0);
    eventually("the longer period is promised", 120, || service("{.status.retention.logs[0].keptFor}") == "P1Y");
    let (is_taken, said) = patch("P6M");
    assert!(!is_taken && said.contains("[RetentionShrunk]") && said.contains("Art. 23(3)"), "{said}");
    // What the status pins is what an inspector verifies by.
    let checkpoint = service("{.status.retention.logs[0].checkpoint}");
    assert!(checkpoint.starts_with(&format!("deepsynthesis.dev/{uid}/network\n")), "{checkpoint}");
    assert!(ask(&format!("/v1/records?service={uid}&kind=configuration")).contains("generation"));
    assert!(ask(&format!("/v1/records?service={uid}&id={id}")).contains(id));
}

#[test]
fn a_thousand_answers_are_in_the_ledger_with_proof_after_their_pod_is_gone_order_12_articles_10_and_16() {
    let folder = tempfile::tempdir().unwrap();
    ground(folder.path());
    helm(true);
    kubectl(&["create", "namespace", READERS]);
    kubectl(&["-n", READERS, "create", "serviceaccount", "inspector"]);
    place(NAME, "RC08");
    eventually("the new leader has published what is injected", 60, || {
        kubectl(&["-n", NAME, "get", "namespaceenforcement", "dss", "-o", "jsonpath={.spec.services[0].args}"])
            .contains("--spool")
    });
    let uid = kubectl(&["-n", NAME, "get", "dss", NAME, "-o", "jsonpath={.metadata.uid}"]);
    pod(NAME, "app", &[container("app", "127.0.0.1:8080")]);
    kubectl(&["-n", NAME, "wait", "pod/app", "--for", "condition=Ready", "--timeout", "90s"]);
    let ip = address(NAME, "app");
    is_labelled("the pod's address", || curl(&format!("http://{ip}:8080/text")));
    let before = format!("/v1/records?service={uid}&kind=ended");
    eventually("the first record is in the ledger", 120, || !ask(&before).trim().is_empty());
    let first = lines(&ask(&before)).len();

    let urls = format!("http://{ip}:8080/text?n=[1-{ANSWERS}]");
    let (is_success, said) = run("curl", &["-sf", "--max-time", "120", "-o", "/dev/null", &urls], "");
    assert!(is_success, "{said}");
    // At once: what has not been shipped yet is flushed while the sidecar ends.
    kubectl(&["-n", NAME, "delete", "pod", "app", "--wait"]);
    let ended = || lines(&ask(&before));
    eventually("all answers are in the ledger", 60, || ended().len() == first + ANSWERS);
    let of_pods: std::collections::BTreeSet<String> =
        ended().iter().map(|line| line["record"]["pod"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(of_pods.len(), 1, "one pod, and each record once: {of_pods:?}");

    let last = ended().pop().unwrap();
    let id = last["record"]["id"].as_str().unwrap();
    let proof = ask(&format!("/v1/proof?service={uid}&id={id}"));
    assert!(proof.contains(id) && proof.contains("checkpoint"), "{proof}");
    keeps_what_was_promised(&uid, id);
    // A pod that no service claims has no business here; neither has a person without a role.
    let stranger = ["-n", READERS, "create", "token", "default", "--audience", "deepsynthesis-ledger-read"];
    let bearer = format!("Authorization: Bearer {}", kubectl(&stranger).trim());
    let service = ["-n", SYSTEM, "get", "service", "deepsynthesis-ledger", "-o", "jsonpath={.spec.clusterIP}"];
    let url = format!("https://{}{before}", kubectl(&service));
    let status = run("curl", &["-sk", "-o", "/dev/null", "-w", "%{http_code}", "-H", &bearer, &url], "").1;
    assert_eq!(status, "403");

    helm(false);
    kubectl(&["delete", "namespace", NAME, READERS, "--wait=false"]);
    kubectl(&["-n", SYSTEM, "delete", "pvc", "deepsynthesis-ledger", "--wait=false"]);
    kubectl(&["delete", "pv", "ledger", "--wait=false"]);
}
