//! The way to the ledger: TLS 1.3, one connection, a token that is read anew for every request.
//!
//! In: a request. Out: the ledger's answer. Must not: follow anybody elsewhere, trust another authority than the one named, or log a token.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderValue};
use http::request::Builder;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::contract::SidecarLedger;

/// For connecting, and again for an answer: the ledger syncs its disk before it answers.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest token.
const MAX_TOKEN: usize = 16 << 10;
/// What is read of an answer unless more is asked for.
const MAX_ANSWER: usize = 64 << 10;

/// Why the ledger was not asked, or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Not an https URL.
    #[error("the ledger's address is not https://HOST[:PORT]")]
    Url,
    /// Certificates.
    #[error("the certificates that vouch for the ledger cannot be read: {0}")]
    Authority(String),
    /// Token.
    #[error("{0} cannot be read: {1}")]
    File(PathBuf, String),
    /// TLS.
    #[error("TLS to the ledger: {0}")]
    Tls(#[from] rustls::Error),
    /// No connection.
    #[error("the ledger cannot be reached: {0}")]
    Io(#[from] std::io::Error),
    /// Broken off.
    #[error("the ledger broke off: {0}")]
    Http(#[from] hyper::Error),
    /// Cannot happen with our constants.
    #[error("the request cannot be made: {0}")]
    Request(#[from] http::Error),
    /// Not in time.
    #[error("the ledger does not answer")]
    TooLate(#[from] tokio::time::error::Elapsed),
}

/// One connection to the ledger.
pub struct Client {
    host: String,
    port: u16,
    token: PathBuf,
    tls: TlsConnector,
    limit: usize,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    /// For a ledger, with the file that holds the token.
    ///
    /// # Errors
    /// [`ClientError`] when URL or certificates are unusable.
    pub fn new(ledger: &SidecarLedger, token: &Path) -> Result<Self, ClientError> {
        let uri: Uri = ledger.url.parse().map_err(|_| ClientError::Url)?;
        let (Some("https"), Some(host)) = (uri.scheme_str(), uri.host()) else { return Err(ClientError::Url) };
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(ledger.authority.as_bytes()) {
            roots.add(certificate.map_err(|error| ClientError::Authority(error.to_string()))?)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let host = host.trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(443);
        let (tls, token) = (TlsConnector::from(Arc::new(config)), token.to_owned());
        Ok(Self { host, port, token, tls, limit: MAX_ANSWER, open: None })
    }

    /// Reads answers of up to so many bytes.
    #[must_use]
    pub fn reading(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Sends a batch; says what the ledger answered.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer.
    pub async fn post(&mut self, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), ClientError> {
        self.send(Request::post(path), body).await
    }

    /// Puts something in its place.
    ///
    /// # Errors
    /// [`ClientError`] when there is no answer.
    pub async fn put(&mut self, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), ClientError> {
        self.send(Request::put(path), body).await
    }

    async fn send(&mut self, request: Builder, body: Bytes) -> Result<(StatusCode, Bytes), ClientError> {
        let mut request = request.header(CONTENT_LENGTH, body.len()).body(Full::new(body))?;
        let unreadable = |error: String| ClientError::File(self.token.clone(), error);
        let token = std::fs::read_to_string(&self.token).map_err(|error| unreadable(error.to_string()))?;
        let token = token.trim();
        let mut value =
            HeaderValue::from_str(&format!("Bearer {token}")).map_err(|error| unreadable(error.to_string()))?;
        if token.len() > MAX_TOKEN {
            return Err(unreadable("it is too long for a token".to_owned()));
        }
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        let host = HeaderValue::from_str(&self.host).map_err(|_| ClientError::Url)?;
        request.headers_mut().insert(HOST, host);
        let result = tokio::time::timeout(TIMEOUT, self.exchange(request)).await;
        match result {
            Ok(Ok((answer, true))) => Ok(answer),
            Ok(Ok((answer, false))) => {
                self.open = None;
                Ok(answer)
            }
            // Whatever happened: what comes next must not read the rest of this answer.
            Ok(Err(error)) => {
                self.open = None;
                Err(error)
            }
            Err(elapsed) => {
                self.open = None;
                Err(elapsed.into())
            }
        }
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<((StatusCode, Bytes), bool), ClientError> {
        let mut sender = match self.open.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let goes_on = response.headers().get(http::header::CONNECTION).is_none_or(|value| value != "close");
        let body = Limited::new(response.into_body(), self.limit).collect().await;
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        self.open = Some(sender);
        Ok(((status, body), goes_on))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, ClientError> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from(self.host.clone()).map_err(|_| ClientError::Url)?;
        let stream = self.tls.connect(name, stream).await?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }
}
