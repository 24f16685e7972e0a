//! The dossier's traps (regulation.md 9.1) that belong to this room, by number.

use deepsynthesis::compliance::{Gate, RuleState};
use deepsynthesis::law::Duty;
use serde_json::json;

use crate::support::Case;

#[test]
fn denies_unfiled_service_article_19() {
    let case = Case::new().assessment(json!({})).ready("2026-01-05T10:00:00+08:00");
    assert_eq!(case.verdict().gate, Gate::Closed);
    assert_eq!(case.findings(), ["Violation FilingOverdue"]);
    assert_eq!(case.verdict().findings[0].reason.article(), "Algorithm Provisions Art. 24");
}

#[test]
fn does_not_ask_for_collected_consents_trap_24() {
    let case = Case::new()
        .service(json!({"technologies": ["VisualBiometric"], "confusionCategories": ["FacePerson"],
            "biometricEditing": {"face": true}, "publicOpinion": {"attribute": false}}))
        .assessment(json!({"basis": ["Article15Biometric", "PiplArticle55"]}));
    assert_eq!((case.verdict().gate, case.findings()), (Gate::Open, vec![]));
}

#[test]
fn asks_supporters_for_the_assessment_trap_25() {
    for roles in [json!(["Provider"]), json!(["TechnicalSupporter"]), json!(["Propagator", "TechnicalSupporter"])] {
        let case = Case::new().service(
            json!({"roles": roles, "technologies": ["VisualBiometric"], "publicOpinion": {"attribute": false}}),
        );
        assert_eq!(case.verdict().state(Duty::ToolAssessment), RuleState::Violated, "{roles}");
    }
}

#[test]
fn other_services_owe_function_and_prompt_trap_26() {
    let case = Case::new().service(json!({"confusionCategories": [], "labelling": {"explicit": "UserInterface"}}));
    assert!(case.findings().contains(&"Notice MarkingFunctionOwed".to_owned()));
    assert_eq!(case.verdict().state(Duty::MarkingFunction), RuleState::CannotKnow);
}

#[test]
fn upstream_number_is_never_shown_as_own_trap_27() {
    let case = Case::new().assessment(json!({})).filing(json!({"unifiedSocialCreditCode": "91110102MACQD9K640"}));
    assert_eq!(case.verdict().filing, None);
    assert_eq!(case.findings(), ["Warning FilingProviderMismatch"]);
}

#[test]
fn recommendation_classes_do_not_count_trap_28() {
    for class in ["02", "03", "04", "05", "06", "00", "10"] {
        let number = format!("网信算备1101081058580{class}230019号");
        let case =
            Case::new().policy(json!({"filingMode": "Strict"})).assessment(json!({})).filing(json!({"number": number}));
        assert_eq!(case.findings(), ["Violation FilingWrongClass"], "{class}");
    }
}

#[test]
fn api_products_are_providers_trap_30() {
    let api =
        json!({"audience": "Enterprise", "technologies": ["VisualBiometric"], "publicOpinion": {"attribute": false}});
    let verdict = Case::new().service(api).verdict();
    assert_eq!(verdict.state(Duty::ToolAssessment), RuleState::Violated);
    assert_ne!(verdict.state(Duty::TechnicalMark), RuleState::NotApplicable);
}

#[test]
fn shows_the_providers_number_and_link_article_19() {
    let case = Case::new()
        .service(json!({"roles": ["TechnicalSupporter", "Provider"]}))
        .assessment(json!({}))
        .filing(json!({"name": "supporter", "role": "TechnicalSupporter", "number": "网信算备110108823483901230023号", "filedOn": "2026-10-01"}))
        .filing(json!({"name": "first", "filedOn": "2024-03-01"}))
        .filing(json!({"name": "second", "number": "网信算备:110108823483901230031号", "filedOn": "2026-09-01"}));
    let shown = case.verdict().filing.expect("in force");
    assert_eq!((shown.record.as_str(), shown.number.as_str()), ("second", "网信算备110108823483901230031号"));
    assert_eq!(shown.link.as_deref(), Some("https://beian.cac.gov.cn/#/index"));
}

#[test]
fn voluntary_filing_is_shown_although_none_was_owed() {
    let case = Case::new().service(json!({"publicOpinion": {"attribute": false}})).filing(json!({}));
    assert!(case.verdict().filing.is_some());
    assert_eq!(case.verdict().state(Duty::Filing), RuleState::NotApplicable);
}

#[test]
fn next_deadline_is_told_although_the_gate_is_closed() {
    let case = Case::new()
        .service(json!({"technologies": ["VisualBiometric"]}))
        .filing(json!({}))
        .assessment(json!({"validUntil": "2026-12-31"}));
    let verdict = case.verdict();
    assert_eq!((verdict.gate, verdict.closes_at), (Gate::Closed, None));
    assert_eq!(verdict.next_deadline.map(|t| t.to_string()).as_deref(), Some("2026-12-31T16:00:00Z"));
}
