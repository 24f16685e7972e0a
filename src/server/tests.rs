use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use tokio::sync::Semaphore;

use super::fixture::{Server, full};
use super::serve::Manners;

const HOUR: Duration = Duration::from_secs(3600);

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = match request.uri().path() {
        "/slow" => {
            tokio::time::sleep(Duration::from_millis(700)).await;
            full("slow")
        }
        "/large" => full(vec![b'x'; LARGE]),
        _ => full("ok"),
    };
    Ok(Response::new(body))
}

/// More than any socket buffer takes.
const LARGE: usize = 64 << 20;

async fn server(manners: Manners) -> Server {
    Server::start(manners, service_fn(answer)).await
}

fn says_close(answer: &str) -> bool {
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
    answer.contains("\r\nconnection: close\r\n")
}

#[tokio::test]
async fn an_answer_closes_its_connection_when_that_is_old_enough_and_not_before() {
    let young = server(Manners { connection_age: HOUR, ..Manners::default() }).await;
    let mut peer = young.http1().await;
    for _ in 0..3 {
        assert!(!says_close(&peer.get("/").await));
    }
    let old = server(Manners { connection_age: Duration::from_millis(400), ..Manners::default() }).await;
    let mut peer = old.http1().await;
    assert!(!says_close(&peer.get("/").await));
    // Idle beyond its age, which alone must not end it: the API server may be about to send.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert!(says_close(&peer.get("/").await));
    assert_eq!(peer.read().await, "");
}

#[tokio::test]
async fn after_the_stop_every_answer_is_the_last_and_what_is_under_way_ends_well() {
    let release = Arc::new(Semaphore::new(0));
    let waits = Arc::clone(&release);
    let service = service_fn(move |request: Request<Incoming>| {
        let waits = Arc::clone(&waits);
        async move {
            if request.uri().path() == "/held" {
                let _ = waits.acquire().await;
            }
            answer(request).await
        }
    });
    let manners = Manners { connection_age: HOUR, linger: Duration::from_secs(3), ..Manners::default() };
    let mut server = Server::start(manners, service).await;
    let (mut used, mut idle, mut held) = (server.http1().await, server.http1().await, server.http1().await);
    assert!(!says_close(&used.get("/").await));
    assert!(!says_close(&idle.get("/").await));
    held.write("GET /held HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    server.stop();
    // Told by now: what is answered before that says nothing.
    while !says_close(&server.http1().await.get("/").await) {}
    assert!(says_close(&used.get("/").await));
    // The one that nobody uses again ends with the drain, not before it.
    assert_eq!(idle.read().await, "");
    release.add_permits(1);
    assert!(says_close(&held.read().await));
    server.end().await;
}

#[tokio::test]
async fn who_has_just_connected_when_the_drain_begins_is_answered_once() {
    let manners = Manners { connection_age: HOUR, linger: Duration::ZERO, ..Manners::default() };
    let mut server = Server::start(manners, service_fn(answer)).await;
    let (mut idle, mut fresh) = (server.http1().await, server.http1().await);
    assert!(!says_close(&idle.get("/").await));
    server.stop();
    assert_eq!(idle.read().await, "");
    assert!(says_close(&fresh.get("/").await));
    server.end().await;
}

#[tokio::test]
async fn a_peer_that_stops_within_a_head_or_takes_no_answer_is_cut_and_an_idle_one_is_not() {
    let server = server(Manners { patience: Duration::from_millis(300), ..Manners::default() }).await;
    let (mut slow, mut idle, mut unused) = (server.http1().await, server.http1().await, server.http1().await);
    assert!(!says_close(&idle.get("/").await));
    slow.write("GET / HTTP/1.1\r\nho").await;
    let mut deaf = server.http1().await;
    deaf.write("GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert_eq!(slow.read().await, "");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(deaf.drain().await < LARGE);
    assert!(!says_close(&idle.get("/").await));
    assert!(!says_close(&unused.get("/").await));
}
