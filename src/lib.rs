//! The deepsynthesis library: knowledge rooms (pure) and program rooms (thin shells).
//!
//! Knowledge takes plain data and a clock and returns plain data; it never opens a socket,
//! never asks the wall clock and never imports a program. Programs gather facts, ask a
//! knowledge room, and act. `docs/architecture.md` has the picture.

pub mod api;
pub mod compliance;
pub mod contract;
pub mod detect;
pub mod identity;
pub mod inject;
pub mod label;
pub mod law;
pub mod record;

pub mod cli;
pub mod ledger;
pub mod manifest;
pub mod operator;
pub mod server;
pub mod sidecar;
pub mod telemetry;
