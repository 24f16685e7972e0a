use super::*;
use crate::api::FilingState;
use crate::operator::controller::fixture::{USCC, filing, service, with_filing, with_history, with_service};
use crate::operator::snapshot::InjectedPod;

const MONDAY: &str = "2026-11-02T04:00:00Z";
/// Ten working days after [`MONDAY`].
const CHANGE_ENDS: &str = "2026-11-16T16:00:00Z";
/// Twenty working days after [`MONDAY`].
const CANCEL_ENDS: &str = "2026-11-30T16:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// One look: what is written is what the next look finds.
fn look(snapshot: &mut Snapshot, now: &str) -> Option<ServiceHistorySpec> {
    let judge = Judge::new(snapshot);
    let services = snapshot.services.iter();
    let verdicts: Verdicts = services.map(|(key, service)| (key.clone(), judge.verdict(service, at(now)))).collect();
    let rewrites = rewrites(snapshot, &judge, &verdicts, &judge.now(at(now)));
    let written = rewrites.first().map(|rewrite| rewrite.new.clone());
    for rewrite in rewrites {
        with_history(snapshot, rewrite.new);
    }
    written
}

fn ready_pod(since: &str) -> InjectedPod {
    InjectedPod { service: "studio".into(), ready_since: Some(at(since)), ..InjectedPod::default() }
}

/// A public service with a pod that is Ready, and its filing.
fn filed() -> Snapshot {
    let mut snapshot = Snapshot::default();
    with_service(&mut snapshot, service("shop", "studio", "0001"));
    with_filing(&mut snapshot, filing("filing", "0001", "shop"));
    let pod = ready_pod("2026-10-01T00:00:00Z");
    Arc::make_mut(&mut snapshot.pods).insert(("shop".into(), "pod".into()), Arc::new(pod));
    snapshot
}

fn edit(snapshot: &mut Snapshot, change: impl FnOnce(&mut DeepSynthesisService)) {
    let key = ("shop".to_owned(), "studio".to_owned());
    let mut service = DeepSynthesisService::clone(&snapshot.services[&key]);
    change(&mut service);
    with_service(snapshot, service);
}

fn remove(snapshot: &mut Snapshot) -> Arc<DeepSynthesisService> {
    Arc::make_mut(&mut snapshot.pods).clear();
    Arc::make_mut(&mut snapshot.services).remove(&("shop".to_owned(), "studio".to_owned())).unwrap()
}

#[test]
fn the_first_look_records_start_baseline_and_declaration_and_the_second_writes_nothing() {
    let mut snapshot = filed();
    let history = look(&mut snapshot, MONDAY).unwrap();
    assert_eq!(history.first_public_ready.as_deref(), Some("2026-10-01T00:00:00Z"));
    let baseline = history.filed.unwrap();
    assert_eq!((baseline.record.as_str(), baseline.as_of.as_str()), ("filing", "2026-03-10"));
    assert_eq!(baseline.provider_name, "示例公司");
    assert_eq!(history.declared.unwrap().audience, Audience::PublicChina);
    assert_eq!(look(&mut snapshot, "2026-11-03T04:00:00Z"), None);
}

#[test]
fn a_service_that_is_not_public_has_no_first_start() {
    let mut snapshot = filed();
    edit(&mut snapshot, |service| service.spec.audience = Audience::Internal);
    assert_eq!(look(&mut snapshot, MONDAY).unwrap().first_public_ready, None);
}

#[test]
fn a_recreated_service_does_not_restart_its_ten_days_algorithm_provisions_article_24() {
    let mut snapshot = filed();
    look(&mut snapshot, MONDAY);
    let service = remove(&mut snapshot);
    let ended = look(&mut snapshot, MONDAY).unwrap();
    assert_eq!(ended.first_public_ready.as_deref(), Some("2026-10-01T00:00:00Z"));

    with_service(&mut snapshot, DeepSynthesisService::clone(&service));
    let pod = ready_pod("2026-11-05T00:00:00Z");
    Arc::make_mut(&mut snapshot.pods).insert(("shop".into(), "pod".into()), Arc::new(pod));
    let back = look(&mut snapshot, "2026-11-05T04:00:00Z").unwrap();
    assert_eq!(back.first_public_ready.as_deref(), Some("2026-10-01T00:00:00Z"));
    assert_eq!((back.ended_at, back.cancel_due), (None, None));
}

