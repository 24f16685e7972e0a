//! JSON documents: a patch applied, every place named. `tests/inject_support` uses it, too.

use deepsynthesis::inject::PatchOperation;
use serde_json::Value;

/// The document after the operations, as the API server would apply them.
pub fn apply(document: &Value, operations: &[PatchOperation]) -> Value {
    let wire = serde_json::to_value(operations).expect("operations are JSON");
    let wire: json_patch::Patch = serde_json::from_value(wire).expect("operations are a patch");
    let mut document = document.clone();
    json_patch::patch(&mut document, &wire).expect("our own patch fits the document that it was made for");
    document
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
