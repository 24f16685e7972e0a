//! `deepsynthesis-ledger`: keeps records and proves that none is missing. See `deepsynthesis::ledger`.

use std::process::ExitCode;

use clap::Parser as _;
use deepsynthesis::ledger::args::{Cli, Command};
use deepsynthesis::server::process;
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
            process::run("the ledger cannot run", ledger::run::run(*args))
        }
    }
}
