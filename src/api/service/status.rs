//! What the operator says about a service.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the law still misses; written by the operator only.
#[derive(JsonSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct DeepSynthesisServiceStatus {
    /// Generation of the spec this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Open`, `Grace` or `Closed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// When the next deadline ends (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_deadline: Option<String>,
    /// Reason codes that keep the gate from being open, joined with commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// What is missing, sorted by severity.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub findings: Vec<FindingStatus>,
    /// Pods of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workloads: Option<Box<WorkloadsStatus>>,
    /// Signed configuration of the sidecars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<ConfigStatus>,
    /// Until when pods of an admitted revision may be replaced while rollouts are frozen (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacements_until: Option<String>,
    /// Filing number and link that the service must show (Order 12 Art. 19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Box<Disclosure>>,
    /// What the ledger keeps, as last seen (Cybersecurity Law Art. 23(3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Box<RetentionStatus>>,
    /// kstatus-conformant conditions.
    #[serde(default)]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// One finding as shown to people.
#[derive(JsonSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct FindingStatus {
    /// Stable reason code.
    pub code: String,
    /// Article of the law.
    pub article: String,
    /// `Violation`, `Warning` or `Notice`.
    pub severity: String,
    /// What is wrong, in English.
    pub message: String,
    /// What is wrong, in Chinese.
    pub message_zh: String,
    /// What to do, in English.
    pub remedy: String,
    /// What to do, in Chinese.
    pub remedy_zh: String,
    /// Since when it is so (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// When it must be cured (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
}

/// Pods selected by the service.
#[derive(JsonSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadsStatus {
    /// Pods that the service selects.
    pub matched: u32,
    /// Of these, pods with our sidecar.
    pub injected: u32,
    /// Of these, pods without it.
    #[serde(default)]
    pub uninjected: u32,
    /// `injected/matched`, for the printer column.
    pub summary: String,
}

/// What the service must show to the public.
#[derive(JsonSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Disclosure {
    /// Filing number; empty while only a generative AI filing is in force.
    #[serde(default)]
    pub number: String,
    /// Link to the public information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Number of the generative AI filing or registration, shown with the model's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generative_ai_number: Option<String>,
    /// Name of the model that was filed or registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generative_ai_model: Option<String>,
}

/// Signed configuration of the sidecars.
#[derive(JsonSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ConfigStatus {
    /// Generation of the service that the latest configuration was signed for.
    pub generation: i64,
}

/// What the ledger keeps of a service.
#[derive(JsonSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct RetentionStatus {
    /// One entry per class of records.
    #[schemars(length(max = 4))]
    pub logs: Vec<LogStatus>,
}

/// One log, as it stood when it was last looked at; at most one look an hour is written down.
#[derive(JsonSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct LogStatus {
    /// `network`, `waiver` or `consent`.
    pub class: String,
    /// For how long its records are promised to be kept.
    pub kept_for: String,
    /// Day of the oldest record, in China.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
    /// Lines that it had.
    pub size: u64,
    /// Its checkpoint then (C2SP tlog-checkpoint): what `verify --trusted-checkpoint` wants.
    pub checkpoint: String,
    /// When that was (RFC 3339, UTC).
    pub seen_at: String,
}
