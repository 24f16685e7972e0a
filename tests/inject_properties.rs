//! Claims about injection for every pod: unknown fields survive, injection is idempotent, the proof
//! holds after in-tree mutators and other injectors, and nothing panics.
#![allow(clippy::unwrap_used)]

use deepsynthesis::api::names;
use deepsynthesis::api::policy::SidecarPolicy;
use deepsynthesis::api::service::Capture;
use deepsynthesis::inject::{
    Plan, digest, is_mirror, patch, revision_of, template_labels, template_of, templates_equal, verify,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

mod inject_support;
use inject_support::{apply, pointers};

/// Plans of every way to make traffic pass, with and without a ledger.
fn any_plan() -> impl Strategy<Value = Plan> {
    let capture = prop_oneof![Just(Capture::SplitAddress), Just(Capture::Redirect)];
    (capture, any::<bool>()).prop_map(|(capture, keeps_records)| Plan { keeps_records, ..plan(capture) })
}

fn plan(capture: Capture) -> Plan {
    Plan {
        keeps_records: false,
        service: "portrait".into(),
        namespace: "studio".into(),
        service_uid: "uid".into(),
        image: "sidecar@sha256:ab".into(),
        image_pull_policy: "IfNotPresent".into(),
        image_pull_secrets: vec!["pull".into()],
        verify_key: "a2V5".into(),
        resources: SidecarPolicy { memory_limit: "1024Mi".into(), ..SidecarPolicy::default() },
        capture,
    }
}

/// Names of what the plan injects, in the order in which they start.
fn ours(plan: &Plan) -> &'static [&'static str] {
    match plan.capture {
        Capture::SplitAddress => &[names::SIDECAR_CONTAINER],
        Capture::Redirect => &[names::REDIRECT_CONTAINER, names::SIDECAR_CONTAINER],
    }
}

/// Any JSON, with keys that need escaping.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map("[a-z~/.&]{0,5}", inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Fields that no version of Kubernetes has yet.
fn unknown() -> impl Strategy<Value = Map<String, Value>> {
    btree_map("future[a-z~/.]{0,4}", any_json(), 0..3).prop_map(|members| members.into_iter().collect())
}

/// An object: unknown fields and, on top, known ones (absent, null or given).
fn object(known: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let mut strategy = unknown().boxed();
    for (key, value) in known {
        let member = prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 4 => value.prop_map(Some)];
        strategy = (strategy, member)
            .prop_map(move |(mut members, member)| {
                members.extend(member.map(|value| (key.to_owned(), value)));
                members
            })
            .boxed();
    }
    strategy.prop_map(Value::Object).boxed()
}

fn list(item: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    vec(item, 0..3).prop_map(Value::from).boxed()
}

fn text(pattern: &'static str) -> BoxedStrategy<Value> {
    pattern.prop_map(Value::from).boxed()
}

fn container() -> BoxedStrategy<Value> {
    let amount = || object(vec![("cpu", text("[12]|500m")), ("memory", text("[12]Gi|1024Mi"))]);
    let port = object(vec![("containerPort", prop_oneof![Just(json!(8080)), Just(json!(9))].boxed())]);
    object(vec![
        ("name", text("app-[a-z]{1,4}")),
        ("image", text(".{0,6}")),
        ("restartPolicy", text("Always")),
        ("command", list(text("sh|a && b|<x>"))),
        ("resources", object(vec![("limits", amount()), ("requests", amount())])),
        ("ports", list(port)),
        ("volumeMounts", list(object(vec![("name", text("data[0-9]"))]))),
    ])
}

/// Pods that the sidecar can serve, with every optional part absent, null, empty or full.
fn any_pod() -> impl Strategy<Value = Value> {
    let strings = |ours: &'static str| {
        let others = btree_map("[a-z./~]{1,6}", ".{0,6}", 0..3);
        (others, proptest::option::of(prop_oneof![Just("forged & <b>"), Just("portrait")]))
            .prop_map(move |(others, forged)| {
                let mut members: Map<String, Value> =
                    others.into_iter().map(|(key, value)| (key, Value::from(value))).collect();
                members.extend(forged.map(|value| (ours.to_owned(), Value::from(value))));
                Value::Object(members)
            })
            .boxed()
    };
    let metadata = object(vec![
        ("name", text("[a-z]{1,5}")),
        ("generateName", text("[a-z]{1,5}-")),
        ("labels", strings(names::SERVICE_LABEL)),
        ("annotations", strings(names::PROOF_ANNOTATION)),
    ]);
    let volume = object(vec![("name", text("data[0-9]")), ("emptyDir", Just(json!({})).boxed())]);
    let spec = object(vec![
        ("initContainers", list(container())),
        ("volumes", list(volume)),
        ("imagePullSecrets", list(object(vec![("name", text("own|pull"))]))),
        ("hostNetwork", Just(json!(false)).boxed()),
        ("nodeSelector", Just(json!({"kubernetes.io/os": "linux"})).boxed()),
    ]);
    let containers = vec(container(), 1..3);
    (object(vec![("metadata", metadata)]), spec, containers).prop_map(|(mut pod, mut spec, containers)| {
        spec["containers"] = Value::from(containers);
        pod["spec"] = spec;
        pod
    })
}

