use std::time::Duration;

use clap::Parser as _;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};

use super::*;
use crate::operator::args::{Cli, Command, RunArgs};
use crate::operator::snapshot::Snapshot;
use crate::server::fixture::{Peer, Server};
use crate::server::serve::Manners;

const KIB: usize = 1024;

fn args() -> RunArgs {
    let words = "x run --namespace s --identity a --service-name o --workloads-webhook w --records-webhook r \
                 --sidecar-image i --operator-service-account u";
    match Cli::try_parse_from(words.split_whitespace()).unwrap().command {
        Command::Run(args) => *args,
        _ => unreachable!("run was asked for"),
    }
}

async fn server(intake: Intake) -> (Server, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::default());
    let nowhere = kube::Config::new("http://127.0.0.1:1".parse().unwrap());
    let notes = Notes::start(kube::Client::try_from(nowhere).unwrap(), "a".to_owned());
    let store = Store::still(Snapshot::default());
    let desk = Desk {
        store,
        settings: args().settings,
        verify_key: String::new(),
        notes,
        metrics: Arc::clone(&metrics),
        intake,
    };
    let service = TowerToHyperService::new(warp::service(routes(Arc::new(desk))));
    (Server::start(Manners { connection_age: Duration::from_secs(3600), ..Manners::default() }, service).await, metrics)
}

fn review() -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {"uid": "u-7", "kind": {"kind": "Pod"}, "namespace": "free", "operation": "CREATE", "object": {}},
    })
}

fn head(method: &str, path: &str, headers: &[&str]) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n")
}

/// A body in pieces, without its length told ahead.
fn chunked(body: &str, size: usize) -> String {
    let chunks = body.as_bytes().chunks(size).map(|chunk| {
        let text = std::str::from_utf8(chunk).unwrap();
        format!("{:x}\r\n{text}\r\n", chunk.len())
    });
    chunks.chain(["0\r\n\r\n".to_owned()]).collect()
}

const JSON: &str = "content-type: application/json";
const CHUNKED: &str = "transfer-encoding: chunked";

async fn post(peer: &mut Peer, body: &str) -> String {
    let length = format!("content-length: {}", body.len());
    peer.write(&head("POST", "/validate/workloads?timeout=5s", &[JSON, &length])).await;
    peer.write(body).await;
    peer.read().await
}

#[tokio::test]
async fn reviews_with_and_without_a_length_are_answered_with_their_uid() {
    let (server, _) = server(Intake::default()).await;
    let mut peer = server.http1().await;
    for size in [1, 7, 100_000] {
        peer.write(&head("POST", "/validate/workloads?timeout=5s", &[JSON, CHUNKED])).await;
        peer.write(&chunked(&review().to_string(), size)).await;
        let answer = peer.read().await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""uid":"u-7","allowed":true"#), "{answer}");
    }
    let answer = post(&mut peer, &review().to_string()).await;
    assert!(answer.contains(r#""uid":"u-7","allowed":true"#), "{answer}");
    let mut old = review();
    old["apiVersion"] = "admission.k8s.io/v1beta1".into();
    let answer = post(&mut peer, &old.to_string()).await;
    assert!(answer.contains(r#""uid":"u-7","allowed":false"#) && answer.contains("[UnknownReview]"), "{answer}");
}

#[tokio::test]
async fn what_is_no_call_of_ours_is_turned_away_with_its_own_status() {
    let (server, _) = server(Intake::new(4, 64 * KIB, 10_000)).await;
    let long = "x".repeat(10_001);
    let told = format!("content-length: {}", long.len());
    let empty = "content-length: 0";
    let at = "/validate/workloads";
    for (head, body, status) in [
        (head("GET", at, &[JSON]), String::new(), "405"),
        (head("POST", "/elsewhere", &[JSON, empty]), String::new(), "404"),
        (head("POST", at, &["content-type: text/yaml", empty]), String::new(), "415"),
        (head("POST", at, &[empty]), String::new(), "415"),
        (head("POST", at, &[JSON, &told]), String::new(), "413"),
        (head("POST", at, &[JSON, CHUNKED]), chunked(&long, 4000), "413"),
        (head("POST", at, &[JSON, empty]), String::new(), "400"),
        (head("POST", at, &["content-type: Application/JSON; charset=utf-8", "content-length: 2"]), "{}".into(), "400"),
    ] {
        let mut peer = server.http1().await;
        peer.write(&head).await;
        peer.write(&body).await;
        let answer = peer.read().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{head}: {answer}");
    }
}

#[tokio::test]
async fn too_many_at_once_are_told_to_ask_again_and_a_stalled_body_gives_its_place_back() {
    let (server, metrics) = server(Intake::new(1, 64 * KIB, 10_000)).await;
    let mut slow = server.http1().await;
    slow.write(&head("POST", "/mutate/pods?timeout=1s", &[JSON, "content-length: 500"])).await;
    slow.write("{").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let answer = post(&mut server.http1().await, &review().to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 429") && answer.contains("\r\nretry-after: 1\r\n"), "{answer}");
    assert_eq!(metrics.overloaded.get(), 1);
    // Its answer came before the API server would have given up.
    let answer = slow.read().await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let answer = post(&mut server.http1().await, &review().to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn what_cannot_be_judged_in_time_is_refused_with_a_reason() {
    let nowhere = kube::Config::new("http://127.0.0.1:1".parse().unwrap());
    let notes = Notes::start(kube::Client::try_from(nowhere).unwrap(), "a".to_owned());
    let (store, metrics) = (Store::still(Snapshot::default()), Arc::new(Metrics::default()));
    let desk =
        Desk { store, settings: args().settings, verify_key: String::new(), notes, metrics, intake: Intake::default() };
    let answer = desk.answer(Question::Workloads, review().to_string().as_bytes(), Instant::now());
    let body = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
    let answer: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(answer["response"]["allowed"], false);
    assert!(answer["response"]["status"]["message"].as_str().unwrap().starts_with("[TooLate]"));
}
