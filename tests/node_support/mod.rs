//! What the tests on a real node share: kubectl and curl as a user has them, and a filed service to talk to.
#![allow(dead_code, reason = "each test program uses a part")]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const USCC: &str = "91110108MADEM0XY18";

/// Output of a program and whether it succeeded.
pub fn run(program: &str, words: &[&str], input: &str) -> (bool, String) {
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}; run make test-node"));
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

#[track_caller]
pub fn kubectl(words: &[&str]) -> String {
    let (is_success, text) = run("kubectl", words, "");
    assert!(is_success, "kubectl {}: {text}", words.join(" "));
    text
}

#[track_caller]
pub fn refused(words: &[&str], code: &str) {
    let (is_success, text) = run("kubectl", words, "");
    assert!(!is_success && text.contains(code), "kubectl {} should be refused with {code}: {text}", words.join(" "));
}

#[track_caller]
pub fn apply(object: &Value) {
    let (is_success, text) = run("kubectl", &["apply", "-f", "-"], &object.to_string());
    assert!(is_success, "{object}: {text}");
}

#[track_caller]
pub fn eventually(what: &str, seconds: u64, mut is_true: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !is_true() {
        assert!(Instant::now() < end, "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The text of the generator as it comes by this way must carry the notice.
#[track_caller]
pub fn is_labelled(way: &str, text: impl Fn() -> (bool, String)) {
    let end = Instant::now() + Duration::from_secs(20);
    let last = loop {
        let (is_success, said) = text();
        if is_success && said.contains("老茶馆") {
            break said;
        }
        assert!(Instant::now() < end, "{way} does not lead to the generator: {said}");
        std::thread::sleep(Duration::from_millis(200));
    };
    let has_notice = ["人工智能", "AI"].iter().any(|who| last.contains(who)) && last.contains("生成");
    assert!(has_notice, "by {way} unlabelled text gets out: {last}");
}

pub fn curl(url: &str) -> (bool, String) {
    run("curl", &["-s", "--max-time", "5", url], "")
}

/// An enrolled namespace with a filed service of this name; its code tells it from others.
pub fn place(name: &str, code: &str) {
    place_with(name, code, &json!({}));
    is_open(name);
}

/// Waits for the gate of the service of that name.
pub fn is_open(name: &str) {
    eventually("the gate is open", 60, || {
        kubectl(&["-n", name, "get", "dss", name, "-o", "jsonpath={.status.gate}"]) == "Open"
    });
}

/// The same with more fields in the spec of the service; its gate is not waited for.
pub fn place_with(name: &str, code: &str, more: &Value) {
    kubectl(&["delete", "namespace", name, "--ignore-not-found"]);
    let records = ["delete", "filingrecord,assessmentrecord", name, "--ignore-not-found"];
    kubectl(&records);
    apply(&json!({"apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": name, "labels": {"deepsynthesis.dev/enforce": "true"}}}));
    let key = json!({"unifiedSocialCreditCode": USCC, "serviceCode": code, "scope": {"namespaces": [name]}});
    let with = |mut spec: Value, more: &Value| {
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        spec
    };
    let with_key = |spec: Value| with(spec, &key);
    let group = "deepsynthesis.dev/v1alpha1";
    apply(&json!({"apiVersion": group, "kind": "DeepSynthesisService", "metadata": {"name": name, "namespace": name},
    "spec": with(json!({
        "provider": {"name": "示例公司", "unifiedSocialCreditCode": USCC, "serviceCode": code},
        "roles": ["Provider"], "audience": "PublicChina", "technologies": ["Text"],
        "publicOpinion": {"attribute": true}, "filingMode": "Strict",
        "workloadSelector": {"matchLabels": {"app": name}}, "endpoints": [{"port": 8080}],
    }), more)}));
    apply(&json!({"apiVersion": group, "kind": "FilingRecord", "metadata": {"name": name}, "spec": with_key(json!({
        "kind": "AlgorithmFiling", "number": "网信算备110108000000001260015号", "role": "Provider", "state": "Filed",
        "filedOn": "2026-03-10",
    }))}));
    apply(
        &json!({"apiVersion": group, "kind": "AssessmentRecord", "metadata": {"name": name}, "spec": with_key(json!({
            "basis": ["Article20"], "reportId": "SA-1", "reportSha256": "0".repeat(64), "assessor": "评估公司",
            "assessedOn": "2026-02-04", "result": "Passed",
        }))}),
    );
}

pub fn container(name: &str, listen: &str) -> Value {
    json!({"name": name, "image": "deepsynthesis-demo-app:dev", "imagePullPolicy": "IfNotPresent", "args": ["--listen", listen],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}})
}

pub fn pod(namespace: &str, name: &str, containers: &[Value]) {
    apply(&json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": namespace, "pod": name}},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": containers}}));
}

pub fn address(namespace: &str, pod: &str) -> String {
    let mut address = String::new();
    eventually("the pod has an address", 60, || {
        address = kubectl(&["-n", namespace, "get", "pod", pod, "-o", "jsonpath={.status.podIP}"]);
        !address.is_empty()
    });
    address
}
