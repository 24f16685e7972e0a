//! How long a verdict takes, how long all of them take after a change, and what a service costs in memory.
//!
//! 10,000 services in 100 namespaces, one legal entity per namespace, each service with everything that can be declared, its
//! algorithm filing, its registration, its assessment and its history. All run on one core. The peer is the straightforward
//! way: every service against all records of the cluster, without an index; a sample of it, extrapolated.
//!
//! `make bench-evaluate`. The best of several rounds counts: what else runs on the machine is not ours.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cap::Cap;
use deepsynthesis::api::{
    AssessmentRecordSpec, CompliancePolicySpec, DeepSynthesisService, FilingRecordSpec, ServiceHistorySpec,
};
use deepsynthesis::compliance::records::{Apart, Index, Record};
use deepsynthesis::compliance::{Facts, Gate, Named, Now, Verdict, evaluate};
use deepsynthesis::law::{Calendar, Uscc};
use deepsynthesis::operator::seen::{Seen, trimmed};
use jiff::Timestamp;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: Cap<std::alloc::System> = Cap::new(std::alloc::System, usize::MAX);

const SERVICES: usize = 10_000;
const NAMESPACES: usize = 100;
const ROUNDS: usize = 7;
/// Services that the peer decides; all of them would take minutes.
const SAMPLE: usize = 50;

struct Cluster {
    policy: CompliancePolicySpec,
    services: Vec<DeepSynthesisService>,
    filings: Vec<(String, FilingRecordSpec)>,
    assessments: Vec<(String, AssessmentRecordSpec)>,
    histories: Vec<ServiceHistorySpec>,
}

fn main() -> ExitCode {
    let cluster = cluster();
    let now =
        Now { instant: "2026-11-24T02:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH), calendar: Calendar::china() };
    // Somebody must read what was computed, and it must be the lawful path.
    let open = reevaluate(&cluster, &now).iter().filter(|verdict| verdict.gate == Gate::Open).count();
    assert_eq!(open, SERVICES, "every service of the bench is lawful");

    let per_service = best(|| decide(&cluster, &now)) / SERVICES as u32;
    let all = best(|| time(|| reevaluate(&cluster, &now)));
    let unindexed = best(|| without_index(&cluster, &now)) / SAMPLE as u32 * SERVICES as u32;
    let (kept, seen) = memory(&cluster);
    let micros = per_service.as_secs_f64() * 1e6;
    let millis = all.as_secs_f64() * 1e3;
    let goals = [
        goal("evaluate-per-service", micros, 20.0, "µs"),
        goal("reevaluate-10000-services", millis, 500.0, "ms"),
        goal("snapshot-memory-per-service", kept / 1000.0, 4.0, "KB"),
    ];
    let peer = unindexed.as_secs_f64() * 1e3;
    println!(
        "peer every-service-against-all-records: {peer:.0} ms ({SAMPLE} of {SERVICES} services, extrapolated), {:.0} times ours",
        peer / millis
    );
    println!("note snapshot-memory-per-service: of these, what is kept of a status {:.1} KB", seen / 1000.0);
    if goals.into_iter().all(|is_met| is_met) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn goal(name: &str, value: f64, most: f64, unit: &str) -> bool {
    let is_met = value <= most;
    let decimals = usize::from(value < 100.0);
    println!("goal {name}: {value:.decimals$} {unit} (<= {most} {unit}) {}", if is_met { "met" } else { "short" });
    is_met
}

fn best(mut round: impl FnMut() -> Duration) -> Duration {
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

fn time<T>(what: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(what());
    start.elapsed()
}

/// All verdicts, from the records as they lie there: index, facts, decision.
fn reevaluate(cluster: &Cluster, now: &Now<'_>) -> Vec<Verdict> {
    let (filings, assessments) = (index(&cluster.filings), index(&cluster.assessments));
    let services = cluster.services.iter().zip(&cluster.histories);
    let verdicts = services.map(|(service, history)| {
        let filings = of(service, &filings, &cluster.filings);
        let assessments = of(service, &assessments, &cluster.assessments);
        evaluate(&facts(cluster, service, history, filings.as_slices(), assessments.as_slices()), now)
    });
    verdicts.collect()
}

/// The decisions alone: facts are gathered before the clock starts.
fn decide(cluster: &Cluster, now: &Now<'_>) -> Duration {
    let (filings, assessments) = (index(&cluster.filings), index(&cluster.assessments));
    let gather = |service| (of(service, &filings, &cluster.filings), of(service, &assessments, &cluster.assessments));
    let gathered: Vec<_> = cluster.services.iter().map(gather).collect();
    time(|| {
        let services = cluster.services.iter().zip(&cluster.histories).zip(&gathered);
        for ((service, history), (filings, assessments)) in services {
            let facts = facts(cluster, service, history, filings.as_slices(), assessments.as_slices());
            black_box(evaluate(&facts, now));
        }
    })
}

fn index<T: Record>(records: &[(String, T)]) -> Index<usize> {
    Index::new(records.iter().map(|(_, spec)| spec).enumerate())
}

/// The records that can concern a service.
fn of<'a, T>(
    service: &DeepSynthesisService,
    index: &Index<usize>,
    records: &'a [(String, T)],
) -> Apart<Vec<Named<'a, T>>> {
    let namespace = service.metadata.namespace.as_deref().unwrap_or_default();
    let found = index.of(namespace, &service.spec.provider);
    found.filter_map(|position| records.get(position).map(|(name, spec)| Named { name, spec }))
}

/// The peer: no index; every service looks at all records.
fn without_index(cluster: &Cluster, now: &Now<'_>) -> Duration {
    let (filings, assessments) = (named(&cluster.filings), named(&cluster.assessments));
    let services = cluster.services.iter().zip(&cluster.histories).step_by(SERVICES / SAMPLE);
    time(|| {
        for (service, history) in services {
            let provider = &service.spec.provider;
            let filings = Apart::of(provider, filings.iter().copied());
            let assessments = Apart::of(provider, assessments.iter().copied());
            let facts = facts(cluster, service, history, filings.as_slices(), assessments.as_slices());
            black_box(evaluate(&facts, now));
        }
    })
}

fn facts<'a>(
    cluster: &'a Cluster,
    service: &'a DeepSynthesisService,
    history: &'a ServiceHistorySpec,
    filings: Apart<&'a [Named<'a, FilingRecordSpec>]>,
    assessments: Apart<&'a [Named<'a, AssessmentRecordSpec>]>,
) -> Facts<'a> {
    Facts {
        namespace: service.metadata.namespace.as_deref().unwrap_or_default(),
        name: service.metadata.name.as_deref().unwrap_or_default(),
        spec: &service.spec,
        policy: &cluster.policy,
        filings,
        assessments,
        exemptions: &[],
        history: Some(history),
    }
}

