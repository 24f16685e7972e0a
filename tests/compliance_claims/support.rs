//! A lawful service and lawful records, to be changed by JSON merge patches with the API's own field names.

use deepsynthesis::api::{AssessmentRecordSpec, CompliancePolicySpec, DeepSynthesisServiceSpec, FilingRecordSpec};
use deepsynthesis::compliance::{Facts, Named, Now, Verdict, evaluate};
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
    pub ready: Option<Timestamp>,
    pub now: Timestamp,
}

impl Case {
    /// A public text service with the public-opinion attribute and no records at all.
    pub fn new() -> Self {
        Self {
            service: service(json!({})),
            policy: CompliancePolicySpec::default(),
            filings: Vec::new(),
            assessments: Vec::new(),
            ready: None,
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
        self.ready = Some(at(text));
        self
    }

    pub fn now(mut self, text: &str) -> Self {
        self.now = at(text);
        self
    }

    pub fn verdict(&self) -> Verdict {
        let filings: Vec<Named<'_, FilingRecordSpec>> =
            self.filings.iter().map(|(name, spec)| Named { name, spec }).collect();
        let assessments: Vec<Named<'_, AssessmentRecordSpec>> =
            self.assessments.iter().map(|(name, spec)| Named { name, spec }).collect();
        let facts = Facts {
            namespace: NAMESPACE,
            name: "poet",
            spec: &self.service,
            policy: &self.policy,
            filings: &filings,
            assessments: &assessments,
            first_public_ready: self.ready,
        };
        evaluate(&facts, &Now { instant: self.now, calendar: Calendar::china() })
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
        "workloadSelector": {"matchLabels": {"app": "poet"}},
        "endpoints": [{"port": 8080}],
    });
    parse(merge(lawful, patch))
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

fn merge(mut base: Value, patch: Value) -> Value {
    match patch {
        Value::Null => {}
        patch => json_patch::merge(&mut base, &patch),
    }
    base
}
