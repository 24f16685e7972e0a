//! An assertion: a JWT (RFC 7519) as a compact JWS (RFC 7515), checked by the rules of RFC 8725.
//!
//! In: its text. Out: [`Verified`] or why not. Must not: let the assertion choose how it is checked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use super::claims::Claims;
use super::key::Algorithm;
use super::{IdentityRefusal, KeySet, Verified};
use crate::api::service::IdentityMeans;

/// Longest assertion that is read.
pub const MAX_ASSERTION_BYTES: usize = 16 << 10;

/// Who may assert.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// Its `iss`.
    pub url: String,
    /// The `aud` that names us.
    pub audience: String,
    /// Its keys.
    pub keys: KeySet,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// Checks an assertion.
///
/// # Errors
/// [`IdentityRefusal`]: the first reason why it does not count.
pub fn verify(
    assertion: &str,
    issuers: &[Issuer],
    accepted: &[IdentityMeans],
    now: i64,
) -> Result<Verified, IdentityRefusal> {
    if assertion.len() > MAX_ASSERTION_BYTES {
        return Err(IdentityRefusal::Malformed);
    }
    let mut parts = assertion.split('.');
    let (Some(head), Some(body), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(IdentityRefusal::Malformed);
    };
    let signed = assertion.get(..head.len() + 1 + body.len()).ok_or(IdentityRefusal::Malformed)?;
    let header: Header = read(head)?;
    let algorithm = Algorithm::of(&header.alg).ok_or(IdentityRefusal::AlgorithmNotAccepted)?;
    // Nothing that must be understood is; and other kinds of signed tokens, such as logout tokens, are no assertions.
    if header.crit.is_some() || !header.typ.as_deref().is_none_or(is_assertion) {
        return Err(IdentityRefusal::Malformed);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| IdentityRefusal::Malformed)?;
    let claims: Claims = read(body)?;
    // One URL may stand for several audiences.
    let known: Vec<&Issuer> = issuers.iter().filter(|issuer| issuer.url == claims.iss).collect();
    if known.is_empty() {
        return Err(IdentityRefusal::UnknownIssuer);
    }
    let has_signed = |issuer: &&Issuer| {
        let keys = issuer.keys.0.iter().filter(|key| key.algorithm == algorithm);
        let mut keys = keys.filter(|key| header.kid.is_none() || key.id == header.kid);
        keys.any(|key| key.has_signed(signed.as_bytes(), &signature))
    };
    let mut refusal = IdentityRefusal::BadSignature;
    for issuer in known.into_iter().filter(has_signed) {
        match claims.hold(&issuer.audience, now) {
            Ok(()) => return claims.verified(accepted),
            Err(reason) => refusal = reason,
        }
    }
    Err(refusal)
}

fn is_assertion(kind: &str) -> bool {
    let kind = kind.rsplit('/').next().unwrap_or_default();
    kind.eq_ignore_ascii_case("jwt") || kind.eq_ignore_ascii_case("at+jwt")
}

fn read<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, IdentityRefusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| IdentityRefusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| IdentityRefusal::Malformed)
}
