//! Reflectors into one [`Snapshot`].
//!
//! In: watches of every kind we judge by. Out: a [`Snapshot`] published whole, and whether every store has listed.
//! One malformed object never stops a watch; a relist replaces a store whole and never empties it meanwhile.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures::StreamExt as _;
use k8s_openapi::api::core::v1::{Namespace, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::{DeserializeGuard, PartialObjectMeta};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{Config, Event, watcher};
use kube::{Api, Client, Resource, ResourceExt as _};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use super::freshness::Freshness;
use super::metrics::Metrics;
use super::record_index::RecordIndex;
use super::seen::{Seen, bare, trimmed};
use super::snapshot::{InjectedPod, Key, Snapshot};
use crate::api::names::{ENROLLED_LABEL, ENROLLED_VALUE, SERVICE_LABEL};
use crate::api::{
    AssessmentRecord, CompliancePolicy, DeepSynthesisService, EnforcementExemption, ExemptionApproval, FilingRecord,
    NamespaceEnforcement, ServiceHistory,
};
use crate::inject;

/// Changes that arrive within this time are published together.
const COALESCE: Duration = Duration::from_millis(5);

/// Where the objects of one watch are kept.
struct Slot<T> {
    put: fn(&mut Snapshot, Key, T),
    remove: fn(&mut Snapshot, &Key),
    retain: fn(&mut Snapshot, &BTreeSet<Key>),
}

/// The slot of one map of the snapshot.
macro_rules! slot {
    ($field:ident) => {
        Slot {
            put: |snapshot, key, kept| {
                Arc::make_mut(&mut snapshot.$field).insert(key, Arc::new(kept));
            },
            remove: |snapshot, key| {
                Arc::make_mut(&mut snapshot.$field).remove(key);
            },
            retain: |snapshot, seen| Arc::make_mut(&mut snapshot.$field).retain(|key, _| seen.contains(key)),
        }
    };
}

/// The published snapshot and its change signal.
#[derive(Clone)]
pub struct Store {
    current: Arc<ArcSwap<Snapshot>>,
    version: watch::Receiver<u64>,
    pending: watch::Receiver<Vec<&'static str>>,
}

impl Store {
    /// The latest snapshot.
    #[must_use]
    pub fn load(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Resolves at the next change after the last call on this receiver.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.version.clone()
    }

    /// Names of the stores that have not listed yet; empty means ready.
    #[must_use]
    pub fn waiting_for(&self) -> Vec<&'static str> {
        self.pending.borrow().clone()
    }

    /// A snapshot that never changes.
    #[cfg(test)]
    pub fn still(snapshot: Snapshot) -> Self {
        let current = Arc::new(ArcSwap::from_pointee(snapshot));
        Self { current, version: watch::channel(0).1, pending: watch::channel(Vec::new()).1 }
    }

    /// Starts all watches.
    #[must_use]
    pub fn start(client: &Client, metrics: &Arc<Metrics>, freshness: &Freshness) -> Self {
        let (sender, receiver) = mpsc::channel(1024);
        let feed = Feed { sender, metrics: Arc::clone(metrics), freshness: freshness.clone() };
        let mut names = vec!["namespaces", "pods", "services"];
        feed.watch("namespaces", namespaces(client), enrolled_namespaces(), |_| Some(()), slot!(namespaces));
        feed.watch("pods", Api::<RawPod>::all(client.clone()), injected_pods(), injected_pod, slot!(pods));
        let services = Api::<DeserializeGuard<DeepSynthesisService>>::all(client.clone());
        feed.watch("services", services, Config::default(), service_and_status, SERVICES);
        macro_rules! kinds {
            ($($kind:ty => $field:ident),* $(,)?) => {$(
                names.push(stringify!($field));
                feed.watch(stringify!($field), Api::<DeserializeGuard<$kind>>::all(client.clone()), Config::default(),
                    |guard: &DeserializeGuard<$kind>| guard.0.as_ref().ok().map(bare), slot!($field));
            )*};
        }
        kinds! {
            FilingRecord => filings, AssessmentRecord => assessments,
            CompliancePolicy => policies, NamespaceEnforcement => enforcements, ServiceHistory => histories,
            EnforcementExemption => exemptions, ExemptionApproval => approvals,
        }
        let current = Arc::new(ArcSwap::from_pointee(Snapshot::default()));
        let (version_sender, version) = watch::channel(0);
        let (pending_sender, pending) = watch::channel(names);
        tokio::spawn(publish(receiver, Arc::clone(&current), version_sender, pending_sender));
        Self { current, version, pending }
    }
}

