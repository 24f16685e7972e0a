//! The ledger as a process, over real TLS: what is acknowledged, who may write and read, what a crash leaves.
#![allow(clippy::unwrap_used)]

#[path = "ledger/kill.rs"]
mod kill;
#[allow(dead_code)]
#[path = "sidecar/support.rs"]
mod parts;
#[path = "ledger/sidecar.rs"]
mod sidecar;
#[path = "ledger/support.rs"]
mod support;

use std::io::Write as _;
use std::time::{Duration, Instant};

use deepsynthesis::record::checkpoint::LedgerVerifier;
use deepsynthesis::record::merkle::{leaf_hash, verify_inclusion};
use deepsynthesis::record::{Checkpoint, Hash};
use serde_json::Value;
use support::*;

fn ids(from: u32, to: u32) -> Vec<String> {
    (from..to).map(|n| format!("item-{n}")).collect()
}

#[test]
fn records_come_back_with_proofs_and_a_bundle_that_verifies_order_12_article_21() {
    let mut ledger = Ledger::start(&["--segment-bytes", "20000"]);
    ledger.ready();
    let mut pod = Pod::new("pod-1");
    for n in 0..10 {
        let batch = pod.batch(&ids(n * 20, n * 20 + 20));
        let (status, answer) = ledger.ask("POST", "/v1/records", Some(&pod.token()), batch.clone());
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
        // The answer was lost, say: the same batch again.
        let (status, answer) = ledger.ask("POST", "/v1/records", Some(&pod.token()), batch);
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!((status, &answer["retry"], &answer["acknowledged"]), (200, &true.into(), &(n * 20 + 20).into()));
        std::thread::sleep(Duration::from_millis(60));
    }
    let all = ledger.read(&format!("/v1/records?service={SERVICE}"));
    assert_eq!(all.lines().count(), 200);
    let one = ledger.read(&format!("/v1/records?service={SERVICE}&id=item-123"));
    let one: Value = serde_json::from_str(one.trim()).unwrap();
    assert_eq!(one["record"]["seq"], 124);
    let csv = ledger.read(&format!("/v1/records?service={SERVICE}&form=csv&kind=ended"));
    assert!(csv.starts_with("ledger_time,") && csv.lines().count() == 201);
    assert!(
        std::fs::read_dir(ledger.path("data/segments/service-1.network")).unwrap().count() > 4,
        "segments are sealed"
    );

    let verifier = LedgerVerifier::parse(&ledger.key()).unwrap();
    let proof: Value = serde_json::from_str(&ledger.read(&format!("/v1/proof?service={SERVICE}&id=item-7"))).unwrap();
    let Checkpoint { size, root, .. } = verifier.checkpoint(proof["checkpoint"].as_str().unwrap()).unwrap();
    let shown = &proof["proofs"][0];
    let path: Vec<Hash> = serde_json::from_value(shown["path"].clone()).unwrap();
    let leaf = leaf_hash(shown["line"].as_str().unwrap().as_bytes());
    assert!(verify_inclusion(&leaf, shown["index"].as_u64().unwrap(), size, &path, &root));

    let trusted = ledger.read(&format!("/v1/checkpoint?service={SERVICE}"));
    let (is_clean, report, folder) = ledger.verify(&trusted);
    assert!(is_clean && report.contains("records read: 200"), "{report}");
    for name in ["README.en.txt", "README.zh.txt", "key"] {
        assert!(folder.join(name).exists(), "{name}");
    }
    ledger.terminate();
    ledger.spawn();
    ledger.ready();
    assert_eq!(ledger.read(&format!("/v1/records?service={SERVICE}")), all);
    assert!(ledger.verify(&trusted).0, "an older checkpoint is a prefix");

    // A changed line is named, and the program says so by its exit code.
    let (_, _, folder) = ledger.verify(&trusted);
    let data = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let data = data.filter(|path| path.to_string_lossy().ends_with(".zst")).min().unwrap();
    let mut bytes = std::fs::read(&data).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(&data).unwrap();
    std::fs::write(&data, bytes).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_deepsynthesis-ledger"))
        .args(["verify", "--key", &ledger.key()])
        .arg(&folder)
        .output()
        .unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() && report.contains("FOUND altered: segment 0"), "{report}");
    assert!(report.contains("rollback: not checkable"), "{report}");
}

