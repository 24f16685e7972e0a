//! What every program that listens shares: the TLS accept loop and its drain.
//!
//! In: a service and a certificate that may change. Out: answered connections. Must not know what is served.

pub mod clock;
mod connection;
pub mod ledger_client;
mod manners;
pub mod process;
pub mod serve;
pub mod tls;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