fn named<T>(records: &[(String, T)]) -> Vec<Named<'_, T>> {
    records.iter().map(|(name, spec)| Named { name, spec }).collect()
}

/// Bytes that the operator's snapshot keeps for a service: key, object and what is left of its status; and the last alone.
fn memory(cluster: &Cluster) -> (f64, f64) {
    type Key = (String, String);
    let key = |service: &DeepSynthesisService| -> Key {
        (service.metadata.namespace.clone().unwrap_or_default(), service.metadata.name.clone().unwrap_or_default())
    };
    let before = ALLOCATOR.allocated();
    let services: BTreeMap<Key, Arc<DeepSynthesisService>> =
        cluster.services.iter().map(|service| (key(service), Arc::new(trimmed(service)))).collect();
    let with_services = ALLOCATOR.allocated();
    let seen: BTreeMap<Key, Arc<Seen>> =
        cluster.services.iter().map(|service| (key(service), Arc::new(Seen::of(service)))).collect();
    let after = ALLOCATOR.allocated();
    black_box((services, seen));
    let each = |bytes: usize| bytes as f64 / SERVICES as f64;
    (each(after - before), each(after - with_services))
}

fn cluster() -> Cluster {
    let mut cluster = Cluster {
        policy: CompliancePolicySpec::default(),
        services: Vec::with_capacity(SERVICES),
        filings: Vec::new(),
        assessments: Vec::new(),
        histories: Vec::new(),
    };
    let entities: Vec<String> = (0..NAMESPACES).map(entity).collect();
    for index in 0..SERVICES {
        let (namespace, entity) = (format!("tenant-{:03}", index % NAMESPACES), &entities[index % NAMESPACES]);
        let (name, code) = (format!("service-{index:05}"), format!("{index:04}"));
        let key = json!({"unifiedSocialCreditCode": entity, "serviceCode": code});
        let scope = json!({"namespaces": [namespace]});
        cluster.services.push(read(service(&namespace, &name, entity, &code)));
        let filing = json!({"kind": "AlgorithmFiling", "number": "网信算备110108105858001230019号", "role": "Provider",
            "state": "Filed", "filedOn": "2026-03-01", "publicityLink": "https://beian.cac.gov.cn/#/index",
            "labelMaterials": "标识说明-1", "providerName": "测试科技有限公司", "scope": scope});
        let registration = json!({"kind": "GenAiRegistration", "number": "Shanghai-CallAgent-20260629S0187",
            "role": "Provider", "state": "Filed", "filedOn": "2026-06-29", "modelName": "测试模型", "scope": scope});
        let report = json!({"basis": ["Article20", "Article15Biometric", "GenAiArticle17", "PiplArticle55"],
            "reportId": format!("SA-{index}"), "reportSha256": "0".repeat(64), "assessor": "安全评估中心",
            "assessedOn": "2026-03-01", "validUntil": "2028-03-01", "nextReviewOn": "2027-03-01",
            "result": "Passed", "scope": scope});
        cluster.filings.push((format!("{name}-filing"), read(both(filing, &key))));
        cluster.filings.push((format!("{name}-registration"), read(both(registration, &key))));
        cluster.assessments.push((format!("{name}-report"), read(both(report, &key))));
        cluster.histories.push(read(both(json!({"firstPublicReady": "2026-04-01T02:00:00Z"}), &key)));
    }
    cluster
}

