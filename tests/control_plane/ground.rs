//! Where attacks are tried: a namespace in which only the policies inside the API server hold, and one in which nothing does.
//!
//! Every attack first succeeds in the free namespace, as the same person and with the same rights. So none is refused for
//! another reason than ours.

use deepsynthesis::api::policy::SidecarPolicy;
use deepsynthesis::api::service::Capture;
use deepsynthesis::inject::{Plan, patch};
use serde_json::{Value, json};

use crate::cluster::{Cluster, without_webhooks};
use crate::support::{Place, Said, eventually, template, workload};

/// Has every right in both namespaces and none beyond.
pub const TENANT: &str = "tenant";

pub struct Ground<'a> {
    pub held: Place<'a>,
    pub free: Place<'a>,
    /// A pod of the service `studio` as the webhook would leave it.
    pub pod: Value,
}

/// An attack of `tests/bypass/backstop`, as JSON.
pub fn manifest(name: &str) -> Value {
    let path = format!("{}/tests/bypass/backstop/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(
        text.starts_with("# ") && text.contains("Order 12 Art"),
        "{path} says what it tries and against which article"
    );
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The pod as the mutating webhook would leave it, with what a real operator says of the service.
pub fn injected(place: &Place<'_>, service: &str, pod: Value) -> Value {
    let key = verify_key(&enforced(place, service));
    let uid = place.jsonpath("dss", service, "{.metadata.uid}");
    let is_redirected = place.jsonpath("dss", service, "{.spec.capture}") == "Redirect";
    let capture = if is_redirected { Capture::Redirect } else { Capture::SplitAddress };
    patched_by(pod, &Plan { capture, ..plan(&place.name, service, &uid, &key) })
}

/// The same, of a service of which everything is known.
pub fn inject(pod: Value, namespace: &str, service: &str, uid: &str, key: &str) -> Value {
    patched_by(pod, &plan(namespace, service, uid, key))
}

fn plan(namespace: &str, service: &str, uid: &str, key: &str) -> Plan {
    Plan {
        keeps_records: false,
        service: service.into(),
        namespace: namespace.into(),
        service_uid: uid.into(),
        image: "deepsynthesis-sidecar:dev".into(),
        image_pull_policy: "IfNotPresent".into(),
        image_pull_secrets: Vec::new(),
        verify_key: key.into(),
        resources: SidecarPolicy::default(),
        capture: Capture::SplitAddress,
    }
}

fn patched_by(mut pod: Value, plan: &Plan) -> Value {
    let operations = serde_json::to_value(patch(&pod, plan).unwrap()).unwrap();
    change(&mut pod, operations);
    pod
}

/// The key that this operator signs with, as its sidecars are told.
pub fn verify_key(entry: &Value) -> String {
    let words: Vec<_> = entry["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    words[words.iter().position(|word| *word == "--verify-key").unwrap() + 1].to_owned()
}

/// What the operator says of a service of the place.
pub fn enforced(place: &Place<'_>, service: &str) -> Value {
    let object = place.get("namespaceenforcement", "dss");
    let services = object["spec"]["services"].as_array().unwrap();
    services.iter().find(|entry| entry["name"] == service).unwrap_or_else(|| panic!("no {service} in {object}")).clone()
}

pub fn change(object: &mut Value, operations: Value) {
    let patch: json_patch::Patch = serde_json::from_value(operations).unwrap();
    json_patch::patch(object, &patch).unwrap();
}

impl Ground<'static> {
    /// With the service `studio`, which may run.
    pub fn open(name: &str) -> Self {
        Self::on(without_webhooks(), name)
    }
}

impl<'a> Ground<'a> {
    pub fn on(cluster: &'a Cluster, name: &str) -> Self {
        Self::of(Place::open(cluster, name), name)
    }

    /// Around a namespace with the service `studio`, which may run.
    pub fn of(held: Place<'a>, name: &str) -> Self {
        let cluster = held.cluster;
        let free = Place::empty(cluster, &format!("{name}-free"), false);
        for place in [&held, &free] {
            let words = ["create", "rolebinding", TENANT, "--clusterrole=cluster-admin", "--user=tenant"];
            place.kubectl(&words).admitted();
        }
        let pod = injected(&held, "studio", workload("Pod", "studio", template()));
        let ground = Self { held, free, pod };
        // What stands in the API server's own watch comes a moment later.
        eventually("a pod with the right sidecar is admitted", 10, || {
            ground.held.create_with(&ground.pod, &["--dry-run=server"]).is_success()
        });
        ground
    }

    /// A pod, changed by an attack: admitted where nobody holds it back, refused here.
    #[track_caller]
    pub fn refuses_pod(&self, attack: &str, texts: &[&str]) {
        let mut pod = self.pod.clone();
        pod["metadata"]["name"] = attack.into();
        change(&mut pod, manifest(attack));
        create(&self.free, &pod).admitted();
        let said =
            create(&self.held, &pod).refused(&[&["ValidatingAdmissionPolicy", "Order 12 Art"][..], texts].concat());
        assert!(is_chinese(&said), "{said}");
    }

    /// A patch of a live object: succeeds where nobody holds it back, refused here.
    #[track_caller]
    pub fn refuses_patch(&self, attack: &str, how: &[&str], texts: &[&str]) {
        patched(&self.free, attack, how).admitted();
        let said = patched(&self.held, attack, how)
            .refused(&[&["ValidatingAdmissionPolicy", "Order 12 Art"][..], texts].concat());
        assert!(is_chinese(&said), "{said}");
    }

    /// The same object in both namespaces, written by whoever may: the free one holds nobody, and here only a right one passes.
    pub fn create_in_both(&self, object: &Value) {
        for place in [&self.held, &self.free] {
            create(place, object).admitted();
        }
    }
}

/// `kubectl create` as the tenant.
pub fn create(place: &Place<'_>, object: &Value) -> Said {
    place.create_with(object, &["--as", TENANT])
}

/// `kubectl patch` as the tenant, with an attack as the patch.
pub fn patched(place: &Place<'_>, attack: &str, how: &[&str]) -> Said {
    let text = manifest(attack).to_string();
    place.kubectl(&[&["patch"][..], how, &["--as", TENANT, "-p", &text]].concat())
}

pub fn is_chinese(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

/// A pod that no service selects.
pub fn outside() -> Value {
    let mut pod = workload("Pod", "outside", template());
    pod["metadata"]["labels"] = json!({"app": "database"});
    pod
}
