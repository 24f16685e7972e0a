//! The client of the admission benches: `compare` measures contenders against each other, `fill` loads an API server.
//!
//! In: a kubeconfig, objects to create, where the contenders' processes are. Out: tables and a line per goal.
//! Must not: start or stop anything; the scripts beside it do.

mod cel;
mod cell;
mod client;
mod compare;
mod contender;
mod fill;
mod process;
mod report;
mod start;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What goes wrong ends the bench: nobody looks at the kind of error.
type Error = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Latency, throughput, CPU and memory of contenders, in interleaved rounds.
    Compare(compare::Settings),
    /// Objects by the thousands.
    Fill(fill::Settings),
    /// Says JSON as a CEL literal.
    Cel { json: String },
    /// How long a program takes from its last list to readiness, and how much memory.
    Start(start::Settings),
}

// One thread: on a small machine the client must not take cores from what it measures.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Compare(settings) => compare::run(&settings).await,
        Command::Fill(settings) => fill::run(&settings).await.map(|()| true),
        Command::Cel { json } => serde_json::from_str(&json).map_err(Error::from).map(|json| {
            println!("{}", cel::literal(&json));
            true
        }),
        Command::Start(settings) => start::run(&settings).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        // Told apart from a bench that could not measure.
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("admission-load: {error}");
            ExitCode::FAILURE
        }
    }
}
