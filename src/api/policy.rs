//! `CompliancePolicy`: the cluster admin's defaults and floors.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Defaults and floors for all services. The one named `default` counts; without it the strict defaults hold.
#[derive(CustomResource, KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "CompliancePolicy",
    plural = "compliancepolicies",
    category = "deepsynthesis",
    printcolumn(name = "Mode", type_ = "string", json_path = ".spec.mode"),
    printcolumn(name = "Filing", type_ = "string", json_path = ".spec.filingMode"),
    printcolumn(name = "On-Lapse", type_ = "string", json_path = ".spec.onLapse"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("self.metadata.name == 'default'").message("metadata.name: the one CompliancePolicy is named default"),
)]
#[serde(rename_all = "camelCase")]
pub struct CompliancePolicySpec {
    /// What happens to a workload whose gate is closed.
    #[serde(default)]
    pub mode: Mode,
    /// Whether a first filing may follow within ten working days of the start (Algorithm Provisions Art. 24).
    #[serde(default)]
    pub filing_mode: FilingMode,
    /// What a lapse does to workloads that already run.
    #[serde(default)]
    pub on_lapse: OnLapse,
    /// Resources of the injected sidecar.
    #[serde(default)]
    pub sidecar: SidecarPolicy,
}

/// What happens to a workload whose gate is closed. Later is stricter.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Only recorded.
    Audit,
    /// Admitted with a warning.
    Warn,
    /// Refused.
    #[default]
    Enforce,
}

/// When the filing number must exist. Later is stricter.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FilingMode {
    /// Within ten working days of the first public Ready.
    #[default]
    Grace,
    /// Before the first pod runs.
    Strict,
}

/// What a lapse does to workloads that already run.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq, Hash)]
pub enum OnLapse {
    /// New revisions are refused; pods of an admitted revision may be replaced.
    #[default]
    FreezeRollouts,
    /// Every new pod is refused.
    RefusePods,
}

/// Resources of the injected sidecar, as Kubernetes quantities.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct SidecarPolicy {
    /// CPU request.
    #[serde(default = "cpu_request")]
    #[schemars(length(min = 1, max = 16))]
    pub cpu_request: String,
    /// Memory request.
    #[serde(default = "memory_request")]
    #[schemars(length(min = 1, max = 16))]
    pub memory_request: String,
    /// Memory limit.
    #[serde(default = "memory_limit")]
    #[schemars(length(min = 1, max = 16))]
    pub memory_limit: String,
}

impl Default for SidecarPolicy {
    fn default() -> Self {
        Self { cpu_request: cpu_request(), memory_request: memory_request(), memory_limit: memory_limit() }
    }
}

fn cpu_request() -> String {
    "20m".into()
}
fn memory_request() -> String {
    "32Mi".into()
}
fn memory_limit() -> String {
    "128Mi".into()
}
