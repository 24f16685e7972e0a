//! Traffic on a real node: whatever way leads to a pod of a service ends at the sidecar (Order 12 Art. 16).
//!
//! `make test-node` brings up the node and its operator; `eval "$(tests/demo/demo env)"` says where it is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::{Duration, Instant};

use serde_json::{Value, json};

mod node_support;
use node_support::{address, apply, container, curl, eventually, is_labelled, kubectl, place, pod, refused, run};

#[test]
fn every_way_to_the_pod_ends_at_the_sidecar_article_16() {
    let name = "reach";
    place(name, "RC01");
    pod(name, "app", &[container("app", "127.0.0.1:8080")]);
    kubectl(&["-n", name, "wait", "pod/app", "--for", "condition=Ready", "--timeout", "90s"]);
    let pod_ip = address(name, "app");
    is_labelled("the pod's address", || curl(&format!("http://{pod_ip}:8080/text")));

    let service = |namespace: &str, service: &str, kind: Value| {
        let mut spec = json!({"ports": [{"name": "http", "port": 80, "targetPort": 8080}]});
        spec.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        apply(
            &json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": service, "namespace": namespace}, "spec": spec}),
        );
    };
    service(name, "cluster", json!({"selector": {"app": name}}));
    service(name, "headless", json!({"selector": {"app": name}, "clusterIP": "None"}));
    service(name, "node", json!({"selector": {"app": name}, "type": "NodePort"}));
    let field = |service: &str, path: &str| {
        kubectl(&["-n", name, "get", "service", service, "-o", &format!("jsonpath={{{path}}}")])
    };
    let cluster_ip = field("cluster", ".spec.clusterIP");
    is_labelled("a ClusterIP", || curl(&format!("http://{cluster_ip}/text")));
    let node_port = field("node", ".spec.ports[0].nodePort");
    let node_ip =
        kubectl(&["get", "nodes", "-o", "jsonpath={.items[0].status.addresses[?(@.type==\"InternalIP\")].address}"]);
    is_labelled("a NodePort", || curl(&format!("http://{node_ip}:{node_port}/text")));
    // A headless Service is its endpoints.
    let mut slices = String::new();
    eventually("the headless Service has an endpoint", 30, || {
        let words = ["-n", name, "get", "endpointslices", "-l", "kubernetes.io/service-name=headless"];
        slices = kubectl(
            &[&words[..], &["-o", "jsonpath={.items[*].endpoints[*].addresses[0]}:{.items[0].ports[0].port}"]].concat(),
        );
        slices.starts_with(&pod_ip)
    });
    is_labelled("a headless Service", || curl(&format!("http://{slices}/text")));

    // Someone else's namespace, which is not enrolled, with endpoints written by hand.
    kubectl(&["delete", "namespace", "reach-outside", "--ignore-not-found"]);
    apply(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "reach-outside"}}));
    service("reach-outside", "by-hand", json!({}));
    apply(&json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
        "metadata": {"name": "by-hand", "namespace": "reach-outside", "labels": {"kubernetes.io/service-name": "by-hand"}},
        "endpoints": [{"addresses": [pod_ip], "conditions": {"ready": true}}], "ports": [{"name": "http", "port": 8080}]}));
    let by_hand = kubectl(&["-n", "reach-outside", "get", "service", "by-hand", "-o", "jsonpath={.spec.clusterIP}"]);
    is_labelled("endpoints written by hand", || curl(&format!("http://{by_hand}/text")));

    // Through the API server.
    for path in ["pods/app:8080/proxy/text", "services/cluster:80/proxy/text"] {
        is_labelled(path, || run("kubectl", &["get", "--raw", &format!("/api/v1/namespaces/{name}/{path}")], ""));
    }
    refused(&["-n", name, "exec", "app", "-c", "app", "--", "/demo-app"], "PodAccess");
    refused(&["-n", name, "port-forward", "pod/app", "18081:8080"], "PodAccess");
    refused(&["-n", name, "debug", "app", "--image=deepsynthesis-demo-app:dev", "--target=app"], "PodAccess");
    kubectl(&["delete", "namespace", name, "reach-outside", "--wait=false"]);
}

