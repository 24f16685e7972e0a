//! How well detection does on workloads in the shape of real deployments, and that it stands any input.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use deepsynthesis::api::service::Technology;
use deepsynthesis::detect::{Likelihood, detect};
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
