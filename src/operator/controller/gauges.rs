//! What one look says in numbers; labels are bounded: never one per service.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::build::Verdicts;
use super::history::{deadlines, is_overdue};
use crate::compliance::Gate;
use crate::operator::metrics::{ByCode, ByGate, Metrics};
use crate::operator::snapshot::Snapshot;

/// Label sets that were written, to be set to zero when nothing has them any more.
#[derive(Debug, Default)]
pub struct Gauges(BTreeSet<ByCode>);

impl Gauges {
    /// Writes all gauges of one look.
    pub fn set(&mut self, metrics: &Metrics, snapshot: &Snapshot, verdicts: &Verdicts, now: Timestamp) {
        for gate in [Gate::Open, Gate::Grace, Gate::Closed] {
            let count = verdicts.values().filter(|verdict| verdict.gate == gate).count();
            metrics.services.get_or_create(&ByGate { gate: gate.as_str() }).set(number(count));
        }
        let mut codes: BTreeMap<ByCode, usize> = self.0.iter().map(|code| (code.clone(), 0)).collect();
        for finding in verdicts.values().flat_map(|verdict| &verdict.findings) {
            let labels = ByCode { code: finding.reason.code(), severity: finding.severity.as_str() };
            *codes.entry(labels).or_default() += 1;
        }
        for (labels, count) in &codes {
            metrics.findings.get_or_create(labels).set(number(*count));
        }
        self.0 = codes.into_keys().collect();
        let histories = || snapshot.histories.values().map(|history| &history.spec);
        let deadlines = histories().flat_map(deadlines).filter(|deadline| *deadline > now);
        let next = verdicts.values().filter_map(|verdict| verdict.next_deadline).chain(deadlines).min();
        metrics.next_deadline.set(next.map(Timestamp::as_second).unwrap_or_default());
        metrics.overdue_cancellations.set(number(histories().filter(|history| is_overdue(history, now)).count()));
    }

    /// Another replica writes now: what both said would count twice.
    pub fn clear(&mut self, metrics: &Metrics) {
        metrics.services.clear();
        metrics.findings.clear();
        metrics.next_deadline.set(0);
        metrics.overdue_cancellations.set(0);
        self.0.clear();
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
