//! Traps 12 to 23, 29, 37, 38 and 40 to 42 of the dossier (regulation.md 9.1): what is asked of a declaration and how the
//! law is quoted.

use deepsynthesis::api::service::{FailMode, Technology};
use deepsynthesis::compliance::validate::validate_service;
use deepsynthesis::compliance::{Gate, Reason, RuleState};
use deepsynthesis::label::aigc::is_label_value;
use deepsynthesis::law::label_words::{is_corner_mark, is_text_label};
use deepsynthesis::law::{Duty, Instrument, Months, Period, ProviderCode, Uscc};
use deepsynthesis::sidecar::produce_id;
use serde_json::{Value, json};

use crate::support::{Case, service};

/// A lawful service that changes in one place.
fn lawful(patch: Value) -> Case {
    let every_basis = json!({"basis": ["Article20", "Article15Biometric", "PiplArticle55"]});
    Case::new().service(patch).filing(json!({})).assessment(every_basis)
}

fn pictures(labelling: Value) -> Case {
    lawful(json!({"technologies": ["VisualNonBiometric", "DigitalHumanScene"], "confusionCategories": ["Other"],
        "labelling": labelling}))
}

#[test]
fn five_percent_of_the_shortest_side_as_text_height_trap_12() {
    for (kind, duty) in [("image", Duty::ImageForm), ("video", Duty::VideoForm), ("scene", Duty::SceneForm)] {
        for (percent, state) in [(4, RuleState::Violated), (5, RuleState::Satisfied), (6, RuleState::Satisfied)] {
            let labelling = json!({kind: {"textHeightPercent": percent, "seconds": 2}});
            assert_eq!(pictures(labelling).verdict().state(duty), state, "{kind} {percent}");
        }
        // What the number means is said where it is typed.
        assert!(duty.entry().admission.is_some_and(|text| text.contains("shortest side")), "{kind}");
    }
}

#[test]
fn an_edge_is_as_lawful_as_a_corner_trap_13() {
    for position in ["Edge", "Corner"] {
        let labelling = json!({"image": {"textHeightPercent": 5, "position": position},
            "video": {"textHeightPercent": 5, "seconds": 2, "position": position}});
        let case = pictures(labelling);
        assert_eq!((case.verdict().gate, case.findings()), (Gate::Open, vec![]), "{position}");
    }
}

#[test]
fn a_badge_or_a_product_name_is_no_label_trap_14() {
    for wording in ["AI", "AI助手", "智能生成", "生成"] {
        assert!(!is_text_label(wording), "{wording}");
        let case = pictures(json!({"wording": wording}));
        assert_eq!(case.verdict().state(Duty::ImageForm), RuleState::Violated, "{wording}");
        assert_eq!(case.findings()[0], "Violation LabelBelowStandard");
    }
    assert!(is_corner_mark("AI"), "the corner mark of text is the exception");
}

#[test]
fn a_video_label_lasts_two_seconds_from_the_first_picture_trap_16() {
    for (seconds, gate) in [(1, Gate::Closed), (2, Gate::Open), (30, Gate::Open)] {
        let case = pictures(json!({"video": {"textHeightPercent": 5, "seconds": seconds}}));
        assert_eq!(case.verdict().gate, gate, "{seconds}");
    }
    // Around the player alone is not inside the file.
    let chrome = json!({"video": {"textHeightPercent": 5, "seconds": 1, "aroundPlayer": true}});
    assert_eq!(pictures(chrome).verdict().state(Duty::VideoForm), RuleState::Violated);
}

#[test]
fn a_virtual_scene_has_no_two_second_rule_trap_17() {
    let case = pictures(json!({"scene": {"textHeightPercent": 5}}));
    assert_eq!(case.verdict().state(Duty::SceneForm), RuleState::Satisfied);
    let scene = serde_json::to_value(case.service.labelling.scene).unwrap();
    assert_eq!(scene, json!({"textHeightPercent": 5}), "there are no seconds to ask for");
}

#[test]
fn a_label_in_the_interface_is_not_enough_for_downloads_trap_18() {
    let ui = json!({"explicit": "UserInterface",
        "userInterface": {"shownBy": "App", "url": "https://poet.example", "evidence": "报告-3"}});
    let route = |export: bool| json!([{"port": 8080, "routes": [{"path": "/download", "export": export}]}]);
    let case = lawful(json!({"labelling": ui, "endpoints": route(true)}));
    assert_eq!((case.verdict().gate, case.findings()), (Gate::Closed, vec!["Violation ExportLabelMissing".to_owned()]));
    assert_eq!(Reason::ExportLabelMissing.article(), "Labelling Measures Art. 4, last paragraph");
    assert_eq!(lawful(json!({"labelling": ui, "endpoints": route(false)})).verdict().gate, Gate::Open);
}

#[test]
fn the_waiver_drops_the_explicit_label_only_trap_19() {
    let waiver = json!({"waiver": {"enabled": true, "clause": "第九条", "logRecipient": true}});
    let verdict = lawful(json!({"labelling": waiver})).verdict();
    assert_eq!(verdict.state(Duty::Waiver), RuleState::Satisfied);
    for duty in [Duty::ImplicitLabel, Duty::MetadataForm, Duty::TechnicalMark, Duty::ConspicuousMark] {
        assert_eq!(verdict.state(duty), RuleState::Satisfied, "{duty:?} stays owed");
    }
}

