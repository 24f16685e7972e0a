//! A ledger process, an API server that says who asks, pods that write, a reader that asks.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use deepsynthesis::contract::batch::{Batch, LogName};
use deepsynthesis::law::retention::RetentionClass;
use deepsynthesis::record::event::{End, Event};
use deepsynthesis::record::record::VERSION;
use deepsynthesis::record::{ChainId, Hash, Link, PodKey, Record};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::{Value, json};

pub const SERVICE: &str = "service-1";
pub const READER: &str = "inspector";
pub const OPERATOR: &str = "operator";

pub fn log() -> LogName {
    LogName { service: SERVICE.into(), class: RetentionClass::NetworkLogs }
}

/// The token of a pod, as our API server reads it.
pub fn token(pod: &str, service: &str) -> String {
    format!("pod:{pod}:{service}")
}

/// Answers TokenReviews and gives pods.
fn review(token: &str) -> Value {
    let name = "system:serviceaccount:studio:default";
    let user = match token.split(':').collect::<Vec<_>>()[..] {
        // The second as anybody can have it, who may use the account.
        ["pod" | "reading", pod, service] => json!({"username": name, "extra": {
            "authentication.kubernetes.io/pod-uid": [pod],
            "authentication.kubernetes.io/pod-name": [format!("{pod}--{service}")],
        }}),
        // As `serviceaccounts/token` makes them: of the same account, and bound to no pod.
        ["minted"] => json!({"username": name}),
        [READER] => json!({"username": READER}),
        [OPERATOR] => json!({"username": OPERATOR}),
        _ => return json!({"authenticated": false}),
    };
    let reads = token == READER || token == OPERATOR || token.starts_with("reading:");
    let audience = if reads { "deepsynthesis-ledger-read" } else { "deepsynthesis-ledger" };
    json!({"authenticated": true, "audiences": [audience], "user": user})
}

async fn api(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let answer = if path.ends_with("/tokenreviews") {
        let asked: Value = serde_json::from_slice(&body).unwrap();
        json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "metadata": {}, "spec": {},
            "status": review(asked["spec"]["token"].as_str().unwrap())})
    } else {
        let name = path.rsplit('/').next().unwrap();
        let (uid, service) = name.split_once("--").unwrap();
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "studio", "uid": uid},
            "spec": {"containers": [], "initContainers": [
                {"name": "deepsynthesis-sidecar", "args": ["--service-uid", service]}]}})
    };
    let response = Response::builder().header("content-type", "application/json");
    Ok(response.body(Full::new(Bytes::from(answer.to_string()))).unwrap())
}

pub struct Ledger {
    child: Child,
    pub folder: tempfile::TempDir,
    pub port: u16,
    extra: Vec<String>,
    _api: tokio::runtime::Runtime,
}

