//! The operator's command line. Every flag is written out by the chart.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Makes China's deep synthesis rules hold on a Kubernetes cluster.
#[derive(Debug, Parser)]
#[command(name = "deepsynthesis-operator", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run controllers and webhooks.
    Run(Box<RunArgs>),
    /// Print the CRDs as YAML.
    Crd,
    /// Say of manifests which workloads look like deep synthesis, and why; needs no cluster.
    Detect(DetectArgs),
}

/// What to look at.
#[derive(Args, Clone, Debug)]
pub struct DetectArgs {
    /// How to print: JSON lines or a table.
    #[arg(short, long, value_enum, default_value_t = DetectOutput::Json)]
    pub output: DetectOutput,
    /// Files with YAML or JSON manifests; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// How `detect` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DetectOutput {
    /// One JSON object per line and workload.
    Json,
    /// Columns for people.
    Table,
}

/// Settings of a running operator.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// Namespace of the operator: its Secrets and its Lease are here.
    #[arg(long, env = "POD_NAMESPACE")]
    pub namespace: String,
    /// Name of this replica in the Lease.
    #[arg(long, env = "POD_NAME")]
    pub identity: String,
    /// Address of the HTTPS webhooks.
    #[arg(long, default_value = "0.0.0.0:9443")]
    pub listen: SocketAddr,
    /// Address of health and metrics, in clear text.
    #[arg(long, default_value = "0.0.0.0:8081")]
    pub health_listen: SocketAddr,
    /// Webhook Service, for the names in the certificate.
    #[arg(long)]
    pub service_name: String,
    /// Further name or address in the certificate, for an operator that runs outside of the cluster.
    #[arg(long)]
    pub certificate_name: Vec<String>,
    /// Name of the mutating and the validating webhook configuration for workloads.
    #[arg(long)]
    pub workloads_webhook: String,
    /// Name of the mutating and the validating webhook configuration for our own kinds.
    #[arg(long)]
    pub records_webhook: String,
    /// Image of the injected sidecar.
    #[arg(long)]
    pub sidecar_image: String,
    /// Pull policy of the injected sidecar.
    #[arg(long, default_value = "IfNotPresent")]
    pub sidecar_image_pull_policy: String,
    /// Pull secret to append to injected pods.
    #[arg(long = "sidecar-image-pull-secret")]
    pub sidecar_image_pull_secrets: Vec<String>,
    /// User name under which the operator writes; only it may write the operator's own kinds.
    #[arg(long)]
    pub operator_service_account: String,
    /// Seconds for which webhooks keep answering after SIGTERM, while endpoints still point here.
    #[arg(long, default_value_t = 5)]
    pub linger_seconds: u64,
    /// Log filter: a level, or targets with levels such as `info,deepsynthesis=debug`.
    #[arg(long, default_value = "info")]
    pub log_level: String,
}
