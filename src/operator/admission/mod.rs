//! Admission reviews: raw JSON in, an answer out, no network call and no lock between them.
//!
//! One file per question: `mutate` (what is injected), `workload` (may it run), `record` (are our own kinds sound),
//! `stamp` (who asks for an exemption, who approves it), `exemption` (is that person another one),
//! `service` (may it declare this), `unselected` (may a workload run undeclared), `access` (may someone reach into a pod);
//! `tenant` says which of these a request of an enrolled namespace asks.

pub mod access;
pub mod containers;
pub mod exemption;
pub mod exposure;
pub mod intake;
pub mod mutate;
pub mod record;
pub mod review;
pub mod routes;
pub mod service;
pub mod stamp;
pub mod tenant;
pub mod unselected;
pub mod workload;

use std::sync::Arc;

use jiff::Timestamp;

use self::review::AdmissionRequest;
use super::args::Settings;
use super::snapshot::{Snapshot, names};
use crate::api::DeepSynthesisService;
use crate::inject;

/// What every handler may look at.
pub struct Context<'a> {
    /// The cluster as known now.
    pub snapshot: &'a Snapshot,
    /// The clock.
    pub now: Timestamp,
    /// The operator's settings.
    pub settings: &'a Settings,
    /// Base64 of the key that signs sidecar configurations.
    pub verify_key: &'a str,
}

fn service_name(service: &DeepSynthesisService) -> &str {
    names(service).1
}

/// Whether it is about the mirror of a static pod. Of a new one only a node may say so; the annotation of a live pod cannot
/// change.
fn is_mirror(request: &AdmissionRequest) -> bool {
    match request.operation.as_str() {
        "CREATE" => request.user_info.is_node() && inject::is_mirror(&request.object),
        _ => inject::is_mirror(&request.old_object),
    }
}

/// The text for a pod that two services select.
fn ambiguous(services: &[&Arc<DeepSynthesisService>]) -> String {
    let names: Vec<_> = services.iter().map(|service| service_name(service)).collect();
    let names = names.join(", ");
    format!(
        "[SelectedTwice] More than one DeepSynthesisService selects this workload: {names}. \
         Each pod belongs to exactly one service; narrow spec.workloadSelector of one of them.\n\
         多个 DeepSynthesisService 同时选中此工作负载：{names}。请收窄其中一个的 spec.workloadSelector。"
    )
}

/// One line of at most `limit` characters: names come from people.
fn clean(text: &str, limit: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(limit).collect()
}
