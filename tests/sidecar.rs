//! The sidecar as a process: what clients, probes and the application see.
#![allow(clippy::unwrap_used)]

#[path = "sidecar/support.rs"]
mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use deepsynthesis::api::service::{ExplicitLabelling, UpstreamProtocol};
use deepsynthesis::contract::{Envelope, SigningKey};
use deepsynthesis::label::carrier::{Carrier, MediaJob};
use deepsynthesis::label::notice::DEFAULT_NOTICE;
use deepsynthesis::label::plan::label_all;
use deepsynthesis::label::{AigcLabel, Job, Outcome, json};
use support::*;

fn pair() -> (Application, Sidecar) {
    let application = Application::start();
    let sidecar = Sidecar::start(&Options::on(application.port));
    (application, sidecar)
}

/// The label in a PNG, read by showing it to a labeller, which keeps it.
fn label_of_png(png: &[u8]) -> AigcLabel {
    let job = Job::Media(MediaJob::new(Carrier::Png, AigcLabel::first_write("other", "other").unwrap()));
    match label_all(job, png) {
        (same, Outcome::Kept(label)) if same == png => *label,
        (_, outcome) => panic!("not labelled: {outcome:?}"),
    }
}

#[test]
fn text_gets_the_notice_and_the_exact_length_gb45438_5_1() {
    let (_application, sidecar) = pair();
    let labelled = format!("{TEXT}\n\n{DEFAULT_NOTICE}");
    let reply = exchange(sidecar.address(), &get("/text"));
    assert_eq!((reply.status, reply.text()), (200, labelled.clone()));
    assert_eq!(reply.header("content-length"), Some(labelled.len().to_string().as_str()));
    assert_eq!(reply.header("aigc-label"), Some("1"));
    assert_eq!(reply.header("aigc-content-producer"), Some(CODE));
    assert_eq!(reply.header("accept-ranges"), Some("none"));
    let reply = exchange(sidecar.address(), &get("/gen/text-chunked"));
    assert_eq!(reply.text(), labelled);
    assert_eq!((reply.header("content-length"), reply.header("transfer-encoding")), (None, Some("chunked")));
    assert!(!sidecar.log().contains("茶馆"));
}

#[test]
fn json_gets_a_member_with_the_id_of_the_header() {
    let (_application, sidecar) = pair();
    let reply = exchange(sidecar.address(), &with("POST", "/gen/json", "Content-Length: 0\r\n"));
    let value = reply.json();
    assert_eq!(value["aigc"]["ProduceID"].as_str(), reply.header("aigc-produce-id"));
    assert_eq!(value["aigc"]["ContentProducer"], CODE);
    assert_eq!(json::unlabel(&reply.body).unwrap(), JSON.as_bytes());
    let reply = exchange(sidecar.address(), &get("/gen/array"));
    assert_eq!((reply.text().as_str(), reply.header("aigc-label")), ("[1,2]", Some("1")));
}

#[test]
fn png_gets_one_xmp_label_and_keeps_its_pixels_tc260_pg_20259a() {
    let (_application, sidecar) = pair();
    let reply = exchange(sidecar.address(), &get("/png"));
    let label = label_of_png(&reply.body);
    assert_eq!(Some(label.produce_id()), reply.header("aigc-produce-id"));
    assert_eq!(reply.header("content-length"), Some(reply.body.len().to_string().as_str()));
    assert_eq!(reply.header("content-md5"), None);
    let added = reply.body.len() - PNG.len();
    assert_eq!([&reply.body[..33], &reply.body[33 + added..]].concat(), PNG);
}

#[test]
fn an_object_with_a_strong_etag_is_the_same_bytes_on_every_replica() {
    let (application, sidecar) = pair();
    let first = exchange(sidecar.address(), &get("/png-etag"));
    let tag = first.header("etag").unwrap().to_owned();
    assert!(tag.starts_with("\"v1-aigc-"), "{tag}");
    drop(sidecar);
    let replica = Sidecar::start(&Options::on(application.port));
    assert_eq!(exchange(replica.address(), &get("/png-etag")).body, first.body);
    let reply = exchange(replica.address(), &with("GET", "/png-etag", &format!("If-None-Match: {tag}\r\n")));
    assert_eq!((reply.status, reply.header("etag")), (304, Some(tag.as_str())));
    assert_eq!(application.last()["if-none-match"], "\"v1\"");
    // A copy from before the sidecar is not validated.
    let reply = exchange(replica.address(), &with("GET", "/png-etag", "If-None-Match: \"v1\"\r\n"));
    assert_eq!((reply.status, &reply.body), (200, &first.body));
}

