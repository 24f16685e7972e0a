//! The operator: watches, judges, writes; and answers the API server's admission reviews.
//!
//! A thin shell around the knowledge rooms. `store` turns watches into one [`snapshot::Snapshot`];
//! `admission` answers from it without a network call; `controller` writes what follows from it
//! while `lease` says that this replica may, `scan` looks at what runs already; `certificate` and `signing` keep the keys.

pub mod admission;
pub mod args;
pub mod certificate;
pub mod controller;
pub mod detect;
pub mod event;
pub mod freshness;
pub mod health;
pub mod judge;
pub mod lease;
pub mod ledger;
pub mod metrics;
pub mod record_index;
pub mod repair;
pub mod run;
pub mod scan;
pub mod secret;
pub mod seen;
pub mod signing;
pub mod snapshot;
pub mod store;
pub mod workload;
