//! Labels on bytes.
//!
//! In: content bytes and an [`AigcLabel`]. Out: a [`plan::Plan`] that says which bytes are added where.
//! Pure: no HTTP, no tokio, no clock, no randomness; ids come from the caller. Nothing here re-encodes
//! content: all bytes that are not the label stay as they were.
//!
//! How it is used: make a [`plan::Job`] for the content type, show it the growing head of the content
//! until it answers with a plan, send the head as the plan says, pass the rest on, ask for the tail.

pub mod aigc;
pub mod api;
pub mod carrier;
pub mod charset;
pub mod json;
pub mod notice;
pub mod plan;
pub mod text;

pub use aigc::{AigcLabel, LabelError, Verdict};
pub use notice::Notice;
pub use plan::{HEAD_LIMIT, Job, Outcome, Plan};
