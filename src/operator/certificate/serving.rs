//! Which certificate a replica answers with.
//!
//! In: the leaf in use, the authority of the Secret, the published bundles, a clock. Out: whether to sign another, and
//! what is wrong with the one in use. Must not sign.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rustls::sign::CertifiedKey;

use super::published::Published;
use super::trust::{self, TrustError, Validity};

/// A server certificate with its key, in memory only.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Chain and key.
    pub pair: Arc<CertifiedKey>,
    /// From when until when it is good.
    pub validity: Validity,
    /// When it was signed, or read.
    pub signed_on: Timestamp,
    /// The certificate of our authority that signed it, as PEM; empty for somebody else's.
    pub authority: String,
}

impl Leaf {
    /// Whether half of its time is over, or a clock that jumped back makes it one of the future.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let half = SignedDuration::from_secs(self.validity.until.duration_since(self.signed_on).as_secs() / 2);
        !self.validity.holds(now) || now.saturating_add(half).unwrap_or(now) >= self.validity.until
    }

    /// Whether every API server accepts it by now.
    ///
    /// # Errors
    /// Why not, for `/readyz`.
    pub fn is_accepted(&self, published: &Published, now: Timestamp) -> Result<(), String> {
        if !self.validity.holds(now) {
            return Err(format!("a certificate that is good now (this one ended at {})", self.validity.until));
        }
        if published.is_empty() {
            return Err("the webhook configurations (none is there)".to_owned());
        }
        for (configuration, webhook) in published.webhooks() {
            match trust::check(&self.pair.cert, webhook.bundle.as_bytes(), &webhook.dialled, now) {
                Ok(()) => {}
                Err(error @ TrustError::EmptyBundle) => {
                    return Err(format!("its certificate in the webhook configuration {configuration}: {error}"));
                }
                Err(error) => {
                    return Err(format!("a certificate that the webhook configuration {configuration} names: {error}"));
                }
            }
        }
        Ok(())
    }
}

/// Whether another leaf must be signed with this authority: once every configuration names it, never before.
#[must_use]
pub fn must_sign(now: Timestamp, serving: Option<&Leaf>, authority: &str, published: &Published) -> bool {
    !published.is_empty()
        && published.holds(authority)
        && serving.is_none_or(|leaf| leaf.is_due(now) || leaf.authority != authority)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::certificate::authority::Authority;
    use crate::operator::certificate::published::{Configuration, Webhook};

    const NAME: &str = "operator.system.svc";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn published(bundles: &[String], dialled: &str) -> Published {
        let of = |bundle: &String| {
            let webhook = Webhook { name: "w".into(), bundle: bundle.clone(), dialled: dialled.into() };
            Configuration::new("Validating", "records", "1", vec![webhook])
        };
        Published { configurations: bundles.iter().map(of).collect(), missing: vec![] }
    }

    #[test]
    fn a_leaf_waits_for_its_authority_in_every_configuration_and_is_renewed_at_half_its_time() {
        let start = at("2026-11-25T22:00:00Z");
        let make = || Authority::make(start, SignedDuration::from_hours(48)).unwrap();
        let (old, new) = (make(), make());
        let leaf = old.leaf(vec![NAME.into()], start, SignedDuration::from_hours(24)).unwrap();
        let (old, new) = (old.certificate().to_owned(), new.certificate().to_owned());
        let both = format!("{old}{new}");
        for (claim, moment, serving, authority, bundles, expected) in [
            ("nothing is published", "2026-11-25T22:00:00Z", None, &old, vec![], false),
            ("an empty bundle", "2026-11-25T22:00:00Z", None, &old, vec![String::new()], false),
            ("one configuration lacks it", "2026-11-25T22:00:00Z", None, &new, vec![both.clone(), old.clone()], false),
            ("the first leaf", "2026-11-25T22:00:00Z", None, &old, vec![both.clone(), old.clone()], true),
            ("nothing changed", "2026-11-25T22:00:00Z", Some(&leaf), &old, vec![both.clone()], false),
            ("the authority changed", "2026-11-25T22:00:00Z", Some(&leaf), &new, vec![both.clone()], true),
            ("a second before half", "2026-11-26T09:59:59Z", Some(&leaf), &old, vec![both.clone()], false),
            ("half its time", "2026-11-26T10:00:00Z", Some(&leaf), &old, vec![both.clone()], true),
            ("the machine slept for a week", "2026-12-03T10:00:00Z", Some(&leaf), &old, vec![both.clone()], true),
            ("the clock jumped back", "2026-11-25T20:00:00Z", Some(&leaf), &old, vec![both.clone()], true),
        ] {
            assert_eq!(must_sign(at(moment), serving, authority, &published(&bundles, NAME)), expected, "{claim}");
        }
    }

    #[test]
    fn readiness_says_why_a_leaf_is_not_accepted() {
        let start = at("2026-11-25T22:00:00Z");
        let make = || Authority::make(start, SignedDuration::from_hours(48)).unwrap();
        let (own, foreign) = (make(), make());
        let leaf = own.leaf(vec![NAME.into(), "127.0.0.1".into()], start, SignedDuration::from_hours(24)).unwrap();
        let (own, foreign) = (own.certificate().to_owned(), foreign.certificate().to_owned());
        for (moment, bundles, name, text) in [
            ("2026-11-25T22:00:00Z", vec![own.clone(), format!("{foreign}{own}")], NAME, "ok"),
            ("2026-11-25T22:00:00Z", vec![own.clone()], "127.0.0.1", "ok"),
            ("2026-11-25T22:00:00Z", vec![own.clone()], "other.system.svc", "name"),
            ("2026-11-25T22:00:00Z", vec![], NAME, "none is there"),
            ("2026-11-25T22:00:00Z", vec![own.clone(), String::new()], NAME, "holds no certificate"),
            ("2026-11-25T22:00:00Z", vec!["garbage".into()], NAME, "holds no certificate"),
            ("2026-11-25T22:00:00Z", vec![own.clone(), foreign.clone()], NAME, "does not vouch"),
            ("2026-11-26T22:00:00Z", vec![own.clone()], NAME, "ended at 2026-11-26T22:00:00Z"),
        ] {
            let said = leaf.is_accepted(&published(&bundles, name), at(moment));
            let said = said.err().unwrap_or_else(|| "ok".to_owned());
            assert!(said.contains(text), "{text}: {said}");
        }
    }
}
