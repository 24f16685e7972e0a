//! Claims about injection: golden pods, refusals, name squatting, and what the proof lets through.
//!
//! `UPDATE_GOLDEN=1 cargo test --test inject` rewrites `tests/golden/inject/*.{patch,injected}.json`.
#![allow(clippy::unwrap_used)]

use std::fs;

use deepsynthesis::api::names;
use deepsynthesis::api::policy::SidecarPolicy;
use deepsynthesis::api::service::Capture;
use deepsynthesis::inject::{InjectError, PatchOperation, Plan, ProofError, digest, patch, verify};
use serde_json::{Value, json};

#[path = "inject_support/change.rs"]
mod change;
mod inject_support;
use change::{assert_golden, golden, refuses_every_change, set};
use inject_support::apply;

fn plan() -> Plan {
    Plan {
        keeps_records: false,
        service: "portrait".into(),
        namespace: "studio".into(),
        service_uid: "0d0f7a5e-2d3e-4c57-9f3b-1c8b2e9a7f10".into(),
        image: "registry.local/deepsynthesis-sidecar@sha256:ab".into(),
        image_pull_policy: "IfNotPresent".into(),
        image_pull_secrets: vec!["deepsynthesis-pull".into()],
        verify_key: "6kqm0Uq0l9Qq1m2n3o4p5q6r7s8t9u0v1w2x3y4z5A8=".into(),
        resources: SidecarPolicy::default(),
        capture: Capture::SplitAddress,
    }
}

fn inject(pod: &Value) -> Value {
    apply(pod, &patch(pod, &plan()).unwrap())
}

fn pod() -> Value {
    json!({"metadata": {"name": "web"}, "spec": {"containers": [{"name": "app", "image": "app:1"}]}})
}

fn guaranteed() -> Value {
    let mut pod = pod();
    pod["spec"]["containers"][0]["resources"] = json!({"limits": {"cpu": "1", "memory": "1Gi"}});
    pod
}

fn errors(pod: &Value) -> Vec<ProofError> {
    verify(pod, &plan()).err().unwrap_or_default()
}

fn codes(pod: &Value) -> Vec<&'static str> {
    errors(pod).iter().map(ProofError::code).collect()
}

#[test]
fn each_shape_of_pod_gets_the_patch_on_record() {
    let shapes =
        ["minimal", "unknown_fields", "init_containers", "other_sidecar_first", "guaranteed", "generate_name_job"];
    for shape in shapes {
        let pod: Value =
            serde_json::from_str(&fs::read_to_string(golden(&format!("{shape}.pod.json"))).unwrap()).unwrap();
        let operations = patch(&pod, &plan()).unwrap();
        let injected = apply(&pod, &operations);
        assert_golden(&format!("{shape}.patch.json"), &serde_json::to_value(&operations).unwrap());
        assert_golden(&format!("{shape}.injected.json"), &injected);
        assert_eq!(verify(&injected, &plan()), Ok(()), "{shape}");
        assert_eq!(patch(&injected, &plan()), Ok(vec![]), "{shape}: reinvocation");
    }
}

#[test]
fn the_container_meets_the_restricted_pod_security_standard_and_declares_no_port() {
    let injected = inject(&pod());
    let container = &injected["spec"]["initContainers"][0];
    let context = &container["securityContext"];
    assert_eq!(container["restartPolicy"], "Always");
    assert_eq!(context["allowPrivilegeEscalation"], false);
    assert_eq!(context["capabilities"], json!({"drop": ["ALL"]}));
    assert_eq!(context["runAsNonRoot"], true);
    assert_eq!(context["seccompProfile"]["type"], "RuntimeDefault");
    assert!(context.get("runAsUser").is_none() && container.get("ports").is_none());
    for volume in injected["spec"]["volumes"].as_array().unwrap() {
        assert!(volume.pointer("/configMap/defaultMode").or(volume.pointer("/projected/defaultMode")).unwrap() == 292);
    }
}

