//! The background scan: what ran before the rules came is found, reported once, and written again only when it differs.

use serde_json::{Value, json};

use crate::cluster::{Cluster, free_port, get};
use crate::support::{Place, eventually, template, workload};

#[test]
fn what_runs_already_is_reported_once_and_again_only_when_it_differs() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let health = free_port();
    let _operator = cluster.start("only", cluster.port, health);
    // A pod that ran before its namespace was enrolled, and a workload that nobody declared.
    let place = Place::empty(&cluster, "before", false);
    place.create(&workload("Pod", "old", template())).admitted();
    place.create(&place.service("studio", "studio")).admitted();
    let metric = |name: &str| {
        let text = get(health, "/metrics").unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).map(str::to_owned);
        line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).unwrap_or_default()
    };
    let enrol = ["label", "namespace", &place.name, "deepsynthesis.dev/enforce=true"];
    cluster.kubectl(&enrol, None).admitted();
    eventually("the pod is counted", 30, || {
        let path = "{.status.workloads.matched} {.status.workloads.uninjected}";
        place.jsonpath("dss", "studio", path) == "1 1"
    });
    assert_eq!(place.jsonpath("dss", "studio", "{.status.conditions[?(@.type==\"Injected\")].status}"), "False");
    // Without the kinds of OpenReports nothing is written and nothing fails.
    assert_eq!((metric("deepsynthesis_report_writes_total"), metric("deepsynthesis_failed_scans_total")), (0.0, 0.0));

    let crds = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/openreports.yaml");
    cluster.kubectl(&["create", "-f", crds], None).admitted();
    cluster
        .kubectl(&["wait", "--for=condition=Established", "crd", "reports.openreports.io", "--timeout=30s"], None)
        .admitted();
    place.create(&place.assessment()).admitted();
    let report = || -> Value {
        let words = ["get", "reports.openreports.io", "deepsynthesis", "--ignore-not-found", "-o", "json"];
        serde_json::from_str(&place.kubectl(&words).admitted()).unwrap_or_default()
    };
    let has = |rule: &str, result: &str, name: &str| {
        report()["results"].as_array().is_some_and(|results| {
            let is = |found: &&Value| {
                found["rule"] == rule && found["result"] == result && found["resources"][0]["name"] == name
            };
            results.iter().find(is).is_some()
        })
    };
    eventually("the pod is reported", 60, || has("SidecarMissing", "fail", "old"));
    eventually("the service is reported", 30, || {
        has("FilingMissing", "fail", "studio") && has("Satisfied", "pass", "studio")
    });
    let first = report();
    let result = first["results"].as_array().unwrap().iter().find(|result| result["rule"] == "FilingMissing").unwrap();
    assert_eq!((result["policy"].as_str(), result["severity"].as_str()), (Some("o12-19-1"), Some("high")));
    assert_eq!(result["category"], "Order 12 Art. 19");
    assert_eq!(first["source"], "deepsynthesis.dev");
    assert!(result["timestamp"]["seconds"].is_i64() && result["properties"]["remedyZh"].is_string());
    let failed = first["results"].as_array().unwrap().iter().filter(|result| result["result"] == "fail").count();
    assert_eq!(first["summary"]["fail"], json!(failed));

    // A change elsewhere is scanned for, but says nothing new about this namespace.
    let scans = metric("deepsynthesis_scan_seconds_count");
    let mut elsewhere = place.filing();
    elsewhere["spec"]["scope"]["namespaces"] = json!(["elsewhere"]);
    elsewhere["spec"]["serviceCode"] = "ZZZ9".into();
    elsewhere["spec"]["unifiedSocialCreditCode"] = "91350100M000100Y43".into();
    place.create(&elsewhere).admitted();
    eventually("it was scanned again", 60, || metric("deepsynthesis_scan_seconds_count") > scans);
    assert_eq!(report()["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);

    place.kubectl(&["delete", "pod", "old", "--timeout=10s"]).admitted();
    place.kubectl(&["delete", "filingrecord", &place.name]).admitted();
    place.create(&place.filing()).admitted();
    eventually("what is cured is gone", 60, || {
        !has("SidecarMissing", "fail", "old") && !has("FilingMissing", "fail", "studio")
    });
}
