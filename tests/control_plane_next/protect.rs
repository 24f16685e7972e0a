//! What lies on the API server's disk protects what webhooks and stored policies cannot protect: themselves.
//!
//! All share one control plane; what might succeed is tried as a dry run, which asks the same admission.

use serde_json::{Value, json};

use crate::cluster::{Cluster, protected};
use crate::support::{Place, Said, template, workload};

/// Every right that Kubernetes knows.
const ADMIN: [&str; 4] = ["--as", "root", "--as-group", "system:masters"];
/// The same, and a member of the group that releases the chart.
pub const RELEASE: [&str; 6] = ["--as", "ci", "--as-group", "system:masters", "--as-group", "deepsynthesis-release"];
const PROTECTED: [&str; 5] = [
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "customresourcedefinitions",
];

/// Names of what our chart has installed of a kind.
fn ours(cluster: &Cluster, kind: &str) -> Vec<String> {
    let names = cluster.kubectl(&["get", kind, "-o", "jsonpath={.items[*].metadata.name}"], None).admitted();
    let names: Vec<_> = names.split(' ').filter(|name| name.contains("deepsynthesis")).map(str::to_owned).collect();
    assert!(names.len() >= 2, "{kind}: {names:?}");
    names
}

fn dry(words: &[&str], who: &[&str]) -> Said {
    protected().kubectl(&[words, who, &["--dry-run=server"]].concat(), None)
}

fn patch(object: &str, patch: &Value, who: &[&str]) -> Said {
    dry(&["patch", object, "--type=json", "-p", &patch.to_string()], who)
}

#[test]
fn a_cluster_admin_cannot_delete_what_holds() {
    let cluster = protected();
    for kind in PROTECTED {
        let names = ours(cluster, kind);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let said = dry(&[&["delete", kind], &names[..]].concat(), &ADMIN).refused(&["ValidatingAdmissionPolicy"]);
        for name in names {
            let own = said.lines().find(|line| line.contains(name)).unwrap_or_default();
            assert!(own.contains("[EnforcementProtected]") && own.contains("Order 12"), "{kind} {name}: {said}");
        }
    }
}

#[test]
fn a_cluster_admin_cannot_delete_them_all_at_once() {
    for kind in &PROTECTED[..4] {
        let path = format!("/apis/admissionregistration.k8s.io/v1/{kind}?dryRun=All");
        protected()
            .kubectl(&[&["delete", "--raw", &path], &ADMIN[..]].concat(), None)
            .refused(&["[EnforcementProtected]"]);
    }
}

#[test]
fn a_cluster_admin_cannot_weaken_what_holds() {
    protected();
    let replace = |path: &str, value: Value| json!([{"op": "replace", "path": path, "value": value}]);
    let never = json!([{"name": "never", "expression": "false"}]);
    for (object, change) in [
        (
            "mutatingwebhookconfiguration/deepsynthesis-operator-workloads",
            replace("/webhooks/0/failurePolicy", json!("Ignore")),
        ),
        (
            "mutatingwebhookconfiguration/deepsynthesis-operator-records",
            replace("/webhooks/0/rules/0/resources", json!(["x"])),
        ),
        (
            "validatingwebhookconfiguration/deepsynthesis-operator-workloads",
            replace("/webhooks/0/namespaceSelector", json!({"matchLabels": {"a": "b"}})),
        ),
        (
            "validatingwebhookconfiguration/deepsynthesis-operator-workloads",
            replace("/webhooks/0/matchConditions", never.clone()),
        ),
        (
            "validatingwebhookconfiguration/deepsynthesis-operator-workloads",
            json!([{"op": "remove", "path": "/webhooks/1"}]),
        ),
        (
            "validatingwebhookconfiguration/deepsynthesis-operator-records",
            replace("/webhooks/0/clientConfig/url", json!("https://127.0.0.1:1/allow")),
        ),
        // Not even the bundle is an admin's to write.
        (
            "validatingwebhookconfiguration/deepsynthesis-operator-workloads",
            json!([{"op": "remove", "path": "/webhooks/0/clientConfig/caBundle"}]),
        ),
        ("validatingadmissionpolicy/deepsynthesis-operator-pods", replace("/spec/failurePolicy", json!("Ignore"))),
        (
            "validatingadmissionpolicy/deepsynthesis-operator-marks",
            json!([{"op": "add", "path": "/spec/matchConditions", "value": never}]),
        ),
        (
            "validatingadmissionpolicybinding/deepsynthesis-operator-pods",
            replace("/spec/validationActions", json!(["Warn"])),
        ),
        (
            "validatingadmissionpolicybinding/deepsynthesis-operator-pods",
            replace("/spec/paramRef/parameterNotFoundAction", json!("Allow")),
        ),
        ("crd/namespaceenforcements.deepsynthesis.dev", replace("/spec/versions/0/served", json!(false))),
        (
            "crd/filingrecords.deepsynthesis.dev",
            json!([{"op": "add", "path": "/spec/versions/0/schema/openAPIV3Schema/description", "value": "x"}]),
        ),
    ] {
        patch(object, &change, &RELEASE).admitted();
        patch(object, &change, &ADMIN).refused(&["[EnforcementProtected]", "root may neither delete it nor change"]);
    }
}

