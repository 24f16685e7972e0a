//! The rounds: every contender after the other, again and again, so that what else the machine does hits all alike.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;

use crate::cell::{Cell, measure, percentile};
use crate::contender::{Contender, Object};
use crate::process::{Memory, memory};
use crate::report::{Report, Row};
use crate::{Error, client};

/// What is compared, and how long.
#[derive(Args)]
pub struct Settings {
    /// NAME=NAMESPACE[:PID]; the first is the baseline without webhooks, the second is ours, the others are peers.
    #[arg(long = "contender", required = true)]
    contenders: Vec<Contender>,
    /// File with an object to create.
    #[arg(long = "object", required = true)]
    objects: Vec<Object>,
    /// Numbers of clients.
    #[arg(long, value_delimiter = ',', default_value = "1,10,50")]
    clients: Vec<usize>,
    /// How often each contender has its turn; the noise is seen only between rounds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..))]
    rounds: u32,
    /// How long a turn lasts.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Process of the API server.
    #[arg(long)]
    server: u32,
}

/// Measures and prints; whether every goal is met.
pub async fn run(settings: &Settings) -> Result<bool, Error> {
    let Settings { contenders, objects, rounds, .. } = settings;
    let time = Duration::try_from_secs_f64(settings.seconds)?;
    let clients = client::clients(settings.clients.iter().copied().max().unwrap_or_default()).await?;
    let mut cells: BTreeMap<(usize, usize, usize), Vec<Cell>> = BTreeMap::new();
    let mut resident: Vec<Vec<Memory>> = vec![Vec::new(); contenders.len()];
    for round in 0..*rounds {
        eprintln!("    round {} of {rounds}", round + 1);
        for (kind, object) in objects.iter().enumerate() {
            for (load, count) in settings.clients.iter().enumerate() {
                for turn in 0..contenders.len() {
                    // Nobody is always first.
                    let who = (turn + round as usize) % contenders.len();
                    let contender = &contenders[who];
                    let cell = measure(&clients[..*count], object, contender, settings.server, time)
                        .await
                        .map_err(|error| format!("{} {} with {count} clients: {error}", contender.name, object.kind))?;
                    cells.entry((kind, load, who)).or_default().push(cell);
                    if let Some(pid) = contender.pid {
                        resident[who].push(memory(pid)?);
                    }
                }
            }
        }
    }
    let mut report = Report::new(contenders.iter().map(|contender| contender.name.clone()).collect());
    for (kind, object) in objects.iter().enumerate() {
        for (load, count) in settings.clients.iter().enumerate() {
            let of = |who| cells.get(&(kind, load, who)).map(Vec::as_slice).unwrap_or_default();
            let rows = (0..contenders.len()).map(|who| row(of(who), of(0))).collect();
            report.add(&object.kind, *count, rows);
        }
    }
    let memory: Vec<_> = resident.iter().map(|samples| middle(samples)).collect();
    Ok(report.print(&memory))
}

/// What all rounds of one contender say together.
fn row(rounds: &[Cell], baseline: &[Cell]) -> Row {
    let p99 = |cell: &Cell| percentile(&cell.latencies, 0.99);
    let mut all: Vec<Duration> = rounds.iter().flat_map(|cell| cell.latencies.iter().copied()).collect();
    all.sort_unstable();
    let added = rounds.iter().zip(baseline).map(|(cell, baseline)| p99(cell) - p99(baseline)).collect();
    let alone: Vec<f64> = baseline.iter().map(p99).collect();
    let usual = median(alone.clone());
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let cpu = rounds.iter().map(|cell| cell.cpu.map(millis)).collect::<Option<Vec<f64>>>();
    Row {
        p50: percentile(&all, 0.5),
        p99: percentile(&all, 0.99),
        rate: median(rounds.iter().map(|cell| cell.rate).collect()),
        cpu: cpu.map(median),
        server_cpu: median(rounds.iter().map(|cell| millis(cell.server_cpu)).collect()),
        added: median(added),
        noise: alone.iter().map(|p99| (p99 - usual).abs()).fold(0.0, f64::max),
    }
}

/// Memory while it worked: the median of the moments after each turn, and the highest peak.
fn middle(samples: &[Memory]) -> Option<Memory> {
    let of = |field: fn(&Memory) -> f64| median(samples.iter().map(field).collect());
    let peak = samples.iter().map(|sample| sample.peak).fold(0.0, f64::max);
    (!samples.is_empty()).then(|| Memory { now: of(|sample| sample.now), peak, file: of(|sample| sample.file) })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        _ if values.is_empty() => f64::NAN,
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}
