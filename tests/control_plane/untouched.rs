//! Whoever is not enrolled never hears of us.

use crate::cluster::shared;
use crate::support::{KINDS, Place, init_containers, template, workload};

#[test]
fn other_namespaces_and_kube_system_are_untouched_and_never_asked_about() {
    let cluster = shared();
    // A closed gate over the same labels next door must change nothing here.
    Place::unfiled(cluster, "closed");
    let place = Place::empty(cluster, "free", false);
    place.create(&place.service("studio", "studio")).admitted();
    place.until_gate("studio", "Closed");
    for kind in KINDS {
        place.create(&workload(kind, "studio", template())).admitted();
    }
    let pod = place.get("pod", "studio");
    assert!(init_containers(&pod).is_empty(), "{pod:#}");
    assert!(pod["metadata"]["annotations"].is_null() && pod["metadata"]["labels"].as_object().unwrap().len() == 1);

    let system = Place { cluster, name: "kube-system".into(), code: String::new() };
    for kind in ["Pod", "Deployment"] {
        system.create(&workload(kind, &place.name, template())).admitted();
    }
    assert!(init_containers(&system.get("pod", &place.name)).is_empty());

    let metrics = cluster.get("/metrics").unwrap();
    assert!(metrics.lines().any(|line| line == "deepsynthesis_admission_unenrolled_total 0"), "{metrics}");
    assert!(metrics.lines().any(|line| line == "deepsynthesis_admission_panics_total 0"), "{metrics}");
}

#[test]
fn a_pod_that_no_service_selects_runs_as_it_is_in_an_enrolled_namespace() {
    let place = Place::unfiled(shared(), "beside");
    let mut other = workload("Pod", "other", template());
    other["metadata"]["labels"]["app"] = "database".into();
    place.create(&other).admitted();
    assert!(init_containers(&place.get("pod", "other")).is_empty());
}
