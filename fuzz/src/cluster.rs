//! A cluster with one lawful service, as webhooks and scan know it.

use std::sync::{Arc, LazyLock};

use clap::Parser as _;
use deepsynthesis::api::CompliancePolicy;
use deepsynthesis::api::service::Capture;
use deepsynthesis::operator::admission::Context;
use deepsynthesis::operator::args::{Cli, Command, RunArgs};
use deepsynthesis::operator::snapshot::Snapshot;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Namespace of the service.
pub const NAMESPACE: &str = "studio";
/// The service.
pub const SERVICE: &str = "portrait";
/// UID of the service.
pub const UID: &str = "0d0f7a5e-2d3e-4c57-9f3b-1c8b2e9a7f10";
/// Image of the sidecar.
pub const IMAGE: &str = "registry.local/deepsynthesis-sidecar@sha256:ab";
/// Key in the sidecar's arguments.
pub const KEY: &str = "6kqm0Uq0l9Qq1m2n3o4p5q6r7s8t9u0v1w2x3y4z5A8=";

static ARGS: LazyLock<RunArgs> = LazyLock::new(|| {
    let words = ["deepsynthesis-operator", "run", "--namespace=system", "--identity=a", "--service-name=operator"];
    let more = ["--workloads-webhook=w", "--records-webhook=r", "--operator-service-account=operator"];
    let image = format!("--sidecar-image={IMAGE}");
    match Cli::parse_from(words.into_iter().chain(more).chain([image.as_str()])).command {
        Command::Run(args) => *args,
        other => panic!("{other:?}"),
    }
});

static SPLIT_ADDRESS: LazyLock<Snapshot> = LazyLock::new(|| snapshot("SplitAddress"));
static REDIRECT: LazyLock<Snapshot> = LazyLock::new(|| snapshot("Redirect"));

fn snapshot(capture: &str) -> Snapshot {
    let mut snapshot = Snapshot::default();
    let policy: CompliancePolicy = read(json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "CompliancePolicy", "metadata": {"name": "default"},
        "spec": {"redirectNamespaces": [NAMESPACE]},
    }));
    Arc::make_mut(&mut snapshot.policies).insert((String::new(), "default".into()), Arc::new(policy));
    let service = read(json!({
        "apiVersion": "deepsynthesis.dev/v1alpha1", "kind": "DeepSynthesisService",
        "metadata": {"name": SERVICE, "namespace": NAMESPACE, "uid": UID, "generation": 1},
        "spec": {
            "provider": {"name": "示例公司", "unifiedSocialCreditCode": "91110108MADEM0XY18", "serviceCode": "0001"},
            "roles": ["Provider"], "audience": "Internal", "technologies": ["Text"],
            "publicOpinion": {"attribute": false},
            "workloadSelector": {"matchLabels": {"app": "studio"}},
            "endpoints": [{"port": 8080}], "capture": capture,
        },
    }));
    Arc::make_mut(&mut snapshot.services).insert((NAMESPACE.into(), SERVICE.into()), Arc::new(service));
    Arc::make_mut(&mut snapshot.namespaces).insert((String::new(), NAMESPACE.into()), Arc::new(()));
    snapshot
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("our own object")
}

/// What webhooks look at when the service captures its traffic this way.
pub fn context(capture: Capture) -> Context<'static> {
    let snapshot = match capture {
        Capture::SplitAddress => &SPLIT_ADDRESS,
        Capture::Redirect => &REDIRECT,
    };
    Context { snapshot, now: now(), settings: &ARGS.settings, verify_key: KEY }
}

/// The clock stands still.
pub fn now() -> Timestamp {
    "2026-11-25T02:00:00Z".parse().expect("a time")
}
