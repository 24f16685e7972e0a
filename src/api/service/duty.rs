//! What a service declares for the duties whose substance lies outside of a cluster: documents, contacts, periods.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::content::Function;
use crate::api::pattern::{DAY, PERIOD};

/// Review of input and output, and the feature library (Order 12 Art. 10).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ContentReview {
    /// Endpoint of the review service.
    #[schemars(length(max = 2000), regex(pattern = r"^https?://"))]
    pub endpoint: String,
    /// What happens when it does not answer.
    #[serde(default)]
    pub fail_mode: FailMode,
    /// Version of the feature library (Art. 10(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub library_version: Option<String>,
    /// Whom unlawful content is reported to inside the entity, who reports it to the authorities (Art. 10(3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub report_contact: Option<String>,
}

/// What happens when a check does not answer.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum FailMode {
    /// Nothing passes.
    #[default]
    Closed,
    /// Everything passes.
    Open,
}

/// How long logs and records are kept. Calendar months and years: the law counts months, so days are refused.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Retention {
    /// Network logs (Cybersecurity Law Art. 23(3)); at least `P6M`.
    #[serde(default = "six_months")]
    #[schemars(length(max = 16), regex(pattern = PERIOD))]
    pub logs: String,
    /// Logs of content without explicit label, with recipient (Labelling Measures Art. 9); at least `P6M`.
    #[serde(default = "six_months")]
    #[schemars(length(max = 16), regex(pattern = PERIOD))]
    pub waiver: String,
    /// Records of consent prompts (Order 12 Art. 14); no period is stated.
    #[serde(default = "three_years")]
    #[schemars(length(max = 16), regex(pattern = PERIOD))]
    pub consent: String,
}

impl Default for Retention {
    fn default() -> Self {
        Self { logs: six_months(), waiver: six_months(), consent: three_years() }
    }
}

fn six_months() -> String {
    "P6M".into()
}
fn three_years() -> String {
    "P3Y".into()
}

/// Entrance for appeals, complaints and reports (Order 12 Art. 12).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Complaints {
    /// Where users complain.
    #[schemars(length(max = 2000), regex(pattern = r"^https?://"))]
    pub url: String,
    /// Time limit within which they are answered, in days (`P7D`) or hours (`PT48H`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), regex(pattern = r"^P([1-9][0-9]{0,2}D|T[1-9][0-9]{0,3}H)$"))]
    pub respond_within: Option<String>,
}

/// Rumour-refuting mechanism (Order 12 Art. 11).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Refutation {
    /// Document with the procedure.
    #[schemars(length(min = 1, max = 1000))]
    pub runbook: String,
    /// Who acts.
    #[schemars(length(min = 1, max = 200))]
    pub contact: String,
}

/// Service agreement and rules (Order 12 Art. 8, Labelling Measures Art. 8).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    /// The agreement.
    #[schemars(length(max = 2000), regex(pattern = r"^https?://"))]
    pub url: String,
    /// Its version.
    #[schemars(length(min = 1, max = 100))]
    pub version: String,
    /// Management rules and platform conventions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2000), regex(pattern = r"^https?://"))]
    pub rules_url: Option<String>,
    /// Text that reminds users and technical supporters of their safety duties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub reminder: Option<String>,
    /// Clause that explains methods and styles of labels (Labelling Measures Art. 8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub label_clause: Option<String>,
}

/// One management system with its document (Order 12 Art. 7).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ManagementSystem {
    /// Which one.
    pub system: ManagementSystemKind,
    /// Number or place of the document.
    #[schemars(length(min = 1, max = 1000))]
    pub document: String,
    /// Day since which it holds (`YYYY-MM-DD`).
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub adopted_on: String,
}

/// The systems that Order 12 Art. 7 names.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ManagementSystemKind {
    /// User registration.
    UserRegistration,
    /// Review of algorithm mechanisms.
    AlgorithmReview,
    /// Review of science ethics.
    EthicsReview,
    /// Review of published information.
    InformationReview,
    /// Data security.
    DataSecurity,
    /// Protection of personal information.
    PersonalInformation,
    /// Prevention of telecom and network fraud.
    AntiFraud,
    /// Emergencies.
    EmergencyResponse,
}

impl ManagementSystemKind {
    /// All that the article names.
    pub const ALL: [Self; 8] = [
        Self::UserRegistration,
        Self::AlgorithmReview,
        Self::EthicsReview,
        Self::InformationReview,
        Self::DataSecurity,
        Self::PersonalInformation,
        Self::AntiFraud,
        Self::EmergencyResponse,
    ];

    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserRegistration => "UserRegistration",
            Self::AlgorithmReview => "AlgorithmReview",
            Self::EthicsReview => "EthicsReview",
            Self::InformationReview => "InformationReview",
            Self::DataSecurity => "DataSecurity",
            Self::PersonalInformation => "PersonalInformation",
            Self::AntiFraud => "AntiFraud",
            Self::EmergencyResponse => "EmergencyResponse",
        }
    }
}

/// Register of training data (Order 12 Art. 14(1)).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct TrainingData {
    /// Number or place of the register.
    #[schemars(length(min = 1, max = 1000))]
    pub register: String,
    /// Its version.
    #[schemars(length(min = 1, max = 100))]
    pub version: String,
}

/// A licence of another authority (Order 12 Arts 6(2), 24).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Licence {
    /// The function that it allows.
    pub function: Function,
    /// Its number.
    #[schemars(length(min = 1, max = 200))]
    pub number: String,
    /// Who granted it.
    #[schemars(length(min = 1, max = 200))]
    pub authority: String,
    /// Last day on which it counts (`YYYY-MM-DD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub valid_until: Option<String>,
}

/// Checks of an application store (Order 12 Art. 13, Labelling Measures Art. 7).
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct AppStore {
    /// Document with the procedure that checks assessment and filing of listed applications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub filing_check: Option<String>,
    /// Document with the procedure that checks their labelling materials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub labelling_check: Option<String>,
}

/// How a propagator recognises and shows synthetic content (Labelling Measures Art. 6).
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Propagation {
    /// What detects explicit labels and traces, with its version (6(3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub detector: Option<String>,
    /// Field of an upload in which users declare synthetic content (6(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub declaration: Option<String>,
    /// Text that reminds users to declare (6(4)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub reminder: Option<String>,
}
