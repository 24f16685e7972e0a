//! Where workloads keep their pod template, and what admission asks about pods and templates.
//!
//! In: raw objects. Out: borrowed templates, labels. Must not: know services or verdicts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::plan::CONTAINERS;
use super::view::{CONTAINER_LISTS, is_one_of, list};

/// Annotation of the API server's image of a static pod. Mutating it breaks the mirror.
const MIRROR_ANNOTATION: &str = "kubernetes.io/config.mirror";

/// The pod template of a workload, or the pod itself; none for other kinds and for objects without one.
#[must_use]
pub fn template_of<'a>(kind: &str, object: &'a Value) -> Option<&'a Value> {
    let pointer = match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => "/spec/template",
        "CronJob" => "/spec/jobTemplate/spec/template",
        "Pod" => "",
        _ => return None,
    };
    object.pointer(pointer).filter(|template| template.is_object())
}

/// Every container of a template or pod but ours, init containers first.
pub fn app_containers(template: &Value) -> impl Iterator<Item = &Value> {
    let spec = template.get("spec").unwrap_or(&Value::Null);
    CONTAINER_LISTS.into_iter().flat_map(|name| list(spec, name)).filter(|container| !is_one_of(container, &CONTAINERS))
}

/// Labels of a template or pod.
#[must_use]
pub fn template_labels(template: &Value) -> BTreeMap<String, String> {
    let labels = template.pointer("/metadata/labels").and_then(Value::as_object);
    labels.into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// Whether the pod is the mirror of a static pod, which no admission can hold back.
#[must_use]
pub fn is_mirror(pod: &Value) -> bool {
    pod.pointer("/metadata/annotations")
        .and_then(|all| all.get(MIRROR_ANNOTATION))
        .is_some_and(|value| !value.is_null())
}

/// Whether two versions of an object carry the same pod template. Unknown kinds are never equal.
///
/// For a pod, what counts is its labels, annotations and spec: `status`, `resourceVersion` and
/// `managedFields` differ in every update.
#[must_use]
pub fn templates_equal(kind: &str, old: &Value, new: &Value) -> bool {
    match (template_of(kind, old), template_of(kind, new)) {
        (Some(old), Some(new)) if kind == "Pod" => ["/metadata/labels", "/metadata/annotations", "/spec"]
            .into_iter()
            .all(|part| same(old.pointer(part).unwrap_or(&Value::Null), new.pointer(part).unwrap_or(&Value::Null))),
        (Some(old), Some(new)) => same(old, new),
        _ => false,
    }
}

/// Equal as the API server sees it: null is absent, 1 is 1.0.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.iter().all(|(key, value)| same(value, right.get(key).unwrap_or(&Value::Null)))
                && right.iter().all(|(key, value)| value.is_null() || left.contains_key(key))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Number(left), Value::Number(right)) => {
            left == right || (left.is_f64() != right.is_f64() && left.as_f64() == right.as_f64())
        }
        (left, right) => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_workload_kind_gives_its_pod_template() {
        let template = json!({"metadata": {"labels": {"app": "x", "bad": 1}}, "spec": {}});
        for kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"] {
            assert_eq!(template_of(kind, &json!({"spec": {"template": template}})), Some(&template), "{kind}");
        }
        let cron = json!({"spec": {"jobTemplate": {"spec": {"template": template}}}});
        assert_eq!(template_of("CronJob", &cron), Some(&template));
        assert_eq!(template_of("Pod", &template), Some(&template));
        assert_eq!(template_of("Service", &template), None);
        assert_eq!(template_of("ReplicationController", &json!({"spec": {"template": null}})), None);
        assert_eq!(template_labels(&template), BTreeMap::from([("app".into(), "x".into())]));
        assert!(template_labels(&json!({"metadata": null})).is_empty());
    }

    #[test]
    fn templates_are_compared_by_meaning() {
        let of =
            |template: Value| json!({"metadata": {"generation": 3}, "spec": {"replicas": 2, "template": template}});
        let equal = |old, new| templates_equal("Deployment", &of(old), &of(new));
        assert!(equal(json!({"metadata": {"creationTimestamp": null}}), json!({"metadata": {}})));
        assert!(equal(json!({"spec": {"a": 1}}), json!({"spec": {"a": 1.0}})));
        assert!(!equal(json!({"spec": {"a": [1, 2]}}), json!({"spec": {"a": [2, 1]}})));
        assert!(!equal(json!({"spec": {}}), json!({"spec": {"a": 1}})));
        assert!(!templates_equal("Widget", &of(json!({})), &of(json!({}))));
        let pod =
            |version: &str, image: &str| json!({"metadata": {"resourceVersion": version}, "spec": {"image": image}});
        assert!(templates_equal("Pod", &pod("1", "a"), &pod("2", "a")));
        assert!(!templates_equal("Pod", &pod("1", "a"), &pod("1", "b")));
    }

    #[test]
    fn mirror_pods_are_known_by_their_annotation() {
        assert!(is_mirror(&json!({"metadata": {"annotations": {"kubernetes.io/config.mirror": "x"}}})));
        assert!(!is_mirror(&json!({"metadata": {"annotations": null}})));
    }
}
