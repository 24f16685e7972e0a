//! A change is in force in every replica within a second of its status saying so.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cluster::{Cluster, free_port};
use crate::support::{Place, eventually, run, template, workload};

/// Whether one replica admits a Deployment of the service, asked past the API server.
fn admits(port: u16, namespace: &str) -> bool {
    let object = workload("Deployment", "studio", template());
    let review = json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "00000000-0000-0000-0000-000000000001",
            "kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
            "resource": {"group": "apps", "version": "v1", "resource": "deployments"},
            "name": "studio", "namespace": namespace, "operation": "CREATE",
            "userInfo": {"username": "someone"}, "object": object, "oldObject": null, "dryRun": true,
        },
    });
    let url = format!("https://127.0.0.1:{port}/validate/workloads");
    let words = ["-sk", "--max-time", "5", "-H", "content-type: application/json", "--data-binary", "@-", &url];
    let answer = run(Command::new("curl").args(words), &review.to_string()).admitted();
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
    answer["response"]["allowed"].as_bool().unwrap()
}

#[test]
fn a_change_is_in_force_in_every_replica_within_a_second_of_its_status_saying_so() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let other = free_port();
    let _first = cluster.start("first", other, free_port());
    let _second = cluster.start("second", cluster.port, cluster.health);
    let place = Place::unfiled(&cluster, "pair");
    place.create(&place.assessment()).admitted();
    let ports = [other, cluster.port];
    assert_eq!(ports.map(|port| admits(port, &place.name)), [false, false]);

    let is_observed = || {
        let path =
            "{.metadata.generation} {.status.observedGeneration} {.status.conditions[?(@.type==\"Accepted\")].status}";
        let text = place.jsonpath("filingrecord", &place.name, path);
        let words: Vec<_> = text.split_whitespace().collect();
        words.len() == 3 && words[0] == words[1] && words[2] == "True"
    };
    let all = |expected: bool| {
        eventually("the status says that the record is in force", 20, is_observed);
        let said = Instant::now();
        for port in ports {
            while admits(port, &place.name) != expected {
                assert!(said.elapsed() < Duration::from_secs(1), "{port} still answers {}", !expected);
            }
        }
    };
    place.create(&place.filing()).admitted();
    all(true);
    for (namespace, expected) in [("elsewhere", false), (place.name.as_str(), true)] {
        let patch = json!({"spec": {"scope": {"namespaces": [namespace]}}}).to_string();
        place.kubectl(&["patch", "filingrecord", &place.name, "--type=merge", "-p", &patch]).admitted();
        all(expected);
    }
}
