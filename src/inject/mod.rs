//! Pod JSON in, RFC 6902 patch out, and the proof that a pod carries exactly what we injected.
//!
//! In: raw `serde_json::Value` and a [`Plan`]. Out: [`patch`] for the mutating phase, [`verify`] for the
//! validating phase and the scan. Must not: use typed pods (unknown fields must survive), read a
//! clock, do I/O, or panic on any input.
//!
//! `container` and `volume` say what is injected, `compare` and `tolerance` what may differ later,
//! `refusal` which pods cannot be served, `headroom` which will find no room, `template` how workloads carry pods, `expected`
//! what in-process policies compare with.

mod carried;
mod compare;
mod container;
mod digest;
mod error;
mod expected;
#[cfg(test)]
mod fixture;
mod headroom;
mod obstacle;
mod operation;
mod patch;
mod path;
mod plan;
mod quantity;
mod refusal;
mod revision;
mod template;
mod tolerance;
mod verify;
mod view;
mod volume;

pub use carried::{Carried, carriable, carried};
pub use digest::digest;
pub use error::{InjectError, ProofError};
pub use expected::{Expected, expected};
pub use headroom::obstacles;
pub use obstacle::{Obstacle, Remedy};
pub use operation::PatchOperation;
pub use patch::patch;
pub use plan::Plan;
pub use revision::{content_of, revision_of};
pub use template::{app_containers, is_mirror, template_labels, template_of, templates_equal};
pub use verify::verify;
