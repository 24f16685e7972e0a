//! Would traffic reach the application unlabelled? An oracle that shares no code with injection and proof: it plays the
//! kubelet and the kernel for one pod of the service on port 8080, with every other container as hostile as it may be.

use deepsynthesis::api::service::Capture;
use serde_json::{Value, json};

use super::cluster::{IMAGE, KEY, NAMESPACE, SERVICE, UID};

const NAME: &str = "deepsynthesis-sidecar";
const REDIRECT: &str = "deepsynthesis-redirect";

/// How it leaks, or nothing.
pub fn leak(pod: &Value, capture: Capture) -> Option<&'static str> {
    let spec = &pod["spec"];
    let on = |key: &str| !matches!(spec[key], Value::Null | Value::Bool(false));
    if on("hostNetwork") {
        return Some("the pod's addresses are the node's");
    }
    if on("hostPID") || on("shareProcessNamespace") {
        return Some("others can stop the sidecar");
    }
    let windows = |value: &Value| value.as_str().is_some_and(|os| os.eq_ignore_ascii_case("windows"));
    if windows(&spec["os"]["name"]) || windows(&spec["nodeSelector"]["kubernetes.io/os"]) {
        return Some("no sidecar runs there");
    }
    // Containers in the order in which the kubelet starts them. What starts first can hold any address first.
    let inits = array(&spec["initContainers"]);
    let before = usize::from(capture == Capture::Redirect);
    if let Some(redirect) = inits.first().filter(|_| before == 1)
        && let Some(fault) = leads_nowhere(redirect)
    {
        return Some(fault);
    }
    let Some(sidecar) = inits.get(before) else { return Some("there is no sidecar") };
    if let Some(fault) = impostor(sidecar, spec, capture) {
        return Some(fault);
    }
    let others =
        inits.iter().skip(before + 1).chain(array(&spec["containers"])).chain(array(&spec["ephemeralContainers"]));
    for other in others {
        if other["name"] == NAME || other["name"] == REDIRECT {
            return Some("two containers of that name: tools and policies look at the wrong one");
        }
        let context = &other["securityContext"];
        if !matches!(context["privileged"], Value::Null | Value::Bool(false)) {
            return Some("a privileged container rewrites the network");
        }
        for added in array(&context["capabilities"]["add"]) {
            let name = added.as_str().unwrap_or_default().to_uppercase();
            if ["ALL", "NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE"].contains(&name.trim_start_matches("CAP_"))
            {
                return Some("a capability rewrites the network or reaches into the sidecar");
            }
        }
        for port in array(&other["ports"]) {
            if !matches!(&port["hostPort"], Value::Null) && port["hostPort"] != 0 {
                return Some("the node leads to a port that the sidecar does not hold");
            }
            if port["containerPort"] == 15990 || port["containerPort"] == 15991 {
                return Some("another container is where the kubelet asks for health, or where traffic is led");
            }
        }
        for mount in array(&other["volumeMounts"]).iter().chain(array(&other["volumeDevices"])) {
            if mount["name"] == "deepsynthesis-config" || mount["name"] == "deepsynthesis-identity" {
                return Some("the sidecar's secrets are read");
            }
        }
    }
    for sysctl in array(&spec["securityContext"]["sysctls"]) {
        if sysctl["name"].as_str().unwrap_or_default().contains("route_localnet") {
            return Some("loopback is routed");
        }
    }
    None
}

/// Whether the container that must lead traffic to the sidecar, and end, would not.
fn leads_nowhere(first: &Value) -> Option<&'static str> {
    if first["name"] != REDIRECT || first["image"] != IMAGE || first["args"] != json!(["redirect"]) {
        return Some("what starts first does not lead traffic to the sidecar");
    }
    if ["command", "envFrom", "env", "workingDir", "lifecycle"].iter().any(|key| !array_or_null(&first[*key])) {
        return Some("another program or environment leads traffic");
    }
    if !first["restartPolicy"].is_null() {
        return Some("a container that may rewrite the network goes on");
    }
    let context = &first["securityContext"];
    if context["runAsUser"] != 0 || context["capabilities"]["add"] != json!(["NET_ADMIN"]) {
        return Some("it may not lead traffic");
    }
    None
}

/// Whether the container in the sidecar's place is not our program, as it must run, with what it must know.
fn impostor(first: &Value, spec: &Value, capture: Capture) -> Option<&'static str> {
    if first["name"] != NAME || first["image"] != IMAGE {
        return Some("what starts first is not the sidecar");
    }
    if first["restartPolicy"] != "Always" {
        return Some("it would have to end before the application starts");
    }
    let program = ["command", "envFrom", "workingDir", "stdin", "tty"];
    if program.iter().any(|key| !array_or_null(&first[*key])) {
        return Some("another program or environment");
    }
    let mut args = json!([
        "--service",
        format!("{NAMESPACE}/{SERVICE}"),
        "--service-uid",
        UID,
        "--config",
        "/etc/deepsynthesis/config.json",
        "--verify-key",
        KEY,
        "--pod-ips",
        "$(POD_IPS)"
    ]);
    if let (Capture::Redirect, Some(words)) = (capture, args.as_array_mut()) {
        words.extend(["--capture", "Redirect"].map(Value::from));
    }
    if first["args"] != args {
        return Some("other arguments");
    }
    let mut fields = Vec::new();
    for variable in array(&first["env"]) {
        let path = variable["valueFrom"]["fieldRef"]["fieldPath"].as_str().unwrap_or_default();
        fields.push((variable["name"].as_str().unwrap_or_default(), path));
    }
    fields.sort_unstable();
    let expected = [
        ("NODE_NAME", "spec.nodeName"),
        ("POD_IPS", "status.podIPs"),
        ("POD_NAME", "metadata.name"),
        ("POD_NAMESPACE", "metadata.namespace"),
        ("POD_UID", "metadata.uid"),
    ];
    if fields != expected {
        return Some("another environment");
    }
    for (probe, path) in [("startupProbe", "/startupz"), ("readinessProbe", "/readyz")] {
        let get = &first[probe]["httpGet"];
        if get["path"] != path || get["port"] != 15990 || !get["host"].is_null() {
            return Some("its health is asked for elsewhere");
        }
    }
    if first["lifecycle"]["postStart"].is_object() {
        return Some("something runs inside of it");
    }
    let mount = |name: &str, path: &str| {
        array(&first["volumeMounts"]).iter().any(|mount| {
            mount["name"] == name
                && mount["mountPath"] == path
                && mount["subPath"].is_null()
                && mount["subPathExpr"].is_null()
        })
    };
    if array(&first["volumeMounts"]).len() != 2
        || !mount("deepsynthesis-config", "/etc/deepsynthesis")
        || !mount("deepsynthesis-identity", "/var/run/secrets/kubernetes.io/serviceaccount")
    {
        return Some("other mounts");
    }
    let volumes: Vec<_> =
        array(&spec["volumes"]).iter().filter(|volume| volume["name"] == "deepsynthesis-config").collect();
    let [config] = volumes.as_slice() else { return Some("no configuration, or two") };
    if config["configMap"]["name"] != "deepsynthesis-portrait" {
        return Some("another configuration");
    }
    None
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn array_or_null(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value.as_array().is_some_and(Vec::is_empty)
}
