//! How output is labelled (Order 12 Arts 16, 17; Labelling Measures Arts 4 to 9; GB 45438-2025).

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

// What few services declare is boxed: the operator keeps every service in memory.
/// How output is labelled.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Labelling {
    /// Who makes the label perceivable.
    #[serde(default)]
    pub explicit: ExplicitLabelling,
    /// Where the notice stands in text (GB 45438-2025 5.1).
    #[serde(default)]
    pub position: NoticePosition,
    /// Words of the explicit label; must hold 人工智能 or AI, and 生成 or 合成 (GB 45438-2025 5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub wording: Option<String>,
    /// What happens to notices that clients send back in a conversation.
    #[serde(default)]
    pub history: History,
    /// The declaration behind `explicit: UserInterface`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_interface: Option<Box<UserInterfaceLabelling>>,
    /// The declaration behind `explicit: Offer` (Order 12 Art. 17(2)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Box<OfferedLabelling>>,
    /// Content without explicit label on a user's request (Labelling Measures Art. 9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
    /// Label on images (GB 45438-2025 5.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<VisualLabelling>,
    /// Label on audio (GB 45438-2025 5.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioLabelling>,
    /// Label on video (GB 45438-2025 5.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoLabelling>,
    /// Label on virtual scenes (GB 45438-2025 5.5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<SceneLabelling>,
    /// What labels content that does not leave over HTTP (Order 12 Art. 16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Box<LabellingStep>>,
}

/// Who makes the label perceivable.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum ExplicitLabelling {
    /// The sidecar writes the notice into the content.
    #[default]
    InText,
    /// The application's user interface shows it.
    UserInterface,
    /// Users are offered the label and told of it (Order 12 Art. 17(2)); not lawful with a confusion category.
    Offer,
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

/// What happens to notices that clients send back in a conversation.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum History {
    /// Our own notices are taken out of assistant turns before the model reads them.
    #[default]
    Strip,
    /// They stay.
    Keep,
}

/// Who shows the label in the interface, and the evidence (GB 45438-2025 5.6).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct UserInterfaceLabelling {
    /// Who shows it.
    #[schemars(length(min = 1, max = 200))]
    pub shown_by: String,
    /// Page on which it can be seen.
    #[schemars(length(max = 2000), regex(pattern = r"^https?://"))]
    pub url: String,
    /// Document that shows it, e.g. number and date of a test report.
    #[schemars(length(min = 1, max = 1000))]
    pub evidence: String,
}

/// The marking function and the prompt (Order 12 Art. 17(2)).
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct OfferedLabelling {
    /// Where users find the marking function.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub function: String,
    /// The prompt that tells them of it.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub prompt: String,
}

/// Content without explicit label on a user's request; the implicit label stays (Labelling Measures Art. 9).
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Waiver {
    /// Whether users can ask for it.
    #[serde(default)]
    pub enabled: bool,
    /// Clause of the agreement that fixes the user's labelling duty and liability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub clause: Option<String>,
    /// Whether the log names who received the content.
    #[serde(default)]
    pub log_recipient: bool,
}

/// Where a picture's label stands.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum PicturePosition {
    /// At an edge.
    Edge,
    /// In a corner.
    #[default]
    Corner,
}

/// Label on images.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct VisualLabelling {
    /// Height of the text in percent of the shortest side; at least 5.
    #[schemars(range(min = 1, max = 100))]
    pub text_height_percent: u8,
    /// Where it stands.
    #[serde(default)]
    pub position: PicturePosition,
}

/// Forms of a label on audio.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum AudioForm {
    /// Spoken words.
    #[default]
    Voice,
    /// The rhythm short-long, short-short.
    Rhythm,
}

/// Label on audio.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct AudioLabelling {
    /// Its form.
    #[serde(default)]
    pub form: AudioForm,
    /// Speed of spoken words in characters per minute; 120 to 160.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub characters_per_minute: Option<u16>,
}

/// Label on video.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct VideoLabelling {
    /// Height of the text in percent of the shortest side; at least 5.
    #[schemars(range(min = 1, max = 100))]
    pub text_height_percent: u8,
    /// Seconds from the first picture on; at least 2.
    #[schemars(range(min = 1, max = 3600))]
    pub seconds: u16,
    /// Where it stands.
    #[serde(default)]
    pub position: PicturePosition,
    /// Whether the player's surroundings show it, too (Labelling Measures Art. 4(4)).
    #[serde(default)]
    pub around_player: bool,
}

/// Label on virtual scenes.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct SceneLabelling {
    /// Height of the text in percent of the shortest side; at least 5.
    #[schemars(range(min = 1, max = 100))]
    pub text_height_percent: u8,
}

/// What labels content that does not leave over HTTP.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct LabellingStep {
    /// Container, Job or product that labels.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Document that proves it.
    #[schemars(length(min = 1, max = 1000))]
    pub evidence: String,
}
