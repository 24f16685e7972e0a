use super::*;
// Its sidecar requests 20m and 32Mi, with a limit of 128Mi, as the policy has it by default.
use crate::inject::fixture::plan;

fn template(resources: Value) -> Value {
    json!({"spec": {"containers": [{"name": "app", "image": "a", "resources": resources}]}})
}

fn range(item: Value) -> Value {
    json!({"metadata": {"name": "edge"}, "spec": {"limits": [item]}})
}

fn quota(spec: Value, used: Value) -> Value {
    json!({"metadata": {"name": "budget"}, "spec": spec, "status": {"used": used}})
}

/// Fields and remedies.
fn said(found: &[Obstacle]) -> Vec<(String, String)> {
    let remedy = |remedy: &Remedy| match remedy {
        Remedy::Raise(least) => format!("raise {least}"),
        Remedy::Lower(most) => format!("lower {most}"),
        Remedy::SetDefault(resource) => format!("default {resource}"),
    };
    found.iter().map(|one| (one.field.clone(), remedy(&one.remedy))).collect()
}

#[test]
fn limit_ranges_are_named_with_the_number_to_change() {
    let one = json!({"requests": {"cpu": "100m", "memory": "900Mi"}, "limits": {"memory": "900Mi"}});
    let rows = [
        (json!({}), json!({"type": "Container", "max": {"memory": "64Mi"}}), vec![("max.memory", "raise 128Mi")]),
        (json!({}), json!({"type": "Container", "max": {"memory": "128Mi"}}), vec![]),
        (json!({}), json!({"type": "Container", "min": {"cpu": "50m"}}), vec![("min.cpu", "lower 20m")]),
        (json!({}), json!({"type": "Container", "min": {"memory": "32Mi"}}), vec![]),
        (
            json!({}),
            json!({"type": "Container", "maxLimitRequestRatio": {"memory": "2"}}),
            vec![("maxLimitRequestRatio.memory", "raise 4")],
        ),
        (
            json!({}),
            json!({"type": "Container", "maxLimitRequestRatio": {"cpu": "10"}, "default": {"cpu": "1"}}),
            vec![("maxLimitRequestRatio.cpu", "raise 50")],
        ),
        (json!({}), json!({"type": "Container", "default": {"cpu": "10m"}}), vec![("default.cpu", "raise 20m")]),
        // The pod fits without the sidecar, and with it no more.
        (one.clone(), json!({"type": "Pod", "max": {"memory": "1000Mi"}}), vec![("max.memory", "raise 1028Mi")]),
        (one.clone(), json!({"type": "Pod", "max": {"memory": "1028Mi"}}), vec![]),
        // It did not fit before either: not ours to say.
        (one.clone(), json!({"type": "Pod", "max": {"memory": "500Mi"}}), vec![]),
        (
            one,
            json!({"type": "Pod", "maxLimitRequestRatio": {"memory": "1"}}),
            vec![("maxLimitRequestRatio.memory", "raise 2")],
        ),
        (json!({}), json!({"type": "PersistentVolumeClaim", "max": {"storage": "1"}}), vec![]),
        (json!({}), json!({"type": "Container", "max": {"memory": "not a number"}}), vec![]),
    ];
    for (resources, item, expected) in rows {
        let found = obstacles(&template(resources), &plan(), &[range(item.clone())], &[]);
        let expected: Vec<_> =
            expected.iter().map(|(field, remedy)| (format!("spec.limits[0].{field}"), (*remedy).to_owned())).collect();
        assert_eq!(said(&found), expected, "{item}");
    }
}

