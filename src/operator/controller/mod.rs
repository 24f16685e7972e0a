//! The controller: from every published [`super::snapshot::Snapshot`] to children, history and status.
//!
//! Each service passes five steps: dereference (`judge` reads the snapshot), validate (`compliance::validate`, the same as
//! at admission), [`build`] (pure), [`apply`] (server-side apply), [`status`] (pure, then applied). The loop is level
//! triggered: it compares what should be with what the cluster holds, so that no event can be missed.
//!
//! Beside services there are [`history`] (what outlives them), [`trace`] (which records there were), [`enforcement`] (what
//! in-process policies judge by), [`record`] (the statuses of what officers write), [`lapse`] (what a lapse stops) and
//! [`news`] (the Events that a change is worth).

pub mod apply;
pub mod build;
pub mod condition;
pub mod enforcement;
#[cfg(test)]
pub(crate) mod fixture;
pub mod gauges;
pub mod history;
pub mod lapse;
pub mod news;
pub mod record;
pub mod retention;
pub mod run;
pub mod status;
pub mod tend;
pub mod trace;
