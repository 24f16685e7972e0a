//! Claims about verdicts, decisions, messages and validation, from outside the library.

#![allow(clippy::unwrap_used)]

mod admission;
mod duty_coverage;
mod duty_table;
mod generators;
mod messages;
mod properties;
mod properties_exemptions;
mod properties_time;
mod purity;
mod reasons;
mod support;
mod traps;
mod traps_index;
mod traps_labels;
mod traps_law;
mod validation;
mod verdict_table;
