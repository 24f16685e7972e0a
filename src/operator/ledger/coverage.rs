//! What the ledger has of every service, and what it is told to keep: asked for again and again by the replica that leads.
//!
//! In: services and their pods, the ledger's answers. Out: [`Covered`]. Must not: take a ledger that restarts for one that is gone, or
//! read a record: the ledger lets the operator promise and ask, no more.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::authority;
use crate::api::service::Retention;
use crate::compliance::retention::declared;
use crate::contract::SidecarLedger;
use crate::contract::coverage::{Answer, Coverage, MAX_ANSWER_BYTES, MAX_SERVICES, Promise, Question};
use crate::operator::args::RunArgs;
use crate::operator::metrics::Metrics;
use crate::operator::snapshot::{Snapshot, names};
use crate::operator::store::Store;
use crate::record::event::class_name;
use crate::server::ledger_client::{Client, ClientError};

const PATH: &str = "/v1/retention";
/// Between two questions.
const PAUSE: Duration = Duration::from_secs(30);
/// A ledger that is replaced is away for less.
const PATIENCE: Duration = Duration::from_secs(120);
/// A sidecar has brought its first record by then.
const FIRST_RECORD: SignedDuration = SignedDuration::from_secs(180);
/// Pods in one question: their UIDs are most of it.
const MAX_PODS: usize = 20_000;

/// What is known of all logs.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Covered {
    /// No ledger: nothing is promised and nothing is asked.
    #[default]
    NoLedger,
    /// It was not asked yet.
    NotAsked,
    /// It does not answer.
    Unreachable,
    /// What it has, by UID of the service.
    Kept(BTreeMap<String, Coverage>),
}

/// Why the ledger gave no answer.
#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error("the ledger's certificates are not there yet")]
    NoAuthority,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the ledger answered {0}: {1}")]
    Status(StatusCode, String),
    #[error("the ledger's answer cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

/// Asks.
pub struct Asker {
    /// The cluster as known now.
    pub store: Store,
    /// The operator's settings.
    pub args: RunArgs,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Where answers go.
    pub covered: watch::Sender<Arc<Covered>>,
}

impl Asker {
    /// Asks while this replica leads, until the sender of `leading` is gone.
    pub async fn run(self, mut leading: watch::Receiver<bool>) {
        let Some(token) = self.args.ledger_token.clone().filter(|_| self.args.settings.ledger_url.is_some()) else {
            return;
        };
        let mut known = authority::Known::default();
        let mut client = None::<(SidecarLedger, Client)>;
        let mut answered = Instant::now();
        let mut said = String::new();
        self.tell(Covered::NotAsked);
        loop {
            if !*leading.borrow_and_update() {
                self.clear();
                if leading.changed().await.is_err() {
                    return;
                }
                answered = Instant::now();
                continue;
            }
            let result = match known.look(&self.args) {
                Some(ledger) => self.ask(&ledger, &token, &mut client).await,
                None => Err(AskError::NoAuthority),
            };
            let error = match result {
                Ok(services) => {
                    answered = Instant::now();
                    self.tell(Covered::Kept(services));
                    String::new()
                }
                Err(error) => {
                    if answered.elapsed() >= PATIENCE {
                        self.tell(Covered::Unreachable);
                    }
                    error.to_string()
                }
            };
            if error != said && !error.is_empty() {
                tracing::warn!(error, "the ledger was not asked what it keeps, trying again");
            }
            self.metrics.ledger_answers.set(i64::from(error.is_empty()));
            said = error;
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                changed = leading.changed() => if changed.is_err() { return },
            }
        }
    }

    async fn ask(
        &self,
        ledger: &SidecarLedger,
        token: &Path,
        open: &mut Option<(SidecarLedger, Client)>,
    ) -> Result<BTreeMap<String, Coverage>, AskError> {
        if open.as_ref().is_none_or(|(known, _)| known != ledger) {
            *open = Some((ledger.clone(), Client::new(ledger, token)?.reading(MAX_ANSWER_BYTES)));
        }
        let Some((_, client)) = open else { return Err(AskError::NoAuthority) };
        let mut services = BTreeMap::new();
        for question in questions(&self.store.load(), Timestamp::now()) {
            let body = Bytes::from(serde_json::to_vec(&question)?);
            let (status, answer) = client.put(PATH, body).await?;
            if status != StatusCode::OK {
                let text = String::from_utf8_lossy(&answer).trim().chars().take(200).collect();
                return Err(AskError::Status(status, text));
            }
            services.extend(serde_json::from_slice::<Answer>(&answer)?.services);
        }
        Ok(services)
    }

    fn tell(&self, covered: Covered) {
        if let Covered::Kept(services) = &covered {
            let logs = || services.values().flat_map(|coverage| coverage.logs.values());
            let count = |sum: u64| i64::try_from(sum).unwrap_or(i64::MAX);
            self.metrics.record_lines.set(count(logs().map(|log| log.size - log.deleted.min(log.size)).sum()));
            self.metrics.missing_records.set(count(logs().map(|log| log.missing).sum()));
            self.metrics.silent_pods.set(count(services.values().map(|coverage| coverage.silent).sum()));
        }
        self.covered.send_if_modified(|known| {
            let is_new = **known != covered;
            if is_new {
                *known = Arc::new(covered);
            }
            is_new
        });
    }

    /// Another replica asks now.
    fn clear(&self) {
        self.tell(Covered::NotAsked);
        for gauge in [&self.metrics.record_lines, &self.metrics.missing_records, &self.metrics.silent_pods] {
            gauge.set(0);
        }
    }
}

