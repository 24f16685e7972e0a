//! All 42 traps of the dossier are pinned by a test or listed, with the reason, in `tests/data/law/traps.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

const TRAPS: u32 = 42;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    trap: u32,
    not_yet: String,
    until: String,
}

fn tests_below(folder: &Path, found: &mut BTreeMap<u32, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            for pair in
                lines.windows(2).filter(|pair| pair[0].ends_with("test]") || pair[0].starts_with("#[tokio::test"))
            {
                let Some((name, _)) = pair[1].trim_start_matches("async ").split_once('(') else { continue };
                let number = name.rsplit_once("_trap_").and_then(|(_, number)| number.parse().ok());
                if let Some(number) = number {
                    found.insert(number, name.trim_start_matches("fn ").to_owned());
                }
            }
        }
    }
}

#[test]
fn all_42_traps_are_pinned_or_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pinned = BTreeMap::new();
    tests_below(&root.join("src"), &mut pinned);
    tests_below(&root.join("tests"), &mut pinned);
    let listed: Vec<Listed> = serde_saphyr::from_str(include_str!("../data/law/traps.yaml")).expect("readable list");
    assert!(
        listed.iter().all(|row| row.not_yet.len() > 20 && !row.until.is_empty()),
        "a trap is listed without a reason"
    );
    let numbers: BTreeSet<u32> = listed.iter().map(|row| row.trap).collect();
    for trap in 1..=TRAPS {
        let is_pinned = pinned.get(&trap);
        assert!(is_pinned.is_some() || numbers.contains(&trap), "trap {trap} is neither pinned nor listed");
        assert!(is_pinned.is_none() || !numbers.contains(&trap), "trap {trap} is listed, but {is_pinned:?} pins it");
    }
    assert_eq!(numbers.len(), listed.len());
    assert!(pinned.keys().chain(&numbers).all(|trap| (1..=TRAPS).contains(trap)), "a trap that the dossier has not");
}
