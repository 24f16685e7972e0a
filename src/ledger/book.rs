//! One log as the ledger holds it: seals, lines that are not sealed yet, the tree's frontier, writers.
//!
//! In: checked batches, the clock. Out: lines for the write-ahead log, segments for the store. Must not: show a line that is not durable,
//! or sign a checkpoint over one: after a crash it would have signed two histories.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::store::Store;
use super::wal::Wal;
use super::writers::{Stand, Writers};
use crate::contract::batch::{Batch, LogName};
use crate::record::entry::{Entry, dropped, head_line, record_line};
use crate::record::merkle::{Frontier, leaf_hash};
use crate::record::record::VERSION;
use crate::record::seal::{Seal, data_name, index_name, seal_first, seal_name};
use crate::record::segment::{MAX_SEGMENT_BYTES, Segment, unpack};
use crate::record::{ChainId, Checkpoint, Event, LedgerKey, LedgerVerifier, Link, PodKey, Record};

/// Why a log cannot be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The disk or the store.
    #[error("the store of the ledger: {0}")]
    Io(#[from] io::Error),
    /// What lies there does not fit together.
    #[error("the log {0} does not fit together: {1}")]
    Broken(String, String),
}

/// A segment in the store.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Its seal.
    pub seal: Seal,
    /// Whether its data is gone.
    pub is_deleted: bool,
}

/// What the ledger itself writes into a log.
struct Own {
    chain: ChainId,
    key: PodKey,
    link: Link,
}

/// One log.
pub struct Book {
    /// Its name.
    pub name: LogName,
    /// The same as text.
    pub origin: String,
    /// Folder in store and write-ahead log.
    pub folder: String,
    /// What is sealed.
    pub sealed: Vec<Sealed>,
    /// Lines behind that, oldest first; durable up to `durable`.
    pub open: Vec<Arc<str>>,
    /// How many of them are durable.
    pub durable: usize,
    /// Bytes of them.
    pub open_bytes: usize,
    /// Over all durable lines.
    pub frontier: Frontier,
    /// Index of the next line.
    next: u64,
    /// Ledger time of the newest line: time never goes back in a log.
    last_at: i64,
    /// Who wrote.
    pub writers: Writers,
    /// Records that the writer of the lines without a head yet says it dropped.
    dropped: u64,
    own: Own,
    wal: Wal,
}

/// Name of a log's folder.
#[must_use]
pub fn folder_of(name: &LogName) -> String {
    format!("{}.{}", name.service, crate::record::event::class_name(name.class))
}

