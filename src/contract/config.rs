//! The sidecar's configuration: the payload of a signed [`super::Envelope`].

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::disclosure::Disclosure;
use crate::api::service::{
    DeepSynthesisServiceSpec, ExplicitLabelling, History, NoticePosition, RouteContent, UpstreamProtocol,
};

// What a newer operator has to say besides is for newer sidecars: an older one goes on with what it knows. The envelope is
// signed, so that nothing unknown gets in any other way.
/// Everything one sidecar needs to know, derived from the service it stands in front of.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SidecarConfig {
    /// Namespace of the service.
    pub namespace: String,
    /// Name of the service.
    pub service: String,
    /// The 27-character provider code (TC260-PG-20252A) written as ContentProducer.
    pub provider_code: String,
    /// Who makes the explicit label perceivable.
    pub explicit: ExplicitLabelling,
    /// Where the text notice stands.
    pub position: NoticePosition,
    /// Words of the explicit label in text; none means the standard ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// What happens to notices that clients send back.
    #[serde(default, skip_serializing_if = "is_default")]
    pub history: History,
    /// Ports to serve.
    pub endpoints: Vec<SidecarEndpoint>,
    /// What users are told (Order 12 Arts 8, 12, 19).
    #[serde(default)]
    pub disclosure: Disclosure,
}

/// One port: the sidecar on the pod's addresses, the application on 127.0.0.1, same number.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SidecarEndpoint {
    /// TCP port.
    pub port: u16,
    /// Protocol of the application.
    pub protocol: UpstreamProtocol,
    /// Routes, first match decides; none means [`RouteContent::Auto`].
    pub routes: Vec<SidecarRoute>,
}

/// One route.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SidecarRoute {
    /// Path prefix on whole segments.
    pub path: String,
    /// Methods; empty means all.
    pub methods: Vec<String>,
    /// What the route delivers.
    pub content: RouteContent,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl SidecarConfig {
    /// Builds the configuration of a service. `provider_code` comes from [`crate::law`].
    #[must_use]
    pub fn of(
        namespace: &str,
        service: &str,
        spec: &DeepSynthesisServiceSpec,
        provider_code: String,
        disclosure: Disclosure,
    ) -> Self {
        Self {
            namespace: namespace.to_owned(),
            service: service.to_owned(),
            provider_code,
            explicit: spec.labelling.explicit,
            position: spec.labelling.position,
            wording: spec.labelling.wording.clone(),
            history: spec.labelling.history,
            endpoints: spec
                .endpoints
                .iter()
                .map(|endpoint| SidecarEndpoint {
                    port: endpoint.port,
                    protocol: endpoint.upstream.protocol,
                    routes: endpoint
                        .routes
                        .iter()
                        .map(|route| SidecarRoute {
                            path: route.path.clone(),
                            methods: route.methods.clone(),
                            content: route.content,
                        })
                        .collect(),
                })
                .collect(),
            disclosure,
        }
    }

    /// First 8 hex digits of the SHA-256 of what decides the bytes of a labelled answer. Part of every
    /// ETag on a labelling route, so that pods on different generations fail If-Range cleanly.
    #[must_use]
    pub fn label_policy_hash(&self) -> String {
        let wording = self.wording.as_deref().unwrap_or_default();
        let text = format!("{}|{:?}|{:?}|{wording}|2", self.provider_code, self.explicit, self.position);
        Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}
