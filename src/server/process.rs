//! A program that serves until it is told to stop.
//!
//! In: what it does, and what to say when it cannot. Out: its exit code. Must not: know what is served.

use std::fmt::Display;
use std::process::ExitCode;

/// Runs it on all cores; logs must have been started.
pub fn run<E: Display>(failed: &str, program: impl Future<Output = Result<(), E>>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "{failed}");
            ExitCode::FAILURE
        }
    }
}
