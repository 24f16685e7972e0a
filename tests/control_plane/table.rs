//! Every kind that makes pods is refused before the records are there and admitted afterwards (Arts 15, 19, 20).

use crate::cluster::shared;
use crate::support::{KINDS, Place, SIDECAR, init_containers, template, workload};

#[test]
fn every_kind_is_refused_unfiled_and_admitted_with_both_records() {
    let place = Place::unfiled(shared(), "table");
    for kind in KINDS {
        place.create(&workload(kind, "early", template())).refused(&[
            kind,
            "FilingMissing",
            "Art. 19",
            "FilingRecord",
            "BiometricAssessmentMissing",
            "Art. 15",
            "PublicOpinionAssessmentMissing",
            "Art. 20",
            "AssessmentRecord",
            "第十九条",
        ]);
        place.kubectl(&["get", kind, "early"]).refused(&["NotFound"]);
    }
    assert_eq!(columns(&place), ["Closed", "False", "False", "0/0"]);

    place.file();
    place.until_gate("studio", "Open");
    for kind in KINDS {
        place.create(&workload(kind, "late", template())).admitted();
        place.get(kind, "late");
    }
    assert_eq!(init_containers(&place.get("pod", "late")), [SIDECAR]);
    crate::support::eventually("the pod is counted", 20, || columns(&place) == ["Open", "True", "True", "1/1"]);
    assert_eq!(place.jsonpath("dss", "studio", "{.status.missing}"), "");
    assert_eq!(place.jsonpath("dss", "studio", "{.status.disclosure.number}"), "网信算备110108000000001260015号");
}

#[test]
fn one_record_alone_opens_nothing_and_the_message_asks_for_the_other_only() {
    let place = Place::unfiled(shared(), "half");
    place.create(&place.filing()).admitted();
    let filed = "{.status.conditions[?(@.type==\"Filed\")].status}";
    crate::support::eventually("the filing is seen", 20, || place.jsonpath("dss", "studio", filed) == "True");
    assert_eq!(columns(&place), ["Closed", "True", "False", "0/0"]);
    let message = place.create(&workload("Deployment", "early", template())).refused(&["BiometricAssessmentMissing"]);
    assert!(!message.contains("FilingMissing"), "{message}");
}

#[test]
fn a_dry_run_is_refused_or_injected_like_the_real_thing_and_stores_nothing() {
    let dry = ["--dry-run=server", "-o", "json"];
    let place = Place::unfiled(shared(), "dry");
    place.create_with(&workload("Deployment", "early", template()), &dry).refused(&["FilingMissing"]);
    place.file();
    place.until_gate("studio", "Open");
    let text = place.create_with(&workload("Pod", "late", template()), &dry).admitted();
    assert_eq!(init_containers(&serde_json::from_str(&text).unwrap()), [SIDECAR]);
    place.kubectl(&["get", "pod", "late"]).refused(&["NotFound"]);
}

/// Gate, Filed, Assessed, Injected as `kubectl get dss` prints them.
fn columns(place: &Place<'_>) -> Vec<String> {
    let line = place.kubectl(&["get", "dss", "studio", "--no-headers"]).admitted();
    line.split_whitespace().skip(2).take(4).map(str::to_owned).collect()
}
