//! The operator's metrics, with bounded labels.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Labels of one admission answer.
#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
pub struct Answer {
    /// `mutate`, `workloads` or `records`.
    pub webhook: &'static str,
    /// `allow`, `deny` or `error`.
    pub decision: &'static str,
}

/// All metrics of the operator.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Admission answers.
    pub admissions: Family<Answer, Counter>,
    /// Workload reviews from namespaces that are not enrolled; always zero when the webhook rules are right.
    pub unenrolled: Counter,
    /// Handlers that panicked.
    pub panics: Counter,
    /// Objects that did not parse and were left out.
    pub malformed: Counter,
    /// Reconciliations that failed and are tried again.
    pub failed_reconciles: Counter,
    /// 1 on the replica that writes.
    pub leader: Gauge,
}

impl Metrics {
    /// Registers every metric under its documented name.
    #[must_use]
    pub fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix("deepsynthesis");
        registry.register("admission_answers", "Admission answers by webhook and decision", self.admissions.clone());
        registry.register(
            "admission_unenrolled",
            "Workload reviews from namespaces that are not enrolled",
            self.unenrolled.clone(),
        );
        registry.register("admission_panics", "Admission handlers that panicked", self.panics.clone());
        registry.register("malformed_objects", "Watched objects that did not parse", self.malformed.clone());
        registry.register("failed_reconciles", "Reconciliations that failed", self.failed_reconciles.clone());
        registry.register("leader", "1 on the replica that writes", self.leader.clone());
        registry
    }
}