#[test]
fn head_promises_no_length_that_get_would_not_keep() {
    let (_application, sidecar) = pair();
    let reply = exchange(sidecar.address(), &with("HEAD", "/png-etag", ""));
    assert_eq!((reply.status, reply.header("content-length"), reply.body.len()), (200, None, 0));
    assert_eq!((reply.header("accept-ranges"), reply.header("content-md5")), (Some("none"), None));
    let get = exchange(sidecar.address(), &get("/png-etag"));
    assert_eq!(reply.header("etag"), get.header("etag"));
    let raw = exchange(sidecar.address(), &with("HEAD", "/raw/png", ""));
    assert_eq!(raw.header("content-length"), Some(PNG.len().to_string().as_str()));
}

#[test]
fn ranges_and_encodings_do_not_reach_the_application_on_labelling_routes() {
    let (application, sidecar) = pair();
    let asks = "Range: bytes=0-3\r\nIf-Range: \"x\"\r\nAccept-Encoding: gzip\r\nX-Aigc-User: root\r\n";
    exchange(sidecar.address(), &with("GET", "/png", asks));
    let seen = application.last();
    assert_eq!(seen["accept-encoding"], "identity");
    assert!(["range", "if-range", "x-aigc-user"].iter().all(|name| !seen.contains_key(*name)));
    assert_eq!((&seen["host"], &seen["x-forwarded-for"]), (&"demo".parse().unwrap(), &"127.0.0.1".parse().unwrap()));
    exchange(sidecar.address(), &with("GET", "/raw/png", asks));
    let seen = application.last();
    assert_eq!((&seen["accept-encoding"], &seen["range"]), (&"gzip".parse().unwrap(), &"bytes=0-3".parse().unwrap()));
    assert!(!seen.contains_key("x-aigc-user"));
}

#[test]
fn what_is_not_generated_passes_byte_for_byte() {
    let (_application, sidecar) = pair();
    for (path, body) in [("/raw/text", TEXT.as_bytes()), ("/raw/json", JSON.as_bytes()), ("/raw/png", PNG)] {
        let reply = exchange(sidecar.address(), &get(path));
        assert_eq!((&reply.body[..], reply.header("aigc-label")), (body, None));
        assert_eq!(reply.header("content-length"), Some(body.len().to_string().as_str()));
    }
    // A path that the application may resolve to a labelling route is not taken at its word.
    let reply = exchange(sidecar.address(), &get("/raw/../gen/video"));
    assert_eq!(reply.status, 404);
    assert_eq!(exchange(sidecar.address(), &get("/raw/png-etag")).header("etag"), Some("\"v1\""));
}

#[test]
fn generated_content_that_cannot_be_labelled_does_not_leave() {
    let (_application, sidecar) = pair();
    for path in ["/gen/video", "/gen/broken.png", "/gen/gzip", "/gen/sse"] {
        let reply = exchange(sidecar.address(), &get(path));
        assert_eq!((reply.status, reply.json()["code"].as_str()), (502, Some("unlabelable")), "{path}");
    }
    for (path, body) in [("/video", "frames"), ("/broken.png", "not a png"), ("/gzip", "zipped")] {
        let reply = exchange(sidecar.address(), &get(path));
        assert_eq!((reply.status, reply.text().as_str(), reply.header("aigc-label")), (200, body, None), "{path}");
    }
    let reply = exchange(sidecar.address(), &get("/gen/error"));
    assert_eq!((reply.status, reply.text().as_str(), reply.header("aigc-label")), (500, "no", None));
    assert_eq!(exchange(sidecar.address(), &get("/gen/empty")).status, 204);
    let metrics = sidecar.admin(&get("/metrics")).text();
    assert!(metrics.contains("deepsynthesis_sidecar_unlabelable_total{reason=\"encoded\"}"), "{metrics}");
}

#[test]
fn streams_pass_on_time() {
    let (application, sidecar) = pair();
    for (path, last) in [("/sse", "data: 1\n\n"), ("/drip", DEFAULT_NOTICE)] {
        let mut stream = TcpStream::connect(sidecar.address()).unwrap();
        stream.write_all(get(path).as_bytes()).unwrap();
        let mut raw = Vec::new();
        read_until(&mut stream, &mut raw, "data: 0\n\n");
        // The application sends the second event only now, so the first cannot have waited for it.
        assert!(!String::from_utf8_lossy(&raw).contains("data: 1"));
        application.release.send(()).unwrap();
        stream.read_to_end(&mut raw).unwrap();
        assert!(parse(&raw).text().ends_with(last));
    }
}

