//! Nobody's own word takes a service out of a duty (Order 12 Art. 2), and nothing contradicts itself.

use serde_json::{Value, json};

use crate::cluster::shared;
use crate::support::{Place, USCC, eventually, template, workload};

fn patch(place: &Place<'_>, patch: &Value) -> crate::support::Said {
    place.kubectl(&["patch", "dss", "studio", "--type=merge", "-p", &patch.to_string()])
}

fn decision(place: &Place<'_>, values: &Value) -> Value {
    let mut record = place.assessment();
    record["metadata"]["name"] = format!("{}-decision", place.name).into();
    record["spec"]["basis"] = json!(["ScopeDecision"]);
    record["spec"]["decision"] = json!({"values": values});
    record
}

#[test]
fn an_edit_that_lowers_a_duty_needs_a_decision_of_the_officer() {
    let place = Place::unfiled(shared(), "lower");
    let edit = json!({"spec": {"audience": "Internal", "publicOpinion": {"attribute": false}}});
    let text = patch(&place, &edit).refused(&[
        "[DutyLowered]",
        "spec.audience: PublicChina → Internal",
        "spec.publicOpinion.attribute: true → false",
        "Order 12 Art. 2",
        "AssessmentRecord",
        "basis: [ScopeDecision]",
        "- {field: Audience, value: \"Internal\"}",
        "- {field: PublicOpinionAttribute, value: \"false\"}",
        "第二条",
    ]);
    assert!(text.contains(&place.code) && text.contains(USCC), "{text}");
    for edit in [
        json!({"spec": {"technologies": ["VisualBiometric"]}}),
        json!({"spec": {"labelling": {"explicit": "UserInterface"}}}),
        json!({"spec": {"workloadSelector": {"matchLabels": {"app": "nothing"}}}}),
        json!({"spec": {"endpoints": [{"port": 8080, "routes": [{"path": "/", "content": "NotGenerated"}]}]}}),
    ] {
        patch(&place, &edit).refused(&["[DutyLowered]"]);
    }
    // Modes have a floor of their own; more duties are always welcome.
    patch(&place, &json!({"spec": {"mode": "Audit", "filingMode": "Grace"}})).admitted();
    patch(&place, &json!({"spec": {"specialObjectEditing": true}})).admitted();
    patch(&place, &json!({"metadata": {"labels": {"team": "x"}}})).admitted();

    // Half a decision is none.
    place.create(&decision(&place, &json!([{"field": "Audience", "value": "Internal"}]))).admitted();
    eventually("the half is decided", 10, || !patch(&place, &edit).said().contains("field: Audience"));
    patch(&place, &edit).refused(&["PublicOpinionAttribute"]);
    place.kubectl(&["delete", "assessmentrecord", &format!("{}-decision", place.name)]).admitted();
    let values = json!([
        {"field": "Audience", "value": "Internal"}, {"field": "PublicOpinionAttribute", "value": "false"},
    ]);
    place.create(&decision(&place, &values)).admitted();
    eventually("the edit is decided", 10, || patch(&place, &edit).is_success());
    assert_eq!(place.jsonpath("dss", "studio", "{.spec.audience}"), "Internal");
}

#[test]
fn provider_and_service_code_of_a_service_do_not_change() {
    let place = Place::unfiled(shared(), "identity");
    for (field, value) in [("serviceCode", "ZZZZ"), ("unifiedSocialCreditCode", "91440300708461136T")] {
        patch(&place, &json!({"spec": {"provider": {field: value}}})).refused(&[
            "[IdentityChanged]",
            field,
            value,
            "Create another DeepSynthesisService",
            "不得更改",
        ]);
    }
    patch(&place, &json!({"spec": {"provider": {"name": "更名后的公司"}}})).admitted();
}