#[test]
fn a_sidecar_of_a_guaranteed_pod_is_guaranteed_and_of_any_other_pod_is_not_throttled() {
    let resources = |pod: &Value| inject(pod)["spec"]["initContainers"][0]["resources"].clone();
    let throttled = json!({"cpu": "20m", "memory": "128Mi"});
    assert_eq!(resources(&guaranteed()), json!({"requests": throttled, "limits": throttled}));
    let burstable = json!({"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}});
    assert_eq!(resources(&pod()), burstable);
    for (pointer, value) in [
        ("/spec/containers/0/resources/limits/cpu", json!("0")),
        ("/spec/containers/0/resources/requests", json!({"cpu": "500m"})),
        ("/spec/initContainers", json!([{"name": "init"}])),
        ("/spec/resources", json!({"limits": {"cpu": "2"}})),
    ] {
        let mut pod = guaranteed();
        set(&mut pod, pointer, value);
        assert_eq!(resources(&pod), burstable, "{pointer}");
    }
}

#[test]
fn an_init_container_put_before_ours_is_moved_behind_on_reinvocation() {
    let mut pod = inject(&pod());
    let script = json!({"name": "late", "image": "x", "command": ["sh", "-c", "a && b > c"], "future": {"k": [1]}});
    pod["spec"]["initContainers"].as_array_mut().unwrap().insert(0, script.clone());
    assert_eq!(codes(&pod), ["SidecarOrderBroken"]);
    let operations = patch(&pod, &plan()).unwrap();
    for operation in &operations {
        // What Go would escape must not stand in a guard: the API server compares raw bytes.
        if let PatchOperation::Test { value, .. } = operation {
            assert!(value.is_string() && !value.as_str().unwrap().contains(['&', '<', '>']), "{value}");
        }
    }
    let repaired = apply(&pod, &operations);
    assert_eq!(repaired["spec"]["initContainers"][1], script);
    assert_eq!(verify(&repaired, &plan()), Ok(()));
    // A stale view must not drop someone's init container.
    let mut changed = pod.clone();
    changed["spec"]["initContainers"][0]["name"] = json!("other");
    let wire: json_patch::Patch = serde_json::from_value(serde_json::to_value(&operations).unwrap()).unwrap();
    assert!(json_patch::patch(&mut changed, &wire).is_err());
}

#[test]
fn a_native_sidecar_put_before_ours_could_take_its_addresses_and_is_moved_behind() {
    let mut pod = inject(&pod());
    let mesh = json!({"name": "mesh", "image": "x", "restartPolicy": "Always"});
    pod["spec"]["initContainers"].as_array_mut().unwrap().insert(0, mesh.clone());
    assert_eq!(codes(&pod), ["SidecarOrderBroken"]);
    let repaired = apply(&pod, &patch(&pod, &plan()).unwrap());
    assert_eq!(repaired["spec"]["initContainers"][1], mesh);
    assert_eq!(verify(&repaired, &plan()), Ok(()));
}

#[test]
fn a_pod_that_loses_its_guaranteed_class_after_us_is_still_proven_and_is_corrected_on_reinvocation() {
    let mut pod = inject(&guaranteed());
    pod["spec"]["containers"].as_array_mut().unwrap().push(json!({"name": "agent", "image": "x"}));
    assert_eq!(verify(&pod, &plan()), Ok(()));
    let corrected = apply(&pod, &patch(&pod, &plan()).unwrap());
    assert!(corrected.pointer("/spec/initContainers/0/resources/limits/cpu").is_none());
    assert_eq!(verify(&corrected, &plan()), Ok(()));
    assert_eq!(patch(&corrected, &plan()), Ok(vec![]));
}

#[test]
fn a_forged_label_or_annotation_is_overwritten_by_the_patch_and_found_by_the_proof() {
    let mut pod = pod();
    pod["metadata"]["labels"] = json!({names::SERVICE_LABEL: "another"});
    pod["metadata"]["annotations"] = json!({names::PROOF_ANNOTATION: "a && b"});
    let injected = inject(&pod);
    assert_eq!(injected["metadata"]["labels"][names::SERVICE_LABEL], "portrait");
    let mut forged = injected.clone();
    forged["metadata"]["labels"][names::SERVICE_LABEL] = json!("another");
    assert_eq!(codes(&forged), ["ServiceLabelDiffers"]);
    let mut forged = injected;
    forged["metadata"]["annotations"][names::PROOF_ANNOTATION] = json!("0");
    assert_eq!(codes(&forged), ["InjectionProofDiffers"]);
}

#[test]
fn pods_that_would_bypass_the_sidecar_are_refused_in_both_phases() {
    let mount = |name: &str| json!([{"name": name, "mountPath": "/x"}]);
    let named = || json!([{"name": names::SIDECAR_CONTAINER, "image": "evil"}]);
    let cases = [
        ("/spec/hostNetwork", json!(true), "HostNetworkUsed"),
        ("/spec/hostPID", json!(true), "HostPidUsed"),
        ("/spec/shareProcessNamespace", json!(true), "ProcessNamespaceShared"),
        ("/spec/os", json!({"name": "windows"}), "WindowsUnsupported"),
        ("/spec/nodeSelector", json!({"kubernetes.io/os": "windows"}), "WindowsUnsupported"),
        ("/spec/containers/0/ports", json!([{"containerPort": 8080, "hostPort": 80}]), "HostPortUsed"),
        ("/spec/containers/0/ports", json!([{"containerPort": 9, "hostPort": 9}]), "HostPortUsed"),
        ("/spec/containers/0/ports", json!([{"containerPort": 15990}]), "SidecarPortUsed"),
        ("/spec/containers/0/securityContext", json!({"privileged": true}), "NetworkRightUsed"),
        ("/spec/containers/0/securityContext", json!({"capabilities": {"add": ["NET_ADMIN"]}}), "NetworkRightUsed"),
        ("/spec/containers/0/securityContext", json!({"capabilities": {"add": ["cap_sys_admin"]}}), "NetworkRightUsed"),
        ("/spec/securityContext", json!({"sysctls": [{"name": "net.ipv4.conf.all.route_localnet"}]}), "LoopbackRouted"),
        ("/spec/containers/0/volumeMounts", mount(names::CONFIG_VOLUME), "SidecarVolumeMounted"),
        ("/spec/containers/0/volumeMounts", mount(names::IDENTITY_VOLUME), "SidecarVolumeMounted"),
        ("/spec/containers/0/volumeMounts", mount(names::RECORDS_VOLUME), "SidecarVolumeMounted"),
        ("/spec/containers/0/volumeDevices", mount(names::IDENTITY_VOLUME), "SidecarVolumeMounted"),
        ("/spec/containers/0/name", json!(names::SIDECAR_CONTAINER), "ContainerNameReserved"),
        ("/spec/ephemeralContainers", named(), "ContainerNameReserved"),
        (
            "/spec/ephemeralContainers",
            json!([{"name": "debug", "volumeMounts": [{"name": names::IDENTITY_VOLUME}]}]),
            "SidecarVolumeMounted",
        ),
    ];
    for (pointer, value, code) in cases {
        let mut raw = pod();
        set(&mut raw, pointer, value.clone());
        assert_eq!(patch(&raw, &plan()).unwrap_err().code(), code, "{pointer}");
        let mut late = inject(&pod());
        set(&mut late, pointer, value);
        assert_eq!(codes(&late), [code], "{pointer}");
        assert!(errors(&late)[0].to_string().contains("spec."));
    }
    for harmless in [
        ("/spec/hostNetwork", json!(false)),
        ("/spec/shareProcessNamespace", Value::Null),
        ("/spec/os", json!({"name": "linux"})),
        ("/spec/containers/0/ports", json!([{"containerPort": 8080, "hostPort": 0}, {"containerPort": 9}])),
        ("/spec/containers/0/securityContext", json!({"capabilities": {"add": ["NET_BIND_SERVICE"]}})),
    ] {
        let mut raw = pod();
        set(&mut raw, harmless.0, harmless.1);
        assert!(patch(&raw, &plan()).is_ok(), "{}", harmless.0);
    }
}

#[test]
fn our_names_with_other_content_are_refused_and_the_field_is_named() {
    let mut squat = pod();
    squat["spec"]["initContainers"] = json!([{"name": names::SIDECAR_CONTAINER, "image": "evil"}]);
    assert_eq!(patch(&squat, &plan()).unwrap_err().code(), "ContainerNameReserved");

    let mut overlay = inject(&pod());
    overlay["spec"]["initContainers"][0]["image"] = json!("evil");
    let error = patch(&overlay, &plan()).unwrap_err();
    assert!(error.to_string().contains("spec.initContainers[0].image"), "{error}");

    for name in [names::CONFIG_VOLUME, names::IDENTITY_VOLUME] {
        let mut squat = pod();
        squat["spec"]["volumes"] = json!([{"name": name, "emptyDir": {}}]);
        assert!(matches!(patch(&squat, &plan()), Err(InjectError::VolumeNameTaken { .. })));
        let mut twice = inject(&pod());
        set(&mut twice, "/spec/volumes/-", json!({"name": name, "emptyDir": {}}));
        assert_eq!(codes(&twice), ["VolumeNameReserved"]);
    }
    let mut twice = inject(&pod());
    let copy = twice["spec"]["initContainers"][0].clone();
    set(&mut twice, "/spec/initContainers/-", copy);
    assert_eq!(codes(&twice), ["ContainerNameReserved"]);
}

#[test]
fn an_uninjected_pod_has_no_proof() {
    let found = codes(&pod());
    for code in ["SidecarMissing", "SidecarVolumeMissing", "ServiceLabelDiffers", "InjectionProofDiffers"] {
        assert!(found.contains(&code), "{code}");
    }
}

#[test]
fn a_sidecar_of_another_service_or_image_has_no_proof() {
    let injected = inject(&pod());
    let changes: [fn(&mut Plan); 8] = [
        |plan| plan.service = "other".into(),
        |plan| plan.namespace = "other".into(),
        |plan| plan.service_uid = "other".into(),
        |plan| plan.image = "other".into(),
        |plan| plan.verify_key = "other".into(),
        |plan| plan.resources.cpu_request = "21m".into(),
        |plan| plan.resources.memory_request = "33Mi".into(),
        |plan| plan.resources.memory_limit = "129Mi".into(),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut other = plan();
        change(&mut other);
        let errors = verify(&injected, &other).unwrap_err();
        assert!(errors.iter().any(|error| error.code() == "InjectionProofDiffers"), "{index}: {errors:?}");
    }
}

#[test]
fn every_single_field_change_of_what_we_inject_breaks_the_proof() {
    let pods = [inject(&pod()), inject(&guaranteed())];
    let count = refuses_every_change(&pods, &["/spec/initContainers/0", "/spec/volumes/0", "/spec/volumes/1"], &plan());
    assert!(count > 800, "{count}");
}

#[test]
fn what_no_in_tree_mutator_adds_to_our_container_breaks_the_proof_with_its_path() {
    let additions = [
        ("/command", json!(["/bin/true"]), "command"),
        ("/envFrom", json!([{"secretRef": {"name": "x"}}]), "envFrom"),
        ("/env/-", json!({"name": "LD_PRELOAD", "value": "/x.so"}), "env[5]"),
        ("/args/-", json!("--off"), "args[10]"),
        ("/volumeMounts/-", json!({"name": "kube-api-access-x", "mountPath": "/t"}), "volumeMounts[2]"),
        ("/volumeMounts/0/subPath", json!("x"), "volumeMounts[0].subPath"),
        ("/volumeDevices", json!([{"name": "x", "devicePath": "/x"}]), "volumeDevices"),
        ("/ports", json!([{"containerPort": 8080}]), "ports"),
        ("/workingDir", json!("/"), "workingDir"),
        ("/stdin", json!(true), "stdin"),
        ("/tty", json!(true), "tty"),
        ("/restartPolicyRules", json!([]), "restartPolicyRules"),
        ("/resizePolicy", json!([{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]), "resizePolicy"),
        ("/lifecycle/postStart", json!({"exec": {"command": ["x"]}}), "lifecycle.postStart"),
        ("/lifecycle/stopSignal", json!("SIGKILL"), "lifecycle.stopSignal"),
        ("/terminationMessagePath", json!("/etc/passwd"), "terminationMessagePath"),
        ("/startupProbe/timeoutSeconds", json!(2), "startupProbe.timeoutSeconds"),
        ("/startupProbe/initialDelaySeconds", json!(1), "startupProbe.initialDelaySeconds"),
        ("/readinessProbe/successThreshold", json!(3), "readinessProbe.successThreshold"),
        ("/livenessProbe/httpGet/host", json!("example.com"), "livenessProbe.httpGet.host"),
        ("/livenessProbe/httpGet/scheme", json!("HTTPS"), "livenessProbe.httpGet.scheme"),
        (
            "/livenessProbe/httpGet/httpHeaders",
            json!([{"name": "a", "value": "b"}]),
            "livenessProbe.httpGet.httpHeaders",
        ),
        ("/securityContext/runAsUser", json!(0), "securityContext.runAsUser"),
        ("/securityContext/procMount", json!("Unmasked"), "securityContext.procMount"),
        ("/securityContext/capabilities/add", json!(["NET_ADMIN"]), "securityContext.capabilities.add"),
        ("/env/0/value", json!("10.0.0.1"), "env[0].value"),
        ("/env/0/valueFrom/fieldRef/apiVersion", json!("v2"), "env[0].valueFrom.fieldRef.apiVersion"),
        ("/resources/claims", json!([{"name": "gpu"}]), "resources.claims"),
        ("/resources/limits/cpu", json!("-1"), "resources.limits.cpu"),
        ("/imagePullPolicy", json!("Never"), "imagePullPolicy"),
        ("/image", json!("evil"), "image"),
    ];
    for (pointer, value, path) in additions {
        let mut pod = inject(&pod());
        set(&mut pod, &format!("/spec/initContainers/0{pointer}"), value);
        let found = errors(&pod);
        assert_eq!(found.len(), 1, "{pointer}: {found:?}");
        let message = found[0].to_string();
        assert!(message.starts_with(&format!("spec.initContainers[0].{path}: must ")), "{message}");
    }
}

#[test]
fn messages_never_show_values_that_a_tenant_wrote_and_stay_short() {
    let mut pod = inject(&pod());
    set(&mut pod, "/spec/initContainers/0/image", json!("SECRET".repeat(1000)));
    set(&mut pod, "/spec/initContainers/0/env/-", json!({"name": "X", "value": "SECRET"}));
    set(&mut pod, &format!("/spec/initContainers/0/{}", "k".repeat(200)), json!("SECRET"));
    for error in errors(&pod) {
        let message = error.to_string();
        assert!(!message.contains("SECRET") && message.len() < 400, "{message}");
    }
}

#[test]
fn the_digest_is_the_same_before_and_after_what_the_api_server_adds() {
    let pod = inject(&pod());
    let of = |pod: &Value| {
        let volumes = &pod["spec"]["volumes"];
        digest(&[&pod["spec"]["initContainers"][0]], &[&volumes[1], &volumes[0]])
    };
    assert_eq!(of(&pod), pod["metadata"]["annotations"][names::PROOF_ANNOTATION]);
    let mut later = pod.clone();
    for (pointer, value) in [
        ("terminationMessagePath", json!("/dev/termination-log")),
        ("imagePullPolicy", json!("Always")),
        ("startupProbe/timeoutSeconds", json!(1)),
        ("resources/limits/cpu", json!("1")),
        ("resources/limits/memory", json!("131072Ki")),
        ("env/0/valueFrom/fieldRef/apiVersion", json!("v1")),
    ] {
        set(&mut later, &format!("/spec/initContainers/0/{pointer}"), value);
    }
    assert_eq!(of(&later), of(&pod));
    set(&mut later, "/spec/initContainers/0/args/1", json!("studio/other"));
    assert_ne!(of(&later), of(&pod));
}

#[test]
fn json_that_is_no_pod_is_refused_with_the_place() {
    for (value, place) in [
        (Value::Null, "pod:"),
        (json!({}), "spec:"),
        (json!({"spec": {}}), "spec.containers:"),
        (json!({"spec": {"containers": [1]}}), "spec.containers[0]:"),
        (json!({"spec": {"containers": [{}], "volumes": {}}}), "spec.volumes:"),
        (json!({"metadata": {"labels": []}, "spec": {"containers": [{}]}}), "metadata.labels:"),
    ] {
        let error = patch(&value, &plan()).unwrap_err();
        assert_eq!(error.code(), "PodMalformed");
        assert!(error.to_string().starts_with(place), "{error}");
        assert_eq!(codes(&value), ["PodMalformed"]);
    }
}