fn read_until(stream: &mut TcpStream, raw: &mut Vec<u8>, text: &str) {
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(raw).contains(text) {
        let length = stream.read(&mut buffer).unwrap();
        assert!(length > 0, "ended before {text}: {}", String::from_utf8_lossy(raw));
        raw.extend_from_slice(&buffer[..length]);
    }
}

#[test]
fn a_websocket_is_tunnelled_and_refused_where_its_content_would_be_unlabelled() {
    let (_application, sidecar) = pair();
    let ask = |path: &str, protocol: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: demo\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n")
    };
    let mut stream = TcpStream::connect(sidecar.address()).unwrap();
    stream.write_all(ask("/ws", "websocket").as_bytes()).unwrap();
    let mut raw = Vec::new();
    read_until(&mut stream, &mut raw, "\r\n\r\n");
    assert!(raw.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&raw));
    stream.write_all(b"ping").unwrap();
    let mut echo = [0; 4];
    stream.read_exact(&mut echo).unwrap();
    assert_eq!(&echo, b"ping");
    drop(stream);
    let mut stream = TcpStream::connect(sidecar.address()).unwrap();
    stream.write_all(ask("/gen/ws", "websocket").as_bytes()).unwrap();
    let mut raw = Vec::new();
    read_until(&mut stream, &mut raw, "unlabelable");
    // An h2c tunnel would lead past every label: the application never sees the wish.
    let mut stream = TcpStream::connect(sidecar.address()).unwrap();
    stream
        .write_all(ask("/text", "h2c").replace("Connection: Upgrade", "Connection: Upgrade, close").as_bytes())
        .unwrap();
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).unwrap();
    assert!(parse(&raw).text().ends_with(DEFAULT_NOTICE));
}

