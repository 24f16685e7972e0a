//! `DeepSynthesisService`: which workloads are a deep synthesis service, what it makes, who provides it, how it labels.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, LabelSelector};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pattern::{DAY, SERVICE_CODE, UNIFIED_SOCIAL_CREDIT_CODE};
use super::policy::{FilingMode, Mode};

/// A deep synthesis service as its platform team declares it (Order 12 Art. 23).
#[derive(CustomResource, KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "DeepSynthesisService",
    plural = "deepsynthesisservices",
    shortname = "dss",
    category = "deepsynthesis",
    namespaced,
    status = "DeepSynthesisServiceStatus",
    selectable = ".spec.provider.unifiedSocialCreditCode",
    selectable = ".status.gate",
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.provider.name"),
    printcolumn(name = "Gate", type_ = "string", json_path = ".status.gate"),
    printcolumn(name = "Filed", type_ = "string", json_path = ".status.conditions[?(@.type==\"Filed\")].status"),
    printcolumn(name = "Assessed", type_ = "string", json_path = ".status.conditions[?(@.type==\"Assessed\")].status"),
    printcolumn(name = "Injected", type_ = "string", json_path = ".status.workloads.summary"),
    printcolumn(name = "Next-Deadline", type_ = "date", json_path = ".status.nextDeadline"),
    printcolumn(name = "Missing", type_ = "string", json_path = ".status.missing", priority = 1),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("size(self.metadata.name) <= 49").message("metadata.name: at most 49 characters, so that the names of the objects made for it stay valid"),
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!self.biometricEditing.face || self.technologies.exists(t, t == 'VisualBiometric' || t == 'DigitalHumanScene')").message("spec.biometricEditing.face is true, so spec.technologies must hold VisualBiometric or DigitalHumanScene (Order 12 Art. 23)"),
    validation = Rule::new("!self.biometricEditing.voice || self.technologies.exists(t, t == 'Speech')").message("spec.biometricEditing.voice is true, so spec.technologies must hold Speech (Order 12 Art. 23)"),
    validation = Rule::new("size(self.workloadSelector.matchLabels) > 0 || size(self.workloadSelector.matchExpressions) > 0").message("spec.workloadSelector: an empty selector would select every pod; name at least one label"),
)]
pub struct DeepSynthesisServiceSpec {
    /// Who provides the service.
    pub provider: Provider,
    /// Roles of the legal entity for this service (Order 12 Art. 23); one entity may hold several.
    #[schemars(length(min = 1, max = 4))]
    pub roles: Vec<Role>,
    /// Who can use the service. Order 12 Art. 2 reaches services offered to the public in mainland China.
    pub audience: Audience,
    /// The kinds of deep synthesis technology used (Order 12 Art. 23).
    #[schemars(length(min = 1, max = 6))]
    pub technologies: Vec<Technology>,
    /// The categories of Order 12 Art. 17(1) whose output may confuse the public.
    #[serde(default)]
    #[schemars(length(max = 5))]
    pub confusion_categories: Vec<ConfusionCategory>,
    /// Whether the service has a public-opinion attribute or social-mobilisation capability (Order 12 Arts 19, 20).
    pub public_opinion: PublicOpinion,
    /// Whether the service edits or generates biometric information (Order 12 Arts 14, 15).
    #[serde(default)]
    pub biometric_editing: BiometricEditing,
    /// Labels of the pods that make up the service, in this namespace.
    pub workload_selector: WorkloadSelector,
    /// How generated content leaves the pods. The sidecar labels only `Http`.
    #[serde(default)]
    pub delivery: Delivery,
    /// How the sidecar gets in front of the application.
    #[serde(default)]
    pub capture: Capture,
    /// Ports on which the application serves, in front of which the sidecar stands.
    #[schemars(length(min = 1, max = 16))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["port".into()]))]
    pub endpoints: Vec<Endpoint>,
    /// How output is labelled (Order 12 Arts 16, 17; Labelling Measures Arts 4, 5).
    #[serde(default)]
    pub labelling: Labelling,
    /// Overrides the policy's mode for this service, only to the stricter side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Overrides the policy's filing mode for this service, only to the stricter side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filing_mode: Option<FilingMode>,
}

