//! What holds for every set of facts.

use deepsynthesis::compliance::{Gate, Verdict};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Case, at, filing};

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(values)
}

fn day() -> impl Strategy<Value = String> {
    (2026u16..=2027, 1u8..=13, 1u8..=31).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
}

fn identity() -> impl Strategy<Value = (&'static str, &'static str, &'static str)> {
    (
        one_of(&["91440300708461136T", "91440300708461136T", "91110102MACQD9K640"]),
        one_of(&["0001", "0001", "0002"]),
        one_of(&["studio", "studio", "elsewhere"]),
    )
}

fn any_filing() -> impl Strategy<Value = Value> {
    (
        one_of(&["a", "b", "c"]),
        identity(),
        one_of(&["Provider", "TechnicalSupporter", "Propagator"]),
        one_of(&["Filed", "Filed", "Submitted", "Rejected", "Cancelled"]),
        one_of(&[
            "网信算备110108105858001230019号",
            "网信算备：110108823483901230031号",
            "网信算备110108105858001230017号",
            "网信算备110108105858002230019号",
            "网信算备110号",
            "",
        ]),
        day(),
    )
        .prop_map(|(name, (uscc, code, namespace), role, state, number, day)| {
            json!({"name": name, "unifiedSocialCreditCode": uscc, "serviceCode": code, "role": role, "state": state,
                "number": number, "filedOn": day, "scope": {"namespaces": [namespace]}})
        })
}

fn any_assessment() -> impl Strategy<Value = Value> {
    (
        one_of(&["a", "b", "c"]),
        identity(),
        one_of(&["Article20", "Article15Biometric", "Article15SpecialObject"]),
        one_of(&["Passed", "Passed", "Conditional", "Failed"]),
        day(),
        proptest::option::of(day()),
    )
        .prop_map(|(name, (uscc, code, namespace), basis, result, from, until)| {
            json!({"name": name, "unifiedSocialCreditCode": uscc, "serviceCode": code, "basis": [basis], "result": result,
                "assessedOn": from, "validUntil": until, "scope": {"namespaces": [namespace]}})
        })
}

fn any_service() -> impl Strategy<Value = Value> {
    (
        proptest::sample::subsequence(vec!["Provider", "TechnicalSupporter", "Propagator", "AppStore"], 1..=4),
        one_of(&["PublicChina", "PublicChina", "Enterprise", "Internal"]),
        proptest::sample::subsequence(vec!["Text", "Speech", "VisualBiometric"], 1..=3),
        any::<(bool, bool, bool)>(),
        proptest::option::of(one_of(&["Grace", "Strict"])),
    )
        .prop_map(|(roles, audience, technologies, (attribute, face, voice), mode)| {
            json!({"roles": roles, "audience": audience, "technologies": technologies, "filingMode": mode,
                "publicOpinion": {"attribute": attribute}, "biometricEditing": {"face": face, "voice": voice}})
        })
}

prop_compose! {
    fn any_case()(
        service in any_service(),
        filings in proptest::collection::vec(any_filing(), 0..5),
        assessments in proptest::collection::vec(any_assessment(), 0..5),
        // 2026 and 2027, so that lapses, holidays and a year without data all occur.
        ready in proptest::option::of(1_767_200_000i64..1_830_000_000),
        now in 1_767_200_000i64..1_830_000_000,
    ) -> Case {
        let mut case = Case::new().service(service);
        case = filings.into_iter().fold(case, Case::filing);
        case = assessments.into_iter().fold(case, Case::assessment);
        case.history.get_or_insert_default().first_public_ready =
            ready.and_then(|second| Timestamp::from_second(second).ok()).map(|ready| ready.to_string());
        case.now = Timestamp::from_second(now).unwrap_or_default();
        case
    }
}

