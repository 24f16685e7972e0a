//! Pods past the webhooks: with the webhook configurations gone, the policies inside the API server still refuse every pod of
//! a service that would not be labelled (Order 12 Arts 16, 18). Each attack is a file in `tests/bypass/backstop`.

use serde_json::json;

use crate::ground::{Ground, create, manifest, outside, patched};
use crate::support::{Place, eventually};

/// One test for each attack on a new pod.
macro_rules! refuses_pods {
    ($($claim:ident: $attack:literal => [$($text:literal),+];)+) => {$(
        #[test]
        fn $claim() {
            Ground::open("pod").refuses_pod($attack, &[$($text),+]);
        }
    )+};
}

refuses_pods! {
    denies_a_pod_without_the_sidecar: "sidecar-missing" => ["[SidecarMissing]"];
    denies_a_pod_without_a_name_and_without_the_sidecar: "generated-name" => ["[SidecarMissing]"];
    denies_another_image_of_the_sidecar: "sidecar-image" => ["[SidecarFieldChanged]", "injected: image"];
    denies_another_command_of_the_sidecar: "sidecar-command" => ["[SidecarFieldUnexpected]", "injected: command"];
    denies_other_arguments_of_the_sidecar: "sidecar-arguments" => ["[SidecarFieldChanged]", "injected: args"];
    denies_another_environment_of_the_sidecar: "sidecar-environment" => ["[SidecarFieldChanged]", "injected: env"];
    denies_a_sidecar_without_its_probe: "sidecar-probe" => ["[SidecarFieldChanged]", "readinessProbe"];
    denies_a_hook_inside_of_the_sidecar: "sidecar-lifecycle" => ["[SidecarFieldChanged]", "lifecycle"];
    denies_a_sidecar_that_ends: "sidecar-ends" => ["[SidecarFieldChanged]", "restartPolicy"];
    denies_a_sidecar_with_other_privileges: "sidecar-privileges" => ["[SidecarFieldChanged]", "securityContext"];
    denies_a_foreign_volume_in_the_sidecar: "sidecar-mount" => ["[SidecarFieldChanged]", "volumeMounts"];
    denies_the_sidecar_in_another_place: "sidecar-elsewhere" => ["[SidecarMissing]"];
    denies_an_init_container_before_the_sidecar: "sidecar-behind" => ["[SidecarOrderBroken]"];
    denies_another_configuration_of_the_sidecar: "sidecar-configuration" => ["[SidecarVolumeChanged]"];
    denies_the_sidecars_volume_in_another_container: "sidecar-volume" => ["[SidecarVolumeMounted]"];
    denies_the_network_of_the_node: "host-network" => ["[HostNetworkUsed]", "hostNetwork"];
    denies_the_processes_of_the_node: "host-processes" => ["[HostPidUsed]", "hostPID"];
    denies_shared_processes: "shared-processes" => ["[ProcessNamespaceShared]", "shareProcessNamespace"];
    denies_a_port_of_the_node: "host-port" => ["[HostPortUsed]", "hostPort"];
    denies_the_port_of_the_sidecar: "sidecar-port" => ["[SidecarPortUsed]", "15990"];
    denies_the_port_to_which_traffic_is_led: "redirect-port" => ["[SidecarPortUsed]", "15991"];
    denies_a_container_that_bears_the_redirects_name: "redirect-name" => ["[ContainerNameReserved]"];
    denies_a_right_over_the_network: "net-admin" => ["[NetworkRightUsed]", "NET_ADMIN"];
    denies_a_privileged_container: "privileged" => ["[NetworkRightUsed]", "privileged"];
    denies_a_routed_loopback_address: "route-localnet" => ["[LoopbackRouted]", "route_localnet"];
    denies_a_native_sidecar_before_ours: "native-sidecar-first" => ["[SidecarOrderBroken]"];
    denies_a_windows_node: "windows-node" => ["[WindowsUnsupported]"];
    denies_a_forged_proof_article_18: "forged-proof" => ["[InjectionProofDiffers]"];
    denies_the_label_of_another_service_article_18: "forged-service" => ["[InjectionProofDiffers]"];
    denies_marks_on_a_pod_of_no_service_article_18: "forged-mark" => ["[SidecarMarkForged]"];
    denies_the_ledgers_token_in_a_volume_of_ones_own: "ledger-token" => ["[LedgerTokenForSidecarOnly]"];
}

#[test]
fn admits_what_is_injected_and_what_no_service_selects() {
    let ground = Ground::open("right");
    ground.create_in_both(&ground.pod);
    ground.create_in_both(&outside());
    // What in-tree plugins and other injectors may do to a pod after us.
    let mut pod = ground.pod.clone();
    pod["metadata"]["name"] = "more".into();
    pod["spec"]["initContainers"][0]["imagePullPolicy"] = "Always".into();
    pod["spec"]["initContainers"][0]["securityContext"]["runAsUser"] = 1000.into();
    pod["spec"]["initContainers"][0]["resources"]["limits"]["ephemeral-storage"] = "1Gi".into();
    let other = json!({"name": "other", "image": "other:dev", "restartPolicy": "Always"});
    pod["spec"]["initContainers"].as_array_mut().unwrap().push(other);
    create(&ground.held, &pod).admitted();
}

