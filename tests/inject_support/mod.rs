//! What the tests of injection share, with the fuzz targets as well.

#[path = "../../fuzz/src/document.rs"]
mod document;

pub use document::{apply, pointers};
