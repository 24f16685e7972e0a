//! Pods that the sidecar cannot serve, and reserved names in the wrong place.
//!
//! In: a pod. Out: all reasons. Must not: judge the content of our own container and
//! volumes; the patch and the proof do that, each in its own words.

use serde_json::Value;

use super::path::{element, field};
use super::plan::CONTAINERS;
use super::view::{PodView, is_named, is_one_of, list, present};
use super::{InjectError, Plan};
use crate::api::names;

/// Every reason, in a stable order. The plan says which of our containers belong into the pod, and nothing else.
pub(super) fn refusals(pod: &PodView<'_>, plan: &Plan) -> Vec<InjectError> {
    let mut reasons = Vec::new();
    host(pod, &mut reasons);
    windows(pod, &mut reasons);
    ports(pod, &mut reasons);
    network_rights(pod, &mut reasons);
    sysctls(pod, &mut reasons);
    reserved_names(pod, plan, &mut reasons);
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

/// Every container that does not bear a name of ours; the patch and the proof look at those.
fn others<'a>(pod: &'a PodView<'_>) -> impl Iterator<Item = (String, &'a Value)> {
    pod.all_containers().filter(|(_, container)| !is_one_of(container, &CONTAINERS))
}

fn ports(pod: &PodView<'_>, reasons: &mut Vec<InjectError>) {
    for (path, container) in others(pod) {
        let path = field(&path, "ports");
        for (index, port) in list(container, "ports").iter().enumerate() {
            let path = element(&path, index);
            if port.get("hostPort").is_some_and(|value| !value.is_null() && *value != 0) {
                reasons.push(InjectError::HostPort { path: field(&path, "hostPort") });
            }
            for number in [names::SIDECAR_ADMIN_PORT, names::SIDECAR_REDIRECT_PORT] {
                if port.get("containerPort").is_some_and(|value| *value == number) {
                    reasons.push(InjectError::AdminPort { path: field(&path, "containerPort"), port: number });
                }
            }
        }
    }
}

/// Rights over the network of the pod, which all its containers share.
fn network_rights(pod: &PodView<'_>, reasons: &mut Vec<InjectError>) {
    for (path, container) in others(pod) {
        let Some(context) = container.get("securityContext") else { continue };
        let path = field(&path, "securityContext");
        if context.get("privileged").is_some_and(|value| !value.is_null() && *value != Value::Bool(false)) {
            reasons.push(InjectError::NetworkRight { path: field(&path, "privileged"), right: "privileged" });
        }
        let added = context.get("capabilities").map_or(&[][..], |capabilities| list(capabilities, "add"));
        for (index, capability) in added.iter().enumerate() {
            let name = capability.as_str().unwrap_or_default().to_ascii_uppercase();
            let name = name.strip_prefix("CAP_").unwrap_or(&name);
            if let Some(right) = NETWORK_RIGHTS.into_iter().find(|right| *right == name) {
                let path = element(&field(&field(&path, "capabilities"), "add"), index);
                reasons.push(InjectError::NetworkRight { path, right });
            }
        }
    }
}

/// Capabilities that change the network of the pod or reach into other containers.
const NETWORK_RIGHTS: [&str; 5] = ["ALL", "NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE"];

fn sysctls(pod: &PodView<'_>, reasons: &mut Vec<InjectError>) {
    let Some(context) = present(pod.spec, "securityContext") else { return };
    for (index, sysctl) in list(context, "sysctls").iter().enumerate() {
        // The kernel takes dots and slashes.
        let name = sysctl.get("name").and_then(Value::as_str).unwrap_or_default();
        if name.ends_with("route_localnet") {
            let path = element("spec.securityContext.sysctls", index);
            reasons.push(InjectError::LoopbackRouted { path });
        }
    }
}

/// Our names outside of the one place where they belong.
fn reserved_names(pod: &PodView<'_>, plan: &Plan, reasons: &mut Vec<InjectError>) {
    for name in CONTAINERS {
        let ours = pod.init_container(name).filter(|_| plan.containers().contains(&name));
        for (path, container) in pod.all_containers() {
            let is_place = ours.is_some_and(|(_, ours)| std::ptr::eq(ours, container));
            if is_named(container, name) && !is_place {
                let at = path.clone();
                reasons.push(InjectError::ContainerNameTaken { path, name, at });
            }
        }
    }
    for name in names::VOLUMES {
        let named = pod.volumes.iter().enumerate().filter(|(_, volume)| is_named(volume, name));
        for (index, _) in named.skip(usize::from(plan.has_volume(name))) {
            let path = element("spec.volumes", index);
            reasons.push(InjectError::VolumeNameTaken { at: path.clone(), path, name });
        }
    }
}

/// Mounts of our volumes in containers that are not ours.
fn foreign_mounts(pod: &PodView<'_>, reasons: &mut Vec<InjectError>) {
    for (path, container) in others(pod) {
        for kind in ["volumeMounts", "volumeDevices"] {
            for (index, mount) in list(container, kind).iter().enumerate() {
                for name in names::VOLUMES {
                    if is_named(mount, name) {
                        let path = element(&field(&path, kind), index);
                        reasons.push(InjectError::VolumeMounted { path, name });
                    }
                }
            }
        }
    }
}
