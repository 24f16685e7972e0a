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

/// The certificate that cert-manager or the user would give, and the volume of a cluster without provisioner.
fn ground(folder: &std::path::Path) {
    let name = format!("deepsynthesis-ledger.{SYSTEM}.svc");
    let key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(vec![]).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = rcgen::CertifiedIssuer::self_signed(authority, key).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(vec![name]).unwrap().signed_by(&key, &authority).unwrap();
    apply(&json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {"name": "deepsynthesis-ledger-tls", "namespace": SYSTEM},
        "stringData": {"tls.crt": leaf.pem(), "tls.key": key.serialize_pem(), "ca.crt": authority.pem()}}));
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
