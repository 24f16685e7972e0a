//! Who may write what: enrolment, signed configurations, tokens for the ledger, statuses, the operator's own kinds and records,
//! held by the policies inside the API server while the webhook configurations are gone. That each attack works where our
//! policies are not bound is shown at the end, in a control plane without them.

use serde_json::json;

use crate::cluster::{Cluster, without_webhooks};
use crate::ground::{TENANT, is_chinese, manifest};
use crate::support::{Place, Said, eventually};

/// Someone with these verbs on these resources everywhere, as a broad role gives them.
fn person(cluster: &Cluster, name: &str, verbs: &str, resources: &[&str]) {
    let words = ["create", "clusterrole", name, "--verb", verbs, "--resource", &resources.join(",")];
    cluster.kubectl(&words, None).admitted();
    let words = ["create", "clusterrolebinding", name, "--clusterrole", name, "--user", name];
    cluster.kubectl(&words, None).admitted();
}

fn as_person(cluster: &Cluster, name: &str, words: &[&str]) -> Said {
    cluster.kubectl(&[words, &["--as", name]].concat(), None)
}

fn tenant(place: &Place<'_>) {
    place.kubectl(&["create", "rolebinding", TENANT, "--clusterrole=cluster-admin", "--user=tenant"]).admitted();
}

fn refused(said: Said, texts: &[&str]) {
    let said = said.refused(&[&["ValidatingAdmissionPolicy", "Order 12 Art"][..], texts].concat());
    assert!(is_chinese(&said), "{said}");
}

/// The three ways to a namespace's labels.
fn unenrol(cluster: &Cluster, namespace: &str, user: &str) -> Vec<(&'static str, Said)> {
    let patch = manifest("namespace-unenrolled").to_string();
    let mut all = Vec::new();
    for (door, option) in [("namespaces", ""), ("namespaces/status", "--subresource=status")] {
        let mut words = vec!["patch", "namespace", namespace, "--type=merge", "-p", &patch];
        words.extend((!option.is_empty()).then_some(option));
        all.push((door, as_person(cluster, user, &words)));
    }
    let text = cluster.kubectl(&["get", "namespace", namespace, "-o", "json"], None).admitted();
    let mut object: serde_json::Value = serde_json::from_str(&text).unwrap();
    object["metadata"]["labels"].as_object_mut().unwrap().remove("deepsynthesis.dev/enforce");
    let path = format!("/api/v1/namespaces/{namespace}/finalize");
    let words = ["replace", "--raw", &path, "-f", "-", "--as", user];
    all.push(("namespaces/finalize", cluster.kubectl(&words, Some(&object.to_string()))));
    all
}

const NAMESPACES: [&str; 3] = ["namespaces", "namespaces/status", "namespaces/finalize"];

#[test]
fn denies_to_unenrol_a_namespace_by_every_door_articles_16_and_18() {
    let cluster = without_webhooks();
    let place = Place::empty(cluster, "unenrol", true);
    let (editor, officer) = (format!("editor-{}", place.name), format!("officer-{}", place.name));
    person(cluster, &editor, "get,update,patch,delete", &NAMESPACES);
    for (door, said) in unenrol(cluster, &place.name, &editor) {
        let said = said.refused(&["[UnenrolNotAllowed]", "deepsynthesis-enrolment", &place.name, &editor]);
        assert!(is_chinese(&said), "{door}: {said}");
    }
    let other = ["label", "namespace", &place.name, "deepsynthesis.dev/enforce=false", "--overwrite"];
    refused(as_person(cluster, &editor, &other), &["[UnenrolNotAllowed]"]);
    // What leaves the label alone passes: other labels, the status, finalizing, deleting.
    as_person(cluster, &editor, &["label", "namespace", &place.name, "team=x"]).admitted();
    let words = ["create", "clusterrolebinding", &officer, "--clusterrole=deepsynthesis-enrolment", "--user", &officer];
    cluster.kubectl(&words, None).admitted();
    let words = ["label", "namespace", &place.name, "deepsynthesis.dev/enforce-"];
    as_person(cluster, &officer, &words).admitted();
    as_person(cluster, &editor, &["label", "namespace", &place.name, "deepsynthesis.dev/enforce=true"]).admitted();

    as_person(cluster, &editor, &["delete", "namespace", &place.name, "--wait=false"]).admitted();
    let text = cluster.kubectl(&["get", "namespace", &place.name, "-o", "json"], None).admitted();
    let mut object: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(object["status"]["phase"], "Terminating");
    object["spec"]["finalizers"] = json!([]);
    let path = format!("/api/v1/namespaces/{}/finalize", place.name);
    let controller = "system:serviceaccount:kube-system:namespace-controller";
    let words = ["replace", "--raw", &path, "-f", "-", "--as", controller];
    cluster.kubectl(&words, Some(&object.to_string())).admitted();
    cluster.kubectl(&["get", "namespace", &place.name], None).refused(&["NotFound"]);
}

