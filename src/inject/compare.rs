//! Field-by-field comparison of what stands in a pod with what we would write.
//!
//! In: expected and found JSON, and the tolerance. Out: one [`ProofError`] per difference with its
//! field path. Lists are compared by position: order of arguments and environment matters.

use serde_json::Value;

use super::ProofError;
use super::path::{element, field, shorten};
use super::tolerance::Tolerance;

/// All differences; `base` is the field path of both values.
pub(super) fn compare(expected: &Value, found: &Value, base: &str, tolerance: Tolerance) -> Vec<ProofError> {
    let mut differences = Vec::new();
    walk(expected, found, base, &mut Vec::new(), tolerance, &mut differences);
    differences
}

fn walk<'a>(
    expected: &'a Value,
    found: &'a Value,
    at: &str,
    inside: &mut Vec<&'a str>,
    tolerance: Tolerance,
    out: &mut Vec<ProofError>,
) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, wanted) in expected {
                inside.push(key);
                match found.get(key).filter(|value| !value.is_null()) {
                    Some(value) => walk(wanted, value, &field(at, key), inside, tolerance, out),
                    None => out.push(missing(field(at, key), wanted)),
                }
                inside.pop();
            }
            // A null member is an absent member.
            for (key, extra) in found.iter().filter(|(key, value)| !value.is_null() && !expected.contains_key(*key)) {
                inside.push(key);
                if !tolerance.addition(inside, extra) {
                    out.push(ProofError::FieldUnexpected { path: field(at, key) });
                }
                inside.pop();
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            inside.push("*");
            for (index, (wanted, value)) in expected.iter().zip(found).enumerate() {
                walk(wanted, value, &element(at, index), inside, tolerance, out);
            }
            inside.pop();
            for (index, wanted) in expected.iter().enumerate().skip(found.len()) {
                out.push(missing(element(at, index), wanted));
            }
            for index in expected.len()..found.len() {
                out.push(ProofError::FieldUnexpected { path: element(at, index) });
            }
        }
        (expected, found) if expected == found || tolerance.change(inside, expected, found) => {}
        (expected, _) => out.push(ProofError::FieldChanged { path: at.to_owned(), expected: show(expected) }),
    }
}

fn missing(path: String, expected: &Value) -> ProofError {
    ProofError::FieldMissing { path, expected: show(expected) }
}

fn show(value: &Value) -> String {
    shorten(&value.to_string(), 120)
}
