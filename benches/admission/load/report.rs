//! Tables, goals and losses of a comparison. Pure but for the printing.

use crate::process::Memory;

/// Ours may add this share of what the best peer adds.
const SHARE: f64 = 0.2;
const BASELINE: usize = 0;
const OURS: usize = 1;

/// One contender at one load; times in milliseconds.
#[derive(Clone, Debug)]
pub struct Row {
    pub p50: f64,
    pub p99: f64,
    /// Requests per second.
    pub rate: f64,
    /// CPU of the contender per request; the baseline has no process.
    pub cpu: Option<f64>,
    /// CPU of the API server per request.
    pub server_cpu: f64,
    /// Median over the rounds: its p99 less the baseline's of the same round.
    pub added: f64,
    /// How far the baseline's own p99 strays from its median between rounds.
    pub noise: f64,
}

/// Everything that was measured.
pub struct Report {
    names: Vec<String>,
    tables: Vec<Table>,
}

struct Table {
    kind: String,
    clients: usize,
    rows: Vec<Row>,
}

impl Report {
    /// Of the baseline, ours and the peers, in this order.
    pub fn new(names: Vec<String>) -> Self {
        Self { names, tables: Vec::new() }
    }

    /// One load of one kind: a row per contender.
    pub fn add(&mut self, kind: &str, clients: usize, rows: Vec<Row>) {
        self.tables.push(Table { kind: kind.to_owned(), clients, rows });
    }

    /// Prints it, with the memory of each; whether every goal is met.
    pub fn print(&self, memory: &[Option<Memory>]) -> bool {
        for table in &self.tables {
            self.print_table(table);
        }
        println!("memory in MB: the median while working, of it pages of the program's file, and the peak");
        for (name, memory) in self.names.iter().zip(memory) {
            if let Some(memory) = memory {
                println!("  {name:<24} {:>8.1} {:>8.1} {:>8.1}", memory.now, memory.file, memory.peak);
            }
        }
        println!();
        let mut is_met = true;
        for table in &self.tables {
            is_met &= self.latency_goal(table);
        }
        is_met &= self.memory_goal(memory);
        self.print_losses();
        is_met
    }

    fn print_table(&self, table: &Table) {
        let noise = table.rows.first().map_or(0.0, |row| row.noise);
        println!("{} create, {}; noise of the baseline's p99 ±{noise:.2} ms", table.kind, count(table.clients));
        println!(
            "  {:<24} {:>8} {:>8} {:>10} {:>10} {:>12} {:>12}",
            "", "p50 ms", "p99 ms", "added p99", "requests/s", "its CPU ms", "server's ms"
        );
        for (who, row) in table.rows.iter().enumerate() {
            let added = if who == BASELINE { String::new() } else { format!("{:.2}", row.added) };
            let cpu = row.cpu.map(|cpu| format!("{cpu:.2}")).unwrap_or_default();
            println!(
                "  {:<24} {:>8.2} {:>8.2} {added:>10} {:>10.0} {cpu:>12} {:>12.2}",
                self.names[who], row.p50, row.p99, row.rate, row.server_cpu
            );
        }
        println!();
    }

    /// What ours adds against a fifth of what the best peer adds. Below the noise nothing is known but that it is less.
    fn latency_goal(&self, table: &Table) -> bool {
        let Some((ours, (best, peer))) = table.rows.get(OURS).zip(least(&table.rows, |row| row.added)) else {
            return false;
        };
        let name = format!("goal admission-added-p99-{}-{}", table.kind.to_lowercase(), table.clients);
        let (noise, goal, peer_name) = (ours.noise, peer.added * SHARE, &self.names[best]);
        if peer.added <= noise {
            println!(
                "{name}: {:.2} ms, undecided: what {peer_name} adds is hidden in the noise, ±{noise:.2} ms",
                ours.added
            );
            return false;
        }
        let (measured, said) = if ours.added <= noise {
            (noise, format!("at most {noise:.2} ms, hidden in the noise"))
        } else {
            (ours.added, format!("{:.2} ms", ours.added))
        };
        let is_met = measured <= goal;
        let word = if measured > ours.added && !is_met { "undecided" } else { word(is_met) };
        println!("{name}: {said} (<= {goal:.2} ms, a fifth of what {peer_name} adds) {word}");
        is_met
    }

    fn memory_goal(&self, memory: &[Option<Memory>]) -> bool {
        let ours = memory.get(OURS).copied().flatten();
        let peers = memory.iter().enumerate().skip(OURS + 1).filter_map(|(who, memory)| Some((who, (*memory)?.now)));
        let Some((ours, (best, least))) = ours.zip(peers.min_by(|(_, a), (_, b)| a.total_cmp(b))) else { return false };
        let goal = least * SHARE;
        let is_met = ours.now <= goal;
        println!(
            "goal admission-rss: {:.1} MB (<= {goal:.1} MB, a fifth of {}'s {least:.1} MB) {}",
            ours.now,
            self.names[best],
            word(is_met)
        );
        is_met
    }

    /// Where a peer is better than ours: in the tail by more than the noise, else by more than a twentieth.
    fn print_losses(&self) {
        let mut losses = 0;
        for table in &self.tables {
            let Some(ours) = table.rows.get(OURS) else { continue };
            for (who, peer) in table.rows.iter().enumerate().skip(OURS + 1) {
                let mut lost = |what: &str, is_lost: bool, ours: f64, theirs: f64| {
                    if is_lost {
                        losses += 1;
                        let (kind, clients) = (&table.kind, count(table.clients));
                        println!("loss {kind}, {clients}: {what} ours {ours:.2}, {} {theirs:.2}", self.names[who]);
                    }
                };
                lost("p50 ms", is_less(peer.p50, ours.p50), ours.p50, peer.p50);
                lost("added p99 ms", peer.added + ours.noise < ours.added, ours.added, peer.added);
                lost("requests/s", is_less(ours.rate, peer.rate), ours.rate, peer.rate);
                let (mine, theirs) = (ours.cpu.unwrap_or_default(), peer.cpu.unwrap_or_default());
                lost("CPU ms per request", is_less(theirs, mine), mine, theirs);
                lost(
                    "the API server's CPU ms per request",
                    is_less(peer.server_cpu, ours.server_cpu),
                    ours.server_cpu,
                    peer.server_cpu,
                );
            }
        }
        if losses == 0 {
            println!("losses: none");
        }
    }
}

/// The peer with the least of something.
fn least(rows: &[Row], of: impl Fn(&Row) -> f64) -> Option<(usize, &Row)> {
    rows.iter().enumerate().skip(OURS + 1).min_by(|(_, a), (_, b)| of(a).total_cmp(&of(b)))
}

fn is_less(a: f64, b: f64) -> bool {
    a < b * 0.95
}

fn count(clients: usize) -> String {
    if clients == 1 { "1 client".to_owned() } else { format!("{clients} clients") }
}

fn word(is_met: bool) -> &'static str {
    if is_met { "met" } else { "short" }
}
