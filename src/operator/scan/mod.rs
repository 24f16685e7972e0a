//! The background scan: what runs already is asked the questions of admission.
//!
//! In: the snapshot, and every pod and workload of the enrolled namespaces in pages, at a bounded pace. Out: reports, the
//! number of pods without our sidecar, metrics. Must not: change a workload, or keep what it listed; only the replica that
//! leads scans, at the start, every ten minutes, and after a change of what is judged by.

pub mod check;
pub mod gone;
pub mod pace;
pub mod report;
pub mod write;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::Client;
use serde_json::Value;
use tokio::sync::watch;

use self::check::Checks;
use self::pace::Pace;
use self::report::{Outcome, Sheet};
use super::args::RunArgs;
use super::metrics::{ByResult, Metrics};
use super::snapshot::{Key, Snapshot};
use super::store::Store;
use super::workload::{KINDS, Kind};

/// Living pods per service that a service selects and that run without our sidecar.
pub type Uninjected = BTreeMap<Key, u32>;

/// From one scan to the next.
const INTERVAL: Duration = Duration::from_secs(600);
/// Changes that come within this time are scanned together.
const DEBOUNCE: Duration = Duration::from_secs(2);
/// At least between the end of a scan and the next.
const PAUSE: Duration = Duration::from_secs(3);
/// After a scan that failed.
const RETRY: Duration = Duration::from_secs(30);
/// Requests per second.
const PACE: u32 = 10;
/// With more enrolled namespaces than this, whole kinds are listed instead of one namespace after the other.
const WHOLE_CLUSTER: usize = 32;

/// Scans while this replica leads.
pub struct Scanner {
    /// API client.
    pub client: Client,
    /// The cluster as known now.
    pub store: Store,
    /// The operator's settings.
    pub args: RunArgs,
    /// Base64 of the key that signs sidecar configurations.
    pub verify_key: String,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Whom the number of pods without our sidecar interests.
    pub uninjected: watch::Sender<Arc<Uninjected>>,
}

/// What one scan found.
#[derive(Default)]
struct Found {
    sheets: BTreeMap<String, Sheet>,
    uninjected: Uninjected,
    objects: [i64; 4],
}

impl Scanner {
    /// Scans until the sender of `leading` is gone.
    pub async fn run(self, mut leading: watch::Receiver<bool>) {
        let mut changes = self.store.changes();
        let mut scanned: Option<u64> = None;
        let (mut due, mut earliest) = (Instant::now(), Instant::now());
        loop {
            if !*leading.borrow_and_update() {
                scanned = None;
                self.metrics.scan_objects.clear();
                if leading.changed().await.is_err() {
                    return;
                }
                due = Instant::now();
                continue;
            }
            tokio::select! {
                changed = leading.changed() => if changed.is_err() { return },
                changed = changes.changed() => {
                    if changed.is_err() { return }
                    if scanned != Some(fingerprint(&self.store.load())) {
                        due = due.min((Instant::now() + DEBOUNCE).max(earliest));
                    }
                }
                () = tokio::time::sleep_until(due.into()) => {
                    if !self.store.waiting_for().is_empty() {
                        due = Instant::now() + DEBOUNCE;
                        continue;
                    }
                    let snapshot = self.store.load();
                    scanned = Some(fingerprint(&snapshot));
                    let begun = Instant::now();
                    due = match self.scan(&snapshot, &leading).await {
                        Ok(()) => begun + INTERVAL,
                        Err(error) => {
                            tracing::warn!(%error, "scan failed, trying again");
                            self.metrics.failed_scans.inc();
                            Instant::now() + RETRY
                        }
                    };
                    self.metrics.scan_seconds.observe(begun.elapsed().as_secs_f64());
                    earliest = Instant::now() + PAUSE;
                }
            }
        }
    }

    async fn scan(&self, snapshot: &Snapshot, leading: &watch::Receiver<bool>) -> Result<(), kube::Error> {
        let now = Timestamp::now();
        let checks = Checks::new(snapshot, &self.args, &self.verify_key, now);
        let mut pace = Pace::new(PACE, PACE, Instant::now());
        let mut found = Found::default();
        for (namespace, entry) in checks.services() {
            found.sheets.entry(namespace.to_owned()).or_default().add(entry);
        }
        let enrolled: Vec<&str> = snapshot.namespaces.keys().map(|(_, name)| name.as_str()).collect();
        let scopes: Vec<Option<&str>> =
            if enrolled.len() > WHOLE_CLUSTER { vec![None] } else { enrolled.iter().copied().map(Some).collect() };
        for kind in KINDS {
            for scope in &scopes {
                let mut from: Option<String> = None;
                loop {
                    tokio::time::sleep(pace.take(Instant::now())).await;
                    if !*leading.borrow() {
                        return Ok(());
                    }
                    let page = kind.page(&self.client, *scope, from.as_deref()).await?;
                    from = page.next().map(str::to_owned);
                    for object in &page.items {
                        found.look(&checks, snapshot, kind, object);
                    }
                    if from.is_none() {
                        break;
                    }
                }
            }
        }
        for outcome in [Outcome::Fail, Outcome::Warn, Outcome::Skip, Outcome::Pass] {
            let labels = ByResult { result: outcome.as_str() };
            self.metrics.scan_objects.get_or_create(&labels).set(found.objects[outcome as usize]);
        }
        let uninjected = Arc::new(found.uninjected);
        self.uninjected.send_if_modified(|known| {
            let differs = **known != *uninjected;
            *known = uninjected;
            differs
        });
        let installed = write::installed(&self.client).await?;
        if installed.report {
            for namespace in enrolled {
                tokio::time::sleep(pace.take(Instant::now())).await;
                let sheet = found.sheets.remove(namespace).unwrap_or_default();
                let written = write::write(&self.client, Some(namespace), &sheet, now).await?;
                self.metrics.report_writes.inc_by(u64::from(written));
            }
        }
        if installed.cluster_report {
            let written = write::write(&self.client, None, &gone::histories(snapshot, now), now).await?;
            self.metrics.report_writes.inc_by(u64::from(written));
        }
        Ok(())
    }
}

impl Found {
    fn look(&mut self, checks: &Checks<'_>, snapshot: &Snapshot, kind: Kind, object: &Value) {
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        if !snapshot.is_enrolled(namespace) {
            return;
        }
        let looked = checks.object(kind, object);
        self.objects[looked.outcome() as usize] += 1;
        if let Some(service) = looked.uninjected {
            *self.uninjected.entry(service).or_default() += 1;
        }
        let sheet = self.sheets.entry(namespace.to_owned()).or_default();
        for entry in looked.entries {
            sheet.add(entry);
        }
    }
}

/// What is judged by, in one number: pods and statuses do not count.
fn fingerprint(snapshot: &Snapshot) -> u64 {
    let mut hash = DefaultHasher::new();
    let mut add = |key: &Key, uid: Option<&str>, generation: Option<i64>| (key, uid, generation).hash(&mut hash);
    macro_rules! maps {
        ($($map:ident),*) => {$(
            for (key, object) in snapshot.$map.iter() {
                add(key, object.metadata.uid.as_deref(), object.metadata.generation);
            }
        )*};
    }
    maps!(services, filings, assessments, policies, exemptions, approvals, histories);
    snapshot.namespaces.keys().for_each(|key| add(key, None, None));
    hash.finish()
}
