//! Events about ways past the sidecar, each once. Pure.
//!
//! In: what a scan found. Out: notes on what the scan before did not find. Must not: say again what is still so.

use std::collections::{BTreeMap, BTreeSet};

use super::exposure::Exposure;
use crate::operator::event::{Note, reference};
use crate::operator::snapshot::{Key, Snapshot};

/// Codes that Events have as their reason.
const CODES: [&str; 4] =
    ["ServicePortUndeclared", "IngressPortUndeclared", "RoutePortUndeclared", "EndpointSliceByHand"];

/// What people were told.
#[derive(Debug, Default)]
pub(super) struct Told(BTreeSet<(Key, String, Key)>);

impl Told {
    /// One note per service and code; it names the first object and counts the others.
    pub fn news(&mut self, snapshot: &Snapshot, found: &[Exposure]) -> Vec<Note> {
        let mut now = BTreeSet::new();
        let mut new: BTreeMap<(&Key, &str), Vec<&Exposure>> = BTreeMap::new();
        for exposure in found {
            let subject = &exposure.entry.subject;
            let object = (subject.namespace.clone(), subject.name.clone());
            let key = (exposure.service.clone(), exposure.entry.rule.clone(), object);
            let is_known = self.0.contains(&key);
            if now.insert(key) && !is_known {
                new.entry((&exposure.service, &exposure.entry.rule)).or_default().push(exposure);
            }
        }
        self.0 = now;
        let notes = new.into_iter().filter_map(|((service, rule), exposures)| {
            let service = snapshot.services.get(service)?;
            let first = exposures.first()?;
            let (subject, more) = (&first.entry.subject, exposures.len() - 1);
            let others = if more > 0 { format!(" and {more} more") } else { String::new() };
            let property = |key| first.entry.properties.get(key).map(String::as_str).unwrap_or_default();
            let text = format!(
                "[{rule}] {} {}/{}{others}: {} {} ({}) {}{}",
                subject.kind,
                subject.namespace,
                subject.name,
                first.entry.message,
                property("remedy"),
                first.entry.category,
                property("messageZh"),
                property("remedyZh"),
            );
            let reason = CODES.into_iter().find(|code| *code == rule)?;
            Some(Note { service: reference(service), warning: true, reason, action: "Scan", text })
        });
        notes.collect()
    }
}
