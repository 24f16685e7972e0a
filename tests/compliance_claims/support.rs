//! A lawful service and lawful records, to be changed by JSON merge patches with the API's own field names.

use deepsynthesis::api::service::ManagementSystemKind;
use deepsynthesis::api::{
    AssessmentRecordSpec, CompliancePolicySpec, DeepSynthesisServiceSpec, EnforcementExemptionSpec,
    ExemptionApprovalSpec, FilingRecordSpec, ServiceHistorySpec,
};
use deepsynthesis::compliance::exemption::spec_sha256;
use deepsynthesis::compliance::records::Apart;
use deepsynthesis::compliance::{Exemption, Facts, Named, Now, Verdict, evaluate};
use deepsynthesis::law::Calendar;
use jiff::Timestamp;
use serde_json::{Value, json};

pub const NAMESPACE: &str = "studio";

/// One set of facts that owns its parts.
#[derive(Clone, Debug)]
pub struct Case {
    pub service: DeepSynthesisServiceSpec,
    pub policy: CompliancePolicySpec,
    pub filings: Vec<(String, FilingRecordSpec)>,
    pub assessments: Vec<(String, AssessmentRecordSpec)>,
    pub exemptions: Vec<(EnforcementExemptionSpec, Vec<ExemptionApprovalSpec>)>,
    pub history: Option<ServiceHistorySpec>,
    pub now: Timestamp,
}

/// UID of every exemption of a case.
pub const EXEMPTION_UID: &str = "6a1c1b8e-0000-4000-8000-000000000001";

impl Case {
    /// A public text service with the public-opinion attribute and no records at all.
    pub fn new() -> Self {
        Self {
            service: service(json!({})),
            policy: CompliancePolicySpec::default(),
            filings: Vec::new(),
            assessments: Vec::new(),
            exemptions: Vec::new(),
            history: None,
            now: at("2026-11-24T10:00:00+08:00"),
        }
    }

    pub fn service(mut self, patch: Value) -> Self {
        self.service = service(patch);
        self
    }

    pub fn policy(mut self, patch: Value) -> Self {
        self.policy = parse(patch);
        self
    }

    pub fn filing(mut self, patch: Value) -> Self {
        self.filings.push(filing(patch));
        self
    }

    pub fn assessment(mut self, patch: Value) -> Self {
        self.assessments.push(assessment(patch));
        self
    }

    pub fn ready(mut self, text: &str) -> Self {
        self.history.get_or_insert_default().first_public_ready = Some(at(text).to_string());
        self
    }

    pub fn history(mut self, patch: Value) -> Self {
        let base = serde_json::to_value(self.history.unwrap_or_default()).expect("plain data");
        self.history = Some(parse(merge(base, patch)));
        self
    }

    /// An exemption by `ops`, approved by `approver` as it is; an empty name leaves it unapproved.
    pub fn exemption(mut self, patch: Value, approver: &str) -> Self {
        let base = json!({
            "target": {"namespace": NAMESPACE, "service": "poet"}, "duties": ["o12-19-1"], "reason": "migration",
            "ticket": "T-1", "expiresAt": "2026-12-24T00:00:00Z", "requestedBy": "ops",
        });
        let spec: EnforcementExemptionSpec = parse(merge(base, patch));
        let approval = ExemptionApprovalSpec {
            exemption: "exemption".into(),
            comment: None,
            exemption_uid: Some(EXEMPTION_UID.into()),
            spec_sha256: Some(spec_sha256(&spec)),
            approved_by: Some(approver.into()),
        };
        self.exemptions.push((spec, if approver.is_empty() { vec![] } else { vec![approval] }));
        self
    }

    pub fn now(mut self, text: &str) -> Self {
        self.now = at(text);
        self
    }

    pub fn verdict(&self) -> Verdict {
        self.with_facts(evaluate)
    }

