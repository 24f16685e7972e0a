//! What other objects of the namespace say: Services and ConfigMaps.
//!
//! In: raw objects in any order. Out: the same answers whatever the order. Must not: follow references
//! to anything that was not given.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bound;
use super::container::{Port, number, text};

/// ConfigMaps by name.
#[derive(Debug, Default)]
pub(super) struct ConfigMaps(BTreeMap<String, BTreeMap<String, String>>);

impl ConfigMaps {
    /// Reads those among the siblings. Of two with one name the entries are merged, the greater value wins.
    pub fn read(siblings: &[&Value]) -> Self {
        let mut maps: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for sibling in siblings.iter().take(bound::SIBLINGS).filter(|sibling| kind(sibling) == "ConfigMap") {
            let entries = maps.entry(name(sibling)).or_default();
            let data = sibling.get("data").and_then(Value::as_object);
            for (key, value) in data.into_iter().flatten().take(bound::VARIABLES) {
                let value = value.as_str().map_or("", |value| bound::head(value, bound::STRING));
                let entry = entries.entry(key.clone()).or_default();
                if value > entry.as_str() {
                    value.clone_into(entry);
                }
            }
        }
        Self(maps)
    }

    /// Entries of a ConfigMap.
    pub fn data(&self, name: &str) -> impl Iterator<Item = (&String, &String)> {
        self.0.get(name).into_iter().flatten()
    }

    /// One entry.
    pub fn value(&self, name: &str, key: &str) -> Option<&str> {
        self.0.get(name)?.get(key).map(String::as_str)
    }
}

/// A port to which a Service sends traffic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// Name of the Service's port.
    pub name: String,
    /// Number on the pod.
    pub number: u16,
}

/// Where the Services that select a pod with these labels send traffic; sorted.
pub(super) fn targets(siblings: &[&Value], labels: &BTreeMap<String, String>, ports: &[&Port]) -> Vec<Target> {
    let mut targets: Vec<Target> = siblings
        .iter()
        .take(bound::SIBLINGS)
        .filter(|sibling| kind(sibling) == "Service" && selects(sibling, labels))
        .filter_map(|service| service.pointer("/spec/ports").and_then(Value::as_array))
        .flat_map(|list| list.iter().take(bound::PORTS))
        .filter_map(|port| {
            let named = |name: &str| ports.iter().find(|port| port.name == name).map(|port| port.number);
            let target = port.get("targetPort");
            let number = match target.and_then(Value::as_str).map(|name| named(name).or_else(|| name.parse().ok())) {
                Some(resolved) => resolved,
                None => number(target.filter(|target| !target.is_null()).or_else(|| port.get("port"))),
            }?;
            Some(Target { name: text(port, "name"), number })
        })
        .collect();
    targets.sort();
    targets.dedup();
    targets
}

fn selects(service: &Value, labels: &BTreeMap<String, String>) -> bool {
    let selector = service.pointer("/spec/selector").and_then(Value::as_object);
    selector.is_some_and(|selector| {
        !selector.is_empty()
            && selector.iter().all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str())
    })
}

fn kind(object: &Value) -> &str {
    object.get("kind").and_then(Value::as_str).unwrap_or("")
}

fn name(object: &Value) -> String {
    object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("").to_owned()
}
