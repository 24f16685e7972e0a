use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::operator::controller::fixture::{service, with_service};
use crate::operator::workload::POD;

/// The service `studio` in `shop`, with its endpoint on port 8080.
fn snapshot() -> Snapshot {
    let mut snapshot = Snapshot::default();
    with_service(&mut snapshot, service("shop", "studio", "0001"));
    Arc::make_mut(&mut snapshot.namespaces).insert((String::new(), "shop".into()), Arc::new(()));
    snapshot
}

/// With one pod that also listens on 9000.
fn ways(snapshot: &Snapshot) -> Ways<'_> {
    let mut ways = Ways::new(snapshot);
    let pod = json!({
        "metadata": {"namespace": "shop", "name": "p", "labels": {"app": "studio", "tier": "front"}},
        "spec": {"containers": [{"name": "app", "ports": [
            {"name": "http", "containerPort": 8080}, {"name": "raw", "containerPort": 9000},
        ]}]},
        "status": {"podIPs": [{"ip": "10.0.0.7"}, {"ip": "fd00::7"}]},
    });
    ways.note(POD, &pod, &("shop".into(), "studio".into()));
    ways
}

fn kubernetes_service(namespace: &str, spec: Value) -> Value {
    json!({"metadata": {"namespace": namespace, "name": "front", "uid": "s"}, "spec": spec})
}

fn said(found: &[Exposure]) -> Vec<(&str, Outcome)> {
    found.iter().map(|one| (one.entry.rule.as_str(), one.entry.outcome)).collect()
}

#[test]
fn a_service_to_a_port_without_a_sidecar_is_found_order_12_article_16() {
    let select = json!({"app": "studio"});
    let warn = Some(Outcome::Warn);
    let rows = [
        (json!({"selector": select, "ports": [{"port": 80, "targetPort": 8080}]}), None),
        (json!({"selector": select, "ports": [{"port": 8080}]}), None),
        (json!({"selector": select, "ports": [{"port": 80, "targetPort": "http"}]}), None),
        (json!({"selector": select, "ports": [{"port": 80, "targetPort": 15990}]}), None),
        (json!({"selector": select, "ports": [{"port": 80, "targetPort": 9000}]}), warn),
        (json!({"selector": select, "ports": [{"port": 9000}]}), warn),
        (json!({"selector": select, "ports": [{"port": 80, "targetPort": "raw"}]}), warn),
        // Nobody listens under that name.
        (json!({"selector": select, "ports": [{"port": 80, "targetPort": "other"}]}), None),
        (json!({"selector": select, "ports": [{"port": 8080, "protocol": "UDP"}]}), warn),
        (json!({"selector": select, "type": "NodePort", "ports": [{"port": 80, "targetPort": 8080}]}), None),
        (
            json!({"selector": select, "type": "NodePort", "ports": [{"port": 80, "targetPort": 9000}]}),
            Some(Outcome::Fail),
        ),
        (json!({"selector": select, "type": "LoadBalancer", "ports": [{"port": 9000}]}), Some(Outcome::Fail)),
        (json!({"selector": select, "externalIPs": ["1.2.3.4"], "ports": [{"port": 9000}]}), Some(Outcome::Fail)),
        (json!({"selector": {"app": "other"}, "ports": [{"port": 9000}]}), None),
        (json!({"ports": [{"port": 9000}]}), None),
    ];
    for (spec, expected) in rows {
        let snapshot = snapshot();
        let found = ways(&snapshot).service(&kubernetes_service("shop", spec.clone()));
        let expected: Vec<_> = expected.map(|outcome| ("ServicePortUndeclared", outcome)).into_iter().collect();
        assert_eq!(said(&found), expected, "{spec}");
        assert!(found.iter().all(|one| one.service.1 == "studio" && one.entry.category == "Order 12 Art. 16"));
    }
    // Labels select in their own namespace only.
    let snapshot = snapshot();
    let elsewhere = kubernetes_service("other", json!({"selector": {"app": "studio"}, "ports": [{"port": 9000}]}));
    assert_eq!(ways(&snapshot).service(&elsewhere), []);
}

