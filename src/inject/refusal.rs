//! Pods that the sidecar cannot serve, and reserved names in the wrong place.
//!
//! In: a pod and the plan. Out: all reasons. Must not: judge the content of our own container and
//! volumes; the patch and the proof do that, each in its own words.

use serde_json::Value;

use super::path::{element, field};
use super::view::{PodView, is_named, list, present};
use super::{InjectError, Plan};
use crate::api::names;

/// Every reason, in a stable order.
pub(super) fn refusals(pod: &PodView<'_>, plan: &Plan) -> Vec<InjectError> {
    let mut reasons = Vec::new();
    host(pod, &mut reasons);
    windows(pod, &mut reasons);
    host_ports(pod, plan, &mut reasons);
    reserved_names(pod, &mut reasons);
    foreign_mounts(pod, &mut reasons);
    reasons
}

fn host(pod: &PodView<'_>, reasons: &mut Vec<InjectError>) {
    // Whatever is not plainly false counts as true.
    let is_on = |key: &str| present(pod.spec, key).is_some_and(|value| *value != Value::Bool(false));
    for (key, reason) in [
        ("hostNetwork", InjectError::HostNetwork),
        ("hostPID", InjectError::HostPid),
        ("shareProcessNamespace", InjectError::SharedProcesses),
    ] {
        if is_on(key) {
            reasons.push(reason);
        }
    }
}

fn windows(pod: &PodView<'_>, reasons: &mut Vec<InjectError>) {
    let os = pod.spec.get("os").and_then(|os| os.get("name"));
    let node = |label: &str| pod.spec.get("nodeSelector").and_then(|labels| labels.get(label));
    for (value, path) in [
        (os, "spec.os.name"),
        (node("kubernetes.io/os"), "spec.nodeSelector[kubernetes.io/os]"),
        (node("beta.kubernetes.io/os"), "spec.nodeSelector[beta.kubernetes.io/os]"),
    ] {
        if value.and_then(Value::as_str).is_some_and(|os| os.eq_ignore_ascii_case("windows")) {
            reasons.push(InjectError::Windows { path: path.to_owned() });
        }
    }
}

fn host_ports(pod: &PodView<'_>, plan: &Plan, reasons: &mut Vec<InjectError>) {
    let is_ours = |value: Option<&Value>| {
        let number = u16::try_from(value.and_then(Value::as_u64)?).ok()?;
        plan.ports.contains(&number).then_some(number)
    };
    for (path, container) in pod.all_containers() {
        for (index, port) in list(container, "ports").iter().enumerate() {
            let host = port.get("hostPort").filter(|value| !value.is_null() && **value != 0);
            if host.is_none() {
                continue;
            }
            if let Some(number) = is_ours(port.get("containerPort")).or_else(|| is_ours(host)) {
                let path = element(&field(&path, "ports"), index);
                reasons.push(InjectError::HostPort { path: field(&path, "hostPort"), port: number });
            }
        }
    }
}

/// Our names outside of the one place where they belong.
fn reserved_names(pod: &PodView<'_>, reasons: &mut Vec<InjectError>) {
    let ours = pod.init_container(names::SIDECAR_CONTAINER).map(|(_, container)| container);
    for (path, container) in pod.all_containers() {
        let is_place = ours.is_some_and(|ours| std::ptr::eq(ours, container));
        if is_named(container, names::SIDECAR_CONTAINER) && !is_place {
            let at = path.clone();
            reasons.push(InjectError::ContainerNameTaken { path, name: names::SIDECAR_CONTAINER, at });
        }
    }
    for name in [names::CONFIG_VOLUME, names::IDENTITY_VOLUME] {
        let named = pod.volumes.iter().enumerate().filter(|(_, volume)| is_named(volume, name));
        for (index, _) in named.skip(1) {
            let path = element("spec.volumes", index);
            reasons.push(InjectError::VolumeNameTaken { at: path.clone(), path, name });
        }
    }
}

/// Mounts of our volumes in containers that are not ours.
fn foreign_mounts(pod: &PodView<'_>, reasons: &mut Vec<InjectError>) {
    for (path, container) in pod.all_containers() {
        if is_named(container, names::SIDECAR_CONTAINER) {
            continue;
        }
        for kind in ["volumeMounts", "volumeDevices"] {
            for (index, mount) in list(container, kind).iter().enumerate() {
                for name in [names::CONFIG_VOLUME, names::IDENTITY_VOLUME] {
                    if is_named(mount, name) {
                        let path = element(&field(&path, kind), index);
                        reasons.push(InjectError::VolumeMounted { path, name });
                    }
                }
            }
        }
    }
}
