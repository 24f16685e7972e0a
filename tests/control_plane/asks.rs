//! `kubectl deepsynthesis why` and `report` of a cluster: what they say is what its status says.

use std::process::Command;

use serde_json::Value;

use crate::cluster::shared;
use crate::support::{Place, Said, run, template, workload};

/// As kubectl would call its plugin.
fn ask(place: &Place<'_>, words: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-deepsynthesis"));
    run(command.args(words).envs(place.cluster.environment(&place.name)), "")
}

#[test]
fn why_says_of_a_cluster_what_its_gate_says_order_12_articles_19_and_20() {
    let open = Place::open(shared(), "why-open");
    open.create(&workload("Deployment", "web", template())).admitted();
    for words in [["why", "studio"], ["why", "deployment/web"]] {
        // A duty that closes no gate may still be owed, and the exit code says so.
        let (text, said) = ask(&open, &words).both();
        assert!(said.is_empty(), "{said}");
        assert!(text.contains(&format!("{}/studio: gate Open", open.name)), "{text}");
        let filed = text.lines().find(|line| line.contains("Order 12 Art. 19 ")).unwrap();
        assert!(filed.starts_with("Satisfied"), "{filed}");
    }
    ask(&open, &["why", "deployment/missing"]).refused(&["Deployment", "missing", "deepsynthesis-auditor"]);

    let closed = Place::unfiled(shared(), "why-closed");
    let (text, said) = ask(&closed, &["why"]).both();
    assert!(text.contains("gate Closed"), "{text}{said}");
    let missing = closed.jsonpath("dss", "studio", "{.status.missing}");
    assert!(!missing.is_empty());
    for code in missing.split(',') {
        assert!(text.contains(&format!("[{code}]")), "{code}: {text}");
    }
    closed.until_gate("studio", "Closed");
    let (page, _) = ask(&closed, &["report", "--json", "-n", &closed.name]).both();
    let sheets: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(sheets[0]["gate"], closed.jsonpath("dss", "studio", "{.status.gate}"));
    let ready = &sheets[0]["observed"]["conditions"][0];
    assert_eq!((&ready["kind"], &ready["status"]), (&"Ready".into(), &"False".into()));
}