/// A change to the snapshot, or the news that a store has listed.
enum Change {
    Edit(Box<dyn FnOnce(&mut Snapshot) + Send>),
    Listed(&'static str),
}

struct Feed {
    sender: mpsc::Sender<Change>,
    metrics: Arc<Metrics>,
    freshness: Freshness,
}

/// Services go into one map and what is kept of their statuses into another.
const SERVICES: Slot<(DeepSynthesisService, Seen)> = Slot {
    put: |snapshot, key, (service, seen)| {
        // Most events of a service are our own status: those who judge by its spec need not look again.
        let known = snapshot.services.get(&key);
        if known.is_none_or(|known| known.metadata != service.metadata || known.spec != service.spec) {
            Arc::make_mut(&mut snapshot.services).insert(key.clone(), Arc::new(service));
        }
        Arc::make_mut(&mut snapshot.seen).insert(key, Arc::new(seen));
    },
    remove: |snapshot, key| {
        Arc::make_mut(&mut snapshot.services).remove(key);
        Arc::make_mut(&mut snapshot.seen).remove(key);
    },
    retain: |snapshot, seen| {
        Arc::make_mut(&mut snapshot.services).retain(|key, _| seen.contains(key));
        Arc::make_mut(&mut snapshot.seen).retain(|key, _| seen.contains(key));
    },
};

impl Feed {
    /// Watches one kind; `keep` reduces an object to what is stored, `None` leaves it out.
    fn watch<K, T>(
        &self,
        name: &'static str,
        api: Api<K>,
        config: Config,
        keep: impl Fn(&K) -> Option<T> + Send + 'static,
        slot: Slot<T>,
    ) where
        K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
        K::DynamicType: Default,
        T: Send + Sync + 'static,
    {
        let (sender, metrics) = (self.sender.clone(), Arc::clone(&self.metrics));
        self.freshness.listen(name, &K::url_path(&K::DynamicType::default(), None));
        tokio::spawn(async move {
            let mut events = watcher(api, config).default_backoff().boxed();
            // Keys seen since a relist began: what is missing at its end is gone.
            let mut relisted: Option<BTreeSet<Key>> = None;
            while let Some(event) = events.next().await {
                let change = match event {
                    Ok(Event::Init) => {
                        relisted = Some(BTreeSet::new());
                        continue;
                    }
                    Ok(Event::InitApply(object) | Event::Apply(object)) => {
                        let key = key(&object);
                        if let Some(seen) = relisted.as_mut() {
                            seen.insert(key.clone());
                        }
                        let kept = keep(&object);
                        if kept.is_none() {
                            tracing::warn!(store = name, object = key.1, "object does not parse and is left out");
                            metrics.malformed.inc();
                        }
                        let (put, remove) = (slot.put, slot.remove);
                        Change::Edit(Box::new(move |snapshot| match kept {
                            Some(kept) => put(snapshot, key, kept),
                            None => remove(snapshot, &key),
                        }))
                    }
                    Ok(Event::Delete(object)) => {
                        let (key, remove) = (key(&object), slot.remove);
                        Change::Edit(Box::new(move |snapshot| remove(snapshot, &key)))
                    }
                    Ok(Event::InitDone) => {
                        let seen = relisted.take().unwrap_or_default();
                        let retain = slot.retain;
                        let edit = Change::Edit(Box::new(move |snapshot: &mut Snapshot| retain(snapshot, &seen)));
                        if sender.send(edit).await.is_err() {
                            return;
                        }
                        Change::Listed(name)
                    }
                    Err(error) => {
                        tracing::warn!(store = name, %error, "watch failed, trying again");
                        continue;
                    }
                };
                if sender.send(change).await.is_err() {
                    return;
                }
            }
        });
    }
}

async fn publish(
    mut changes: mpsc::Receiver<Change>,
    current: Arc<ArcSwap<Snapshot>>,
    version: watch::Sender<u64>,
    pending: watch::Sender<Vec<&'static str>>,
) {
    let mut snapshot = Snapshot::default();
    let mut listed = Vec::new();
    let apply = |change: Change, snapshot: &mut Snapshot, listed: &mut Vec<&'static str>| match change {
        Change::Edit(edit) => edit(snapshot),
        Change::Listed(name) => listed.push(name),
    };
    while let Some(change) = changes.recv().await {
        apply(change, &mut snapshot, &mut listed);
        tokio::time::sleep(COALESCE).await;
        while let Ok(change) = changes.try_recv() {
            apply(change, &mut snapshot, &mut listed);
        }
        snapshot.index = RecordIndex::of(&snapshot);
        current.store(Arc::new(snapshot.clone()));
        // Readiness follows the publication, never precedes it.
        let done = std::mem::take(&mut listed);
        pending.send_modify(|names| names.retain(|name| !done.contains(name)));
        version.send_modify(|version| *version += 1);
    }
}

