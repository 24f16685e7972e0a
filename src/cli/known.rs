//! The cluster that manifests describe.
//!
//! In: manifests. Out: the snapshot that admission would look at, were they all in the cluster. Must not: leave out in silence what
//! it cannot read.

use std::collections::BTreeMap;
use std::sync::Arc;

use kube::Resource;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::names::GROUP;
use crate::manifest::Manifest;
use crate::operator::snapshot::{Key, Snapshot};

/// A service without a UID is not in a cluster yet; what is injected needs one.
const UID: &str = "not-yet-created";

/// Why a manifest of our group cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}: {kind} {name}: {reason}; see kubectl explain for the fields of this kind")]
pub struct KnownError {
    file: String,
    line: usize,
    kind: String,
    name: String,
    reason: String,
}

/// Text of a field that stands directly in an object.
#[must_use]
pub fn field<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Group of an object's `apiVersion`; empty for the core group.
#[must_use]
pub fn group(object: &Value) -> &str {
    field(object, "/apiVersion").split_once('/').map_or("", |(group, _)| group)
}

/// Namespace of an object that has one.
#[must_use]
pub fn namespace<'a>(object: &'a Value, default: &'a str) -> &'a str {
    match field(object, "/metadata/namespace") {
        "" => default,
        namespace => namespace,
    }
}

/// Reads what there is of our kinds. Every namespace counts as enrolled: what is checked is meant to run under the law.
///
/// # Errors
/// [`KnownError`] for the first object that is not of its kind's shape.
pub fn snapshot(manifests: &[Manifest], default: &str) -> Result<Snapshot, KnownError> {
    let mut snapshot = Snapshot::default();
    for manifest in manifests {
        let object = &manifest.object;
        let name = namespace(object, default).to_owned();
        Arc::make_mut(&mut snapshot.namespaces).insert((String::new(), name), Arc::new(()));
        if group(object) != GROUP {
            continue;
        }
        match field(object, "/kind") {
            "DeepSynthesisService" => {
                let mut object = object.clone();
                object["metadata"]["namespace"] = namespace(&manifest.object, default).into();
                if field(&object, "/metadata/uid").is_empty() {
                    object["metadata"]["uid"] = UID.into();
                }
                add(&mut snapshot.services, manifest, object)?;
            }
            "FilingRecord" => add(&mut snapshot.filings, manifest, object.clone())?,
            "AssessmentRecord" => add(&mut snapshot.assessments, manifest, object.clone())?,
            "CompliancePolicy" => add(&mut snapshot.policies, manifest, object.clone())?,
            "EnforcementExemption" => add(&mut snapshot.exemptions, manifest, object.clone())?,
            "ExemptionApproval" => add(&mut snapshot.approvals, manifest, object.clone())?,
            "ServiceHistory" => add(&mut snapshot.histories, manifest, object.clone())?,
            _ => {}
        }
    }
    Ok(snapshot)
}

fn add<T: DeserializeOwned + Resource + Clone>(
    map: &mut Arc<BTreeMap<Key, Arc<T>>>,
    manifest: &Manifest,
    object: Value,
) -> Result<(), KnownError> {
    let (kind, name) = (field(&object, "/kind").to_owned(), field(&object, "/metadata/name").to_owned());
    let unreadable = |reason: String| KnownError {
        file: manifest.file.clone(),
        line: manifest.line,
        kind: kind.clone(),
        name: name.clone(),
        reason,
    };
    let read: T = serde_json::from_value(object).map_err(|error| unreadable(error.to_string()))?;
    let key = (read.meta().namespace.clone().unwrap_or_default(), read.meta().name.clone().unwrap_or_default());
    if key.1.is_empty() {
        return Err(unreadable("metadata.name is missing".to_owned()));
    }
    Arc::make_mut(map).insert(key, Arc::new(read));
    Ok(())
}
