//! Logs of the programs: one JSON object a line on standard error, never a body, a secret or an identity.

/// Starts logging at `level` (a `tracing` filter such as `info` or `deepsynthesis=debug`).
pub fn start(level: &str) {
    let filter =
        tracing_subscriber::EnvFilter::try_new(level).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(std::io::stderr).init();
}