fn key<K: Resource>(object: &K) -> Key {
    (object.namespace().unwrap_or_default(), object.name_any())
}

fn namespaces(client: &Client) -> Api<PartialObjectMeta<Namespace>> {
    Api::all(client.clone())
}

fn enrolled_namespaces() -> Config {
    Config::default().labels(&format!("{ENROLLED_LABEL}={ENROLLED_VALUE}"))
}

fn injected_pods() -> Config {
    Config::default().labels(SERVICE_LABEL)
}

fn service_and_status(guard: &DeserializeGuard<DeepSynthesisService>) -> Option<(DeepSynthesisService, Seen)> {
    let service = guard.0.as_ref().ok()?;
    Some((trimmed(service), Seen::of(service)))
}

fn injected_pod(pod: &RawPod) -> Option<InjectedPod> {
    let ready = pod.status["conditions"]
        .as_array()
        .and_then(|conditions| conditions.iter().find(|condition| condition["type"] == "Ready"))
        .filter(|condition| condition["status"] == "True");
    let identity = serde_json::json!({
        "metadata": {
            "labels": pod.metadata.labels,
            "annotations": pod.metadata.annotations,
            "ownerReferences": pod.metadata.owner_references,
        },
        "spec": pod.spec,
    });
    Some(InjectedPod {
        uid: pod.metadata.uid.as_deref().and_then(|uid| uid.parse().ok()),
        service: pod.labels().get(SERVICE_LABEL)?.clone(),
        revision: inject::revision_of(&identity),
        ready_since: ready.and_then(|condition| condition["lastTransitionTime"].as_str()?.parse().ok()),
        created_at: pod.metadata.creation_timestamp.as_ref().map(|created| created.0),
        carried: inject::carried(&identity),
    })
}

/// A pod as the API server wrote it: the digest of its content must not depend on which fields our types know.
#[derive(Clone, Debug, Deserialize)]
struct RawPod {
    metadata: ObjectMeta,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    status: Value,
}

impl Resource for RawPod {
    type DynamicType = ();
    type Scope = k8s_openapi::NamespaceResourceScope;

    fn kind((): &()) -> Cow<'_, str> {
        Pod::kind(&())
    }
    fn group((): &()) -> Cow<'_, str> {
        Pod::group(&())
    }
    fn version((): &()) -> Cow<'_, str> {
        Pod::version(&())
    }
    fn plural((): &()) -> Cow<'_, str> {
        Pod::plural(&())
    }
    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }
    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
