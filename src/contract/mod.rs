//! What the programs say to each other.
//!
//! In: plain data. Out: wire forms and their checks. Today the signed sidecar configuration
//! ([`config`], [`envelope`]); feeds and record batches join here. No I/O, no clock of its own.

pub mod config;
pub mod disclosure;
pub mod envelope;

pub use config::{
    AUTHORIZATION, SidecarConfig, SidecarEndpoint, SidecarIdentity, SidecarIssuer, SidecarOrder, SidecarRoute,
};
pub use envelope::{Envelope, EnvelopeError, SigningKey, VerifyingKey};