/// The legal entity behind the service.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    /// Registered name, as in the filing.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Unified social credit code (GB 32100-2015), 18 characters; the check character is verified at admission.
    #[schemars(
        length(min = 18, max = 18),
        regex(pattern = UNIFIED_SOCIAL_CREDIT_CODE)
    )]
    pub unified_social_credit_code: String,
    /// The four self-assigned characters of the provider code (TC260-PG-20252A, positions 24–27); it also keys the service's history.
    #[schemars(length(min = 4, max = 4), regex(pattern = SERVICE_CODE))]
    pub service_code: String,
}

/// Role in Order 12 Art. 23 and the Labelling Measures.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Offers the service (深度合成服务提供者).
    Provider,
    /// Supplies technology to providers (深度合成服务技术支持者).
    TechnicalSupporter,
    /// Spreads content made elsewhere (Labelling Measures Art. 6).
    Propagator,
    /// Distributes applications (Order 12 Art. 13).
    AppStore,
}

/// Who can use the service (Order 12 Art. 2, Labelling Measures Art. 2).
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash)]
pub enum Audience {
    /// The public in mainland China.
    PublicChina,
    /// Contracted enterprises only.
    Enterprise,
    /// The own organisation only.
    Internal,
}

/// The six technology kinds of Order 12 Art. 23.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Technology {
    /// Generates or edits text.
    Text,
    /// Generates or edits speech.
    Speech,
    /// Generates or edits music and other non-speech sound.
    NonSpeechAudio,
    /// Generates or edits faces, persons, poses in images or video.
    VisualBiometric,
    /// Generates, enhances or restores other images or video.
    VisualNonBiometric,
    /// Digital humans, virtual scenes.
    DigitalHumanScene,
}

/// The five categories of Order 12 Art. 17(1).
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConfusionCategory {
    /// Dialogue or writing that simulates a natural person.
    DialogueWriting,
    /// Synthesised or imitated voice.
    Voice,
    /// Faces or persons generated, swapped, manipulated.
    FacePerson,
    /// Immersive realistic scenes.
    ImmersiveScene,
    /// Other services that generate or significantly change content.
    Other,
}

/// The decision on the public-opinion attribute and who took it.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct PublicOpinion {
    /// True when the service has a public-opinion attribute or social-mobilisation capability.
    pub attribute: bool,
    /// Why, in the words of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub basis: Option<String>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub decided_by: Option<String>,
    /// When it was decided (`YYYY-MM-DD`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 10), regex(pattern = DAY))]
    pub decided_on: Option<String>,
}

/// Biometric editing that the service offers (Order 12 Arts 14(2), 15).
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub struct BiometricEditing {
    /// Generates or edits faces.
    #[serde(default)]
    pub face: bool,
    /// Generates or edits voices.
    #[serde(default)]
    pub voice: bool,
}

/// A bounded label selector.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadSelector {
    /// Every label must be present with this value.
    #[serde(default)]
    #[schemars(extend("maxProperties" = 16))]
    pub match_labels: std::collections::BTreeMap<String, String>,
    /// Further requirements.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub match_expressions: Vec<SelectorRequirement>,
}

/// One requirement of a selector.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SelectorRequirement {
    /// Label key.
    #[schemars(length(min = 1, max = 317))]
    pub key: String,
    /// How the label relates to the values.
    pub operator: SelectorOperator,
    /// Values for `In` and `NotIn`.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub values: Vec<String>,
}

/// Operators of label selectors.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub enum SelectorOperator {
    /// The label has one of the values.
    In,
    /// The label is absent or has none of the values.
    NotIn,
    /// The label is present.
    Exists,
    /// The label is absent.
    DoesNotExist,
}

