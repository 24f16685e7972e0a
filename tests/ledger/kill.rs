//! kill -9 at random points under load: every acknowledged record is found exactly once, and the log verifies.
//!
//! `LEDGER_KILLS` says how often; the default keeps the suite short.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::support::*;

/// Numbers out of a seed, the same at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[test]
fn every_acknowledged_record_is_there_once_after_kill_9_at_random_points() {
    let kills = std::env::var("LEDGER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(12);
    // Small segments, so that sealing is hit as well.
    let mut ledger = Ledger::start(&["--segment-bytes", "30000", "--segment-age", "1"]);
    ledger.ready();
    let (stop, acknowledged) = (AtomicBool::new(false), AtomicU32::new(0));
    let (port, authority) = (ledger.port, ledger.path("tls.crt"));
    let mut checkpoints = Vec::new();
    let written: Vec<Vec<String>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|n| {
                let (stop, acknowledged, authority) = (&stop, &acknowledged, &authority);
                scope.spawn(move || write(n, port, authority, stop, acknowledged))
            })
            .collect();
        let mut random = Random(42);
        for _ in 0..kills {
            let before = acknowledged.load(Ordering::Relaxed);
            let end = Instant::now() + Duration::from_secs(60);
            // Under load: something was acknowledged since the last start.
            while acknowledged.load(Ordering::Relaxed) < before + 2 {
                assert!(Instant::now() < end, "nothing is acknowledged:\n{}", ledger.log());
                std::thread::sleep(Duration::from_millis(1));
            }
            // What was promised now must hold for ever.
            if random.below(3) == 0 {
                checkpoints.push(ledger.read(&format!("/v1/checkpoint?service={SERVICE}")));
            }
            std::thread::sleep(Duration::from_micros(random.below(150_000)));
            ledger.kill();
            ledger.spawn();
        }
        ledger.ready();
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    for line in ledger.read(&format!("/v1/records?service={SERVICE}")).lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        *found.entry(line["record"]["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for id in written.iter().flatten() {
        assert_eq!(found.get(id), Some(&1), "{id} was acknowledged");
    }
    assert_eq!(found.len(), written.iter().flatten().count(), "and nothing else is there");
    checkpoints.push(ledger.read(&format!("/v1/checkpoint?service={SERVICE}")));
    for checkpoint in checkpoints {
        let (is_clean, report, _) = ledger.verify(&checkpoint);
        assert!(is_clean, "{report}");
    }
}

/// One pod: writes batch after batch, the same again until it is acknowledged. Gives the ids that were.
fn write(n: u32, port: u16, authority: &Path, stop: &AtomicBool, acknowledged: &AtomicU32) -> Vec<String> {
    let mut pod = Pod::new(&format!("pod-{n}"));
    let (mut asker, mut written, mut random) = (Asker::new(port, authority), Vec::new(), Random(u64::from(n)));
    let token = pod.token();
    let mut next = 0;
    while !stop.load(Ordering::Relaxed) {
        let count = 1 + u32::try_from(random.below(30)).unwrap();
        let ids: Vec<String> = (next..next + count).map(|at| format!("{n}-{at}")).collect();
        next += count;
        let batch = pod.batch(&ids);
        loop {
            match asker.ask("POST", "/v1/records", Some(&token), batch.clone()) {
                Some((200, _)) => break,
                Some((503, _)) | None => std::thread::sleep(Duration::from_millis(5)),
                Some((status, body)) => panic!("{status} {}", String::from_utf8_lossy(&body)),
            }
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
        written.extend(ids);
    }
    written
}

/// Sends the head of a request and half of its body, and waits for what the ledger says to that.
pub fn post_half(port: u16, authority: &Path, token: &str) -> String {
    use std::io::{Read as _, Write as _};
    use std::sync::Arc;

    use rustls::pki_types::pem::PemObject as _;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(rustls::pki_types::CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_root_certificates(roots).with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from("127.0.0.1").unwrap();
    let connection = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut stream = rustls::StreamOwned::new(connection, stream);
    let head = format!(
        "POST /v1/records HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = vec![0; 64];
    let count = stream.read(&mut answer).unwrap_or(0);
    String::from_utf8_lossy(&answer[..count]).into_owned()
}
