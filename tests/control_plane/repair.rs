//! Pods that run without the sidecar: found, reported and, where they come back with it, evicted (Order 12 Art. 16).

use serde_json::{Value, json};

use crate::support::{Place, SIDECAR, eventually, init_containers, owned_pod, template, workload};
use crate::watched::Watched;

/// A ReplicaSet of so many replicas that all serve, as its controller would say.
fn replica_set(place: &Place<'_>, name: &str, replicas: u32, template: Value) -> Value {
    let mut set = workload("ReplicaSet", name, template);
    set["spec"]["replicas"] = replicas.into();
    place.create(&set).admitted();
    place.status("replicaset", name, json!({"replicas": replicas, "readyReplicas": replicas}));
    place.get("replicaset", name)
}

fn evictions(watched: &Watched) -> f64 {
    watched.metric("deepsynthesis_repair_evictions_total")
}

fn refused(watched: &Watched, reason: &str) -> f64 {
    watched.metric(&format!("deepsynthesis_repair_refused_total{{reason=\"{reason}\"}}"))
}

#[test]
fn pods_are_evicted_one_after_the_other_and_budgets_are_kept_order_12_article_16() {
    let watched = Watched::start();
    let place = Place::empty(&watched.cluster, "evict", false);
    place.open_up();
    let owner = replica_set(&place, "studio", 2, template());
    let old = ["one", "two"];
    for name in old {
        place.create(&owned_pod(name, &owner, &json!({"budget": "ours"}), template())).admitted();
        place.serves(name);
    }
    let budget = json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "ours"},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"budget": "ours"}}},
    });
    place.create(&budget).admitted();
    let allow = |count: u32| {
        let status = json!({
            "observedGeneration": 1, "disruptionsAllowed": count, "currentHealthy": 2, "desiredHealthy": 1,
            "expectedPods": 2, "disruptedPods": null,
        });
        place.status("pdb", "ours", status);
    };
    allow(0);
    let left = || old.into_iter().filter(|name| place.exists("pod", name)).collect::<Vec<_>>();

    // By default they are reported, and that is all.
    place.enrol();
    eventually("both are reported", 60, || {
        old.iter().all(|name| watched.entry(Some(&place.name), "SidecarMissing", name).is_some())
    });
    assert_eq!(place.jsonpath("dss", "studio", "{.status.workloads.summary}"), "0/2");

    watched.policy(json!({"repair": "Evict"}));
    eventually("the budget says no", 60, || refused(&watched, "DisruptionBudget") >= 1.0);
    assert_eq!((left().len(), evictions(&watched)), (2, 0.0));

    allow(1);
    eventually("one is evicted", 60, || left().len() == 1);
    // Its controller notices, and the budget would allow another one.
    place.status("replicaset", "studio", json!({"readyReplicas": 1}));
    allow(1);
    eventually("the other one waits for its turn", 60, || refused(&watched, "OthersNotReady") >= 1.0);
    assert_eq!(left().len(), 1);
    eventually("an Event says so", 20, || {
        let events = watched.events(&place.name, "RepairEvicted");
        events.iter().any(|note| note.contains("Order 12 Art. 16"))
    });

    // The controller makes it again, now with its sidecar.
    place.create(&owned_pod("again", &owner, &json!({"budget": "ours"}), template())).admitted();
    assert_eq!(init_containers(&place.get("pod", "again")), [SIDECAR]);
    place.serves("again");
    allow(1);
    place.status("replicaset", "studio", json!({"readyReplicas": 2}));
    eventually("the other one is evicted, too", 60, || left().is_empty());
    assert_eq!(evictions(&watched), 2.0);
    assert!(place.exists("pod", "again"));
}

#[test]
fn what_would_not_come_back_stays_and_people_are_told_why() {
    let watched = Watched::start();
    watched.policy(json!({"repair": "Evict"}));
    let place = Place::empty(&watched.cluster, "held", false);
    place.open_up();
    place.create(&workload("Pod", "bare", template())).admitted();
    // A rollout in the middle: the older ReplicaSet makes nothing again.
    let mut newer = template();
    newer["spec"]["containers"][0]["image"] = "app:v2".into();
    let mut deployment = workload("Deployment", "studio", newer);
    deployment["metadata"]["labels"] = json!({"app": "studio"});
    place.create(&deployment).admitted();
    let deployment = place.get("deployment", "studio");
    let mut older = workload("ReplicaSet", "older", template());
    older["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "apps/v1", "kind": "Deployment", "name": "studio", "uid": deployment["metadata"]["uid"],
        "controller": true,
    }]);
    place.create(&older).admitted();
    let older = place.get("replicaset", "older");
    place.create(&owned_pod("outdated", &older, &json!({}), template())).admitted();
    // A forged sidecar under our name and label.
    let owner = replica_set(&place, "forger", 1, template());
    let mut forged = owned_pod("forged", &owner, &json!({"deepsynthesis.dev/service": "studio"}), template());
    forged["spec"]["initContainers"] = json!([{"name": SIDECAR, "image": "busybox", "restartPolicy": "Always"}]);
    place.create(&forged).admitted();
    place.serves("forged");
    let mut host = template();
    host["spec"]["hostNetwork"] = true.into();
    let owner = replica_set(&place, "network", 1, host.clone());
    place.create(&owned_pod("network", &owner, &json!({}), host)).admitted();

    // Nothing is filed here: what is evicted would not come back.
    let closed = Place::empty(&watched.cluster, "closed", false);
    closed.create(&closed.service("studio", "studio")).admitted();
    closed.until_gate("studio", "Closed");
    let owner = replica_set(&closed, "studio", 1, template());
    closed.create(&owned_pod("running", &owner, &json!({}), template())).admitted();
    closed.serves("running");

    closed.enrol();
    place.enrol();
    eventually("the altered one is evicted", 90, || !place.exists("pod", "forged"));
    for (place, reason, pod) in [
        (&place, "NoController", "bare"),
        (&place, "RevisionOutdated", "outdated"),
        (&place, "NotInjectable", "network"),
        (&closed, "GateRefuses", "running"),
    ] {
        eventually(reason, 60, || refused(&watched, reason) >= 1.0);
        eventually("an Event names pod and reason", 20, || {
            let events = watched.events(&place.name, "RepairRefused");
            events.iter().any(|note| note.contains(reason) && note.contains(pod))
        });
        assert!(place.exists("pod", pod), "{pod}");
    }
    watched.scan();
    eventually("the report says why", 60, || {
        let entry = watched.entry(Some(&closed.name), "SidecarMissing", "running").unwrap_or_default();
        entry["properties"]["repair"].as_str().is_some_and(|text| text.contains("GateRefuses"))
    });
    assert!(closed.exists("pod", "running"));

    // Filed: it would come back now.
    closed.file();
    closed.until_gate("studio", "Open");
    eventually("it is evicted once it may come back", 90, || !closed.exists("pod", "running"));
}
