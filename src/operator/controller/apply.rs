//! Writes what [`super::build`] says, by server-side apply under a named field manager per concern.

use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Client, Resource as _, ResourceExt as _};
use serde_json::json;

use super::build::history;
use crate::api::names::{CONFIG_FILE, ENFORCEMENT_NAME, MANAGER_CONTROLLER, MANAGER_STATUS, config_map_name};
use crate::api::service::DeepSynthesisServiceStatus;
use crate::api::{DeepSynthesisService, NamespaceEnforcement, ServiceHistory, ServiceHistorySpec};
use crate::contract::Envelope;
use crate::operator::snapshot::names;

/// Which step failed.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Counting the pods that the selector matches.
    #[error("cannot list the service's pods: {0}")]
    Pods(#[source] Box<kube::Error>),
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
}

/// Counts the living pods that a service selects, injected or not.
///
/// # Errors
/// [`ApplyError::Pods`].
pub async fn matched_pods(client: &Client, service: &DeepSynthesisService) -> Result<u32, ApplyError> {
    let (namespace, _) = names(service);
    let api: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let selector = kube::core::Selector::try_from(service.spec.workload_selector.to_label_selector());
    let Ok(selector) = selector else { return Ok(0) };
    let pods = api
        .list_metadata(&ListParams::default().labels_from(&selector))
        .await
        .map_err(|error| ApplyError::Pods(Box::new(error)))?;
    let living = pods.items.iter().filter(|pod| pod.meta().deletion_timestamp.is_none()).count();
    Ok(u32::try_from(living).unwrap_or(u32::MAX))
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

/// Writes, or removes when the namespace has no service left, the enforcement object.
///
/// # Errors
/// [`ApplyError::Enforcement`].
pub async fn enforcement(client: &Client, object: &NamespaceEnforcement) -> Result<(), ApplyError> {
    let failed = |error| ApplyError::Enforcement(Box::new(error));
    let namespace = object.namespace().unwrap_or_default();
    let api: Api<NamespaceEnforcement> = Api::namespaced(client.clone(), &namespace);
    if object.spec.services.is_empty() {
        return match api.delete(ENFORCEMENT_NAME, &DeleteParams::default()).await {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            Err(error) => Err(failed(error)),
        };
    }
    let params = PatchParams::apply(MANAGER_CONTROLLER).force();
    api.patch(ENFORCEMENT_NAME, &params, &Patch::Apply(object)).await.map(drop).map_err(failed)
}

/// Creates the history of a service; one that is there already stays as it is.
///
/// # Errors
/// [`ApplyError::History`].
pub async fn first_public_ready(client: &Client, spec: ServiceHistorySpec) -> Result<(), ApplyError> {
    let api: Api<ServiceHistory> = Api::all(client.clone());
    let params = PostParams { field_manager: Some(MANAGER_CONTROLLER.to_owned()), ..PostParams::default() };
    match api.create(&params, &history(spec)).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 409 => Ok(()),
        Err(error) => Err(ApplyError::History(Box::new(error))),
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
