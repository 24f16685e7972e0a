//! Custom resources that run servers without a pod template.
//!
//! In: an object. Out: the containers that its controller will make of it, as far as the object tells.
//! Must not: guess more than the object says.

use serde_json::{Map, Value, json};

use super::bound;
use super::catalogue::{Catalogue, Resource};
use super::container::{Container, Shared, strings};
use super::pod::Pod;
use super::sibling::ConfigMaps;

/// Members that name a model.
const MODEL_KEYS: [&str; 14] = [
    "storageUri",
    "uri",
    "url",
    "modelURL",
    "modelUri",
    "modelURI",
    "modelId",
    "modelID",
    "modelName",
    "model",
    "preset",
    "name",
    "modelClaim",
    "modelSource",
];
/// Members that name a server.
const ENGINE_KEYS: [&str; 6] =
    ["engine", "runtime", "modelFormat", "implementation", "backendRuntimeName", "framework"];

/// What is known about objects of this kind.
pub(super) fn of<'c>(object: &Value, catalogue: &'c Catalogue) -> Option<&'c Resource> {
    let kind = object.get("kind").and_then(Value::as_str)?;
    let version = object.get("apiVersion").and_then(Value::as_str)?;
    let group = version.split('/').next()?;
    catalogue.resources.iter().find(|resource| resource.kind == kind && resource.group == group)
}

/// Adds what the pods do not tell: configuration of Ray Serve, and a container where there is none.
pub(super) fn complete(
    object: &Value,
    known: Option<&Resource>,
    pods: &mut Vec<Pod>,
    maps: &ConfigMaps,
    catalogue: &Catalogue,
) {
    for member in ["serveConfigV2", "entrypoint"] {
        let text = object.pointer(&format!("/spec/{member}")).and_then(Value::as_str);
        if let (Some(text), Some(container)) = (text, pods.first_mut().and_then(|pod| pod.containers.first_mut())) {
            container.describe(member, bound::head(text, bound::STRING));
        }
    }
    // A template that leaves the image to the controller says no more than none.
    let blank = pods.iter().flat_map(|pod| &pod.containers).all(|container| container.image.reference.is_empty());
    let Some(known) = known.filter(|_| blank) else {
        return;
    };
    pods.clear();
    let mut said = Said::default();
    let mut visits = bound::VISITS;
    for root in ["spec", "inference"] {
        if let Some(value) = object.get(root) {
            said.collect(root, value, bound::DEPTH, &mut visits);
        }
    }
    let labels = object.pointer("/metadata/name").cloned().unwrap_or_default();
    let json = said.container(known, catalogue);
    let container = Container::read(&json, &Shared::default(), maps, catalogue, &mut { bound::TEXT });
    let labels = labels.as_str().map(|name| ("serving.kserve.io/inferenceservice".to_owned(), name.to_owned()));
    pods.push(Pod { labels: labels.into_iter().collect(), containers: vec![container], preparing: Vec::new() });
}

/// What an object says, wherever it says it.
#[derive(Default)]
struct Said {
    parts: Map<String, Value>,
    engines: Vec<String>,
    models: Vec<String>,
    features: Vec<String>,
}

impl Said {
    fn collect(&mut self, key: &str, value: &Value, depth: usize, visits: &mut usize) {
        if depth == 0 || *visits == 0 {
            return;
        }
        *visits -= 1;
        match value {
            Value::Object(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_by_key(|(key, _)| key.as_str());
                for (inner, value) in entries {
                    match inner.as_str() {
                        "image" | "args" | "command" | "env" | "resources" | "ports" | "envFrom" => {
                            self.parts.entry(inner.clone()).or_insert_with(|| value.clone());
                        }
                        "features" => self.features.extend(strings(Some(value))),
                        "resourceProfile" => {
                            self.parts.entry("resources").or_insert_with(|| profile(value));
                        }
                        // `predictor: {sklearn: {…}}`
                        _ if key == "predictor" && value.is_object() => {
                            self.engines.push(inner.clone());
                            self.collect(inner, value, depth - 1, visits);
                        }
                        _ => {
                            let within = if inner == "name" && key == "modelFormat" { "modelFormat" } else { inner };
                            self.collect(within, value, depth - 1, visits);
                        }
                    }
                }
            }
            Value::Array(list) => {
                list.iter().take(bound::STRINGS).for_each(|value| self.collect(key, value, depth - 1, visits))
            }
            Value::String(text) if ENGINE_KEYS.contains(&key) => self.engines.push(text.clone()),
            Value::String(text) if MODEL_KEYS.contains(&key) => self.models.push(text.clone()),
            _ => {}
        }
    }

    fn container(mut self, known: &Resource, catalogue: &Catalogue) -> Value {
        if known.image_is_model
            && let Some(Value::String(model)) = self.parts.remove("image")
        {
            self.models.push(model);
        }
        let usual = known
            .signature
            .as_ref()
            .and_then(|id| catalogue.signature(id))
            .and_then(|signature| signature.images.first());
        if !self.parts.contains_key("image") {
            self.engines.extend(usual.map(|phrase| phrase.text.clone()).filter(|_| self.engines.is_empty()));
            let name = self.engines.join("-").replace(['/', ':'], "-");
            self.parts.insert("image".to_owned(), Value::String(name));
        }
        let mut args = strings(self.parts.get("args"));
        args.extend(self.models.iter().flat_map(|model| ["--model".to_owned(), model.clone()]));
        self.parts.insert("args".to_owned(), json!(args));
        if !self.features.is_empty() && !self.features.iter().any(|feature| feature == "TextGeneration") {
            args.extend(["--task".to_owned(), self.features.join(",")]);
            self.parts.insert("args".to_owned(), json!(args));
        }
        Value::Object(self.parts)
    }
}

/// `nvidia-gpu-l4:1` of KubeAI.
fn profile(value: &Value) -> Value {
    let name = value.as_str().and_then(|text| text.split(':').next()).unwrap_or("");
    json!({"limits": {name: "1"}})
}