#[test]
fn six_months_are_the_cybersecurity_laws_and_no_180_days_trap_20() {
    assert!(Months::parse("P180D").is_err());
    for duty in Duty::ALL.into_iter().filter(|duty| duty.entry().period == Some(Period::Months(6))) {
        assert!([Duty::NetworkLogs, Duty::Waiver].contains(&duty), "{duty:?} names six months");
    }
    let case = lawful(json!({"retention": {"logs": "P180D"}}));
    assert_eq!(case.findings(), ["Violation RetentionBelowFloor"]);
    assert_eq!(Reason::RetentionBelowFloor.article(), "Cybersecurity Law Art. 23(3)");
}

#[test]
fn the_cybersecurity_law_is_quoted_in_its_numbering_of_2026_trap_21() {
    assert_eq!(Duty::NetworkLogs.article_zh(), "《网络安全法》第二十三条第三项");
    for reason in Reason::ALL {
        for text in [reason.article(), reason.message_en(), reason.remedy_en()] {
            assert!(!text.contains("Cybersecurity Law Art. 21"), "{reason:?}");
        }
    }
}

#[test]
fn articles_are_those_of_the_final_order_trap_22() {
    for (duty, article) in [
        (Duty::IdentityVerification, "Order 12 Art. 9"),
        (Duty::RumourRefutation, "Order 12 Art. 11"),
        (Duty::ConsentPrompt, "Order 12 Art. 14(2)"),
        (Duty::TechnicalMark, "Order 12 Art. 16"),
        (Duty::ConspicuousMark, "Order 12 Art. 17(1)"),
        (Duty::Filing, "Order 12 Art. 19"),
    ] {
        assert_eq!(duty.article(), article);
    }
    let order = Duty::ALL.into_iter().filter(|duty| duty.entry().instrument == Instrument::Order12);
    assert!(order.map(|duty| duty.entry().period).all(|period| period.is_none()), "the Order names no months");
}

#[test]
fn generation_needs_no_verified_user_trap_23() {
    let verdict = lawful(json!({"identity": null})).verdict();
    assert_eq!((verdict.gate, verdict.state(Duty::IdentityVerification)), (Gate::Open, RuleState::NotApplicable));
    let posts = json!([{"port": 8080, "routes": [{"path": "/posts", "publication": true}]}]);
    let verdict = lawful(json!({"identity": null, "endpoints": posts})).verdict();
    assert_eq!((verdict.gate, verdict.state(Duty::IdentityVerification)), (Gate::Closed, RuleState::Violated));
}

#[test]
fn the_filing_number_is_never_praised_trap_29() {
    let boasts = ["certified", "endorsed", "recommended by", "trusted by", "认证通过", "官方推荐", "权威", "获批"];
    let texts =
        Reason::ALL.into_iter().flat_map(|reason| [reason.message_en(), reason.message_zh(), reason.remedy_en()]);
    let duties = [Duty::Filing, Duty::FilingDisplay, Duty::AlgorithmDisplay, Duty::GenAiDisplay];
    let more = duties.into_iter().flat_map(|duty| [duty.entry().remedy_en, duty.entry().remedy_zh, duty.title_zh()]);
    for text in texts.chain(more) {
        assert!(boasts.iter().all(|boast| !text.contains(boast)), "{text}");
    }
}

#[test]
fn no_persons_number_gets_into_public_metadata_trap_37() {
    let resident = "11010519491231002X";
    assert!(Uscc::parse(resident).is_err());
    let found = validate_service(&service(json!({"provider": {"unifiedSocialCreditCode": resident}})));
    assert_eq!(found[0].field, "spec.provider.unifiedSocialCreditCode");
    // Subject type and binding of a person.
    for head in ["0021", "0012", "0022"] {
        assert!(ProviderCode::parse(&format!("{head}{resident}00000")).is_err(), "{head}");
    }
    for id in [produce_id::fresh(), produce_id::derived("uid", "host", "/users/13800138000", "\"x\"", None)] {
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) && is_label_value(&id), "{id}");
        assert!(!id.contains("13800138000"));
    }
}

#[test]
fn a_check_that_is_down_lets_nothing_pass_unless_declared_trap_38() {
    let case = lawful(json!({}));
    assert_eq!(case.service.content_review.as_ref().map(|review| review.fail_mode), Some(FailMode::Closed));
    let open = lawful(json!({"contentReview": {"failMode": "Open"}}));
    assert_eq!(open.verdict().state(Duty::ContentReview), RuleState::CannotKnow, "and then it is not green");
    assert_eq!(open.findings(), ["Warning ContentReviewFailsOpen"]);
}

#[test]
fn restoration_is_deep_synthesis_trap_40() {
    let case = lawful(json!({"technologies": ["VisualNonBiometric"], "functions": ["ImageEnhancement"],
        "confusionCategories": []}));
    assert_eq!(case.service.technologies, [Technology::VisualNonBiometric]);
    for duty in [Duty::TechnicalMark, Duty::ImplicitLabel, Duty::MarkingFunction] {
        assert_eq!(case.verdict().state(duty), RuleState::Satisfied, "{duty:?}");
    }
}
