//! What the fuzz targets do, as plain functions of bytes: libFuzzer calls them through `fuzz_targets`, and
//! `tests/fuzz_smoke.rs` calls them with fixed seeds, so that they never rot.

pub mod choice;
pub mod cluster;
pub mod document;
pub mod mutation;
pub mod oracle;
pub mod targets;
