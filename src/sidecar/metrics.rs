//! Metrics of the sidecar, Prometheus text. No label value comes from a client.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

type Reason = [(&'static str, &'static str); 1];

/// All metrics.
pub struct Metrics {
    registry: Registry,
    answers: Family<Reason, Counter<u64, AtomicU64>>,
    unlabelable: Family<Reason, Counter<u64, AtomicU64>>,
    explicit: Family<[(&'static str, &'static str); 2], Counter<u64, AtomicU64>>,
    upstream_errors: Counter,
    gated: Family<Reason, Counter<u64, AtomicU64>>,
    undeclared_ports: Counter,
    config_refused: Family<Reason, Counter<u64, AtomicU64>>,
    records: Family<Reason, Counter<u64, AtomicU64>>,
    /// Bytes of the spool in use, set when read.
    pub record_spool_bytes: Gauge,
    /// Generation of the configuration in force.
    pub config_generation: Gauge,
    /// 1 when the configuration is past its maximal age.
    pub config_stale: Gauge,
    listener_exposed: Family<[(&'static str, u16); 1], Gauge>,
    /// Exchanges and tunnels in flight, set when read.
    in_flight: Gauge,
    ready: Gauge,
}

/// Counters for one stream, taken before it begins.
#[derive(Clone, Debug)]
pub struct Coverage {
    noticed: Counter<u64, AtomicU64>,
    otherwise: Counter<u64, AtomicU64>,
}

impl Coverage {
    /// The stream has ended, with or without a notice.
    pub fn ended(&self, is_noticed: bool) {
        if is_noticed { &self.noticed } else { &self.otherwise }.inc();
    }
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
        let mut registry = Registry::with_prefix("deepsynthesis_sidecar");
        macro_rules! register {
            ($name:literal, $help:literal) => {{
                let metric = Default::default();
                registry.register($name, $help, Clone::clone(&metric));
                metric
            }};
        }
        Self {
            answers: register!("answers", "Answers by what the sidecar did"),
            unlabelable: register!("unlabelable", "Answers that could not be labelled, by reason"),
            explicit: register!("explicit", "Texts by who makes the explicit label perceivable, and why nobody does"),
            upstream_errors: register!("upstream_errors", "Requests the application did not answer"),
            gated: register!("gated", "Requests refused for want of a verified identity or by an order, by reason"),
            undeclared_ports: register!(
                "undeclared_ports",
                "Connections closed because no endpoint declares their port (capture Redirect)"
            ),
            config_refused: register!("config_refused", "Configuration files refused, by reason"),
            records: register!("records", "Records by what became of them"),
            record_spool_bytes: register!("record_spool_bytes", "Bytes of records that no ledger has acknowledged"),
            config_generation: register!("config_generation", "Generation of the configuration in force"),
            config_stale: register!("config_stale", "1 when the configuration is past its maximal age"),
            listener_exposed: register!("listener_exposed", "1 per port on which someone else listens"),
            in_flight: register!("in_flight", "Exchanges in flight"),
            ready: register!("ready", "1 when ready"),
            registry,
        }
    }

    /// Counts an answer: `labelled`, `kept`, `header_only`, `passed`, `not_generated`, `refused`, `tunnelled`, `disclosed`.
    pub fn answer(&self, outcome: &'static str) {
        self.answers.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// Counts an answer that could not be labelled.
    pub fn unlabelable(&self, reason: &'static str) {
        self.unlabelable.get_or_create(&[("reason", reason)]).inc();
    }

    /// Counts a text whose explicit label is perceivable: `in_text`, `user_interface` or `offer` (GB 45438-2025 5.1).
    pub fn explicit(&self, mode: &'static str) {
        self.explicit.get_or_create(&[("mode", mode), ("reason", "")]).inc();
    }

    /// Counts a stream when it has ended; `reason` is why it bears no notice, should it bear none. Without one it counts as
    /// covered either way.
    #[must_use]
    pub fn coverage(&self, mode: &'static str, reason: Option<&'static str>) -> Coverage {
        let counter = |mode, reason| self.explicit.get_or_create(&[("mode", mode), ("reason", reason)]).clone();
        let otherwise = reason.map_or_else(|| counter(mode, ""), |reason| counter("suppressed", reason));
        Coverage { noticed: counter(mode, ""), otherwise }
    }

    /// Counts a failure of the application.
    pub fn upstream_error(&self) {
        self.upstream_errors.inc();
    }

    /// A request was refused at the gate.
    pub fn gated(&self, reason: &'static str) {
        self.gated.get_or_create(&[("reason", reason)]).inc();
    }

    /// Counts a connection to a port that no endpoint declares.
    pub fn undeclared_port(&self) {
        self.undeclared_ports.inc();
    }

    /// Counts a refused configuration.
    pub fn config_refused(&self, reason: &'static str) {
        self.config_refused.get_or_create(&[("reason", reason)]).inc();
    }

    /// Counts records: `kept`, `dropped`, `acknowledged`, `refused`, `retried` (batches), `unrecorded` (answers).
    #[must_use]
    pub fn record_counter(&self) -> Box<dyn Fn(&'static str, u64) + Send> {
        let records = self.records.clone();
        Box::new(move |outcome, count| {
            records.get_or_create(&[("outcome", outcome)]).inc_by(count);
        })
    }

    /// Replaces the set of exposed ports.
    pub fn exposed(&self, ports: impl Iterator<Item = u16>) {
        self.listener_exposed.clear();
        for port in ports {
            self.listener_exposed.get_or_create(&[("port", port)]).set(1);
        }
    }

    /// The text that a scraper reads.
    #[must_use]
    pub fn text(&self, in_flight: usize, ready: bool) -> String {
        self.in_flight.set(i64::try_from(in_flight).unwrap_or(i64::MAX));
        self.ready.set(i64::from(ready));
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
