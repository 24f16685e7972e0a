//! A record that is deleted closes the gate, and what it said stays known.

use serde_json::Value;

use crate::support::{Place, USCC, eventually, template, workload};
use crate::watched::Watched;

fn traces(place: &Place<'_>) -> Vec<Value> {
    let name = format!("{USCC}-{}", place.code).to_lowercase();
    let words = ["get", "servicehistory", &name, "--ignore-not-found", "-o", "json"];
    let history: Value = serde_json::from_str(&place.cluster.kubectl(&words, None).admitted()).unwrap_or_default();
    history["spec"]["records"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_record_that_is_deleted_closes_the_gate_and_leaves_a_tombstone_order_12_article_19() {
    let watched = Watched::start();
    let place = Place::open(&watched.cluster, "vanish");
    eventually("both records are known", 20, || traces(&place).len() == 2);
    let filing = |trace: &&Value| trace["kind"] == "FilingRecord";
    let before = traces(&place).iter().find(filing).cloned().unwrap();
    assert_eq!(
        (before["number"].as_str(), before["name"].as_str()),
        (Some("网信算备110108000000001260015号"), Some(place.name.as_str()),)
    );
    assert_eq!(before["specSha256"].as_str().map(str::len), Some(64));

    place.kubectl(&["delete", "filingrecord", &place.name]).admitted();
    place.until_gate("studio", "Closed");
    place.create(&workload("Pod", "late", template())).refused(&["FilingMissing", "Art. 19"]);
    eventually("the tombstone stands", 20, || {
        traces(&place).iter().any(|trace| trace["uid"] == before["uid"] && trace["deletedSeen"].is_string())
    });
    let gone = traces(&place).iter().find(|trace| trace["uid"] == before["uid"]).cloned().unwrap();
    assert_eq!((&gone["specSha256"], &gone["firstSeen"]), (&before["specSha256"], &before["firstSeen"]));
    eventually("an Event names it", 20, || {
        watched.events("default", "RecordDeleted").iter().any(|note| note.contains(&place.name))
    });
    let name = format!("{USCC}-{}", place.code).to_lowercase();
    eventually("the report names it", 60, || {
        let entry = watched.entry(None, "RecordDeleted", &name).unwrap_or_default();
        entry["result"] == "warn" && entry["properties"]["specSha256"] == before["specSha256"]
    });

    // The same filing again is another record; the tombstone stays, and is no complaint any more.
    place.create(&place.filing()).admitted();
    place.until_gate("studio", "Open");
    eventually("both stand side by side", 20, || traces(&place).iter().filter(filing).count() == 2);
    eventually("the report knows", 60, || {
        watched.entry(None, "RecordDeleted", &name).unwrap_or_default()["result"] == "skip"
    });
}
