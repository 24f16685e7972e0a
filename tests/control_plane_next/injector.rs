//! The chart's MutatingAdmissionPolicy injects what the webhook injects, also when the webhook cannot (Order 12 Art. 16).

use serde_json::{Value, json};

use crate::cluster::{Cluster, Operator, Private};
use crate::ground::{Ground, change};
use crate::support::{Place, SIDECAR, eventually, init_containers, template, workload};

/// With a pull secret for the sidecar, so that everything that can be injected is.
fn private() -> (tempfile::TempDir, Private, Operator) {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path());
    let operator = cluster.start_with("only", cluster.port, cluster.health, "--sidecar-image-pull-secret registry");
    (folder, cluster, operator)
}

/// Pods that a service selects, each with something that changes what is injected or where.
fn pods() -> Vec<Value> {
    let equal = json!({"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"cpu": "0.1", "memory": "64Mi"}});
    let limits = json!({"limits": {"cpu": 1, "memory": "1Gi"}});
    let first = json!({"name": "first", "image": "first:dev"});
    let ours_too = json!({"name": "native", "image": "native:dev", "restartPolicy": "Always"});
    [
        ("plain", json!([])),
        ("no-volume", json!([{"op": "add", "path": "/spec/automountServiceAccountToken", "value": false}])),
        ("init", json!([{"op": "add", "path": "/spec/initContainers", "value": [first, ours_too]}])),
        ("guaranteed", json!([{"op": "add", "path": "/spec/containers/0/resources", "value": equal}])),
        ("limits-only", json!([{"op": "add", "path": "/spec/containers/0/resources", "value": limits}])),
        (
            "guaranteed-but-one",
            json!([
                {"op": "add", "path": "/spec/containers/0/resources", "value": equal},
                {"op": "add", "path": "/spec/initContainers", "value": [first]},
            ]),
        ),
        (
            "pod-resources",
            json!([
                {"op": "add", "path": "/spec/containers/0/resources", "value": equal},
                {"op": "add", "path": "/spec/resources", "value": {"limits": {"cpu": "1", "memory": "1Gi"}}},
            ]),
        ),
        (
            "secrets",
            json!([
                {"op": "add", "path": "/spec/imagePullSecrets", "value": [{"name": "other"}]},
                {"op": "add", "path": "/metadata/annotations", "value": {"example.com/note": "x"}},
            ]),
        ),
        ("has-secret", json!([{"op": "add", "path": "/spec/imagePullSecrets", "value": [{"name": "registry"}]}])),
        (
            "forged-marks",
            json!([
                {"op": "add", "path": "/metadata/annotations", "value": {"deepsynthesis.dev/injection-proof": "x"}},
                {"op": "add", "path": "/metadata/labels/deepsynthesis.dev~1service", "value": "other"},
            ]),
        ),
    ]
    .into_iter()
    .map(|(name, operations)| {
        let mut pod = workload("Pod", name, template());
        change(&mut pod, operations);
        pod
    })
    .collect()
}

/// As the API server would store it, without what differs from one request to the next.
fn stored(place: &Place<'_>, pod: &Value) -> Value {
    let text = place.create_with(pod, &["--dry-run=server", "-o", "json"]).admitted();
    // The volume of the API token has a random name.
    let mut parts = text.split("kube-api-access-");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        plain.push_str("kube-api-access-");
        plain.push_str(&part[5..]);
    }
    let pod: Value = serde_json::from_str(&plain).unwrap();
    json!({"spec": pod["spec"], "labels": pod["metadata"]["labels"], "annotations": pod["metadata"]["annotations"]})
}

/// A pod that carries the sidecar already, behind another container and with the resources of another QoS class: as it is
/// when an injector between two invocations has changed the pod.
fn injected_before(plain: &Value) -> Value {
    let mut pod = pods().into_iter().find(|pod| pod["metadata"]["name"] == "guaranteed").unwrap();
    let volumes = plain["spec"]["volumes"].as_array().unwrap().iter();
    let ours: Vec<_> = volumes.filter(|volume| volume["name"].to_string().contains("deepsynthesis")).collect();
    let operations = json!([
        {"op": "add", "path": "/metadata/name", "value": "injected-before"},
        {"op": "add", "path": "/spec/volumes", "value": ours},
        {"op": "add", "path": "/spec/initContainers", "value": [
            {"name": "mesh", "image": "mesh:dev", "restartPolicy": "Always", "resources": pod["spec"]["containers"][0]["resources"]},
        ]},
    ]);
    change(&mut pod, operations);
    let behind = plain["spec"]["initContainers"].as_array().unwrap().iter().cloned();
    pod["spec"]["initContainers"].as_array_mut().unwrap().extend(behind);
    pod
}

/// A namespace with the open service `studio`, whose traffic is redirected.
fn redirected<'a>(cluster: &'a Cluster, name: &str) -> Place<'a> {
    let place = Place::empty(cluster, name, true);
    let policy = json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
        "spec": {"redirectNamespaces": [place.name]},
    });
    cluster.kubectl(&["apply", "-f", "-"], Some(&policy.to_string())).admitted();
    let mut service = place.service("studio", "studio");
    service["spec"]["capture"] = "Redirect".into();
    place.create(&service).admitted();
    place.file();
    place.until_gate("studio", "Open");
    place
}