#[test]
fn the_operator_writes_bundles_and_nothing_else() {
    protected();
    let object = "validatingwebhookconfiguration/deepsynthesis-operator-workloads";
    // An authority that nobody uses.
    let bundle =
        protected().kubectl(&["get", object, "-o=jsonpath={.webhooks[0].clientConfig.caBundle}"], None).admitted();
    assert!(!bundle.is_empty(), "the operator has written it although nobody else may");
    let change = json!([{"op": "remove", "path": "/webhooks/0/clientConfig/caBundle"}]);
    patch(object, &change, &[]).admitted();
    let both = json!([change[0], {"op": "replace", "path": "/webhooks/0/timeoutSeconds", "value": 1}]);
    patch(object, &both, &[]).refused(&["[EnforcementProtected]"]);
    patch(object, &json!([{"op": "remove", "path": "/webhooks/1"}]), &[]).refused(&["[EnforcementProtected]"]);
    dry(&["delete", object], &[]).refused(&["[EnforcementProtected]"]);
    dry(&["delete", "crd", "filingrecords.deepsynthesis.dev"], &[]).refused(&["[EnforcementProtected]"]);
}

#[test]
fn the_release_may_change_and_delete_all_of_it() {
    let cluster = protected();
    for kind in PROTECTED {
        let names = ours(cluster, kind);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        dry(&[&["delete", kind], &names[..]].concat(), &RELEASE).admitted();
    }
}

#[test]
fn nobody_reaches_a_static_policy_over_the_api() {
    let cluster = protected();
    for name in ["deepsynthesis-protect.static.k8s.io", "deepsynthesis-operator-marks.static.k8s.io"] {
        for kind in ["validatingadmissionpolicy", "validatingadmissionpolicybinding"] {
            cluster.kubectl(&[&["get", kind, name], &ADMIN[..]].concat(), None).refused(&["NotFound"]);
            cluster.kubectl(&[&["delete", kind, name], &RELEASE[..]].concat(), None).refused(&["NotFound"]);
        }
        let binding = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": {"name": name}, "spec": {"policyName": name, "validationActions": ["Warn"]},
        });
        cluster
            .kubectl(&[&["create", "-f", "-"], &RELEASE[..]].concat(), Some(&binding.to_string()))
            .refused(&["reserved for static manifest"]);
    }
}

#[test]
fn what_is_not_ours_and_what_says_nothing_stays_free() {
    let cluster = protected();
    let label = ["label", "validatingadmissionpolicy", "deepsynthesis-operator-pods", "example.com/team=x"];
    dry(&label, &ADMIN).admitted();
    let name = format!("others-{}", std::process::id());
    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [
                {"apiGroups": ["example.com"], "apiVersions": ["v1"], "resources": ["x"], "operations": ["CREATE"]},
            ]},
            "validations": [{"expression": "true"}],
        },
    });
    cluster.kubectl(&[&["create", "-f", "-"], &ADMIN[..]].concat(), Some(&policy.to_string())).admitted();
    cluster.kubectl(&[&["delete", "validatingadmissionpolicy", &name], &ADMIN[..]].concat(), None).admitted();
}

#[test]
fn a_protected_cluster_admits_and_injects_as_ever() {
    let place = Place::open(protected(), "as-ever");
    place.create(&workload("Deployment", "studio", template())).admitted();
    crate::support::eventually("pods are admitted", 20, || {
        place.create(&workload("Pod", "studio", template())).is_success()
    });
    assert_eq!(crate::support::init_containers(&place.get("pod", "studio")), [crate::support::SIDECAR]);
    place.kubectl(&["label", "namespace", &place.name, "deepsynthesis.dev/enforce-", "--as", "x"]).refused(&["x"]);
}

#[test]
fn marks_and_evidence_are_held_on_the_disk_too() {
    let cluster = protected();
    let place = Place::open(cluster, "evidence");
    // Whatever someone did to the stored policies: these answers come from the disk, first.
    place
        .kubectl(&[&["delete", "namespaceenforcement", "dss", "--dry-run=server"], &ADMIN[..]].concat())
        .refused(&["deepsynthesis-operator-operator-only.static.k8s.io", "[OperatorOnly]"]);
    crate::support::eventually("pods are admitted", 20, || {
        place.create(&workload("Pod", "studio", template())).is_success()
    });
    let proof = ["annotate", "pod", "studio", "deepsynthesis.dev/injection-proof=x", "--overwrite"];
    place
        .kubectl(&[&proof[..], &ADMIN[..]].concat())
        .refused(&["deepsynthesis-operator-marks.static.k8s.io", "[SidecarMarkChanged]"]);
}
