//! `NamespaceEnforcement`: the operator's own word on every service of one namespace, for replicas and in-process policies.

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

/// What holds in one enrolled namespace. Named `dss`, written by the operator only.
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
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub services: Vec<EnforcedService>,
}

/// What holds for one service.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct EnforcedService {
    /// Name of the `DeepSynthesisService`.
    #[schemars(length(max = 253))]
    pub name: String,
    /// `Open`, `Grace` or `Closed`.
    #[schemars(length(max = 16))]
    pub gate: String,
    /// When an open or graced gate closes by itself (RFC 3339, UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub closes_at: Option<String>,
    /// Until when pods of an admitted revision may be replaced (RFC 3339, UTC); absent without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 40))]
    pub replacements_until: Option<String>,
    /// Sidecar image the injector pins.
    #[schemars(length(max = 512))]
    pub image: String,
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
