//! A dead operator closes the enrolled namespaces, leaves the others alone and holds nothing fast that runs.

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

fn authority(cluster: &Cluster) -> String {
    let path = "-o=jsonpath={.webhooks[0].clientConfig.caBundle}";
    let name = "deepsynthesis-operator-workloads";
    let bundle = cluster.kubectl(&["get", "mutatingwebhookconfiguration", name, path], None).admitted();
    assert!(!bundle.is_empty());
    bundle
}
