//! Writes what [`super::build`] says, by server-side apply under a named field manager per concern.

use std::fmt::Debug;

use k8s_openapi::ClusterResourceScope;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use kube::core::Status;
use kube::{Api, Client, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::build::history_object;
use super::history::Rewrite;
use crate::api::names::{CONFIG_FILE, ENFORCEMENT_NAME, MANAGER_CONTROLLER, MANAGER_STATUS, config_map_name};
use crate::api::service::DeepSynthesisServiceStatus;
use crate::api::{DeepSynthesisService, NamespaceEnforcement, RecordStatus, ServiceHistory};
use crate::contract::Envelope;
use crate::operator::snapshot::names;

/// Which step failed.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The signed configuration.
    #[error("cannot write the sidecars' configuration: {0}")]
    Config(#[source] Box<kube::Error>),
    /// The enforcement object.
    #[error("cannot write the namespace's enforcement: {0}")]
    Enforcement(#[source] Box<kube::Error>),
    /// The history.
    #[error("cannot write the service's history: {0}")]
    History(#[source] Box<kube::Error>),
    /// The status.
    #[error("cannot write the status: {0}")]
    Status(#[source] Box<kube::Error>),
    /// The status of a record.
    #[error("cannot write the status of a record: {0}")]
    Record(#[source] Box<kube::Error>),
    /// Workloads that must stop.
    #[error("cannot stop the service's workloads: {0}")]
    Lapse(#[source] Box<kube::Error>),
}

/// Writes the signed configuration; it goes with its service.
///
/// # Errors
/// [`ApplyError::Config`].
pub async fn config(client: &Client, service: &DeepSynthesisService, envelope: &Envelope) -> Result<(), ApplyError> {
    let (namespace, name) = names(service);
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let map = config_map_name(name);
    let text = serde_json::to_string(envelope).unwrap_or_default();
    let body = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": map, "namespace": namespace, "ownerReferences": service.controller_owner_ref(&()).map(|owner| vec![owner])},
        "data": {CONFIG_FILE: text},
    });
    let params = PatchParams::apply(MANAGER_CONTROLLER).force();
    api.patch(&map, &params, &Patch::Apply(body)).await.map(drop).map_err(|error| ApplyError::Config(Box::new(error)))
}

/// Writes the enforcement object. A namespace that goes away needs none.
///
/// # Errors
/// [`ApplyError::Enforcement`].
pub async fn enforcement(client: &Client, object: &NamespaceEnforcement) -> Result<(), ApplyError> {
    let namespace = object.namespace().unwrap_or_default();
    let api: Api<NamespaceEnforcement> = Api::namespaced(client.clone(), &namespace);
    let params = PatchParams::apply(MANAGER_CONTROLLER).force();
    match api.patch(ENFORCEMENT_NAME, &params, &Patch::Apply(object)).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 || is_terminating(&status) => Ok(()),
        Err(error) => Err(ApplyError::Enforcement(Box::new(error))),
    }
}

/// Removes the enforcement object.
///
/// # Errors
/// [`ApplyError::Enforcement`].
pub async fn no_enforcement(client: &Client, namespace: &str) -> Result<(), ApplyError> {
    let api: Api<NamespaceEnforcement> = Api::namespaced(client.clone(), namespace);
    match api.delete(ENFORCEMENT_NAME, &DeleteParams::default()).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(ApplyError::Enforcement(Box::new(error))),
    }
}

/// The API server creates nothing in a namespace that is being deleted.
fn is_terminating(status: &Status) -> bool {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.into_iter().any(|cause| cause.reason == "NamespaceTerminating")
}

/// Writes a history; `None` when it was written meanwhile: that is not overwritten, the next look sees it.
///
/// # Errors
/// [`ApplyError::History`].
pub async fn history(client: &Client, rewrite: &Rewrite) -> Result<Option<ServiceHistory>, ApplyError> {
    let api: Api<ServiceHistory> = Api::all(client.clone());
    let params = PostParams { field_manager: Some(MANAGER_CONTROLLER.to_owned()), ..PostParams::default() };
    let written = match &rewrite.old {
        None => api.create(&params, &history_object(rewrite.new.clone())).await,
        Some(old) => {
            // With its resourceVersion: a first start that another replica recorded must not be lost.
            let new = ServiceHistory { spec: rewrite.new.clone(), ..ServiceHistory::clone(old) };
            api.replace(&new.name_any(), &params, &new).await
        }
    };
    match written {
        Ok(history) => Ok(Some(history)),
        Err(kube::Error::Api(status)) if status.code == 409 => Ok(None),
        Err(error) => Err(ApplyError::History(Box::new(error))),
    }
}

/// Writes the status of a record, a policy or an exemption.
///
/// # Errors
/// [`ApplyError::Record`].
pub async fn record_status<K>(client: &Client, name: &str, status: &RecordStatus) -> Result<(), ApplyError>
where
    K: Resource<DynamicType = (), Scope = ClusterResourceScope> + Clone + DeserializeOwned + Debug,
{
    let api: Api<K> = Api::all(client.clone());
    let body = json!({
        "apiVersion": K::api_version(&()), "kind": K::kind(&()), "metadata": {"name": name}, "status": status,
    });
    let params = PatchParams::apply(MANAGER_STATUS).force();
    match api.patch_status(name, &params, &Patch::Apply(body)).await {
        Ok(_) => Ok(()),
        // Gone meanwhile.
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(ApplyError::Record(Box::new(error))),
    }
}

/// Writes the status.
///
/// # Errors
/// [`ApplyError::Status`].
pub async fn status(
    client: &Client,
    service: &DeepSynthesisService,
    status: &DeepSynthesisServiceStatus,
) -> Result<(), ApplyError> {
    let (namespace, name) = names(service);
    let api: Api<DeepSynthesisService> = Api::namespaced(client.clone(), namespace);
    let body = json!({
        "apiVersion": DeepSynthesisService::api_version(&()), "kind": DeepSynthesisService::kind(&()),
        "metadata": {"name": name, "namespace": namespace},
        "status": status,
    });
    let params = PatchParams::apply(MANAGER_STATUS).force();
    api.patch_status(name, &params, &Patch::Apply(body))
        .await
        .map(drop)
        .map_err(|error| ApplyError::Status(Box::new(error)))
}
