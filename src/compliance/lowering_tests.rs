//! Claims about edits that lower a duty.
//!
//! In: specs that differ by a patch. Out: passes or says which row does not hold. Must not: be compiled into a program.

use super::*;
use serde_json::{Value, json};

fn spec(patch: Value) -> DeepSynthesisServiceSpec {
    let mut spec = json!({
        "provider": {"name": "x", "unifiedSocialCreditCode": "91440300708461136T", "serviceCode": "0001"},
        "roles": ["Provider", "TechnicalSupporter"], "audience": "PublicChina", "technologies": ["Text", "Speech"],
        "confusionCategories": ["DialogueWriting", "Voice"], "functions": ["Dialogue", "VoiceCloning"],
        "publicOpinion": {"attribute": true}, "biometricEditing": {"face": true, "voice": true},
        "specialObjectEditing": true, "generativeAi": true,
        "workloadSelector": {"matchLabels": {"app": "x", "tier": "web"}},
        "endpoints": [{"port": 80, "routes": [
            {"path": "/v1", "content": "Generated", "publication": true},
            {"path": "/", "content": "NotGenerated"},
        ]}],
    });
    json_patch::merge(&mut spec, &patch);
    serde_json::from_value(spec).unwrap()
}

fn pairs(lowered: &[Lowered]) -> Vec<(DecidedField, &str)> {
    lowered.iter().map(|lowered| (lowered.decided.field, lowered.decided.value.as_str())).collect()
}

#[test]
fn every_decided_field_is_seen_when_it_goes_down_and_not_when_it_goes_up() {
    use DecidedField as F;
    let route = |routes: Value| json!({"endpoints": [{"port": 80, "routes": routes}]});
    let rows: Vec<(Value, Vec<(F, &str)>)> = vec![
        (json!({}), vec![]),
        (json!({"provider": {"name": "y"}, "mode": "Audit", "filingMode": "Grace"}), vec![]),
        (json!({"audience": "Enterprise"}), vec![(F::Audience, "Enterprise")]),
        (json!({"audience": "Internal"}), vec![(F::Audience, "Internal")]),
        (json!({"publicOpinion": {"attribute": false}}), vec![(F::PublicOpinionAttribute, "false")]),
        (json!({"roles": ["Provider"]}), vec![(F::RoleRemoved, "TechnicalSupporter")]),
        (json!({"technologies": ["Speech", "Text"]}), vec![]),
        (json!({"technologies": ["Text"]}), vec![(F::TechnologyRemoved, "Speech")]),
        (json!({"confusionCategories": ["Voice"]}), vec![(F::ConfusionCategoryRemoved, "DialogueWriting")]),
        (json!({"functions": []}), vec![(F::FunctionRemoved, "Dialogue"), (F::FunctionRemoved, "VoiceCloning")]),
        (
            json!({"biometricEditing": {"face": false, "voice": false}}),
            vec![(F::FaceEditing, "false"), (F::VoiceEditing, "false")],
        ),
        (json!({"specialObjectEditing": false}), vec![(F::SpecialObjectEditing, "false")]),
        (json!({"generativeAi": false}), vec![(F::GenerativeAi, "false")]),
        (json!({"labelling": {"explicit": "Offer"}}), vec![(F::ExplicitLabelling, "Offer")]),
        (json!({"workloadSelector": {"matchLabels": {"app": "y"}}}), vec![(F::WorkloadSelector, "Changed")]),
        (
            json!({"workloadSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}),
            vec![(F::WorkloadSelector, "Changed")],
        ),
        // Asking for less selects more.
        (json!({"workloadSelector": {"matchLabels": {"tier": null}}}), vec![]),
        // A new path that is not generated, also for one method only.
        (
            route(json!([
                {"path": "/v1/x", "methods": ["GET"], "content": "NotGenerated", "publication": true},
                {"path": "/v1", "content": "Generated", "publication": true},
                {"path": "/", "content": "NotGenerated"},
            ])),
            vec![(F::RouteNotGenerated, "/v1/x")],
        ),
        // The same routes in another order.
        (
            route(json!([
                {"path": "/", "content": "NotGenerated"},
                {"path": "/v1", "content": "Generated", "publication": true},
            ])),
            vec![(F::RouteNotGenerated, "/v1"), (F::RouteNotPublishing, "/v1")],
        ),
        (route(json!([{"path": "/v1", "content": "Generated"}])), vec![(F::RouteNotPublishing, "/v1")]),
        // What was not generated may be narrowed, and a part of it named again.
        (
            route(json!([
                {"path": "/v1", "content": "Generated", "publication": true},
                {"path": "/static", "content": "NotGenerated"},
            ])),
            vec![],
        ),
        // Another port is another door.
        (
            json!({"endpoints": [{"port": 81, "routes": [{"path": "/", "content": "NotGenerated"}]}]}),
            vec![(F::RouteNotGenerated, "/")],
        ),
    ];
    let old = spec(json!({}));
    for (patch, expected) in rows {
        let found = lowered(&old, &spec(patch.clone()));
        assert_eq!(pairs(&found), expected, "{patch}");
        let back = lowered(&spec(patch.clone()), &old);
        let selector = found.iter().any(|one| one.decided.field == F::WorkloadSelector);
        if !selector && !patch.to_string().contains("endpoints") && !patch.to_string().contains("tier") {
            assert_eq!(pairs(&back), vec![], "back from {patch}");
        }
    }
}

#[test]
fn a_decision_covers_the_field_the_value_and_the_service_it_names() {
    let (old, new) = (spec(json!({})), spec(json!({"audience": "Internal", "publicOpinion": {"attribute": false}})));
    let left = |patch: Value| {
        let mut record = json!({
            "basis": ["ScopeDecision"], "reportId": "D-1", "reportSha256": "0".repeat(64), "assessor": "x",
            "assessedOn": "2026-11-24", "unifiedSocialCreditCode": "91440300708461136T", "serviceCode": "0001",
            "result": "Passed", "scope": {"namespaces": ["studio"]},
            "decision": {"values": [
                {"field": "Audience", "value": "Internal"}, {"field": "PublicOpinionAttribute", "value": "false"},
            ]},
        });
        json_patch::merge(&mut record, &patch);
        let record: AssessmentRecordSpec = serde_json::from_value(record).unwrap();
        let records = [Named { name: "decision", spec: &record }];
        undecided(lowered(&old, &new), &records, &new, "studio", jiff::civil::date(2026, 11, 24)).len()
    };
    assert_eq!(left(json!({})), 0);
    assert_eq!(left(json!({"decision": {"values": [{"field": "Audience", "value": "Internal"}]}})), 1);
    assert_eq!(left(json!({"decision": {"values": [{"field": "Audience", "value": "Enterprise"}]}})), 2);
    assert_eq!(left(json!({"serviceCode": "0002"})), 2);
    assert_eq!(left(json!({"unifiedSocialCreditCode": "91110108MADEM0XY18"})), 2);
    assert_eq!(left(json!({"scope": {"namespaces": ["other"]}})), 2);
}
