//! What the tests of injection share.

use deepsynthesis::inject::PatchOperation;
use serde_json::Value;

/// The pod after the operations, as the API server would apply them.
pub fn apply(pod: &Value, operations: &[PatchOperation]) -> Value {
    let wire: json_patch::Patch = serde_json::from_value(serde_json::to_value(operations).unwrap()).unwrap();
    let mut pod = pod.clone();
    json_patch::patch(&mut pod, &wire).unwrap();
    pod
}

/// Every pointer below a value, itself excluded.
pub fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => return,
    };
    for (key, member) in members {
        let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        pointers(member, &pointer, out);
        out.push(pointer);
    }
}
