//! What injection changes on a real API server, and that it changes nothing else: the same manifests in an enrolled and in
//! a free namespace, compared as they are stored. UPDATE_GOLDEN=1 rewrites the golden file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cluster::shared;
use crate::support::{KINDS, Place, owned_pod, workload};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/control_plane/injected-pod.txt");

/// A template full of fields that the injector knows nothing of.
fn rich_template(kind: &str) -> Value {
    let runs_once = kind.ends_with("Job");
    json!({
        "metadata": {
            "labels": {"app": "studio", "example.com/team": "portrait"},
            "annotations": {"example.com/note": "a && b <c> \u{2028}"},
        },
        "spec": {
            "terminationGracePeriodSeconds": 17,
            "restartPolicy": if runs_once { "Never" } else { "Always" },
            "os": {"name": "linux"},
            "schedulingGates": [{"name": "example.com/quota"}],
            "topologySpreadConstraints": [{
                "maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {"app": "studio"}}, "nodeAffinityPolicy": "Ignore",
            }],
            "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{
                "topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "studio"}},
            }]}},
            "tolerations": [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}],
            "readinessGates": [{"conditionType": "example.com/load-balancer"}],
            "hostAliases": [{"ip": "10.0.0.9", "hostnames": ["models.example"]}],
            "dnsConfig": {"options": [{"name": "ndots", "value": "2"}]},
            "enableServiceLinks": false,
            "setHostnameAsFQDN": true,
            "securityContext": {"fsGroup": 2000, "fsGroupChangePolicy": "OnRootMismatch"},
            "volumes": [
                {"name": "scratch", "emptyDir": {"sizeLimit": "1Gi", "medium": "Memory"}},
                {"name": "weights", "ephemeral": {"volumeClaimTemplate": {"spec": {
                    "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
                }}}},
            ],
            "initContainers": [
                {"name": "warm-up", "image": "app:dev", "command": ["sh", "-c", "test -f a && echo \"<b>\""]},
                {"name": "cache", "image": "cache:dev", "restartPolicy": "Always"},
            ],
            "containers": [{
                "name": "app",
                "image": "app:dev",
                "ports": [{"name": "http", "containerPort": 8080}],
                "env": [{"name": "TOKEN_LIMIT", "value": "4096"}],
                "resizePolicy": [{"resourceName": "cpu", "restartPolicy": if runs_once { "NotRequired" } else { "RestartContainer" }}],
                "resources": {
                    "requests": {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "100Mi"},
                    "limits": {"memory": "128Mi", "ephemeral-storage": "1Gi", "example.com/gpu": "1"},
                },
                "volumeMounts": [{"name": "scratch", "mountPath": "/tmp", "subPath": "x"}],
                "lifecycle": {"preStop": {"sleep": {"seconds": 3}}},
            }],
        },
    })
}

/// Labels that the controller of this kind gives its pods.
fn revision(kind: &str) -> Value {
    match kind {
        "ReplicaSet" | "Deployment" => json!({"pod-template-hash": "5d9f8c7b6"}),
        "StatefulSet" => json!({"controller-revision-hash": "studio-1", "apps.kubernetes.io/pod-index": "0"}),
        "DaemonSet" => json!({"controller-revision-hash": "7c9d", "pod-template-generation": "1"}),
        "Job" | "CronJob" => json!({"batch.kubernetes.io/job-name": "studio"}),
        _ => json!({}),
    }
}

#[test]
fn injection_adds_what_we_author_and_keeps_every_other_field() {
    let enrolled = Place::open(shared(), "golden");
    let free = Place::empty(shared(), "plain", false);
    let mut differences = Vec::new();
    for kind in KINDS {
        let stored = |place: &Place<'_>| {
            if kind == "Pod" {
                place.create(&workload("Pod", "pod", rich_template(kind))).admitted();
            } else {
                place.create(&workload(kind, "studio", rich_template(kind))).admitted();
                let owner = place.get(kind, "studio");
                let name = format!("of-{}", kind.to_lowercase());
                place.create(&owned_pod(&name, &owner, &revision(kind), rich_template(kind))).admitted();
            }
        };
        stored(&enrolled);
        stored(&free);
        if kind != "Pod" {
            let difference = difference(&free, &enrolled, kind, "studio");
            assert!(difference.is_empty(), "{kind} differs:\n{difference}");
        }
        let pod = if kind == "Pod" { "pod".to_owned() } else { format!("of-{}", kind.to_lowercase()) };
        differences.push((pod.clone(), difference(&free, &enrolled, "pod", &pod)));
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(std::path::Path::new(GOLDEN).parent().unwrap()).unwrap();
        std::fs::write(GOLDEN, &differences[0].1).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).expect("UPDATE_GOLDEN=1 writes it");
    for (pod, text) in differences {
        assert!(golden == text, "{pod} differs from {GOLDEN}; UPDATE_GOLDEN=1 rewrites it. It would be:\n{text}");
    }
}

