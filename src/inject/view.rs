//! A checked, borrowed view of the parts of a pod that injection looks at.
//!
//! In: any JSON. Out: [`PodView`], or where the JSON is not a pod. Must not: copy or drop anything.
//! Null is read as absent, as the API server reads it.

use serde_json::{Map, Value};

use super::InjectError;
use super::path::{element, field};

/// The lists of containers a pod may have, by field name.
pub(super) const CONTAINER_LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// The parts of a pod that injection reads.
pub(super) struct PodView<'a> {
    pub metadata: Option<&'a Map<String, Value>>,
    pub labels: Option<&'a Map<String, Value>>,
    pub annotations: Option<&'a Map<String, Value>>,
    pub spec: &'a Map<String, Value>,
    pub containers: &'a [Value],
    pub init_containers: &'a [Value],
    pub ephemeral_containers: &'a [Value],
    pub volumes: &'a [Value],
    pub image_pull_secrets: &'a [Value],
}

impl<'a> PodView<'a> {
    /// Reads a pod.
    pub fn of(pod: &'a Value) -> Result<Self, InjectError> {
        let root = pod.as_object().ok_or(malformed("pod", "an object"))?;
        let metadata = object(root, "metadata", "metadata")?;
        let inside = |key: &str| match metadata {
            Some(metadata) => object(metadata, key, &field("metadata", key)),
            None => Ok(None),
        };
        let spec = object(root, "spec", "spec")?.ok_or(malformed("spec", "an object"))?;
        let containers = objects(spec, "containers")?;
        if containers.is_empty() {
            return Err(malformed("spec.containers", "at least one container"));
        }
        Ok(Self {
            metadata,
            labels: inside("labels")?,
            annotations: inside("annotations")?,
            spec,
            containers,
            init_containers: objects(spec, "initContainers")?,
            ephemeral_containers: objects(spec, "ephemeralContainers")?,
            volumes: objects(spec, "volumes")?,
            image_pull_secrets: objects(spec, "imagePullSecrets")?,
        })
    }

    /// Every container of every list with its field path.
    pub fn all_containers(&self) -> impl Iterator<Item = (String, &'a Value)> {
        let lists = [self.init_containers, self.containers, self.ephemeral_containers];
        CONTAINER_LISTS.into_iter().zip(lists).flat_map(|(name, list)| {
            let base = field("spec", name);
            list.iter().enumerate().map(move |(index, container)| (element(&base, index), container))
        })
    }

    /// The first init container of that name, with its index.
    pub fn init_container(&self, name: &str) -> Option<(usize, &'a Value)> {
        self.init_containers.iter().enumerate().find(|(_, container)| is_named(container, name))
    }

    /// The first volume of that name, with its index.
    pub fn volume(&self, name: &str) -> Option<(usize, &'a Value)> {
        self.volumes.iter().enumerate().find(|(_, volume)| is_named(volume, name))
    }
}

/// Whether an object's `name` is this.
pub(super) fn is_named(object: &Value, name: &str) -> bool {
    object.get("name").and_then(Value::as_str) == Some(name)
}

/// Whether an object's `name` is one of these.
pub(super) fn is_one_of(object: &Value, names: &[&str]) -> bool {
    object.get("name").and_then(Value::as_str).is_some_and(|name| names.contains(&name))
}

/// Whether an init container keeps running beside the others (KEP-753).
pub(super) fn is_sidecar(container: &Value) -> bool {
    container.get("restartPolicy").and_then(Value::as_str) == Some("Always")
}

/// A list member of an object; absent, null and anything that is no list read as empty.
pub(super) fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A member that is neither absent nor null.
pub(super) fn present<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    object.get(key).filter(|value| !value.is_null())
}

fn malformed(path: &str, expected: &'static str) -> InjectError {
    InjectError::Malformed { path: path.to_owned(), expected }
}

fn object<'a>(
    parent: &'a Map<String, Value>,
    key: &str,
    path: &str,
) -> Result<Option<&'a Map<String, Value>>, InjectError> {
    match present(parent, key) {
        None => Ok(None),
        Some(value) => value.as_object().map(Some).ok_or(malformed(path, "an object")),
    }
}

fn objects<'a>(spec: &'a Map<String, Value>, key: &str) -> Result<&'a [Value], InjectError> {
    let path = field("spec", key);
    let Some(value) = present(spec, key) else {
        return Ok(&[]);
    };
    let items = value.as_array().ok_or(malformed(&path, "a list"))?;
    match items.iter().position(|item| !item.is_object()) {
        Some(index) => Err(malformed(&element(&path, index), "an object")),
        None => Ok(items),
    }
}