impl Book {
    /// Opens a log, or begins one.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn open(
        name: LogName,
        store: &dyn Store,
        wal: &Path,
        key: &LedgerVerifier,
        own: (ChainId, PodKey),
    ) -> Result<Self, BookError> {
        let (origin, folder) = (name.origin(), folder_of(&name));
        let broken = |why: &str| BookError::Broken(origin.clone(), why.to_owned());
        let names = store.list(&folder)?;
        let mut sealed: Vec<Sealed> = Vec::new();
        for first in names.iter().filter_map(|name| seal_first(name)) {
            let note = store.get(&folder, &seal_name(first))?.unwrap_or_default();
            let note = String::from_utf8(note).map_err(|_| broken("a seal is no text"))?;
            let seal = Seal::open(&note, key).map_err(|error| broken(&error.to_string()))?;
            let end = sealed.last().map_or(0, |last| last.seal.end());
            if seal.first != first || first != end || seal.log != origin {
                return Err(broken("a segment is missing, or belongs elsewhere"));
            }
            let is_deleted = !names.contains(&data_name(first));
            sealed.push(Sealed { seal, is_deleted });
        }
        let frontier = sealed.last().map(|last| last.seal.frontier.clone()).unwrap_or_default();
        let writers = match sealed.last() {
            Some(last) => {
                let bytes = store.get(&folder, &writers_name(last.seal.first))?.unwrap_or_default();
                Writers::parse(&bytes).ok_or_else(|| broken("the writers of the last segment are not there"))?
            }
            None => Writers::default(),
        };
        let (wal, groups) = Wal::open(&wal.join(&folder), frontier.size)?;
        let (chain, pod_key) = own;
        let link = Link::genesis(&origin, &chain);
        let mut book = Self {
            next: frontier.size,
            last_at: sealed.last().map_or(i64::MIN, |last| last.seal.to),
            own: Own { chain, key: pod_key, link },
            name,
            origin,
            folder,
            sealed,
            open: Vec::new(),
            durable: 0,
            open_bytes: 0,
            frontier,
            writers,
            dropped: 0,
            wal,
        };
        for line in groups.iter().flat_map(|group| group.lines()) {
            book.replay(line)?;
        }
        book.now_durable();
        Ok(book)
    }

    fn replay(&mut self, line: &str) -> Result<(), BookError> {
        let broken = |why: String| BookError::Broken(self.origin.clone(), why);
        let entry = Entry::parse(line).map_err(|error| broken(error.to_string()))?;
        // Sealed before the crash, and the write-ahead log not yet switched.
        if entry.i < self.next && self.open.is_empty() {
            return Ok(());
        }
        if entry.i != self.next {
            return Err(broken(format!("line {} stands where {} is expected", entry.i, self.next)));
        }
        if let Some(head) = &entry.head {
            self.writers.wrote(head, entry.at, std::mem::take(&mut self.dropped));
        } else {
            self.dropped += dropped(line);
        }
        self.last_at = self.last_at.max(entry.at);
        self.push(line.to_owned());
        Ok(())
    }

    /// How a batch stands to what is there.
    #[must_use]
    pub fn judge(&self, batch: &Batch) -> Stand {
        self.writers.judge(&batch.head)
    }

    /// Takes a batch whose place was judged. Nothing of it is durable before [`Self::flush`].
    pub fn take(&mut self, batch: &Batch, now: i64) {
        let at = self.time(now);
        for line in &batch.lines {
            self.push(record_line(at, self.next, line));
        }
        // A head that was parsed has no number that JSON cannot hold.
        if let Ok(line) = head_line(at, self.next, &batch.head) {
            self.push(line);
            self.writers.wrote(&batch.head, at, batch.lines.iter().map(|line| dropped(line)).sum());
        }
    }

    /// Writes an event of the ledger itself, signed by its own key.
    pub fn note(&mut self, event: Event, now: i64) {
        let ChainId { pod, incarnation } = self.own.chain.clone();
        let record = Record { v: VERSION, pod, incarnation, seq: self.own.link.seq + 1, at: now, event };
        match record.line() {
            Ok(line) => {
                let prev = self.own.link;
                self.own.link = prev.then(&Record::hash(&line));
                let head = self.own.key.head(&self.origin, &self.own.chain, prev, self.own.link, false);
                self.take(&Batch { head, lines: vec![line] }, now);
            }
            Err(error) => tracing::error!(%error, "a record of the ledger cannot be written"),
        }
    }

    fn time(&mut self, now: i64) -> i64 {
        self.last_at = self.last_at.max(now);
        self.last_at
    }

    fn push(&mut self, line: String) {
        self.next += 1;
        self.open_bytes += line.len() + 1;
        self.open.push(line.into());
    }

    /// What was taken and is not durable: written, and to be synced.
    ///
    /// # Errors
    /// The disk's; then this book must be opened anew.
    pub fn append(&mut self) -> io::Result<()> {
        let lines: String = self.open.iter().skip(self.durable).flat_map(|line| [line, "\n"]).collect();
        if lines.is_empty() { Ok(()) } else { self.wal.append(&lines) }
    }

    /// Makes what was appended durable.
    ///
    /// # Errors
    /// The disk's; then this book must be opened anew.
    pub fn sync(&self) -> io::Result<()> {
        if self.durable == self.open.len() { Ok(()) } else { self.wal.sync() }
    }

    /// After the sync.
    pub fn now_durable(&mut self) {
        for line in self.open.iter().skip(self.durable) {
            self.frontier.push(leaf_hash(line.as_bytes()));
        }
        self.durable = self.open.len();
    }

    /// Signs how the log stands.
    #[must_use]
    pub fn checkpoint(&self, key: &LedgerKey) -> String {
        let checkpoint =
            Checkpoint { origin: self.origin.clone(), size: self.frontier.size, root: self.frontier.root() };
        key.checkpoint(&checkpoint)
    }

    /// Ledger time of the oldest line that is not sealed.
    #[must_use]
    pub fn open_since(&self) -> Option<i64> {
        Entry::parse(self.open.first()?).ok().map(|entry| entry.at)
    }

    /// Seals all durable lines.
    ///
    /// # Errors
    /// [`BookError`].
    pub fn seal(&mut self, store: &dyn Store, key: &LedgerKey) -> Result<(), BookError> {
        if self.durable == 0 || self.durable != self.open.len() {
            return Ok(());
        }
        let broken = |why: String| BookError::Broken(self.origin.clone(), why);
        let before = self.sealed.last().map(|last| last.seal.frontier.clone()).unwrap_or_default();
        let lines: Vec<String> = self.open.iter().map(|line| line.to_string()).collect();
        let segment = Segment::pack(&self.origin, &before, &lines).map_err(|error| broken(error.to_string()))?;
        let first = segment.seal.first;
        store.put(&self.folder, &data_name(first), &segment.data)?;
        // Read back before the write-ahead log lets go of it.
        let stored = store.get(&self.folder, &data_name(first))?.unwrap_or_default();
        let text = unpack(&stored, MAX_SEGMENT_BYTES).map_err(|error| broken(error.to_string()))?;
        if !text.lines().eq(self.open.iter().map(|line| &**line)) || segment.seal.frontier != self.frontier {
            return Err(broken("what was stored is not what was written".to_owned()));
        }
        store.put(&self.folder, &index_name(first), &segment.index)?;
        store.put(&self.folder, &writers_name(first), &self.writers.to_bytes())?;
        let note = segment.seal.sign(key).map_err(|error| broken(error.to_string()))?;
        store.put(&self.folder, CHECKPOINT, self.checkpoint(key).as_bytes())?;
        store.put(&self.folder, &seal_name(first), note.as_bytes())?;
        self.wal.switch(self.next, "")?;
        if let Some(last) = self.sealed.last() {
            // Only the newest is ever read.
            store.delete(&self.folder, &writers_name(last.seal.first))?;
        }
        self.sealed.push(Sealed { seal: segment.seal, is_deleted: false });
        self.open.clear();
        (self.durable, self.open_bytes) = (0, 0);
        Ok(())
    }
}

/// Name of the newest checkpoint in the store.
pub const CHECKPOINT: &str = "checkpoint";

fn writers_name(first: u64) -> String {
    format!("{first:020}.writers")
}
