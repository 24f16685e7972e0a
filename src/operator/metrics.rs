//! The operator's metrics, with bounded labels.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// Labels of one admission answer.
#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
pub struct Answer {
    /// `mutate`, `workloads` or `records`.
    pub webhook: &'static str,
    /// `allow`, `deny` or `error`.
    pub decision: &'static str,
}

/// Labels of services.
#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
pub struct ByGate {
    /// `Open`, `Grace` or `Closed`.
    pub gate: &'static str,
}

/// Labels of findings.
#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByCode {
    /// Reason code.
    pub code: &'static str,
    /// `Violation`, `Warning` or `Notice`.
    pub severity: &'static str,
}

/// Labels of certificates.
#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
pub struct ByCertificate {
    /// `leaf` or `authority`.
    pub certificate: &'static str,
}

/// Labels of watches.
#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
pub struct ByStore {
    /// What is watched.
    pub store: &'static str,
}

/// Labels of scanned objects.
#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
pub struct ByResult {
    /// `pass`, `fail`, `warn` or `skip`.
    pub result: &'static str,
}

/// Labels of pods that repair leaves alone.
#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
pub struct ByReason {
    /// Why.
    pub reason: &'static str,
}

/// All metrics of the operator.
#[derive(Debug)]
pub struct Metrics {
    /// Admission answers.
    pub admissions: Family<Answer, Counter>,
    /// Workload reviews from namespaces that are not enrolled; always zero when the webhook rules are right.
    pub unenrolled: Counter,
    /// Handlers that panicked.
    pub panics: Counter,
    /// Reviews that were turned away because too many were under way.
    pub overloaded: Counter,
    /// Objects that did not parse and were left out.
    pub malformed: Counter,
    /// 1 when the ledger answered the latest question what it keeps.
    pub ledger_answers: Gauge,
    /// Lines that the ledger keeps.
    pub record_lines: Gauge,
    /// Records that never came.
    pub missing_records: Gauge,
    /// Injected pods without a record.
    pub silent_pods: Gauge,
    /// Unix time at which a watch was last heard of, bookmarks included.
    pub watch_heard: Family<ByStore, Gauge>,
    /// Unix time of the end of certificates.
    pub certificate_expiry: Family<ByCertificate, Gauge>,
    /// Certificates that were put into use.
    pub certificates: Counter,
    /// Authorities that this replica made the current one.
    pub certificate_rotations: Counter,
    /// Looks at certificates that failed and are repeated.
    pub failed_certificates: Counter,
    /// Webhook configurations that somebody deleted.
    pub missing_configurations: Gauge,
    /// Reconciliations that failed and are tried again.
    pub failed_reconciles: Counter,
    /// 1 on the replica that writes.
    pub leader: Gauge,
    /// Services by gate; on the replica that writes, as everything below.
    pub services: Family<ByGate, Gauge>,
    /// Findings by reason code and severity.
    pub findings: Family<ByCode, Gauge>,
    /// Unix time of the earliest deadline; 0 without one.
    pub next_deadline: Gauge,
    /// Cancellations that were not handed in in time.
    pub overdue_cancellations: Gauge,
    /// Verdicts on services.
    pub evaluations: Counter,
    /// Statuses written.
    pub status_writes: Counter,
    /// Reports written.
    pub report_writes: Counter,
    /// Objects that the latest scan looked at.
    pub scan_objects: Family<ByResult, Gauge>,
    /// How long scans take.
    pub scan_seconds: Histogram,
    /// Scans that failed and are tried again.
    pub failed_scans: Counter,
    /// Pods that were evicted because they lacked the sidecar.
    pub repair_evictions: Counter,
    /// Pods that lack the sidecar and were not evicted, by reason; counted when the reason changes.
    pub repair_refused: Family<ByReason, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            admissions: Family::default(),
            unenrolled: Counter::default(),
            panics: Counter::default(),
            overloaded: Counter::default(),
            malformed: Counter::default(),
            ledger_answers: Gauge::default(),
            record_lines: Gauge::default(),
            missing_records: Gauge::default(),
            silent_pods: Gauge::default(),
            watch_heard: Family::default(),
            certificate_expiry: Family::default(),
            certificates: Counter::default(),
            certificate_rotations: Counter::default(),
            failed_certificates: Counter::default(),
            missing_configurations: Gauge::default(),
            failed_reconciles: Counter::default(),
            leader: Gauge::default(),
            services: Family::default(),
            findings: Family::default(),
            next_deadline: Gauge::default(),
            overdue_cancellations: Gauge::default(),
            evaluations: Counter::default(),
            status_writes: Counter::default(),
            report_writes: Counter::default(),
            scan_objects: Family::default(),
            scan_seconds: Histogram::new(exponential_buckets(0.05, 4.0, 8)),
            failed_scans: Counter::default(),
            repair_evictions: Counter::default(),
            repair_refused: Family::default(),
        }
    }
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
        registry.register(
            "admission_overloaded",
            "Reviews turned away because too many were under way",
            self.overloaded.clone(),
        );
        registry.register(
            "watch_heard_seconds",
            "Unix time at which a watch was last heard of",
            self.watch_heard.clone(),
        );
        self.register_certificates(&mut registry);
        self.register_records(&mut registry);
        registry.register("malformed_objects", "Watched objects that did not parse", self.malformed.clone());
        registry.register("failed_reconciles", "Reconciliations that failed", self.failed_reconciles.clone());
        registry.register("leader", "1 on the replica that writes", self.leader.clone());
        registry.register("services", "Services by gate", self.services.clone());
        registry.register("findings", "Findings by reason code and severity", self.findings.clone());
        registry.register(
            "next_deadline_seconds",
            "Unix time of the earliest deadline, 0 without one",
            self.next_deadline.clone(),
        );
        registry.register(
            "overdue_cancellations",
            "Filings of ended services whose cancellation is overdue",
            self.overdue_cancellations.clone(),
        );
        registry.register("evaluations", "Verdicts on services", self.evaluations.clone());
        registry.register("status_writes", "Statuses written", self.status_writes.clone());
        registry.register("report_writes", "Reports written", self.report_writes.clone());
        registry.register(
            "scan_objects",
            "Objects that the latest scan looked at, by result",
            self.scan_objects.clone(),
        );
        registry.register("scan_seconds", "Duration of scans", self.scan_seconds.clone());
        registry.register("failed_scans", "Scans that failed and are tried again", self.failed_scans.clone());
        registry.register(
            "repair_evictions",
            "Pods that were evicted because they lacked the sidecar",
            self.repair_evictions.clone(),
        );
        registry.register(
            "repair_refused",
            "Pods that lack the sidecar and were not evicted, by reason",
            self.repair_refused.clone(),
        );
        registry
    }

    fn register_records(&self, registry: &mut Registry) {
        for (name, help, gauge) in [
            ("ledger_answers", "1 when the ledger answered the latest question what it keeps", &self.ledger_answers),
            ("record_lines", "Lines that the ledger keeps", &self.record_lines),
            ("missing_records", "Records that never came, within their period", &self.missing_records),
            ("silent_pods", "Pods that have served for three minutes without a record", &self.silent_pods),
        ] {
            registry.register(name, help, gauge.clone());
        }
    }

    fn register_certificates(&self, registry: &mut Registry) {
        registry.register(
            "certificate_expiry_seconds",
            "Unix time of the end of the certificate in use and of the authority that signs",
            self.certificate_expiry.clone(),
        );
        registry.register("certificates", "Certificates put into use", self.certificates.clone());
        registry.register(
            "certificate_rotations",
            "Authorities that this replica made the current one",
            self.certificate_rotations.clone(),
        );
        registry.register(
            "failed_certificates",
            "Looks at certificates that failed and are repeated",
            self.failed_certificates.clone(),
        );
        registry.register(
            "missing_webhook_configurations",
            "Webhook configurations that somebody deleted",
            self.missing_configurations.clone(),
        );
    }
}