/// What is promised in the name of a service, by class.
fn periods(retention: &Retention) -> BTreeMap<String, String> {
    declared(retention)
        .into_iter()
        // What is shorter than the law wants closes the gate elsewhere; here the floor is promised.
        .map(|(_, class, period)| {
            let period = class.check(period).unwrap_or_else(|_| class.default_period());
            (class_name(class).to_owned(), period.to_string())
        })
        .collect()
}

/// Everything that is asked at one moment, in portions.
fn questions(snapshot: &Snapshot, now: Timestamp) -> Vec<Question> {
    let mut questions = vec![Question::default()];
    let mut pods_asked = 0;
    for service in snapshot.services.values() {
        let Some(uid) = service.metadata.uid.clone() else { continue };
        let (namespace, name) = names(service);
        let is_settled = |since: Timestamp| now.duration_since(since) >= FIRST_RECORD;
        let pods = snapshot.pods_of(namespace, name).filter(|pod| pod.ready_since.is_some_and(is_settled));
        let pods: Vec<String> = pods.filter_map(|pod| Some(pod.uid?.to_string())).take(MAX_PODS).collect();
        let is_full = |question: &Question| question.services.len() >= MAX_SERVICES;
        if questions.last().is_some_and(is_full) || pods_asked + pods.len() > MAX_PODS {
            questions.push(Question::default());
            pods_asked = 0;
        }
        pods_asked += pods.len();
        let promise = Promise { periods: periods(&service.spec.retention), pods };
        if let Some(question) = questions.last_mut() {
            question.services.insert(uid, promise);
        }
    }
    questions.retain(|question| !question.services.is_empty());
    questions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::DeepSynthesisService;
    use crate::operator::controller::fixture::service;
    use crate::operator::snapshot::InjectedPod;

    const UID: &str = "7d9f2f6e-3c1f-4f0e-9a53-0e1f6f0c1a2b";

    fn snapshot(services: usize) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let all = (0..services).map(|n| {
            let mut service: DeepSynthesisService = service("studio", &format!("s-{n}"), "0001");
            service.metadata.uid = Some(format!("uid-{n}"));
            service.spec.retention.logs = if n == 1 { "P180D".into() } else { "P1Y".into() };
            (("studio".to_owned(), format!("s-{n}")), Arc::new(service))
        });
        snapshot.services = Arc::new(all.collect());
        snapshot
    }

    #[test]
    fn asks_of_pods_that_had_time_for_a_record_and_promises_no_less_than_the_law_order_12_article_16() {
        let now: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        let mut snapshot = snapshot(2);
        let pod = |seconds: i64| {
            let ready_since = Some(now - SignedDuration::from_secs(seconds));
            Arc::new(InjectedPod {
                service: "s-0".into(),
                ready_since,
                uid: UID.parse().ok(),
                ..InjectedPod::default()
            })
        };
        let key = |name: &str| ("studio".to_owned(), name.to_owned());
        snapshot.pods = Arc::new([(key("old"), pod(181)), (key("young"), pod(60))].into());
        let questions = questions(&snapshot, now);
        let [question] = questions.as_slice() else { panic!("one question") };
        assert_eq!(question.services["uid-0"].pods, [UID]);
        assert_eq!(question.services["uid-0"].periods["network"], "P1Y");
        assert_eq!(question.services["uid-1"].periods["network"], "P6M", "what is refused elsewhere is no promise");
        assert!(Question::parse(&serde_json::to_vec(question).unwrap()).is_ok());
    }

    #[test]
    fn many_services_are_asked_about_in_portions_that_the_ledger_takes() {
        let questions = questions(&snapshot(600), Timestamp::UNIX_EPOCH);
        let sizes: Vec<_> = questions.iter().map(|question| question.services.len()).collect();
        assert_eq!(sizes, [256, 256, 88]);
    }
}
