//! What the operator keeps of a service fits into 4 KiB.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use deepsynthesis::api::DeepSynthesisService;
use deepsynthesis::compliance::Reason;
use deepsynthesis::operator::seen::{Seen, trimmed};
use serde_json::{Value, json};

const SERVICES: usize = 2_000;

/// Bytes of this process in memory.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// A service as a cluster holds it: with field managers, a last applied configuration and twenty findings.
fn service(index: usize) -> Value {
    let finding = |reason: Reason| {
        json!({
            "code": reason.code(), "article": reason.article(), "severity": "Violation", "message": reason.message_en(),
            "messageZh": reason.message_zh(), "remedy": reason.remedy_en(), "remedyZh": reason.remedy_zh(),
            "since": "2026-11-02T04:00:00Z",
        })
    };
    let condition = |kind: &str| {
        json!({
            "type": kind, "status": "False", "reason": "FilingMissing", "message": "x".repeat(600),
            "lastTransitionTime": "2026-11-02T04:00:00Z", "observedGeneration": 3,
        })
    };
    let kinds =
        ["Ready", "Filed", "Assessed", "IdentityVerification", "Labelling", "Retention", "Injected", "Enforced"];
    let fields = json!({"f:spec": {"f:provider": {}, "f:technologies": {}, "f:endpoints": {}, "f:labelling": {}}});
    json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1",
        "kind": "DeepSynthesisService",
        "metadata": {
            "name": format!("service-{index}"), "namespace": format!("namespace-{}", index % 1000), "generation": 3,
            "uid": format!("7d5c4b3a-0000-4000-8000-{index:012}"), "resourceVersion": format!("{index}"),
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "x".repeat(1500)},
            "managedFields": [
                {"manager": "kubectl", "operation": "Apply", "fieldsV1": fields},
                {"manager": "deepsynthesis.dev/status", "operation": "Apply", "fieldsV1": fields},
            ],
        },
        "spec": {
            "provider": {
                "name": "示例影像科技（北京）有限公司", "unifiedSocialCreditCode": "91110108MADEM0XY18", "serviceCode": "0001",
            },
            "roles": ["Provider", "TechnicalSupporter"],
            "audience": "PublicChina",
            "technologies": ["Text", "VisualBiometric"],
            "confusionCategories": ["FacePerson"],
            "publicOpinion": {"attribute": true},
            "biometricEditing": {"face": true},
            "consent": {"promptVersion": "1"},
            "complaints": {"url": "https://studio.example.cn/complaints"},
            "workloadSelector": {"matchLabels": {"app.kubernetes.io/name": "studio", "tier": "front"}},
            "endpoints": [{"port": 8080, "routes": [{"path": "/v1/images", "methods": ["POST"], "content": "Generated"}]}],
        },
        "status": {
            "observedGeneration": 3, "gate": "Closed", "missing": "FilingMissing",
            "findings": Reason::ALL.into_iter().take(20).map(finding).collect::<Vec<_>>(),
            "conditions": kinds.map(condition),
        },
    })
}

#[test]
fn a_service_takes_at_most_four_kibibytes() {
    // Once, so that what is allocated once is not counted.
    let parsed: DeepSynthesisService = serde_json::from_value(service(0)).unwrap();
    assert_eq!(Seen::of(&parsed).reasons().count(), 20);
    let mut kept: BTreeMap<usize, (Arc<DeepSynthesisService>, Arc<Seen>)> = BTreeMap::new();
    let before = resident();
    for index in 0..SERVICES {
        let parsed: DeepSynthesisService = serde_json::from_value(service(index)).unwrap();
        kept.insert(index, (Arc::new(trimmed(&parsed)), Arc::new(Seen::of(&parsed))));
    }
    let each = (resident() - before) / SERVICES;
    println!("{each} bytes per service");
    assert!(each <= 4096, "{each} bytes per service");
    assert_eq!(kept.len(), SERVICES);
}
