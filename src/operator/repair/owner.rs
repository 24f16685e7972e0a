//! Whether the controller of a pod would make it again, just as it is. Pure.
//!
//! In: a pod, its controller and that one's own, raw. Out: [`Owner`], and whether the controller's pods all serve. Must not:
//! guess: what cannot be read counts as unknown, and nothing unknown is evicted.

use serde_json::Value;

use super::decide::Owner;
use crate::inject;
use crate::operator::workload::{KINDS, Kind};

const HASH: &str = "pod-template-hash";
const REVISION: &str = "controller-revision-hash";
/// What the DaemonSet controller writes on its pods and reads from its own annotation.
const GENERATION: &str = "pod-template-generation";
const GENERATION_ANNOTATION: &str = "deprecated.daemonset.template.generation";

/// A controller as an object names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its kind, when it is one of those that carry pods.
    pub kind: Option<Kind>,
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
}

/// The controller that an object names.
#[must_use]
pub fn controller(object: &Value) -> Option<Reference> {
    let owners = object["metadata"]["ownerReferences"].as_array()?;
    let owner = owners.iter().find(|owner| owner["controller"] == true)?;
    let text = |key: &str| owner[key].as_str().unwrap_or_default().to_owned();
    let kind = KINDS.into_iter().find(|kind| owner["kind"] == kind.name && owner["apiVersion"] == kind.api_version());
    Some(Reference { kind, name: text("name"), uid: text("uid") })
}

/// How a pod stands to its controller; `above` is the controller's own, as far as it is there.
#[must_use]
pub fn standing(pod: &Value, owner: Option<&Value>, above: Option<&Value>) -> Owner {
    let Some(reference) = controller(pod) else { return Owner::Nobody };
    let Some(kind) = reference.kind else { return Owner::Unknown };
    let Some(owner) = owner.filter(|owner| is_alive(owner, &reference.uid)) else { return Owner::Gone };
    match kind.name {
        "ReplicaSet" if owner["spec"]["replicas"] == 0 => Owner::Outdated,
        "ReplicaSet" => match controller(owner) {
            None => Owner::Current,
            Some(deployment) if deployment.kind.is_some_and(|kind| kind.name == "Deployment") => {
                match above.filter(|above| is_alive(above, &deployment.uid)) {
                    None => Owner::Gone,
                    // As the Deployment controller finds its newest ReplicaSet.
                    Some(above) if is_newest(owner, above) => Owner::Current,
                    Some(_) => Owner::Outdated,
                }
            }
            Some(_) => Owner::Unknown,
        },
        "ReplicationController" if controller(owner).is_some() => Owner::Unknown,
        "ReplicationController" if owner["spec"]["replicas"] == 0 => Owner::Outdated,
        "ReplicationController" => Owner::Current,
        "StatefulSet" if owner["spec"]["replicas"] == 0 => Owner::Outdated,
        "StatefulSet" => same(label(pod, REVISION), owner["status"]["updateRevision"].as_str()),
        "DaemonSet" => {
            let generation = owner["metadata"]["annotations"][GENERATION_ANNOTATION].as_str();
            same(label(pod, GENERATION), generation)
        }
        // A pod of a Job that is gone is a failure to it, and what it had done is lost.
        _ => Owner::Unknown,
    }
}

/// Whether all pods that a controller should have serve.
#[must_use]
pub fn is_whole(owner: &Value) -> bool {
    let (spec, status) = (&owner["spec"], &owner["status"]);
    let number = |value: &Value| value.as_i64();
    let ready = number(&status["readyReplicas"]).or(number(&status["numberReady"])).unwrap_or(0);
    // A replica set whose replicas nobody wrote has one.
    let wanted = number(&status["desiredNumberScheduled"]).or(number(&spec["replicas"])).unwrap_or(1);
    ready >= wanted
}

/// Whether a pod says that it serves.
#[must_use]
pub fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    conditions.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

fn is_alive(owner: &Value, uid: &str) -> bool {
    owner["metadata"]["uid"] == uid && owner["metadata"]["deletionTimestamp"].is_null()
}

/// The same template, but for the hash that the Deployment controller adds.
fn is_newest(replica_set: &Value, deployment: &Value) -> bool {
    let mut set = serde_json::json!({"spec": {"template": replica_set["spec"]["template"]}});
    if let Some(labels) = set["spec"]["template"]["metadata"]["labels"].as_object_mut() {
        labels.remove(HASH);
    }
    let deployment = serde_json::json!({"spec": {"template": deployment["spec"]["template"]}});
    inject::templates_equal("Deployment", &set, &deployment)
}

fn label<'a>(pod: &'a Value, key: &str) -> Option<&'a str> {
    pod["metadata"]["labels"][key].as_str().filter(|value| !value.is_empty())
}

