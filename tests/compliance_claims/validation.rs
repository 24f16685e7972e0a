//! What the schema cannot say.

use deepsynthesis::compliance::validate::{Invalid, validate_assessment, validate_filing, validate_service};
use serde_json::{Value, json};

use crate::support::{assessment, filing, service};

fn fields(found: &[Invalid]) -> Vec<&str> {
    assert!(found.iter().all(|invalid| !invalid.reason.is_empty() && !invalid.remedy.is_empty()));
    found.iter().map(|invalid| invalid.field.as_str()).collect()
}

#[test]
fn lawful_objects_are_valid() {
    assert_eq!(validate_service(&service(json!({}))), []);
    assert_eq!(validate_filing(&filing(json!({})).1), []);
    assert_eq!(validate_filing(&filing(json!({"state": "Submitted", "number": null, "filedOn": null})).1), []);
    assert_eq!(validate_assessment(&assessment(json!({})).1), []);
}

#[test]
fn service_names_the_field_at_fault() {
    let rows: [(Value, &[&str]); 15] = [
        (
            json!({"provider": {"unifiedSocialCreditCode": "91440300708461136X"}}),
            &["spec.provider.unifiedSocialCreditCode"],
        ),
        (json!({"provider": {"serviceCode": "ab12"}}), &["spec.provider.serviceCode"]),
        (json!({"provider": {"name": "a\u{0}b"}}), &["spec.provider.name"]),
        (json!({"roles": ["Provider", "Provider"]}), &["spec.roles[1]"]),
        (json!({"technologies": ["Text", "Speech", "Text"]}), &["spec.technologies[2]"]),
        (json!({"confusionCategories": ["Other", "Other"]}), &["spec.confusionCategories[1]"]),
        (
            json!({"publicOpinion": {"basis": "a\nb", "decidedOn": "2026-02-30"}}),
            &["spec.publicOpinion.basis", "spec.publicOpinion.decidedOn"],
        ),
        (
            json!({"publicOpinion": {"decidedBy": "\u{85}"}}),
            &["spec.publicOpinion.decidedBy", "spec.publicOpinion.decidedBy"],
        ),
        (json!({"endpoints": [{"port": 8080}, {"port": 8080}]}), &["spec.endpoints[1].port"]),
        (json!({"endpoints": [{"port": 15990}]}), &["spec.endpoints[0].port"]),
        (json!({"endpoints": [{"port": 0}]}), &["spec.endpoints[0].port"]),
        (
            json!({"endpoints": [{"port": 80, "routes": [{"path": "/a\r\n", "methods": ["GET", "GET", "post"]}]}]}),
            &[
                "spec.endpoints[0].routes[0].path",
                "spec.endpoints[0].routes[0].methods[1]",
                "spec.endpoints[0].routes[0].methods[2]",
            ],
        ),
        (
            json!({"workloadSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}}),
            &["spec.workloadSelector.matchExpressions[0].values"],
        ),
        (
            json!({"workloadSelector": {"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}}),
            &["spec.workloadSelector.matchExpressions[0].values"],
        ),
        (
            json!({"workloadSelector": {"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b", "b"]}]}}),
            &["spec.workloadSelector.matchExpressions[0].values[1]"],
        ),
    ];
    for (patch, expected) in rows {
        assert_eq!(fields(&validate_service(&service(patch.clone()))), expected, "{patch}");
    }
}

#[test]
fn filing_names_the_field_at_fault() {
    let rows: [(Value, &[&str]); 7] = [
        (json!({"number": "网信算备1101号"}), &["spec.number"]),
        (json!({"number": "网信算备110108105858002230019号"}), &["spec.number"]),
        (json!({"state": "Submitted", "number": "x"}), &["spec.number"]),
        (json!({"filedOn": "2026-02-29"}), &["spec.filedOn"]),
        (json!({"unifiedSocialCreditCode": "91440300708461136X"}), &["spec.unifiedSocialCreditCode"]),
        (json!({"scope": {"namespaces": ["studio", "studio"]}}), &["spec.scope.namespaces[1]"]),
        (json!({"scope": {"namespaces": ["*"]}}), &["spec.scope.namespaces[0]"]),
    ];
    for (patch, expected) in rows {
        assert_eq!(fields(&validate_filing(&filing(patch.clone()).1)), expected, "{patch}");
    }
    // The check digit is unofficial and never refused.
    assert_eq!(validate_filing(&filing(json!({"number": "网信算备110108105858001230017号"})).1), []);
}

#[test]
fn assessment_names_the_field_at_fault() {
    let rows: [(Value, &[&str]); 6] = [
        (json!({"assessedOn": "2026-02-30"}), &["spec.assessedOn"]),
        (json!({"validUntil": "2026-04-31"}), &["spec.validUntil"]),
        (json!({"validUntil": "2026-02-28"}), &["spec.validUntil"]),
        (json!({"basis": ["Article20", "Article20"]}), &["spec.basis[1]"]),
        (json!({"reportId": "a\tb", "assessor": "  "}), &["spec.reportId", "spec.assessor"]),
        (json!({"unifiedSocialCreditCode": "short"}), &["spec.unifiedSocialCreditCode"]),
    ];
    for (patch, expected) in rows {
        assert_eq!(fields(&validate_assessment(&assessment(patch.clone()).1)), expected, "{patch}");
    }
}

#[test]
fn message_names_field_reason_and_remedy() {
    let found = validate_service(&service(json!({"provider": {"unifiedSocialCreditCode": "91440300708461136X"}})));
    let text = found[0].to_string();
    assert!(
        text.starts_with("spec.provider.unifiedSocialCreditCode: the check character is 'X' and should be 'T'; "),
        "{text}"
    );
}
