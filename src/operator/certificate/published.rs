//! The bundles that the webhook configurations hold.
//!
//! In: the four configurations. Out: what they hold, and our bundle in them. Writes `caBundle` alone, under a field manager
//! of its own, and only over what was read: a replica that led once cannot undo what the leader published since.

use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingWebhookConfiguration, WebhookClientConfig,
};
use kube::api::{Patch, PatchParams};
use kube::{Api, Client, Resource, ResourceExt as _};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::trust::certificates;
use crate::api::names::MANAGER_CERTIFICATE;
use crate::operator::args::RunArgs;

/// One webhook configuration as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// `Mutating` or `Validating`.
    kind: &'static str,
    name: String,
    resource_version: String,
    webhooks: Vec<Webhook>,
}

/// What counts of one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its name.
    pub name: String,
    /// Its `caBundle`, PEM.
    pub bundle: String,
    /// The name for which the API server asks a certificate.
    pub dialled: String,
}

/// All that are there, and the names of those that are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// What was read.
    pub configurations: Vec<Configuration>,
    /// What somebody deleted: an alarm, not ours to undo.
    pub missing: Vec<String>,
}

impl Webhook {
    fn of(name: String, config: WebhookClientConfig) -> Self {
        let bundle = config.ca_bundle.map(|bundle| bundle.0).unwrap_or_default();
        let host = |url: String| {
            let uri: Option<http::Uri> = url.parse().ok();
            let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default();
            host.trim_matches(['[', ']']).to_owned()
        };
        let dialled = match (config.service, config.url) {
            (Some(service), _) => format!("{}.{}.svc", service.name, service.namespace),
            (None, url) => url.map(host).unwrap_or_default(),
        };
        Self { name, bundle: String::from_utf8_lossy(&bundle).into_owned(), dialled }
    }
}

impl Configuration {
    /// One as it was read.
    #[must_use]
    pub fn new(kind: &'static str, name: &str, resource_version: &str, webhooks: Vec<Webhook>) -> Self {
        Self { kind, name: name.to_owned(), resource_version: resource_version.to_owned(), webhooks }
    }

    fn lacks(&self, bundle: &str) -> bool {
        self.webhooks.iter().any(|webhook| webhook.bundle != bundle)
    }
}

impl Published {
    /// Whether no configuration is there at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.configurations.is_empty()
    }

    /// Name of a configuration, and what counts of one of its webhooks.
    pub fn webhooks(&self) -> impl Iterator<Item = (&str, &Webhook)> {
        self.configurations.iter().flat_map(|configuration| {
            configuration.webhooks.iter().map(|webhook| (configuration.name.as_str(), webhook))
        })
    }

    /// Whether every webhook holds exactly this bundle.
    #[must_use]
    pub fn is(&self, bundle: &str) -> bool {
        !self.configurations.iter().any(|configuration| configuration.lacks(bundle))
    }

    /// Whether every webhook's bundle names this authority, perhaps among others.
    #[must_use]
    pub fn holds(&self, authority: &str) -> bool {
        certificates(authority.as_bytes()).first().is_some_and(|authority| {
            self.webhooks().all(|(_, webhook)| certificates(webhook.bundle.as_bytes()).contains(authority))
        })
    }
}

/// Reads all four.
///
/// # Errors
/// When one cannot be read, though it may be there.
pub async fn read(client: &Client, args: &RunArgs) -> Result<Published, kube::Error> {
    let mutating: Api<MutatingWebhookConfiguration> = Api::all(client.clone());
    let validating: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
    let mut published = Published::default();
    for name in [&args.workloads_webhook, &args.records_webhook] {
        let found = mutating.get_opt(name).await?;
        published.note("Mutating", name, found, |found| {
            let webhooks = found.webhooks.unwrap_or_default();
            webhooks.into_iter().map(|webhook| (webhook.name, webhook.client_config)).collect()
        });
        let found = validating.get_opt(name).await?;
        published.note("Validating", name, found, |found| {
            let webhooks = found.webhooks.unwrap_or_default();
            webhooks.into_iter().map(|webhook| (webhook.name, webhook.client_config)).collect()
        });
    }
    Ok(published)
}

impl Published {
    fn note<K: Resource>(
        &mut self,
        kind: &'static str,
        name: &str,
        found: Option<K>,
        webhooks: impl FnOnce(K) -> Vec<(String, WebhookClientConfig)>,
    ) {
        let Some(found) = found else {
            self.missing.push(format!("{kind}WebhookConfiguration {name}"));
            return;
        };
        let version = found.resource_version().unwrap_or_default();
        let webhooks = webhooks(found).into_iter().map(|(name, config)| Webhook::of(name, config)).collect();
        self.configurations.push(Configuration::new(kind, name, &version, webhooks));
    }
}

/// Writes the bundle where it is not. A conflict means that somebody wrote since `published` was read: read again.
///
/// # Errors
/// When a configuration cannot be written.
pub async fn publish(client: &Client, published: &Published, bundle: &str) -> Result<(), kube::Error> {
    for configuration in published.configurations.iter().filter(|configuration| configuration.lacks(bundle)) {
        match configuration.kind {
            "Mutating" => apply::<MutatingWebhookConfiguration>(client, configuration, bundle).await?,
            _ => apply::<ValidatingWebhookConfiguration>(client, configuration, bundle).await?,
        }
    }
    Ok(())
}

async fn apply<K>(client: &Client, configuration: &Configuration, bundle: &str) -> Result<(), kube::Error>
where
    K: Resource<DynamicType = (), Scope = k8s_openapi::ClusterResourceScope> + Clone + Debug + DeserializeOwned,
{
    let bundle = STANDARD.encode(bundle);
    let webhooks: Vec<_> = configuration
        .webhooks
        .iter()
        .map(|webhook| json!({"name": webhook.name, "clientConfig": {"caBundle": bundle}}))
        .collect();
    let body = Patch::Apply(json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": K::kind(&()),
        "metadata": {"name": configuration.name, "resourceVersion": configuration.resource_version},
        "webhooks": webhooks,
    }));
    let params = PatchParams::apply(MANAGER_CERTIFICATE).force();
    Api::<K>::all(client.clone()).patch(&configuration.name, &params, &body).await.map(drop)
}
