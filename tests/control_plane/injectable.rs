//! `Injectable` says ahead of time what the API server will refuse, and with which number it would not.

use serde_json::{Value, json};

use crate::support::{Place, eventually, template, workload};
use crate::watched::Watched;

fn condition(place: &Place<'_>) -> (String, String, String) {
    let field = |field: &str| {
        let path = format!("{{.status.conditions[?(@.type==\"Injectable\")].{field}}}");
        place.jsonpath("dss", "studio", &path)
    };
    (field("status"), field("reason"), field("message"))
}

fn limit_range(memory: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "edge"},
        "spec": {"limits": [{"type": "Container", "max": {"memory": memory}}]},
    })
}

#[test]
fn limit_range_and_quota_are_named_with_the_number_before_a_pod_is_refused() {
    let watched = Watched::start();
    let place = Place::empty(&watched.cluster, "room", true);
    place.create(&limit_range("64Mi")).admitted();
    place.open_up();
    eventually("the limit range is named with the number", 60, || {
        let (status, reason, message) = condition(&place);
        let says = message.contains("LimitRange edge: spec.limits[0].max.memory is 64Mi; raise it to at least 128Mi.");
        status == "False" && reason == "LimitRangeRefuses" && says && message.contains("至少应为 128Mi")
    });
    // So it is.
    place.create(&workload("Pod", "pod", template())).refused(&["maximum memory usage per Container is 64Mi"]);

    place.kubectl(&["delete", "limitrange", "edge"]).admitted();
    place.create(&limit_range("128Mi")).admitted();
    watched.scan();
    eventually("nothing is in the way any more", 60, || condition(&place).1 == "RoomForSidecar");
    place.create(&workload("Pod", "pod", template())).admitted();

    let (hard, used) = (json!({"requests.memory": "300Mi"}), json!({"requests.memory": "250Mi"}));
    let quota = json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "budget"}, "spec": {"hard": hard},
    });
    place.create(&quota).admitted();
    place.status("resourcequota", "budget", json!({"hard": hard, "used": used}));
    let mut template = template();
    template["spec"]["containers"][0]["resources"] =
        json!({"requests": {"memory": "40Mi"}, "limits": {"memory": "100Mi"}});
    place.create(&workload("Deployment", "studio", template.clone())).admitted();
    watched.scan();
    eventually("the quota is named with the number", 60, || {
        let (status, reason, message) = condition(&place);
        let says = message.contains("spec.hard[requests.memory] is 300Mi with 250Mi used; raise it to at least 322Mi.");
        status == "False" && reason == "QuotaRefuses" && says
    });
    place.create(&workload("Pod", "another", template)).refused(&["exceeded quota: budget"]);
    let entry = watched.entry(Some(&place.name), "QuotaRefuses", "studio").unwrap();
    assert_eq!((&entry["result"], &entry["category"]), (&json!("warn"), &json!("Order 12 Art. 16")));
}
