//! What the Secret of our authorities says.
//!
//! In: a Secret. Out: the authorities in it, and a Secret to write back. Must not decide which of them counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;

use super::authority::{Authority, AuthorityError};
use super::trust::{Validity, certificates};
use crate::api::names::ROTATE_ANNOTATION;

/// Name of the Secret.
pub const SECRET: &str = "deepsynthesis-ca";
const CURRENT: (&str, &str) = ("ca.crt", "ca.key");
const NEXT: (&str, &str) = ("next.crt", "next.key");
const FORMER: &str = "former.crt";
const FORMER_UNTIL: &str = "former.until";
/// More authorities than this are never vouched for at once; the oldest go first.
const MAX_FORMER: usize = 8;

/// The authorities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// Signs. Missing while the first one after a deletion is not published yet.
    pub current: Option<Authority>,
    /// Will sign once every API server knows it.
    pub next: Option<Authority>,
    /// Certificates of those that signed before, as PEM.
    pub former: Vec<String>,
    /// When the last leaf of a former one has ended.
    pub former_until: Option<Timestamp>,
    /// Somebody asked for a rotation by annotation.
    pub is_requested: bool,
}

/// Why a Secret is not ours, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    /// Neither an authority that signs nor one that will.
    #[error("Secret {SECRET} holds neither {} nor {}; delete it to have a new one made", CURRENT.0, NEXT.0)]
    Empty,
    /// One of the pair is missing, or not text.
    #[error("Secret {SECRET} has no usable key {0}; delete it to have a new one made")]
    Missing(&'static str),
    /// The pair is no authority.
    #[error("Secret {SECRET}, key {key}: {source}; delete the Secret to have a new one made")]
    Unusable {
        /// Key in its data.
        key: &'static str,
        /// Why.
        source: AuthorityError,
    },
    /// The instant is none.
    #[error("Secret {SECRET}, key {FORMER_UNTIL}: not a time such as 2026-01-02T03:04:05Z; delete that key")]
    Until,
}

impl Contents {
    /// Reads a Secret.
    ///
    /// # Errors
    /// [`ContentsError`]; nothing is guessed about keys that somebody else wrote.
    pub fn read(secret: &Secret) -> Result<Self, ContentsError> {
        let empty = BTreeMap::new();
        let data = secret.data.as_ref().unwrap_or(&empty);
        let text = |key: &'static str| match data.get(key) {
            None => Ok(None),
            Some(bytes) => String::from_utf8(bytes.0.clone()).map(Some).map_err(|_| ContentsError::Missing(key)),
        };
        let authority = |(certificate, key): (&'static str, &'static str)| match (text(certificate)?, text(key)?) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(ContentsError::Missing(certificate)),
            (Some(_), None) => Err(ContentsError::Missing(key)),
            (Some(found), Some(private)) => Authority::parse(&found, &private)
                .map(Some)
                .map_err(|source| ContentsError::Unusable { key: certificate, source }),
        };
        let (current, next) = (authority(CURRENT)?, authority(NEXT)?);
        if current.is_none() && next.is_none() {
            return Err(ContentsError::Empty);
        }
        let until =
            text(FORMER_UNTIL)?.map(|text| text.trim().parse().map_err(|_| ContentsError::Until)).transpose()?;
        Ok(Self {
            current,
            next,
            former: split(&text(FORMER)?.unwrap_or_default()),
            former_until: until,
            is_requested: secret.annotations().contains_key(ROTATE_ANNOTATION),
        })
    }

    /// Writes into a Secret; what is not ours in it stays.
    pub fn write(&self, secret: &mut Secret) {
        let data = secret.data.get_or_insert_default();
        let mut put = |key: &str, value: Option<String>| match value {
            Some(value) => drop(data.insert(key.to_owned(), ByteString(value.into_bytes()))),
            None => drop(data.remove(key)),
        };
        for ((certificate, key), authority) in [(CURRENT, &self.current), (NEXT, &self.next)] {
            put(certificate, authority.as_ref().map(|authority| authority.certificate().to_owned()));
            put(key, authority.as_ref().map(|authority| authority.key().to_owned()));
        }
        put(FORMER, (!self.former.is_empty()).then(|| self.former.concat()));
        put(FORMER_UNTIL, self.former_until.map(|until| until.to_string()));
        if !self.is_requested {
            secret.annotations_mut().remove(ROTATE_ANNOTATION);
        }
    }

    /// All that API servers must accept, as PEM; in an order that a switch does not change.
    #[must_use]
    pub fn bundle(&self) -> String {
        let authorities = [&self.current, &self.next].into_iter().flatten().map(Authority::certificate);
        let mut pems: Vec<_> = authorities.chain(self.former.iter().map(String::as_str)).collect();
        pems.sort_unstable();
        pems.dedup();
        pems.concat()
    }

    /// Keeps further authorities in the bundle, as long as they are good.
    pub fn remember<'a>(&mut self, pems: impl IntoIterator<Item = &'a str>, now: Timestamp) {
        for pem in pems.into_iter().flat_map(split) {
            let is_good = certificates(pem.as_bytes()).iter().all(|der| Validity::of(der).is_ok_and(|v| v.holds(now)));
            if is_good && !self.former.contains(&pem) {
                self.former.push(pem);
            }
        }
        let surplus = self.former.len().saturating_sub(MAX_FORMER);
        self.former.drain(..surplus);
    }
}

