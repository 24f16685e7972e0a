//! The cluster that the kubeconfig points to, as manifests.
//!
//! In: kubeconfig. Out: our kinds as they stand there, and a workload that is asked about. Must not: write anything.

use kube::api::{ApiResource, DynamicObject, GroupVersionKind, ListParams};
use kube::{Api, Client};

use crate::api::names::{GROUP, VERSION};
use crate::manifest::Manifest;

/// What a verdict is made of.
const KINDS: [&str; 7] = [
    "DeepSynthesisService",
    "FilingRecord",
    "AssessmentRecord",
    "CompliancePolicy",
    "EnforcementExemption",
    "ExemptionApproval",
    "ServiceHistory",
];
/// Objects per page.
const PAGE: u32 = 500;

/// Why the cluster cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// No kubeconfig, or one that cannot be used.
    #[error("no way to the cluster: {0}; name a kubeconfig in KUBECONFIG, or files with -f")]
    Client(String),
    /// The API server refuses.
    #[error("{kind} cannot be read: {reason}; the ClusterRole deepsynthesis-auditor lets you")]
    Refused {
        /// What was asked for.
        kind: String,
        /// What the API server said.
        reason: String,
    },
    /// No runtime.
    #[error("no runtime: {0}")]
    Runtime(#[from] std::io::Error),
}

/// What stands in a cluster.
pub struct Cluster {
    /// All objects of our kinds, and the workload.
    pub manifests: Vec<Manifest>,
    /// The namespace of the kubeconfig's context.
    pub namespace: String,
}

/// Reads the cluster; `workload` is its group, kind and name.
///
/// # Errors
/// [`LiveError`].
pub fn read(namespace: Option<&str>, workload: Option<(&str, &str, &str)>) -> Result<Cluster, LiveError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = Client::try_default().await.map_err(|error| LiveError::Client(error.to_string()))?;
        let namespace = namespace.map_or_else(|| client.default_namespace().to_owned(), str::to_owned);
        let mut manifests = Vec::new();
        for kind in KINDS {
            list(&client, kind, &mut manifests).await?;
        }
        if let Some((group, kind, name)) = workload {
            let version = GroupVersionKind::gvk(group, "v1", kind);
            let api: Api<DynamicObject> =
                Api::namespaced_with(client.clone(), &namespace, &ApiResource::from_gvk(&version));
            let object = api.get(name).await.map_err(|error| refused(&format!("{kind} {namespace}/{name}"), &error))?;
            manifests.push(manifest(group, "v1", kind, &object));
        }
        Ok(Cluster { manifests, namespace })
    })
}

async fn list(client: &Client, kind: &str, manifests: &mut Vec<Manifest>) -> Result<(), LiveError> {
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(GROUP, VERSION, kind));
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let mut params = ListParams::default().limit(PAGE);
    loop {
        let page = api.list(&params).await.map_err(|error| refused(kind, &error))?;
        manifests.extend(page.items.iter().map(|object| manifest(GROUP, VERSION, kind, object)));
        match page.metadata.continue_ {
            Some(next) if !next.is_empty() => params = params.continue_token(&next),
            _ => return Ok(()),
        }
    }
}

/// Items of a list bear no kind.
fn manifest(group: &str, version: &str, kind: &str, object: &DynamicObject) -> Manifest {
    let mut value = serde_json::to_value(object).unwrap_or_default();
    value["apiVersion"] = if group.is_empty() { version.into() } else { format!("{group}/{version}").into() };
    value["kind"] = kind.into();
    Manifest { file: "cluster".to_owned(), line: 0, object: value }
}

fn refused(kind: &str, error: &kube::Error) -> LiveError {
    LiveError::Refused { kind: kind.to_owned(), reason: error.to_string() }
}
