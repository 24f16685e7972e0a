//! How well detection does on workloads in the shape of real deployments, and that it stands any input.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use deepsynthesis::api::service::Technology;
use deepsynthesis::detect::{Likelihood, detect};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    expect: Expected,
    workload: Value,
    #[serde(default)]
    siblings: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Expected {
    generator: bool,
    technologies: BTreeSet<Technology>,
    entry_port: Option<u16>,
}

fn cases(prefix: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/detect");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix))
        .flat_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            serde_saphyr::from_multiple::<Case>(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect()
}

#[derive(Default)]
struct Tally {
    right: usize,
    wrong_yes: usize,
    wrong_no: usize,
    negatives: usize,
    kinds: usize,
    ports: usize,
    notes: String,
}

impl Tally {
    fn of(cases: &[Case]) -> Self {
        let mut tally = Self::default();
        for case in cases {
            let siblings: Vec<&Value> = case.siblings.iter().collect();
            let found = detect(&case.workload, &siblings);
            let yes = found.verdict == Likelihood::Generator;
            tally.negatives += usize::from(!case.expect.generator);
            let mut note = |what: &str| {
                writeln!(
                    tally.notes,
                    "  {}: {what}: score {}, {:?}, {:?}, port {:?}\n      {}",
                    case.case,
                    found.score,
                    found.signature,
                    found.technologies,
                    found.entry_port,
                    found.reasons.join("\n      ")
                )
                .unwrap();
            };
            match (case.expect.generator, yes) {
                (true, true) => {
                    let kinds = found.technologies.iter().copied().collect::<BTreeSet<_>>() == case.expect.technologies;
                    let port = found.entry_port == case.expect.entry_port;
                    if !kinds {
                        note(&format!("kinds, expected {:?}", case.expect.technologies));
                    }
                    if !port {
                        note(&format!("port, expected {:?}", case.expect.entry_port));
                    }
                    tally.right += 1;
                    tally.kinds += usize::from(kinds);
                    tally.ports += usize::from(port);
                }
                (true, false) => {
                    note("missed");
                    tally.wrong_no += 1;
                }
                (false, true) => {
                    note("false alarm");
                    tally.wrong_yes += 1;
                }
                (false, false) => {}
            }
        }
        tally
    }

    fn precision(&self) -> f64 {
        ratio(self.right, self.right + self.wrong_yes)
    }

    fn recall(&self) -> f64 {
        ratio(self.right, self.right + self.wrong_no)
    }
}

#[allow(clippy::cast_precision_loss)]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn measure(name: &str) {
    let cases = cases(name);
    assert!(!cases.is_empty());
    let tally = Tally::of(&cases);
    let (kinds, ports) = (ratio(tally.kinds, tally.right), ratio(tally.ports, tally.right));
    println!(
        "{name}: {} workloads, {} negatives; precision {:.3}, recall {:.3}, kinds {kinds:.3}, entry port {ports:.3}\n{}",
        cases.len(),
        tally.negatives,
        tally.precision(),
        tally.recall(),
        tally.notes
    );
    assert!(tally.negatives * 10 >= cases.len() * 4, "too few negatives");
    assert!(tally.precision() >= 0.97 && tally.recall() >= 0.95, "{name}: precision or recall");
    assert!(kinds >= 0.9 && ports >= 0.95, "{name}: kinds or entry port");
}

#[test]
fn known_workloads_are_told_apart() {
    measure("known");
}

#[test]
fn held_out_workloads_are_told_apart() {
    measure("held-out");
}

/// Values that look like parts of manifests, so that random objects reach the depths of the code.
fn json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("vllm/vllm-openai:v1".to_owned()),
        Just("--port".to_owned()),
        Just("-c".to_owned()),
        Just("sh".to_owned()),
        Just("exec vllm serve ${A:-b} --port=$(P) \\\n '\"".to_owned()),
        Just("nginx".to_owned()),
        Just("Pod".to_owned()),
        Just("Service".to_owned()),
        Just("ConfigMap".to_owned()),
        Just("a".to_owned()),
        "\\PC{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0u64..70_000).prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "kind",
        "apiVersion",
        "metadata",
        "name",
        "labels",
        "namespace",
        "spec",
        "template",
        "containers",
        "initContainers",
        "image",
        "command",
        "args",
        "env",
        "envFrom",
        "value",
        "ports",
        "containerPort",
        "targetPort",
        "selector",
        "data",
        "volumes",
        "volumeMounts",
        "configMap",
        "resources",
        "limits",
        "nvidia.com/gpu",
        "lifecycle",
        "predictor",
        "model",
        "readinessProbe",
        "httpGet",
        "port",
        "a",
        "é",
    ]);
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// The same value with every map built in the opposite order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect(),
        Value::Array(list) => list.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn any_json_gets_an_answer_whatever_the_order(
        workload in json(), spec in json(), siblings in prop::collection::vec(json(), 0..4)
    ) {
        let shaped = serde_json::json!({"kind": "Deployment", "metadata": {"labels": {"a": "a"}}, "spec": {"template": {
            "metadata": {"labels": {"a": "a"}}, "spec": {"containers": [spec.clone(), {"image": "vllm/vllm-openai", "args": spec}]}}}});
        for workload in [workload, shaped] {
            let near: Vec<&Value> = siblings.iter().collect();
            let far: Vec<&Value> = siblings.iter().rev().collect();
            let found = detect(&workload, &near);
            prop_assert_eq!(&found, &detect(&workload, &far));
            prop_assert_eq!(&found, &detect(&reversed(&workload), &near));
            prop_assert!(found.score <= 100);
        }
    }
}

#[test]
fn of_huge_and_deep_objects_no_more_is_looked_at_than_the_bounds_say() {
    let mut deep = serde_json::json!({"containers": []});
    for _ in 0..100 {
        deep = serde_json::json!({"spec": deep});
    }
    let wide = |repeats: usize| {
        let text = "vllm serve $A ".repeat(repeats);
        let container = serde_json::json!({"image": text, "command": ["sh", "-c", text], "args": vec![text.clone(); 20],
            "env": [{"name": "A", "value": "$(A)$(A)".repeat(2000)}]});
        serde_json::json!({"kind": "Pod", "spec": {"containers": vec![container; 40]}})
    };
    // Twenty times as much beyond the bounds changes nothing.
    let (large, larger) = (wide(10_000), wide(200_000));
    assert_eq!(detect(&large, &[&deep]), detect(&larger, &[&deep]));
    assert_eq!(detect(&deep, &[&large]), detect(&deep, &[&larger]));
}

#[test]
fn judged_workloads_are_told_apart() {
    measure("judge");
}
