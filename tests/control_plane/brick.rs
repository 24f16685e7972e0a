//! What goes on whatever of ours is dead or deleted. `docs/operations.md` has these tests as a table.
//!
//! Each test has a control plane of its own: it kills what others need.

use std::path::Path;

use serde_json::json;

use crate::cluster::{Cluster, Operator, Private};
use crate::support::{Place, SIDECAR, eventually, init_containers, template, workload};

/// A control plane with our chart; its operator has come and gone, or never was.
fn private() -> (tempfile::TempDir, Private) {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    (folder, cluster)
}

fn start(cluster: &Cluster) -> Operator {
    cluster.start("a", cluster.port, cluster.health)
}

fn system(cluster: &Cluster) -> Place<'_> {
    Place { cluster, name: "kube-system".into(), code: String::new() }
}

/// What heals a cluster, and every namespace that is not enrolled, works; enrolled ones are closed.
fn only_enrolled_are_closed(cluster: &Cluster, enrolled: &Place<'_>) {
    let vendors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vendors/kube-system.yaml");
    let vendors = ["create", "--dry-run=server", "-f", vendors.to_str().unwrap()];
    let free = Place::empty(cluster, "free", false);
    let own = Place { cluster, name: "deepsynthesis-system".into(), code: String::new() };
    for place in [&system(cluster), &free, &own] {
        place.kubectl(&vendors).admitted();
    }
    enrolled.create_with(&workload("Pod", "new", template()), &["--dry-run=server"]).refused(&["deepsynthesis"]);
}

#[test]
fn with_the_operator_dead_every_object_of_the_cluster_itself_can_be_changed() {
    let (_folder, cluster) = private();
    let enrolled = Place::empty(&cluster, "closed", true);
    only_enrolled_are_closed(&cluster, &enrolled);
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}});
    cluster.kubectl(&["create", "-f", "-"], Some(&node.to_string())).admitted();
    let kinds = cluster.kubectl(&["api-resources", "--verbs=list,patch", "-o", "name"], None).admitted();
    let kinds: Vec<&str> = kinds.lines().filter(|kind| !kind.ends_with(".deepsynthesis.dev")).collect();
    assert!(kinds.len() > 40, "{kinds:?}");
    let mut objects = 0;
    for kind in kinds {
        let names = cluster.kubectl(&["get", kind, "-A", "-o", "name"], None).admitted();
        if names.is_empty() {
            continue;
        }
        objects += names.lines().count();
        let words = ["annotate", kind, "--all", "-A", "--dry-run=server", "--overwrite", "example.com/probe=x"];
        cluster.kubectl(&words, None).admitted();
    }
    assert!(objects > 100, "only {objects} objects were tried");
    // The enrolled namespace itself can be deleted, too.
    cluster.kubectl(&["delete", "namespace", &enrolled.name, "--wait=false"], None).admitted();
}

#[test]
fn after_a_restart_of_the_cluster_with_the_operator_down_all_but_enrolled_namespaces_work_and_it_heals_alone() {
    let (_folder, cluster) = private();
    let operator = start(&cluster);
    let place = Place::open(&cluster, "closed");
    operator.kill();
    cluster.restart();
    only_enrolled_are_closed(&cluster, &place);
    let _operator = start(&cluster);
    eventually("pods are admitted again", 30, || place.create(&workload("Pod", "new", template())).is_success());
    assert_eq!(init_containers(&place.get("pod", "new")), [SIDECAR]);
}

#[test]
fn with_our_crds_deleted_all_but_enrolled_namespaces_work_and_it_heals_alone() {
    let (_folder, cluster) = private();
    let _operator = start(&cluster);
    let place = Place::open(&cluster, "closed");
    let crds = cluster.kubectl(&["get", "crd", "-o", "name"], None).admitted();
    let ours: Vec<&str> = crds.lines().filter(|name| name.ends_with(".deepsynthesis.dev")).collect();
    assert_eq!(ours.len(), 8);
    cluster.kubectl(&[&["delete", "--wait=false"], &ours[..]].concat(), None).admitted();
    eventually("the service is gone", 20, || !place.kubectl(&["get", "dss", "studio"]).is_success());
    // What was filed is gone: nobody may run what nobody knows to be lawful.
    let new = || place.create_with(&workload("Pod", "new", template()), &["--dry-run=server"]);
    eventually("the enrolled namespace is closed", 60, || !new().is_success());
    only_others_work(&cluster);
    cluster.apply_crds();
    let again = Place::empty(&cluster, "again", true);
    eventually("the kinds are served again", 60, || again.create(&again.service("studio", "studio")).is_success());
    again.file();
    // Watches that failed try again ever more slowly, at most half a minute apart.
    eventually("the gate is open", 120, || again.jsonpath("dss", "studio", "{.status.gate}") == "Open");
    again.create(&workload("Pod", "new", template())).admitted();
    assert_eq!(init_containers(&again.get("pod", "new")), [SIDECAR]);
}

fn only_others_work(cluster: &Cluster) {
    let free = Place::empty(cluster, "free", false);
    for place in [&system(cluster), &free] {
        place.create_with(&workload("Pod", "new", template()), &["--dry-run=server"]).admitted();
    }
}

#[test]
fn after_an_uninstall_with_the_operator_dead_every_namespace_works() {
    let (_folder, cluster) = private();
    let operator = start(&cluster);
    let place = Place::open(&cluster, "closed");
    operator.kill();
    place.create(&workload("Pod", "new", template())).refused(&["failed calling webhook"]);
    cluster.uninstall();
    // API servers forget a policy a moment after it is gone.
    eventually("the policies are gone", 20, || place.create(&workload("Pod", "new", template())).is_success());
    place.kubectl(&["delete", "pod", "new", "--timeout=10s"]).admitted();
    cluster.kubectl(&["label", "namespace", &place.name, "deepsynthesis.dev/enforce-"], None).admitted();
    // The evidence stays.
    assert!(place.kubectl(&["get", "filingrecord", &place.name]).is_success());
}

#[test]
fn a_deleted_mutating_webhook_closes_enrolled_namespaces_and_is_not_made_again() {
    let (_folder, cluster) = private();
    let _operator = start(&cluster);
    let place = Place::open(&cluster, "closed");
    let configuration = "mutatingwebhookconfiguration/deepsynthesis-operator-workloads";
    cluster.kubectl(&["delete", configuration], None).admitted();
    place.create(&workload("Pod", "new", template())).refused(&["SidecarMissing"]);
    eventually("the operator says that it is gone", 20, || {
        crate::cluster::get(cluster.health, "/readyz").is_ok_and(|text| text.contains("webhook configurations"))
            || cluster.log_of("a").contains("webhook configuration")
    });
    cluster.kubectl(&["get", configuration], None).refused(&["NotFound"]);
    cluster.reinstall();
    eventually("pods are admitted again", 40, || place.create(&workload("Pod", "new", template())).is_success());
    assert_eq!(init_containers(&place.get("pod", "new")), [SIDECAR]);
}
