//! Wires the operator together and stops it gracefully.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::service::TowerToHyperService;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::admission::routes::{Desk, routes};
use super::args::RunArgs;
use super::certificate::{self, Authority};
use super::controller::run::Controller;
use super::event::Notes;
use super::metrics::Metrics;
use super::repair::Repairer;
use super::scan::Scanner;
use super::secret::SecretError;
use super::store::Store;
use super::{health, lease, signing};
use crate::server::tls::{CurrentCertificate, serve, server_config};

/// Why the operator cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No way to the API server.
    #[error("no Kubernetes client: {0}")]
    Client(#[source] Box<kube::Error>),
    /// A key is not to be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// An address is not to be had.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// Signals cannot be received.
    #[error("signals: {0}")]
    Signal(#[source] std::io::Error),
}

/// Runs until SIGTERM or SIGINT, then drains.
///
/// # Errors
/// [`RunError`] when something that is needed at the start is not there.
pub async fn run(args: RunArgs) -> Result<(), RunError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(RunError::Signal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(RunError::Signal)?;
    let client = Client::try_default().await.map_err(|error| RunError::Client(Box::new(error)))?;
    let metrics = Arc::new(Metrics::default());
    let store = Store::start(&client, &metrics);
    let (stop, stopped) = watch::channel(false);
    let (published, bundle_published) = watch::channel(false);

    let health_listener = listen(args.health_listen).await?;
    let waiting: health::Waiting = {
        let (store, stopped) = (store.clone(), stopped.clone());
        Arc::new(move || {
            let mut waiting = store.waiting_for();
            if !*bundle_published.borrow() {
                waiting.push("the certificate in the webhook configurations");
            }
            if *stopped.borrow() {
                waiting.push("its end");
            }
            waiting
        })
    };
    tokio::spawn(health::serve(health_listener, Arc::new(metrics.registry()), waiting));

    let secrets: Api<Secret> = Api::namespaced(client.clone(), &args.namespace);
    let key = signing::signing_key(&secrets).await?;
    let authority = Authority::load(&secrets, Timestamp::now()).await?;
    let current = Arc::new(CurrentCertificate::default());
    tokio::spawn(certificate::keep_leaf(authority.clone(), certificate::server_names(&args), Arc::clone(&current)));

    let (leading_sender, leading) = watch::channel(false);
    let lease = tokio::spawn(lease::hold(
        client.clone(),
        args.namespace.clone(),
        args.identity.clone(),
        leading_sender,
        stopped.clone(),
    ));
    let bundle = authority.bundle();
    tokio::spawn(keep_bundle(client.clone(), args.clone(), bundle, leading.clone(), published, Arc::clone(&metrics)));

    let notes = Notes::start(client.clone(), args.identity.clone());
    let desk = Desk {
        store: store.clone(),
        args: args.clone(),
        verify_key: key.verifying_key().to_base64(),
        notes: notes.clone(),
        metrics: Arc::clone(&metrics),
    };
    let (scanned_sender, scanned) = watch::channel(Arc::default());
    let (candidates_sender, candidates) = watch::channel(Arc::default());
    let (held_sender, held) = watch::channel(Arc::default());
    let scanner = Scanner {
        client: client.clone(),
        store: store.clone(),
        args: args.clone(),
        verify_key: key.verifying_key().to_base64(),
        metrics: Arc::clone(&metrics),
        notes: notes.clone(),
        scanned: scanned_sender,
        candidates: candidates_sender,
        held,
    };
    tokio::spawn(scanner.run(leading.clone()));
    let repairer = Repairer {
        client: impatient().await.map_err(|error| RunError::Client(Box::new(error)))?,
        store: store.clone(),
        args: args.clone(),
        verify_key: key.verifying_key().to_base64(),
        notes: notes.clone(),
        metrics: Arc::clone(&metrics),
        candidates,
        held: held_sender,
    };
    tokio::spawn(repairer.run(leading.clone()));
    let controller = Controller { client, store: store.clone(), args: args.clone(), key, notes, metrics, scanned };
    tokio::spawn(controller.run(leading));

    // A webhook that answers before its snapshot is whole would admit what it has not heard of.
    let mut changes = store.changes();
    while !store.waiting_for().is_empty() {
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
    let listener = listen(args.listen).await?;
    tracing::info!(address = %args.listen, "webhooks are served");
    let service = TowerToHyperService::new(warp::service(routes(Arc::new(desk))));
    let linger = Duration::from_secs(args.linger_seconds);
    serve(listener, server_config(current)?, service, async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: unready now, webhooks answer a little longer");
        let _ = stop.send(true);
        // Endpoints and the API server's connections take a moment to look elsewhere.
        tokio::time::sleep(linger).await;
    })
    .await;
    let _ = tokio::time::timeout(Duration::from_secs(5), lease).await;
    Ok(())
}

/// A client that hears the first no. Others try again for minutes when they are told to come back later, and a budget that
/// refuses one eviction would hold up all others.
async fn impatient() -> Result<Client, kube::Error> {
    let mut config = kube::Config::infer().await.map_err(kube::Error::InferConfig)?;
    config.default_retry = false;
    Client::try_from(config)
}

async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, RunError> {
    TcpListener::bind(address).await.map_err(|source| RunError::Listen { address, source })
}

/// The leader writes the bundle; every replica watches that it is there and becomes ready only then.
async fn keep_bundle(
    client: Client,
    args: RunArgs,
    bundle: String,
    mut leading: watch::Receiver<bool>,
    published: watch::Sender<bool>,
    metrics: Arc<Metrics>,
) {
    loop {
        metrics.leader.set(i64::from(*leading.borrow_and_update()));
        let mut pause = Duration::from_secs(30);
        match certificate::configurations_lack(&client, &args, &bundle).await {
            Ok(false) => {
                let _ = published.send(true);
            }
            Ok(true) => {
                pause = Duration::from_millis(500);
                if *leading.borrow()
                    && let Err(error) = certificate::publish_bundle(&client, &args, &bundle).await
                {
                    tracing::warn!(%error, "certificate not published");
                }
            }
            Err(error) => {
                // A configuration that somebody deleted is not made again: that is an alarm, not ours to undo.
                tracing::error!(%error, "webhook configuration not readable");
                pause = Duration::from_secs(5);
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // The gauge must not lag behind the lease. Without a sender the lease was given up: the process is ending.
            changed = leading.changed() => if changed.is_err() { return },
        }
    }
}
