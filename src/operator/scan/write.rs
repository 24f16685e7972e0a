//! Reports into the cluster, where OpenReports is installed, and only when they say something else.

use jiff::Timestamp;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Api, Client};
use serde_json::{Value, json};

use super::report::{LEFT_OUT_ANNOTATION, SOURCE, Sheet, says};
use crate::api::names::{MANAGER_REPORT, REPORT_NAME};

const GROUP: &str = "openreports.io";
const VERSION: &str = "v1alpha1";
/// Both of them, as a path has it.
pub const GROUP_VERSION: &str = "openreports.io/v1alpha1";
/// On every report of ours; its value is [`SOURCE`].
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

fn resource(kind: &str) -> ApiResource {
    ApiResource::from_gvk(&GroupVersionKind::gvk(GROUP, VERSION, kind))
}

/// Which of a group's kinds the cluster has, by their plural; a cluster without the group has none.
///
/// # Errors
/// Anything but "not found".
pub async fn kinds(client: &Client, group_version: &str) -> Result<Vec<String>, kube::Error> {
    match client.list_api_group_resources(group_version).await {
        Ok(list) => Ok(list.resources.into_iter().map(|resource| resource.name).collect()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Namespaces with a report of ours that should have none.
///
/// # Errors
/// What the API server says.
pub async fn foreign(client: &Client, is_enrolled: impl Fn(&str) -> bool) -> Result<Vec<String>, kube::Error> {
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource("Report"));
    // Whatever anybody labels so, only our own name is ever removed.
    let params =
        ListParams::default().fields(&format!("metadata.name={REPORT_NAME}")).labels(&format!("{MANAGED_BY}={SOURCE}"));
    let found = api.list_metadata(&params).await?.items.into_iter().filter_map(|report| report.metadata.namespace);
    Ok(found.filter(|namespace| !is_enrolled(namespace)).collect())
}

/// Removes the report of a namespace.
///
/// # Errors
/// What the API server says, unless it is gone.
pub async fn remove(client: &Client, namespace: &str) -> Result<(), kube::Error> {
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource("Report"));
    match api.delete(REPORT_NAME, &DeleteParams::default()).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes the report of a namespace, or without one the cluster's, when it says something else than the stored one.
///
/// # Errors
/// What the API server says.
pub async fn write(
    client: &Client,
    namespace: Option<&str>,
    sheet: &Sheet,
    now: Timestamp,
) -> Result<bool, kube::Error> {
    let kind = if namespace.is_some() { "Report" } else { "ClusterReport" };
    let api: Api<DynamicObject> = match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource(kind)),
        None => Api::all_with(client.clone(), &resource(kind)),
    };
    let stored = api.get_opt(REPORT_NAME).await?;
    if stored.is_none() && sheet.is_empty() {
        return Ok(false);
    }
    let stored = stored.map_or(Value::Null, |stored| stored.data);
    let mut report = sheet.content(&stored, now);
    if let Some(namespace) = namespace {
        report.insert("scope".into(), json!({"apiVersion": "v1", "kind": "Namespace", "name": namespace}));
    }
    if says(&stored, &report) {
        return Ok(false);
    }
    report.insert("apiVersion".into(), GROUP_VERSION.into());
    report.insert("kind".into(), kind.into());
    let mut metadata = json!({
        "name": REPORT_NAME,
        "labels": {MANAGED_BY: SOURCE},
        "annotations": {LEFT_OUT_ANNOTATION: sheet.left_out().to_string()},
    });
    if let Some(namespace) = namespace {
        metadata["namespace"] = namespace.into();
    }
    report.insert("metadata".into(), metadata);
    let params = PatchParams::apply(MANAGER_REPORT).force();
    api.patch(REPORT_NAME, &params, &Patch::Apply(Value::Object(report))).await?;
    Ok(true)
}
