//! Containers that carry the label in their metadata (TC260-PG-20257A to 202510A).
//!
//! In: the head of a file. Out: a [`super::plan::Plan`]. One file per format; [`xmp`] is shared.

pub mod png;
pub mod xmp;