    /// The facts of the case, as whoever asks for a verdict gathers them.
    pub fn with_facts<R>(&self, then: impl FnOnce(&Facts<'_>, &Now<'_>) -> R) -> R {
        let provider = &self.service.provider;
        let filings = Apart::of(provider, self.filings.iter().map(|(name, spec)| Named { name, spec }));
        let assessments = Apart::of(provider, self.assessments.iter().map(|(name, spec)| Named { name, spec }));
        let names: Vec<String> = (0..self.exemptions.len()).map(|index| format!("exemption-{index}")).collect();
        let exemptions: Vec<Exemption<'_>> = self
            .exemptions
            .iter()
            .zip(&names)
            .map(|((spec, approvals), name)| Exemption {
                name,
                uid: EXEMPTION_UID,
                spec,
                spec_sha256: spec_sha256(spec),
                approvals: approvals.iter().collect(),
            })
            .collect();
        let facts = Facts {
            namespace: NAMESPACE,
            name: "poet",
            spec: &self.service,
            policy: &self.policy,
            filings: filings.as_slices(),
            assessments: assessments.as_slices(),
            exemptions: &exemptions,
            history: self.history.as_ref(),
        };
        then(&facts, &Now { instant: self.now, calendar: Calendar::china() })
    }

    /// `Violation FilingMissing` and so on, in the verdict's order.
    pub fn findings(&self) -> Vec<String> {
        self.verdict()
            .findings
            .iter()
            .map(|finding| format!("{} {}", finding.severity.as_str(), finding.reason.code()))
            .collect()
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub fn service(patch: Value) -> DeepSynthesisServiceSpec {
    let lawful = json!({
        "provider": {"name": "测试科技有限公司", "unifiedSocialCreditCode": "91440300708461136T", "serviceCode": "0001"},
        "roles": ["Provider"],
        "audience": "PublicChina",
        "technologies": ["Text"],
        "confusionCategories": ["DialogueWriting"],
        "publicOpinion": {"attribute": true},
        "consent": {"promptVersion": "2026-1"},
        "trainingData": {"register": "数据登记册-14", "version": "5"},
        "appStore": {"filingCheck": "制度-13", "labellingCheck": "制度-14"},
        "propagation": {"detector": "trace-2.1", "declaration": "aigcDeclared", "reminder": "请声明生成合成内容。"},
        "contentReview": {"endpoint": "https://review.example", "libraryVersion": "7", "reportContact": "合规部"},
        "complaints": {"url": "https://poet.example/complaints", "respondWithin": "P7D"},
        "refutation": {"runbook": "制度-11", "contact": "合规部"},
        "agreement": {
            "url": "https://poet.example/agreement", "version": "3", "rulesUrl": "https://poet.example/rules",
            "reminder": "请依法使用深度合成服务。", "labelClause": "第八条",
        },
        "managementSystems": systems(),
        "workloadSelector": {"matchLabels": {"app": "poet"}},
        "endpoints": [{"port": 8080}],
    });
    parse(merge(lawful, patch))
}

fn systems() -> Value {
    ManagementSystemKind::ALL
        .map(|system| json!({"system": system.as_str(), "document": "制度-7", "adoptedOn": "2026-01-01"}))
        .to_vec()
        .into()
}

pub fn filing(patch: Value) -> (String, FilingRecordSpec) {
    named(
        "filing",
        merge(
            json!({
                "kind": "AlgorithmFiling",
                "number": "网信算备110108105858001230019号",
                "role": "Provider",
                "unifiedSocialCreditCode": "91440300708461136T",
                "serviceCode": "0001",
                "state": "Filed",
                "filedOn": "2026-03-01",
                "labelMaterials": "标识说明-1",
                "publicityLink": "https://beian.cac.gov.cn/#/index",
                "scope": {"namespaces": [NAMESPACE]},
            }),
            patch,
        ),
    )
}

pub fn assessment(patch: Value) -> (String, AssessmentRecordSpec) {
    named(
        "assessment",
        merge(
            json!({
                "basis": ["Article20"],
                "reportId": "SA-2026-7",
                "reportSha256": "0".repeat(64),
                "assessor": "安全评估中心",
                "assessedOn": "2026-03-01",
                "unifiedSocialCreditCode": "91440300708461136T",
                "serviceCode": "0001",
                "result": "Passed",
                "scope": {"namespaces": [NAMESPACE]},
            }),
            patch,
        ),
    )
}

fn named<T: serde::de::DeserializeOwned>(default: &str, mut spec: Value) -> (String, T) {
    let name = spec
        .as_object_mut()
        .and_then(|map| map.remove("name"))
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_else(|| default.to_owned());
    (name, parse(spec))
}

fn parse<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

pub fn merge(mut base: Value, patch: Value) -> Value {
    match patch {
        Value::Null => {}
        patch => json_patch::merge(&mut base, &patch),
    }
    base
}