#[test]
fn a_namespace_cannot_take_the_name_that_selectors_leave_out() {
    let cluster = without_webhooks();
    let place = Place::empty(cluster, "renamed", true);
    let patch = manifest("namespace-renamed").to_string();
    for option in ["--type=merge", "--subresource=status"] {
        // The API server itself writes the label anew; nobody needs to refuse.
        let _ = cluster.kubectl(&["patch", "namespace", &place.name, "--type=merge", option, "-p", &patch], None);
        let path = "{.metadata.labels.kubernetes\\.io/metadata\\.name}";
        assert_eq!(place.jsonpath("namespace", &place.name, path), place.name);
    }
}

#[test]
fn denies_to_touch_a_signed_configuration_articles_16_and_18() {
    let place = Place::open(without_webhooks(), "config");
    tenant(&place);
    let map = "deepsynthesis-studio";
    eventually("the configuration is there", 20, || place.kubectl(&["get", "configmap", map]).is_success());
    let code = ["[SignedConfigOperatorOnly]", map];
    let tenant = |words: &[&str]| place.kubectl(&[words, &["--as", TENANT]].concat());
    let patch = manifest("signed-configuration").to_string();
    refused(tenant(&["patch", "configmap", map, "-p", &patch]), &code);
    refused(tenant(&["delete", "configmap", map]), &code);
    refused(tenant(&["delete", "configmap", "--all"]), &code);
    let freed = json!({"metadata": {"ownerReferences": null}}).to_string();
    refused(tenant(&["patch", "configmap", map, "--type=merge", "-p", &freed]), &code);
    // Neither is one made that looks like it, and no other ConfigMap is touched.
    let mut forged = place.get("configmap", map);
    forged["metadata"] =
        json!({"name": "deepsynthesis-other", "ownerReferences": forged["metadata"]["ownerReferences"]});
    refused(place.create_with(&forged, &["--as", TENANT]), &["deepsynthesis-other"]);
    for name in ["deepsynthesis-notes", "notes"] {
        tenant(&["create", "configmap", name]).admitted();
        tenant(&["delete", "configmap", name]).admitted();
    }
    let collector = "system:serviceaccount:kube-system:generic-garbage-collector";
    place.kubectl(&["delete", "configmap", map, "--as", collector]).admitted();
}

#[test]
fn denies_a_token_for_the_ledger_to_all_but_nodes_article_10() {
    let place = Place::empty(without_webhooks(), "token", false);
    tenant(&place);
    let request = manifest("token-request").to_string();
    let path = format!("/api/v1/namespaces/{}/serviceaccounts/default/token", place.name);
    let ask =
        |request: &str| place.cluster.kubectl(&["create", "--raw", &path, "-f", "-", "--as", TENANT], Some(request));
    ask(&request).refused(&["[LedgerTokenForNodesOnly]", "Order 12 Art. 10"]);
    ask(&request.replace("deepsynthesis-ledger", "other")).admitted();
    // A kubelet must hold a pod for which it asks.
    let mut pod = crate::ground::outside();
    pod["spec"]["nodeName"] = "node-1".into();
    pod["spec"]["volumes"] = json!([{"name": "deepsynthesis-identity", "projected": {"sources": [
        {"serviceAccountToken": {"path": "token", "audience": "deepsynthesis-ledger"}},
    ]}}]);
    place.create(&pod).admitted();
    let mut request = manifest("token-request");
    let uid = place.jsonpath("pod", "outside", "{.metadata.uid}");
    request["spec"]["boundObjectRef"] = json!({"apiVersion": "v1", "kind": "Pod", "name": "outside", "uid": uid});
    let node = ["--as", "system:node:node-1", "--as-group", "system:nodes"];
    let words = [&["create", "--raw", &path, "-f", "-"][..], &node].concat();
    eventually("the node authorizer knows the pod", 20, || {
        place.cluster.kubectl(&words, Some(&request.to_string())).is_success()
    });
}

#[test]
fn denies_statuses_and_the_operators_kinds_to_everyone_else_article_19() {
    let place = Place::open(without_webhooks(), "own");
    tenant(&place);
    let tenant = |words: &[&str]| place.kubectl(&[words, &["--as", TENANT]].concat());
    let status = manifest("written-status").to_string();
    let written = ["patch", "dss", "studio", "--subresource=status", "--type=merge", "-p", &status];
    let code = ["[OperatorOnly]", "DeepSynthesisService"];
    tenant(&written).refused(&code);
    let enforcement = manifest("written-enforcement").to_string();
    let written = ["patch", "namespaceenforcement", "dss", "--type=merge", "-p", &enforcement];
    tenant(&written).refused(&["[OperatorOnly]", "NamespaceEnforcement"]);
    tenant(&["delete", "namespaceenforcement", "dss"]).refused(&["[OperatorOnly]", "NamespaceEnforcement"]);
    tenant(&["delete", "namespaceenforcement", "--all"]).refused(&["[OperatorOnly]"]);
    let controller = "system:serviceaccount:kube-system:namespace-controller";
    let before = place.jsonpath("namespaceenforcement", "dss", "{.metadata.uid}");
    place.kubectl(&["delete", "namespaceenforcement", "dss", "--as", controller]).admitted();
    eventually("the operator writes it anew", 60, || {
        let found = place.kubectl(&["get", "namespaceenforcement", "dss", "-o", "jsonpath={.metadata.uid}"]);
        found.is_success() && found.said() != before
    });
}

