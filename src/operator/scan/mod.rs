//! The background scan: what runs already is asked the questions of admission.
//!
//! In: the snapshot, and in pages, at a bounded pace, every pod and workload of the enrolled namespaces and what leads to
//! them: Services, slices, Ingresses, routes. Out: reports, pods without our sidecar, what leaves no room for it, Events,
//! metrics. Must not: change a workload, or keep what it listed; only the replica that leads scans, at the start, every ten
//! minutes, and after a change of what is judged by.

pub mod check;
mod entry;
pub mod exposure;
mod found;
pub mod gone;
pub mod holders;
pub mod pace;
pub mod report;
pub mod room;
mod told;
mod walk;
pub mod write;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kube::Client;
use tokio::sync::watch;

use self::check::Checks;
use self::found::Found;
use self::pace::Pace;
use self::report::Outcome;
use self::room::Obstacles;
use self::told::Told;
use self::walk::{Installed, Walk};
use super::args::Settings;
use super::event::Notes;
use super::metrics::{ByResult, Metrics};
use super::repair::{Candidate, Held};
use super::snapshot::{Key, Snapshot};
use super::store::Store;

/// What a scan tells the controller, by service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Whether there was a scan at all.
    pub is_done: bool,
    /// Living pods without our sidecar.
    pub uninjected: BTreeMap<Key, Uninjected>,
    /// What will refuse pods once they are injected.
    pub obstacles: Obstacles,
}

/// Living pods of one service without our sidecar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uninjected {
    /// All of them.
    pub pods: u32,
    /// Those among them that have the label of injected ones all the same.
    pub labelled: u32,
}

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
/// Scans while this replica leads.
pub struct Scanner {
    /// API client.
    pub client: Client,
    /// The cluster as known now.
    pub store: Store,
    /// The operator's settings.
    pub settings: Settings,
    /// Base64 of the key that signs sidecar configurations.
    pub verify_key: String,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Where Events go.
    pub notes: Notes,
    /// Whom it interests what each scan found about services.
    pub scanned: watch::Sender<Arc<Scanned>>,
    /// Whom it interests which pods could be repaired.
    pub candidates: watch::Sender<Arc<Vec<Candidate>>>,
    /// Why pods were not repaired so far.
    pub held: watch::Receiver<Arc<Held>>,
}

impl Scanner {
    /// Scans until the sender of `leading` is gone.
    pub async fn run(self, mut leading: watch::Receiver<bool>) {
        let mut changes = self.store.changes();
        let mut fingerprint_scanned: Option<u64> = None;
        let mut told = Told::default();
        let (mut due, mut earliest) = (Instant::now(), Instant::now());
        loop {
            if !*leading.borrow_and_update() {
                fingerprint_scanned = None;
                told = Told::default();
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
                    if fingerprint_scanned != Some(fingerprint(&self.store.load())) {
                        due = due.min((Instant::now() + DEBOUNCE).max(earliest));
                    }
                }
                () = tokio::time::sleep_until(due.into()) => {
                    if !self.store.waiting_for().is_empty() {
                        due = Instant::now() + DEBOUNCE;
                        continue;
                    }
                    let snapshot = self.store.load();
                    fingerprint_scanned = Some(fingerprint(&snapshot));
                    let begun = Instant::now();
                    due = match self.scan(&snapshot, &leading, &mut told).await {
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

    async fn scan(
        &self,
        snapshot: &Snapshot,
        leading: &watch::Receiver<bool>,
        told: &mut Told,
    ) -> Result<(), kube::Error> {
        let now = Timestamp::now();
        let checks = Checks::new(snapshot, &self.settings, &self.verify_key, now);
        let held = self.held.borrow().clone();
        let installed = Installed::ask(&self.client).await?;
        let mut walk = Walk { client: &self.client, leading, pace: Pace::new(PACE, PACE, Instant::now()) };
        let mut found = Found::new(snapshot, &checks, &held);
        if !walk.all(&mut found, &installed).await? {
            // Another replica leads: it scans, too.
            return Ok(());
        }
        found.finish();
        for outcome in [Outcome::Fail, Outcome::Warn, Outcome::Skip, Outcome::Pass] {
            let labels = ByResult { result: outcome.as_str() };
            self.metrics.scan_objects.get_or_create(&labels).set(found.objects[outcome as usize]);
        }
        let scanned = Arc::new(std::mem::take(&mut found.scanned));
        self.scanned.send_if_modified(|known| {
            let differs = **known != *scanned;
            *known = scanned;
            differs
        });
        self.candidates.send_replace(Arc::new(std::mem::take(&mut found.candidates)));
        for note in told.news(snapshot, &found.exposures) {
            self.notes.send(note);
        }
        self.report(&mut walk, snapshot, &installed, &mut found, now).await
    }

    async fn report(
        &self,
        walk: &mut Walk<'_>,
        snapshot: &Snapshot,
        installed: &Installed,
        found: &mut Found<'_>,
        now: Timestamp,
    ) -> Result<(), kube::Error> {
        if installed.report {
            for (_, namespace) in snapshot.namespaces.keys() {
                walk.wait().await;
                let sheet = found.sheets.remove(namespace).unwrap_or_default();
                let written = write::write(&self.client, Some(namespace), &sheet, now).await?;
                self.metrics.report_writes.inc_by(u64::from(written));
            }
            walk.wait().await;
            for namespace in write::foreign(&self.client, |namespace| snapshot.is_enrolled(namespace)).await? {
                walk.wait().await;
                write::remove(&self.client, &namespace).await?;
            }
        }
        if installed.cluster_report {
            let mut sheet = gone::histories(snapshot, now);
            std::mem::take(&mut found.holders_found).into_iter().for_each(|entry| sheet.add(entry));
            let written = write::write(&self.client, None, &sheet, now).await?;
            self.metrics.report_writes.inc_by(u64::from(written));
        }
        Ok(())
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
