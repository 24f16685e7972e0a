//! A sidecar process, an application behind it, a raw client: the parts of every sidecar test.

use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use deepsynthesis::api::service::{ExplicitLabelling, History, NoticePosition, RouteContent, UpstreamProtocol};
use deepsynthesis::contract::disclosure::Disclosure;
use deepsynthesis::contract::{Envelope, SidecarConfig, SidecarEndpoint, SidecarRoute, SigningKey};
use futures::StreamExt as _;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;

pub const CODE: &str = "00119144030008867405X210001";
pub const UID: &str = "uid-1";
pub const POD: &str = "127.0.0.2";

pub fn disclosure() -> Disclosure {
    let filing = serde_json::json!({"number": "网信算备110108823483901220011号", "link": "https://beian.cac.gov.cn/"});
    let value =
        serde_json::json!({"provider": "某公司", "unifiedSocialCreditCode": "91110108MA01234567", "filing": filing});
    serde_json::from_value(value).unwrap()
}

pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// A port that is free on loopback and on the pod's address.
pub fn free_port() -> u16 {
    loop {
        let probe = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = probe.local_addr().unwrap().port();
        if TcpListener::bind((POD, port)).is_ok() {
            return port;
        }
    }
}

pub struct Sidecar {
    child: Child,
    directory: tempfile::TempDir,
    pub port: u16,
    pub admin: u16,
    pub config: SidecarConfig,
}

pub struct Options {
    pub port: u16,
    pub protocol: UpstreamProtocol,
    pub explicit: ExplicitLabelling,
    pub with_config: bool,
    /// Where its health is asked for; any free port otherwise.
    pub admin: Option<u16>,
}

impl Options {
    pub fn on(port: u16) -> Self {
        let explicit = ExplicitLabelling::InText;
        Self { port, protocol: UpstreamProtocol::Http1, explicit, with_config: true, admin: None }
    }
}