#[test]
fn big_bodies_stream_both_ways_in_bounded_memory() {
    let (_application, sidecar) = pair();
    let before = sidecar.peak_memory();
    let reply = exchange(sidecar.address(), &get("/big"));
    assert!(reply.body.len() > BIG_PIECES * (64 << 10) && reply.body.ends_with(DEFAULT_NOTICE.as_bytes()));
    // A slow reader holds the application back, not our memory full.
    let mut slow = TcpStream::connect(sidecar.address()).unwrap();
    slow.write_all(get("/big").as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let used = sidecar.peak_memory() - before;
    assert!(used < 8 << 10, "{used} KiB for 64 MiB bodies");
}

#[test]
fn request_bodies_and_trailers_pass() {
    let (_application, sidecar) = pair();
    let body = "x".repeat(100_000);
    let length = with("POST", "/raw/echo", &format!("Content-Length: {}\r\n", body.len()));
    assert_eq!(exchange(sidecar.address(), &(length + &body)).text(), body);
    let chunked = with("POST", "/raw/echo", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    assert_eq!(exchange(sidecar.address(), &chunked).text(), "abcde");
    let mut stream = TcpStream::connect(sidecar.address()).unwrap();
    let ask = "GET /trailers HTTP/1.1\r\nHost: demo\r\nTE: trailers\r\nConnection: TE, close\r\n\r\n";
    stream.write_all(ask.as_bytes()).unwrap();
    let mut raw = String::new();
    stream.read_to_string(&mut raw).unwrap();
    assert!(raw.contains(DEFAULT_NOTICE) && raw.ends_with("0\r\nx-sum: 1\r\n\r\n"), "{raw}");
}

#[test]
fn malformed_requests_get_clear_answers() {
    let (_application, sidecar) = pair();
    let status = |request: &str| exchange(sidecar.address(), request).status;
    assert_eq!(status("GET /text HTTP/1.1\r\nConnection: close\r\n\r\n"), 400);
    assert_eq!(status("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nConnection: close\r\n\r\n"), 405);
    assert_eq!(status(&with("GET", "/text", &format!("X-Big: {}\r\n", "x".repeat(70 << 10)))), 431);
    assert_eq!(status("POST /text HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400);
}

#[test]
fn an_application_that_is_down_is_a_bad_gateway() {
    let port = free_port();
    let sidecar = Sidecar::start(&Options::on(port));
    let reply = exchange(sidecar.address(), &get("/text"));
    assert_eq!((reply.status, reply.json()["code"].as_str()), (502, Some("upstream_unreachable")));
    assert_eq!(sidecar.admin(&get("/readyz")).status, 200);
}

#[test]
fn http2_works_on_both_sides() {
    let application = Application::start();
    let options = Options { protocol: UpstreamProtocol::H2c, ..Options::on(application.port) };
    let sidecar = Sidecar::start(&options);
    assert!(exchange(sidecar.address(), &get("/text")).text().ends_with(DEFAULT_NOTICE));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use http_body_util::{BodyExt as _, Empty};
        use hyper_util::rt::{TokioExecutor, TokioIo};
        let stream = tokio::net::TcpStream::connect(sidecar.address()).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request =
            http::Request::get("http://demo/trailers").header("te", "trailers").body(Empty::<bytes::Bytes>::new());
        let response = sender.send_request(request.unwrap()).await.unwrap();
        assert_eq!(response.headers()["aigc-label"], "1");
        let body = response.into_body().collect().await.unwrap();
        assert_eq!(body.trailers().unwrap()["x-sum"], "1");
        assert!(body.to_bytes().ends_with(DEFAULT_NOTICE.as_bytes()));
    });
}

#[test]
fn a_user_interface_that_shows_the_label_keeps_its_text_clean() {
    let application = Application::start();
    let options = Options { explicit: ExplicitLabelling::UserInterface, ..Options::on(application.port) };
    let sidecar = Sidecar::start(&options);
    let reply = exchange(sidecar.address(), &get("/gen/text"));
    assert_eq!((reply.text().as_str(), reply.header("aigc-label")), (TEXT, Some("1")));
}

#[test]
fn is_not_started_without_a_signed_configuration_and_starts_when_it_comes() {
    let application = Application::start();
    let sidecar = Sidecar::start(&Options { with_config: false, ..Options::on(application.port) });
    assert!(sidecar.wait_for("/startupz", 503).contains("configuration"));
    assert_eq!(sidecar.wait_for("/livez", 200), "ok\n");
    let stranger = SigningKey::from_bytes(&[8; 32]);
    sidecar.put_file(&Envelope::seal(&sidecar.config, UID, 1, now(), 60, &stranger));
    sidecar.wait_for_log("bad_signature");
    assert!(TcpStream::connect(sidecar.address()).is_err());
    sidecar.put_config(1);
    sidecar.wait_for("/startupz", 200);
    sidecar.wait_for("/readyz", 200);
}

#[test]
fn keeps_the_last_good_configuration_when_the_file_is_tampered_with_or_older() {
    let (_application, mut sidecar) = pair();
    let mut envelope = Envelope::seal(&sidecar.config, UID, 2, now(), 60, &key());
    envelope.payload = envelope.payload.replace("InText", "UserInterface");
    sidecar.put_file(&envelope);
    sidecar.wait_for_log("\"bad_signature\"");
    sidecar.put_file(&Envelope::seal(&sidecar.config, UID, 0, now(), 60, &key()));
    sidecar.wait_for_log("\"older\"");
    sidecar.put_file(&Envelope::seal(&sidecar.config, "uid-2", 9, now(), 60, &key()));
    sidecar.wait_for_log("\"foreign\"");
    assert!(exchange(sidecar.address(), &get("/gen/text")).text().ends_with(DEFAULT_NOTICE));
    assert_eq!(sidecar.admin(&get("/readyz")).status, 200);
    // A good one is taken, and past its age it still labels, with an alarm.
    sidecar.config.endpoints[0].routes.remove(0);
    sidecar.put_file(&Envelope::seal(&sidecar.config, UID, 3, now() - 10, 1, &key()));
    sidecar.wait_for_log("ConfigStale");
    assert!(exchange(sidecar.address(), &get("/raw/text")).text().ends_with(DEFAULT_NOTICE));
    let metrics = sidecar.admin(&get("/metrics")).text();
    assert!(metrics.contains("deepsynthesis_sidecar_config_stale 1"), "{metrics}");
    assert!(metrics.contains("deepsynthesis_sidecar_config_refused_total{reason=\"bad_signature\"} 1"), "{metrics}");
}

#[test]
fn follows_the_ports_of_the_configuration() {
    let (_application, mut sidecar) = pair();
    let (old, other) = (sidecar.address(), Application::start());
    sidecar.config.endpoints[0].port = other.port;
    sidecar.put_config(2);
    sidecar.wait_for_log("stopped listening");
    sidecar.wait_for("/readyz", 200);
    sidecar.port = other.port;
    assert!(exchange(sidecar.address(), &get("/text")).text().ends_with(DEFAULT_NOTICE));
    assert!(TcpStream::connect(old).is_err());
}

#[test]
fn someone_elses_listener_makes_the_pod_unready() {
    let (_application, sidecar) = pair();
    let table = "  sl  local_address rem_address   st\n   0: 00000000:2328 00000000:0000 0A 0\n";
    std::fs::write(sidecar.path("net/tcp"), table).unwrap();
    let why = sidecar.wait_for("/readyz", 503);
    assert!(why.contains("ListenerExposed: 0.0.0.0:9000"), "{why}");
    assert!(sidecar.admin(&get("/metrics")).text().contains("deepsynthesis_sidecar_listener_exposed{port=\"9000\"} 1"));
    std::fs::write(sidecar.path("net/tcp"), "").unwrap();
    sidecar.wait_for("/readyz", 200);
}

#[test]
fn the_kernel_refuses_an_application_that_binds_all_addresses() {
    let port = free_port();
    let _sidecar = Sidecar::start(&Options::on(port));
    for wildcard in ["0.0.0.0", "::"] {
        let error = TcpListener::bind((wildcard, port)).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse, "{wildcard}");
    }
    assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
}

#[test]
fn ends_when_another_process_could_answer_for_its_health_article_18() {
    let taken = TcpListener::bind((POD, 0)).unwrap();
    let admin = taken.local_addr().unwrap().port();
    let options = Options { with_config: false, admin: Some(admin), ..Options::on(free_port()) };
    let mut sidecar = Sidecar::start(&options);
    assert!(!sidecar.ended().success());
    sidecar.wait_for_log(&format!("{POD}:{admin} is taken by another process of the pod"));
}

#[test]
fn drain_waits_for_the_streams_in_flight_and_sigterm_ends_the_process() {
    let (application, mut sidecar) = pair();
    let mut stream = TcpStream::connect(sidecar.address()).unwrap();
    stream.write_all(get("/sse").as_bytes()).unwrap();
    let mut raw = Vec::new();
    read_until(&mut stream, &mut raw, "data: 0");
    let mut drain = sidecar.drain_command().spawn().unwrap();
    assert!(sidecar.wait_for("/readyz", 503).contains("draining"));
    // Endpoints take a while to forget the pod: it still answers, and asks clients to leave.
    let late = "GET /text HTTP/1.1\r\nHost: demo\r\n\r\n";
    let reply = exchange(sidecar.address(), late);
    assert_eq!((reply.status, reply.header("connection")), (200, Some("close")));
    assert!(drain.try_wait().unwrap().is_none());
    application.release.send(()).unwrap();
    stream.read_to_end(&mut raw).unwrap();
    assert!(parse(&raw).text().ends_with("data: 1\n\n"));
    assert!(drain.wait().unwrap().success());
    assert!(sidecar.terminate().success());
}

#[test]
fn a_stream_that_breaks_off_gets_no_notice_and_no_clean_end() {
    let port = free_port();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(format!("{head}5\r\nhello\r\n").as_bytes()).unwrap();
        // The sidecar must have sent the head before it sees the end.
        std::thread::sleep(std::time::Duration::from_millis(200));
    });
    let sidecar = Sidecar::start(&Options::on(port));
    let mut stream = TcpStream::connect(sidecar.address()).unwrap();
    stream.write_all(get("/text").as_bytes()).unwrap();
    let mut raw = Vec::new();
    let _ = stream.read_to_end(&mut raw);
    let raw = String::from_utf8(raw).unwrap();
    assert!(raw.contains("5\r\nhello\r\n"), "{raw}");
    assert!(!raw.contains(DEFAULT_NOTICE) && !raw.ends_with("0\r\n\r\n"), "{raw}");
}

#[test]
fn every_port_tells_who_provides_the_service_and_its_filing_order_12_article_19() {
    let (application, sidecar) = pair();
    let reply = exchange(sidecar.address(), &get("/.well-known/deep-synthesis"));
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert_eq!(reply.json()["filing"]["number"], "网信算备110108823483901220011号");
    assert_eq!(reply.json()["label"]["contentProducer"], CODE);
    let page = with("GET", "/.well-known/deep-synthesis", "Accept: text/html,*/*;q=0.8\r\n");
    let page = exchange(sidecar.address(), &page);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text().contains("某公司") && page.text().contains("href=\"https://beian.cac.gov.cn/\""));
    assert_eq!(application.asked(), 0);
}