#[test]
fn a_change_opens_ten_working_days_that_do_not_move_until_it_is_undone_or_handed_in() {
    let mut snapshot = filed();
    look(&mut snapshot, MONDAY);
    edit(&mut snapshot, |service| service.spec.provider.name = "另一公司".into());
    let changed = look(&mut snapshot, MONDAY).unwrap();
    assert_eq!(changed.changed_at.as_deref(), Some(MONDAY));
    assert_eq!(changed.changed_fields, ["provider.name"]);
    assert_eq!(changed.change_due.as_deref(), Some(CHANGE_ENDS));

    // A further change belongs to the same duty.
    edit(&mut snapshot, |service| {
        service.spec.filed_information =
            Some(FiledInformation { field: "医疗".into(), ..FiledInformation::default() });
    });
    let further = look(&mut snapshot, "2026-11-04T04:00:00Z").unwrap();
    assert_eq!(further.changed_at.as_deref(), Some(MONDAY));
    assert_eq!(further.changed_fields, ["filedInformation.field", "provider.name"]);
    assert_eq!(further.change_due.as_deref(), Some(CHANGE_ENDS));

    // Handed in: what is declared now is what is filed.
    let mut record = filing("filing", "0001", "shop");
    record.spec.state = FilingState::ChangeSubmitted;
    record.spec.change_submitted_on = Some("2026-11-05".into());
    with_filing(&mut snapshot, record);
    let mut last = None;
    for _ in 0..3 {
        last = look(&mut snapshot, "2026-11-06T04:00:00Z").or(last);
    }
    let last = last.unwrap();
    assert_eq!((last.changed_at, last.change_due), (None, None));
    assert!(last.changed_fields.is_empty());
    assert_eq!(last.filed.unwrap().provider_name, "另一公司");
}

#[test]
fn a_change_that_is_undone_is_forgotten() {
    let mut snapshot = filed();
    look(&mut snapshot, MONDAY);
    edit(&mut snapshot, |service| service.spec.provider.name = "另一公司".into());
    look(&mut snapshot, MONDAY);
    edit(&mut snapshot, |service| service.spec.provider.name = "示例公司".into());
    assert_eq!(look(&mut snapshot, MONDAY).unwrap().changed_at, None);
}

#[test]
fn the_record_says_what_was_filed_where_it_can() {
    let mut snapshot = filed();
    let mut record = filing("filing", "0001", "shop");
    record.spec.provider_name = Some("备案公司".into());
    with_filing(&mut snapshot, record);
    let first = look(&mut snapshot, MONDAY).unwrap();
    assert_eq!(first.filed.unwrap().provider_name, "备案公司");
}

#[test]
fn an_end_opens_twenty_working_days_until_the_filing_is_cancelled() {
    let mut snapshot = filed();
    look(&mut snapshot, MONDAY);
    remove(&mut snapshot);
    let ended = look(&mut snapshot, MONDAY).unwrap();
    assert_eq!(ended.ended_at.as_deref(), Some(MONDAY));
    assert_eq!(ended.cancel_due.as_deref(), Some(CANCEL_ENDS));
    assert!(!is_overdue(&ended, at("2026-11-30T15:59:59Z")) && is_overdue(&ended, at(CANCEL_ENDS)));
    assert_eq!(look(&mut snapshot, "2026-11-10T04:00:00Z"), None, "the deadline does not move");

    // Deleting the record cancels nothing.
    let record = filing("filing", "0001", "shop");
    Arc::make_mut(&mut snapshot.filings).clear();
    let deleted = look(&mut snapshot, "2026-11-11T04:00:00Z").unwrap();
    assert_eq!(deleted.cancel_due.as_deref(), Some(CANCEL_ENDS));
    assert_eq!(deleted.records[0].deleted_seen.as_deref(), Some("2026-11-11T04:00:00Z"));

    let mut cancelled = record;
    cancelled.spec.state = FilingState::Cancelled;
    cancelled.spec.cancelled_on = Some("2026-11-12".into());
    with_filing(&mut snapshot, cancelled);
    let done = look(&mut snapshot, "2026-11-12T04:00:00Z").unwrap();
    assert_eq!((done.ended_at.as_deref(), done.cancel_due), (Some(MONDAY), None));
}

#[test]
fn a_service_that_was_never_public_or_never_filed_owes_no_cancellation() {
    let mut unfiled = filed();
    Arc::make_mut(&mut unfiled.filings).clear();
    let mut never_ready = filed();
    Arc::make_mut(&mut never_ready.pods).clear();
    for mut snapshot in [unfiled, never_ready] {
        look(&mut snapshot, MONDAY);
        remove(&mut snapshot);
        assert_eq!(look(&mut snapshot, MONDAY), None);
    }
}

#[test]
fn of_several_services_with_one_key_the_one_with_the_highest_reach_counts() {
    let mut snapshot = filed();
    let mut other = service("shop", "zz", "0001");
    other.spec.audience = Audience::Internal;
    with_service(&mut snapshot, other);
    assert_eq!(look(&mut snapshot, MONDAY).unwrap().declared.unwrap().audience, Audience::PublicChina);
    // The key lives on in the other one: nothing ended.
    remove(&mut snapshot);
    assert_eq!(look(&mut snapshot, MONDAY), None);
    // Nor does it declare less, as long as no officer decided so.
    let name = history_name(USCC, "0001");
    let history = &snapshot.histories[&(String::new(), name)].spec;
    assert_eq!(history.declared.as_ref().unwrap().audience, Audience::PublicChina);
}
