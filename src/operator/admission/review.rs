//! Wire types of `admission.k8s.io/v1`.
//!
//! Our own, because the patch must be base64 text as the API documents it, and because only what is looked at is parsed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::inject::PatchOperation;

/// The one version we speak.
pub const API_VERSION: &str = "admission.k8s.io/v1";

/// What the API server sends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdmissionReview {
    /// `admission.k8s.io/v1`.
    pub api_version: String,
    /// The request.
    pub request: AdmissionRequest,
}

/// One request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdmissionRequest {
    /// Echoed in the answer.
    pub uid: String,
    /// Kind of the object.
    pub kind: GroupVersionKind,
    /// Name; empty while `generateName` is pending.
    #[serde(default)]
    pub name: String,
    /// Namespace; empty for cluster-scoped kinds.
    #[serde(default)]
    pub namespace: String,
    /// Subresource; empty for the object itself.
    #[serde(default)]
    pub sub_resource: String,
    /// `CREATE`, `UPDATE`, …
    pub operation: String,
    /// Who asks.
    #[serde(default)]
    pub user_info: UserInfo,
    /// Whether nothing will be stored; then nothing may be written either.
    #[serde(default)]
    pub dry_run: bool,
    /// The object as it would be stored.
    #[serde(default)]
    pub object: Value,
    /// The object as it is.
    #[serde(default)]
    pub old_object: Value,
}

/// Group, version and kind.
#[derive(Debug, Default, Deserialize)]
pub struct GroupVersionKind {
    /// Group; empty for the core group.
    #[serde(default)]
    pub group: String,
    /// Kind.
    pub kind: String,
}

/// Who asks.
#[derive(Debug, Default, Deserialize)]
pub struct UserInfo {
    /// User name.
    #[serde(default)]
    pub username: String,
    /// Groups.
    #[serde(default)]
    pub groups: Vec<String>,
}

impl UserInfo {
    /// Whether a kubelet asks, with the identity that the node authorizer gives.
    #[must_use]
    pub fn is_node(&self) -> bool {
        self.username.starts_with("system:node:") && self.groups.iter().any(|group| group == "system:nodes")
    }
}

/// What a handler answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// `None` admits; a text refuses.
    pub refusal: Option<String>,
    /// Lines that kubectl shows, each at most 120 characters.
    pub warnings: Vec<String>,
    /// Operations on the object.
    pub patch: Vec<PatchOperation>,
}

impl Answer {
    /// Admits.
    #[must_use]
    pub fn allow() -> Self {
        Self::default()
    }

    /// Refuses.
    #[must_use]
    pub fn deny(text: impl Into<String>) -> Self {
        Self { refusal: Some(text.into()), ..Self::default() }
    }

    /// The review to send back.
    #[must_use]
    pub fn into_review(self, uid: String) -> ReviewResponse {
        let has_patch = !self.patch.is_empty();
        let patch =
            has_patch.then(|| serde_json::to_vec(&self.patch).map(|json| STANDARD.encode(json))).and_then(Result::ok);
        ReviewResponse {
            api_version: API_VERSION,
            kind: "AdmissionReview",
            response: Response {
                uid,
                // A patch that could not be written must not become an admission without one.
                allowed: self.refusal.is_none() && has_patch == patch.is_some(),
                status: self.refusal.map(|message| Status { code: 403, reason: "Forbidden", message }),
                warnings: self.warnings,
                patch_type: patch.is_some().then_some("JSONPatch"),
                patch,
            },
        }
    }
}

/// What we send.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewResponse {
    api_version: &'static str,
    kind: &'static str,
    response: Response,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    uid: String,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<String>,
}

#[derive(Debug, Serialize)]
struct Status {
    code: u16,
    reason: &'static str,
    message: String,
}