/// A valid unified social credit code for every entity.
fn entity(index: usize) -> String {
    let body = format!("914403{index:011}");
    let codes = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(|check| format!("{body}{check}"));
    codes.into_iter().find(|code| Uscc::parse(code).is_ok()).unwrap_or_default()
}

fn both(mut one: Value, other: &Value) -> Value {
    if let (Some(one), Some(other)) = (one.as_object_mut(), other.as_object()) {
        one.extend(other.clone());
    }
    one
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap_or_else(|error| panic!("{error}"))
}

/// A service as the API server returns it: everything declared, a status, field managers.
fn service(namespace: &str, name: &str, entity: &str, code: &str) -> Value {
    let systems = [
        "UserRegistration",
        "AlgorithmReview",
        "EthicsReview",
        "InformationReview",
        "DataSecurity",
        "PersonalInformation",
        "AntiFraud",
        "EmergencyResponse",
    ];
    let systems: Vec<Value> =
        systems.map(|system| json!({"system": system, "document": "制度-7", "adoptedOn": "2026-01-01"})).to_vec();
    let fields = json!({"f:spec": {"f:audience": {}, "f:roles": {}, "f:technologies": {}, "f:labelling": {"f:explicit": {}},
        "f:managementSystems": {"k:{\"system\":\"AntiFraud\"}": {"f:document": {}, "f:adoptedOn": {}}}}});
    let manager = |name: &str| {
        json!({"manager": name, "operation": "Apply", "apiVersion": "deepsynthesis.dev/v1alpha1",
        "time": "2026-11-01T00:00:00Z", "fieldsType": "FieldsV1", "fieldsV1": fields})
    };
    let finding = json!({"code": "AssessmentLapsesSoon", "article": "Order 12 Art. 20", "severity": "Notice",
        "message": "An assessment lapses within 90 days. AssessmentRecord report, within 90 days.",
        "messageZh": "安全评估将在九十日内失效。", "remedy": "Assess it again; create an AssessmentRecord.",
        "remedyZh": "重新评估；创建 AssessmentRecord。", "since": "2026-11-01T00:00:00Z"});
    json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "DeepSynthesisService",
        "metadata": {"name": name, "namespace": namespace, "uid": "6a1c1b8e-0000-4000-8000-000000000001", "generation": 3,
            "resourceVersion": "123456", "creationTimestamp": "2026-04-01T00:00:00Z",
            "managedFields": [manager("kubectl"), manager("deepsynthesis.dev/status")],
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": fields.to_string()}},
        "status": {"gate": "Open", "findings": [finding, finding], "conditions": [{"type": "Ready", "status": "True",
            "reason": "Open", "message": "", "lastTransitionTime": "2026-11-01T00:00:00Z"}]},
        "spec": {
            "provider": {"name": "测试科技有限公司", "unifiedSocialCreditCode": entity, "serviceCode": code},
            "roles": ["Provider"], "audience": "PublicChina", "technologies": ["Text", "VisualBiometric"],
            "confusionCategories": ["DialogueWriting", "FacePerson"], "functions": ["Dialogue", "ImageGeneration"],
            "publicOpinion": {"attribute": true, "basis": "公众可发布信息", "decidedBy": "合规部", "decidedOn": "2026-02-01"},
            "biometricEditing": {"face": true}, "generativeAi": true, "models": [{"name": "模型一"}],
            "filedInformation": {"form": ["Website", "App"], "field": "写作", "algorithmType": "生成合成类", "publicText": "公示"},
            "workloadSelector": {"matchLabels": {"app": name}},
            "endpoints": [{"port": 8080, "routes": [{"path": "/healthz", "content": "NotGenerated"},
                {"path": "/posts", "publication": true}, {"path": "/download", "export": true}]}],
            "labelling": {"image": {"textHeightPercent": 5}, "video": {"textHeightPercent": 5, "seconds": 3},
                "waiver": {"enabled": true, "clause": "第九条", "logRecipient": true}},
            "identity": {"means": ["MobileNumber", "NationalNetworkIdentity"],
                "issuers": [{"url": "https://id.example", "audience": "poet", "keys": r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#}]},
            "consent": {"promptVersion": "2026-1"},
            "contentReview": {"endpoint": "https://review.example", "libraryVersion": "7", "reportContact": "合规部"},
            "complaints": {"url": "https://poet.example/complaints", "respondWithin": "P7D"},
            "refutation": {"runbook": "制度-11", "contact": "合规部"},
            "agreement": {"url": "https://poet.example/agreement", "version": "3", "rulesUrl": "https://poet.example/rules",
                "reminder": "请依法使用深度合成服务。", "labelClause": "第八条"},
            "managementSystems": systems,
            "trainingData": {"register": "数据登记册-14", "version": "5"},
        },
    })
}
