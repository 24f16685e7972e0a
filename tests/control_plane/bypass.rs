//! Ways around the sidecar and the gate, one attack per file of `tests/bypass`.
//!
//! Every attack is run twice by a tenant with every right in the namespace: where nothing of ours looks it must succeed,
//! or it would prove nothing; in an enrolled namespace it must be refused with the code that names it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cluster::shared;
use crate::support::{Place, Said, eventually, run};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bypass").join(name)
}

/// Runs one attack: a manifest to create, or a script around kubectl.
pub fn attack(place: &Place<'_>, name: &str) -> Said {
    let path = file(name);
    if name.ends_with(".yaml") {
        return place.cluster.kubectl(&["-n", &place.name, "create", "-f", path.to_str().unwrap()], None);
    }
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail"]).arg(path).env("BASH_ENV", file("tenant"));
    run(command.envs(place.cluster.environment(&place.name)), "")
}

fn filed(name: &str) -> Place<'static> {
    Place::open(shared(), name)
}

fn unfiled(name: &str) -> Place<'static> {
    Place::unfiled(shared(), name)
}

/// Two services, both open.
fn two(name: &str) -> Place<'static> {
    let place = Place::open(shared(), name);
    place.create(&place.service("second", "second")).admitted();
    place.until_gate("second", "Open");
    place
}

macro_rules! attacks {
    ($($claim:ident: $file:literal in $place:ident, refused with $($text:literal),+;)*) => {$(
        #[test]
        fn $claim() {
            let free = Place::empty(shared(), "free", false);
            attack(&free, $file).admitted();
            let place = $place("attack");
            // A pod is known by its watch: what is asked by name may be a moment early.
            let mut said = String::new();
            eventually(concat!($file, " is refused"), 10, || {
                let attempt = attack(&place, $file);
                let is_refused = !attempt.is_success();
                said = attempt.said();
                place.kubectl(&["delete", "pods", "--all", "--now"]).admitted();
                is_refused
            });
            for text in [$($text),+] {
                assert!(said.contains(text), "{text:?} is missing in: {said}");
            }
        }
    )*};
}

attacks! {
    denies_the_network_of_the_node_article_16: "host-network.yaml" in filed, refused with "HostNetworkUsed", "Art. 16";
    denies_the_processes_of_the_node_article_18: "host-pid.yaml" in filed, refused with "HostPidUsed";
    denies_shared_processes_article_18: "shared-process-namespace.yaml" in filed, refused with "ProcessNamespaceShared";
    denies_a_port_of_the_node_article_16: "host-port.yaml" in filed, refused with "HostPortUsed", "containers[0].ports[0].hostPort";
    denies_the_port_of_the_sidecar_article_18: "sidecar-port.yaml" in filed, refused with "SidecarPortUsed", "15990";
    denies_a_right_over_the_network_article_16: "net-admin.yaml" in filed, refused with "NetworkRightUsed", "NET_ADMIN";
    denies_a_privileged_container_article_16: "privileged.yaml" in filed, refused with "NetworkRightUsed", "privileged";
    denies_a_routed_loopback_address_article_16: "route-localnet.yaml" in filed, refused with "LoopbackRouted";
    denies_a_container_under_our_name_article_16: "container-name.yaml" in filed, refused with "ContainerNameReserved";
    denies_a_native_sidecar_under_our_name_article_16: "native-sidecar-name.yaml" in filed, refused with "ContainerNameReserved";
    denies_an_overlaid_sidecar_article_18: "overlaid-sidecar.yaml" in filed, refused with "ContainerNameReserved", "initContainers[0]";
    denies_a_volume_under_our_name_article_18: "volume-name.yaml" in filed, refused with "VolumeNameReserved";
    denies_a_mount_of_the_sidecars_identity_article_18: "volume-mount.yaml" in filed, refused with "SidecarVolumeMounted";
    denies_a_pod_for_windows_article_16: "windows.yaml" in filed, refused with "WindowsUnsupported";
    denies_forged_marks_article_18: "forged-mark.yaml" in filed, refused with "SidecarMarkForged", "Art. 18";
    denies_a_pod_without_a_name_article_19: "generate-name.yaml" in unfiled, refused with "FilingMissing", "Art. 19";
    denies_a_pod_that_names_its_node_article_19: "bound-pod.yaml" in unfiled, refused with "FilingMissing", "Art. 19";
    denies_a_pretended_mirror_pod_article_19: "mirror-annotation.yaml" in unfiled, refused with "mirror pod may not";
    denies_a_pod_of_an_unknown_owner_article_19: "custom-owner.yaml" in unfiled, refused with "FilingMissing", "Art. 19";
    denies_exec_article_16: "exec.sh" in filed, refused with "PodAccess", "exec", "Art. 16";
    denies_attach_article_16: "attach.sh" in filed, refused with "PodAccess", "attach", "Art. 16";
    denies_port_forward_article_16: "port-forward.sh" in filed, refused with "PodAccess", "port-forward", "Art. 16";
    denies_an_ephemeral_container_article_16: "ephemeral-container.sh" in filed, refused with "PodAccess", "Art. 16";
    denies_a_resized_sidecar_article_18: "resize.sh" in filed, refused with "SidecarResized", "18";
    denies_a_live_pod_that_joins_a_service_article_16: "relabelled-into-service.sh" in filed, refused with "UninjectedPodSelected", "Art. 16";
    denies_a_live_pod_that_leaves_its_service_article_16: "relabelled-out-of-service.sh" in filed, refused with "SelectedLabelRemoved", "Art. 16";
    denies_a_live_pod_that_changes_its_service_article_16: "relabelled-to-other-service.sh" in two, refused with "ServiceChanged", "Art. 16";
    denies_a_changed_mark_on_a_live_pod_article_18: "mark-removed.sh" in filed, refused with "SidecarMarkChanged", "Art. 18";
    denies_another_image_for_the_live_sidecar_article_18: "sidecar-image.sh" in filed, refused with "SidecarImageChanged", "Art. 18";
}

#[test]
fn an_approved_exemption_of_article_16_opens_a_pod_for_as_long_as_it_holds() {
    let place = filed("glass");
    place.create(&crate::support::workload("Pod", "studio", crate::support::template())).admitted();
    let exec = || place.kubectl(&["exec", "studio", "-c", "app", "--", "true"]).said();
    eventually("exec is refused", 10, || exec().contains("PodAccess"));
    crate::exemptions::exempt(&place, &["o12-16-1"]);
    eventually("exec passes admission", 10, || exec().contains("does not have a host assigned"));
}

#[test]
fn a_service_to_an_undeclared_port_is_admitted_with_a_warning_article_16() {
    let place = filed("port");
    let service = |name: &str, port: u16| {
        serde_json::json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"selector": {"app": "studio"}, "ports": [{"port": 80, "targetPort": port}]}})
    };
    let said = place.create(&service("past", 9000)).said();
    assert!(said.contains("[ServicePortUndeclared]") && said.contains("9000") && said.contains("created"), "{said}");
    let said = place.create(&service("through", 8080)).said();
    assert!(!said.contains("Warning"), "{said}");
}

#[test]
fn every_attack_on_file_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let read = |folder: &str| std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let sources: String = read("control_plane").map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for path in read("bypass").chain(read("bypass/backstop")).filter(|path| path.is_file()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name == "tenant" {
            continue;
        }
        let stem = name.strip_suffix(".yaml").unwrap_or(name);
        let is_run = [name, stem].iter().any(|name| sources.contains(&format!("\"{name}\"")));
        assert!(is_run, "no test runs tests/bypass/{name}");
    }
}
