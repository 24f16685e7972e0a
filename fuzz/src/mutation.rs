//! What a hostile or clumsy hand does to a pod between our two phases.

use serde_json::{Value, json};

use super::choice::Choice;
use super::document::pointers;

const SIDECAR: &str = "deepsynthesis-sidecar";
const REDIRECT: &str = "deepsynthesis-redirect";

/// Fields that matter, and values that matter there.
fn telling() -> Vec<(&'static str, Value)> {
    let mount = |name: &str| json!([{"name": name, "mountPath": "/x"}]);
    vec![
        ("/spec/hostNetwork", json!(true)),
        ("/spec/hostPID", json!(true)),
        ("/spec/shareProcessNamespace", json!(true)),
        ("/spec/shareProcessNamespace", json!(null)),
        ("/spec/os", json!({"name": "Windows"})),
        ("/spec/nodeSelector", json!({"kubernetes.io/os": "windows"})),
        ("/spec/securityContext", json!({"sysctls": [{"name": "net/ipv4/conf/eth0/route_localnet", "value": "1"}]})),
        ("/spec/securityContext", json!({"runAsUser": 0})),
        ("/spec/containers/0/ports", json!([{"containerPort": 8080, "hostPort": 80}])),
        ("/spec/containers/0/ports", json!([{"containerPort": 15990}])),
        ("/spec/containers/0/ports", json!([{"containerPort": 15991}])),
        ("/spec/containers/0/ports", json!([{"containerPort": 8080}])),
        ("/spec/containers/0/securityContext", json!({"privileged": true})),
        ("/spec/containers/0/securityContext", json!({"capabilities": {"add": ["net_admin"]}})),
        ("/spec/containers/0/securityContext", json!({"capabilities": {"add": ["CAP_SYS_PTRACE", "CHOWN"]}})),
        ("/spec/containers/0/securityContext", json!({"capabilities": {"add": ["NET_BIND_SERVICE"]}})),
        ("/spec/containers/0/volumeMounts", mount("deepsynthesis-config")),
        ("/spec/containers/0/volumeMounts", mount("deepsynthesis-identity")),
        ("/spec/containers/0/volumeMounts", mount("data")),
        ("/spec/containers/0/name", json!(SIDECAR)),
        ("/spec/containers/0/name", json!(REDIRECT)),
        ("/spec/ephemeralContainers", json!([{"name": SIDECAR, "image": "evil"}])),
        ("/spec/ephemeralContainers", json!([{"name": REDIRECT, "image": "evil"}])),
        ("/spec/initContainers/0/image", json!("evil")),
        ("/spec/initContainers/0/imagePullPolicy", json!("Always")),
        ("/spec/initContainers/0/imagePullPolicy", json!("Never")),
        ("/spec/initContainers/0/restartPolicy", json!("OnFailure")),
        ("/spec/initContainers/0/restartPolicy", json!(null)),
        ("/spec/initContainers/0/command", json!(["/bin/sh"])),
        ("/spec/initContainers/0/args", json!(["redirect", "--redirect-port=8080"])),
        ("/spec/initContainers/0/args/11", json!("SplitAddress")),
        ("/spec/initContainers/0/securityContext/capabilities", json!({"drop": ["ALL"]})),
        ("/spec/initContainers/0/securityContext/runAsUser", json!(1000)),
        ("/spec/initContainers/0/envFrom", json!([{"configMapRef": {"name": "mine"}}])),
        ("/spec/initContainers/0/lifecycle/postStart", json!({"exec": {"command": ["sh"]}})),
        ("/spec/initContainers/0/readinessProbe/httpGet/host", json!("10.0.0.9")),
        ("/spec/initContainers/0/readinessProbe/httpGet/scheme", json!("HTTP")),
        ("/spec/initContainers/0/resources/limits/cpu", json!("50m")),
        ("/spec/initContainers/0/resources/requests/cpu", json!("0.02")),
        ("/spec/initContainers/0/terminationMessagePath", json!("/dev/termination-log")),
        ("/spec/initContainers/0/volumeMounts/0/subPath", json!("mine")),
        ("/spec/volumes/0/configMap/name", json!("mine")),
        ("/metadata/labels/deepsynthesis.dev~1service", json!("other")),
        ("/metadata/annotations/deepsynthesis.dev~1injection-proof", json!("0")),
        ("/metadata/labels/app", json!("other")),
    ]
}