/// The certificates of a PEM text, each with its line end.
fn split(pem: &str) -> Vec<String> {
    const END: &str = "-----END CERTIFICATE-----";
    let mut found = Vec::new();
    for piece in pem.split_inclusive(END) {
        if let Some(start) = piece.find("-----BEGIN CERTIFICATE-----")
            && piece.ends_with(END)
            && !certificates(&piece.as_bytes()[start..]).is_empty()
        {
            found.push(format!("{}\n", &piece[start..]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_foreign_stays() {
        let now: Timestamp = "2026-11-25T22:00:00Z".parse().unwrap();
        let make = |hours| Authority::make(now, SignedDuration::from_hours(hours)).unwrap();
        let (one, two, three, ended) = (make(1), make(2), make(3), make(-1));
        let mut contents =
            Contents { current: Some(one.clone()), next: Some(two), is_requested: true, ..Contents::default() };
        contents.former_until = Some(now);
        let pems = [three.certificate(), three.certificate(), "garbage", ended.certificate()];
        contents.remember(pems, now);
        assert_eq!(contents.former, [three.certificate()]);
        let data = BTreeMap::from([("other".to_owned(), ByteString(b"x".to_vec()))]);
        let mut secret = Secret { data: Some(data), ..Secret::default() };
        secret.annotations_mut().insert(ROTATE_ANNOTATION.to_owned(), "now".to_owned());
        contents.write(&mut secret);
        assert_eq!(Contents::read(&secret).unwrap(), contents);
        assert_eq!(certificates(contents.bundle().as_bytes()).len(), 3);

        let last = Contents { current: Some(one), ..Contents::default() };
        last.write(&mut secret);
        assert_eq!(Contents::read(&secret).unwrap(), last);
        assert_eq!(secret.data.unwrap().keys().collect::<Vec<_>>(), ["ca.crt", "ca.key", "other"]);
        assert!(secret.metadata.annotations.unwrap().is_empty());
    }

    #[test]
    fn foreign_contents_are_named_and_never_guessed_at() {
        let now: Timestamp = "2026-11-25T22:00:00Z".parse().unwrap();
        let make = || Authority::make(now, SignedDuration::from_hours(1)).unwrap();
        let (one, other) = (make(), make());
        let (certificate, key) = (one.certificate().as_bytes(), one.key().as_bytes());
        let foreign = other.key().as_bytes();
        type Data<'a> = &'a [(&'a str, &'a [u8])];
        let cases: [(Data<'_>, &str); 8] = [
            (&[], "holds neither ca.crt nor next.crt"),
            (&[("tls.crt", certificate), ("tls.key", key)], "holds neither ca.crt nor next.crt"),
            (&[("ca.crt", certificate)], "no usable key ca.key"),
            (&[("ca.key", key)], "no usable key ca.crt"),
            (&[("ca.crt", b"\xff"), ("ca.key", key)], "no usable key ca.crt"),
            (&[("ca.crt", b"text"), ("ca.key", key)], "key ca.crt: not a certificate"),
            (&[("ca.crt", certificate), ("ca.key", foreign)], "the key does not belong to the certificate"),
            (&[("ca.crt", certificate), ("ca.key", key), ("former.until", b"soon")], "former.until: not a time"),
        ];
        for (data, text) in cases {
            let data = data.iter().map(|(key, value)| ((*key).to_owned(), ByteString(value.to_vec()))).collect();
            let secret = Secret { data: Some(data), ..Secret::default() };
            let error = Contents::read(&secret).unwrap_err().to_string();
            assert!(error.contains(text) && error.contains("delete"), "{text}: {error}");
        }
    }
}
