//! What holds for every set of facts.

use deepsynthesis::api::Declarations;
use deepsynthesis::compliance::records::{Apart, Index, Record};
use deepsynthesis::compliance::{Exemption, Facts, Gate, Named, Severity, Verdict, evaluate};
use deepsynthesis::law::Duty;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use crate::generators::{any_case, one_of};
use crate::support::{Case, at, filing};

pub fn strictness(verdict: &Verdict) -> u8 {
    match verdict.gate {
        Gate::Open => 0,
        Gate::Grace => 1,
        Gate::Closed => 2,
    }
}

/// A verdict without the instant of the next look, which may be too early and nothing is lost.
pub fn timeless(verdict: Verdict) -> Verdict {
    Verdict { next_change: None, ..verdict }
}

const BASES: [&str; 5] =
    ["Article20", "Article15Biometric", "Article15SpecialObject", "GenAiArticle17", "PiplArticle55"];

/// Every record that a service can need.
fn with_all_records(case: Case) -> Case {
    let case = ["Provider", "TechnicalSupporter"].into_iter().fold(case, |case, role| {
        case.filing(json!({"name": format!("z-{role}"), "role": role, "filedOn": "2025-12-01"}))
    });
    let number = "Shanghai-CallAgent-20260629S0187";
    case.filing(json!({"name": "z-genai", "kind": "GenAiRegistration", "number": number, "modelName": "测试模型", "filedOn": "2025-12-01"}))
        .assessment(json!({"name": "z", "basis": BASES, "assessedOn": "2025-12-01"}))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn adding_a_satisfying_record_never_closes(case in any_case(), role in one_of(&["Provider", "TechnicalSupporter"])) {
        let before = strictness(&case.verdict());
        let filed = case.clone().filing(json!({"name": "z", "role": role, "filedOn": "2025-12-01"}));
        prop_assert!(strictness(&filed.verdict()) <= before);
        let assessed = filed.assessment(json!({"name": "z", "basis": BASES, "assessedOn": "2025-12-01"}));
        prop_assert!(strictness(&assessed.verdict()) <= before);
        prop_assert!(strictness(&with_all_records(case).verdict()) <= before);
    }

    #[test]
    fn a_full_set_of_records_leaves_only_what_no_record_cures(case in any_case()) {
        let cured = [Duty::Filing, Duty::SupporterFiling, Duty::FilingDeadline, Duty::ToolAssessment, Duty::LaunchAssessment,
            Duty::GenAiAssessment, Duty::GenAiFiling, Duty::ImpactAssessment];
        let verdict = with_all_records(case).verdict();
        prop_assert!(verdict.gate != Gate::Grace);
        for finding in verdict.findings.iter().filter(|finding| finding.severity == Severity::Violation) {
            prop_assert!(!cured.contains(&finding.reason.duty()), "{finding:?}");
        }
    }

    #[test]
    fn an_expired_record_equals_none(case in any_case(), function in one_of(&["News", "Culture"])) {
        let expired = case.clone().assessment(
            json!({"name": "z", "basis": ["Article20", "Article15Biometric", "PiplArticle55", "ScopeDecision"],
                "assessedOn": "2025-01-01", "validUntil": "2025-12-01", "nextReviewOn": "2025-06-01"}));
        let (with, without) = (expired.verdict(), case.verdict());
        prop_assert_eq!((with.gate, with.closes_at, with.outcomes), (without.gate, without.closes_at, without.outcomes));
        let mut licensed = case.clone();
        licensed.service.licences.push(serde_json::from_value(
            json!({"function": function, "number": "1", "authority": "机关", "validUntil": "2025-12-01"})).unwrap());
        prop_assert_eq!(licensed.verdict(), case.verdict());
        let mut ordered = case.clone();
        ordered.policy.orders.push(serde_json::from_value(json!({"reference": "旧令", "measure": "SuspendService",
            "unifiedSocialCreditCode": "91440300708461136T", "from": "2025-01-01T00:00:00Z", "until": "2025-12-01T00:00:00Z"})).unwrap());
        prop_assert_eq!(ordered.verdict(), case.verdict());
    }

    #[test]
    fn the_order_of_records_is_irrelevant(case in any_case(), turn in 0usize..5) {
        let turned = case.with_facts(|facts, now| {
            let (filings, assessments) = (turned(facts.filings, turn), turned(facts.assessments, turn));
            let mut exemptions = facts.exemptions.to_vec();
            exemptions.reverse();
            let (mut spec, mut policy) = (facts.spec.clone(), facts.policy.clone());
            spec.licences.reverse();
            policy.orders.reverse();
            let facts = Facts { filings: filings.as_slices(), assessments: assessments.as_slices(),
                exemptions: &exemptions, spec: &spec, policy: &policy, ..*facts };
            evaluate(&facts, now)
        });
        prop_assert_eq!(turned, case.verdict());
    }

    #[test]
    fn the_order_of_declared_lists_is_irrelevant(case in any_case()) {
        let plain = |mut verdict: Verdict| {
            // A detail may name entries in their order.
            verdict.findings.iter_mut().for_each(|finding| finding.detail = None);
            verdict.findings.sort();
            verdict.findings.dedup();
            verdict
        };
        let mut turned = case.clone();
        let spec = &mut turned.service;
        spec.roles.reverse();
        spec.technologies.reverse();
        spec.confusion_categories.reverse();
        spec.functions.reverse();
        spec.models.reverse();
        spec.management_systems.reverse();
        if let Some(identity) = &mut spec.identity {
            identity.means.reverse();
        }
        if let Some(information) = &mut spec.filed_information {
            information.form.reverse();
        }
        for (_, record) in &mut turned.assessments {
            record.basis.reverse();
            record.models.reverse();
            record.functions.reverse();
        }
        prop_assert_eq!(plain(turned.verdict()), plain(case.verdict()));
    }

    #[test]
    fn the_index_of_records_loses_nothing(case in any_case()) {
        let indexed = case.with_facts(|facts, now| {
            let filings = indexed(facts, facts.filings);
            let assessments = indexed(facts, facts.assessments);
            let here = |exemption: &&Exemption<'_>| exemption.spec.target.namespace == facts.namespace;
            let facts = Facts {
                filings: filings.as_slices(),
                assessments: assessments.as_slices(),
                exemptions: &facts.exemptions.iter().filter(here).cloned().collect::<Vec<_>>(),
                ..*facts
            };
            evaluate(&facts, now)
        });
        let all = case.verdict();
        prop_assert!(all.next_change.is_none_or(|all| indexed.next_change.is_none_or(|indexed| all <= indexed)));
        prop_assert_eq!(timeless(indexed), timeless(all));
    }

    #[test]
    fn closed_means_a_violation_and_the_reverse(case in any_case()) {
        let verdict = case.verdict();
        let violations = || verdict.findings.iter().filter(|finding| finding.severity == Severity::Violation);
        prop_assert_eq!(verdict.gate == Gate::Closed, violations().next().is_some());
        let requires = case.policy.declarations == Declarations::Require;
        prop_assert!(violations().all(|finding| finding.reason.closes() || requires));
        prop_assert!(verdict.closes_at.is_none() || verdict.gate != Gate::Closed);
        prop_assert!(verdict.is_suspended <= (verdict.gate == Gate::Closed));
    }

    #[test]
    fn a_service_tightens_the_policy_and_never_loosens_it(case in any_case()) {
        let verdict = case.verdict();
        prop_assert_eq!(verdict.mode, case.service.mode.map_or(case.policy.mode, |own| own.max(case.policy.mode)));
        let floor = case.policy.filing_mode;
        prop_assert_eq!(verdict.filing_mode, case.service.filing_mode.map_or(floor, |own| own.max(floor)));
        let mut silent = case.clone();
        silent.service.filing_mode = None;
        prop_assert!(strictness(&silent.verdict()) <= strictness(&verdict));
    }

    #[test]
    fn evaluate_is_total(mut case in any_case(), number in "\\PC{0,30}", date in "\\PC{0,12}", uscc in "\\PC{0,20}",
        now in any::<i64>(), ready in any::<i64>()) {
        let limit = |value: i64| Timestamp::from_second(value % 200_000_000_000).unwrap_or(Timestamp::MAX);
        case.now = limit(now);
        let history = case.history.get_or_insert_default();
        history.first_public_ready = Some(limit(ready).to_string());
        history.changed_at = Some(date.clone());
        case.service.provider.service_code = uscc.chars().take(4).collect();
        case.service.retention.logs = date.clone();
        case.service.labelling.wording = Some(number.clone());
        case.policy.retention_floor = date.clone();
        let (name, mut record) = filing(json!({}));
        record.number = Some(number);
        record.filed_on = Some(date.clone());
        record.unified_social_credit_code = uscc;
        case.filings.push((name, record));
        for (_, record) in case.assessments.iter_mut().take(1) {
            record.assessed_on = date.clone();
            record.valid_until = Some(date.clone());
            record.next_review_on = Some(date.clone());
        }
        for (spec, _) in &mut case.exemptions {
            spec.expires_at = date.clone();
        }
        prop_assert_eq!(case.verdict().outcomes.len(), Duty::ALL.len());
    }
}

