//! `deepsynthesis-sidecar`: labels what a deep synthesis service delivers. See `deepsynthesis::sidecar`.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use deepsynthesis::sidecar::args::{Cli, Command};
use deepsynthesis::sidecar::{drain, redirect, supervise};
use deepsynthesis::telemetry;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let cli = Cli::parse();
    telemetry::start("info");
    // Two workers: the goal is a small constant footprint beside the application, not all cores.
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime");
            return ExitCode::FAILURE;
        }
    };
    match cli.parts() {
        (Some(Command::Drain(args)), _) => match runtime.block_on(drain::drain(args)) {
            Ok(answer) => {
                tracing::info!(answer, "drained");
                ExitCode::SUCCESS
            }
            Err(error) => {
                tracing::error!(%error, "not drained");
                ExitCode::FAILURE
            }
        },
        (Some(Command::Redirect(args)), _) => {
            match redirect::write(args.redirect_port, args.admin_port, &args.proc_net) {
                Ok(()) => {
                    tracing::info!(port = args.redirect_port, "traffic from outside is led to the sidecar");
                    ExitCode::SUCCESS
                }
                Err(error) => {
                    tracing::error!(error = %error, "not redirected");
                    ExitCode::FAILURE
                }
            }
        }
        (None, Some(args)) => runtime.block_on(async {
            let (mut term, mut interrupt) = match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
                (Ok(term), Ok(interrupt)) => (term, interrupt),
                (Err(error), _) | (_, Err(error)) => {
                    tracing::error!(%error, "no signals");
                    return ExitCode::FAILURE;
                }
            };
            let run = supervise::run(args, async move {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = interrupt.recv() => {}
                }
            });
            match run.await {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    tracing::error!(%error, "ended");
                    ExitCode::FAILURE
                }
            }
        }),
        (None, None) => {
            let _ = Cli::command().print_help();
            ExitCode::from(2)
        }
    }
}
