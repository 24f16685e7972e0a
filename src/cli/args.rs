//! Command line of `kubectl deepsynthesis`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::Timestamp;

/// Asks what the law on deep synthesis means for manifests.
#[derive(Debug, Parser)]
#[command(name = "kubectl-deepsynthesis", bin_name = "kubectl deepsynthesis", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say of manifests what admission would: needs no cluster. Ends with 0 when nothing is refused, 1 when something is, 2 when
    /// the input cannot be read.
    Check(CheckArgs),
    /// Say of a service or workload which duties reach it, what they came to, what to do and until when. Ends with 0 when no duty is
    /// violated, 1 when one is, 2 when nothing can be read.
    Why(WhyArgs),
    /// Write the report for an inspector: every service, its duties, evidence and gaps; one page without network, or JSON.
    Report(ReportArgs),
    /// Write the deadlines of all services as a calendar (iCalendar).
    Calendar(Asked),
    /// Print the completion script of a shell.
    Completion {
        /// Shell.
        shell: Shell,
    },
    /// Print manifests with the sidecar that their pods would get.
    Inject(InjectArgs),
    /// Say of pictures, sound and video which implicit label they bear. Ends with 0 when all bear one, 1 when one does not, 2 when
    /// one cannot be read.
    Inspect(InspectArgs),
    /// Write a copy of a picture, sound or video that bears the implicit label.
    Label(LabelArgs),
}

/// Which cluster, which services, by which clock.
#[derive(Args, Clone, Debug)]
pub struct Asked {
    /// Files and folders with the services and records instead of the cluster of the kubeconfig; `-` is standard input.
    #[arg(short, long = "filename", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only services of this namespace; for `why`, that of the kubeconfig without it.
    #[arg(short, long)]
    pub namespace: Option<String>,
    /// Judge as of this moment (RFC 3339); without it, now.
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
}

/// What to explain.
#[derive(Args, Clone, Debug)]
pub struct WhyArgs {
    /// Where to look.
    #[command(flatten)]
    pub asked: Asked,
    /// Duties that do not reach the service, too.
    #[arg(long)]
    pub all: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// A service, or a workload such as `deployment/web`; without it, every service of the namespace.
    #[arg(value_name = "NAME")]
    pub target: Option<String>,
}

/// What to report.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    /// Where to look.
    #[command(flatten)]
    pub asked: Asked,
    /// Print JSON instead of a page.
    #[arg(long)]
    pub json: bool,
}

/// What to inspect.
#[derive(Args, Clone, Debug)]
pub struct InspectArgs {
    /// Print JSON lines.
    #[arg(long)]
    pub json: bool,
    /// Files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// What to label.
#[derive(Args, Clone, Debug)]
pub struct LabelArgs {
    /// Provider code of 27 characters (TC260-PG-20252A).
    #[arg(long, value_name = "CODE")]
    pub provider: String,
    /// Number of the content; a new one without it.
    #[arg(long, value_name = "ID")]
    pub produce_id: Option<String>,
    /// The copy; it must not be there yet.
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// The file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// What to check.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    /// How to print.
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// Where manifests go and by which clock they are judged.
    #[command(flatten)]
    pub input: Input,
}

/// What to inject into.
#[derive(Args, Clone, Debug)]
pub struct InjectArgs {
    /// Image of the sidecar.
    #[arg(long, default_value = "deepsynthesis-sidecar")]
    pub sidecar_image: String,
    /// Where manifests go.
    #[command(flatten)]
    pub input: Input,
}

/// Manifests and what surrounds them.
#[derive(Args, Clone, Debug)]
pub struct Input {
    /// Namespace of objects that name none.
    #[arg(short, long, default_value = "default")]
    pub namespace: String,
    /// Judge as of this moment (RFC 3339), e.g. `2026-12-01T00:00:00+08:00`; without it, now.
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
    /// Files and folders with YAML or JSON: workloads together with the services and records of this cluster; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// How `check` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// SARIF 2.1.0, for code hosts.
    Sarif,
    /// JUnit, for pipelines.
    Junit,
}
