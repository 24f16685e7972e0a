//! Official clients of the text APIs in front of the sidecar: they read the same objects, plus our label and our notice.
//!
//! `make clients` installs them; the tests fail, with that remedy, where they are not.
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "sidecar/support.rs"]
mod support;

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use deepsynthesis::label::Notice;
use deepsynthesis::label::api::turn::Ending;
use support::{Options, Sidecar, free_port};

/// The application in Python; it ends with this value.
struct Upstream(Child);

impl Drop for Upstream {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn python() -> Command {
    let python =
        std::env::var("DSS_CLIENTS_PYTHON").expect("DSS_CLIENTS_PYTHON is not set: `make test-clients` sets it");
    Command::new(python)
}

fn source(name: &str) -> String {
    format!("{}/tests/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn run(name: &str) {
    run_then(name, |_| {});
}

fn run_then(name: &str, then: impl FnOnce(&Sidecar)) {
    let port = free_port();
    let upstream = python().arg(source("upstream.py")).arg(port.to_string()).stdin(Stdio::null()).spawn().unwrap();
    let _upstream = Upstream(upstream);
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(30), "the application does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    let sidecar = Sidecar::start(&Options::on(port));
    let (direct, labelled) = (format!("http://127.0.0.1:{port}"), format!("http://{}", sidecar.address()));
    let notice = Ending::new(&Notice::default());
    let mut clients = python();
    clients.arg(source("clients.py")).args([name, &direct, &labelled, notice.as_str()]);
    let output = clients.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!sidecar.log().contains("茶馆"), "content is in the log");
    then(&sidecar);
}

macro_rules! clients {
    ($($test:ident: $name:literal,)*) => { $(#[test] fn $test() { run($name); })* };
}

clients! {
    openai_reads_chat_completions_with_the_notice_at_their_end_gb45438_5_1: "openai_chat",
    openai_reads_streamed_chat_completions: "openai_chat_stream",
    openai_reads_completions: "openai_completions",
    openai_reads_responses_streamed_and_stored_alike: "openai_responses",
    openai_reads_images_of_which_every_one_is_labelled_article_16: "openai_images",
    anthropic_reads_messages_with_thinking_tools_and_prefill: "anthropic_messages",
    ollama_reads_generate_and_chat: "ollama_clients",
    httpx_speaks_http2_without_tls: "http2",
    ten_turns_reach_the_application_byte_for_byte_as_without_the_sidecar: "ten_turns",
}

#[test]
fn who_makes_the_explicit_label_perceivable_is_counted_gb45438_5_1() {
    run_then("openai_chat_stream", |sidecar| {
        let metrics = sidecar.admin(&support::get("/metrics")).text();
        // Two streams and one accumulated bear it; a tool and a form do not.
        for (labels, count) in [
            (r#"mode="in_text",reason="""#, 3),
            (r#"mode="suppressed",reason="no_place""#, 1),
            (r#"mode="suppressed",reason="response_format""#, 1),
        ] {
            let line = format!("deepsynthesis_sidecar_explicit_total{{{labels}}} {count}\n");
            assert!(metrics.contains(&line), "{line} in {metrics}");
        }
    });
}
