//! What alerts and dashboard ask for is what the programs register.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

/// A family without samples is not written out, so the names are read where they are registered.
const PROGRAMS: [(&str, &str); 3] = [
    ("deepsynthesis_sidecar_", "src/sidecar/metrics.rs"),
    ("deepsynthesis_ledger_", "src/ledger/metrics.rs"),
    ("deepsynthesis_", "src/operator/metrics.rs"),
];

/// Names in a text that could be metrics of ours.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| !(letter.is_ascii_lowercase() || letter == '_'));
    words.filter(|word| word.starts_with("deepsynthesis_")).collect()
}

fn is_registered(name: &str) -> bool {
    PROGRAMS.iter().any(|(prefix, file)| {
        let Some(name) = name.strip_prefix(prefix) else { return false };
        let code = std::fs::read_to_string(file).unwrap();
        // Counters are written out with this end.
        code.contains(&format!("\"{}\"", name.strip_suffix("_total").unwrap_or(name)))
    })
}

#[test]
fn alerts_and_dashboard_name_metrics_that_exist() {
    for file in ["alerts.yaml", "alerts-ledger.yaml", "dashboard.json"] {
        let text = std::fs::read_to_string(format!("charts/deepsynthesis-operator/files/{file}")).unwrap();
        let named = named(&text);
        assert!(!named.is_empty(), "{file}");
        let unknown: Vec<_> = named.into_iter().filter(|name| !is_registered(name)).collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
    assert!(!is_registered("deepsynthesis_nobody_total"));
}
