//! JSON as a CEL literal, for policies that are written in CEL.

use serde_json::Value;

/// CEL wants the values of a map to be of one type; `dyn` makes them so.
pub fn literal(json: &Value) -> String {
    match json {
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields =
                fields.iter().map(|(name, value)| format!("{}: dyn({})", Value::from(name.as_str()), literal(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}