/// Takes out what we author, so that what is left can be compared with the pod as it came.
fn without_ours(injected: &Value, original: &Value) -> Value {
    let mut pod = injected.clone();
    let retain = |list: &mut Value, ours: &[&str]| {
        if let Some(items) = list.as_array_mut() {
            items.retain(|item| !ours.contains(&item["name"].as_str().unwrap_or_default()));
        }
    };
    retain(&mut pod["spec"]["initContainers"], &[names::REDIRECT_CONTAINER, names::SIDECAR_CONTAINER]);
    retain(&mut pod["spec"]["volumes"], &names::VOLUMES);
    let had_pull =
        original["spec"]["imagePullSecrets"].as_array().into_iter().flatten().any(|one| one["name"] == "pull");
    if !had_pull {
        retain(&mut pod["spec"]["imagePullSecrets"], &["pull"]);
    }
    for (map, key) in [("labels", names::SERVICE_LABEL), ("annotations", names::PROOF_ANNOTATION)] {
        let before = original.pointer(&format!("/metadata/{map}")).and_then(|map| map.get(key)).cloned();
        let members = pod["metadata"][map].as_object_mut().unwrap();
        match before {
            Some(value) => drop(members.insert(key.into(), value)),
            None => drop(members.remove(key)),
        }
    }
    // Parts that we had to create go back to how they were: absent or null.
    for pointer in [
        "/spec/initContainers",
        "/spec/volumes",
        "/spec/imagePullSecrets",
        "/metadata/labels",
        "/metadata/annotations",
        "/metadata",
    ] {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let is_empty = match pod.pointer(pointer) {
            Some(Value::Array(items)) => items.is_empty(),
            Some(Value::Object(members)) => members.is_empty(),
            _ => true,
        };
        let parent = pod.pointer_mut(parent).and_then(Value::as_object_mut);
        match (is_empty, original.pointer(pointer), parent) {
            (true, Some(before), Some(parent)) => drop(parent.insert(key.into(), before.clone())),
            (true, None, Some(parent)) => drop(parent.remove(key)),
            _ => {}
        }
    }
    pod
}

/// What the API server's own plugins do after us.
#[derive(Clone, Copy, Debug)]
struct Later {
    defaults: bool,
    limit_ranger: bool,
    always_pull: bool,
    service_account: bool,
    openshift: bool,
    sidecar: bool,
}

fn later() -> impl Strategy<Value = Later> {
    any::<[bool; 6]>().prop_map(|[defaults, limit_ranger, always_pull, service_account, openshift, sidecar]| Later {
        defaults,
        limit_ranger,
        always_pull,
        service_account,
        openshift,
        sidecar,
    })
}

