//! What limits the resources of each namespace, as the scan lists it. Pure.
//!
//! In: `LimitRange`s and `ResourceQuota`s. Out: both by namespace, without what nobody reads. Must not: judge;
//! [`crate::inject::obstacles`] does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::entry::of_duty;
use super::report::{Entry, Outcome, Subject};
use crate::inject::Obstacle;
use crate::law::Duty;
use crate::operator::snapshot::Key;
use crate::operator::workload::{Kind, RESOURCE_QUOTA};

/// What will refuse the pods of each service once they are injected.
pub type Obstacles = BTreeMap<Key, BTreeSet<Obstacle>>;

/// The limits of one namespace.
#[derive(Debug, Default)]
pub struct Limits {
    /// Its limit ranges.
    pub ranges: Vec<Value>,
    /// Its quotas.
    pub quotas: Vec<Value>,
}

impl Limits {
    /// Whether nothing is limited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.quotas.is_empty()
    }

    /// Keeps what is asked of one object.
    pub fn add(&mut self, kind: Kind, object: &mut Value) {
        let kept = json!({
            "metadata": {"name": object["metadata"]["name"].take()},
            "spec": object["spec"].take(),
            "status": {"used": object["status"]["used"].take()},
        });
        if kind == RESOURCE_QUOTA { self.quotas.push(kept) } else { self.ranges.push(kept) }
    }
}

/// A pod of a service without workloads: the sidecar is what it will be refused for.
#[must_use]
pub fn smallest_pod() -> Value {
    json!({"metadata": {}, "spec": {"containers": [{"name": "app"}]}})
}

/// One result per number that stands in the way of a service.
pub(super) fn entries<'a>(service: &'a Subject, found: &'a BTreeSet<Obstacle>) -> impl Iterator<Item = Entry> + 'a {
    found.iter().map(|obstacle| {
        let rule = obstacle.code();
        let mut entry = of_duty(Outcome::Warn, service.clone(), Duty::TechnicalMark, rule, obstacle.sentence_en());
        entry.properties.insert("messageZh", obstacle.sentence_zh());
        entry
    })
}
