//! `CompliancePolicy`: the cluster admin's defaults and floors.

use jiff::Timestamp;
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pattern::{DAY, INSTANT, PERIOD, SERVICE_CODE, UNIFIED_SOCIAL_CREDIT_CODE};
use super::service::Provider;
use super::status::RecordStatus;

/// Defaults and floors for all services. The one named `default` counts; without it the strict defaults hold.
#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "CompliancePolicy",
    plural = "compliancepolicies",
    category = "deepsynthesis",
    status = "RecordStatus",
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
    /// What happens in enrolled namespaces to workloads that no service selects.
    #[serde(default)]
    pub undeclared: Undeclared,
    /// Whether missing declarations of continuing duties (Order 12 Arts 7, 8, 10, 11, 12, 14(1) and kin) close the gate.
    #[serde(default)]
    pub declarations: Declarations,
    /// What happens to pods of a service that run without the sidecar as it is injected: older than their enrolment, created
    /// while admission was away, or altered.
    #[serde(default)]
    pub repair: Repair,
    /// Days for which pods of an admitted revision may be replaced after a lapse; without one there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub replacement_days: Option<u16>,
    /// Least period for which logs are kept; at least `P6M` (Cybersecurity Law Art. 23(3)).
    #[serde(default = "retention_floor")]
    #[schemars(length(max = 16), regex(pattern = PERIOD))]
    pub retention_floor: String,
    /// Days that an exemption may reach ahead.
    #[serde(default = "exemption_max_days")]
    #[schemars(range(min = 1, max = 365))]
    pub exemption_max_days: u16,
    /// Namespaces whose services may use `capture: Redirect`, which puts an init container with NET_ADMIN into their pods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(min = 1, max = 63)))]
    pub redirect_namespaces: Vec<String>,
    /// Orders of the authorities (Order 12 Art. 21).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub orders: Vec<Order>,
    /// Years of the State Council's calendar that this release does not know yet, or knows wrongly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    pub calendar: Vec<CalendarYear>,
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
    /// Every new pod is refused, and the service's workloads are scaled to zero.
    ScaleToZero,
}

/// What happens to workloads that no service selects.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq, Hash)]
pub enum Undeclared {
    /// Workloads that look like generators are recorded, warned about or refused, by mode.
    #[default]
    Detect,
    /// Every workload is selected by a service or covered by a `NotGenerative` decision; others are treated by mode.
    Deny,
}

/// What happens to pods that run without the sidecar as it is injected.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq, Hash)]
pub enum Repair {
    /// They are reported.
    #[default]
    Report,
    /// They are reported and evicted, one after the other, where their controller makes them again and admission lets them
    /// in. Budgets for disruptions are kept; what is not evicted is named with the reason.
    Evict,
}

/// Whether missing declarations close the gate.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq, Hash)]
pub enum Declarations {
    /// They are warned about.
    #[default]
    Warn,
    /// They close it.
    Require,
}

/// An order of the authorities about one service (Order 12 Art. 21).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Number of the order.
    #[schemars(length(min = 1, max = 200))]
    pub reference: String,
    /// What is ordered.
    pub measure: OrderedMeasure,
    /// Unified social credit code of the provider.
    #[schemars(length(min = 18, max = 18), regex(pattern = UNIFIED_SOCIAL_CREDIT_CODE))]
    pub unified_social_credit_code: String,
    /// Service code; absent for all services of the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 4, max = 4), regex(pattern = SERVICE_CODE))]
    pub service_code: Option<String>,
    /// When it begins (RFC 3339).
    #[schemars(length(max = 40), regex(pattern = INSTANT))]
    pub from: String,
    /// When it ends (RFC 3339); absent until it is lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40), regex(pattern = INSTANT))]
    pub until: Option<String>,
}

impl Order {
    /// Whether it is about a service of this provider.
    #[must_use]
    pub fn concerns(&self, provider: &Provider) -> bool {
        self.unified_social_credit_code == provider.unified_social_credit_code
            && self.service_code.as_ref().is_none_or(|code| *code == provider.service_code)
    }

    /// Whether it holds at an instant. One whose dates cannot be read holds: doubt is not for the ordered to use.
    #[must_use]
    pub fn is_in_force(&self, instant: Timestamp) -> bool {
        let begun = self.from.parse::<Timestamp>().map_or(true, |from| from <= instant);
        let ended =
            self.until.as_ref().is_some_and(|until| until.parse::<Timestamp>().is_ok_and(|until| until <= instant));
        begun && !ended
    }
}

/// Measures that Order 12 Art. 21 names.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash)]
pub enum OrderedMeasure {
    /// No information is updated.
    SuspendUpdates,
    /// No accounts are registered.
    SuspendRegistration,
    /// The service stops.
    SuspendService,
}

/// One year of the State Council's calendar.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct CalendarYear {
    /// The year.
    #[schemars(range(min = 2020, max = 2100))]
    pub year: i16,
    /// Days off, Saturdays and Sundays not included unless they are holidays.
    #[serde(default)]
    #[schemars(length(max = 60), inner(length(max = 10), regex(pattern = DAY)))]
    pub holidays: Vec<String>,
    /// Saturdays and Sundays that are worked.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(max = 10), regex(pattern = DAY)))]
    pub workdays: Vec<String>,
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

fn retention_floor() -> String {
    "P6M".into()
}
fn exemption_max_days() -> u16 {
    90
}

impl CompliancePolicySpec {
    /// Whether pods of this namespace may get the init container with NET_ADMIN of `capture: Redirect`.
    #[must_use]
    pub fn allows_redirect(&self, namespace: &str) -> bool {
        self.redirect_namespaces.iter().any(|name| name == namespace)
    }
}

impl Default for CompliancePolicySpec {
    /// What the schema defaults an empty policy to: the strict side.
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            filing_mode: FilingMode::default(),
            on_lapse: OnLapse::default(),
            undeclared: Undeclared::default(),
            declarations: Declarations::default(),
            repair: Repair::default(),
            replacement_days: None,
            retention_floor: retention_floor(),
            exemption_max_days: exemption_max_days(),
            redirect_namespaces: Vec::new(),
            orders: Vec::new(),
            calendar: Vec::new(),
            sidecar: SidecarPolicy::default(),
        }
    }
}
