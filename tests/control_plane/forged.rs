//! Ways around the sidecar, as a tenant with every right in the namespace would try them.

use serde_json::{Value, json};

use crate::cluster::shared;
use crate::support::{Place, SIDECAR, container, init_containers, template, workload};

fn pod(name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut pod = workload("Pod", name, template());
    change(&mut pod);
    pod
}

#[test]
fn a_container_or_volume_under_our_name_is_refused() {
    let place = Place::open(shared(), "names");
    let own = json!({"name": SIDECAR, "image": "busybox"});
    let as_app = pod("as-app", |pod| pod["spec"]["containers"].as_array_mut().unwrap().push(own.clone()));
    let as_init = pod("as-init", |pod| pod["spec"]["initContainers"] = json!([own]));
    let mut native = own.clone();
    native["restartPolicy"] = "Always".into();
    let as_sidecar = pod("as-sidecar", |pod| pod["spec"]["initContainers"] = json!([native]));
    for pod in [as_app, as_init, as_sidecar] {
        place.create(&pod).refused(&["ContainerNameReserved", SIDECAR, "Art. 16"]);
    }
    let volume = json!([{"name": "deepsynthesis-config", "emptyDir": {}}]);
    let volume = pod("volume", |pod| pod["spec"]["volumes"] = volume);
    place.create(&volume).refused(&["VolumeNameReserved", "deepsynthesis-config"]);
}

#[test]
fn forged_marks_are_overwritten() {
    let place = Place::open(shared(), "marks");
    let forged = pod("forged", |pod| {
        pod["metadata"]["labels"]["deepsynthesis.dev/service"] = "mine".into();
        pod["metadata"]["annotations"] = json!({"deepsynthesis.dev/injection-proof": "sha256:0"});
    });
    place.create(&forged).admitted();
    place.create(&pod("plain", |_| ())).admitted();
    let (forged, plain) = (place.get("pod", "forged"), place.get("pod", "plain"));
    assert_eq!(forged["metadata"]["labels"]["deepsynthesis.dev/service"], "studio");
    assert_eq!(init_containers(&forged), [SIDECAR]);
    assert_eq!(forged["metadata"]["annotations"], plain["metadata"]["annotations"]);
}

#[test]
fn marks_on_a_pod_of_no_service_are_refused() {
    let place = Place::open(shared(), "unselected");
    for mark in ["labels/deepsynthesis.dev/service", "annotations/deepsynthesis.dev/injection-proof"] {
        let (part, key) = mark.split_once('/').unwrap();
        let marked = pod("marked", |pod| {
            pod["metadata"]["labels"] = json!({"app": "elsewhere"});
            pod["metadata"][part][key] = "studio".into();
        });
        place.create(&marked).refused(&["SidecarMarkForged", "Art. 18"]);
    }
}

#[test]
fn a_pod_that_shares_what_the_sidecar_guards_is_refused() {
    let place = Place::open(shared(), "shares");
    for (field, code) in [
        ("hostNetwork", "HostNetworkUsed"),
        ("hostPID", "HostPidUsed"),
        ("shareProcessNamespace", "ProcessNamespaceShared"),
    ] {
        let pod = pod("shares", |pod| pod["spec"][field] = true.into());
        place.create(&pod).refused(&[code, field]);
    }
    let port = pod("port", |pod| pod["spec"]["containers"][0]["ports"][0]["hostPort"] = 8080.into());
    place.create(&port).refused(&["HostPortUsed", "hostPort"]);
}

#[test]
fn a_live_pod_keeps_its_marks_its_labels_and_its_sidecar() {
    let place = Place::open(shared(), "live");
    place.create(&pod("live", |_| ())).admitted();
    let before = place.get("pod", "live");
    for words in [
        &["label", "pod", "live", "deepsynthesis.dev/service-"][..],
        &["label", "pod", "live", "deepsynthesis.dev/service=other", "--overwrite"],
        &["annotate", "pod", "live", "deepsynthesis.dev/injection-proof-"],
        &["annotate", "pod", "live", "deepsynthesis.dev/injection-proof=x", "--overwrite"],
    ] {
        place.kubectl(words).refused(&["SidecarMarkChanged", "Art. 18"]);
    }
    for words in [&["label", "pod", "live", "app-"][..], &["label", "pod", "live", "app=other", "--overwrite"]] {
        place.kubectl(words).refused(&["SelectedLabelRemoved", "studio"]);
    }
    let image = format!("{SIDECAR}=busybox");
    place.kubectl(&["set", "image", "pod/live", &image]).refused(&["SidecarImageChanged", "Art. 18"]);
    let after = place.get("pod", "live");
    assert_eq!(before["metadata"]["resourceVersion"], after["metadata"]["resourceVersion"]);
    // What is the tenant's stays the tenant's.
    place.kubectl(&["set", "image", "pod/live", "app=app:v2"]).admitted();
    assert_eq!(container(&place.get("pod", "live"), "app")["image"], "app:v2");
}

#[test]
fn an_uninjected_pod_cannot_be_labelled_into_a_service() {
    let place = Place::open(shared(), "join");
    place.create(&pod("outside", |pod| pod["metadata"]["labels"]["app"] = "database".into())).admitted();
    place.kubectl(&["label", "pod", "outside", "app=studio", "--overwrite"]).refused(&[
        "UninjectedPodSelected",
        "studio",
        "Art. 16",
    ]);
    let mark = ["label", "pod", "outside", "deepsynthesis.dev/service=studio"];
    place.kubectl(&mark).refused(&["SidecarMarkChanged"]);
}

#[test]
fn a_workload_that_two_services_select_is_refused() {
    let place = Place::open(shared(), "twice");
    place.create(&place.service("second", "studio")).admitted();
    place.until_gate("second", "Open");
    for kind in ["Pod", "Deployment"] {
        place.create(&workload(kind, "both", template())).refused(&["SelectedTwice", "second", "studio"]);
    }
    place.kubectl(&["delete", "dss", "second"]).admitted();
    crate::support::eventually("one service is left", 20, || {
        place.create_with(&workload("Pod", "both", template()), &["--dry-run=server"]).is_success()
    });
}
