//! The digest in the proof annotation.
//!
//! In: a container and its volumes as they stand in a pod. Out: SHA-256 (hex) over the fields that we
//! author, normalised, so that it is the same before and after the tolerated additions.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::quantity::nanos;
use super::tolerance::Tolerance;

/// SHA-256 over the authored fields of our containers, the sidecar first, and their volumes, whose order does not matter.
#[must_use]
pub fn digest(containers: &[&Value], volumes: &[&Value]) -> String {
    let mut text = String::from("deepsynthesis.dev/injection/v1\n");
    for container in containers {
        write(&authored(container, &mut Vec::new()), &mut text);
    }
    let mut parts: Vec<String> = volumes
        .iter()
        .map(|volume| {
            let mut part = String::from("\n");
            write(volume, &mut part);
            part
        })
        .collect();
    parts.sort();
    text.extend(parts);
    sha256(&text)
}

/// SHA-256 in lower-case hex.
pub(super) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The container without what others may add, quantities by value.
fn authored<'a>(value: &'a Value, inside: &mut Vec<&'a str>) -> Value {
    match (inside.as_slice(), value) {
        (["resources", "limits" | "requests", _], quantity) => {
            nanos(quantity).map_or_else(|| quantity.clone(), |nanos| Value::from(nanos.to_string()))
        }
        (_, Value::Object(members)) => {
            let mut kept = Map::new();
            for (key, member) in members.iter().filter(|(_, member)| !member.is_null()) {
                inside.push(key);
                if !is_open(inside, member) {
                    kept.insert(key.clone(), authored(member, inside));
                }
                inside.pop();
            }
            Value::Object(kept)
        }
        (_, Value::Array(items)) => {
            inside.push("*");
            let items = items.iter().map(|item| authored(item, inside)).collect();
            inside.pop();
            Value::Array(items)
        }
        (_, scalar) => scalar.clone(),
    }
}

/// Whether a field may be added or changed by the API server, so that the digest must not see it.
fn is_open(path: &[&str], found: &Value) -> bool {
    match path {
        ["imagePullPolicy"] => true,
        // These three are authored in every shape; all others may come from LimitRanger.
        ["resources", "requests", "cpu" | "memory"] | ["resources", "limits", "memory"] => false,
        _ => Tolerance::Container.addition(path, found),
    }
}

/// JSON with sorted keys, whatever order the map keeps.
pub(super) fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort();
            out.push('{');
            for key in keys {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(&members[key], out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}
