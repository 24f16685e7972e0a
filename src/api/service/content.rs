//! What a service is and makes: roles, audience, technologies, functions, models (Order 12 Arts 2, 15, 23).

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::pattern::{DAY, SHA256};

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

/// Functions that a service offers. Other rules ask for them than for the technology behind them.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Function {
    /// Dialogue that simulates a natural person.
    Dialogue,
    /// Writing that simulates a natural person.
    Writing,
    /// Text to speech.
    SpeechSynthesis,
    /// Imitates or converts a person's voice.
    VoiceCloning,
    /// Music and sound scenes.
    MusicGeneration,
    /// Images.
    ImageGeneration,
    /// Enhancement and restoration of images or video (Order 12 Art. 23 kind 5).
    ImageEnhancement,
    /// Video.
    VideoGeneration,
    /// New faces.
    FaceGeneration,
    /// A person's face in place of another's.
    FaceSwap,
    /// Changes of faces, expressions, attributes.
    FaceManipulation,
    /// Changes of a person's pose.
    PoseManipulation,
    /// Digital humans.
    DigitalHuman,
    /// Immersive realistic scenes.
    ImmersiveScene,
    /// Information publication by users.
    InformationPublication,
    /// News information (Order 12 Art. 6(2)): needs a licence.
    News,
    /// Online publishing (Order 12 Art. 24): needs a licence.
    Publishing,
    /// Online culture (Order 12 Art. 24): needs a licence.
    Culture,
    /// Audiovisual programmes (Order 12 Art. 24): needs a licence.
    AudiovisualProgramme,
    /// Sustained emotional interaction (Anthropomorphic Interaction Measures 2026).
    Companion,
}

impl Function {
    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dialogue => "Dialogue",
            Self::Writing => "Writing",
            Self::SpeechSynthesis => "SpeechSynthesis",
            Self::VoiceCloning => "VoiceCloning",
            Self::MusicGeneration => "MusicGeneration",
            Self::ImageGeneration => "ImageGeneration",
            Self::ImageEnhancement => "ImageEnhancement",
            Self::VideoGeneration => "VideoGeneration",
            Self::FaceGeneration => "FaceGeneration",
            Self::FaceSwap => "FaceSwap",
            Self::FaceManipulation => "FaceManipulation",
            Self::PoseManipulation => "PoseManipulation",
            Self::DigitalHuman => "DigitalHuman",
            Self::ImmersiveScene => "ImmersiveScene",
            Self::InformationPublication => "InformationPublication",
            Self::News => "News",
            Self::Publishing => "Publishing",
            Self::Culture => "Culture",
            Self::AudiovisualProgramme => "AudiovisualProgramme",
            Self::Companion => "Companion",
        }
    }

    /// Whether another authority licenses it (Order 12 Arts 6(2), 24).
    #[must_use]
    pub fn is_licensed(self) -> bool {
        matches!(self, Self::News | Self::Publishing | Self::Culture | Self::AudiovisualProgramme)
    }
}

/// One model that the service runs or calls.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// Name as in the assessment and in the filing.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Digest of the container image that holds or serves it, `sha256:` and 64 hex digits; what runs is compared with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 71), regex(pattern = SHA256))]
    pub image_digest: Option<String>,
    /// Digest of the weights. Declared only: the cluster cannot see what a process loads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 71), regex(pattern = SHA256))]
    pub weights_digest: Option<String>,
}

/// What was or will be filed besides the provider's name (Algorithm Provisions Art. 24(1)).
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct FiledInformation {
    /// Forms of the service.
    #[serde(default)]
    #[schemars(length(max = 6))]
    pub form: Vec<ServiceForm>,
    /// Field of application.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub field: String,
    /// Type of the algorithm.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub algorithm_type: String,
    /// The text that is made public.
    #[serde(default)]
    #[schemars(length(max = 2000))]
    pub public_text: String,
}

/// Forms of a service.
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceForm {
    /// Web site.
    Website,
    /// Application.
    App,
    /// Mini program.
    MiniProgram,
    /// Programming interface.
    Api,
    /// Others.
    Other,
}
