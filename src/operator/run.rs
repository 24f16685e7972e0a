//! Wires the operator together and stops it gracefully.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::service::TowerToHyperService;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::admission::intake::Intake;
use super::admission::routes::{Desk, routes};
use super::args::RunArgs;
use super::certificate::given::Given;
use super::certificate::keeper::Keeper;
use super::certificate::status::Status;
use super::controller::run::Controller;
use super::event::Notes;
use super::ledger::coverage::Asker;
use super::metrics::Metrics;
use super::repair::Repairer;
use super::scan::Scanner;
use super::secret::SecretError;
use super::store::Store;
use super::{freshness, health, lease, signing};
use crate::server::serve::{Manners, serve};
use crate::server::tls::{CurrentCertificate, server_config};

/// Why the operator cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No way to the API server.
    #[error("no Kubernetes client: {0}")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The times of certificates do not fit together.
    #[error("{0}")]
    Times(&'static str),
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
    args.certificate.check().map_err(RunError::Times)?;
    let metrics = Arc::new(Metrics::default());
    let (client, freshness) =
        freshness::client(args.watch_limit.unsigned_abs(), &metrics).await.map_err(RunError::Client)?;
    let store = Store::start(&client, &metrics, &freshness);
    let (stop, stopped) = watch::channel(false);
    let (listen_sender, listening) = watch::channel(false);
    let current = Arc::new(CurrentCertificate::default());
    let (status, certificate_waiting) = Status::new(Arc::clone(&current), Arc::clone(&metrics));

    let health_listener = listen(args.health_listen).await?;
    let waiting: health::Waiting = {
        let (store, stopped) = (store.clone(), stopped.clone());
        Arc::new(move || {
            let mut waiting: Vec<String> = store.waiting_for().into_iter().map(str::to_owned).collect();
            let stale = freshness.stale();
            waiting.extend(stale.iter().map(|(store, age)| format!("news of {store} (none for {} s)", age.as_secs())));
            waiting.extend(certificate_waiting.borrow().clone());
            if !*listening.borrow() {
                waiting.push("its webhook port".to_owned());
            }
            if *stopped.borrow() {
                waiting.push("its end".to_owned());
            }
            waiting
        })
    };
    tokio::spawn(health::serve(health_listener, Arc::new(metrics.registry()), waiting));

    let secrets: Api<Secret> = Api::namespaced(client.clone(), &args.namespace);
    let key = signing::signing_key(&secrets).await?;
    let verify_key = key.verifying_key().to_base64();
    let (leading_sender, leading) = watch::channel(false);
    let lease = tokio::spawn(lease::hold(
        client.clone(),
        args.namespace.clone(),
        args.identity.clone(),
        leading_sender,
        stopped.clone(),
    ));
    tokio::spawn(tell_leadership(leading.clone(), Arc::clone(&metrics)));
    match args.certificate_secret.clone() {
        Some(name) => {
            let (client, args, metrics) = (client.clone(), args.clone(), Arc::clone(&metrics));
            tokio::spawn(Given { client, secrets, name, args, status, metrics }.run());
        }
        None => {
            let (client, args, metrics) = (client.clone(), args.clone(), Arc::clone(&metrics));
            let (leading, ledger_trouble) = (leading.clone(), String::new());
            tokio::spawn(Keeper { client, secrets, args, status, leading, metrics, ledger_trouble }.run());
        }
    }

    let notes = Notes::start(client.clone(), args.identity.clone());
    let desk = Desk {
        store: store.clone(),
        settings: args.settings.clone(),
        verify_key: verify_key.clone(),
        notes: notes.clone(),
        metrics: Arc::clone(&metrics),
        intake: Intake::default(),
    };
    let (scanned_sender, scanned) = watch::channel(Arc::default());
    let (candidates_sender, candidates) = watch::channel(Arc::default());
    let (held_sender, held) = watch::channel(Arc::default());
    let scanner = Scanner {
        client: client.clone(),
        store: store.clone(),
        settings: args.settings.clone(),
        verify_key: verify_key.clone(),
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
        verify_key: verify_key.clone(),
        notes: notes.clone(),
        metrics: Arc::clone(&metrics),
        candidates,
        held: held_sender,
    };
    tokio::spawn(repairer.run(leading.clone()));
    let (covered_sender, covered) = watch::channel(Arc::default());
    let asker =
        Asker { store: store.clone(), args: args.clone(), metrics: Arc::clone(&metrics), covered: covered_sender };
    tokio::spawn(asker.run(leading.clone()));
    let controller =
        Controller { client, store: store.clone(), args: args.clone(), key, notes, metrics, scanned, covered };
    tokio::spawn(controller.run(leading));

    // A webhook that answers before its snapshot is whole would admit what it has not heard of; one that listens before it has
    // a certificate breaks handshakes off where a closed port sends the caller on to the next replica.
    let mut changes = store.changes();
    while !store.waiting_for().is_empty() || !current.is_set() {
        tokio::select! {
            _ = changes.changed() => {}
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
    let listener = listen(args.listen).await?;
    let _ = listen_sender.send(true);
    tracing::info!(address = %args.listen, "webhooks are served");
    let service = TowerToHyperService::new(warp::service(routes(Arc::new(desk))));
    let manners = Manners {
        connection_age: args.connection_age.unsigned_abs(),
        linger: Duration::from_secs(args.linger_seconds),
        ..Manners::default()
    };
    serve(listener, server_config(current)?, service, manners, async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: unready now, webhooks answer a little longer");
        let _ = stop.send(true);
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

/// The gauge must not lag behind the lease. Without a sender the lease was given up: the process is ending.
async fn tell_leadership(mut leading: watch::Receiver<bool>, metrics: Arc<Metrics>) {
    loop {
        metrics.leader.set(i64::from(*leading.borrow_and_update()));
        if leading.changed().await.is_err() {
            return;
        }
    }
}
