//! Ways past the sidecar that admission never sees: each is an entry of a report, with code, article and remedy.

use serde_json::{Value, json};

use crate::support::{Place, eventually, template, workload};
use crate::watched::Watched;

/// The kind of the Gateway API as far as the scan reads it.
fn routes() -> Value {
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {
            "name": "httproutes.gateway.networking.k8s.io",
            "annotations": {"api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api/pull/2997"},
        },
        "spec": {
            "group": "gateway.networking.k8s.io", "scope": "Namespaced",
            "names": {"kind": "HTTPRoute", "listKind": "HTTPRouteList", "plural": "httproutes", "singular": "httproute"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": schema}],
        },
    })
}

fn service(name: &str, kind: &str, target: u16) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
        "spec": {"type": kind, "selector": {"app": "studio"}, "ports": [{"port": 80, "targetPort": target}]},
    })
}

fn slice(name: &str, port: u16) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "metadata": {"name": name},
        "endpoints": [{"addresses": ["10.9.8.7"]}], "ports": [{"name": "http", "port": port}],
    })
}

#[test]
fn every_way_past_the_sidecar_is_reported_with_its_remedy_order_12_article_16() {
    let watched = Watched::start();
    watched.cluster.kubectl(&["create", "-f", "-"], Some(&routes().to_string())).admitted();
    let wait = ["wait", "--for=condition=Established", "crd", "httproutes.gateway.networking.k8s.io", "--timeout=30s"];
    watched.cluster.kubectl(&wait, None).admitted();
    let place = Place::empty(&watched.cluster, "exposed", false);
    let elsewhere = Place::empty(&watched.cluster, "elsewhere", false);
    place.open_up();
    // A static pod's mirror, as a kubelet makes it.
    let mut mirror = workload("Pod", "static", template());
    mirror["metadata"]["annotations"] = json!({"kubernetes.io/config.mirror": "abc"});
    mirror["metadata"]["ownerReferences"] =
        json!([{"apiVersion": "v1", "kind": "Node", "name": "node-1", "uid": "n", "controller": true}]);
    mirror["spec"]["nodeName"] = "node-1".into();
    place.create(&mirror).admitted();
    place.enrol();
    place.create(&workload("Pod", "studio", template())).admitted();
    place.status("pod", "studio", json!({"podIP": "10.9.8.7", "podIPs": [{"ip": "10.9.8.7"}]}));
    for object in [
        service("fine", "NodePort", 8080),
        service("inside", "ClusterIP", 9000),
        service("outside", "NodePort", 9000),
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "front"},
            "spec": {"defaultBackend": {"service": {"name": "outside", "port": {"number": 80}}}},
        }),
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "good"},
            "spec": {"defaultBackend": {"service": {"name": "fine", "port": {"number": 80}}}},
        }),
    ] {
        place.create(&object).admitted();
    }
    for object in [
        slice("hand", 9000),
        slice("right", 8080),
        json!({
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "route"},
            "spec": {"rules": [{"backendRefs": [{"name": "outside", "namespace": place.name, "port": 80}]}]},
        }),
        json!({
            "apiVersion": "openreports.io/v1alpha1", "kind": "Report",
            "metadata": {"name": "deepsynthesis", "labels": {"app.kubernetes.io/managed-by": "deepsynthesis.dev"}},
        }),
    ] {
        elsewhere.create(&object).admitted();
    }
    let binding = place.name.as_str();
    let words = ["create", "clusterrole", binding, "--verb=get", "--resource=nodes/proxy"];
    watched.cluster.kubectl(&words, None).admitted();
    let account = format!("--serviceaccount={}:agent", elsewhere.name);
    let role = format!("--clusterrole={binding}");
    watched.cluster.kubectl(&["create", "clusterrolebinding", binding, &role, &account], None).admitted();
    watched.scan();

    for (rule, name, result) in [
        ("ServicePortUndeclared", "inside", "warn"),
        ("ServicePortUndeclared", "outside", "fail"),
        ("IngressPortUndeclared", "front", "fail"),
        ("RoutePortUndeclared", "route", "fail"),
        ("EndpointSliceByHand", "hand", "fail"),
        ("StaticPodSelected", "static", "fail"),
    ] {
        eventually(rule, 60, || watched.entry(Some(&place.name), rule, name).is_some());
        let entry = watched.entry(Some(&place.name), rule, name).unwrap();
        assert_eq!((entry["result"].as_str(), entry["category"].as_str()), (Some(result), Some("Order 12 Art. 16")));
        let properties = &entry["properties"];
        assert!(["remedy", "remedyZh", "messageZh"].iter().all(|key| properties[*key].is_string()), "{entry}");
    }
    let entry = watched.entry(None, "NodesProxyHolder", binding).unwrap();
    assert!(
        entry["message"].as_str().unwrap().contains(&format!("ServiceAccount {}/agent", elsewhere.name)),
        "{entry}"
    );
    assert!(watched.entry(None, "NodesProxyHolder", "cluster-admin").is_none());
    // What leads to the declared port is nobody's finding.
    for name in ["fine", "good", "right"] {
        assert!(watched.report(Some(&place.name)).iter().all(|entry| entry["resources"][0]["name"] != name), "{name}");
    }
    // A person should act on these.
    for code in ["ServicePortUndeclared", "IngressPortUndeclared", "RoutePortUndeclared", "EndpointSliceByHand"] {
        eventually(code, 20, || watched.events(&place.name, code).iter().any(|note| note.contains("Art. 16")));
    }
    // Where nothing is enrolled nothing is reported, and what was is removed.
    eventually("the report of the other namespace is gone", 60, || {
        !elsewhere.exists("reports.openreports.io", "deepsynthesis")
    });

    for (kind, name) in [("service", "inside"), ("service", "outside"), ("ingress", "front")] {
        place.kubectl(&["delete", kind, name]).admitted();
    }
    elsewhere.kubectl(&["delete", "endpointslice", "hand"]).admitted();
    watched.scan();
    eventually("what is cured is gone", 60, || {
        let codes = ["ServicePortUndeclared", "IngressPortUndeclared", "RoutePortUndeclared", "EndpointSliceByHand"];
        watched.report(Some(&place.name)).iter().all(|entry| codes.iter().all(|code| entry["rule"] != *code))
    });
}
