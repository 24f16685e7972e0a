//! A sidecar with records in front of an application: what it promises holds after kill -9, and reaches the ledger.

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use deepsynthesis::api::service::{ExplicitLabelling, History, NoticePosition, RouteContent, UpstreamProtocol};
use deepsynthesis::contract::batch::Batch;
use deepsynthesis::contract::{Envelope, SidecarConfig, SidecarEndpoint, SidecarLedger, SidecarRoute};
use deepsynthesis::record::event::{End, Event};
use deepsynthesis::record::{Head, Record};
use deepsynthesis::sidecar::record::spool::{MIN_CAPACITY, Spool};

use super::parts::{Application, CODE, POD, Reply, disclosure, exchange, free_port, get, key, now};
use super::support::{Ledger, SERVICE, token};

const POD_UID: &str = "pod-7";

struct Sidecar {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
    admin: u16,
    arguments: Vec<String>,
}

impl Sidecar {
    fn start(application: &Application, durability: &str, ledger: Option<&Ledger>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("net")).unwrap();
        for (name, text) in [("net/tcp", ""), ("token", &token(POD_UID, SERVICE)), ("termination", "")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let route =
            SidecarRoute { path: "/gen".into(), methods: vec![], content: RouteContent::Generated, publication: false };
        let config = SidecarConfig {
            identity: None,
            orders: vec![],
            wording: None,
            history: History::Strip,
            namespace: "studio".into(),
            service: "portrait".into(),
            provider_code: CODE.into(),
            explicit: ExplicitLabelling::InText,
            position: NoticePosition::End,
            endpoints: vec![SidecarEndpoint {
                port: application.port,
                protocol: UpstreamProtocol::Http1,
                routes: vec![route],
            }],
            disclosure: disclosure(),
            ledger: ledger.map(|ledger| SidecarLedger {
                url: format!("https://127.0.0.1:{}", ledger.port),
                authority: std::fs::read_to_string(ledger.path("tls.crt")).unwrap(),
            }),
        };
        let envelope = Envelope::seal(&config, SERVICE, 1, now(), 3600, &key());
        std::fs::write(folder.path().join("config.json"), serde_json::to_vec(&envelope).unwrap()).unwrap();
        let mut arguments: Vec<String> = ["--pod-uid", POD_UID, "--durability", durability].map(str::to_owned).into();
        arguments.extend(["--ledger-token".to_owned(), folder.path().join("token").display().to_string()]);
        let child = Command::new("true").spawn().unwrap();
        let mut sidecar = Self { child, folder, port: application.port, admin: free_port(), arguments };
        sidecar.spawn();
        sidecar
    }