#[test]
fn denies_a_pod_that_two_services_select() {
    let ground = Ground::open("twice");
    ground.held.create(&ground.held.service("second", "studio")).admitted();
    create(&ground.free, &ground.pod).admitted();
    eventually("both services are known", 20, || {
        ground.held.create_with(&ground.pod, &["--dry-run=server"]).said().contains("[SelectedTwice]")
    });
    create(&ground.held, &ground.pod).refused(&["second", "studio", "spec.workloadSelector", "Order 12 Art. 16"]);
}

#[test]
fn denies_an_uninjected_pod_the_labels_of_a_service_article_16() {
    let ground = Ground::open("join");
    ground.create_in_both(&outside());
    let texts = ["[UninjectedPodSelected]", "service studio"];
    ground.refuses_patch("live-relabelled-in", &["pod", "outside"], &texts);
}

#[test]
fn denies_a_live_pod_to_leave_its_service_article_16() {
    let ground = Ground::open("leave");
    ground.create_in_both(&ground.pod);
    ground.refuses_patch("live-relabelled-out", &["pod", "studio"], &["[SelectedLabelRemoved]", "service studio"]);
    // What says nothing about the service may change, and so may everything when the service is gone.
    let harmless = ["label", "pod", "studio", "team=x", "--as", "tenant"];
    ground.held.kubectl(&harmless).admitted();
    ground.held.kubectl(&["delete", "dss", "studio"]).admitted();
    eventually("nothing holds it any more", 20, || {
        patched(&ground.held, "live-relabelled-out", &["pod", "studio"]).is_success()
    });
}

#[test]
fn denies_changes_of_marks_on_a_live_pod_article_18() {
    let ground = Ground::open("marks");
    ground.create_in_both(&ground.pod);
    let changed = ["[SidecarMarkChanged]"];
    ground.refuses_patch("live-mark-removed", &["pod", "studio", "--type=merge"], &changed);
    ground.refuses_patch("status-marks", &["pod", "studio", "--subresource=status", "--type=merge"], &changed);
    let image = ["pod", "studio", "--type=json"];
    ground.refuses_patch("live-sidecar-image", &image, &["[SidecarImageChanged]"]);
    // What is the tenant's stays the tenant's.
    ground.held.kubectl(&["set", "image", "pod/studio", "app=app:v2", "--as", "tenant"]).admitted();
    ground.held.kubectl(&["annotate", "pod", "studio", "example.com/note=x", "--as", "tenant"]).admitted();
}

#[test]
fn denies_labels_by_way_of_the_status_and_lets_a_kubelet_report() {
    let ground = Ground::open("status");
    ground.create_in_both(&outside());
    let how = ["pod", "outside", "--subresource=status", "--type=merge"];
    ground.refuses_patch("status-labels", &how, &["[LabelsChangedBySubresource]", "pods/status"]);
    let report = json!({"status": {"phase": "Running"}, "metadata": {"annotations": {"cni.example/ip": "10.0.0.1"}}});
    ground.held.kubectl(&["patch", "pod", "outside", "--subresource=status", "-p", &report.to_string()]).admitted();
    assert_eq!(ground.held.jsonpath("pod", "outside", "{.status.phase}"), "Running");
}

#[test]
fn denies_a_sidecar_that_is_starved_or_debugged() {
    let ground = Ground::open("starve");
    ground.create_in_both(&ground.pod);
    ground.refuses_patch("resize-sidecar", &["pod", "studio", "--subresource=resize"], &["[SidecarResized]"]);
    let debug = ["pod", "studio", "--subresource=ephemeralcontainers"];
    ground.refuses_patch("debug-sidecar", &debug, &["[SidecarDebugged]"]);
}

#[test]
fn denies_labels_and_marks_by_way_of_a_binding() {
    let ground = Ground::open("bind");
    for (attack, name) in [("binding-labels", "outside"), ("binding-marks", "marked")] {
        let mut pod = outside();
        pod["metadata"]["name"] = name.into();
        ground.create_in_both(&pod);
        let mut binding = manifest(attack);
        binding["metadata"]["name"] = name.into();
        let bind = |place: &Place<'_>| {
            let path = format!("/api/v1/namespaces/{}/pods/{name}/binding", place.name);
            place.cluster.kubectl(&["create", "--raw", &path, "-f", "-", "--as", "tenant"], Some(&binding.to_string()))
        };
        bind(&ground.held).refused(&["[BindingChangesMarks]", "Order 12 Arts 16, 18"]);
        bind(&ground.free).admitted();
        let free = ground.free.get("pod", name)["metadata"].to_string();
        assert!(free.contains("studio") || free.contains("0000"), "the API server copies them: {free}");
        // A scheduler binds as ever.
        binding["metadata"] = json!({"name": name, "namespace": ground.held.name});
        let path = format!("/api/v1/namespaces/{}/pods/{name}/binding", ground.held.name);
        let words = ["create", "--raw", &path, "-f", "-", "--as", "tenant"];
        ground.held.cluster.kubectl(&words, Some(&binding.to_string())).admitted();
    }
}
