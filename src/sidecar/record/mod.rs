//! The sidecar's records: made, numbered, signed, spooled, shipped.
//!
//! In: what the proxy decided about an answer, and what left. Out: batches in a spool of fixed size, then at the ledger. Must not: hold
//! content, make an answer wait beyond its durability, or let one go before its record is where it must be (semantics S8).

pub mod args;
pub mod recorder;
pub mod shared;
pub mod ship;
pub mod spool;
pub mod tally;
pub mod writer;

pub use recorder::Recorder;
pub use tally::Tally;

#[cfg(test)]
mod tests;
