//! What writer and shipper share: the spool, and who waits for the ledger.
//!
//! In: frames and waiters. Out: word to those whose frame has arrived. Must not: hold the spool while a disk syncs.

use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::spool::Spool;
use super::writer::{NotKept, Waiter};

/// The spool as writer and shipper share it.
pub struct Shared {
    spool: Mutex<Spool>,
    /// Those who wait for the ledger, by where their frame ends.
    waiting: Mutex<VecDeque<(u64, Vec<Waiter>)>>,
    /// There is a new frame.
    pub news: Notify,
    /// Records that found no room in the queue.
    pub missed: AtomicU64,
}

impl Shared {
    /// Around a spool.
    #[must_use]
    pub fn new(spool: Spool) -> Self {
        Self { spool: Mutex::new(spool), waiting: Mutex::default(), news: Notify::new(), missed: AtomicU64::new(0) }
    }

    /// The spool. A panic elsewhere leaves it as the disk has it.
    pub fn spool(&self) -> MutexGuard<'_, Spool> {
        self.spool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who wait for a frame up to there.
    pub fn tell(&self, to: u64, result: Result<(), NotKept>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while waiting.front().is_some_and(|(end, _)| *end <= to) {
            for waiter in waiting.pop_front().map(|(_, waiters)| waiters).unwrap_or_default() {
                let _ = waiter.send(result);
            }
        }
    }

    /// These wait until the ledger has the frame that ends there.
    pub fn await_ledger(&self, end: u64, waiters: Vec<Waiter>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push_back((end, waiters));
    }
}
