//! Command line of the sidecar. The injector writes it; it is part of the injection proof.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::record::args::RecordArgs;
use crate::api::names::{SIDECAR_ADMIN_PORT, SIDECAR_REDIRECT_PORT};
use crate::api::service::Capture;
use crate::contract::VerifyingKey;

/// Labels what a deep synthesis service delivers.
#[derive(Debug, Parser)]
#[command(name = "deepsynthesis-sidecar", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// Without a subcommand: run.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What a run needs.
    #[command(flatten)]
    pub run: Option<RunArgs>,
    /// What records need.
    #[command(flatten)]
    pub records: RecordArgs,
}

impl Cli {
    /// Subcommand, and arguments of a run.
    #[must_use]
    pub fn parts(self) -> (Option<Command>, Option<RunArgs>) {
        let records = self.records;
        (self.command, self.run.map(|run| RunArgs { records, ..run }))
    }
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask the running sidecar to drain and wait until its streams have ended (preStop).
    Drain(DrainArgs),
    /// Lead all traffic from outside of the pod to the sidecar (init container of `capture: Redirect`; needs NET_ADMIN).
    Redirect(RedirectArgs),
}

/// Arguments of a run.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// Service in front of which the sidecar stands.
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = parse_service)]
    pub service: ServiceRef,
    /// UID of the DeepSynthesisService.
    #[arg(long, value_name = "UID")]
    pub service_uid: String,
    /// Signed configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Public key of the operator, base64 of 32 bytes.
    #[arg(long, value_name = "BASE64", value_parser = parse_key)]
    pub verify_key: VerifyingKey,
    /// Addresses of the pod (status.podIPs). Not read from the environment: there `drain` would see it, too.
    #[arg(long, value_name = "IP,IP", value_delimiter = ',', required = true)]
    pub pod_ips: Vec<IpAddr>,
    /// Port for health, metrics and drain.
    #[arg(long, default_value_t = SIDECAR_ADMIN_PORT)]
    pub admin_port: u16,
    /// How traffic is made to pass: SplitAddress or Redirect.
    #[arg(long, value_name = "CAPTURE", default_value = "SplitAddress", value_parser = parse_capture)]
    pub capture: Capture,
    /// Port to which traffic is led (Redirect).
    #[arg(long, default_value_t = SIDECAR_REDIRECT_PORT)]
    pub redirect_port: u16,
    /// Where the kernel lists sockets.
    #[arg(long, value_name = "DIR", default_value = "/proc/net")]
    pub proc_net: PathBuf,
    /// Records. Arguments of their own, because clap takes nothing for given that another struct holds.
    #[arg(skip)]
    pub records: RecordArgs,
}

/// Arguments of `redirect`.
#[derive(Args, Clone, Debug)]
pub struct RedirectArgs {
    /// Port of the sidecar to which traffic is led.
    #[arg(long, default_value_t = SIDECAR_REDIRECT_PORT)]
    pub redirect_port: u16,
    /// Port of the sidecar that is dialled as it is: health, metrics.
    #[arg(long, default_value_t = SIDECAR_ADMIN_PORT)]
    pub admin_port: u16,
    /// Where the kernel lists addresses.
    #[arg(long, value_name = "DIR", default_value = "/proc/net")]
    pub proc_net: PathBuf,
}

/// Arguments of `drain`.
#[derive(Args, Clone, Copy, Debug)]
pub struct DrainArgs {
    /// Seconds to wait at most.
    #[arg(long, default_value_t = 25)]
    pub limit: u64,
    /// Port of the running sidecar.
    #[arg(long, default_value_t = SIDECAR_ADMIN_PORT)]
    pub admin_port: u16,
}

/// Namespace and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRef {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

fn parse_service(text: &str) -> Result<ServiceRef, String> {
    match text.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(ServiceRef { namespace: namespace.to_owned(), name: name.to_owned() })
        }
        _ => Err("NAMESPACE/NAME is expected".to_owned()),
    }
}

fn parse_capture(text: &str) -> Result<Capture, String> {
    [("SplitAddress", Capture::SplitAddress), ("Redirect", Capture::Redirect)]
        .into_iter()
        .find_map(|(name, capture)| (name == text).then_some(capture))
        .ok_or_else(|| "SplitAddress or Redirect is expected".to_owned())
}

fn parse_key(text: &str) -> Result<VerifyingKey, String> {
    VerifyingKey::from_base64(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sidecar::record::writer::Durability;

    #[test]
    fn reads_the_line_that_the_injector_writes() {
        let key = crate::contract::SigningKey::from_bytes(&[1; 32]).verifying_key().to_base64();
        let line = ["sidecar", "--service", "studio/portrait", "--service-uid", "u", "--config", "/c", "--verify-key"];
        let cli = Cli::try_parse_from(line.iter().copied().chain([key.as_str(), "--pod-ips", "10.0.0.1,fd00::1"]));
        let run = cli.unwrap().parts().1.unwrap();
        assert_eq!((run.service.name.as_str(), run.pod_ips.len(), run.admin_port), ("portrait", 2, 15990));
        assert_eq!(run.capture, Capture::SplitAddress);
        let redirected = Cli::try_parse_from(line.iter().copied().chain([
            key.as_str(),
            "--pod-ips",
            "10.0.0.1",
            "--capture",
            "Redirect",
        ]));
        assert_eq!(redirected.unwrap().parts().1.unwrap().capture, Capture::Redirect);
        assert!(Cli::try_parse_from(["sidecar", "redirect"]).unwrap().command.is_some());
        assert!(Cli::try_parse_from(["sidecar", "drain"]).unwrap().command.is_some());
        assert!(Cli::try_parse_from(["sidecar", "--service", "x"]).is_err());
        assert!(run.records.spool.is_none(), "what does not name a spool keeps no records");
        let more = [key.as_str(), "--pod-ips", "10.0.0.1", "--spool", "/s", "--pod-uid", "p", "--durability", "ledger"];
        let run = Cli::try_parse_from(line.iter().copied().chain(more)).unwrap().parts().1.unwrap();
        assert_eq!((run.records.pod_uid.as_deref(), run.records.durability), (Some("p"), Durability::Ledger));
        assert!(Cli::try_parse_from(["sidecar", "drain", "--spool", "/s"]).is_err());
    }
}