impl Ledger {
    pub fn start(extra: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let builder = auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(TokioIo::new(stream), service_fn(api)).await;
                });
            }
        });
        let config = json!({"apiVersion": "v1", "kind": "Config", "current-context": "t",
            "clusters": [{"name": "t", "cluster": {"server": format!("http://{address}")}}],
            "contexts": [{"name": "t", "context": {"cluster": "t", "user": "t"}}],
            "users": [{"name": "t", "user": {}}]});
        std::fs::write(folder.path().join("kubeconfig"), config.to_string()).unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        std::fs::write(folder.path().join("tls.crt"), made.cert.pem()).unwrap();
        std::fs::write(folder.path().join("tls.key"), made.signing_key.serialize_pem()).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let extra = extra.iter().map(|arg| (*arg).to_owned()).collect();
        let child = Command::new("true").spawn().unwrap();
        let mut ledger = Self { child, folder, port, extra, _api: runtime };
        ledger.spawn();
        ledger
    }

    pub fn spawn(&mut self) {
        let _ = self.child.wait();
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        self.child = Command::new(env!("CARGO_BIN_EXE_deepsynthesis-ledger"))
            .arg("run")
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--reader", READER])
            .args(["--tls-certificate".as_ref(), self.path("tls.crt").as_os_str()])
            .args(["--tls-key".as_ref(), self.path("tls.key").as_os_str()])
            .args(["--data".as_ref(), self.path("data").as_os_str()])
            .args(["--key".as_ref(), self.path("key").as_os_str()])
            .args(&self.extra)
            .env("KUBECONFIG", self.path("kubeconfig"))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
    }

    pub fn ready(&self) {
        let end = Instant::now() + Duration::from_secs(60);
        while self.try_ask("GET", "/readyz", None, Vec::new()).is_none() {
            assert!(Instant::now() < end, "the ledger does not start:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn terminate(&mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success(), "{}", self.log());
    }

    pub fn key(&self) -> String {
        let log = self.log();
        let line = log.lines().find(|line| line.contains("signed with this key")).unwrap();
        serde_json::from_str::<Value>(line).unwrap()["key"].as_str().unwrap().to_owned()
    }

    pub fn asker(&self) -> Asker {
        Asker::new(self.port, &self.path("tls.crt"))
    }

    pub fn try_ask(&self, method: &str, path: &str, token: Option<&str>, body: Vec<u8>) -> Option<(u16, Vec<u8>)> {
        self.asker().ask(method, path, token, body)
    }

    pub fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Vec<u8>) -> (u16, Vec<u8>) {
        self.try_ask(method, path, token, body).unwrap_or_else(|| panic!("no answer:\n{}", self.log()))
    }

    pub fn read(&self, path: &str) -> String {
        let (status, body) = self.ask("GET", path, Some(READER), Vec::new());
        let text = String::from_utf8(body).unwrap();
        assert_eq!(status, 200, "{text}");
        text
    }

    /// Unpacks a bundle and verifies it with the program that inspectors get.
    pub fn verify(&self, checkpoint: &str) -> (bool, String, PathBuf) {
        let (status, bundle) = self.ask("GET", &format!("/v1/bundle?service={SERVICE}"), Some(READER), Vec::new());
        assert_eq!(status, 200);
        let folder = self.path("bundle");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(self.path("bundle.tar"), bundle).unwrap();
        let tar = Command::new("tar").arg("-xf").arg(self.path("bundle.tar")).arg("-C").arg(&folder).status().unwrap();
        assert!(tar.success());
        std::fs::write(self.path("trusted"), checkpoint).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_deepsynthesis-ledger"))
            .args(["verify", "--key", &self.key(), "--trusted-checkpoint"])
            .arg(self.path("trusted"))
            .arg(&folder)
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap(), folder)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One who asks over TLS, blocking.
pub struct Asker {
    runtime: tokio::runtime::Runtime,
    tls: tokio_rustls::TlsConnector,
    address: SocketAddr,
    open: Option<hyper::client::conn::http1::SendRequest<Full<Bytes>>>,
}

impl Asker {
    pub fn new(port: u16, authority: &Path) -> Self {
        Self::with(port, authority, &[&rustls::version::TLS13])
    }

    pub fn with(port: u16, authority: &Path, versions: &[&'static rustls::SupportedProtocolVersion]) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        let config = builder.with_root_certificates(roots).with_no_client_auth();
        Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            tls: Arc::new(config).into(),
            address: ([127, 0, 0, 1], port).into(),
            open: None,
        }
    }

    /// `None` when there is no answer.
    pub fn ask(&mut self, method: &str, path: &str, token: Option<&str>, body: Vec<u8>) -> Option<(u16, Vec<u8>)> {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let (tls, address, open) = (self.tls.clone(), self.address, self.open.take());
        let (sender, answer) = self.runtime.block_on(async {
            let limit = Duration::from_secs(30);
            tokio::time::timeout(limit, async {
                let mut sender = match open.filter(|sender| !sender.is_closed()) {
                    Some(sender) => sender,
                    None => {
                        let stream = tokio::net::TcpStream::connect(address).await.ok()?;
                        let name = ServerName::try_from("127.0.0.1").unwrap();
                        let stream = tls.connect(name, stream).await.ok()?;
                        let (sender, connection) =
                            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
                        tokio::spawn(connection);
                        sender
                    }
                };
                sender.ready().await.ok()?;
                let response = sender.send_request(request).await.ok()?;
                let status = response.status().as_u16();
                let body = response.into_body().collect().await.ok()?.to_bytes().to_vec();
                Some((sender, (status, body)))
            })
            .await
            .ok()?
        })?;
        self.open = Some(sender);
        Some(answer)
    }
}

/// A writer.
pub struct Pod {
    pub chain: ChainId,
    pub key: PodKey,
    pub link: Link,
}

impl Pod {
    pub fn new(uid: &str) -> Self {
        let chain = ChainId { pod: uid.into(), incarnation: "1".into() };
        let key = PodKey::from_bytes(&Hash::of(&[uid.as_bytes()]).0);
        Self { link: Link::genesis(&log().origin(), &chain), key, chain }
    }

    pub fn token(&self) -> String {
        token(&self.chain.pod, SERVICE)
    }

    pub fn batch(&mut self, ids: &[String]) -> Vec<u8> {
        let prev = self.link;
        let mut lines = Vec::new();
        for id in ids {
            let event =
                Event::Ended { id: id.clone(), end: End::Complete, bytes: 1, sha256: Hash::of(&[id.as_bytes()]) };
            let ChainId { pod, incarnation } = self.chain.clone();
            let record = Record { v: VERSION, pod, incarnation, seq: self.link.seq + 1, at: 1, event };
            lines.push(record.line().unwrap());
            self.link = self.link.then(&Record::hash(&lines[lines.len() - 1]));
        }
        let head = self.key.head(&log().origin(), &self.chain, prev, self.link, false);
        Batch { head, lines }.encode().unwrap()
    }
}