#[test]
fn denies_to_delete_evidence_without_the_verb_retire_articles_15_19_and_20() {
    let cluster = without_webhooks();
    let place = Place::open(cluster, "retire");
    let (editor, officer) = (format!("editor-{}", place.name), format!("officer-{}", place.name));
    let records = [
        "filingrecords.deepsynthesis.dev",
        "assessmentrecords.deepsynthesis.dev",
        "servicehistories.deepsynthesis.dev",
    ];
    person(cluster, &editor, "get,list,delete,deletecollection", &records);
    let role = ["create", "clusterrolebinding", &officer, "--clusterrole=deepsynthesis-compliance-officer"];
    cluster.kubectl(&[&role[..], &["--user", &officer]].concat(), None).admitted();
    let history = format!("{}-{}", crate::support::USCC, place.code).to_lowercase();
    eventually("the service has a history", 20, || {
        cluster.kubectl(&["get", "servicehistory", &history], None).is_success()
    });
    let name = place.name.as_str();
    for (kind, name) in [("filingrecord", name), ("assessmentrecord", name), ("servicehistory", &history)] {
        refused(as_person(cluster, &editor, &["delete", kind, name]), &["[RetireNotAllowed]", name, &editor]);
    }
    as_person(cluster, &officer, &["delete", "servicehistory", &history]).refused(&["forbidden"]);
    as_person(cluster, &officer, &["delete", "filingrecord", name]).admitted();
    as_person(cluster, &officer, &["delete", "assessmentrecord", name]).admitted();
}

#[test]
fn without_our_policies_each_of_these_attacks_works() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start("only", cluster.port, cluster.health);
    let place = Place::open(&cluster, "bare");
    tenant(&place);
    eventually("the configuration is there", 20, || {
        place.kubectl(&["get", "configmap", "deepsynthesis-studio"]).is_success()
    });
    operator.kill();
    cluster.delete_webhooks();
    // The words of the API server for an enrolled namespace of which no operator has spoken.
    let silent = Place::empty(&cluster, "silent", true);
    silent.create(&crate::ground::outside()).refused(&["deepsynthesis-operator-pods", "no params found"]);
    let words = ["delete", "validatingadmissionpolicybindings", "-l", "app.kubernetes.io/part-of=deepsynthesis"];
    cluster.kubectl(&words, None).admitted();
    eventually("nothing is bound any more", 20, || {
        silent.create_with(&crate::ground::outside(), &["--dry-run=server"]).is_success()
    });

    let tenant = |words: &[&str]| place.kubectl(&[words, &["--as", TENANT]].concat());
    let patch = |attack: &str| manifest(attack).to_string();
    let merge = |kind: &str, name: &str, attack: &str, option: &str| {
        tenant(&["patch", kind, name, "--type=merge", option, "-p", &patch(attack)]).admitted();
    };
    merge("configmap", "deepsynthesis-studio", "signed-configuration", "--type=merge");
    tenant(&["delete", "configmap", "deepsynthesis-studio"]).admitted();
    merge("dss", "studio", "written-status", "--subresource=status");
    merge("namespaceenforcement", "dss", "written-enforcement", "--type=merge");
    tenant(&["delete", "namespaceenforcement", "dss"]).admitted();
    let path = format!("/api/v1/namespaces/{}/serviceaccounts/default/token", place.name);
    let words = ["create", "--raw", &path, "-f", "-", "--as", TENANT];
    cluster.kubectl(&words, Some(&patch("token-request"))).admitted();
    let records = [
        "filingrecords.deepsynthesis.dev",
        "assessmentrecords.deepsynthesis.dev",
        "servicehistories.deepsynthesis.dev",
    ];
    person(&cluster, "editor", "get,list,delete", &records);
    as_person(&cluster, "editor", &["delete", "filingrecord,assessmentrecord", &place.name]).admitted();
    as_person(&cluster, "editor", &["delete", "servicehistory", "--all"]).admitted();
    person(&cluster, "namespaces", "get,update,patch", &NAMESPACES);
    for (door, said) in unenrol(&cluster, &place.name, "namespaces") {
        assert!(said.is_success(), "{door}: {}", said.said());
        let words = ["label", "namespace", &place.name, "deepsynthesis.dev/enforce=true"];
        cluster.kubectl(&words, None).admitted();
    }
}
