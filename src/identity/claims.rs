//! What an assertion says, and whether it says that a real identity was verified by a means that counts.
//!
//! In: the claims of an assertion whose signature holds. Out: [`Verified`] or a refusal. Must not: keep a name or a number.

use serde::Deserialize;

use super::IdentityRefusal;
use crate::api::service::IdentityMeans;

/// Seconds by which clocks of issuer and cluster may differ.
const LEEWAY: i64 = 60;
/// Longest subject.
const MAX_SUBJECT: usize = 255;

/// A user whose real identity somebody verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// By what means.
    pub means: IdentityMeans,
}

/// The registered claims (RFC 7519) and those about verification; all else stays unread.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub iss: String,
    aud: Audience,
    exp: Number,
    nbf: Option<Number>,
    iat: Option<Number>,
    sub: String,
    #[serde(default)]
    real_name_verified: bool,
    real_name_means: Option<String>,
    verified_claims: Option<VerifiedClaims>,
}

/// Seconds, which issuers also write with a fraction.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Number {
    Whole(i64),
    Fraction(f64),
}

impl Number {
    fn seconds(self) -> i64 {
        match self {
            Self::Whole(seconds) => seconds,
            // Saturates; not-a-number is zero, which is long ago.
            #[allow(clippy::cast_possible_truncation, reason = "whole seconds are meant")]
            Self::Fraction(seconds) => seconds as i64,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// OpenID Connect for Identity Assurance 1.0, section 5.
#[derive(Deserialize)]
struct VerifiedClaims {
    verification: Verification,
}

#[derive(Deserialize)]
struct Verification {
    trust_framework: Option<String>,
    #[serde(default)]
    evidence: Vec<Evidence>,
}

#[derive(Deserialize)]
struct Evidence {
    #[serde(rename = "type", default)]
    kind: String,
}

impl Claims {
    /// Whether it is for us and now.
    pub fn hold(&self, audience: &str, now: i64) -> Result<(), IdentityRefusal> {
        let is_ours = match &self.aud {
            Audience::One(one) => one == audience,
            Audience::Several(all) => all.iter().any(|one| one == audience),
        };
        if !is_ours {
            return Err(IdentityRefusal::OtherAudience);
        }
        if self.exp.seconds() <= now.saturating_sub(LEEWAY) {
            return Err(IdentityRefusal::Expired);
        }
        let latest = now.saturating_add(LEEWAY);
        if [self.nbf, self.iat].into_iter().flatten().any(|time| time.seconds() > latest) {
            return Err(IdentityRefusal::NotYet);
        }
        if self.sub.is_empty() || self.sub.len() > MAX_SUBJECT {
            return Err(IdentityRefusal::Malformed);
        }
        Ok(())
    }

    /// Whether a real identity was verified, by one of these means.
    pub fn verified(&self, accepted: &[IdentityMeans]) -> Result<Verified, IdentityRefusal> {
        let means = match (&self.verified_claims, self.real_name_verified) {
            (_, true) => self.real_name_means.as_deref().map_or(Ok(IdentityMeans::Other), named)?,
            (Some(verified), false) => verified.verification.means()?,
            (None, false) => return Err(IdentityRefusal::NotVerified),
        };
        if accepted.contains(&means) { Ok(Verified { means }) } else { Err(IdentityRefusal::MeansNotAccepted) }
    }
}

impl Verification {
    fn means(&self) -> Result<IdentityMeans, IdentityRefusal> {
        if self.trust_framework.as_deref().is_none_or(str::is_empty) {
            return Err(IdentityRefusal::NotVerified);
        }
        let is_document = |evidence: &Evidence| ["document", "id_document"].contains(&evidence.kind.as_str());
        let has_document = self.evidence.iter().any(is_document);
        Ok(if has_document { IdentityMeans::IdentityDocumentNumber } else { IdentityMeans::Other })
    }
}

/// By the names of `spec.identity.means`. A name that nobody knows is none, so that a misspelt one is not taken for "Other".
fn named(name: &str) -> Result<IdentityMeans, IdentityRefusal> {
    serde_json::from_value(name.into()).map_err(|_| IdentityRefusal::MeansNotAccepted)
}
