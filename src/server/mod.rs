//! What every program that listens shares: the TLS accept loop and its drain.
//!
//! In: a service and a certificate that may change. Out: answered connections. Must not know what is served.

pub mod tls;
