//! Verdicts as SARIF 2.1.0, for code hosts.
//!
//! In: verdicts. Out: one run, one result per refusal or warning, a rule per code. Must not: report what was admitted in silence.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::verdict::{Outcome, Verdict};

/// The code of a refusal that names none, and of warnings.
const UNNAMED: &str = "Refused";
const WARNING: &str = "Warning";

/// The log.
#[must_use]
pub fn sarif(verdicts: &[Verdict]) -> Value {
    let mut rules = BTreeSet::new();
    let mut results = Vec::new();
    let mut add = |rule: &str, level: &str, text: &str, verdict: &Verdict| {
        rules.insert(rule.to_owned());
        results.push(json!({
            "ruleId": rule,
            "level": level,
            "message": {"text": format!("{}: {text}", verdict.subject())},
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(&verdict.file)},
                    "region": {"startLine": verdict.line},
                },
                "logicalLocations": [{"fullyQualifiedName": verdict.subject(), "kind": "resource"}],
            }],
        }));
    };
    for verdict in verdicts {
        if verdict.outcome == Outcome::Refused {
            add(verdict.codes.first().map_or(UNNAMED, String::as_str), "error", &verdict.message, verdict);
        }
        for warning in &verdict.warnings {
            add(WARNING, "warning", warning, verdict);
        }
    }
    let rules: Vec<Value> = rules.into_iter().map(|rule| json!({"id": rule, "helpUri": HELP})).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "kubectl-deepsynthesis",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "results": results,
        }],
    })
}

/// Where the articles are explained.
const HELP: &str = "https://www.cac.gov.cn/2022-12/11/c_1672221949354811.htm";

/// A relative reference (RFC 3986): a path with everything escaped that may not stand in one.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if is_plain {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
