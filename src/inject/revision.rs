//! Which revision of which workload a pod belongs to, and what it runs.
//!
//! In: a raw pod. Out: [`AdmittedRevision`]. Must not: know gates.

use serde_json::{Map, Value, json};

use super::digest::{sha256, write};
use super::plan::CONTAINERS;
use super::template::template_of;
use super::view::{is_one_of, list};
use crate::api::AdmittedRevision;
use crate::api::names::VOLUMES;

/// Labels that name a revision, as the built-in controllers write them.
const REVISION_LABELS: [&str; 2] = ["pod-template-hash", "controller-revision-hash"];

/// What of a container decides what it does. Resources and pull policies are other admission plugins' business, and
/// probes end a container but start nothing.
const CONTAINER_FIELDS: [&str; 10] = [
    "name",
    "image",
    "command",
    "args",
    "workingDir",
    "env",
    "envFrom",
    "volumeDevices",
    "securityContext",
    "lifecycle",
];
/// The API server names the token volumes of each pod anew.
const TOKEN_VOLUME: &str = "kube-api-access-";

/// The revision a pod belongs to: its controller and that controller's hash (empty where it has none).
#[must_use]
pub fn revision_of(pod: &Value) -> Option<AdmittedRevision> {
    let metadata = pod.get("metadata")?;
    let owner = list(metadata, "ownerReferences")
        .iter()
        .find(|owner| owner.get("controller") == Some(&Value::Bool(true)))?
        .get("uid")?
        .as_str()
        .filter(|uid| !uid.is_empty())?;
    let labels = metadata.get("labels");
    let hash = REVISION_LABELS.iter().find_map(|label| labels?.get(label)?.as_str()).unwrap_or_default();
    Some(AdmittedRevision { owner: owner.to_owned(), hash: hash.to_owned(), content: content(pod, &[]) })
}

/// What pods of a workload's template run, as [`AdmittedRevision::content`] of these pods will say it; the workload may be
/// a pod itself.
#[must_use]
pub fn content_of(kind: &str, object: &Value) -> Option<String> {
    let template = template_of(kind, object)?;
    let spec = object.get("spec").filter(|_| kind == "StatefulSet");
    // The controller adds one volume for each claim.
    let claims = spec.map(|spec| list(spec, "volumeClaimTemplates")).unwrap_or_default();
    Some(content(template, claims))
}

/// SHA-256 over what the pod's own containers run and mount. The same for all pods of one template: claims, which a
/// StatefulSet names per pod, token volumes and the order of volumes stay out.
fn content(pod: &Value, claims: &[Value]) -> String {
    let spec = pod.get("spec").unwrap_or(&Value::Null);
    let containers = |key: &str| {
        let own = list(spec, key).iter().filter(|container| !is_one_of(container, &CONTAINERS));
        own.map(container).collect::<Vec<_>>()
    };
    let own = list(spec, "volumes").iter().filter(|volume| !is_made(volume) && !is_claimed(volume, claims)).map(volume);
    let claimed = claims.iter().map(|claim| json!({"name": claim["metadata"]["name"], "persistentVolumeClaim": true}));
    let mut volumes: Vec<_> = own.chain(claimed).collect();
    volumes.sort_by(|left, right| left["name"].as_str().cmp(&right["name"].as_str()));
    let parts = json!([containers("initContainers"), containers("containers"), volumes]);
    let mut text = String::from("deepsynthesis.dev/content/v1\n");
    write(&parts, &mut text);
    sha256(&text)
}

fn container(container: &Value) -> Value {
    let fields = CONTAINER_FIELDS.iter().filter_map(|field| Some(((*field).to_owned(), container.get(field)?.clone())));
    let mut kept: Map<String, Value> = fields.collect();
    let mounts = list(container, "volumeMounts").iter().filter(|mount| !is_made(mount));
    kept.insert("volumeMounts".into(), mounts.cloned().collect());
    Value::Object(kept)
}

fn volume(volume: &Value) -> Value {
    let mut volume = volume.clone();
    if let Some(claim) = volume.get_mut("persistentVolumeClaim") {
        *claim = Value::Bool(true);
    }
    volume
}

/// A claim takes the place of the template's volume of that name.
fn is_claimed(volume: &Value, claims: &[Value]) -> bool {
    claims.iter().any(|claim| claim["metadata"]["name"] == volume["name"])
}

