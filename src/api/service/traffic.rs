//! How content leaves the pods and how the sidecar gets in front of it.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How content leaves the pods.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum Delivery {
    /// Over HTTP through a declared endpoint: the sidecar labels it.
    #[default]
    Http,
    /// Written to a volume.
    Volume,
    /// Written to an object store.
    ObjectStore,
    /// Written to a queue.
    Queue,
}

/// How traffic is made to pass the sidecar.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum Capture {
    /// The sidecar binds the pod's address, the application the loopback address, both on the same port.
    #[default]
    SplitAddress,
    /// For applications that cannot listen on the loopback address: an init container with NET_ADMIN leads all TCP traffic
    /// from outside of the pod to the sidecar. Only in namespaces that `CompliancePolicy` names in `redirectNamespaces`.
    Redirect,
}

/// One port of the application.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// TCP port; clients dial it on the pod's address, the application listens on 127.0.0.1.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// How to talk to the application.
    #[serde(default)]
    pub upstream: Upstream,
    /// Routes in order; the first match decides. Without routes everything is `Auto`.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub routes: Vec<Route>,
}

/// How the sidecar talks to the application.
#[derive(KubeSchema, Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Upstream {
    /// Protocol spoken by the application.
    #[serde(default)]
    pub protocol: UpstreamProtocol,
}

/// Protocols spoken by applications.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum UpstreamProtocol {
    /// HTTP/1.1 in clear text.
    #[default]
    Http1,
    /// HTTP/2 with prior knowledge in clear text.
    H2c,
}

/// What a path delivers.
#[derive(KubeSchema, Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// Path prefix, matched on whole segments.
    #[schemars(length(min = 1, max = 512), regex(pattern = r"^/"))]
    pub path: String,
    /// Methods; empty means all.
    #[serde(default)]
    #[schemars(length(max = 9))]
    pub methods: Vec<String>,
    /// What kind of content the route delivers.
    #[serde(default)]
    pub content: RouteContent,
    /// Publishes information of users: open to verified users only (Order 12 Art. 9).
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub publication: bool,
    /// Delivers files for download, copy or export: the file itself carries the explicit label (Labelling Measures Art. 4).
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub export: bool,
}

/// Whether a route's content is generated.
#[derive(JsonSchema, Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
pub enum RouteContent {
    /// Generated content, labelled by its content type; a type that cannot be labelled is refused.
    Generated,
    /// Labelled where the content type can carry a label, passed on otherwise.
    #[default]
    Auto,
    /// Not generated (health, metrics, static pages): never touched.
    NotGenerated,
}