impl Sidecar {
    pub fn start(options: &Options) -> Self {
        let route =
            |path: &str, content| SidecarRoute { path: path.into(), methods: vec![], content, publication: false };
        let config = SidecarConfig {
            wording: None,
            history: History::Strip,
            namespace: "studio".into(),
            service: "portrait".into(),
            provider_code: CODE.into(),
            explicit: options.explicit,
            position: NoticePosition::End,
            endpoints: vec![SidecarEndpoint {
                port: options.port,
                protocol: options.protocol,
                routes: vec![route("/raw", RouteContent::NotGenerated), route("/gen", RouteContent::Generated)],
            }],
            disclosure: disclosure(),
            identity: None,
            orders: vec![],
            ledger: None,
        };
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("net")).unwrap();
        std::fs::write(directory.path().join("net/tcp"), "").unwrap();
        let admin = options.admin.unwrap_or_else(free_port);
        let mut sidecar = Self { child: idle(), directory, port: options.port, admin, config };
        if options.with_config {
            sidecar.put_config(1);
        }
        sidecar.child = Command::new(env!("CARGO_BIN_EXE_deepsynthesis-sidecar"))
            .args(["--service", "studio/portrait", "--service-uid", UID])
            .arg("--config")
            .arg(sidecar.path("config.json"))
            .args(["--verify-key", &key().verifying_key().to_base64(), "--pod-ips", POD])
            .args(["--admin-port", &admin.to_string()])
            .arg("--proc-net")
            .arg(sidecar.path("net"))
            .stderr(Stdio::from(std::fs::File::create(sidecar.path("log")).unwrap()))
            .spawn()
            .unwrap();
        if options.with_config {
            sidecar.wait_for("/readyz", 200);
        }
        sidecar
    }

    /// Waits for an end that nobody asked for.
    pub fn ended(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn put_config(&self, generation: i64) {
        self.put_file(&Envelope::seal(&self.config, UID, generation, now(), 3600, &key()));
    }

    pub fn put_file(&self, envelope: &Envelope) {
        std::fs::write(self.path("new"), serde_json::to_vec(envelope).unwrap()).unwrap();
        std::fs::rename(self.path("new"), self.path("config.json")).unwrap();
    }

    pub fn address(&self) -> SocketAddr {
        format!("{POD}:{}", self.port).parse().unwrap()
    }

    pub fn admin(&self, request: &str) -> Reply {
        let admin: SocketAddr = format!("{POD}:{}", self.admin).parse().unwrap();
        exchange(admin, request)
    }

    pub fn wait_for(&self, path: &str, status: u16) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let admin: SocketAddr = format!("{POD}:{}", self.admin).parse().unwrap();
            if let Ok(stream) = TcpStream::connect(admin) {
                let reply = exchange_on(stream, &get(path));
                if reply.status == status {
                    return reply.text();
                }
                assert!(Instant::now() < end, "{path}: {} {}", reply.status, reply.text());
            }
            assert!(Instant::now() < end, "{path}: no answer\n{}", self.log());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    pub fn wait_for_log(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.log().contains(text) {
            assert!(Instant::now() < end, "no {text} in\n{}", self.log());
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }

    /// Resident memory in KiB, at its highest.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub fn drain_command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deepsynthesis-sidecar"));
        command.args(["drain", "--limit", "20", "--admin-port", &self.admin.to_string()]);
        command.stderr(Stdio::null());
        command
    }

    pub fn terminate(&mut self) -> std::process::ExitStatus {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn idle() -> Child {
    Command::new("true").spawn().unwrap()
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n")
}

pub fn with(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n{headers}\r\n")
}

pub fn exchange(address: SocketAddr, request: &str) -> Reply {
    exchange_on(TcpStream::connect(address).unwrap(), request)
}

fn exchange_on(mut stream: TcpStream, request: &str) -> Reply {
    stream.write_all(request.as_bytes()).unwrap();
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).unwrap();
    parse(&raw)
}

pub fn parse(raw: &[u8]) -> Reply {
    let at = raw.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(raw[..at].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut reply = Reply { status, head, body: raw[at + 4..].to_vec() };
    if reply.header("transfer-encoding") == Some("chunked") {
        reply.body = dechunk(&reply.body);
    }
    reply
}

/// Joins chunks; panics when the last chunk is missing.
fn dechunk(mut raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let at = raw.windows(2).position(|window| window == b"\r\n").expect("a chunk");
        let size = usize::from_str_radix(std::str::from_utf8(&raw[..at]).unwrap(), 16).unwrap();
        if size == 0 {
            return out;
        }
        out.extend_from_slice(&raw[at + 2..at + 2 + size]);
        raw = &raw[at + 2 + size + 2..];
    }
}

/// The application: answers by path, remembers what it was asked.
pub struct Application {
    pub port: u16,
    pub seen: Arc<Mutex<Vec<HeaderMap>>>,
    /// Lets the next event of `/sse` go.
    pub release: tokio::sync::mpsc::UnboundedSender<()>,
    runtime: Option<tokio::runtime::Runtime>,
}

type Answer = Response<BoxBody<Bytes, Infallible>>;
type Gate = Arc<tokio::sync::Mutex<tokio::sync::mpsc::UnboundedReceiver<()>>>;

pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3A\x7E\x9B\x55\
\0\0\0\x0AIDAT\x78\x9C\x63\x60\0\0\0\x02\0\x01\x48\xAF\xA4\x71\0\0\0\0IEND\xAE\x42\x60\x82";

impl Application {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let port = free_port();
        let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", port))).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (release, gate) = tokio::sync::mpsc::unbounded_channel();
        let gate: Gate = Arc::new(tokio::sync::Mutex::new(gate));
        let log = Arc::clone(&seen);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, gate) = (Arc::clone(&log), Arc::clone(&gate));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (log, gate) = (Arc::clone(&log), Arc::clone(&gate));
                    async move {
                        log.lock().unwrap().push(request.headers().clone());
                        Ok::<_, Infallible>(answer(request, gate).await)
                    }
                });
                tokio::spawn(async move {
                    let builder = auto::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { port, seen, release, runtime: Some(runtime) }
    }

    /// How many requests came.
    pub fn asked(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    pub fn last(&self) -> HeaderMap {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn whole(content_type: &str, body: impl Into<Bytes>) -> Answer {
    let body = Full::new(body.into()).map_err(|never| match never {}).boxed();
    Response::builder().header("content-type", content_type).body(body).unwrap()
}

fn pieces(content_type: &str, pieces: Vec<Bytes>) -> Answer {
    let stream = futures::stream::iter(pieces).map(|bytes| Ok::<_, Infallible>(Frame::data(bytes)));
    Response::builder().header("content-type", content_type).body(BodyExt::boxed(StreamBody::new(stream))).unwrap()
}

pub const TEXT: &str = "晨雾里，老茶馆的门轻轻推开。";
pub const JSON: &str = r#"{"id":"x","choices":[{"message":{"content":"你好"}}]}"#;

/// 64 MiB.
pub const BIG_PIECES: usize = 1024;

async fn answer(mut request: Request<Incoming>, gate: Gate) -> Answer {
    let path = request.uri().path().to_owned();
    let name = path.strip_prefix("/gen").or(path.strip_prefix("/raw")).unwrap_or(&path);
    match name {
        "/text" => whole("text/plain", TEXT),
        "/text-chunked" => {
            pieces("text/plain; charset=utf-8", TEXT.as_bytes().chunks(5).map(Bytes::copy_from_slice).collect())
        }
        "/json" => whole("application/json", JSON),
        "/array" => whole("application/json", "[1,2]"),
        "/png" | "/png-etag" => {
            let tagged = name == "/png-etag";
            if tagged && request.headers().get("if-none-match").is_some_and(|tag| tag == "\"v1\"") {
                let mut answer = whole("image/png", "");
                *answer.status_mut() = StatusCode::NOT_MODIFIED;
                answer.headers_mut().insert("etag", "\"v1\"".parse().unwrap());
                return answer;
            }
            let mut answer = whole("image/png", PNG);
            answer.headers_mut().insert("content-md5", "abc".parse().unwrap());
            answer.headers_mut().insert("accept-ranges", "bytes".parse().unwrap());
            if tagged {
                answer.headers_mut().insert("etag", "\"v1\"".parse().unwrap());
            }
            answer
        }
        "/broken.png" => whole("image/png", "not a png"),
        "/video" => whole("video/mp4", "frames"),
        "/gzip" => {
            let mut answer = whole("text/plain", "zipped");
            answer.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
            answer
        }
        "/error" => {
            let mut answer = whole("text/plain", "no");
            *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            answer
        }
        "/sse" | "/drip" => {
            let content_type = if name == "/sse" { "text/event-stream" } else { "text/plain" };
            let stream = futures::stream::unfold((0, gate), |(n, gate)| async move {
                if n == 2 {
                    return None;
                }
                if n == 1 {
                    gate.lock().await.recv().await;
                }
                let frame = Frame::data(Bytes::from(format!("data: {n}\n\n")));
                Some((Ok::<_, Infallible>(frame), (n + 1, gate)))
            });
            let body = BodyExt::boxed(StreamBody::new(SyncStream(std::sync::Mutex::new(Box::pin(stream)))));
            Response::builder().header("content-type", content_type).body(body).unwrap()
        }
        "/big" => {
            let piece = Bytes::from(vec![b'x'; 64 << 10]);
            pieces("text/plain", std::iter::repeat_n(piece, BIG_PIECES).collect())
        }
        "/echo" => {
            let content_type = request.headers().get("content-type").cloned();
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let mut answer = whole("application/octet-stream", body);
            if let Some(content_type) = content_type {
                answer.headers_mut().insert("content-type", content_type);
            }
            answer
        }
        "/trailers" => {
            let mut trailers = HeaderMap::new();
            trailers.insert("x-sum", "1".parse().unwrap());
            let frames = [Frame::data(Bytes::from(TEXT)), Frame::trailers(trailers)];
            let stream = futures::stream::iter(frames).map(Ok::<_, Infallible>);
            let body = BodyExt::boxed(StreamBody::new(stream));
            Response::builder().header("content-type", "text/plain").header("trailer", "x-sum").body(body).unwrap()
        }
        "/ws" => {
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                let mut stream = TokioIo::new(upgrade.await.unwrap());
                let (mut read, mut write) = tokio::io::split(&mut stream);
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
            let mut answer = whole("text/plain", "");
            *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            answer.headers_mut().insert("connection", "upgrade".parse().unwrap());
            answer.headers_mut().insert("upgrade", "websocket".parse().unwrap());
            answer
        }
        "/empty" => {
            let mut answer = whole("text/plain", "");
            *answer.status_mut() = StatusCode::NO_CONTENT;
            answer
        }
        _ => {
            let mut answer = whole("text/plain", "nothing");
            *answer.status_mut() = StatusCode::NOT_FOUND;
            answer
        }
    }
}

/// Makes a stream shareable for `boxed`, which asks for `Sync`.
struct SyncStream<S>(std::sync::Mutex<std::pin::Pin<Box<S>>>);

impl<S: futures::Stream> futures::Stream for SyncStream<S> {
    type Item = S::Item;

    fn poll_next(self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Option<S::Item>> {
        self.0.lock().unwrap().as_mut().poll_next(cx)
    }
}
