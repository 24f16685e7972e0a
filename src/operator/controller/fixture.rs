//! Objects for tests.

use serde_json::json;

use crate::api::{DeepSynthesisService, FilingRecord, ServiceHistory, ServiceHistorySpec};
use crate::operator::snapshot::Snapshot;
use std::sync::Arc;

pub(crate) const USCC: &str = "91110108MADEM0XY18";

pub(crate) fn service(namespace: &str, name: &str, code: &str) -> DeepSynthesisService {
    serde_json::from_value(json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1",
        "kind": "DeepSynthesisService",
        "metadata": {"name": name, "namespace": namespace, "uid": "u", "generation": 1},
        "spec": {
            "provider": {"name": "示例公司", "unifiedSocialCreditCode": USCC, "serviceCode": code},
            "roles": ["Provider"],
            "audience": "PublicChina",
            "technologies": ["Text"],
            "publicOpinion": {"attribute": true},
            "workloadSelector": {"matchLabels": {"app": "studio"}},
            "endpoints": [{"port": 8080}],
        },
    }))
    .unwrap()
}

pub(crate) fn filing(name: &str, code: &str, namespace: &str) -> FilingRecord {
    serde_json::from_value(json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1",
        "kind": "FilingRecord",
        "metadata": {"name": name, "generation": 1},
        "spec": {
            "kind": "AlgorithmFiling",
            "number": "网信算备110108000000001260015号",
            "role": "Provider",
            "unifiedSocialCreditCode": USCC,
            "serviceCode": code,
            "state": "Filed",
            "filedOn": "2026-03-10",
            "scope": {"namespaces": [namespace]},
        },
    }))
    .unwrap()
}

pub(crate) fn with_service(snapshot: &mut Snapshot, service: DeepSynthesisService) {
    let key = (service.metadata.namespace.clone().unwrap(), service.metadata.name.clone().unwrap());
    Arc::make_mut(&mut snapshot.services).insert(key, Arc::new(service));
}

pub(crate) fn with_filing(snapshot: &mut Snapshot, filing: FilingRecord) {
    let key = (String::new(), filing.metadata.name.clone().unwrap());
    Arc::make_mut(&mut snapshot.filings).insert(key, Arc::new(filing));
}

pub(crate) fn with_history(snapshot: &mut Snapshot, spec: ServiceHistorySpec) {
    let history: ServiceHistory = super::build::history_object(spec);
    let key = (String::new(), history.metadata.name.clone().unwrap());
    Arc::make_mut(&mut snapshot.histories).insert(key, Arc::new(history));
}
