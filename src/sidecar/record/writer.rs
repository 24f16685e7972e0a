//! The one writer of a sidecar's records: numbers them, links them, signs heads, and puts batches into the spool with one sync each.
//!
//! In: events over a bounded queue. Out: frames in the spool, and word to those who wait for it. Must not: promise before the sync, or
//! lose count: what the spool has no room for is told by the next record that it takes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::shared::Shared;
use super::spool::SpoolError;
use crate::contract::batch::{Batch, LogName, MAX_BATCH_BYTES, MAX_BATCH_RECORDS};
use crate::record::event::GapReason;
use crate::record::record::VERSION;
use crate::record::{ChainId, Event, Head, Link, PodKey, Record};
use crate::server::clock::now_millis;

/// Records that nobody waits for share a sync.
const GROUP: Duration = Duration::from_millis(20);
/// A batch is cut before its limit: the head needs room, too.
const BATCH_ROOM: usize = MAX_BATCH_BYTES - 16 * 1024;

/// How far a record must have come before the answer's first byte leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Durability {
    /// It is written soon.
    #[default]
    Async,
    /// It is on the pod's disk.
    Spool,
    /// The ledger has acknowledged it.
    Ledger,
}

/// Why a record was not kept as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// The spool is full.
    #[error("the spool of records is full")]
    Full,
    /// The disk refused.
    #[error("the spool of records cannot be written")]
    Disk,
    /// More records are waiting than the queue holds.
    #[error("records come faster than they are written")]
    Overload,
    /// The ledger did not acknowledge in time, or refused.
    #[error("the ledger has not acknowledged the record")]
    NotAcknowledged,
    /// The sidecar is ending.
    #[error("the sidecar is ending")]
    Ending,
}

/// One who waits.
pub type Waiter = oneshot::Sender<Result<(), NotKept>>;

/// An event, when it was, and who waits for what.
type Waiting = (Box<Event>, i64, Option<(Durability, Waiter)>);

/// What the writer is told.
pub enum Message {
    /// One more event.
    Event {
        /// What happened.
        event: Box<Event>,
        /// When, milliseconds since 1970.
        at: i64,
        /// How far it must come, and who waits for that.
        wait: Option<(Durability, Waiter)>,
    },
    /// Nothing more will come: sign the last head.
    Close(oneshot::Sender<Head>),
}

/// Counts of records.
#[derive(Debug, Default)]
struct Lost {
    count: u64,
    from: i64,
    to: i64,
    reason: Option<GapReason>,
}

/// The writer.
pub struct Writer {
    log: LogName,
    chain: ChainId,
    key: PodKey,
    link: Link,
    shared: Arc<Shared>,
    lost: Lost,
    /// Called with an outcome and how many records it is about.
    count: Box<dyn Fn(&'static str, u64) + Send>,
}

impl Writer {
    /// A writer with a fresh chain.
    #[must_use]
    pub fn new(
        log: LogName,
        chain: ChainId,
        key: PodKey,
        shared: Arc<Shared>,
        count: Box<dyn Fn(&'static str, u64) + Send>,
    ) -> Self {
        let link = Link::genesis(&log.origin(), &chain);
        Self { log, chain, key, link, shared, lost: Lost::default(), count }
    }

    /// Works until the queue is closed.
    pub fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        while let Some(first) = queue.blocking_recv() {
            let mut messages = vec![first];
            let is_waited_for = |messages: &[Message]| {
                messages.iter().any(|message| !matches!(message, Message::Event { wait: None, .. }))
            };
            take(&mut queue, &mut messages);
            if !is_waited_for(&messages) {
                std::thread::sleep(GROUP);
                take(&mut queue, &mut messages);
            }
            self.write(messages);
        }
    }

    fn write(&mut self, messages: Vec<Message>) {
        let (mut events, mut closing) = (Vec::new(), None);
        for message in messages {
            match message {
                Message::Event { event, at, wait } => events.push((event, at, wait)),
                Message::Close(told) => closing = Some(told),
            }
        }
        let mut events = VecDeque::from(events);
        while !events.is_empty() {
            self.batch(&mut events);
        }
        if let Some(told) = closing {
            let (prev, mut lines, mut size) = (self.link, Vec::new(), 0);
            // What is missing is said now or never.
            let missed = self.shared.missed.swap(0, Ordering::Relaxed);
            if missed > 0 {
                let now = now_millis();
                self.lose(missed, (now, now), GapReason::Overload);
            }
            self.tell_loss(&mut lines, &mut size);
            let mut head = self.key.head(&self.log.origin(), &self.chain, prev, self.link, true);
            match self.keep(&Batch { head: head.clone(), lines }) {
                Ok(_) => self.lost = Lost::default(),
                Err(error) => {
                    tracing::warn!(%error, "the last head of the records is not in the spool");
                    self.link = prev;
                    head = self.key.head(&self.log.origin(), &self.chain, prev, prev, true);
                }
            }
            self.shared.news.notify_one();
            let _ = told.send(head);
        }
    }

