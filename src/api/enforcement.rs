//! `NamespaceEnforcement`: the operator's own word on every service of one namespace, for replicas and in-process policies.
//!
//! Policies compare and compute nothing: whatever they compare with stands here in the form in which the API server
//! stores it in pods.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::policy::{Mode, OnLapse, Undeclared};
use super::service::WorkloadSelector;

/// What holds in one enrolled namespace, for the policies inside the API server: they judge by it also while no operator
/// runs. Named `dss`, written by the operator only.
#[derive(CustomResource, KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[kube(
    group = "deepsynthesis.dev",
    version = "v1alpha1",
    kind = "NamespaceEnforcement",
    plural = "namespaceenforcements",
    category = "deepsynthesis",
    namespaced,
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("self.metadata.name == 'dss'").message("metadata.name: the one NamespaceEnforcement of a namespace is named dss"),
)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceEnforcementSpec {
    /// One entry per service of the namespace.
    #[serde(default)]
    #[schemars(length(max = 256))]
    // One writer, one value: an API server that tracked every field of every service would take seconds over each write.
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub services: Vec<EnforcedService>,
    /// The sidecar as every pod of a service carries it, without what differs from service to service and what others may
    /// change (image, args, resources, imagePullPolicy); absent without services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "as_stored")]
    pub sidecar: Option<Value>,
    /// What else the injector writes: nothing is compared with it, but a policy inside the API server can inject by it;
    /// absent without services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub injection: Option<Injection>,
    /// `Deny`: pods that no service selects are refused unless `notGenerative` names them. `Deny` stands here only while
    /// the policy's mode is Enforce; what detection sees is the webhook's to judge.
    #[serde(default)]
    pub undeclared: Undeclared,
    /// Pods of which an officer decided that they generate nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub not_generative: Vec<DecidedWorkload>,
}

/// What the injector writes and others may change afterwards.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Injection {
    /// The sidecar's resources, in the order of `proofs`: in a pod like any other, and in one whose other containers all
    /// have requests that equal limits.
    #[schemars(schema_with = "resources_as_stored")]
    pub resources: Vec<Value>,
    /// Its pull policy.
    #[schemars(length(max = 16))]
    pub image_pull_policy: String,
    /// Names of pull secrets that the pod gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 253)))]
    pub image_pull_secrets: Vec<String>,
}

/// Pods of which an officer decided that they generate nothing (Order 12 Art. 2).
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
pub struct DecidedWorkload {
    /// Labels that the pods carry, all of them.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 16))]
    pub match_labels: BTreeMap<String, String>,
    /// When the decision ends (RFC 3339, UTC); absent without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub until: Option<String>,
}

/// What holds for one service.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct EnforcedService {
    /// Name of the `DeepSynthesisService`.
    #[schemars(length(max = 253))]
    pub name: String,
    /// Which pods belong to it.
    #[serde(default)]
    pub selector: WorkloadSelector,
    /// What happens to pods while the gate is closed: the stricter of policy and service.
    #[serde(default)]
    pub mode: Mode,
    /// `Open`, `Grace` or `Closed`.
    #[schemars(length(max = 16))]
    pub gate: String,
    /// When an open or graced gate closes by itself (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub closes_at: Option<String>,
    /// What a closed gate does to pods of an admitted revision.
    #[serde(default)]
    pub on_lapse: OnLapse,
    /// An order of the authorities stops the service: nothing may be replaced either (Order 12 Art. 21).
    #[serde(default)]
    pub suspended: bool,
    /// When such an order begins that is known already (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub suspended_from: Option<String>,
    /// Why a pod is refused while the gate is closed, in both languages.
    #[serde(default)]
    #[schemars(length(max = 1536))]
    pub refusal: String,
    /// Until when pods of an admitted revision may be replaced (RFC 3339, UTC); absent without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub replacements_until: Option<String>,
    /// Sidecar image the injector pins.
    #[schemars(length(max = 512))]
    pub image: String,
    /// Arguments of its sidecar.
    #[serde(default)]
    #[schemars(length(max = 32), inner(length(max = 1024)))]
    pub args: Vec<String>,
    /// The init container that leads traffic to the sidecar (`capture: Redirect`), without resources and pull policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "as_stored")]
    pub redirect: Option<Value>,
    /// The sidecar's volumes.
    #[serde(default)]
    #[schemars(schema_with = "volumes_as_stored")]
    pub volumes: Vec<Value>,
    /// What the proof annotation of its pods may say: one digest for each of `injection.resources`.
    #[serde(default)]
    #[schemars(length(max = 4), inner(length(max = 64)))]
    pub proofs: Vec<String>,
    /// Image digests of which a pod must run one (Order 12 Art. 15); absent when no assessment names any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), inner(length(max = 71)))]
    pub assessed_images: Option<Vec<String>>,
    /// Revisions whose pods were admitted; they may be replaced while rollouts are frozen.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub admitted_revisions: Vec<AdmittedRevision>,
}

/// One revision of one workload whose pods were admitted.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
pub struct AdmittedRevision {
    /// UID of the pod's controller (ReplicaSet, StatefulSet, DaemonSet, Job, …).
    #[schemars(length(max = 64))]
    pub owner: String,
    /// `pod-template-hash` or `controller-revision-hash`; empty where the owner has no revisions.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub hash: String,
    /// SHA-256 (hex) of what the pod's own containers run: whoever writes a pod by hand can name any owner and hash, but
    /// not run something else under them.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub content: String,
}

/// A part of a pod as the API server stores it, which only Kubernetes defines.
fn as_stored(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})
}

fn resources_as_stored(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "minItems": 2, "maxItems": 2, "items": as_stored(generator)})
}

fn volumes_as_stored(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "maxItems": 4, "items": as_stored(generator)})
}
