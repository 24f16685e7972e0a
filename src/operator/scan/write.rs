//! Reports into the cluster, where OpenReports is installed, and only when they say something else.

use jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Api, Client};
use serde_json::{Value, json};

use super::report::{LEFT_OUT_ANNOTATION, SOURCE, Sheet, says};
use crate::api::names::{MANAGER_REPORT, REPORT_NAME};

const GROUP: &str = "openreports.io";
const VERSION: &str = "v1alpha1";

/// Which of the two kinds the cluster has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// `Report`.
    pub report: bool,
    /// `ClusterReport`.
    pub cluster_report: bool,
}

/// Asks the API server; a cluster without the group has none.
///
/// # Errors
/// Anything but "not found".
pub async fn installed(client: &Client) -> Result<Installed, kube::Error> {
    let resources = match client.list_api_group_resources(&format!("{GROUP}/{VERSION}")).await {
        Ok(list) => list.resources,
        Err(kube::Error::Api(status)) if status.code == 404 => Vec::new(),
        Err(error) => return Err(error),
    };
    let has = |plural: &str| resources.iter().any(|resource| resource.name == plural);
    Ok(Installed { report: has("reports"), cluster_report: has("clusterreports") })
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
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(GROUP, VERSION, kind));
    let api: Api<DynamicObject> = match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
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
    report.insert("apiVersion".into(), format!("{GROUP}/{VERSION}").into());
    report.insert("kind".into(), kind.into());
    let mut metadata = json!({
        "name": REPORT_NAME,
        "labels": {"app.kubernetes.io/managed-by": SOURCE},
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