#[test]
fn quotas_are_named_with_the_number_to_change() {
    let app = json!({"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "1", "memory": "64Mi"}});
    let guaranteed = json!({"limits": {"cpu": "1", "memory": "64Mi"}});
    let rows = [
        (
            &app,
            json!({"requests.memory": "1Gi"}),
            json!({"requests.memory": "950Mi"}),
            vec![("requests.memory", "raise 1046Mi")],
        ),
        (&app, json!({"requests.memory": "1Gi"}), json!({"requests.memory": "900Mi"}), vec![]),
        (&app, json!({"memory": "1Gi"}), json!({"memory": "950Mi"}), vec![("memory", "raise 1046Mi")]),
        // The application alone does not fit.
        (&app, json!({"requests.cpu": "1"}), json!({"requests.cpu": "950m"}), vec![]),
        // Not even the sidecar does.
        (&app, json!({"requests.cpu": "1"}), json!({"requests.cpu": "990m"}), vec![("requests.cpu", "raise 1110m")]),
        // A quota on limits asks every container for one.
        (&app, json!({"limits.cpu": "10"}), json!({}), vec![("limits.cpu", "default cpu")]),
        (&guaranteed, json!({"limits.cpu": "10"}), json!({}), vec![]),
        (&app, json!({"limits.memory": "10Gi"}), json!({}), vec![]),
        (&app, json!({"pods": "5"}), json!({"pods": "5"}), vec![("pods", "raise 6")]),
        (&app, json!({"count/pods": "5"}), json!({"count/pods": "4"}), vec![]),
        (&app, json!({"requests.storage": "1"}), json!({"requests.storage": "1"}), vec![]),
    ];
    for (resources, hard, used, expected) in rows {
        let quota = quota(json!({"hard": hard}), used);
        let found = obstacles(&template(resources.clone()), &plan(), &[], &[quota]);
        let expected: Vec<_> =
            expected.iter().map(|(key, remedy)| (format!("spec.hard[{key}]"), (*remedy).to_owned())).collect();
        assert_eq!(said(&found), expected, "{hard}");
    }
}

#[test]
fn a_default_of_a_limit_range_cures_a_quota_on_limits() {
    let quota = quota(json!({"hard": {"limits.cpu": "10"}}), json!({}));
    let default = range(json!({"type": "Container", "default": {"cpu": "1"}}));
    assert_eq!(obstacles(&template(json!({})), &plan(), &[default], &[quota]), []);
}

#[test]
fn a_quota_counts_only_in_its_scope() {
    let full = |scopes: Value| {
        let mut spec = json!({"hard": {"requests.cpu": "1m"}});
        json_patch::merge(&mut spec, &scopes);
        quota(spec, json!({}))
    };
    let select = |operator: &str, values: Value| {
        let one = json!({"scopeName": "PriorityClass", "operator": operator, "values": values});
        json!({"scopeSelector": {"matchExpressions": [one]}})
    };
    let rows = [
        (json!({}), true),
        (json!({"scopes": ["NotBestEffort"]}), true),
        (json!({"scopes": ["BestEffort"]}), false),
        (json!({"scopes": ["Terminating"]}), false),
        (json!({"scopes": ["NotTerminating"]}), true),
        (json!({"scopes": ["CrossNamespacePodAffinity"]}), false),
        (select("In", json!(["high"])), true),
        (select("In", json!(["low"])), false),
        (select("NotIn", json!(["low"])), true),
        (select("Exists", Value::Null), true),
        (select("DoesNotExist", Value::Null), false),
    ];
    let mut template = template(json!({}));
    template["spec"]["priorityClassName"] = "high".into();
    for (scopes, counts) in rows {
        let found = obstacles(&template, &plan(), &[], &[full(scopes.clone())]);
        assert_eq!(found.len(), usize::from(counts), "{scopes}");
    }
}

#[test]
fn a_sentence_names_object_field_and_number_in_both_languages() {
    let item = json!({"type": "Container", "max": {"memory": "64Mi"}});
    let found = obstacles(&template(json!({})), &plan(), &[range(item)], &[]);
    assert_eq!(
        found[0].sentence_en(),
        "LimitRange edge: spec.limits[0].max.memory is 64Mi; raise it to at least 128Mi."
    );
    assert!(found[0].sentence_zh().contains("至少应为 128Mi"));
    assert_eq!(found[0].code(), "LimitRangeRefuses");
}
