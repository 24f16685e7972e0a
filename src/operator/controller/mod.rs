//! The controller: from every published [`super::snapshot::Snapshot`] to children, history and status.
//!
//! Each service passes five steps: dereference (`judge` reads the snapshot), validate (`compliance::validate`, the same as
//! at admission), [`build`] (pure), [`apply`] (server-side apply), [`status`] (pure, then applied). The loop is level
//! triggered: it compares what should be with what was written last, so that no event can be missed.

pub mod apply;
pub mod build;
pub mod run;
pub mod status;
