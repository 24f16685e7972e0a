//! `capture: Redirect`: only where the cluster admin allows it, injected by the webhook, and held by the policies inside the
//! API server when nothing else is there (Order 12 Arts 16, 18).

use deepsynthesis::api::names::REDIRECT_CONTAINER;
use serde_json::json;

use crate::cluster::Cluster;
use crate::ground::Ground;
use crate::support::{Place, SIDECAR, eventually, init_containers, template, workload};

/// Each attack on a pod of such a service, and what the refusal says.
const ATTACKS: [(&str, &[&str]); 9] = [
    ("redirect-missing", &["[RedirectMissing]"]),
    ("redirect-image", &["[SidecarFieldChanged]", "injected: image"]),
    ("redirect-arguments", &["[SidecarFieldChanged]", "injected: args"]),
    ("redirect-command", &["[SidecarFieldUnexpected]", "injected: command"]),
    ("redirect-privileges", &["[SidecarFieldChanged]", "securityContext"]),
    ("redirect-behind", &["[SidecarOrderBroken]"]),
    ("redirect-between", &["[SidecarOrderBroken]"]),
    ("redirect-last", &["[SidecarOrderBroken]"]),
    ("redirect-sidecar-arguments", &["[SidecarFieldChanged]", "injected: args"]),
];

/// Allows it in this namespace only.
fn allow(place: &Place<'_>) {
    let object = json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
        "spec": {"redirectNamespaces": [place.name]},
    });
    place.cluster.kubectl(&["apply", "-f", "-"], Some(&object.to_string())).admitted();
}

/// A filed service that redirects, which the policy does not allow yet.
fn filed<'a>(cluster: &'a Cluster, name: &str) -> Place<'a> {
    let place = Place::empty(cluster, name, true);
    let mut service = place.service("studio", "studio");
    service["spec"]["capture"] = "Redirect".into();
    place.create(&service).admitted();
    place.file();
    place
}

#[test]
fn redirect_is_refused_outside_of_the_namespaces_that_the_policy_names_and_held_without_us_article_16() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("redirect", cluster.port, cluster.health);
    let place = filed(&cluster, "redirect");
    let pod = |name: &str| workload("Pod", name, template());
    eventually("the record is known and the namespace still may not", 30, || {
        place.jsonpath("dss", "studio", "{.status}").contains("RedirectNotAllowed")
    });
    place.until_gate("studio", "Closed");
    place.create(&pod("early")).refused(&["[RedirectNotAllowed]", "redirectNamespaces", "Order 12 Art. 18"]);

    allow(&place);
    place.until_gate("studio", "Open");
    place.create(&pod("injected")).admitted();
    assert_eq!(init_containers(&place.get("pod", "injected")), [REDIRECT_CONTAINER, SIDECAR]);
    // What the API server stores is what the policies compare with.
    cluster.delete_webhooks();
    let ground = Ground::of(place, "redirect");
    operator.kill();
    for (attack, texts) in ATTACKS {
        ground.refuses_pod(attack, texts);
    }
    ground.create_in_both(&ground.pod);
    let image = json!([{"op": "replace", "path": "/spec/initContainers/0/image", "value": "app:dev"}]).to_string();
    let words = ["patch", "pod", "studio", "--type=json", "-p", &image];
    ground.free.kubectl(&words).admitted();
    ground.held.kubectl(&words).refused(&["[SidecarImageChanged]", "ValidatingAdmissionPolicy"]);
}
