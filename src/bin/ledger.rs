//! `deepsynthesis-ledger`: keeps records and proves that none is missing. See `deepsynthesis::ledger`.

use std::process::ExitCode;

use clap::Parser as _;
use deepsynthesis::ledger::args::{Cli, Command};
use deepsynthesis::{ledger, telemetry};

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Verify(args) => match ledger::verify::run(&args) {
            Ok(report) => {
                print!("{report}");
                if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(2)
            }
        },
        Command::Run(args) => {
            telemetry::start(&args.log_level);
            let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => {
                    tracing::error!(%error, "no runtime");
                    return ExitCode::FAILURE;
                }
            };
            match runtime.block_on(ledger::run::run(*args)) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    tracing::error!(%error, "the ledger cannot run");
                    ExitCode::FAILURE
                }
            }
        }
    }
}
