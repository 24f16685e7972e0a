//! The injected containers, built fresh from the plan.
//!
//! In: [`Plan`] and the QoS shape of the pod. Out: the containers as JSON. Must not: look at what the
//! pod already carries under our name.

use serde_json::{Value, json};

use super::Plan;
use super::plan::CONTAINERS;
use super::quantity::{is_zero, same_quantity};
use super::view::{PodView, is_one_of, present};
use crate::api::names;
use crate::api::service::Capture;

/// Which resources the sidecar gets, so that the pod keeps its QoS class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Requests, and a limit on memory only: a CPU limit would throttle the answer stream.
    Burstable,
    /// Requests equal limits, because every other container does so too.
    Guaranteed,
}

impl Shape {
    /// The shape that fits the pod's own containers.
    pub fn of(pod: &PodView<'_>) -> Self {
        // With pod-level resources the QoS class is that of the pod, whatever containers say.
        if present(pod.spec, "resources").is_some() {
            return Self::Burstable;
        }
        let mut others =
            pod.init_containers.iter().filter(|container| !is_one_of(container, &CONTAINERS)).chain(pod.containers);
        if others.all(is_guaranteed) { Self::Guaranteed } else { Self::Burstable }
    }

    /// The one that this is not.
    pub fn other(self) -> Self {
        match self {
            Self::Burstable => Self::Guaranteed,
            Self::Guaranteed => Self::Burstable,
        }
    }
}

/// Limits on CPU and memory, and requests that are equal or left to default to the limit.
fn is_guaranteed(container: &Value) -> bool {
    let resource = |kind: &str, name: &str| {
        container.get("resources").and_then(|all| all.get(kind)?.get(name)).filter(|value| !value.is_null())
    };
    ["cpu", "memory"].into_iter().all(|name| match (resource("limits", name), resource("requests", name)) {
        (Some(limit), None) => !is_zero(limit),
        (Some(limit), Some(request)) => !is_zero(limit) && same_quantity(limit, request),
        (None, _) => false,
    })
}

/// The resources of the sidecar.
pub(super) fn resources(plan: &Plan, shape: Shape) -> Value {
    let policy = &plan.resources;
    match shape {
        Shape::Burstable => json!({
            "requests": {"cpu": policy.cpu_request, "memory": policy.memory_request},
            "limits": {"memory": policy.memory_limit},
        }),
        Shape::Guaranteed => json!({
            "requests": {"cpu": policy.cpu_request, "memory": policy.memory_limit},
            "limits": {"cpu": policy.cpu_request, "memory": policy.memory_limit},
        }),
    }
}

/// Every container that a pod gets, in the order in which they start; each bears its name of [`Plan::containers`].
pub(super) fn containers(plan: &Plan, shape: Shape) -> Vec<Value> {
    match plan.capture {
        Capture::SplitAddress => vec![sidecar(plan, shape)],
        Capture::Redirect => vec![redirect(plan, shape), sidecar(plan, shape)],
    }
}

/// Leads traffic to the sidecar and ends, before anything else of the pod starts.
fn redirect(plan: &Plan, shape: Shape) -> Value {
    json!({
        "name": names::REDIRECT_CONTAINER,
        "image": plan.image,
        "imagePullPolicy": plan.image_pull_policy,
        "args": ["redirect"],
        // Only root keeps an added capability; the kernel asks for NET_ADMIN in the pod's own network, and for nothing else.
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": {"add": ["NET_ADMIN"], "drop": ["ALL"]},
            "privileged": false,
            "readOnlyRootFilesystem": true,
            "runAsNonRoot": false,
            "runAsUser": 0,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        // The sidecar's own: what init containers use one after the other counts once.
        "resources": resources(plan, shape),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        // At the service-account path, which keeps the tenant's API token out of this container.
        "volumeMounts": [{"name": names::IDENTITY_VOLUME, "mountPath": names::IDENTITY_MOUNT, "readOnly": true}],
    })
}

fn field_reference(name: &str, path: &str) -> Value {
    json!({"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}})
}

/// The native sidecar.
fn sidecar(plan: &Plan, shape: Shape) -> Value {
    let mut container = split_address_sidecar(plan, shape);
    let mut more = Vec::new();
    if plan.capture == Capture::Redirect {
        more.extend(["--capture", "Redirect"].map(str::to_owned));
    }
    if plan.keeps_records {
        more.extend(["--pod-uid", "$(POD_UID)", "--spool"].map(str::to_owned));
        more.extend([format!("{}/spool", names::RECORDS_MOUNT), "--ledger-token".to_owned()]);
        more.push(format!("{}/token", names::IDENTITY_MOUNT));
        if let Some(mounts) = container["volumeMounts"].as_array_mut() {
            mounts.push(json!({"name": names::RECORDS_VOLUME, "mountPath": names::RECORDS_MOUNT}));
        }
    }
    if let Some(arguments) = container["args"].as_array_mut() {
        arguments.extend(more.into_iter().map(Value::from));
    }
    container
}

fn split_address_sidecar(plan: &Plan, shape: Shape) -> Value {
    let get = |path: &str| json!({"path": path, "port": names::SIDECAR_ADMIN_PORT});
    json!({
        "name": names::SIDECAR_CONTAINER,
        "image": plan.image,
        "imagePullPolicy": plan.image_pull_policy,
        "restartPolicy": "Always",
        "args": [
            "--service", format!("{}/{}", plan.namespace, plan.service),
            "--service-uid", plan.service_uid,
            "--config", format!("{}/{}", names::CONFIG_MOUNT, names::CONFIG_FILE),
            "--verify-key", plan.verify_key,
            "--pod-ips", "$(POD_IPS)",
        ],
        "env": [
            field_reference("POD_IPS", "status.podIPs"),
            field_reference("POD_NAME", "metadata.name"),
            field_reference("POD_UID", "metadata.uid"),
            field_reference("POD_NAMESPACE", "metadata.namespace"),
            field_reference("NODE_NAME", "spec.nodeName"),
        ],
        // No `ports`: the application declares the same number, and a second declaration draws a warning.
        "startupProbe": {"httpGet": get("/startupz"), "periodSeconds": 1, "failureThreshold": 120},
        "readinessProbe": {"httpGet": get("/readyz"), "periodSeconds": 2, "failureThreshold": 1},
        "livenessProbe": {"httpGet": get("/livez"), "periodSeconds": 10, "failureThreshold": 6},
        // exec, so that the drain endpoint stays on loopback.
        "lifecycle": {"preStop": {"exec": {"command": ["/deepsynthesis-sidecar", "drain"]}}},
        // No runAsUser: OpenShift gives each namespace its own range.
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": {"drop": ["ALL"]},
            "privileged": false,
            "readOnlyRootFilesystem": true,
            "runAsNonRoot": true,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "resources": resources(plan, shape),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            // Never a subPath: those are not updated when the ConfigMap changes.
            {"name": names::CONFIG_VOLUME, "mountPath": names::CONFIG_MOUNT, "readOnly": true},
            // At the service-account path, which keeps the tenant's API token out of this container.
            {"name": names::IDENTITY_VOLUME, "mountPath": names::IDENTITY_MOUNT, "readOnly": true},
        ],
    })
}