#[test]
fn the_policy_injects_exactly_what_the_webhook_injects() {
    let (_folder, cluster, _operator) = private();
    let places = [Place::open(&cluster, "same"), redirected(&cluster, "redirected")];
    let is_injected =
        |pod: &Value| places.iter().all(|place| place.create_with(pod, &["--dry-run=server"]).is_success());
    let refusal = |pod: &Value| places[0].create_with(pod, &["--dry-run=server"]).said();
    let plain = pods();
    eventually("pods are admitted", 20, || is_injected(&plain[0]));
    let cases = places.each_ref().map(|place| {
        let mut pods = plain.clone();
        pods.push(injected_before(&stored(place, &plain[0])));
        let by_webhook: Vec<_> = pods.iter().map(|pod| stored(place, pod)).collect();
        let proofs = by_webhook.iter().map(|pod| pod["annotations"]["deepsynthesis.dev/injection-proof"].to_string());
        let proofs = proofs.collect::<std::collections::BTreeSet<_>>();
        assert_eq!(proofs.len(), 2, "both shapes of resources are among them");
        (place, pods, by_webhook)
    });
    assert_eq!(cases[1].2[0]["spec"]["initContainers"].as_array().unwrap().len(), 2, "both containers");

    let name = ["mutatingwebhookconfiguration", "deepsynthesis-operator-workloads"];
    let webhook = cluster.kubectl(&[&["get", "-o", "json"], &name[..]].concat(), None).admitted();
    cluster.kubectl(&[&["delete"], &name[..]].concat(), None).admitted();
    eventually("nobody injects", 20, || refusal(&plain[0]).contains("[SidecarMissing]"));
    cluster.add_injector();
    // The validating webhook is still there and recomputes the proof of every pod.
    eventually("the policy injects", 30, || is_injected(&plain[0]));
    let as_on_record = || {
        for (place, pods, by_webhook) in &cases {
            for (pod, expected) in pods.iter().zip(by_webhook) {
                pretty_eq(&stored(place, pod), expected);
            }
        }
    };
    as_on_record();

    let mut webhook: Value = serde_json::from_str(&webhook).unwrap();
    webhook["metadata"] = json!({"name": name[1], "labels": webhook["metadata"]["labels"]});
    cluster.kubectl(&["create", "-f", "-"], Some(&webhook.to_string())).admitted();
    let mut on_node = plain[0].clone();
    on_node["spec"]["hostNetwork"] = true.into();
    eventually("the webhook is asked again", 30, || refusal(&on_node).contains("pods.inject.deepsynthesis.dev"));
    // It finds nothing left to do.
    as_on_record();
}

