//! `kubectl-deepsynthesis`: a plugin of kubectl, and a program of its own. See `deepsynthesis::cli`.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use deepsynthesis::cli::args::{Cli, Command};
use deepsynthesis::cli::{ask, run};

/// As clap says it of arguments that it cannot read.
const UNREADABLE: u8 = 2;

fn main() -> ExitCode {
    let mut output = std::io::stdout().lock();
    let result = match Cli::parse().command {
        Command::Check(args) => run::run_check(&args, &mut output),
        Command::Why(args) => ask::run_why(&args, &mut output),
        Command::Report(args) => ask::run_report(&args, &mut output),
        Command::Calendar(args) => ask::run_calendar(&args, &mut output),
        Command::Completion { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "kubectl-deepsynthesis", &mut output);
            Ok(ExitCode::SUCCESS)
        }
        Command::Inject(args) => run::run_inject(&args, &mut output),
        Command::Inspect(args) => run::run_inspect(&args, &mut output),
        Command::Label(args) => run::run_label(&args, &mut output),
    };
    result.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(UNREADABLE)
    })
}
