//! `onLapse: ScaleToZero`: what runs is stopped once, and never started again by us.

use serde_json::json;

use crate::cluster::{Cluster, free_port};
use crate::support::{Place, eventually, template, workload};

#[test]
fn a_lapse_scales_to_zero_once_and_never_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let _operator = cluster.start("only", cluster.port, free_port());
    let policy = json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
        "spec": {"onLapse": "ScaleToZero"},
    });
    cluster.kubectl(&["create", "-f", "-"], Some(&policy.to_string())).admitted();
    let place = Place::open(&cluster, "zero");
    for kind in ["Deployment", "StatefulSet", "DaemonSet", "CronJob"] {
        let mut object = workload(kind, "studio", template());
        if kind == "Deployment" {
            object["spec"]["replicas"] = 3.into();
        }
        place.create(&object).admitted();
    }
    let mut other = template();
    other["metadata"]["labels"]["app"] = "other".into();
    let mut other = workload("Deployment", "other", other);
    other["spec"]["selector"]["matchLabels"]["app"] = "other".into();
    other["spec"]["replicas"] = 2.into();
    place.create(&other).admitted();

    place.kubectl(&["delete", "filingrecord", &place.name]).admitted();
    place.until_gate("studio", "Closed");
    let replicas = |kind: &str, name: &str| place.jsonpath(kind, name, "{.spec.replicas}");
    let before = |kind: &str| place.jsonpath(kind, "studio", "{.metadata.annotations.deepsynthesis\\.dev/scaled-from}");
    eventually("the Deployment is stopped", 20, || replicas("deployment", "studio") == "0");
    eventually("the StatefulSet is stopped", 20, || replicas("statefulset", "studio") == "0");
    eventually("the CronJob is suspended", 20, || place.jsonpath("cronjob", "studio", "{.spec.suspend}") == "true");
    assert_eq!((before("deployment").as_str(), before("statefulset").as_str()), ("3", "1"));
    assert_eq!(replicas("deployment", "other"), "2");
    let reasons = || place.kubectl(&["get", "events.events.k8s.io", "-o", "jsonpath={.items[*].reason}"]).admitted();
    eventually("an Event asks to stop the DaemonSet by hand", 20, || reasons().contains("StopByHand"));

    place.create(&place.filing()).admitted();
    place.until_gate("studio", "Open");
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(replicas("deployment", "studio"), "0");
}
