//! What left of one answer: counted and hashed as it passes, told when it has ended.
//!
//! In: the bytes that leave. Out: one `ended` record, whatever happens to the stream. Must not: keep a byte of it.

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::OwnedPermit;

use super::writer::Message;
use crate::record::event::{End, Event};
use crate::record::hash::Hash;
use crate::server::clock::now_millis;

/// One answer on its way out. Dropped, it says how the answer ended.
pub struct Tally {
    id: String,
    end: End,
    bytes: u64,
    hash: Sha256,
    /// Room in the queue that was kept for this record before the first byte left.
    permit: Option<OwnedPermit<Message>>,
}

impl std::fmt::Debug for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tally").field("end", &self.end).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Tally {
    pub(super) fn new(id: String, permit: OwnedPermit<Message>) -> Self {
        Self { id, end: End::Left, bytes: 0, hash: Sha256::new(), permit: Some(permit) }
    }

    /// These bytes leave.
    pub fn passed(&mut self, data: &[u8]) {
        self.bytes += data.len() as u64;
        self.hash.update(data);
    }

    /// All has left.
    pub fn complete(&mut self) {
        if self.end != End::BrokeOff {
            self.end = End::Complete;
        }
    }

    /// The application broke off.
    pub fn broke_off(&mut self) {
        self.end = End::BrokeOff;
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        let sha256 = Hash(std::mem::take(&mut self.hash).finalize().into());
        let event = Event::Ended { id: std::mem::take(&mut self.id), end: self.end, bytes: self.bytes, sha256 };
        permit.send(Message::Event { event: Box::new(event), at: now_millis(), wait: None });
    }
}