/// A pod as a tenant writes it.
pub fn tenant_pod(choice: &mut Choice<'_>) -> Value {
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "labels": {"app": "studio"}},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
    });
    if choice.coin() {
        pod["spec"]["containers"][0]["resources"] = json!({"limits": {"cpu": "1", "memory": "1Gi"}});
    }
    if choice.coin() {
        pod["spec"]["initContainers"] = json!([{"name": "setup", "image": "setup:1"}]);
    }
    if choice.coin() {
        pod["spec"]["volumes"] = json!([{"name": "data", "emptyDir": {}}]);
    }
    if choice.coin() {
        pod["spec"]["containers"].as_array_mut().expect("a list").push(json!({"name": "side", "image": "side:1"}));
    }
    pod
}

/// Changes a pod in up to four ways.
pub fn mutate(pod: &mut Value, choice: &mut Choice<'_>) {
    for _ in 0..=choice.below(4) {
        match choice.below(6) {
            0 | 1 => {
                let telling = telling();
                let (pointer, value) = choice.of(&telling);
                // Either of ours.
                let place = *choice.of(&["/initContainers/0", "/initContainers/1"]);
                set(pod, &pointer.replace("/initContainers/0", place), value.clone());
            }
            2 => anywhere(pod, choice),
            3 => add_container(pod, choice),
            4 => move_init_container(pod, choice),
            _ => duplicate(pod, choice),
        }
    }
}

/// Sets a member where its parent is there.
fn set(pod: &mut Value, pointer: &str, value: Value) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let key = key.replace("~1", "/").replace("~0", "~");
    match pod.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.insert(key, value)),
        Some(Value::Array(items)) => {
            if let Some(item) = key.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                *item = value;
            }
        }
        _ => {}
    }
}

/// Removes, replaces or extends any field of what we wrote, or of anything.
fn anywhere(pod: &mut Value, choice: &mut Choice<'_>) {
    let base = *choice.of(&["/spec/initContainers/0", "/spec/initContainers/1", "/spec/volumes", "/metadata", "/spec"]);
    let mut all = Vec::new();
    if let Some(value) = pod.pointer(base) {
        pointers(value, base, &mut all);
    }
    if all.is_empty() {
        return;
    }
    let pointer = choice.of(&all).clone();
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let (parent, key) = (parent.to_owned(), key.replace("~1", "/").replace("~0", "~"));
    let values = [json!(null), json!(true), json!(0), json!(8080), json!("x"), json!([]), json!({}), json!(["x"])];
    let value = choice.of(&values).clone();
    match (choice.below(3), pod.pointer_mut(&parent)) {
        (0, Some(Value::Object(members))) => drop(members.remove(&key)),
        (1, Some(Value::Object(members))) => drop(members.insert("added".into(), value)),
        (_, Some(Value::Object(members))) => drop(members.insert(key, value)),
        (0, Some(Value::Array(items))) => {
            if let Some(index) = key.parse::<usize>().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        (_, Some(Value::Array(items))) => items.push(value),
        _ => {}
    }
}

fn add_container(pod: &mut Value, choice: &mut Choice<'_>) {
    let names = ["extra", SIDECAR, REDIRECT, "app"];
    let mut container = json!({"name": choice.of(&names), "image": choice.of(&["x", "registry.local/deepsynthesis-sidecar@sha256:ab"])});
    if choice.coin() {
        container["restartPolicy"] = "Always".into();
    }
    if choice.coin() {
        let port = *choice.of(&[8080, 15990, 15991, 9000]);
        container["ports"] = json!([{"containerPort": port}]);
    }
    let list = *choice.of(&["initContainers", "containers", "ephemeralContainers"]);
    let spec = &mut pod["spec"];
    if !spec[list].is_array() {
        spec[list] = json!([]);
    }
    if let Some(items) = spec[list].as_array_mut() {
        let at = choice.below(items.len() + 1);
        items.insert(at, container);
    }
}

fn move_init_container(pod: &mut Value, choice: &mut Choice<'_>) {
    if let Some(items) = pod["spec"]["initContainers"].as_array_mut().filter(|items| !items.is_empty()) {
        let (from, to) = (choice.below(items.len()), choice.below(items.len()));
        items.swap(from, to);
    }
}

fn duplicate(pod: &mut Value, choice: &mut Choice<'_>) {
    let list = *choice.of(&["initContainers", "containers", "volumes"]);
    if let Some(items) = pod["spec"][list].as_array_mut().filter(|items| !items.is_empty()) {
        let (from, to) = (choice.below(items.len()), choice.below(items.len() + 1));
        let copy = items[from].clone();
        items.insert(to, copy);
    }
}
