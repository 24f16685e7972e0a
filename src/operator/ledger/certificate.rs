//! The ledger's certificate, signed by the operator's own authority, in a Secret that the kubelet brings to the ledger.
//!
//! In: the Secret as it is, the authority that signs, the bundle, a clock. Out: the Secret as it should be. Must not: touch a Secret
//! that somebody else made, or let the ledger show a certificate whose authority sidecars have not had the time to hear of.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::PostParams;

use crate::operator::certificate::authority::{Authority, AuthorityError};
use crate::operator::certificate::trust::{self, Validity, certificates};

/// How long a certificate lives; made anew at half of it, so that an operator may be away for two weeks.
const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The bundle reaches the operator by the kubelet, sidecars by the signed configuration and the kubelet again: minutes.
const TOLD: SignedDuration = SignedDuration::from_mins(10);
/// Since when the bundle is in the Secret; also says whose the Secret is.
const SINCE: &str = "deepsynthesis.dev/authorities-since";
const CERTIFICATE: &str = "tls.crt";
const KEY: &str = "tls.key";
const BUNDLE: &str = "ca.crt";

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The API server refused.
    #[error("the Secret of the ledger's certificate: {0}")]
    Api(#[from] kube::Error),
    /// It cannot be signed.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

/// What to do with the Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// Nothing.
    Rest,
    /// Leave it: somebody else made it.
    Foreign,
    /// Tell of other authorities.
    Bundle,
    /// Sign a certificate.
    Sign,
}

fn text<'a>(secret: &'a Secret, key: &str) -> &'a str {
    let bytes = secret.data.as_ref().and_then(|data| data.get(key)).map(|value| value.0.as_slice());
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}

fn decide(secret: Option<&Secret>, authority: &Authority, bundle: &str, name: &str, now: Timestamp) -> Act {
    let Some(secret) = secret else { return Act::Sign };
    let since = secret.metadata.annotations.as_ref().and_then(|annotations| annotations.get(SINCE));
    let Some(since) = since else { return Act::Foreign };
    let chain = certificates(text(secret, CERTIFICATE).as_bytes());
    let Some(validity) = chain.first().and_then(|leaf| Validity::of(leaf).ok()) else { return Act::Sign };
    // Who trusts what the Secret says must still be able to reach the ledger.
    let is_trusted = |authorities: &str| trust::check(&chain, authorities.as_bytes(), name, now).is_ok();
    if !is_trusted(bundle) || text(secret, KEY).is_empty() || validity.until.duration_since(now) < LIFETIME / 2 {
        let may_wait = is_trusted(bundle) && validity.until == authority.validity().until;
        return if may_wait { Act::Rest } else { Act::Sign };
    }
    if text(secret, BUNDLE) != bundle {
        return Act::Bundle;
    }
    let is_told = since.parse::<Timestamp>().is_ok_and(|since| now.duration_since(since) >= TOLD);
    if is_told && !is_trusted(authority.certificate()) { Act::Sign } else { Act::Rest }
}

fn write(secret: &mut Secret, entries: &[(&str, &str)], now: Timestamp) {
    let data = secret.data.get_or_insert_with(BTreeMap::new);
    for (key, value) in entries {
        data.insert((*key).to_owned(), ByteString(value.as_bytes().to_vec()));
    }
    let annotations = secret.metadata.annotations.get_or_insert_with(BTreeMap::new);
    annotations.insert(SINCE.to_owned(), now.to_string());
}