fn same(pod: Option<&str>, owner: Option<&str>) -> Owner {
    match (pod, owner) {
        (Some(pod), Some(owner)) if pod == owner => Owner::Current,
        (Some(_), Some(_)) => Owner::Outdated,
        _ => Owner::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn owned(api_version: &str, kind: &str, uid: &str) -> Value {
        json!([{"apiVersion": api_version, "kind": kind, "name": "x", "uid": uid, "controller": true}])
    }

    fn pod(api_version: &str, kind: &str, labels: Value) -> Value {
        json!({"metadata": {"labels": labels, "ownerReferences": owned(api_version, kind, "u")}})
    }

    #[test]
    fn a_pod_without_a_living_controller_of_a_known_kind_is_not_made_again() {
        let alive = json!({"metadata": {"uid": "u"}, "spec": {"replicas": 1}});
        let other = json!({"metadata": {"uid": "another"}});
        let ending = json!({"metadata": {"uid": "u", "deletionTimestamp": "2026-11-02T04:00:00Z"}});
        let of_set = pod("apps/v1", "ReplicaSet", json!({}));
        assert_eq!(standing(&json!({"metadata": {}}), None, None), Owner::Nobody);
        assert_eq!(standing(&of_set, None, None), Owner::Gone);
        assert_eq!(standing(&of_set, Some(&other), None), Owner::Gone);
        assert_eq!(standing(&of_set, Some(&ending), None), Owner::Gone);
        assert_eq!(standing(&of_set, Some(&alive), None), Owner::Current);
        for (api_version, kind) in
            [("batch/v1", "Job"), ("example.com/v1", "Rollout"), ("example.com/v1", "ReplicaSet")]
        {
            assert_eq!(standing(&pod(api_version, kind, json!({})), Some(&alive), None), Owner::Unknown, "{kind}");
        }
    }

    #[test]
    fn of_a_deployment_only_pods_of_the_newest_replica_set_are_made_again() {
        let template = |image: &str, hash: Option<&str>| {
            let mut template = json!({"metadata": {"labels": {"app": "a"}}, "spec": {"image": image}});
            if let Some(hash) = hash {
                template["metadata"]["labels"][HASH] = hash.into();
            }
            template
        };
        let set = |image: &str, replicas: i64| {
            json!({
                "metadata": {"uid": "u", "ownerReferences": owned("apps/v1", "Deployment", "d")},
                "spec": {"replicas": replicas, "template": template(image, Some("h"))},
            })
        };
        let deployment = json!({"metadata": {"uid": "d"}, "spec": {"template": template("v2", None)}});
        let of_set = pod("apps/v1", "ReplicaSet", json!({}));
        let stands = |set: &Value, above: Option<&Value>| standing(&of_set, Some(set), above);
        assert_eq!(stands(&set("v2", 2), Some(&deployment)), Owner::Current);
        assert_eq!(stands(&set("v1", 2), Some(&deployment)), Owner::Outdated);
        assert_eq!(stands(&set("v2", 0), Some(&deployment)), Owner::Outdated);
        assert_eq!(stands(&set("v2", 2), None), Owner::Gone);
    }

    #[test]
    fn a_set_says_which_revision_it_makes() {
        let stateful = json!({"metadata": {"uid": "u"}, "spec": {}, "status": {"updateRevision": "r2"}});
        let daemon = json!({"metadata": {"uid": "u", "annotations": {GENERATION_ANNOTATION: "2"}}});
        let rows = [
            ("StatefulSet", json!({REVISION: "r2"}), Owner::Current),
            ("StatefulSet", json!({REVISION: "r1"}), Owner::Outdated),
            ("StatefulSet", json!({}), Owner::Unknown),
            ("DaemonSet", json!({GENERATION: "2"}), Owner::Current),
            ("DaemonSet", json!({GENERATION: "1"}), Owner::Outdated),
            ("DaemonSet", json!({REVISION: "r2"}), Owner::Unknown),
        ];
        for (kind, labels, expected) in rows {
            let owner = if kind == "StatefulSet" { &stateful } else { &daemon };
            assert_eq!(standing(&pod("apps/v1", kind, labels.clone()), Some(owner), None), expected, "{kind} {labels}");
        }
    }

    #[test]
    fn a_controller_is_whole_when_all_its_pods_serve() {
        for (spec, status, whole) in [
            (json!({"replicas": 3}), json!({"readyReplicas": 3}), true),
            (json!({"replicas": 3}), json!({"readyReplicas": 2}), false),
            (json!({"replicas": 3}), json!({}), false),
            (json!({}), json!({"readyReplicas": 1}), true),
            (json!({}), json!({"desiredNumberScheduled": 2, "numberReady": 1}), false),
            (json!({}), json!({"desiredNumberScheduled": 2, "numberReady": 2}), true),
        ] {
            assert_eq!(is_whole(&json!({"spec": spec, "status": status})), whole, "{spec} {status}");
        }
    }
}
