//! What one walk finds, object by object. Pure.
//!
//! In: raw objects in the order of the walk. Out: the sheets of all namespaces, what the controller and repair are told.
//! Must not: keep an object.

use std::collections::BTreeMap;

use serde_json::Value;

use super::check::{Checks, Looked};
use super::exposure::{Exposure, Slice, Ways};
use super::holders::Holders;
use super::report::{Entry, Sheet};
use super::room::{Limits, entries, smallest_pod};
use super::{Scanned, check};
use crate::operator::repair::owner::controller;
use crate::operator::repair::{Candidate, Held};
use crate::operator::snapshot::{Key, Snapshot};
use crate::operator::workload::{Kind, POD};

/// Pods that one scan hands to repair; the next scan finds the others.
const MAX_CANDIDATES: usize = 256;
/// Ways past sidecars that one scan tells people of by Events; the reports hold more.
const MAX_EXPOSURES: usize = 256;

pub(super) struct Found<'a> {
    snapshot: &'a Snapshot,
    checks: &'a Checks<'a>,
    held: &'a Held,
    limits: BTreeMap<String, Limits>,
    ways: Ways<'a>,
    pub holders: Holders,
    pub holders_found: Vec<Entry>,
    pub sheets: BTreeMap<String, Sheet>,
    pub scanned: Scanned,
    pub candidates: Vec<Candidate>,
    pub exposures: Vec<Exposure>,
    pub objects: [i64; 4],
}

impl<'a> Found<'a> {
    pub fn new(snapshot: &'a Snapshot, checks: &'a Checks<'a>, held: &'a Held) -> Self {
        let mut sheets: BTreeMap<String, Sheet> = BTreeMap::new();
        for (namespace, entry) in checks.services() {
            sheets.entry(namespace.to_owned()).or_default().add(entry);
        }
        Self {
            snapshot,
            checks,
            held,
            limits: BTreeMap::new(),
            ways: Ways::new(snapshot),
            holders: Holders::default(),
            holders_found: Vec::new(),
            sheets,
            scanned: Scanned::default(),
            candidates: Vec::new(),
            exposures: Vec::new(),
            objects: [0; 4],
        }
    }

    /// Names of the enrolled namespaces.
    pub fn enrolled(&self) -> Vec<&'a str> {
        self.snapshot.namespaces.keys().map(|(_, name)| name.as_str()).collect()
    }

    /// Whether any pod of a service has an address.
    pub fn has_addresses(&self) -> bool {
        self.ways.has_addresses()
    }

    /// A limit range or quota.
    pub fn limit(&mut self, kind: Kind, object: &mut Value) {
        if let Some(namespace) = self.namespace(object).map(str::to_owned) {
            self.limits.entry(namespace).or_default().add(kind, object);
        }
    }

    /// A workload or pod.
    pub fn look(&mut self, kind: Kind, object: &Value) {
        let Some(namespace) = self.namespace(object) else { return };
        let mut looked = self.checks.object(kind, object);
        self.objects[looked.outcome() as usize] += 1;
        // Old ReplicaSets stay for rollbacks: nothing of theirs runs.
        let is_at_rest = kind.name == "ReplicaSet" && object["spec"]["replicas"] == 0;
        if let Some(service) = looked.service.as_ref().filter(|_| !is_at_rest) {
            self.ways.note(kind, object, service);
            let has_room = self.room(kind, object, service, namespace);
            self.unproven(&looked, object, service, has_room);
        }
        if let Some(hold) = object["metadata"]["uid"].as_str().and_then(|uid| self.held.get(uid)) {
            for entry in looked.entries.iter_mut().filter(|entry| entry.subject.kind == kind.name) {
                entry.properties.insert("repair", format!("[{}] {}", hold.code(), hold.sentence()));
            }
        }
        let sheet = self.sheets.entry(namespace.to_owned()).or_default();
        looked.entries.into_iter().for_each(|entry| sheet.add(entry));
    }

    /// Whether the namespace has room for the sidecar in pods of this template.
    fn room(&mut self, kind: Kind, object: &Value, service: &Key, namespace: &str) -> bool {
        let Some(limits) = self.limits.get(namespace) else { return true };
        let found = self.checks.room(kind, object, service, limits);
        let has_room = found.is_empty();
        // Also without obstacles: a service that was looked at needs no smallest pod.
        self.scanned.obstacles.entry(service.clone()).or_default().extend(found);
        has_room
    }

    fn unproven(&mut self, looked: &Looked, object: &Value, service: &Key, has_room: bool) {
        let Some(check::Unproven { is_missing, is_labelled }) = looked.unproven else { return };
        if is_missing || !is_labelled {
            let count = self.scanned.uninjected.entry(service.clone()).or_default();
            count.pods += 1;
            count.labelled += u32::from(is_labelled);
        }
        if self.candidates.len() < MAX_CANDIDATES {
            let text = |key: &str| object["metadata"][key].as_str().unwrap_or_default().to_owned();
            self.candidates.push(Candidate {
                service: service.clone(),
                name: text("name"),
                uid: text("uid"),
                controller: controller(object),
                has_room,
            });
        }
    }

    /// A Service.
    pub fn service(&mut self, object: &Value) {
        if self.namespace(object).is_some() {
            let found = self.ways.service(object);
            self.expose(found);
        }
    }

    /// An Ingress.
    pub fn ingress(&mut self, object: &Value) {
        self.expose(self.ways.ingress(object));
    }

    /// A route of the Gateway API.
    pub fn route(&mut self, object: &Value) {
        self.expose(self.ways.route(object));
    }

    /// A slice of whichever namespace.
    pub fn slice(&mut self, slice: &Slice) {
        self.expose(self.ways.slice(slice));
    }

    /// A binding of a ClusterRole.
    pub fn binding(&mut self, binding: &Value) {
        self.holders_found.extend(self.holders.binding(binding));
    }

    /// It stands in the report of the service's namespace, wherever it is.
    fn expose(&mut self, found: Vec<Exposure>) {
        for exposure in found {
            self.sheets.entry(exposure.service.0.clone()).or_default().add(exposure.entry.clone());
            if self.exposures.len() < MAX_EXPOSURES {
                self.exposures.push(exposure);
            }
        }
    }

    /// What can be said only when everything was seen.
    pub fn finish(&mut self) {
        self.scanned.is_done = true;
        for (service, _) in self.snapshot.services.iter() {
            let Some(limits) = self.limits.get(&service.0) else { continue };
            if !self.scanned.obstacles.contains_key(service) {
                let found = self.checks.room(POD, &smallest_pod(), service, limits);
                self.scanned.obstacles.insert(service.clone(), found);
            }
        }
        self.scanned.obstacles.retain(|_, found| !found.is_empty());
        for (service, obstacles) in &self.scanned.obstacles {
            let Some(subject) = self.checks.subject(service) else { continue };
            let sheet = self.sheets.entry(service.0.clone()).or_default();
            entries(&subject, obstacles).for_each(|entry| sheet.add(entry));
        }
    }

    /// The namespace of an object, if it is enrolled.
    fn namespace<'o>(&self, object: &'o Value) -> Option<&'o str> {
        object["metadata"]["namespace"].as_str().filter(|namespace| self.snapshot.is_enrolled(namespace))
    }
}