    fn spawn(&mut self) {
        let _ = self.child.wait();
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        self.child = Command::new(env!("CARGO_BIN_EXE_deepsynthesis-sidecar"))
            .args(["--service", "studio/portrait", "--service-uid", SERVICE, "--pod-ips", POD])
            .args(["--verify-key", &key().verifying_key().to_base64(), "--admin-port", &self.admin.to_string()])
            .args(["--config".as_ref(), self.path("config.json").as_os_str()])
            .args(["--proc-net".as_ref(), self.path("net").as_os_str()])
            .args(["--spool".as_ref(), self.path("spool").as_os_str()])
            .args(["--termination-log".as_ref(), self.path("termination").as_os_str()])
            .args(["--spool-bytes", &MIN_CAPACITY.to_string()])
            .args(&self.arguments)
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            if TcpStream::connect((POD, self.admin)).is_ok() && self.admin("/readyz").status == 200 {
                return;
            }
            assert!(Instant::now() < end, "not ready:\n{}", std::fs::read_to_string(self.path("log")).unwrap());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn admin(&self, path: &str) -> Reply {
        exchange(format!("{POD}:{}", self.admin).parse().unwrap(), &get(path))
    }

    fn ask(&self, path: &str) -> Reply {
        exchange(format!("{POD}:{}", self.port).parse().unwrap(), &get(path))
    }

    fn records(&self) -> Vec<Record> {
        let spool = Spool::open(&self.path("spool"), MIN_CAPACITY).unwrap();
        let batches = spool.frames().unwrap().into_iter().map(|frame| Batch::parse(&frame).unwrap().1);
        batches.flat_map(|batch| batch.lines).map(|line| Record::parse(&line).unwrap()).collect()
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Sidecar {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn id(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.header("aigc-produce-id").unwrap().to_owned()
}

#[test]
fn no_answer_left_without_its_record_whenever_the_sidecar_is_killed_order_12_article_16_2() {
    let kills = std::env::var("SIDECAR_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(4);
    let application = Application::start();
    let mut sidecar = Sidecar::start(&application, "spool", None);
    let mut answered = BTreeSet::new();
    for round in 0..kills {
        let address = format!("{POD}:{}", sidecar.port).parse().unwrap();
        let client = std::thread::spawn(move || {
            let mut ids = Vec::new();
            // Until the sidecar is gone in the middle of something.
            while let Ok(reply) = std::panic::catch_unwind(|| exchange(address, &get("/gen/text"))) {
                ids.extend(reply.header("aigc-produce-id").map(str::to_owned));
            }
            ids
        });
        std::thread::sleep(Duration::from_millis(300 + 37 * round));
        sidecar.kill();
        answered.extend(client.join().unwrap());
        let decided: BTreeSet<String> = sidecar
            .records()
            .into_iter()
            .filter_map(|record| match record.event {
                Event::Decided { id, .. } => Some(id),
                _ => None,
            })
            .collect();
        assert!(!answered.is_empty() && answered.is_subset(&decided), "a client has an answer that nobody recorded");
        sidecar.spawn();
    }
}

#[test]
fn what_the_sidecar_answers_is_in_the_ledger_before_the_first_byte_where_that_was_asked_for() {
    let mut ledger = Ledger::start(&[]);
    ledger.ready();
    let application = Application::start();
    let mut sidecar = Sidecar::start(&application, "ledger", Some(&ledger));
    let decided = |ledger: &Ledger, id: &str| {
        let lines = ledger.read(&format!("/v1/records?service={SERVICE}&kind=decided&id={id}"));
        lines.lines().count()
    };
    for path in ["/gen/text", "/gen/json", "/gen/png"] {
        let id = id(&sidecar.ask(path));
        assert_eq!(decided(&ledger, &id), 1, "{path}");
    }
    // Not labelled, so nothing to record.
    assert_eq!(sidecar.ask("/gen/error").status, 500);
    // The sidecar dies: what was acknowledged stays, and its next life goes on.
    sidecar.kill();
    sidecar.spawn();
    let again = id(&sidecar.ask("/gen/text"));
    assert_eq!(decided(&ledger, &again), 1);
    // The ledger dies: no answer without its record.
    ledger.kill();
    let refused = sidecar.ask("/gen/text");
    assert_eq!((refused.status, refused.json()["code"].as_str()), (503, Some("unrecorded")));
    ledger.spawn();
    ledger.ready();
    let end = Instant::now() + Duration::from_secs(60);
    while sidecar.ask("/gen/text").status != 200 {
        assert!(Instant::now() < end, "{}", std::fs::read_to_string(sidecar.path("log")).unwrap());
    }
    // SIGTERM: the last head is signed, shipped and told to the kubelet.
    Command::new("kill").args(["-TERM", &sidecar.child.id().to_string()]).status().unwrap();
    assert!(sidecar.child.wait().unwrap().success());
    let head: Head = serde_json::from_slice(&std::fs::read(sidecar.path("termination")).unwrap()).unwrap();
    assert!(head.closed && head.check().is_ok());
    assert_eq!(sidecar.records().len(), 0, "the ledger has it all");
    let checkpoint = ledger.read(&format!("/v1/checkpoint?service={SERVICE}"));
    let (is_clean, report, _) = ledger.verify(&checkpoint);
    assert!(is_clean && report.contains("chains without clean end: 1"), "{report}");
    let log = std::fs::read_to_string(sidecar.path("log")).unwrap();
    assert!(!log.contains(&token(POD_UID, SERVICE)), "a token in {log}");
}

#[test]
fn a_stream_has_one_pair_of_records_and_says_when_the_client_left() {
    let application = Application::start();
    let mut sidecar = Sidecar::start(&application, "spool", None);
    let first = id(&sidecar.ask("/gen/text-chunked"));
    {
        use std::io::{Read as _, Write as _};
        let mut client = TcpStream::connect((POD, sidecar.port)).unwrap();
        client.write_all(get("/gen/big").as_bytes()).unwrap();
        client.read_exact(&mut [0; 4096]).unwrap();
    }
    let end = Instant::now() + Duration::from_secs(20);
    let ends = loop {
        std::thread::sleep(Duration::from_millis(100));
        let copy = sidecar.path("copy");
        std::fs::copy(sidecar.path("spool"), &copy).unwrap();
        let spool = Spool::open(&copy, MIN_CAPACITY).unwrap();
        let lines: Vec<String> =
            spool.frames().unwrap().iter().flat_map(|frame| Batch::parse(frame).unwrap().1.lines).collect();
        let events = lines.iter().map(|line| Record::parse(line).unwrap().event);
        let ends: Vec<_> = events.filter(|event| matches!(event, Event::Ended { .. })).collect();
        if ends.len() == 2 {
            break ends;
        }
        assert!(Instant::now() < end, "{lines:?}");
    };
    let [Event::Ended { id, end, bytes, .. }, Event::Ended { end: other, .. }] = &ends[..] else { panic!("{ends:?}") };
    assert_eq!((id, *end, *other), (&first, End::Complete, End::Left));
    let labelled = sidecar.ask("/gen/text-chunked");
    assert_eq!(*bytes, labelled.body.len() as u64);
    sidecar.kill();
}
