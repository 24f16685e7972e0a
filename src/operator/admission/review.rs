//! Wire types of `admission.k8s.io/v1`.
//!
//! Our own, because the patch must be base64 text as the API documents it, and because only what is looked at is parsed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clean;
use crate::inject::PatchOperation;

/// The one version we speak.
pub const API_VERSION: &str = "admission.k8s.io/v1";

const KIND: &str = "AdmissionReview";
/// Longer warnings are cut by API servers, some of them for the whole answer.
const MAX_WARNING: usize = 120;
/// API servers take 4096 characters of warnings.
const MAX_WARNINGS: usize = 30;

/// What the API server sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdmissionReview {
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    kind: String,
    request: AdmissionRequest,
}

/// Why a body is no review that is answered here.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// Not JSON, or not of that shape.
    #[error("not an AdmissionReview: {0}")]
    Shape(#[from] serde_json::Error),
    /// Without a request there is nothing to answer.
    #[error("not an AdmissionReview: it holds no request")]
    NoRequest,
    /// Another version, or another kind.
    #[error(
        "[UnknownReview] {found} is not spoken here, {API_VERSION} AdmissionReview is. \
         List v1 in admissionReviewVersions of the webhook.\n此处仅支持 {API_VERSION} AdmissionReview，收到的是 {found}。"
    )]
    Unknown {
        /// What came.
        found: String,
        /// The request's uid, if it has one.
        uid: Option<String>,
    },
    /// The request is not of that shape.
    #[error("[UnreadableReview] the request of the AdmissionReview cannot be read: {source}")]
    Request {
        /// The request's uid, if it has one.
        uid: Option<String>,
        /// Why.
        source: serde_json::Error,
    },
}

impl ReviewError {
    /// The uid to answer to.
    #[must_use]
    pub fn uid(&self) -> Option<String> {
        match self {
            Self::Shape(_) | Self::NoRequest => None,
            Self::Unknown { uid, .. } | Self::Request { uid, .. } => uid.clone(),
        }
    }
}

/// Reads a review of the one version that we speak.
///
/// # Errors
/// [`ReviewError`].
pub fn parse(body: &[u8]) -> Result<AdmissionRequest, ReviewError> {
    match serde_json::from_slice::<AdmissionReview>(body) {
        Ok(review) if review.api_version == API_VERSION && review.kind == KIND => Ok(review.request),
        Ok(review) => Err(unknown(&review.api_version, &review.kind, Some(review.request.uid))),
        // Another version's request may have another shape: say that rather than which field is missing.
        Err(source) => Err(diagnose(body, source)),
    }
}

fn unknown(version: &str, kind: &str, uid: Option<String>) -> ReviewError {
    ReviewError::Unknown { found: format!("{} {}", clean(version, 80), clean(kind, 80)), uid }
}

fn diagnose(body: &[u8], source: serde_json::Error) -> ReviewError {
    let Ok(review) = serde_json::from_slice::<Value>(body) else { return ReviewError::Shape(source) };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let uid = text(&review["request"]["uid"]);
    let (version, kind) = (text(&review["apiVersion"]).unwrap_or_default(), text(&review["kind"]).unwrap_or_default());
    if version != API_VERSION || kind != KIND {
        unknown(&version, &kind, uid)
    } else if review["request"].is_object() {
        ReviewError::Request { uid, source }
    } else {
        ReviewError::NoRequest
    }
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
    /// Lines that kubectl shows; cut to 120 characters each on their way out.
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
            kind: KIND,
            response: Response {
                uid,
                // A patch that could not be written must not become an admission without one.
                allowed: self.refusal.is_none() && has_patch == patch.is_some(),
                status: self.refusal.map(|message| Status { code: 403, reason: "Forbidden", message }),
                warnings: self.warnings.iter().take(MAX_WARNINGS).map(|line| clean(line, MAX_WARNING)).collect(),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request() -> Value {
        json!({"uid": "u-1", "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE"})
    }

    #[test]
    fn refuses_unknown_reviews_by_name_and_echoes_their_uid() {
        let old = json!({"apiVersion": "admission.k8s.io/v1beta1", "kind": "AdmissionReview", "request": request()});
        let odd = json!({"apiVersion": "admission.k8s.io/v2", "kind": "AdmissionReview", "request": {"uid": "u-2"}});
        let list = json!({"apiVersion": "admission.k8s.io/v1", "kind": "List", "request": request()});
        let part = json!({"apiVersion": API_VERSION, "kind": KIND, "request": {"uid": "u-3", "operation": 1}});
        let empty = json!({"apiVersion": API_VERSION, "kind": KIND});
        for (review, uid, text) in [
            (old.to_string(), Some("u-1"), "admission.k8s.io/v1beta1 AdmissionReview is not spoken here"),
            (odd.to_string(), Some("u-2"), "admission.k8s.io/v2 AdmissionReview is not spoken here"),
            (list.to_string(), Some("u-1"), "admission.k8s.io/v1 List is not spoken here"),
            (part.to_string(), Some("u-3"), "[UnreadableReview]"),
            (empty.to_string(), None, "holds no request"),
            ("[]".to_owned(), None, "is not spoken here"),
            ("{".to_owned(), None, "not an AdmissionReview"),
            (String::new(), None, "not an AdmissionReview"),
        ] {
            let error = parse(review.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(text), "{text}: {error}");
            assert_eq!(error.uid().as_deref(), uid, "{review}");
        }
        let good = json!({"apiVersion": API_VERSION, "kind": KIND, "request": request()});
        assert_eq!(parse(good.to_string().as_bytes()).unwrap().uid, "u-1");
    }

    #[test]
    fn every_answer_keeps_to_the_lengths_that_api_servers_take_and_its_patch_is_base64() {
        let patch = vec![PatchOperation::Add { path: "/metadata".to_owned(), value: json!({}) }];
        let answer = Answer { warnings: vec!["标".repeat(500), "a\nb".to_owned()], patch, ..Answer::default() };
        let review = serde_json::to_value(answer.into_review("u-1".to_owned())).unwrap();
        let response = &review["response"];
        assert_eq!(response["uid"], "u-1");
        assert_eq!(response["warnings"][0].as_str().unwrap().chars().count(), 120);
        assert_eq!(response["warnings"][1], "a b");
        let patch = STANDARD.decode(response["patch"].as_str().unwrap()).unwrap();
        let patch: Value = serde_json::from_slice(&patch).unwrap();
        assert_eq!(patch, json!([{"op": "add", "path": "/metadata", "value": {}}]));

        let many = Answer { warnings: vec!["x".repeat(120); 100], ..Answer::default() };
        let review = serde_json::to_value(many.into_review(String::new())).unwrap();
        let warnings = review["response"]["warnings"].as_array().unwrap();
        assert!(warnings.iter().map(|line| line.as_str().unwrap().len()).sum::<usize>() <= 4096);
    }
}
