//! `DeepSynthesisService`: which workloads are a deep synthesis service, what it makes, who provides it, how it labels,
//! and what it declares for every duty that a cluster can hold.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::pattern::{SERVICE_CODE, UNIFIED_SOCIAL_CREDIT_CODE};
use super::policy::{FilingMode, Mode};

pub mod content;
pub mod duty;
pub mod labelling;
pub mod people;
pub mod selector;
pub mod status;
pub mod traffic;

pub use content::{
    Audience, BiometricEditing, ConfusionCategory, FiledInformation, Function, Model, PublicOpinion, Role, ServiceForm,
    Technology,
};
pub use duty::{
    Agreement, AppStore, Complaints, ContentReview, FailMode, Licence, ManagementSystem, ManagementSystemKind,
    Propagation, Refutation, Retention, TrainingData,
};
pub use labelling::{
    AudioForm, AudioLabelling, ExplicitLabelling, History, Labelling, LabellingStep, NoticePosition, OfferedLabelling,
    PicturePosition, SceneLabelling, UserInterfaceLabelling, VideoLabelling, VisualLabelling, Waiver,
};
pub use people::{Consent, Identity, IdentityGate, IdentityMeans, Issuer};
pub use selector::{SelectorOperator, SelectorRequirement, WorkloadSelector};
pub use status::{
    ConfigStatus, DeepSynthesisServiceStatus, Disclosure, FindingStatus, LogStatus, RetentionStatus, WorkloadsStatus,
};
pub use traffic::{Capture, Delivery, Endpoint, Route, RouteContent, Upstream, UpstreamProtocol};

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
    /// Functions that the service offers, finer than `technologies` (Order 12 Arts 6(2), 15, 17, 20, 24).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 24))]
    pub functions: Vec<Function>,
    /// Whether it generates or edits special objects or scenes that may touch national security, image or interest
    /// (Order 12 Art. 15(2)).
    #[serde(default, skip_serializing_if = "is_false")]
    pub special_object_editing: bool,
    /// Models that it runs or calls, by digest (Order 12 Art. 15).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub models: Vec<Model>,
    /// Generative artificial intelligence offered to the public (GenAI Interim Measures Art. 17): names the model that was
    /// filed or registered.
    #[serde(default, skip_serializing_if = "is_false")]
    pub generative_ai: bool,
    /// What was or will be filed besides the provider's name; a change opens ten working days (Algorithm Provisions Art. 24).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filed_information: Option<FiledInformation>,
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
    /// Who may publish and how that is verified (Order 12 Art. 9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// How users of face and voice editing are prompted to obtain separate consent (Order 12 Art. 14(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Review of input and output, and the feature library (Order 12 Art. 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_review: Option<ContentReview>,
    /// How long logs and records are kept, in calendar months or years (`P6M`, `P3Y`).
    #[serde(default)]
    pub retention: Retention,
    /// Entrance for appeals, complaints and reports (Order 12 Art. 12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaints: Option<Complaints>,
    /// Rumour-refuting mechanism (Order 12 Art. 11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refutation: Option<Refutation>,
    /// Service agreement and rules (Order 12 Art. 8, Labelling Measures Art. 8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// Management systems with their documents (Order 12 Art. 7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["system".into()]))]
    pub management_systems: Vec<ManagementSystem>,
    /// Register of training data (Order 12 Art. 14(1)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_data: Option<TrainingData>,
    /// Licences of other authorities for news, publishing, culture, audiovisual programmes (Order 12 Arts 6(2), 24).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub licences: Vec<Licence>,
    /// Checks of an application store (Order 12 Art. 13, Labelling Measures Art. 7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_store: Option<Box<AppStore>>,
    /// How a propagator recognises and shows synthetic content (Labelling Measures Art. 6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub propagation: Option<Box<Propagation>>,
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

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes references.
fn is_false(value: &bool) -> bool {
    !*value
}