/// The history outlives the service: deleting and creating again is an edit like any other.
#[test]
fn a_service_that_is_made_again_declares_no_less() {
    let place = Place::unfiled(shared(), "again");
    let name = format!("{USCC}-{}", place.code).to_lowercase();
    let history = |place: &Place<'_>| {
        let declared = json!({
            "audience": "PublicChina", "roles": ["Provider"], "technologies": ["Text", "VisualBiometric"],
            "confusionCategories": ["FacePerson"], "publicOpinionAttribute": true, "biometricEditing": {"face": true},
        });
        let object = json!({
            "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "ServiceHistory", "metadata": {"name": name},
            "spec": {"unifiedSocialCreditCode": USCC, "serviceCode": place.code, "declared": declared},
        });
        let words = ["apply", "--server-side", "--force-conflicts", "-f", "-"];
        place.cluster.kubectl(&words, Some(&object.to_string())).admitted();
    };
    history(&place);
    place.kubectl(&["delete", "dss", "studio"]).admitted();
    let mut less = place.service("studio", "studio");
    less["spec"]["audience"] = "Internal".into();
    eventually("the history is known", 10, || {
        place.create_with(&less, &["--dry-run=server"]).said().contains("[DutyLowered]")
    });
    place.create(&less).refused(&["before it", "spec.audience: PublicChina → Internal", "此前同一主体"]);
    place.create(&place.service("studio", "studio")).admitted();
}

#[test]
fn a_policys_mode_is_a_floor() {
    let place = Place::unfiled(shared(), "floor");
    patch(&place, &json!({"spec": {"mode": "Audit", "filingMode": "Grace"}})).admitted();
    place.create(&workload("Deployment", "early", template())).refused(&["BiometricAssessmentMissing", "Art. 15"]);
}

#[test]
fn what_a_service_says_may_not_contradict_itself() {
    let place = Place::empty(shared(), "contradict", true);
    for (edit, texts) in [
        (json!({"functions": ["VoiceCloning"]}), ["spec.biometricEditing.voice", "Arts 14(2), 15(2)", "第十五条"]),
        (json!({"functions": ["ImmersiveScene"]}), ["spec.confusionCategories", "Art. 17(1)", "第十七条"]),
        (json!({"confusionCategories": ["Voice"]}), ["spec.technologies", "Art. 23", "第二十三条"]),
        (json!({"labelling": {"explicit": "Offer"}}), ["spec.labelling.explicit", "Art. 17(1)", "第十七条"]),
        (json!({"labelling": {"wording": "AI"}}), ["spec.labelling.wording", "GB 45438", "人工智能"]),
        (json!({"labelling": {"image": {"textHeightPercent": 4}}}), ["textHeightPercent", "5.2", "5%"]),
        (json!({"labelling": {"waiver": {"enabled": true}}}), ["waiver.clause", "Art. 9", "第九条"]),
        (json!({"retention": {"logs": "P5M"}}), ["spec.retention.logs", "Art. 23", "六个月"]),
        (json!({"identity": {"means": ["NationalNetworkIdentity"]}}), ["spec.identity.means", "voluntary", "自愿"]),
    ] {
        let mut service = place.service("studio", "studio");
        json_patch::merge(&mut service["spec"], &edit);
        place.create(&service).refused(&[&["[Invalid]"][..], &texts].concat());
    }
}

#[test]
fn a_record_that_no_service_of_its_scope_can_mean_is_refused() {
    let place = Place::unfiled(shared(), "mean");
    let mut filing = place.filing();
    filing["spec"]["unifiedSocialCreditCode"] = "91440300708461136T".into();
    place.create(&filing).refused(&["[RecordContradictsService]", "spec.unifiedSocialCreditCode", "studio", "不一致"]);
    let mut filing = place.filing();
    filing["spec"]["role"] = "TechnicalSupporter".into();
    place.create(&filing).refused(&["[RecordContradictsService]", "spec.role", "[Provider]"]);
    let mut assessment = place.assessment();
    assessment["spec"]["unifiedSocialCreditCode"] = "91440300708461136T".into();
    place.create(&assessment).refused(&["[RecordContradictsService]"]);
    place.file();
}
