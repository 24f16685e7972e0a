//! Users: who may publish, and how editing of faces and voices is prompted (Order 12 Arts 9, 14).

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Verification of real identity (Order 12 Art. 9).
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// What is closed to unverified users. The Order gates publication, not generation.
    #[serde(default)]
    pub gate: IdentityGate,
    /// Accepted means; the national network identity is never the only one.
    #[serde(default)]
    #[schemars(length(max = 6))]
    pub means: Vec<IdentityMeans>,
    /// Who asserts that a user was verified.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub issuers: Vec<Issuer>,
    /// Request header that carries the assertion; `Authorization` (the default) carries it as a bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9-]+$"))]
    pub header: Option<String>,
}

/// What is closed to unverified users.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum IdentityGate {
    /// Publication routes.
    #[default]
    Publication,
    /// Everything; stricter than the Order.
    Generation,
}

/// Means of verification (Order 12 Art. 9; the list is open).
#[derive(JsonSchema, Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash)]
pub enum IdentityMeans {
    /// Mobile phone number.
    MobileNumber,
    /// Number of an identity document.
    IdentityDocumentNumber,
    /// Unified social credit code.
    UnifiedSocialCreditCode,
    /// National network identity authentication public service; voluntary for users.
    NationalNetworkIdentity,
    /// Others.
    Other,
}

/// Who asserts that a user was verified.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Issuer {
    /// Issuer claim of the assertion.
    #[schemars(length(min = 1, max = 2000), regex(pattern = r"^https://"))]
    pub url: String,
    /// Audience that the assertion must name.
    #[schemars(length(min = 1, max = 200))]
    pub audience: String,
    /// The issuer's public keys, a JWK Set (RFC 7517) as it serves it at its `jwks_uri`. Without it nobody can be verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16384))]
    pub keys: Option<String>,
}

/// The prompt before faces or voices are edited (Order 12 Art. 14(2)).
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Version of the prompt's text.
    #[schemars(length(min = 1, max = 100))]
    pub prompt_version: String,
    /// Whether the user must name the edited person's consent. More than the Order asks.
    #[serde(default)]
    pub require_reference: bool,
}