/// Lines that only one of the two objects has, `-` in the free and `+` in the enrolled namespace.
fn difference(free: &Place<'_>, enrolled: &Place<'_>, kind: &str, name: &str) -> String {
    let (free, enrolled) = (lines(free, kind, name), lines(enrolled, kind, name));
    let paths: std::collections::BTreeSet<_> = free.keys().chain(enrolled.keys()).collect();
    let mut text = String::new();
    for path in paths.into_iter().filter(|path| free.get(*path) != enrolled.get(*path)) {
        for (sign, lines) in [('-', &free), ('+', &enrolled)] {
            if let Some(value) = lines.get(path) {
                writeln!(text, "{sign} {path} = {value}").unwrap();
            }
        }
    }
    text
}

/// An object as path and value, without what differs between any two objects.
fn lines(place: &Place<'_>, kind: &str, name: &str) -> BTreeMap<String, String> {
    let mut object = place.get(kind, name);
    let uid = object["metadata"]["uid"].as_str().unwrap().to_owned();
    let metadata = object["metadata"].as_object_mut().unwrap();
    for key in ["uid", "resourceVersion", "creationTimestamp", "managedFields", "namespace"] {
        metadata.remove(key);
    }
    if let Some(owners) = metadata.get_mut("ownerReferences").and_then(Value::as_array_mut) {
        owners.iter_mut().for_each(|owner| owner["uid"] = "OWNER".into());
    }
    if let Some(conditions) = object.pointer_mut("/status/conditions").and_then(Value::as_array_mut) {
        conditions.iter_mut().for_each(|condition| condition["lastTransitionTime"] = "NOW".into());
    }
    let mut text = object.to_string().replace(&place.name, "NAMESPACE").replace(&uid, "OWN-UID");
    if let Some(volumes) = object["spec"]["volumes"].as_array() {
        let names = volumes.iter().filter_map(|volume| volume["name"].as_str());
        for token in names.filter(|name| name.starts_with("kube-api-access-")) {
            text = text.replace(token, "kube-api-access-RANDOM");
        }
    }
    // What the sidecar is told about its service and the key it trusts.
    let sidecar = object["spec"]["initContainers"].as_array().and_then(|list| list.first());
    if let Some(arguments) = sidecar.and_then(|sidecar| sidecar["args"].as_array()) {
        for (flag, word) in [("--service-uid", "UID"), ("--verify-key", "KEY")] {
            let place = arguments.iter().position(|argument| argument == flag).unwrap();
            text = text.replace(arguments[place + 1].as_str().unwrap(), word);
        }
    }
    if let Some(proof) = object["metadata"]["annotations"]["deepsynthesis.dev/injection-proof"].as_str() {
        text = text.replace(proof, "PROOF");
    }
    let mut lines = BTreeMap::new();
    flatten(String::new(), &serde_json::from_str(&text).unwrap(), &mut lines);
    lines
}

/// List entries with names go by their names, and the order of the names is a line of its own.
fn flatten(path: String, value: &Value, lines: &mut BTreeMap<String, String>) {
    let name_of = |entry: &Value| entry["name"].as_str().map(str::to_owned);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                flatten(format!("{path}.{key}"), value, lines);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let names: Option<Vec<_>> = list.iter().map(name_of).collect();
            if let Some(names) = &names {
                lines.insert(format!("{path}[]"), names.join(", "));
            }
            for (index, entry) in list.iter().enumerate() {
                let key = names.as_ref().map_or_else(|| index.to_string(), |names| names[index].clone());
                flatten(format!("{path}[{key}]"), entry, lines);
            }
        }
        leaf => drop(lines.insert(path, leaf.to_string())),
    }
}