fn strictness(verdict: &Verdict) -> u8 {
    match verdict.gate {
        Gate::Open => 0,
        Gate::Grace => 1,
        Gate::Closed => 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn adding_a_satisfying_record_never_closes(case in any_case(), role in one_of(&["Provider", "TechnicalSupporter"])) {
        let before = strictness(&case.verdict());
        let filed = case.clone().filing(json!({"name": "z", "role": role, "filedOn": "2025-12-01"}));
        prop_assert!(strictness(&filed.verdict()) <= before);
        let assessed = filed.assessment(json!({"name": "z", "basis": ["Article20", "Article15Biometric"], "assessedOn": "2025-12-01"}));
        prop_assert!(strictness(&assessed.verdict()) <= before);
    }

    #[test]
    fn full_set_of_records_always_opens(mut case in any_case()) {
        for role in ["Provider", "TechnicalSupporter"] {
            case = case.filing(json!({"name": "z", "role": role, "filedOn": "2025-12-01"}));
        }
        case = case.assessment(json!({"name": "z", "basis": ["Article20", "Article15Biometric"], "assessedOn": "2025-12-01"}));
        prop_assert_eq!(case.verdict().gate, Gate::Open);
    }

    #[test]
    fn an_expired_record_equals_none(case in any_case()) {
        let expired = case.clone().assessment(
            json!({"name": "z", "basis": ["Article20", "Article15Biometric"], "assessedOn": "2025-01-01", "validUntil": "2025-12-01"}));
        let (with, without) = (expired.verdict(), case.verdict());
        prop_assert_eq!((with.gate, with.closes_at, with.outcomes), (without.gate, without.closes_at, without.outcomes));
    }

    #[test]
    fn the_order_of_records_is_irrelevant(case in any_case(), turn in 0usize..5) {
        let mut turned = case.clone();
        let (filings, assessments) = (turned.filings.len().max(1), turned.assessments.len().max(1));
        turned.filings.rotate_left(turn % filings);
        turned.assessments.rotate_left(turn % assessments);
        prop_assert_eq!(turned.verdict(), case.verdict());
        turned.filings.reverse();
        turned.assessments.reverse();
        prop_assert_eq!(turned.verdict(), case.verdict());
    }

    #[test]
    fn the_gate_holds_until_it_says_it_closes_and_then_closes(case in any_case()) {
        let verdict = case.verdict();
        if let Some(closes_at) = verdict.closes_at {
            prop_assert!(closes_at > case.now);
            let mut before = case.clone();
            before.now = closes_at - jiff::SignedDuration::from_nanos(1);
            prop_assert!(before.verdict().gate != Gate::Closed);
            // A record dated in the future may take over at that very midnight; without one it closes.
            let mut then = case.clone();
            then.now = closes_at;
            let today = case.now.to_string()[..10].to_owned();
            then.assessments.retain(|(_, spec)| spec.assessed_on <= today);
            then.filings.retain(|(_, spec)| spec.filed_on.as_deref() <= Some(today.as_str()));
            prop_assert_eq!(then.verdict().gate, Gate::Closed);
        }
    }

    #[test]
    fn closed_means_a_violation_and_the_reverse(case in any_case()) {
        let verdict = case.verdict();
        let violated = verdict.findings.iter().any(|finding| finding.severity.as_str() == "Violation");
        prop_assert_eq!(verdict.gate == Gate::Closed, violated);
        prop_assert!(verdict.findings.iter().filter(|f| f.severity.as_str() == "Violation").all(|f| f.reason.closes()));
        prop_assert!(verdict.closes_at.is_none() || verdict.gate != Gate::Closed);
    }

    #[test]
    fn evaluate_is_total(mut case in any_case(), number in "\\PC{0,30}", date in "\\PC{0,12}", uscc in "\\PC{0,20}",
        now in any::<i64>(), ready in any::<i64>()) {
        let limit = |value: i64| Timestamp::from_second(value % 200_000_000_000).unwrap_or(Timestamp::MAX);
        case.now = limit(now);
        case.history.get_or_insert_default().first_public_ready = Some(limit(ready).to_string());
        let (name, mut record) = filing(json!({}));
        record.number = Some(number);
        record.filed_on = Some(date.clone());
        record.unified_social_credit_code = uscc;
        case.filings.push((name, record));
        if let Some((_, record)) = case.assessments.first_mut() {
            record.assessed_on = date.clone();
            record.valid_until = Some(date);
        }
        let _ = case.verdict();
    }
}

#[test]
fn evaluate_is_total_at_the_ends_of_time() {
    for now in [Timestamp::MIN, Timestamp::MAX, at("2026-11-24T00:00:00Z")] {
        for ready in [None, Some(Timestamp::MIN), Some(Timestamp::MAX)] {
            let mut case = Case::new().assessment(json!({"validUntil": "9999-12-31"}));
            case.now = now;
            case.history.get_or_insert_default().first_public_ready = ready.map(|ready: Timestamp| ready.to_string());
            let _ = case.verdict();
        }
    }
}
