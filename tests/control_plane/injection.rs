//! The proof of injection survives what a real API server and other injectors do to a pod after us.

use serde_json::{Value, json};

use crate::cluster::shared;
use crate::injector::Injector;
use crate::support::{Place, SIDECAR, container, init_containers, template, workload};

#[test]
fn defaults_of_a_limit_range_do_not_break_the_proof() {
    let place = Place::empty(shared(), "limits", true);
    place
        .create(&json!({
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": "defaults"},
            "spec": {"limits": [{
                "type": "Container",
                "default": {"cpu": "1", "memory": "256Mi", "ephemeral-storage": "1Gi"},
                "defaultRequest": {"cpu": "200m", "memory": "100Mi", "ephemeral-storage": "10Mi"},
            }]},
        }))
        .admitted();
    place.open_up();
    // The API server's view of limit ranges is cached for a while.
    let mut number = 0;
    crate::support::eventually("the limit range reaches a pod", 30, || {
        number += 1;
        let name = format!("limited-{number}");
        place.create(&workload("Pod", &name, template())).admitted();
        let pod = place.get("pod", &name);
        assert_eq!(pod["metadata"]["labels"]["deepsynthesis.dev/service"], "studio");
        container(&pod, "app")["resources"]["limits"]["cpu"] == "1"
            && container(&pod, SIDECAR)["resources"]["limits"]["ephemeral-storage"] == "1Gi"
    });
}

#[test]
fn always_pull_images_does_not_break_the_proof() {
    let place = Place::open(shared(), "pull");
    place.create(&workload("Pod", "pulled", template())).admitted();
    let pod = place.get("pod", "pulled");
    for name in ["app", SIDECAR] {
        assert_eq!(
            container(&pod, name)["imagePullPolicy"],
            "Always",
            "the plugin is on in this control plane: {name}"
        );
    }
}

#[test]
fn the_tenants_token_never_reaches_the_sidecar() {
    let place = Place::open(shared(), "token");
    for (name, automount) in [("with", json!(true)), ("without", json!(false)), ("default", Value::Null)] {
        let mut pod = workload("Pod", name, template());
        pod["spec"]["automountServiceAccountToken"] = automount.clone();
        place.create(&pod).admitted();
        let pod = place.get("pod", name);
        let api_mounts = |name: &str| {
            let mounts = container(&pod, name)["volumeMounts"].as_array().cloned().unwrap_or_default();
            let is_token = |mount: &&Value| mount["name"].as_str().unwrap().starts_with("kube-api-access-");
            mounts.iter().filter(is_token).count()
        };
        assert_eq!(api_mounts("app"), usize::from(automount != false), "{name}");
        assert_eq!(api_mounts(SIDECAR), 0, "{name}");
        assert_eq!(init_containers(&pod), [SIDECAR], "{name}");
    }
}

#[test]
fn a_later_injector_cannot_put_an_init_container_before_us() {
    // Named so that the API server calls it after ours; ours is then asked again.
    let place = injected_by("zz-other", "late", json!({"name": "other-injector", "image": "other:dev"}));
    assert_eq!(init_containers(&place.get("pod", "studio")), [SIDECAR, "other-injector", "first", "cache"]);
}

#[test]
fn an_earlier_injector_is_put_behind_us() {
    let place = injected_by("aa-other", "early", json!({"name": "other-injector", "image": "other:dev"}));
    assert_eq!(init_containers(&place.get("pod", "studio")), [SIDECAR, "other-injector", "first", "cache"]);
}

#[test]
fn a_later_injectors_native_sidecar_starts_after_ours_article_16() {
    let other = json!({"name": "other-injector", "image": "other:dev", "restartPolicy": "Always"});
    let place = injected_by("zz-other", "native", other);
    assert_eq!(init_containers(&place.get("pod", "studio")), [SIDECAR, "other-injector", "first", "cache"]);
}

/// A pod with two init containers of its own, in a namespace in which another injector prepends one more.
fn injected_by(configuration: &str, name: &str, other: Value) -> Place<'static> {
    let label = format!("{name}-{}", std::process::id());
    let labels = json!({"deepsynthesis.dev/enforce": "true", "other": label});
    let place = Place::labelled(shared(), name, labels);
    place.open_up();
    let injector = Injector::start(&place, configuration, &label, other);
    let mut pod = workload("Pod", "studio", template());
    pod["spec"]["initContainers"] = json!([
        {"name": "first", "image": "app:dev"},
        {"name": "cache", "image": "cache:dev", "restartPolicy": "Always"},
    ]);
    // The API server takes a moment to hear of a new webhook.
    crate::support::eventually("both injectors are asked", 20, || {
        let said = place.create_with(&pod, &["--dry-run=server", "-o", "json"]).admitted();
        init_containers(&serde_json::from_str(&said).unwrap()).contains(&"other-injector")
    });
    place.create(&pod).admitted();
    drop(injector);
    place
}
