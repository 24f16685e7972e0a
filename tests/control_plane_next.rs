//! The same operator and chart against the newest kube-apiserver: what only it has. `make test-control-plane` runs it.
//!
//! Policies on the API server's disk (`config/static`, KEP-5793, from 1.37 on without a feature gate) and the
//! MutatingAdmissionPolicy of the chart (from 1.36 on).

#![allow(clippy::unwrap_used, clippy::expect_used)]

/// A folder of `tests/cluster/tools/kubernetes`.
const KUBERNETES: Option<&str> = Some("1.37");

#[path = "control_plane/cluster.rs"]
#[allow(dead_code, reason = "shared with control_plane")]
mod cluster;
#[path = "control_plane/ground.rs"]
#[allow(dead_code, reason = "shared with control_plane")]
mod ground;
#[path = "control_plane_next/injector.rs"]
mod injector;
#[path = "control_plane_next/protect.rs"]
mod protect;
#[path = "control_plane/support.rs"]
#[allow(dead_code, reason = "shared with control_plane")]
mod support;
#[path = "control_plane_next/without_us.rs"]
mod without_us;