#[test]
fn an_ingress_or_route_to_such_a_service_is_found() {
    let snapshot = snapshot();
    let mut ways = ways(&snapshot);
    let ports =
        json!([{"name": "web", "port": 80, "targetPort": 8080}, {"name": "raw", "port": 90, "targetPort": 9000}]);
    ways.service(&kubernetes_service("shop", json!({"selector": {"app": "studio"}, "ports": ports})));
    let ingress = |port: Value| {
        let backend = json!({"service": {"name": "front", "port": port}});
        let rules = json!([{"http": {"paths": [{"path": "/", "backend": backend}]}}]);
        json!({"metadata": {"namespace": "shop", "name": "i"}, "spec": {"rules": rules}})
    };
    for (port, count) in [(json!({"number": 80}), 0), (json!({"number": 90}), 1), (json!({"name": "raw"}), 1)] {
        let found = ways.ingress(&ingress(port.clone()));
        assert_eq!(said(&found), vec![("IngressPortUndeclared", Outcome::Fail); count], "{port}");
    }
    let default = json!({"service": {"name": "front", "port": {"number": 90}}});
    let default = json!({"metadata": {"namespace": "shop", "name": "i"}, "spec": {"defaultBackend": default}});
    assert_eq!(ways.ingress(&default).len(), 1);

    let route = |home: &str, backend: Value| {
        let rules = json!([{"backendRefs": [backend]}]);
        json!({"metadata": {"namespace": home, "name": "r"}, "spec": {"rules": rules}})
    };
    for (home, backend, count) in [
        ("shop", json!({"name": "front", "port": 90}), 1),
        ("shop", json!({"name": "front", "port": 80}), 0),
        ("edge", json!({"name": "front", "namespace": "shop", "port": 90}), 1),
        ("edge", json!({"name": "front", "port": 90}), 0),
        ("shop", json!({"kind": "Bucket", "name": "front", "port": 90}), 0),
    ] {
        let found = ways.route(&route(home, backend.clone()));
        assert_eq!(said(&found), vec![("RoutePortUndeclared", Outcome::Fail); count], "{home} {backend}");
    }
}

#[test]
fn a_slice_made_by_hand_is_found_in_whichever_namespace() {
    let snapshot = snapshot();
    let mut ways = ways(&snapshot);
    ways.service(&kubernetes_service("shop", json!({"selector": {"app": "studio"}, "ports": [{"port": 9000}]})));
    let slice = |namespace: &str, labels: Value, address: &str, ports: Value| -> Slice {
        serde_json::from_value(json!({
            "metadata": {"namespace": namespace, "name": "hand", "labels": labels},
            "endpoints": [{"addresses": [address]}],
            "ports": ports,
        }))
        .unwrap()
    };
    let managed = json!({"kubernetes.io/service-name": "front", MANAGED_BY: "endpointslice-controller.k8s.io"});
    let rows = [
        ("elsewhere", json!({}), "10.0.0.7", json!([{"port": 9000}]), 1),
        ("elsewhere", json!({}), "fd00::7", json!([{"port": 9000}]), 1),
        ("elsewhere", json!({}), "10.0.0.7", json!([{"port": 8080}]), 0),
        ("elsewhere", json!({}), "10.0.0.8", json!([{"port": 9000}]), 0),
        // All ports.
        ("elsewhere", json!({}), "10.0.0.7", Value::Null, 1),
        ("elsewhere", json!({}), "10.0.0.7", json!([{"port": null}]), 1),
        // Another namespace's controller cannot have made it.
        ("elsewhere", managed.clone(), "10.0.0.7", json!([{"port": 9000}]), 1),
        ("shop", managed, "10.0.0.7", json!([{"port": 9000}]), 0),
        ("shop", json!({"kubernetes.io/service-name": "front"}), "10.0.0.7", json!([{"port": 9000}]), 1),
        ("shop", json!({MANAGED_BY: "endpointslice-controller.k8s.io"}), "10.0.0.7", json!([{"port": 9000}]), 1),
    ];
    for (index, (namespace, labels, address, ports, count)) in rows.into_iter().enumerate() {
        let found = ways.slice(&slice(namespace, labels, address, ports));
        assert_eq!(said(&found), vec![("EndpointSliceByHand", Outcome::Fail); count], "{index}");
        assert!(found.iter().all(|one| one.entry.subject.namespace == namespace));
    }
}
