//! The operator's command line. Every flag is written out by the chart.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;

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

/// What verdicts and injection depend on besides the cluster: the same for whoever asks, the operator or somebody offline.
#[derive(Args, Clone, Debug, Default)]
pub struct Settings {
    /// Image of the injected sidecar.
    #[arg(long)]
    pub sidecar_image: String,
    /// Pull policy of the injected sidecar.
    #[arg(long, default_value = "IfNotPresent")]
    pub sidecar_image_pull_policy: String,
    /// Pull secret to append to injected pods.
    #[arg(long = "sidecar-image-pull-secret")]
    pub sidecar_image_pull_secrets: Vec<String>,
    /// Where sidecars bring their records; without it they keep none.
    #[arg(long, value_name = "URL", requires = "ledger_authority")]
    pub ledger_url: Option<String>,
    /// User name under which the operator writes; only it may write the operator's own kinds.
    #[arg(long)]
    pub operator_service_account: String,
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
    /// Secret with tls.crt and tls.key that somebody else renews (cert-manager, you) and whose authority somebody else
    /// writes into the webhook configurations. Without it the operator has an authority of its own.
    #[arg(long)]
    pub certificate_secret: Option<String>,
    /// Times of the operator's own authority.
    #[command(flatten)]
    pub certificate: CertificateTimes,
    /// Name of the mutating and the validating webhook configuration for workloads.
    #[arg(long)]
    pub workloads_webhook: String,
    /// Name of the mutating and the validating webhook configuration for our own kinds.
    #[arg(long)]
    pub records_webhook: String,
    /// What verdicts and injection depend on.
    #[command(flatten)]
    pub settings: Settings,
    /// Certificates (PEM) that may vouch for the ledger; read again when they change.
    #[arg(long, value_name = "FILE", requires = "ledger_url")]
    pub ledger_authority: Option<PathBuf>,
    /// Secret for the ledger's certificate, which the operator's own authority signs.
    #[arg(long, value_name = "NAME", conflicts_with = "certificate_secret")]
    pub ledger_certificate_secret: Option<String>,
    /// File with a token for the ledger: without it nothing is promised to be kept longer than the ledger's own periods, and
    /// nobody looks whether it is.
    #[arg(long, value_name = "FILE", requires = "ledger_url")]
    pub ledger_token: Option<PathBuf>,
    /// Seconds for which webhooks keep answering after SIGTERM, while endpoints still point here.
    #[arg(long, default_value_t = 5)]
    pub linger_seconds: u64,
    /// How old a connection grows before its next answer closes it, give or take a quarter: so that API servers spread
    /// their requests over replicas that are newer than their connections.
    #[arg(long, default_value = "60s")]
    pub connection_age: SignedDuration,
    /// A replica that hears nothing of a watch for so long is not ready. API servers end a watch after at most 290 s and
    /// send a bookmark about every minute: a healthy watch is heard of sooner, even where there are no bookmarks.
    #[arg(long, default_value = "300s")]
    pub watch_limit: SignedDuration,
    /// Log filter: a level, or targets with levels such as `info,deepsynthesis=debug`.
    #[arg(long, default_value = "info")]
    pub log_level: String,
}

/// Times of the operator's own certificate authority, such as `8760h`, `90s`, `1h30m`.
#[derive(Args, Clone, Copy, Debug)]
pub struct CertificateTimes {
    /// How long an authority lives.
    #[arg(long, default_value = "8760h")]
    pub ca_lifetime: SignedDuration,
    /// How long before its end the next one is made. Longer than a cluster is ever switched off.
    #[arg(long, default_value = "1440h")]
    pub ca_renew_before: SignedDuration,
    /// How long a server certificate lives; renewed at half of it, kept in memory only.
    #[arg(long, default_value = "24h")]
    pub leaf_lifetime: SignedDuration,
    /// How long a bundle has to be seen in the webhook configurations before certificates rely on it: as long as the
    /// slowest API server's own watch may lag.
    #[arg(long, default_value = "60s")]
    pub settle: SignedDuration,
    /// How often the wall clock, the Secret and the configurations are looked at.
    #[arg(long, default_value = "30s")]
    pub check_interval: SignedDuration,
}

impl CertificateTimes {
    /// Whether a rotation can keep its promises with these.
    ///
    /// # Errors
    /// Which flag to change, and why.
    pub fn check(&self) -> Result<(), &'static str> {
        let least = SignedDuration::from_millis(100);
        let times = [self.ca_lifetime, self.ca_renew_before, self.leaf_lifetime, self.settle, self.check_interval];
        if times.iter().any(|time| *time < least) {
            return Err(
                "--ca-lifetime, --ca-renew-before, --leaf-lifetime, --settle and --check-interval must be positive",
            );
        }
        if self.ca_renew_before >= self.ca_lifetime {
            return Err(
                "--ca-renew-before must be shorter than --ca-lifetime: otherwise every authority is late at once",
            );
        }
        let handover = self.leaf_lifetime.saturating_add(self.settle).saturating_add(self.check_interval);
        if handover >= self.ca_renew_before {
            return Err(
                "--ca-renew-before must be longer than --leaf-lifetime, --settle and --check-interval together: \
                        a handover takes that long",
            );
        }
        if self.check_interval.saturating_mul(4) > self.leaf_lifetime {
            return Err(
                "--check-interval must be at most a quarter of --leaf-lifetime: otherwise a leaf may end unseen",
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_cannot_keep_a_rotation_gap_free_are_refused_by_flag() {
        for (words, text) in [
            ("", "fine"),
            ("--ca-lifetime 36s --ca-renew-before 20s --leaf-lifetime 12s --settle 3s --check-interval 500ms", "fine"),
            ("--settle 0s", "must be positive"),
            ("--ca-lifetime 1440h", "--ca-renew-before must be shorter"),
            ("--leaf-lifetime 1440h", "--ca-renew-before must be longer"),
            ("--settle 1417h", "--ca-renew-before must be longer"),
            ("--leaf-lifetime 1m", "--check-interval must be at most a quarter"),
        ] {
            let needed = "x run --namespace s --identity a --service-name o --workloads-webhook w --records-webhook r \
                          --sidecar-image i --operator-service-account u";
            let all = needed.split_whitespace().chain(words.split_whitespace());
            let Ok(Cli { command: Command::Run(args) }) = Cli::try_parse_from(all) else { panic!("{words}") };
            let said = args.certificate.check().err().unwrap_or("fine");
            assert!(said.contains(text), "{words}: {said}");
        }
    }
}
