use super::*;
use crate::compliance::{Gate, Verdict};
use crate::operator::controller::fixture::{filing, service, with_filing, with_service};
use crate::operator::controller::news;
use crate::operator::judge::Judge;
use crate::operator::snapshot::Snapshot;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The status at an instant, and what is kept of it afterwards.
fn status(snapshot: &Snapshot, seen: &Seen, pods: Pods, now: &str) -> (DeepSynthesisServiceStatus, Seen, Verdict) {
    let service = snapshot.services.values().next().unwrap();
    let verdict = Judge::new(snapshot).verdict(service, at(now));
    let inputs = Inputs {
        service,
        seen,
        verdict: &verdict,
        invalid: &[],
        pods,
        obstacles: None,
        is_enrolled: true,
        has_config: true,
        kept: Kept::NoLedger,
        now: at(now),
    };
    let status = build(&inputs);
    // As it comes back from the cluster.
    let stored: DeepSynthesisServiceStatus = serde_json::from_value(serde_json::to_value(&status).unwrap()).unwrap();
    let stored = DeepSynthesisService { status: Some(stored), ..DeepSynthesisService::clone(service) };
    (status, Seen::of(&stored), verdict)
}

fn unfiled() -> Snapshot {
    let mut snapshot = Snapshot::default();
    let mut service = service("shop", "studio", "0001");
    service.spec.filing_mode = Some(crate::api::FilingMode::Strict);
    with_service(&mut snapshot, service);
    snapshot
}

fn of<'a>(status: &'a DeepSynthesisServiceStatus, kind: &str) -> &'a Condition {
    status.conditions.iter().find(|condition| condition.type_ == kind).unwrap()
}

#[test]
fn a_status_that_is_the_same_is_written_once() {
    let snapshot = unfiled();
    let (first, seen, _) = status(&snapshot, &Seen::default(), Pods::default(), "2026-11-02T04:00:00.123Z");
    assert!(!Seen::default().is(&first) && seen.is(&first));
    let (later, _, verdict) = status(&snapshot, &seen, Pods::default(), "2026-11-03T04:00:00.456Z");
    assert!(seen.is(&later));
    assert!(news::of_service(&seen, &verdict).is_empty());
    let (other, _, _) = status(&snapshot, &seen, Pods { injected: 1, uninjected: 0 }, "2026-11-03T04:00:00Z");
    assert!(!seen.is(&other));
}

#[test]
fn findings_and_conditions_keep_their_beginning_until_they_turn() {
    let mut snapshot = unfiled();
    let (first, seen, _) = status(&snapshot, &Seen::default(), Pods::default(), "2026-11-02T04:00:00Z");
    assert!(first.findings.iter().all(|finding| finding.since.as_deref() == Some("2026-11-02T04:00:00Z")));
    let severities: Vec<_> = first.findings.iter().map(|finding| finding.severity.as_str()).collect();
    let rank = |severity: &&str| ["Violation", "Warning", "Notice"].iter().position(|known| known == severity);
    assert!(severities.is_sorted_by_key(rank), "{severities:?}");
    assert_eq!(of(&first, "Filed").status, "False");
    assert_eq!(of(&first, "Filed").reason, "FilingMissing");
    let message = &of(&first, "Filed").message;
    assert!(message.contains("Order 12 Art. 19") && message.contains("FilingRecord") && !message.is_ascii());

    with_filing(&mut snapshot, filing("filing", "0001", "shop"));
    let (second, seen, verdict) = {
        let (status, after, verdict) = status(&snapshot, &seen, Pods::default(), "2026-11-05T04:00:00Z");
        assert!(news::of_service(&seen, &verdict).iter().any(|news| news.reason == "FilingMissing" && !news.warning));
        (status, after, verdict)
    };
    assert_eq!(of(&second, "Filed").status, "True", "{}", of(&second, "Filed").message);
    assert_eq!(of(&second, "Filed").last_transition_time.0, at("2026-11-05T04:00:00Z"));
    assert_eq!(of(&second, "Assessed").last_transition_time.0, at("2026-11-02T04:00:00Z"));
    assert!(news::of_service(&seen, &verdict).is_empty());
    let assessment = |status: &DeepSynthesisServiceStatus| {
        let finding = status.findings.iter().find(|finding| finding.code == "PublicOpinionAssessmentMissing").unwrap();
        finding.since.clone()
    };
    assert_eq!(assessment(&second), assessment(&first));
}

#[test]
fn the_event_of_every_gate_says_something_in_both_languages() {
    let (_, _, unlawful) = status(&unfiled(), &Seen::default(), Pods::default(), "2026-11-02T04:00:00Z");
    for gate in [Gate::Open, Gate::Grace, Gate::Closed] {
        let findings = if gate == Gate::Open { Vec::new() } else { unlawful.findings.clone() };
        let verdict = Verdict { gate, findings, ..unlawful.clone() };
        let news = news::of_service(&Seen::default(), &verdict);
        assert!(news.iter().all(|news| news.text.len() > 40 && !news.text.is_ascii()), "{news:?}");
        assert_eq!(news.len(), 1);
    }
}

#[test]
fn every_condition_names_the_generation_and_speaks_both_languages() {
    let snapshot = unfiled();
    let (status, _, _) =
        status(&snapshot, &Seen::default(), Pods { injected: 1, uninjected: 2 }, "2026-11-02T04:00:00Z");
    for kind in ["Ready", "Filed", "Assessed", "IdentityVerification", "Labelling", "Retention", "Injected", "Enforced"]
    {
        let condition = of(&status, kind);
        assert_eq!(condition.observed_generation, Some(1), "{kind}");
        assert!(!condition.message.is_ascii(), "{kind}: {}", condition.message);
        assert!(condition.message.len() < 4096, "{kind}");
    }
    assert_eq!(of(&status, "Injected").status, "False");
    assert_eq!(of(&status, "Enforced").status, "True");
    assert!(status.conditions.iter().all(|condition| condition.type_ != "Stalled"));
    assert_eq!(status.workloads.unwrap().summary, "1/3");
}
