//! What outlives a service: changes of what was filed, the end of a service, and a start that does not move.

use serde_json::json;

use crate::cluster::shared;
use crate::support::{Place, USCC, eventually, template, workload};

/// One field of the history of the service in this place; empty while there is none.
fn history(place: &Place<'_>, field: &str) -> String {
    let name = format!("{USCC}-{}", place.code).to_lowercase();
    let words = ["get", "servicehistory", &name, "--ignore-not-found", "-o", &format!("jsonpath={{.spec.{field}}}")];
    place.cluster.kubectl(&words, None).admitted()
}

fn events(place: &Place<'_>, namespace: &str, reason: &str) -> usize {
    let words = [
        "-n",
        namespace,
        "get",
        "events.events.k8s.io",
        "-o",
        "jsonpath={range .items[*]}{.reason} {.note}{\"\\n\"}{end}",
    ];
    let lines = place.cluster.kubectl(&words, None).admitted();
    lines
        .lines()
        .filter(|line| line.starts_with(reason) && (namespace != "default" || line.contains(&place.code)))
        .count()
}

fn findings(place: &Place<'_>) -> String {
    place.jsonpath("dss", "studio", "{range .status.findings[*]}{.code}={.due} {end}")
}

/// A pod of the service, which a kubelet would have found to be Ready.
fn ready_pod(place: &Place<'_>, name: &str) {
    place.create(&workload("Pod", name, template())).admitted();
    let at = "2026-11-02T04:00:00Z";
    let status = json!({"status": {"conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": at}]}});
    place.kubectl(&["patch", "pod", name, "--subresource=status", "-p", &status.to_string()]).admitted();
}

#[test]
fn a_change_of_what_was_filed_opens_ten_working_days_algorithm_provisions_article_24() {
    let place = Place::open(shared(), "change");
    eventually("the baseline is on record", 20, || history(&place, "filed.record") == place.name);
    assert_eq!(history(&place, "changedAt"), "");

    let edit = |field: &str| {
        let patch = json!({"spec": {"filedInformation": {"field": field}}}).to_string();
        place.kubectl(&["patch", "dss", "studio", "--type=merge", "-p", &patch]).admitted();
    };
    edit("医疗");
    eventually("the change is on record", 20, || !history(&place, "changedAt").is_empty());
    let (begun, due) = (history(&place, "changedAt"), history(&place, "changeDue"));
    assert_eq!(history(&place, "changedFields"), r#"["filedInformation.field"]"#);
    eventually("the finding names the end", 20, || findings(&place).contains(&format!("FilingChangeDue={due} ")));
    eventually("an Event says so once", 20, || events(&place, &place.name, "FilingChangeDue") == 1);
    place.until_gate("studio", "Open");

    // A further edit restarts nothing.
    edit("教育");
    eventually("the further edit is judged", 20, || {
        place.jsonpath("dss", "studio", "{.status.observedGeneration}")
            == place.jsonpath("dss", "studio", "{.metadata.generation}")
    });
    assert_eq!((history(&place, "changedAt"), history(&place, "changeDue")), (begun, due));
    assert_eq!(events(&place, &place.name, "FilingChangeDue"), 1);

    edit("");
    eventually("what is filed again is forgotten", 20, || history(&place, "changedAt").is_empty());
    eventually("the finding is gone", 20, || !findings(&place).contains("FilingChangeDue"));
    assert_eq!(history(&place, "changeDue"), "");
}

#[test]
fn a_service_that_is_gone_owes_a_cancellation_and_one_that_comes_back_does_not_start_anew() {
    let place = Place::open(shared(), "ended");
    ready_pod(&place, "first");
    eventually("the first start is on record", 20, || history(&place, "firstPublicReady") == "2026-11-02T04:00:00Z");
    eventually("the baseline is on record", 20, || !history(&place, "filed.record").is_empty());

    place.kubectl(&["delete", "dss", "studio"]).admitted();
    eventually("the end is on record", 20, || !history(&place, "endedAt").is_empty());
    assert_ne!(history(&place, "cancelDue"), "");
    eventually("an Event says so", 20, || events(&place, "default", "CancelDue") == 1);

    place.kubectl(&["delete", "pod", "first", "--timeout=10s"]).admitted();
    place.create(&place.service("studio", "studio")).admitted();
    eventually("the service is back", 20, || history(&place, "endedAt").is_empty());
    place.until_gate("studio", "Open");
    assert_eq!(history(&place, "cancelDue"), "");
    assert_eq!(history(&place, "firstPublicReady"), "2026-11-02T04:00:00Z");

    place.kubectl(&["delete", "dss", "studio"]).admitted();
    eventually("the end is on record again", 20, || !history(&place, "cancelDue").is_empty());
    let cancelled = json!({"spec": {"state": "Cancelled", "cancelledOn": "2026-11-20"}}).to_string();
    place.kubectl(&["patch", "filingrecord", &place.name, "--type=merge", "-p", &cancelled]).admitted();
    eventually("the cancellation is done", 20, || history(&place, "cancelDue").is_empty());
    assert_ne!(history(&place, "endedAt"), "");
}

#[test]
fn nobody_moves_a_first_start() {
    let place = Place::open(shared(), "start");
    ready_pod(&place, "first");
    eventually("the first start is on record", 20, || !history(&place, "firstPublicReady").is_empty());
    let name = format!("{USCC}-{}", place.code).to_lowercase();
    for value in [json!("2030-01-01T00:00:00Z"), json!(null)] {
        let patch = json!({"spec": {"firstPublicReady": value}}).to_string();
        let said = place.cluster.kubectl(&["patch", "servicehistory", &name, "--type=merge", "-p", &patch], None);
        said.refused(&["does not move"]);
    }
}