    /// One batch out of the first events.
    fn batch(&mut self, events: &mut VecDeque<Waiting>) {
        let prev = self.link;
        let (mut lines, mut size, mut count) = (Vec::new(), 0, 0u64);
        let (mut span, mut waiters) = ((i64::MAX, i64::MIN), Vec::new());
        let missed = self.shared.missed.swap(0, Ordering::Relaxed);
        if let (1.., Some((_, at, _))) = (missed, events.front()) {
            self.lose(missed, (*at, *at), GapReason::Overload);
        }
        self.tell_loss(&mut lines, &mut size);
        while lines.len() < MAX_BATCH_RECORDS && size < BATCH_ROOM - crate::record::record::MAX_RECORD_BYTES {
            let Some((event, at, wait)) = events.pop_front() else { break };
            count += 1;
            span = (span.0.min(at), span.1.max(at));
            self.append(&mut lines, &mut size, at, *event);
            waiters.extend(wait);
        }
        let head = self.key.head(&self.log.origin(), &self.chain, prev, self.link, false);
        match self.keep(&Batch { head, lines }) {
            Ok(end) => {
                self.lost = Lost::default();
                (self.count)("kept", count);
                let (ledger, spool): (Vec<_>, Vec<_>) =
                    waiters.into_iter().partition(|(durability, _)| *durability == Durability::Ledger);
                for (_, waiter) in spool {
                    let _ = waiter.send(Ok(()));
                }
                if !ledger.is_empty() {
                    let ledger = ledger.into_iter().map(|(_, waiter)| waiter).collect();
                    self.shared.await_ledger(end, ledger);
                }
                self.shared.news.notify_one();
            }
            Err(error) => {
                // The numbers were shown to nobody: the next batch takes them again.
                self.link = prev;
                let (reason, not_kept) = match error {
                    SpoolError::Full | SpoolError::TooSmall => (GapReason::SpoolFull, NotKept::Full),
                    SpoolError::TooLarge | SpoolError::Disk(_) => (GapReason::Disk, NotKept::Disk),
                };
                tracing::warn!(%error, count, "records are lost");
                (self.count)("dropped", count);
                self.lose(count, span, reason);
                for (_, waiter) in waiters {
                    let _ = waiter.send(Err(not_kept));
                }
            }
        }
    }

    fn tell_loss(&mut self, lines: &mut Vec<String>, size: &mut usize) {
        if let Lost { count: dropped, from, to, reason: Some(reason) } = self.lost {
            self.append(lines, size, to, Event::Gap { dropped, reason, from, to });
        }
    }

    fn lose(&mut self, count: u64, span: (i64, i64), reason: GapReason) {
        if self.lost.reason.is_none() {
            (self.lost.from, self.lost.to) = span;
        }
        self.lost.count += count;
        self.lost.to = self.lost.to.max(span.1);
        self.lost.reason = Some(reason);
    }

    fn append(&mut self, lines: &mut Vec<String>, size: &mut usize, at: i64, event: Event) {
        let (pod, incarnation) = (self.chain.pod.clone(), self.chain.incarnation.clone());
        let record = Record { v: VERSION, pod, incarnation, seq: self.link.seq + 1, at, event };
        match record.line() {
            Ok(line) => {
                self.link = self.link.then(&Record::hash(&line));
                *size += line.len() + 1;
                lines.push(line);
            }
            Err(error) => tracing::error!(%error, "a record cannot be written"),
        }
    }

    /// Into the spool, and to the disk.
    fn keep(&mut self, batch: &Batch) -> Result<u64, SpoolError> {
        let bytes = batch.encode().map_err(|error| SpoolError::Disk(std::io::Error::other(error)))?;
        let (end, file, reach) = {
            let mut spool = self.shared.spool();
            let end = spool.push(&bytes)?;
            let (file, reach) = spool.to_sync();
            (end, file, reach)
        };
        match file.sync_data() {
            Ok(()) => {
                self.shared.spool().synced(reach);
                Ok(end)
            }
            Err(error) => {
                self.shared.spool().forget(end - 8 - bytes.len() as u64);
                Err(SpoolError::Disk(error))
            }
        }
    }
}

fn take(queue: &mut mpsc::Receiver<Message>, messages: &mut Vec<Message>) {
    while messages.len() < MAX_BATCH_RECORDS
        && let Ok(message) = queue.try_recv()
    {
        messages.push(message);
    }
}
