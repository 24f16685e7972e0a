//! The operator against a real kube-apiserver: what a user sees through kubectl. `make test-control-plane` runs it.
//!
//! Every test is a process of its own and has a namespace of its own; all share one control plane and one operator,
//! which the first of them starts. No controller manager runs: what it would make is made by hand.

#![allow(clippy::unwrap_used, clippy::expect_used)]

/// The version that the machine's tools are pinned to, or DSS_KUBERNETES.
const KUBERNETES: Option<&str> = None;

#[path = "control_plane/asks.rs"]
mod asks;
#[path = "control_plane/backstop.rs"]
mod backstop;
#[path = "control_plane/backstop_gate.rs"]
mod backstop_gate;
#[path = "control_plane/backstop_parity.rs"]
mod backstop_parity;
#[path = "control_plane/backstop_size.rs"]
mod backstop_size;
#[path = "control_plane/backstop_writers.rs"]
mod backstop_writers;
#[path = "control_plane/balancer.rs"]
mod balancer;
#[path = "control_plane/brick.rs"]
mod brick;
#[path = "control_plane/bypass.rs"]
mod bypass;
#[path = "control_plane/cluster.rs"]
mod cluster;
#[path = "control_plane/down.rs"]
mod down;
#[path = "control_plane/exemptions.rs"]
mod exemptions;
#[path = "control_plane/exposure.rs"]
mod exposure;
#[path = "control_plane/failover.rs"]
mod failover;
#[path = "control_plane/forged.rs"]
mod forged;
#[path = "control_plane/frozen.rs"]
mod frozen;
#[path = "control_plane/golden.rs"]
mod golden;
#[path = "control_plane/ground.rs"]
mod ground;
#[path = "control_plane/history.rs"]
mod history;
#[path = "control_plane/injectable.rs"]
mod injectable;
#[path = "control_plane/injection.rs"]
mod injection;
#[path = "control_plane/injector.rs"]
mod injector;
#[path = "control_plane/lapse.rs"]
mod lapse;
#[path = "control_plane/load.rs"]
mod load;
#[path = "control_plane/malformed.rs"]
mod malformed;
#[path = "control_plane/parity.rs"]
mod parity;
#[path = "control_plane/random.rs"]
mod random;
#[path = "control_plane/redirect.rs"]
mod redirect;
#[path = "control_plane/repair.rs"]
mod repair;
#[path = "control_plane/replicas.rs"]
mod replicas;
#[path = "control_plane/report.rs"]
mod report;
#[path = "control_plane/rotation.rs"]
mod rotation;
#[path = "control_plane/scope.rs"]
mod scope;
#[path = "control_plane/stale.rs"]
mod stale;
#[path = "control_plane/stripping.rs"]
mod stripping;
#[path = "control_plane/support.rs"]
mod support;
#[path = "control_plane/table.rs"]
mod table;
#[path = "control_plane/tombstone.rs"]
mod tombstone;
#[path = "control_plane/undeclared.rs"]
mod undeclared;
#[path = "control_plane/untouched.rs"]
mod untouched;
#[path = "control_plane/watched.rs"]
mod watched;