#[track_caller]
fn pretty_eq(found: &Value, expected: &Value) {
    let text = |value| serde_json::to_string_pretty(value).unwrap();
    assert!(found == expected, "{}\n\nis not\n\n{}", text(found), text(expected));
}

#[test]
fn with_every_webhook_gone_and_the_operator_dead_pods_are_injected_and_no_gate_is_opened() {
    let (_folder, cluster, operator) = private();
    let closed = Place::unfiled(&cluster, "unfiled");
    let ground = Ground::on(&cluster, "alone");
    let place = &ground.held;
    cluster.add_injector();
    operator.kill();
    cluster.delete_webhooks();
    let new = |name: &str| workload("Pod", name, template());
    eventually("the policy injects", 30, || place.create(&new("new")).is_success());
    let pod = place.get("pod", "new");
    assert_eq!(init_containers(&pod), [SIDECAR]);
    assert_eq!(pod["spec"]["initContainers"][0]["image"], "deepsynthesis-sidecar:dev");
    closed.create(&new("new")).refused(&["ValidatingAdmissionPolicy", "[FilingMissing]", "Art. 19"]);
    // What cannot be served is refused as ever, and so is a sidecar of one's own.
    let mut on_node = new("node");
    on_node["spec"]["hostNetwork"] = true.into();
    place.create(&on_node).refused(&["[HostNetworkUsed]"]);
    let mut own = new("own");
    own["spec"]["initContainers"] = json!([{"name": SIDECAR, "image": "other:dev", "restartPolicy": "Always"}]);
    place.create(&own).refused(&["[SidecarFieldChanged]"]);
    // A pod of no service is left alone, and one in a namespace that is not enrolled.
    let mut outside = new("outside");
    outside["metadata"]["labels"] = json!({"app": "database"});
    place.create(&outside).admitted();
    ground.free.create(&new("free")).admitted();
    for pod in [place.get("pod", "outside"), ground.free.get("pod", "free")] {
        assert!(init_containers(&pod).is_empty(), "{pod}");
    }
    // A namespace of which the operator has said nothing stays closed.
    let unknown = Place::empty(&cluster, "unknown", true);
    unknown.create(&new("new")).refused(&["ValidatingAdmissionPolicy"]);
}

/// As a mesh does that puts its own container first; only where ours is already, so that it always comes later.
fn other_injector() -> Value {
    let rule = json!({"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]});
    let expression = "!object.spec.?initContainers.orValue([]).exists(c, c.name == 'deepsynthesis-sidecar') \
        || object.spec.initContainers.exists(c, c.name == 'mesh') ? [] : \
        [JSONPatch{op: 'add', path: '/spec/initContainers/0', value: Object.spec.initContainers{\
        name: 'mesh', image: 'mesh:dev', imagePullPolicy: 'Always', restartPolicy: 'Always'}}]";
    let meta = |kind: &str, spec: Value| {
        json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": "zz-mesh"}, "spec": spec,
        })
    };
    json!({"apiVersion": "v1", "kind": "List", "items": [
        meta("MutatingAdmissionPolicy", json!({
            "reinvocationPolicy": "IfNeeded",
            "matchConstraints": {"resourceRules": [rule]},
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": expression}}],
        })),
        meta("MutatingAdmissionPolicyBinding", json!({"policyName": "zz-mesh"})),
    ]})
}

#[test]
fn the_sidecar_stays_first_when_another_injector_comes_later() {
    let (_folder, cluster, operator) = private();
    let place = Place::open(&cluster, "mesh");
    cluster.add_injector();
    operator.kill();
    cluster.delete_webhooks();
    let new = |name: &str| workload("Pod", name, template());
    eventually("the policy injects", 30, || place.create_with(&new("new"), &["--dry-run=server"]).is_success());
    cluster.kubectl(&["create", "-f", "-"], Some(&other_injector().to_string())).admitted();
    eventually("both inject", 30, || {
        let text = place.create_with(&new("new"), &["--dry-run=server", "-o", "json"]).admitted();
        init_containers(&serde_json::from_str(&text).unwrap()) == [SIDECAR, "mesh"]
    });
}
