//! Wires the ledger together and stops it gracefully.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use hyper::service::service_fn;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::args::RunArgs;
use super::authenticate::{Authenticator, Reviewer};
use super::book::BookError;
use super::key::{KeyError, certificate, signing_key};
use super::library::{Library, Rules};
use super::routes::Desk;
use super::store::Folder;
use crate::law::Months;
use crate::law::retention::RetentionError;
use crate::server::clock::now_millis;
use crate::server::serve::{Manners, serve};
use crate::server::tls::{CurrentCertificate, server_config_tls13};

/// Batches that wait for the writing thread.
const QUEUE: usize = 64;
/// Between two looks at the certificate.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(30);

/// Why the ledger cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The law wants longer.
    #[error("retention: the period {0}")]
    Retention(#[from] RetentionError),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The logs.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The volume, the address, signals, threads.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// TLS.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// No way to the API server.
    #[error("no Kubernetes client: {0}")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Runs until SIGTERM or SIGINT, then drains and seals.
///
/// # Errors
/// [`RunError`] when something that is needed at the start is not there.
pub async fn run(args: RunArgs) -> Result<(), RunError> {
    let client = kube::Client::try_default().await.map_err(|error| RunError::Client(Box::new(error)))?;
    run_with(args, Arc::new(Reviewer::new(client))).await
}

/// The same with somebody else who says who asks.
///
/// # Errors
/// [`RunError`].
pub async fn run_with(args: RunArgs, authenticator: Arc<dyn Authenticator>) -> Result<(), RunError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let periods = args.periods()?;
    let current = Arc::new(CurrentCertificate::default());
    current.set(certificate(&args.tls_certificate, &args.tls_key)?);
    tokio::spawn(renew(Arc::clone(&current), args.clone()));

    let store = Arc::new(Folder::open(args.data.join("segments"))?);
    let key = signing_key(&args.key, &args.key_name)?;
    tracing::info!(key = key.verifier().text(), "checkpoints are signed with this key");
    let rules = Rules {
        periods,
        longest: Months::parse(&args.retention_longest).map_err(RetentionError::from)?,
        holds: args.holds.clone(),
        segment_bytes: args.segment_bytes,
        segment_age: Duration::from_secs(args.segment_age),
        retention_interval: Duration::from_secs(args.retention_interval),
        pod: args.pod_uid.clone(),
        clock: Box::new(now_millis),
    };
    let library = Arc::new(Library::open(store, args.data.join("wal"), key, rules)?);
    let (jobs, waiting) = sync_channel(QUEUE);
    let writing = Arc::clone(&library);
    let writer = std::thread::Builder::new().name("writer".to_owned()).spawn(move || writing.run(&waiting))?;

    let listener = TcpListener::bind(args.listen).await?;
    tracing::info!(address = %listener.local_addr()?, "records are taken");
    let desk = Arc::new(Desk::new(library, jobs, authenticator, args.readers.clone(), args.operator.clone()));
    let service = service_fn(move |request| Arc::clone(&desk).answer(request));
    // Sidecars come back by themselves: nobody has to be told to leave.
    let manners = Manners { connection_age: Duration::from_secs(3600), ..Manners::default() };
    serve(listener, server_config_tls13(current)?, service, manners, async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
    .await;
    // The service and with it the last sender of jobs is gone: the writer ends by itself.
    let ended = tokio::task::spawn_blocking(move || writer.join());
    let _ = tokio::time::timeout(Duration::from_secs(10), ended).await;
    Ok(())
}

/// Takes up a renewed pair; the last good one stays.
async fn renew(current: Arc<CurrentCertificate>, args: RunArgs) {
    let mut said = String::new();
    loop {
        tokio::time::sleep(CERTIFICATE_LOOK).await;
        match certificate(&args.tls_certificate, &args.tls_key) {
            Ok(pair) => current.set(pair),
            Err(error) => {
                let text = error.to_string();
                if said != text {
                    tracing::warn!(error = text, "the certificate is not taken up");
                    said = text;
                }
            }
        }
    }
}
