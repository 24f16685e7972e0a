//! The kinds that carry pods, as the API server lists them: raw, in pages.

use kube::Client;
use kube::core::{ApiResource, GroupVersionKind};
use serde::Deserialize;
use serde_json::Value;

/// Objects of one page; a page of pods stays below a few MiB.
const PAGE: u16 = 500;

/// A kind that carries a pod template, or pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Group; empty for the core group.
    pub group: &'static str,
    /// `kind`.
    pub name: &'static str,
    /// As in a path.
    pub plural: &'static str,
}

/// All of them; owners before what they own.
pub const KINDS: [Kind; 8] = [
    Kind { group: "apps", name: "Deployment", plural: "deployments" },
    Kind { group: "apps", name: "StatefulSet", plural: "statefulsets" },
    Kind { group: "apps", name: "DaemonSet", plural: "daemonsets" },
    Kind { group: "batch", name: "CronJob", plural: "cronjobs" },
    Kind { group: "batch", name: "Job", plural: "jobs" },
    Kind { group: "apps", name: "ReplicaSet", plural: "replicasets" },
    Kind { group: "", name: "ReplicationController", plural: "replicationcontrollers" },
    Kind { group: "", name: "Pod", plural: "pods" },
];

/// One page of a list.
#[derive(Debug, Deserialize)]
pub struct Page {
    metadata: Option<ListMeta>,
    /// Objects as they are stored; without `kind`, as in every list.
    #[serde(default)]
    pub items: Vec<Value>,
}

#[derive(Debug, Deserialize)]
struct ListMeta {
    #[serde(rename = "continue")]
    next: Option<String>,
}

impl Page {
    /// Where the list goes on.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        self.metadata.as_ref()?.next.as_deref().filter(|next| !next.is_empty())
    }
}

impl Kind {
    /// `apiVersion`.
    #[must_use]
    pub fn api_version(self) -> &'static str {
        match self.group {
            "apps" => "apps/v1",
            "batch" => "batch/v1",
            _ => "v1",
        }
    }

    /// For a client.
    #[must_use]
    pub fn resource(self) -> ApiResource {
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(self.group, "v1", self.name), self.plural)
    }

    /// One page of the objects of a namespace, or of all namespaces.
    ///
    /// # Errors
    /// What the API server says.
    pub async fn page(self, client: &Client, namespace: Option<&str>, from: Option<&str>) -> Result<Page, kube::Error> {
        let base = self.resource();
        let api: kube::Api<kube::core::DynamicObject> = match namespace {
            Some(namespace) => kube::Api::namespaced_with(client.clone(), namespace, &base),
            None => kube::Api::all_with(client.clone(), &base),
        };
        let mut url = format!("{}?limit={PAGE}", api.resource_url());
        if let Some(from) = from {
            // Tokens are base64url without padding: nothing in them needs escaping.
            url.push_str("&continue=");
            url.push_str(from);
        }
        let request = http::Request::get(url).body(Vec::new()).map_err(kube::Error::HttpError)?;
        client.request(request).await
    }
}
