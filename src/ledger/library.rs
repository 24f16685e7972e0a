//! All logs of a ledger, and the one thread that writes them: groups of batches share a sync, and only then are they acknowledged.
//!
//! In: checked batches over a bounded queue, a clock. Out: acknowledgements after the sync; seals, checkpoints, deletions. Must not:
//! acknowledge what a crash could take, or delete what the law wants kept (Cybersecurity Law Art. 23(3)).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::book::{Book, BookError, CHECKPOINT, folder_of};
use super::search;
use super::store::Store;
use super::writers::Stand;
use crate::contract::batch::{Batch, LogName};
use crate::law::Months;
use crate::law::retention::RetentionClass;
use crate::record::retention::Hold;
use crate::record::{ChainId, Event, LedgerKey, LedgerVerifier, PodKey};

/// Batches that share a sync at most.
const GROUP: usize = 256;
/// How often the thread looks around when nothing comes.
const LOOK: Duration = Duration::from_millis(200);

/// What was asked of the writing thread.
pub struct Job {
    /// Which log.
    pub log: LogName,
    /// What to write.
    pub batch: Batch,
    /// Who waits.
    pub reply: oneshot::Sender<Result<Ack, Refusal>>,
}

/// Durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Number of the last record.
    pub seq: u64,
    /// Lines of the log.
    pub size: u64,
    /// It was there already.
    pub is_retry: bool,
}

/// Why a batch is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another key than that of the chain.
    #[error("the chain was begun with another key")]
    ForeignKey,
    /// The same numbers with other records.
    #[error("the same numbers stand there with other records")]
    Equivocation,
    /// Not now.
    #[error("the records cannot be stored now")]
    Storage,
}

/// How a ledger keeps its logs.
pub struct Rules {
    /// Period of each class.
    pub periods: BTreeMap<RetentionClass, Months>,
    /// The longest that is promised in the name of a service: who declares a century does not fill the disk for one.
    pub longest: Months,
    /// Legal holds.
    pub holds: Vec<Hold>,
    /// A segment is sealed at this size,
    pub segment_bytes: usize,
    /// or at this age.
    pub segment_age: Duration,
    /// How often expired segments are looked for.
    pub retention_interval: Duration,
    /// UID of the ledger's own pod.
    pub pod: String,
    /// Milliseconds since 1970.
    pub clock: Box<dyn Fn() -> i64 + Send + Sync>,
}

/// All logs.
pub struct Library {
    books: Mutex<BTreeMap<LogName, Book>>,
    /// Where segments lie.
    pub store: Arc<dyn Store>,
    wal: PathBuf,
    /// The ledger's key.
    pub key: LedgerKey,
    verifier: LedgerVerifier,
    rules: Rules,
}

