//! One start of the operator on a full cluster: when its lists were through, when it was ready, what it holds in memory.
//!
//! The API server's audit log says when the last list was answered: nothing that the operator says of itself is believed.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::Value;

use crate::Error;
use crate::process::{cpu, memory};

const READY_GOAL: f64 = 3.0;
const MEMORY_GOAL: f64 = 64.0;
/// Longer than any of it should take.
const PATIENCE: Duration = Duration::from_secs(180);

/// Whom to look at.
#[derive(Args)]
pub struct Settings {
    /// The operator.
    #[arg(long)]
    pid: u32,
    /// Its address of health and metrics.
    #[arg(long)]
    health: SocketAddr,
    /// The API server's audit log.
    #[arg(long)]
    audit: PathBuf,
    /// Its length when the operator was started.
    #[arg(long)]
    audit_from: u64,
    /// When the operator was started.
    #[arg(long)]
    started: Timestamp,
}

/// Waits, measures and prints; whether every goal is met.
pub async fn run(settings: &Settings) -> Result<bool, Error> {
    let page = |path: &'static str| get(settings.health, path).unwrap_or_default();
    until("it is ready", || page("/readyz").starts_with("HTTP/1.1 200")).await?;
    let ready = Timestamp::now();
    let at_readiness = memory(settings.pid)?;
    until("the first scan is through", || scans(&page("/metrics")) > 0.0).await?;
    let scanned = Timestamp::now();
    // What a scan leaves behind is given back a moment later, or never.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let rest = memory(settings.pid)?;
    let (first, last, lists) = lists(&settings.audit, settings.audit_from, ready)?;
    let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64();
    println!(
        "{lists} pages of lists in {:.2} s; ready {:.2} s after the start, first scan done {:.1} s after it; CPU {:.1} s",
        seconds(first, last),
        seconds(settings.started, ready),
        seconds(settings.started, scanned),
        cpu(settings.pid)?.as_secs_f64()
    );
    for (when, memory) in [("at readiness", at_readiness), ("after the first scan", rest)] {
        println!("memory {when} {:.1} MB, of it pages of the program's file {:.1} MB", memory.now, memory.file);
    }
    Ok([
        goal("scale-ready-after-lists", seconds(last, ready), READY_GOAL, "s"),
        goal("scale-rss", rest.now, MEMORY_GOAL, "MB"),
        goal("scale-rss-peak", rest.peak, MEMORY_GOAL, "MB"),
    ]
    .into_iter()
    .all(|is_met| is_met))
}

fn goal(name: &str, value: f64, most: f64, unit: &str) -> bool {
    let is_met = value <= most;
    println!("goal {name}: {value:.2} {unit} (<= {most} {unit}) {}", if is_met { "met" } else { "short" });
    is_met
}

async fn until(what: &str, mut is_true: impl FnMut() -> bool) -> Result<(), Error> {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !is_true() {
        if tokio::time::Instant::now() > end {
            return Err(format!("not in time: {what}").into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

fn get(address: SocketAddr, page: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(format!("GET {page} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    Ok(text)
}

fn scans(metrics: &str) -> f64 {
    let count = metrics.lines().find_map(|line| line.strip_prefix("deepsynthesis_scan_seconds_count "));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or_default()
}

/// When the first and the last list of what the operator watches were answered before it was ready, and how many pages.
fn lists(audit: &Path, from: u64, ready: Timestamp) -> Result<(Timestamp, Timestamp, usize), Error> {
    let mut file = std::fs::File::open(audit)?;
    file.seek(SeekFrom::Start(from))?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let mut answered = Vec::new();
    for line in text.lines() {
        // The log is being written: its last line may be half there.
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        let uri = event["requestURI"].as_str().unwrap_or_default();
        // The scan lists too, but without these selectors.
        let is_store = uri.starts_with("/apis/deepsynthesis.dev/") || uri.contains("labelSelector=deepsynthesis.dev");
        if is_store && event["verb"] == "list" && event["stage"] == "ResponseComplete" {
            answered.push(event["stageTimestamp"].as_str().unwrap_or_default().parse::<Timestamp>()?);
        }
    }
    answered.retain(|moment| *moment <= ready);
    let (first, last) = answered.iter().min().zip(answered.iter().max()).ok_or("the audit log has no list")?;
    Ok((*first, *last, answered.len()))
}
