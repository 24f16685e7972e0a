//! `deepsynthesis-sidecar drain`: the preStop command of our own container.
//!
//! The kubelet runs it as soon as the pod is to go, while the application still works; it ends when
//! the streams in flight have ended, or after a limit.

use std::net::Ipv4Addr;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::HOST;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::args::DrainArgs;

/// What the sidecar may take beyond the limit to answer.
const GRACE: Duration = Duration::from_secs(2);

/// Why the sidecar could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum DrainError {
    /// No connection.
    #[error("the sidecar cannot be reached on 127.0.0.1: {0}")]
    Unreachable(#[from] std::io::Error),
    /// Broken off.
    #[error("the sidecar broke off: {0}")]
    Http(#[from] hyper::Error),
    /// Cannot happen with our constants.
    #[error("the request cannot be made: {0}")]
    Request(#[from] http::Error),
    /// Not in time.
    #[error("the sidecar did not answer within the limit")]
    TooLate(#[from] tokio::time::error::Elapsed),
}

/// Asks and waits; returns what the sidecar answered.
///
/// # Errors
/// [`DrainError`] when there is no answer.
pub async fn drain(args: DrainArgs) -> Result<String, DrainError> {
    let limit = Duration::from_secs(args.limit).saturating_add(GRACE);
    tokio::time::timeout(limit, ask(args)).await?
}

async fn ask(args: DrainArgs) -> Result<String, DrainError> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, args.admin_port)).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request =
        Request::post(format!("/drain?limit={}", args.limit)).header(HOST, "localhost").body(Empty::<Bytes>::new())?;
    let body = sender.send_request(request).await?.into_body().collect().await?;
    Ok(String::from_utf8_lossy(&body.to_bytes()).trim().to_owned())
}
