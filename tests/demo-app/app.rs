//! A generator without labels: what a team brings before the sidecar stands in front of it.
//!
//! `/text` Chinese prose · `/json` a chat answer · `/portrait.png` a picture · `/stream` server-sent
//! tokens · `/healthz`. It listens on loopback unless told otherwise and ends with a clear message when
//! it cannot bind: under SplitAddress capture a wildcard bind must fail.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::process::ExitCode;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use clap::Parser;
use http::{Method, Request, Response, StatusCode};
use http_body::{Body, Frame};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::time::{Instant, Sleep, sleep_until};

#[derive(Parser)]
#[command(about = "A small generator that labels nothing")]
struct Args {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080", env = "LISTEN")]
    listen: SocketAddr,
}

const TEXT: &str = "晨雾里，老茶馆的门轻轻推开。掌柜把第一壶水烧上，等着熟客们一个个到来。\n";
const JSON: &str = r#"{"id":"demo-1","object":"chat.completion","model":"demo","choices":[{"index":0,"message":{"role":"assistant","content":"你好，我是演示模型。"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":9,"total_tokens":12}}"#;
const TOKENS: [&str; 6] = ["晨雾", "里，", "老茶馆", "的门", "轻轻", "推开。"];

/// Width and height of the picture.
const SIDE: u16 = 256;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let listener = match TcpListener::bind(args.listen).await {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("demo-app: cannot listen on {}: {error}", args.listen);
            return ExitCode::FAILURE;
        }
    };
    eprintln!("demo-app: listening on {}", args.listen);
    let portrait = Bytes::from(portrait());
    let stop = stop();
    tokio::pin!(stop);
    loop {
        let stream = tokio::select! {
            () = &mut stop => return ExitCode::SUCCESS,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    eprintln!("demo-app: accept: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let portrait = portrait.clone();
        let service = service_fn(move |request| {
            let answer = answer(&request, &portrait);
            async move { Ok::<_, Infallible>(answer) }
        });
        tokio::spawn(async move {
            // A client that leaves early is no error of ours.
            let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut term) => {
            term.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

fn answer(request: &Request<Incoming>, portrait: &Bytes) -> Response<Answer> {
    let (content_type, body) = match (request.method(), request.uri().path()) {
        (_, "/healthz") => ("text/plain", Answer::whole("ok\n")),
        (&Method::GET | &Method::POST | &Method::HEAD, path) => match path {
            "/text" => ("text/plain; charset=utf-8", Answer::whole(TEXT)),
            "/json" => ("application/json", Answer::whole(JSON)),
            "/portrait.png" => ("image/png", Answer::Whole(Some(portrait.clone()))),
            "/stream" => ("text/event-stream", Answer::tokens()),
            _ => return plain(StatusCode::NOT_FOUND, "There is nothing here.\n"),
        },
        _ => return plain(StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD or POST.\n"),
    };
    let mut response = Response::new(body);
    response.headers_mut().insert("content-type", http::HeaderValue::from_static(content_type));
    if request.uri().path() == "/portrait.png" {
        response.headers_mut().insert("etag", http::HeaderValue::from_static("\"portrait-1\""));
    }
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Answer> {
    let mut response = Response::new(Answer::whole(text));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("text/plain"));
    response
}

/// A whole answer, or one token every 200 ms.
enum Answer {
    Whole(Option<Bytes>),
    Tokens { next: usize, pause: Pin<Box<Sleep>> },
}

impl Answer {
    fn whole(text: &'static str) -> Self {
        Self::Whole(Some(Bytes::from_static(text.as_bytes())))
    }

    fn tokens() -> Self {
        Self::Tokens { next: 0, pause: Box::pin(sleep_until(Instant::now())) }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Tokens { next, pause } => {
                if *next > TOKENS.len() {
                    return Poll::Ready(None);
                }
                std::task::ready!(pause.as_mut().poll(cx));
                pause.as_mut().reset(Instant::now() + Duration::from_millis(200));
                let event = match TOKENS.get(*next) {
                    Some(token) => format!(
                        "data: {{\"id\":\"demo-1\",\"object\":\"chat.completion.chunk\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{token}\"}}}}]}}\n\n"
                    ),
                    None => "data: [DONE]\n\n".to_owned(),
                };
                *next += 1;
                Poll::Ready(Some(Ok(Frame::data(Bytes::from(event)))))
            }
        }
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self {
            Self::Whole(bytes) => http_body::SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Tokens { .. } => http_body::SizeHint::default(),
        }
    }
}

/// A face before a gradient, one byte per pixel with a palette, stored (not compressed) deflate.
fn portrait() -> Vec<u8> {
    let mut palette = Vec::new();
    for shade in 0..=252_u8 {
        palette.extend([40 + shade / 3, 60 + shade / 2, 120 + shade / 2]);
    }
    // 253 skin, 254 dark, 255 mouth.
    palette.extend([236, 196, 160, 40, 30, 30, 180, 60, 70]);
    let mut rows = Vec::with_capacity(usize::from(SIDE) * (usize::from(SIDE) + 1));
    for y in 0..i32::from(SIDE) {
        rows.push(0); // filter: none
        for x in 0..i32::from(SIDE) {
            rows.push(pixel(x, y));
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let side = u32::from(SIDE).to_be_bytes();
    chunk(&mut png, b"IHDR", &[&side[..], &side, &[8, 3, 0, 0, 0]].concat());
    chunk(&mut png, b"PLTE", &palette);
    chunk(&mut png, b"IDAT", &zlib_stored(&rows));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn pixel(x: i32, y: i32) -> u8 {
    let inside =
        |cx: i32, cy: i32, rx: i32, ry: i32| (x - cx).pow(2) * ry * ry + (y - cy).pow(2) * rx * rx <= rx * rx * ry * ry;
    if inside(98, 112, 9, 12) || inside(158, 112, 9, 12) {
        254
    } else if inside(128, 170, 26, 8) {
        255
    } else if inside(128, 132, 68, 88) {
        253
    } else if inside(128, 112, 84, 96) {
        254
    } else {
        u8::try_from((x + y) / 3).unwrap_or(0).min(252)
    }
}

fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(0xFFFF).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut crc = crc32fast::Hasher::new();
    crc.update(kind);
    crc.update(data);
    png.extend(length.to_be_bytes());
    png.extend(kind);
    png.extend(data);
    png.extend(crc.finalize().to_be_bytes());
}
