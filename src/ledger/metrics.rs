//! Metrics of the ledger, Prometheus text. No label value comes from a client.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

type Outcomes = Family<[(&'static str, &'static str); 1], Counter<u64, AtomicU64>>;

/// All metrics.
pub struct Metrics {
    registry: Registry,
    batches: Outcomes,
    records: Outcomes,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Registers everything.
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("deepsynthesis_ledger");
        let (batches, records) = (Outcomes::default(), Outcomes::default());
        registry.register("batches", "Batches by what became of them", batches.clone());
        registry.register("records", "Records that were acknowledged, fresh or again", records.clone());
        Self { registry, batches, records }
    }

    /// Counts a batch: `acknowledged`, `refused`, `later`.
    pub fn batch(&self, outcome: &'static str) {
        self.batches.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// Counts records: `kept`, `retried`.
    pub fn records(&self, outcome: &'static str, count: u64) {
        self.records.get_or_create(&[("outcome", outcome)]).inc_by(count);
    }

    /// The text that a scraper reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