#[test]
fn a_second_listening_port_makes_the_pod_unready_and_is_named_article_16() {
    let name = "second-port";
    place(name, "RC02");
    pod(name, "app", &[container("app", "127.0.0.1:8080"), container("side", "0.0.0.0:9090")]);
    let pod_ip = address(name, "app");
    eventually("the sidecar names the port", 60, || {
        curl(&format!("http://{pod_ip}:15990/readyz")).1.contains("ListenerExposed: 0.0.0.0:9090")
    });
    let ready = ["-n", name, "get", "pod", "app", "-o", "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}"];
    eventually("the pod is not ready", 60, || kubectl(&ready) == "False");
    kubectl(&["delete", "namespace", name, "--wait=false"]);
}

#[test]
fn nothing_else_of_the_pod_can_answer_for_the_sidecars_health_article_18() {
    let name = "impostor";
    place(name, "RC03");
    pod(name, "app", &[container("app", "127.0.0.1:8080"), container("impostor", "0.0.0.0:15990")]);
    let restarts = [
        "-n",
        name,
        "get",
        "pod",
        "app",
        "-o",
        "jsonpath={.status.containerStatuses[?(@.name==\"impostor\")].restartCount}",
    ];
    eventually("the impostor fails on the sidecar's port", 90, || kubectl(&restarts).parse().unwrap_or(0) > 0);
    let logs = kubectl(&["-n", name, "logs", "app", "-c", "impostor"]);
    assert!(logs.contains("cannot listen on 0.0.0.0:15990"), "{logs}");
    kubectl(&["delete", "namespace", name, "--wait=false"]);
}

const SYSTEM: &str = "deepsynthesis-system";

/// A dry run of a pod of the service, and whether it was admitted.
fn admission(namespace: &str) -> (bool, String) {
    let object = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"generateName": "load-", "namespace": namespace, "labels": {"app": namespace}},
        "spec": {"containers": [container("app", "127.0.0.1:8080")]}});
    run("kubectl", &["create", "--dry-run=server", "-o", "name", "-f", "-"], &object.to_string())
}

#[test]
fn no_admission_fails_while_the_operators_replicas_are_replaced_one_after_the_other() {
    let name = "rolling";
    place(name, "RC04");
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let failures = std::thread::scope(|scope| {
        let load = || {
            let (mut count, mut failures) = (0, Vec::new());
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                let (is_admitted, said) = admission(name);
                count += 1;
                if !is_admitted {
                    failures.push(said);
                }
            }
            (count, failures)
        };
        let clients = [scope.spawn(load), scope.spawn(load)];
        for _ in 0..2 {
            kubectl(&["-n", SYSTEM, "rollout", "restart", "deployment/deepsynthesis-operator"]);
            kubectl(&["-n", SYSTEM, "rollout", "status", "deployment/deepsynthesis-operator", "--timeout", "180s"]);
        }
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        let results = clients.map(|client| client.join().unwrap());
        let count: u32 = results.iter().map(|(count, _)| count).sum();
        println!("{count} admissions while every replica was replaced twice");
        assert!(count > 20, "only {count} admissions were tried");
        results.into_iter().flat_map(|(_, failures)| failures).collect::<Vec<_>>()
    });
    assert!(failures.is_empty(), "{} failed, the first with {}", failures.len(), failures[0]);
    kubectl(&["delete", "namespace", name, "--wait=false"]);
}

#[test]
fn without_the_webhooks_service_only_enrolled_namespaces_are_closed_and_it_heals_when_it_is_back() {
    let name = "no-service";
    place(name, "RC05");
    let service = kubectl(&["-n", SYSTEM, "get", "service", "deepsynthesis-operator", "-o", "json"]);
    let mut service: Value = serde_json::from_str(&service).unwrap();
    service["metadata"] = json!({"name": "deepsynthesis-operator", "namespace": SYSTEM,
        "labels": service["metadata"]["labels"], "annotations": service["metadata"]["annotations"]});
    kubectl(&["-n", SYSTEM, "delete", "service", "deepsynthesis-operator"]);
    // Connections that are open go on until they are a minute old.
    let closes = Instant::now() + Duration::from_secs(240);
    let mut closed = admission(name);
    while closed.0 && Instant::now() < closes {
        std::thread::sleep(Duration::from_millis(500));
        closed = admission(name);
    }
    let free = admission("default");
    let system = run("kubectl", &["-n", "kube-system", "rollout", "restart", "deployment/coredns"], "");
    apply(&service);
    assert!(!closed.0 && closed.1.contains("failed calling webhook"), "{}", closed.1);
    assert!(free.0, "{}", free.1);
    assert!(system.0, "{}", system.1);
    eventually("pods are admitted again", 60, || admission(name).0);
    kubectl(&["delete", "namespace", name, "--wait=false"]);
}