/// Volumes and mounts that no author wrote; `name` means the same in both.
fn is_made(named: &Value) -> bool {
    named["name"].as_str().is_some_and(|name| name.starts_with(TOKEN_VOLUME) || VOLUMES.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_the_controller_and_its_hash() {
        let owners = json!([{"uid": "a"}, {"uid": "b", "controller": true}]);
        let pod = |labels: Value| json!({"metadata": {"ownerReferences": owners, "labels": labels}});
        let hash = |labels| revision_of(&pod(labels)).map(|revision| (revision.owner, revision.hash));
        assert_eq!(hash(json!({"pod-template-hash": "1"})), Some(("b".into(), "1".into())));
        assert_eq!(hash(json!({"controller-revision-hash": "2"})), Some(("b".into(), "2".into())));
        assert_eq!(hash(Value::Null), Some(("b".into(), String::new())));
        assert_eq!(revision_of(&json!({"metadata": {"ownerReferences": [{"uid": "a"}]}})), None);
        assert_eq!(revision_of(&json!([])), None);
    }

    #[test]
    fn the_content_is_what_runs_and_not_what_admission_adds() {
        let owners = json!([{"uid": "b", "controller": true}]);
        let pod = |spec: Value| json!({"metadata": {"ownerReferences": owners}, "spec": spec});
        let content = |spec: Value| revision_of(&pod(spec)).unwrap().content;
        let app = json!({"name": "app", "image": "a"});
        let plain = content(json!({"containers": [app]}));
        let token = json!({"name": "kube-api-access-x", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"});
        assert_eq!(
            plain,
            content(json!({
                "initContainers": [{"name": "deepsynthesis-sidecar", "image": "s"}],
                "containers": [{
                    "name": "app", "image": "a", "imagePullPolicy": "Always", "resources": {"limits": {"cpu": 1}},
                    "volumeMounts": [token],
                }],
                "volumes": [{"name": "kube-api-access-x", "projected": {}}, {"name": "deepsynthesis-config"}],
            }))
        );
        let claim = |name: &str| {
            content(
                json!({"containers": [app], "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": name}}]}),
            )
        };
        assert_eq!(claim("data-0"), claim("data-1"));
        for (what, other) in [
            ("image", json!({"containers": [{"name": "app", "image": "b"}]})),
            ("args", json!({"containers": [{"name": "app", "image": "a", "args": ["x"]}]})),
            ("env", json!({"containers": [{"name": "app", "image": "a", "env": [{"name": "M", "value": "x"}]}]})),
            ("second container", json!({"containers": [app, {"name": "app2", "image": "a"}]})),
            ("init container", json!({"initContainers": [{"name": "i", "image": "a"}], "containers": [app]})),
            ("volume", json!({"containers": [app], "volumes": [{"name": "m", "configMap": {"name": "x"}}]})),
        ] {
            assert_ne!(plain, content(other), "{what}");
        }
    }

    #[test]
    fn a_template_has_the_content_of_its_pods() {
        let app = json!({"name": "app", "image": "a", "volumeMounts": [{"name": "data", "mountPath": "/d"}]});
        let owners = json!([{"uid": "b", "controller": true}]);
        let spec = json!({"containers": [app], "volumes": [{"name": "z", "emptyDir": {}}]});
        let pod = json!({"metadata": {"ownerReferences": owners}, "spec": {
            "initContainers": [{"name": "deepsynthesis-sidecar", "image": "s"}],
            "containers": [app],
            "volumes": [
                {"name": "z", "emptyDir": {}},
                {"name": "data", "persistentVolumeClaim": {"claimName": "data-x-0"}},
                {"name": "deepsynthesis-config"},
            ],
        }});
        let content = revision_of(&pod).map(|revision| revision.content);
        let claims = json!([{"metadata": {"name": "data"}}]);
        let set = json!({"spec": {"template": {"spec": spec}, "volumeClaimTemplates": claims}});
        assert_eq!(content_of("StatefulSet", &set), content);
        assert_ne!(content_of("Deployment", &set), content);
        assert_eq!(content_of("Pod", &pod), content);
        assert_eq!(content_of("Service", &pod), None);
    }
}
