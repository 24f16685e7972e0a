//! A dead operator closes the enrolled namespaces, leaves the others alone and holds nothing fast that runs.

use serde_json::json;

use crate::cluster::Cluster;
use crate::support::{Place, SIDECAR, eventually, init_containers, template, workload};

#[test]
fn a_dead_operator_closes_enrolled_namespaces_only_and_heals_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("a", cluster.port, cluster.health);
    let place = Place::open(&cluster, "closed");
    for kind in ["Pod", "Deployment", "ReplicaSet"] {
        place.create(&workload(kind, "old", template())).admitted();
    }
    let free = Place::empty(&cluster, "free", false);
    let authority = authority(&cluster);
    operator.kill();

    for kind in ["Pod", "Deployment"] {
        place.create(&workload(kind, "new", template())).refused(&["failed calling webhook", "deepsynthesis.dev"]);
    }
    place.create(&place.service("second", "second")).refused(&["failed calling webhook"]);
    place.kubectl(&["set", "image", "deployment/old", "app=app:v2"]).refused(&["failed calling webhook"]);
    let system = Place { cluster: &cluster, name: "kube-system".into(), code: String::new() };
    for open in [&free, &system] {
        for kind in ["Pod", "Deployment"] {
            open.create(&workload(kind, "new", template())).admitted();
        }
    }
    place.kubectl(&["scale", "deployment/old", "--replicas=3"]).admitted();
    // A controller scales a ReplicaSet by a plain update and annotates pods.
    place.kubectl(&["patch", "replicaset", "old", "-p", r#"{"spec":{"replicas":0}}"#]).admitted();
    place.kubectl(&["annotate", "pod", "old", "example.com/note=x"]).admitted();
    place.kubectl(&["delete", "pod/old", "deployment/old", "replicaset/old", "--timeout=10s"]).admitted();
    place.kubectl(&["get", "pod", "old"]).refused(&["NotFound"]);

    let _operator = cluster.start("a", cluster.port, cluster.health);
    eventually("pods are admitted again", 30, || place.create(&workload("Pod", "new", template())).is_success());
    assert_eq!(init_containers(&place.get("pod", "new")), [SIDECAR]);
    assert_eq!(self::authority(&cluster), authority);
}

#[test]
fn a_node_is_drained_and_taken_back_while_the_operator_is_dead() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("a", cluster.port, cluster.health);
    let place = Place::open(&cluster, "drained");
    let kubectl = |words: &[&str]| cluster.kubectl(words, None);
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "leaving"}}).to_string();
    cluster.kubectl(&["create", "-f", "-"], Some(&node)).admitted();
    for name in ["one", "two"] {
        place.create(&workload("Pod", name, template())).admitted();
        let binding = json!({"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name, "namespace": place.name},
            "target": {"kind": "Node", "name": "leaving"}});
        let path = format!("/api/v1/namespaces/{}/pods/{name}/binding", place.name);
        cluster.kubectl(&["create", "--raw", &path, "-f", "-"], Some(&binding.to_string())).admitted();
    }
    operator.kill();

    place.create(&workload("Pod", "three", template())).refused(&["failed calling webhook"]);
    // No kubelet is there to end them, so nothing is waited for.
    kubectl(&["drain", "leaving", "--force", "--grace-period=0", "--timeout=20s"]).admitted();
    assert_eq!(place.kubectl(&["get", "pods", "-o", "name"]).admitted().trim(), "", "both are evicted");
    kubectl(&["taint", "node", "leaving", "example.com/repair=yes:NoSchedule"]).admitted();
    kubectl(&["uncordon", "leaving"]).admitted();
    kubectl(&["delete", "node", "leaving"]).admitted();
}

fn authority(cluster: &Cluster) -> String {
    let path = "-o=jsonpath={.webhooks[0].clientConfig.caBundle}";
    let name = "deepsynthesis-operator-workloads";
    let bundle = cluster.kubectl(&["get", "mutatingwebhookconfiguration", name, path], None).admitted();
    assert!(!bundle.is_empty());
    bundle
}
