//! A second mutating webhook, as a mesh or a secrets agent brings one: it prepends an init container to every pod.

use std::convert::Infallible;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use deepsynthesis::server::serve::{Manners, serve};
use deepsynthesis::server::tls::{CurrentCertificate, server_config};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::cluster::Cluster;
use crate::support::Place;

/// Answers and is configured for as long as this value lives.
pub struct Injector<'a> {
    cluster: &'a Cluster,
    configuration: String,
    _runtime: Runtime,
}

impl<'a> Injector<'a> {
    /// Serves namespaces whose label `other` has this value.
    pub fn start(place: &Place<'a>, configuration: &str, label: &str, container: Value) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
        let current = Arc::new(CurrentCertificate::default());
        current.set(CertifiedKey::new(vec![made.cert.der().clone()], key));

        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let service = service_fn(move |request| answer(request, container.clone()));
        let config = server_config(current).unwrap();
        runtime.spawn(serve(listener, config, service, Manners::default(), std::future::pending()));

        let configuration = format!("{configuration}-{label}");
        let object = json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": configuration},
            "webhooks": [{
                "name": "other.example.com",
                "admissionReviewVersions": ["v1"],
                "clientConfig": {
                    "url": format!("https://127.0.0.1:{port}/"),
                    "caBundle": STANDARD.encode(made.cert.pem()),
                },
                "namespaceSelector": {"matchLabels": {"other": label}},
                "rules": [{
                    "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"],
                }],
                "reinvocationPolicy": "IfNeeded",
                "failurePolicy": "Fail",
                "sideEffects": "None",
            }],
        });
        place.create(&object).admitted();
        Self { cluster: place.cluster, configuration, _runtime: runtime }
    }
}

impl Drop for Injector<'_> {
    fn drop(&mut self) {
        let words = ["delete", "mutatingwebhookconfiguration", &self.configuration];
        self.cluster.kubectl(&words, None).admitted();
    }
}

async fn answer(request: Request<Incoming>, container: Value) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let review: Value = serde_json::from_slice(&body).unwrap();
    let mut answer = json!({"uid": review["request"]["uid"], "allowed": true});
    let there = review["request"]["object"]["spec"]["initContainers"].as_array().cloned().unwrap_or_default();
    // Asked again, it has nothing to add.
    if !there.iter().any(|other| other["name"] == container["name"]) {
        let patch = json!([{"op": "add", "path": "/spec/initContainers/0", "value": container}]);
        answer["patchType"] = "JSONPatch".into();
        answer["patch"] = STANDARD.encode(patch.to_string()).into();
    }
    let review = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": answer});
    let body = Full::new(Bytes::from(review.to_string()));
    Ok(Response::builder().header("content-type", "application/json").body(body).unwrap())
}