/// Keeps the Secret `secret` for a ledger that is dialled as `name`; says whether somebody else's stands in the way.
///
/// # Errors
/// [`KeepError`].
pub async fn keep(
    secrets: &Api<Secret>,
    secret: &str,
    name: &str,
    (authority, bundle): (&Authority, &str),
    now: Timestamp,
) -> Result<bool, KeepError> {
    let found = secrets.get_opt(secret).await?;
    let act = decide(found.as_ref(), authority, bundle, name, now);
    let exists = found.is_some();
    let mut object = found.unwrap_or_default();
    match act {
        Act::Rest => return Ok(false),
        Act::Foreign => return Ok(true),
        Act::Bundle => write(&mut object, &[(BUNDLE, bundle)], now),
        Act::Sign => {
            let (certificate, key) = authority.pair(vec![name.to_owned()], now, LIFETIME)?;
            // The time since when stays if the authorities do.
            let since = object.metadata.annotations.as_ref().and_then(|annotations| annotations.get(SINCE)).cloned();
            let since = since.filter(|_| text(&object, BUNDLE) == bundle);
            write(&mut object, &[(CERTIFICATE, &certificate), (KEY, &key), (BUNDLE, bundle)], now);
            if let (Some(since), Some(annotations)) = (since, object.metadata.annotations.as_mut()) {
                annotations.insert(SINCE.to_owned(), since);
            }
        }
    }
    if exists {
        secrets.replace(secret, &PostParams::default(), &object).await?;
    } else {
        object.metadata.name = Some(secret.to_owned());
        object.type_ = Some("kubernetes.io/tls".to_owned());
        secrets.create(&PostParams::default(), &object).await?;
    }
    tracing::info!(secret, ?act, "the ledger's certificate");
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "deepsynthesis-ledger.s.svc";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn make(now: Timestamp) -> Authority {
        Authority::make(now, SignedDuration::from_hours(365 * 24)).unwrap()
    }

    fn secret(authority: &Authority, bundle: &str, now: Timestamp) -> Secret {
        let (certificate, key) = authority.pair(vec![NAME.to_owned()], now, LIFETIME).unwrap();
        let mut secret = Secret::default();
        write(&mut secret, &[(CERTIFICATE, &certificate), (KEY, &key), (BUNDLE, bundle)], now);
        secret
    }

    #[test]
    fn a_certificate_is_made_and_renewed_at_half_of_its_life() {
        let now = at("2026-11-27T12:00:00Z");
        let authority = make(now);
        let bundle = authority.certificate();
        assert_eq!(decide(None, &authority, bundle, NAME, now), Act::Sign);
        let secret = secret(&authority, bundle, now);
        let after = |hours: i64, name: &str| {
            decide(Some(&secret), &authority, bundle, name, now + SignedDuration::from_hours(hours))
        };
        assert_eq!([0, 359, 361, 800].map(|hours| after(hours, NAME)), [Act::Rest, Act::Rest, Act::Sign, Act::Sign]);
        assert_eq!(after(0, "other.s.svc"), Act::Sign, "the release moved to another namespace");
    }

    #[test]
    fn sidecars_hear_of_an_authority_before_the_ledger_shows_its_certificate() {
        let now = at("2026-11-27T12:00:00Z");
        let (old, new) = (make(now), make(now));
        let both = format!("{}{}", old.certificate(), new.certificate());
        let mut secret = secret(&old, old.certificate(), now);
        assert_eq!(decide(Some(&secret), &new, &both, NAME, now), Act::Bundle, "first the word is spread");
        write(&mut secret, &[(BUNDLE, &both)], now);
        let after = |minutes: i64| decide(Some(&secret), &new, &both, NAME, now + SignedDuration::from_mins(minutes));
        assert_eq!([0, 9, 10].map(after), [Act::Rest, Act::Rest, Act::Sign]);
        assert_eq!(
            decide(Some(&secret), &new, new.certificate(), NAME, now),
            Act::Sign,
            "nobody vouches for the old one"
        );
    }

    #[test]
    fn somebody_elses_secret_is_left_alone() {
        let now = at("2026-11-27T12:00:00Z");
        let authority = make(now);
        let mut secret = secret(&authority, "", now);
        secret.metadata.annotations = None;
        assert_eq!(decide(Some(&secret), &authority, authority.certificate(), NAME, now), Act::Foreign);
    }
}