fn mutate(pod: &mut Value, later: Later) {
    for list in ["initContainers", "containers"] {
        for container in pod["spec"][list].as_array_mut().into_iter().flatten() {
            let is_sidecar = container["name"] == names::SIDECAR_CONTAINER;
            let is_ours = is_sidecar || container["name"] == names::REDIRECT_CONTAINER;
            if later.always_pull {
                container["imagePullPolicy"] = json!("Always");
            }
            if later.limit_ranger {
                for (kind, resource, value) in [
                    ("limits", "cpu", "2"),
                    ("requests", "cpu", "100m"),
                    ("limits", "memory", "2Gi"),
                    ("requests", "memory", "1Gi"),
                    ("requests", "ephemeral-storage", "1Gi"),
                ] {
                    let amounts = &mut container["resources"][kind];
                    if amounts[resource].is_null() {
                        amounts[resource] = json!(value);
                    }
                }
            }
            if later.service_account && !is_ours {
                if container["volumeMounts"].is_null() {
                    container["volumeMounts"] = json!([]);
                }
                let mount = json!({"name": "kube-api-access-z", "mountPath": names::IDENTITY_MOUNT, "readOnly": true});
                container["volumeMounts"].as_array_mut().unwrap().push(mount);
            }
            if is_sidecar && later.openshift {
                container["securityContext"]["runAsUser"] = json!(1_000_650_000);
            }
            if is_ours && later.defaults {
                container["terminationMessagePath"] = json!("/dev/termination-log");
                // Canonical form of 1024Mi.
                container["resources"]["limits"]["memory"] = json!("1Gi");
            }
            if is_sidecar && later.defaults {
                for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
                    container[probe]["timeoutSeconds"] = json!(1);
                    container[probe]["successThreshold"] = json!(1);
                    container[probe]["httpGet"]["scheme"] = json!("HTTP");
                }
                for variable in container["env"].as_array_mut().unwrap() {
                    variable["valueFrom"]["fieldRef"]["apiVersion"] = json!("v1");
                }
            }
        }
    }
    if later.limit_ranger {
        pod["metadata"]["annotations"]["kubernetes.io/limit-ranger"] = json!("LimitRanger plugin set: …");
    }
    if later.service_account {
        pod["spec"]["serviceAccountName"] = json!("default");
        let volume = json!({"name": "kube-api-access-z", "projected": {"sources": []}});
        pod["spec"]["volumes"].as_array_mut().unwrap().push(volume);
    }
    if later.sidecar {
        let mesh = json!({"name": "mesh", "image": "m", "restartPolicy": "Always"});
        pod["spec"]["initContainers"].as_array_mut().unwrap().insert(0, mesh);
        pod["metadata"]["labels"]["mesh"] = json!("true");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn injection_leaves_all_else_unchanged_is_idempotent_and_proven(pod in any_pod(), plan in any_plan()) {
        let operations = patch(&pod, &plan).unwrap();
        let injected = apply(&pod, &operations);
        for (place, name) in ours(&plan).iter().enumerate() {
            prop_assert_eq!(&injected["spec"]["initContainers"][place]["name"], name);
        }
        prop_assert_eq!(without_ours(&injected, &pod), pod);
        prop_assert_eq!(patch(&injected, &plan), Ok(vec![]));
        prop_assert_eq!(verify(&injected, &plan), Ok(()));
    }

    #[test]
    fn the_proof_holds_after_in_tree_mutators_and_other_injectors(
        pod in any_pod(), later in later(), plan in any_plan(),
    ) {
        let mut pod = apply(&pod, &patch(&pod, &plan).unwrap());
        let is_displaced = later.sidecar;
        mutate(&mut pod, later);
        prop_assert_eq!(verify(&pod, &plan).is_ok(), !is_displaced);
        // Reinvocation puts ours first again, accepts all else, and settles after one round.
        let again = apply(&pod, &patch(&pod, &plan).unwrap());
        prop_assert_eq!(verify(&again, &plan), Ok(()));
        prop_assert_eq!(patch(&again, &plan), Ok(vec![]));
    }

    #[test]
    fn any_order_of_init_containers_is_repaired_on_reinvocation(
        pod in any_pod(), shift in 1usize..5, plan in any_plan(),
    ) {
        let mut pod = apply(&pod, &patch(&pod, &plan).unwrap());
        let list = pod["spec"]["initContainers"].as_array_mut().unwrap();
        let middle = shift % list.len();
        list.rotate_left(middle);
        let repaired = apply(&pod, &patch(&pod, &plan).unwrap());
        prop_assert_eq!(verify(&repaired, &plan), Ok(()));
        prop_assert_eq!(patch(&repaired, &plan), Ok(vec![]));
    }

    #[test]
    fn no_json_makes_anything_panic(
        value in any_json(), other in any_json(), plan in any_plan(),
    ) {
        let _ = patch(&value, &plan);
        let _ = verify(&value, &plan);
        let _ = digest(&[&value], &[&other]);
        let _ = (is_mirror(&value), revision_of(&value), template_labels(&value));
        for kind in ["Pod", "Deployment", "CronJob", "Other"] {
            let _ = (template_of(kind, &value), templates_equal(kind, &value, &other));
        }
    }

    #[test]
    fn no_junk_in_place_of_a_known_field_makes_anything_panic(
        pod in any_pod(),
        junk in any_json(),
        choice in any::<prop::sample::Index>(),
        plan in any_plan(),
    ) {
        let mut pod = apply(&pod, &patch(&pod, &plan).unwrap());
        let mut places = Vec::new();
        pointers(&pod, "", &mut places);
        let place: &String = choice.get(&places);
        *pod.pointer_mut(place).unwrap() = junk;
        if let Ok(operations) = patch(&pod, &plan) {
            let again = apply(&pod, &operations);
            prop_assert_eq!(patch(&again, &plan), Ok(vec![]));
            prop_assert_eq!(verify(&again, &plan), Ok(()));
        }
        let _ = verify(&pod, &plan);
    }
}
