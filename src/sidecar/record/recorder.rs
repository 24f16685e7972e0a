//! The sidecar's records as the proxy sees them: `decided` before the first byte, `ended` after the last.
//!
//! In: what was decided about an answer. Out: leave to send it, by the durability that was asked for. Must not: make an answer wait for
//! longer than the limit, or let one go whose record is not where it must be.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

use super::args::RecordArgs;
use super::shared::Shared;
use super::ship::Shipper;
use super::spool::{Spool, SpoolError};
use super::tally::Tally;
use super::writer::{Durability, Message, NotKept, Writer};
use crate::contract::SidecarLedger;
use crate::contract::batch::LogName;
use crate::law::retention::RetentionClass;
use crate::record::{ChainId, Event, Head, PodKey};
use crate::server::clock::now_millis;
use crate::sidecar::metrics::Metrics;

/// Records that wait for the writer. Every answer under way holds room for one.
const QUEUE: usize = 32 << 10;
/// An answer waits for its record no longer.
const WAIT: Duration = Duration::from_secs(5);

/// Why no records can be kept.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The spool.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// No secret for a key.
    #[error("no random numbers for the key of the records: {0}")]
    Random(String),
    /// A name that cannot stand in a record.
    #[error("the UID of pod or service is no name")]
    Name,
    /// No thread.
    #[error("no thread for the records: {0}")]
    Thread(std::io::Error),
}

/// The handle.
pub struct Recorder {
    queue: mpsc::Sender<Message>,
    shared: Arc<Shared>,
    durability: Durability,
    ledger: watch::Sender<Option<SidecarLedger>>,
}

impl Recorder {
    /// Opens the spool and starts writer and shipper; `None` when no spool was named. Called within the runtime.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn start(args: &RecordArgs, service_uid: &str, metrics: &Metrics) -> Result<Option<Self>, RecordError> {
        let (Some(path), Some(pod)) = (&args.spool, &args.pod_uid) else { return Ok(None) };
        let log = LogName { service: service_uid.to_owned(), class: RetentionClass::NetworkLogs };
        let chain = ChainId { pod: pod.clone(), incarnation: Uuid::now_v7().simple().to_string() };
        if LogName::parse(&log.origin()).as_ref() != Some(&log) || !chain.is_valid() {
            return Err(RecordError::Name);
        }
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| RecordError::Random(error.to_string()))?;
        let shared = Arc::new(Shared::new(Spool::open(path, args.spool_bytes)?));
        let (left, size) = shared.spool().fill();
        tracing::info!(incarnation = chain.incarnation, left, size, "records are kept");
        let (queue, waiting) = mpsc::channel(QUEUE);
        let key = PodKey::from_bytes(&secret);
        let writer = Writer::new(log, chain, key, Arc::clone(&shared), metrics.record_counter());
        let thread = std::thread::Builder::new().name("records".to_owned());
        thread.spawn(move || writer.run(waiting)).map_err(RecordError::Thread)?;
        let (ledger, said) = watch::channel(None);
        if let Some(token) = args.ledger_token.clone() {
            let shipper = Shipper { ledger: said, token, shared: Arc::clone(&shared), count: metrics.record_counter() };
            tokio::spawn(shipper.run());
        }
        Ok(Some(Self { queue, shared, durability: args.durability, ledger }))
    }

    /// Where the ledger is, as the configuration in force says.
    pub fn set_ledger(&self, ledger: Option<&SidecarLedger>) {
        self.ledger.send_if_modified(|known| {
            let is_new = known.as_ref() != ledger;
            if is_new {
                *known = ledger.cloned();
            }
            is_new
        });
    }

    /// Whether there is a ledger to wait for.
    fn ships(&self) -> bool {
        self.ledger.borrow().is_some()
    }

    /// One answer: returns when its first byte may leave.
    ///
    /// # Errors
    /// [`NotKept`] when it may not.
    pub async fn decided(&self, id: &str, event: Event) -> Result<Option<Tally>, NotKept> {
        let room = || self.queue.clone().try_reserve_owned();
        let (Ok(decided), Ok(ended)) = (room(), room()) else {
            if self.durability != Durability::Async {
                return Err(NotKept::Overload);
            }
            // Async never holds an answer back: the next batch says how many records are missing, two of each answer.
            self.shared.missed.fetch_add(2, Ordering::Relaxed);
            return Ok(None);
        };
        let (told, word) = oneshot::channel();
        let wait = (self.durability != Durability::Async).then_some((self.durability, told));
        let message = Message::Event { event: Box::new(event), at: now_millis(), wait };
        decided.send(message);
        if self.durability != Durability::Async {
            if self.durability == Durability::Ledger && !self.ships() {
                return Err(NotKept::NotAcknowledged);
            }
            match tokio::time::timeout(WAIT, word).await {
                Ok(Ok(result)) => result?,
                Ok(Err(_)) => return Err(NotKept::Ending),
                Err(_) => return Err(NotKept::NotAcknowledged),
            }
        }
        Ok(Some(Tally::new(id.to_owned(), ended)))
    }

    /// An event that no answer waits for.
    pub fn note(&self, event: Event) {
        let _ = self.queue.try_send(Message::Event { event: Box::new(event), at: now_millis(), wait: None });
    }

    /// Signs the last head and, where there is a ledger, waits until it has everything, at most for `limit`.
    pub async fn close(&self, limit: Duration) -> Option<Head> {
        let deadline = tokio::time::Instant::now() + limit;
        let (told, word) = oneshot::channel();
        tokio::time::timeout_at(deadline, self.queue.send(Message::Close(told))).await.ok()?.ok()?;
        let head = tokio::time::timeout_at(deadline, word).await.ok()?.ok()?;
        while self.ships() && self.shared.spool().fill().0 > 0 && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some(head)
    }

    /// Takes everything out of the spool, as a ledger would; says how much that was.
    #[cfg(test)]
    pub(super) fn empty_for_tests(&self) -> u64 {
        let mut spool = self.shared.spool();
        let before = spool.fill().0;
        while let Some((_, end)) = spool.oldest().unwrap() {
            spool.release(end).unwrap();
        }
        let (file, reach) = spool.to_sync();
        file.sync_data().unwrap();
        spool.synced(reach);
        before
    }

    /// Bytes of the spool that are in use.
    #[must_use]
    pub fn spooled(&self) -> u64 {
        self.shared.spool().fill().0
    }
}
