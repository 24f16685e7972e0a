//! What readiness and metrics say of the certificate in use.
//!
//! In: the leaf, the published bundles, a clock. Out: `None` (ready) or what is missing. Must not change either.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

use super::published::Published;
use super::serving::Leaf;
use crate::operator::metrics::{ByCertificate, Metrics};
use crate::server::tls::CurrentCertificate;

/// Where the certificate in use is put and told about.
pub struct Status {
    current: Arc<CurrentCertificate>,
    metrics: Arc<Metrics>,
    waiting: watch::Sender<Option<String>>,
    leaf: Option<Leaf>,
    missing: Vec<String>,
}

impl Status {
    /// A certificate that is not there yet, and the receiver of what readiness waits for.
    #[must_use]
    pub fn new(current: Arc<CurrentCertificate>, metrics: Arc<Metrics>) -> (Self, watch::Receiver<Option<String>>) {
        let (waiting, receiver) = watch::channel(Some("its certificate".to_owned()));
        (Self { current, metrics, waiting, leaf: None, missing: Vec::new() }, receiver)
    }

    /// The leaf in use.
    #[must_use]
    pub fn leaf(&self) -> Option<&Leaf> {
        self.leaf.as_ref()
    }

    /// Whether readiness waits for it.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.waiting.borrow().is_some()
    }

    /// Every later handshake is answered with this one.
    pub fn put(&mut self, leaf: Leaf) {
        tracing::info!(until = %leaf.validity.until, "a new certificate is in use");
        self.current.set(Arc::clone(&leaf.pair));
        self.metrics.certificates.inc();
        self.expires("leaf", leaf.validity.until);
        self.leaf = Some(leaf);
    }

    /// Says when a certificate ends.
    pub fn expires(&self, certificate: &'static str, until: Timestamp) {
        self.metrics.certificate_expiry.get_or_create(&ByCertificate { certificate }).set(until.as_second());
    }

    /// Tells readiness; `lacking` says why there is no leaf, if there is none.
    pub fn tell(&mut self, published: Option<&Published>, now: Timestamp, lacking: &str) {
        let waiting = match (&self.leaf, published) {
            (None, _) => Some(format!("its certificate ({lacking})")),
            (Some(leaf), Some(published)) => leaf.is_accepted(published, now).err(),
            // What the configurations hold is not known now: what was known counts, but time goes on.
            (Some(leaf), None) if leaf.validity.holds(now) => self.waiting.borrow().clone(),
            (Some(leaf), None) => {
                Some(format!("a certificate that is good now (this one ended at {})", leaf.validity.until))
            }
        };
        self.waiting.send_if_modified(|current| {
            let is_news = *current != waiting;
            if is_news && let Some(reason) = &waiting {
                tracing::warn!(reason, "not ready");
            }
            *current = waiting;
            is_news
        });
        if let Some(published) = published {
            self.metrics.missing_configurations.set(i64::try_from(published.missing.len()).unwrap_or(i64::MAX));
            if self.missing != published.missing {
                self.missing.clone_from(&published.missing);
                for name in &self.missing {
                    tracing::error!(name, "a webhook configuration is missing; it is not made again");
                }
            }
        }
    }
}
