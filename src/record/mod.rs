//! Records that prove themselves: schema, canonical JSON, chains of writers, the tree of a log, checkpoints, segments, verification.
//!
//! In: events, keys, bytes of a store. Out: lines, hashes, signatures, proofs, findings. Must not: hold content or identities, ask a
//! clock, or touch a disk. What is kept how long is the law's ([`crate::law::retention`]); here it is only counted.

pub mod canonical;
pub mod chain;
pub mod checkpoint;
pub mod entry;
pub mod event;
pub mod finding;
pub mod frame;
pub mod hash;
pub mod merkle;
pub mod pods;
#[allow(clippy::module_inception)]
pub mod record;
pub mod retention;
pub mod seal;
pub mod segment;
pub mod verify;

pub use chain::{ChainId, Head, Link, PodKey};
pub use checkpoint::{Checkpoint, LedgerKey, LedgerVerifier};
pub use event::Event;
pub use finding::{Finding, Report};
pub use hash::Hash;
pub use record::Record;
