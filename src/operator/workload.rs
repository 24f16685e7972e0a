//! The kinds that carry pods, and those that lead to pods, as the API server lists them: raw, in pages.

use kube::Client;
use kube::core::{ApiResource, GroupVersionKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Objects of one page; a page of pods stays below a few MiB.
const PAGE: u16 = 500;

/// A kind of which every version is read as its first stable one.
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
    POD,
];

/// What runs.
pub const POD: Kind = Kind { group: "", name: "Pod", plural: "pods" };

/// What limits the resources of a namespace.
pub const LIMIT_RANGE: Kind = Kind { group: "", name: "LimitRange", plural: "limitranges" };
/// What a namespace may use altogether.
pub const RESOURCE_QUOTA: Kind = Kind { group: "", name: "ResourceQuota", plural: "resourcequotas" };
/// What leads to pods by their labels.
pub const SERVICE: Kind = Kind { group: "", name: "Service", plural: "services" };
/// What leads to pods by their addresses.
pub const ENDPOINT_SLICE: Kind = Kind { group: "discovery.k8s.io", name: "EndpointSlice", plural: "endpointslices" };
/// What leads to Services from outside.
pub const INGRESS: Kind = Kind { group: "networking.k8s.io", name: "Ingress", plural: "ingresses" };
/// What leads to Services from outside where the Gateway API is installed.
pub const HTTP_ROUTE: Kind = Kind { group: "gateway.networking.k8s.io", name: "HTTPRoute", plural: "httproutes" };
/// What may be done.
pub const CLUSTER_ROLE: Kind = Kind { group: "rbac.authorization.k8s.io", name: "ClusterRole", plural: "clusterroles" };
/// Who may do it.
pub const CLUSTER_ROLE_BINDING: Kind =
    Kind { group: "rbac.authorization.k8s.io", name: "ClusterRoleBinding", plural: "clusterrolebindings" };

/// One page of a list.
#[derive(Debug, Deserialize)]
pub struct Page<T = Value> {
    metadata: Option<ListMeta>,
    /// Objects as they are stored; without `kind`, as in every list.
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
}

#[derive(Debug, Deserialize)]
struct ListMeta {
    #[serde(rename = "continue")]
    next: Option<String>,
}

impl<T> Page<T> {
    /// Where the list goes on.
    #[must_use]
    pub fn next(&self) -> Option<&str> {
        self.metadata.as_ref()?.next.as_deref().filter(|next| !next.is_empty())
    }
}

impl Kind {
    /// Whether an object of it ends or has ended: nothing can be asked of it then.
    #[must_use]
    pub fn is_over(self, object: &Value) -> bool {
        object["metadata"]["deletionTimestamp"].is_string()
            || self == POD && ["Succeeded", "Failed"].iter().any(|phase| object["status"]["phase"] == *phase)
    }

    /// `apiVersion`.
    #[must_use]
    pub fn api_version(self) -> &'static str {
        match self.group {
            "apps" => "apps/v1",
            "batch" => "batch/v1",
            "discovery.k8s.io" => "discovery.k8s.io/v1",
            "networking.k8s.io" => "networking.k8s.io/v1",
            "gateway.networking.k8s.io" => "gateway.networking.k8s.io/v1",
            "rbac.authorization.k8s.io" => "rbac.authorization.k8s.io/v1",
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
        self.page_of(client, namespace, PAGE, from).await
    }

    /// One page of at most so many objects, read as `T`: what is large and of which little is asked must not be held whole.
    ///
    /// # Errors
    /// What the API server says.
    pub async fn page_of<T: DeserializeOwned>(
        self,
        client: &Client,
        namespace: Option<&str>,
        limit: u16,
        from: Option<&str>,
    ) -> Result<Page<T>, kube::Error> {
        let mut url = format!("{}?limit={limit}", self.url(client, namespace));
        if let Some(from) = from {
            // Tokens are base64url without padding: nothing in them needs escaping.
            url.push_str("&continue=");
            url.push_str(from);
        }
        let request = http::Request::get(url).body(Vec::new()).map_err(kube::Error::HttpError)?;
        client.request(request).await
    }

    /// One object by its name; by a list, so that nobody needs a further right.
    ///
    /// # Errors
    /// What the API server says.
    pub async fn named(self, client: &Client, namespace: &str, name: &str) -> Result<Option<Value>, kube::Error> {
        // Names of objects hold nothing that needs escaping.
        let url = format!("{}?fieldSelector=metadata.name%3D{name}", self.url(client, Some(namespace)));
        let request = http::Request::get(url).body(Vec::new()).map_err(kube::Error::HttpError)?;
        let page: Page = client.request(request).await?;
        Ok(page.items.into_iter().next())
    }

    fn url(self, client: &Client, namespace: Option<&str>) -> String {
        let base = self.resource();
        let api: kube::Api<kube::core::DynamicObject> = match namespace {
            Some(namespace) => kube::Api::namespaced_with(client.clone(), namespace, &base),
            None => kube::Api::all_with(client.clone(), &base),
        };
        api.resource_url().to_owned()
    }
}
