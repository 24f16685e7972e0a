//! One measurement: so many clients, each with one request after the other, for so long.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kube::Client;
use tokio::task::JoinSet;

use crate::contender::{Contender, Object};
use crate::{Error, client, process};

/// Before what is measured: connections are made, caches filled.
const WARM_UP: Duration = Duration::from_millis(400);

/// What one measurement says.
pub struct Cell {
    /// How long each request took, ascending.
    pub latencies: Vec<Duration>,
    /// Requests per second.
    pub rate: f64,
    /// CPU time of the contender per request.
    pub cpu: Option<Duration>,
    /// CPU time of the API server per request.
    pub server_cpu: Duration,
}

/// Asks the contender for as long as said.
pub async fn measure(
    clients: &[Client],
    object: &Object,
    contender: &Contender,
    server: u32,
    time: Duration,
) -> Result<Cell, Error> {
    let (path, body): (Arc<str>, Arc<[u8]>) =
        (object.dry_run(&contender.namespace).into(), object.body.as_slice().into());
    ask(clients, &path, &body, WARM_UP).await?;
    let used = |pid: Option<u32>| pid.map(process::cpu).transpose();
    let before = (used(contender.pid)?, process::cpu(server)?, Instant::now());
    let mut latencies = ask(clients, &path, &body, time).await?;
    let (cpu, server_cpu, elapsed) = (used(contender.pid)?, process::cpu(server)?, before.2.elapsed());
    latencies.sort_unstable();
    let count = u32::try_from(latencies.len())?;
    let each = |after: Duration, before: Duration| after.saturating_sub(before) / count.max(1);
    Ok(Cell {
        rate: f64::from(count) / elapsed.as_secs_f64(),
        cpu: cpu.zip(before.0).map(|(after, before)| each(after, before)),
        server_cpu: each(server_cpu, before.1),
        latencies,
    })
}

async fn ask(clients: &[Client], path: &Arc<str>, body: &Arc<[u8]>, time: Duration) -> Result<Vec<Duration>, Error> {
    let end = Instant::now() + time;
    let mut tasks = JoinSet::new();
    for client in clients {
        let (client, path, body) = (client.clone(), Arc::clone(path), Arc::clone(body));
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while Instant::now() < end {
                let start = Instant::now();
                client::create(&client, &path, &body).await?;
                latencies.push(start.elapsed());
            }
            Ok::<_, Error>(latencies)
        });
    }
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.append(&mut done??);
    }
    Ok(all)
}

/// The latency that this share of the requests does not exceed, in milliseconds; of sorted latencies.
pub fn percentile(latencies: &[Duration], share: f64) -> f64 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let rank = (latencies.len() as f64 * share).ceil() as usize;
    latencies.get(rank.saturating_sub(1)).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
}
