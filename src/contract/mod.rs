//! What the programs say to each other.
//!
//! In: plain data. Out: wire forms and their checks: the signed sidecar configuration ([`config`], [`envelope`]), batches of records
//! ([`batch`]), promises about them and what is kept ([`coverage`]). No I/O, no clock of its own.

pub mod batch;
pub mod config;
pub mod coverage;
pub mod disclosure;
pub mod envelope;

pub use config::{
    AUTHORIZATION, SidecarConfig, SidecarEndpoint, SidecarIdentity, SidecarIssuer, SidecarLedger, SidecarRoute,
};
pub use envelope::{Envelope, EnvelopeError, SigningKey, VerifyingKey};