#[test]
fn evaluate_is_total_at_the_ends_of_time() {
    for now in [Timestamp::MIN, Timestamp::MAX, at("2026-11-24T00:00:00Z")] {
        for other in [None, Some(Timestamp::MIN), Some(Timestamp::MAX)].map(|at| at.map(|at: Timestamp| at.to_string()))
        {
            let changed = json!({"firstPublicReady": other, "changedAt": other});
            let mut case = Case::new()
                .assessment(json!({"validUntil": "9999-12-31"}))
                .filing(json!({"providerName": "旧名", "filedOn": "9999-12-31"}))
                .filing(json!({"providerName": "旧名", "filedOn": "-009999-01-01"}))
                .policy(json!({"replacementDays": 3650}))
                .history(changed);
            case.now = now;
            assert_eq!(case.verdict().outcomes.len(), Duty::ALL.len());
        }
    }
}

/// The records as their index finds them.
fn indexed<'a, T: Record>(facts: &Facts<'a>, records: Apart<&'a [Named<'a, T>]>) -> Apart<Vec<Named<'a, T>>> {
    let all: Vec<Named<'a, T>> = records.all().copied().collect();
    let index = Index::new(all.iter().map(|record| record.spec).enumerate());
    index.of(facts.namespace, &facts.spec.provider).filter_map(|at| all.get(at).copied())
}

fn turned<'a, T>(records: Apart<&'a [Named<'a, T>]>, turn: usize) -> Apart<Vec<Named<'a, T>>> {
    let turned = |records: &[Named<'a, T>]| {
        let mut records = records.to_vec();
        let by = turn % records.len().max(1);
        records.rotate_left(by);
        records
    };
    Apart { own: turned(records.own), neighbours: turned(records.neighbours) }
}