impl WorkloadSelector {
    /// Whether labels satisfy the selector.
    #[must_use]
    pub fn matches(&self, labels: &std::collections::BTreeMap<String, String>) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|requirement| {
                let actual = labels.get(&requirement.key);
                match requirement.operator {
                    SelectorOperator::In => actual.is_some_and(|v| requirement.values.contains(v)),
                    SelectorOperator::NotIn => actual.is_none_or(|v| !requirement.values.contains(v)),
                    SelectorOperator::Exists => actual.is_some(),
                    SelectorOperator::DoesNotExist => actual.is_none(),
                }
            })
    }

    /// The same selector as Kubernetes writes it.
    #[must_use]
    pub fn to_label_selector(&self) -> LabelSelector {
        serde_json::from_value(serde_json::json!({
            "matchLabels": self.match_labels,
            "matchExpressions": self.match_expressions,
        }))
        .unwrap_or_default()
    }
}

/// How content leaves the pods.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum Delivery {
    /// Over HTTP through a declared endpoint: the sidecar labels it.
    #[default]
    Http,
    /// Written to a volume.
    Volume,
    /// Written to an object store.
    ObjectStore,
    /// Written to a queue.
    Queue,
}

/// How traffic is made to pass the sidecar.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum Capture {
    /// The sidecar binds the pod's address, the application the loopback address, both on the same port.
    #[default]
    SplitAddress,
}

/// One port of the application.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// TCP port; the sidecar listens on the pod's address, the application on 127.0.0.1.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// How to talk to the application.
    #[serde(default)]
    pub upstream: Upstream,
    /// Routes in order; the first match decides. Without routes everything is `Auto`.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub routes: Vec<Route>,
}

/// How the sidecar talks to the application.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Upstream {
    /// Protocol spoken by the application.
    #[serde(default)]
    pub protocol: UpstreamProtocol,
}

/// Protocols spoken by applications.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum UpstreamProtocol {
    /// HTTP/1.1 in clear text.
    #[default]
    Http1,
    /// HTTP/2 with prior knowledge in clear text.
    H2c,
}

/// What a path delivers.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Path prefix, matched on whole segments.
    #[schemars(length(min = 1, max = 512), regex(pattern = r"^/"))]
    pub path: String,
    /// Methods; empty means all.
    #[serde(default)]
    #[schemars(length(max = 9))]
    pub methods: Vec<String>,
    /// What kind of content the route delivers.
    #[serde(default)]
    pub content: RouteContent,
}

/// Whether a route's content is generated.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum RouteContent {
    /// Generated content, labelled by its content type; a type that cannot be labelled is refused.
    Generated,
    /// Labelled where the content type can carry a label, passed on otherwise.
    #[default]
    Auto,
    /// Not generated (health, metrics, static pages): never touched.
    NotGenerated,
}

/// How output is labelled.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Labelling {
    /// Explicit label on text (GB 45438-2025 5.1).
    #[serde(default)]
    pub explicit: ExplicitLabelling,
    /// Where the notice stands in text.
    #[serde(default)]
    pub position: NoticePosition,
}

/// Who makes the label perceivable.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum ExplicitLabelling {
    /// The sidecar writes the notice into the text.
    #[default]
    InText,
    /// The application's user interface shows it.
    UserInterface,
}

/// Where a text notice stands.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum NoticePosition {
    /// Before the text.
    Start,
    /// After the text.
    #[default]
    End,
}

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
    pub workloads: Option<WorkloadsStatus>,
    /// Filing number and link that the service must show (Order 12 Art. 19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Disclosure>,
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
    /// `injected/matched`, for the printer column.
    pub summary: String,
}

/// What the service must show to the public.
#[derive(JsonSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Disclosure {
    /// Filing number.
    pub number: String,
    /// Link to the public information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}