#[test]
fn a_pod_writes_as_itself_for_its_service_and_nobody_else_reads() {
    let ledger = Ledger::start(&[]);
    ledger.ready();
    let mut pod = Pod::new("pod-1");
    let batch = pod.batch(&ids(0, 1));
    let post = |token: Option<&str>, body: &[u8]| ledger.ask("POST", "/v1/records", token, body.to_vec()).0;
    assert_eq!(post(None, &batch), 401);
    assert_eq!(post(Some("forged"), &batch), 401);
    assert_eq!(post(Some("minted"), &batch), 403, "a token of serviceaccounts/token is bound to no pod");
    assert_eq!(post(Some(&token("pod-2", SERVICE)), &batch), 403, "another pod");
    assert_eq!(post(Some(&token("pod-1", "service-2")), &batch), 403, "another service's pod");
    assert_eq!(post(Some(READER), &batch), 403);
    let reading = format!("reading:pod-1:{SERVICE}");
    assert_eq!(post(Some(&reading), &batch), 403, "bound to the very pod, but to read with");
    let own = pod.token();
    assert_eq!(post(Some(&own), b"{}\n"), 400);
    // Refused by its length; who goes on sending may find the connection closed before the answer.
    let large = ledger.try_ask("POST", "/v1/records", Some(&own), vec![b' '; 2 << 20]);
    assert!(large.is_none_or(|(status, _)| status == 413));
    assert_eq!(post(Some(&own), &batch), 200);
    assert_eq!(post(Some(&own), &batch), 200, "a replay is a retry and changes nothing");
    for path in ["/v1/records", "/v1/checkpoint", "/v1/proof", "/v1/bundle"] {
        let path = format!("{path}?service={SERVICE}");
        assert_eq!(ledger.ask("GET", &path, Some(&own), Vec::new()).0, 403, "{path}");
        assert_eq!(ledger.ask("GET", &path, None, Vec::new()).0, 401, "{path}");
        assert_eq!(ledger.ask("GET", &path, Some(READER), Vec::new()).0, 200, "{path}");
    }
    for query in ["service=../../etc", "service=service-1&since=1", "service=", ""] {
        assert_eq!(ledger.ask("GET", &format!("/v1/records?{query}"), Some(READER), Vec::new()).0, 400, "{query}");
    }
    assert_eq!(ledger.read(&format!("/v1/records?service={SERVICE}")).lines().count(), 1);
    let log = ledger.log();
    for secret in ["pod:pod", "minted", "forged", "item-0"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    let old = &[&rustls::version::TLS12];
    let mut old = Asker::with(ledger.port, &ledger.path("tls.crt"), old);
    assert_eq!(old.ask("GET", "/livez", None, Vec::new()), None, "TLS 1.2 is not spoken");
    let mut clear = std::net::TcpStream::connect(("127.0.0.1", ledger.port)).unwrap();
    clear.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut clear, &mut answer);
    assert!(!answer.starts_with(b"HTTP"), "nor clear text");
}

#[test]
fn a_body_that_does_not_come_ends_and_others_are_served_meanwhile() {
    let ledger = Ledger::start(&[]);
    ledger.ready();
    let started = Instant::now();
    let (port, authority) = (ledger.port, ledger.path("tls.crt"));
    let slow = std::thread::spawn(move || kill::post_half(port, &authority, &token("pod-9", SERVICE)));
    let mut pod = Pod::new("pod-1");
    let batch = pod.batch(&ids(0, 5));
    assert_eq!(ledger.ask("POST", "/v1/records", Some(&pod.token()), batch).0, 200);
    assert!(started.elapsed() < Duration::from_secs(8));
    let answer = slow.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn only_the_operator_promises_periods_and_it_reads_no_record_order_12_article_16() {
    let ledger = Ledger::start(&["--operator", OPERATOR]);
    ledger.ready();
    let mut pod = Pod::new("pod-1");
    assert_eq!(ledger.ask("POST", "/v1/records", Some(&pod.token()), pod.batch(&ids(0, 3))).0, 200);
    let question =
        serde_json::json!({"services": {SERVICE: {"periods": {"network": "P2Y"}, "pods": ["pod-1", "pod-2"]}}});
    let put = |token: &str, body: &str| {
        let (status, answer) = ledger.ask("PUT", "/v1/retention", Some(token), body.into());
        (status, String::from_utf8(answer).unwrap())
    };
    for (token, body, status) in [
        (READER, question.to_string(), 403),
        (&pod.token(), question.to_string(), 403),
        ("nobody", question.to_string(), 401),
        (OPERATOR, question.to_string().replace("P2Y", "P5M"), 400),
        (OPERATOR, "{".to_owned(), 400),
    ] {
        assert_eq!(put(token, &body).0, status, "{token}");
    }
    // Who is told so while still sending may not hear it.
    let long = ledger.try_ask("PUT", "/v1/retention", Some(OPERATOR), vec![b'x'; 5 << 20]);
    assert!(long.is_none_or(|(status, _)| status == 413));
    let (status, answer) = put(OPERATOR, &question.to_string());
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let service = &answer["services"][SERVICE];
    assert_eq!(
        (&service["silentPods"], &service["logs"]["network"]["keptFor"]),
        (&serde_json::json!(["pod-2"]), &"P2Y".into())
    );
    let (status, _) = ledger.ask("GET", &format!("/v1/records?service={SERVICE}"), Some(OPERATOR), Vec::new());
    assert_eq!(status, 403, "the operator reads no record");
}