impl Library {
    /// A library over a store and a folder for write-ahead logs; opens every log that is there.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn open(store: Arc<dyn Store>, wal: PathBuf, key: LedgerKey, rules: Rules) -> Result<Self, BookError> {
        let verifier = key.verifier();
        let library = Self { books: Mutex::default(), store, wal, key, verifier, rules };
        let mut folders: BTreeSet<String> = library.store.folders()?.into_iter().collect();
        if library.wal.exists() {
            let found = std::fs::read_dir(&library.wal)?.filter_map(Result::ok);
            folders.extend(found.map(|entry| entry.file_name().to_string_lossy().into_owned()));
        }
        for folder in folders {
            let origin = folder.rsplit_once('.').map(|(service, class)| format!("deepsynthesis.dev/{service}/{class}"));
            if let Some(name) = origin.and_then(|origin| LogName::parse(&origin)) {
                let book = library.book(&name)?;
                library.books().insert(name, book);
            }
        }
        Ok(library)
    }

    fn book(&self, name: &LogName) -> Result<Book, BookError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| BookError::Io(std::io::Error::other(error.to_string())))?;
        let incarnation = uuid::Uuid::now_v7().simple().to_string();
        let own = (ChainId { pod: self.rules.pod.clone(), incarnation }, PodKey::from_bytes(&secret));
        // Before the first record is taken, so that it is promised what holds today.
        self.promised(name)?;
        Book::open(name.clone(), &*self.store, &self.wal, &self.verifier, own)
    }

    /// The books. A panic elsewhere leaves durable lines durable.
    pub fn books(&self) -> MutexGuard<'_, BTreeMap<LogName, Book>> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes until all senders are gone.
    pub fn run(&self, jobs: &Receiver<Job>) {
        let mut looked = Instant::now();
        let mut swept = None::<Instant>;
        loop {
            match jobs.recv_timeout(LOOK) {
                Ok(first) => {
                    let group = std::iter::once(first).chain(jobs.try_iter().take(GROUP - 1)).collect();
                    self.write(group);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                self.seal(false);
            }
            if swept.is_none_or(|swept| swept.elapsed() >= self.rules.retention_interval) {
                swept = Some(Instant::now());
                self.sweep();
            }
        }
        self.seal(false);
    }

    /// One group: all of it is on disk before any of it is acknowledged.
    pub fn write(&self, group: Vec<Job>) {
        let now = (self.rules.clock)();
        let mut books = self.books();
        let mut replies = Vec::new();
        let mut touched = BTreeSet::new();
        for Job { log, batch, reply } in group {
            if !books.contains_key(&log) {
                match self.book(&log) {
                    Ok(book) => drop(books.insert(log.clone(), book)),
                    Err(error) => tracing::error!(%error, "a log cannot be opened"),
                }
            }
            let Some(book) = books.get_mut(&log) else {
                let _ = reply.send(Err(Refusal::Storage));
                continue;
            };
            let result = self.take(book, &batch, now);
            touched.insert(log.clone());
            replies.push((log, batch.head.seq, result, reply));
        }
        let failed: BTreeSet<LogName> = touched.into_iter().filter(|log| !self.make_durable(&mut books, log)).collect();
        for (log, seq, result, reply) in replies {
            let size = books.get(&log).map_or(0, |book| book.frontier.size);
            let result = match result {
                _ if failed.contains(&log) => Err(Refusal::Storage),
                Ok(is_retry) => Ok(Ack { seq, size, is_retry }),
                Err(refusal) => Err(refusal),
            };
            let _ = reply.send(result);
        }
    }

    /// Whether it is a retry.
    fn take(&self, book: &mut Book, batch: &Batch, now: i64) -> Result<bool, Refusal> {
        let mut stand = book.judge(batch);
        if stand == Stand::Old {
            stand = match search::held_link(book, &*self.store, &batch.head) {
                Ok(Some(held)) if held == batch.head.hash => Stand::Retry,
                Ok(Some(held)) => Stand::Equivocation { held },
                // Deleted after its time: nothing that could be compared, and nothing to be written again.
                Ok(None) if book.sealed.iter().any(|sealed| sealed.is_deleted) => Stand::Retry,
                Ok(None) => return Err(Refusal::Equivocation),
                Err(error) => {
                    tracing::error!(%error, "the store cannot be read");
                    return Err(Refusal::Storage);
                }
            };
        }
        match stand {
            Stand::Next => book.take(batch, now),
            Stand::Ahead => {
                tracing::warn!(log = book.origin, seq = batch.head.seq, "records before these never came");
                book.take(batch, now);
            }
            Stand::Retry => return Ok(true),
            Stand::Old => return Err(Refusal::Storage),
            Stand::ForeignKey => return Err(Refusal::ForeignKey),
            Stand::Equivocation { held } => {
                let ChainId { pod: writer, incarnation: life } = batch.head.chain.clone();
                let (number, offered) = (batch.head.seq, batch.head.hash);
                tracing::warn!(log = book.origin, writer, number, "equivocation");
                book.note(Event::Equivocation { writer, life, number, held, offered }, now);
                return Err(Refusal::Equivocation);
            }
        }
        Ok(false)
    }

    /// A book whose disk failed is opened anew from what is durable.
    fn make_durable(&self, books: &mut BTreeMap<LogName, Book>, log: &LogName) -> bool {
        let Some(book) = books.get_mut(log) else { return false };
        match book.append().and_then(|()| book.sync()) {
            Ok(()) => {
                book.now_durable();
                true
            }
            Err(error) => {
                tracing::error!(%error, log = book.origin, "the write-ahead log cannot be written");
                books.remove(log);
                false
            }
        }
    }

    /// Seals what is large or old enough, or everything; signs a checkpoint for what is new.
    pub fn seal(&self, everything: bool) {
        let now = (self.rules.clock)();
        let age = i64::try_from(self.rules.segment_age.as_millis()).unwrap_or(i64::MAX);
        for book in self.books().values_mut() {
            let is_old = book.open_since().is_some_and(|since| now.saturating_sub(since) >= age);
            let is_due = everything || book.open_bytes >= self.rules.segment_bytes || is_old;
            if is_due && let Err(error) = book.seal(&*self.store, &self.key) {
                // The write-ahead log still has it all.
                tracing::error!(%error, log = book.origin, "a segment cannot be sealed");
            }
        }
    }

    /// The newest checkpoint of a log, over what is durable; kept in the store, too.
    #[must_use]
    pub fn checkpoint(&self, log: &LogName) -> Option<String> {
        let note = self.books().get(log)?.checkpoint(&self.key);
        if let Err(error) = self.store.put(&folder_of(log), CHECKPOINT, note.as_bytes()) {
            tracing::warn!(%error, "the checkpoint cannot be stored");
        }
        Some(note)
    }
}

mod coverage;
mod sweep;
#[cfg(test)]
mod tests;
