//! The sidecar's configuration: the payload of a signed [`super::Envelope`].

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::disclosure::Disclosure;
use crate::api::Order;
use crate::api::service::{
    DeepSynthesisServiceSpec, ExplicitLabelling, History, Identity, IdentityGate, IdentityMeans, Issuer,
    NoticePosition, RouteContent, UpstreamProtocol,
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
    /// Who may publish (Order 12 Art. 9); absent when the service verifies nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<SidecarIdentity>,
    /// What the authorities ordered of this service (Order 12 Art. 21).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Order>,
    /// Where records are kept (Order 12 Arts 10, 16(2)); absent where there is no ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<SidecarLedger>,
}

/// The ledger as a sidecar finds it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct SidecarLedger {
    /// `https://HOST[:PORT]`.
    pub url: String,
    /// Certificates (PEM) that may vouch for it.
    pub authority: String,
}

/// How users are verified.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SidecarIdentity {
    /// What is closed to unverified users.
    pub gate: IdentityGate,
    /// Request header of the assertion.
    pub header: String,
    /// Accepted means.
    pub means: Vec<IdentityMeans>,
    /// Who may assert; those without keys are left out.
    pub issuers: Vec<SidecarIssuer>,
}

/// Who may assert that a user was verified.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SidecarIssuer {
    /// Issuer claim.
    pub url: String,
    /// Audience claim.
    pub audience: String,
    /// JWK Set.
    pub keys: String,
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
    /// Publishes information of users.
    #[serde(default, skip_serializing_if = "is_default")]
    pub publication: bool,
}

impl SidecarIdentity {
    fn of(identity: &Identity) -> Self {
        let issuer = |issuer: &Issuer| {
            let keys = issuer.keys.clone()?;
            Some(SidecarIssuer { url: issuer.url.clone(), audience: issuer.audience.clone(), keys })
        };
        Self {
            gate: identity.gate,
            header: identity.header.clone().unwrap_or_else(|| AUTHORIZATION.to_owned()),
            means: identity.means.clone(),
            issuers: identity.issuers.iter().filter_map(issuer).collect(),
        }
    }
}

/// The header that carries assertions unless the service names another.
pub const AUTHORIZATION: &str = "Authorization";

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
        orders: Vec<Order>,
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
                            publication: route.publication,
                        })
                        .collect(),
                })
                .collect(),
            disclosure,
            identity: spec.identity.as_ref().map(SidecarIdentity::of),
            orders,
            ledger: None,
        }
    }

    /// First 8 hex digits of the SHA-256 of what decides the bytes of a labelled answer. Part of every
    /// ETag on a labelling route, so that pods on different generations fail If-Range cleanly.
    #[must_use]
    pub fn label_policy_hash(&self) -> String {
        let wording = self.wording.as_deref().unwrap_or_default();
        let text = format!("{}|{:?}|{:?}|{wording}|3", self.provider_code, self.explicit, self.position);
        Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}
