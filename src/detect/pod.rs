//! Where an object keeps pods, and the pods as detection sees them.
//!
//! In: any object. Out: [`Pod`]s, leaders before workers. Must not: judge.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bound;
use super::catalogue::Catalogue;
use super::container::{Container, Shared, strings, text};
use super::sibling::ConfigMaps;
use super::words::Words;

/// A pod, or the template of one.
#[derive(Debug, Default)]
pub(super) struct Pod {
    pub labels: BTreeMap<String, String>,
    pub containers: Vec<Container>,
    /// Containers that run to their end before the others.
    pub preparing: Vec<Container>,
}

/// The pods that an object runs.
pub(super) fn pods(object: &Value, maps: &ConfigMaps, catalogue: &Catalogue) -> Vec<Pod> {
    let mut templates = Vec::new();
    let mut visits = bound::VISITS;
    let root = object.get("spec").map(|spec| (object, spec));
    if let Some((owner, spec)) = root {
        find(owner, spec, bound::DEPTH, &mut visits, &mut templates);
    }
    // Leader, head and front-end first: traffic enters there.
    templates.sort_by_key(|(rank, _, _)| *rank);
    let mut left = Left { containers: bound::CONTAINERS, text: bound::TEXT };
    let mut pods: Vec<Pod> =
        templates.into_iter().map(|(_, owner, spec)| read(owner, spec, maps, catalogue, &mut left)).collect();
    pods.retain(|pod| !pod.containers.is_empty());
    pods
}

/// How much more is read.
struct Left {
    containers: usize,
    text: usize,
}

type Found<'a> = (usize, &'a Value, &'a Value);

fn find<'a>(owner: &'a Value, spec: &'a Value, depth: usize, visits: &mut usize, found: &mut Vec<Found<'a>>) {
    if spec.get("containers").is_some_and(Value::is_array) || spec.get("mainContainer").is_some_and(Value::is_object) {
        found.push((found.len() + rank(""), owner, spec));
        return;
    }
    walk(spec, depth, 0, visits, found);
}

fn walk<'a>(value: &'a Value, depth: usize, base: usize, visits: &mut usize, found: &mut Vec<Found<'a>>) {
    if depth == 0 || *visits == 0 || found.len() >= bound::CONTAINERS {
        return;
    }
    *visits -= 1;
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            for (key, inner) in entries {
                let here = base + rank(key);
                if inner.get("containers").is_some_and(Value::is_array)
                    || inner.get("mainContainer").is_some_and(Value::is_object)
                {
                    found.push((here, value, inner));
                } else {
                    walk(inner, depth - 1, here, visits, found);
                }
            }
        }
        Value::Array(list) => {
            for inner in list {
                walk(inner, depth - 1, base, visits, found);
            }
        }
        _ => {}
    }
}

/// Members under which the pods stand that take traffic come first.
fn rank(key: &str) -> usize {
    let key = key.to_ascii_lowercase();
    match key.as_str() {
        _ if key.contains("leader") || key.contains("head") || key.contains("frontend") || key.contains("router") => 0,
        _ if key.contains("worker") || key.contains("prefill") || key.contains("decode") => 200,
        _ => 100,
    }
}

fn read(owner: &Value, spec: &Value, maps: &ConfigMaps, catalogue: &Catalogue, left: &mut Left) -> Pod {
    let shared = shared(spec, catalogue);
    let mut take = |key: &str| -> Vec<(bool, Container)> {
        let list = match spec.get(key) {
            Some(Value::Array(list)) => list.as_slice(),
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        let list: Vec<&Value> = list.iter().filter(|container| container.is_object()).take(left.containers).collect();
        left.containers -= list.len();
        list.into_iter()
            .map(|json| {
                (
                    text(json, "restartPolicy") == "Always",
                    Container::read(json, &shared, maps, catalogue, &mut left.text),
                )
            })
            .collect()
    };
    let mut containers: Vec<Container> = take("mainContainer").into_iter().map(|(_, container)| container).collect();
    containers.extend(take("containers").into_iter().map(|(_, container)| container));
    let mut preparing = Vec::new();
    for (stays, container) in take("initContainers") {
        if stays { containers.push(container) } else { preparing.push(container) }
    }
    Pod { labels: labels(owner), containers, preparing }
}

fn labels(owner: &Value) -> BTreeMap<String, String> {
    let labels = owner.pointer("/metadata/labels").and_then(Value::as_object);
    labels.into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

fn shared(spec: &Value, catalogue: &Catalogue) -> Shared {
    let mut shared = Shared {
        accelerated: Words::new(&text(spec, "runtimeClassName")).first(&catalogue.accelerators).is_some(),
        ..Shared::default()
    };
    let selector = spec.get("nodeSelector").and_then(Value::as_object);
    let selected =
        selector.into_iter().flatten().take(bound::VOLUMES).map(|(key, value)| (key.as_str(), value.as_str()));
    let tolerations = spec.get("tolerations").and_then(Value::as_array);
    let tolerated = tolerations
        .into_iter()
        .flatten()
        .take(bound::VOLUMES)
        .map(|one| (one.get("key").and_then(Value::as_str).unwrap_or(""), None));
    shared.accelerated |= selected
        .chain(tolerated)
        .filter(|(_, value)| !matches!(value, Some("false" | "none" | "0")))
        .any(|(key, value)| {
            [key, value.unwrap_or("")].iter().any(|text| Words::new(text).first(&catalogue.accelerators).is_some())
        });
    let volumes = spec.get("volumes").and_then(Value::as_array);
    for volume in volumes.into_iter().flatten().take(bound::VOLUMES) {
        let name = text(volume, "name");
        if let Some(map) = volume.pointer("/configMap/name").and_then(Value::as_str) {
            shared.config_maps.insert(name, map.to_owned());
            continue;
        }
        let described = describe(volume);
        if !described.is_empty() {
            shared.volumes.insert(name.clone(), format!("{name} {described}"));
        }
    }
    shared
}

/// Where the content of a volume comes from, as text; empty for volumes that hold no models.
fn describe(volume: &Value) -> String {
    let parts = [
        "/persistentVolumeClaim/claimName",
        "/hostPath/path",
        "/nfs/path",
        "/image/reference",
        "/csi/driver",
        "/csi/volumeAttributes/bucket",
        "/csi/volumeAttributes/path",
        "/csi/volumeAttributes/bucketName",
        "/csi/volumeAttributes/modelRef",
        "/flexVolume/driver",
        "/glusterfs/path",
        "/cephfs/path",
    ];
    let mut texts: Vec<String> = parts.iter().flat_map(|part| strings(volume.pointer(part))).collect();
    if texts.is_empty() && ["emptyDir", "ephemeral", "csi", "flexVolume"].iter().any(|kind| volume.get(kind).is_some())
    {
        texts.push("scratch".to_owned());
    }
    // `/dev/shm` and sockets of the node hold no models.
    texts.retain(|text| !text.starts_with("/dev/") && !text.starts_with("/var/run/") && !text.starts_with("/run/"));
    texts.join(" ")
}
