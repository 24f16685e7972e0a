//! The ledger: keeps the records of all sidecars as long as the law wants, and proves that none is missing.
//!
//! In: signed batches over TLS 1.3, from pods that the API server vouches for. Out: acknowledgements after the sync, records, proofs,
//! checkpoints. Must not: acknowledge what a crash could take, delete before its time (Cybersecurity Law Art. 23(3)), or let a pod write
//! for another one. What a log is, and whether one is whole, is [`crate::record`]'s affair.

pub mod args;
pub mod authenticate;
pub mod book;
pub mod export;
pub mod give;
pub mod key;
pub mod library;
pub mod metrics;
pub mod params;
pub mod routes;
pub mod run;
pub mod search;
pub mod store;
pub mod verify;
pub mod wal;
pub mod writers;
