//! Changes of pods, and files on record, for the tests of injection.

use std::fs;
use std::path::PathBuf;

use deepsynthesis::inject::{Plan, patch, verify};
use serde_json::{Value, json};

use super::inject_support::pointers;

pub fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/inject").join(name)
}

/// `UPDATE_GOLDEN=1` writes what was found.
pub fn assert_golden(name: &str, found: &Value) {
    let text = serde_json::to_string_pretty(found).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(golden(name), &text).unwrap();
    }
    assert_eq!(fs::read_to_string(golden(name)).unwrap_or_default(), text, "{name}: see UPDATE_GOLDEN in the header");
}

/// Sets a member; its parent must exist.
pub fn set(pod: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    match pod.pointer_mut(parent).unwrap_or_else(|| panic!("{parent}")) {
        Value::Object(members) => drop(members.insert(key, value)),
        Value::Array(items) if key == "-" => items.push(value),
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        other => panic!("{pointer}: {other}"),
    }
}

fn remove(pod: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match pod.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(key)),
        Value::Array(items) => drop(items.remove(key.parse().unwrap())),
        _ => unreachable!(),
    }
}

/// Every way to change one field of what stands at `base`.
fn mutants(pod: &Value, base: &str) -> Vec<(String, Value)> {
    let mut all = vec![base.to_owned()];
    pointers(pod.pointer(base).unwrap(), base, &mut all);
    let mut mutants = Vec::new();
    let mut push = |what: &str, pointer: &str, change: &dyn Fn(&mut Value)| {
        let mut mutant = pod.clone();
        change(&mut mutant);
        mutants.push((format!("{what} {pointer}"), mutant));
    };
    for pointer in &all {
        if pointer != base {
            push("remove", pointer, &|pod| remove(pod, pointer));
            push("null", pointer, &|pod| *pod.pointer_mut(pointer).unwrap() = Value::Null);
            push("retype", pointer, &|pod| *pod.pointer_mut(pointer).unwrap() = json!([["x"]]));
        }
        match pod.pointer(pointer).unwrap() {
            Value::Object(_) => push("extend", pointer, &|pod| set(pod, &format!("{pointer}/zzz"), json!("x"))),
            Value::Array(items) => {
                push("append", pointer, &|pod| set(pod, &format!("{pointer}/-"), json!("x")));
                push("repeat", pointer, &|pod| set(pod, &format!("{pointer}/-"), items[0].clone()));
                if items.len() > 1 {
                    push("swap", pointer, &|pod| pod.pointer_mut(pointer).unwrap().as_array_mut().unwrap().swap(0, 1));
                }
            }
            Value::String(text) => {
                push("change", pointer, &|pod| *pod.pointer_mut(pointer).unwrap() = json!(format!("{text}x")));
                push("empty", pointer, &|pod| *pod.pointer_mut(pointer).unwrap() = json!(""));
            }
            Value::Number(number) => {
                let next = number.as_i64().unwrap() + 1;
                push("change", pointer, &|pod| *pod.pointer_mut(pointer).unwrap() = json!(next));
            }
            Value::Bool(truth) => push("flip", pointer, &|pod| *pod.pointer_mut(pointer).unwrap() = json!(!truth)),
            Value::Null => {}
        }
    }
    mutants
}

/// Changes one field after the other of what stands at each base: none may be proven, and none of another type accepted as it
/// is on reinvocation. Says how many there were.
pub fn refuses_every_change(pods: &[Value], bases: &[&str], plan: &Plan) -> usize {
    let mut count = 0;
    for pod in pods {
        for base in bases {
            for (what, mutant) in mutants(pod, base) {
                assert!(verify(&mutant, plan).is_err(), "{what}");
                assert!(!what.starts_with("retype") || patch(&mutant, plan) != Ok(vec![]), "{what}");
                count += 1;
            }
        }
    }
    count
}
