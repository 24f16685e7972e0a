//! The ledger's command line. Every flag is written out by the chart.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use crate::law::Months;
use crate::law::retention::{RetentionClass, RetentionError};
use crate::record::retention::Hold;

/// Keeps records as long as the law wants, and proves that none is missing.
#[derive(Debug, Parser)]
#[command(name = "deepsynthesis-ledger", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take, keep and give records.
    Run(Box<RunArgs>),
    /// Verify a bundle or a log's folder, offline.
    Verify(VerifyArgs),
}

/// Settings of a running ledger.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// Address for TLS 1.3: records, queries, probes.
    #[arg(long, default_value = "0.0.0.0:8443")]
    pub listen: SocketAddr,
    /// Certificate chain, PEM; read again when it changes.
    #[arg(long, value_name = "FILE")]
    pub tls_certificate: PathBuf,
    /// Its key, PEM.
    #[arg(long, value_name = "FILE")]
    pub tls_key: PathBuf,
    /// Volume for write-ahead logs and segments.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// The 32 secret bytes that sign checkpoints; made at the first start if the file is not there.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Name of that key in checkpoints.
    #[arg(long, default_value = "deepsynthesis-ledger")]
    pub key_name: String,
    /// UID of the ledger's own pod: it signs what it writes itself.
    #[arg(long, value_name = "UID", default_value = "ledger")]
    pub pod_uid: String,
    /// User name or group that may read records; may stand several times.
    #[arg(long = "reader", value_name = "NAME")]
    pub readers: Vec<String>,
    /// User name of the operator, which promises longer periods by service and asks what is kept; it reads no record.
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
    /// How long network and waiver logs are kept, in calendar months (Cybersecurity Law Art. 23(3), Labelling Measures Art. 9).
    #[arg(long, value_name = "PERIOD", default_value = "P6M")]
    pub retention_logs: String,
    /// How long records of consent are kept (Order 12 Art. 14; the law names no period).
    #[arg(long, value_name = "PERIOD", default_value = "P3Y")]
    pub retention_consent: String,
    /// The longest period that a service may have its records promised.
    #[arg(long, value_name = "PERIOD", default_value = "P10Y")]
    pub retention_longest: String,
    /// Days whose records stay whatever their age, e.g. `2026-01-01/2026-03-31`; may stand several times.
    #[arg(long = "hold", value_name = "FROM/TO", value_parser = parse_hold)]
    pub holds: Vec<Hold>,
    /// A segment is sealed at this many bytes,
    #[arg(long, default_value_t = 16 << 20)]
    pub segment_bytes: usize,
    /// or at this age in seconds.
    #[arg(long, default_value_t = 300)]
    pub segment_age: u64,
    /// Seconds between two looks for expired segments.
    #[arg(long, default_value_t = 3600)]
    pub retention_interval: u64,
    /// Level of the log.
    #[arg(long, default_value = "info")]
    pub log_level: String,
}

/// What to verify.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// The ledger's public key, `name+id+base64`, from a place that the ledger cannot write.
    #[arg(long, value_name = "KEY")]
    pub key: String,
    /// A checkpoint that was kept elsewhere: without it, rollback, fork and cut tail are not checkable.
    #[arg(long, value_name = "FILE")]
    pub trusted_checkpoint: Option<PathBuf>,
    /// Name of the log; read from the file `log` of a bundle otherwise.
    #[arg(long)]
    pub log: Option<String>,
    /// An unpacked bundle, or the folder of a log.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

impl RunArgs {
    /// The period of each class.
    ///
    /// # Errors
    /// [`RetentionError`] when one is shorter than the law allows.
    pub fn periods(&self) -> Result<BTreeMap<RetentionClass, Months>, RetentionError> {
        let mut periods = BTreeMap::new();
        for class in RetentionClass::ALL {
            let period = match class {
                RetentionClass::NetworkLogs | RetentionClass::WaiverLogs => class.check(&self.retention_logs)?,
                RetentionClass::ConsentRecords => class.check(&self.retention_consent)?,
                RetentionClass::ImpactAssessments => class.default_period(),
            };
            periods.insert(class, period);
        }
        Ok(periods)
    }
}

/// Whole days in China.
fn parse_hold(text: &str) -> Result<Hold, String> {
    let start = |date: Date| {
        let zone = TimeZone::fixed(Offset::constant(8));
        date.to_zoned(zone).map(|zoned| Timestamp::from(zoned).as_millisecond()).map_err(|error| error.to_string())
    };
    let (from, to) = text.split_once('/').ok_or("FROM/TO is expected")?;
    let date = |text: &str| text.parse::<Date>().map_err(|error| error.to_string());
    let hold =
        Hold { from: start(date(from)?)?, to: start(date(to)?.tomorrow().map_err(|error| error.to_string())?)? - 1 };
    if hold.from <= hold.to { Ok(hold) } else { Err("the hold ends before it begins".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(extra: &[&str]) -> RunArgs {
        let line = ["ledger", "run", "--tls-certificate", "c", "--tls-key", "k", "--data", "d", "--key", "s"];
        match Cli::try_parse_from(line.iter().chain(extra)).unwrap().command {
            Command::Run(args) => *args,
            Command::Verify(_) => panic!("run was asked for"),
        }
    }

    #[test]
    fn refuses_less_than_six_months_cybersecurity_law_23() {
        assert!(run(&[]).periods().is_ok());
        for short in ["P5M", "P180D"] {
            assert!(run(&["--retention-logs", short]).periods().is_err(), "{short}");
        }
    }

    #[test]
    fn a_hold_is_whole_days_in_china() {
        let hold = parse_hold("2026-01-01/2026-01-01").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        assert_eq!((hold.from, hold.to), (at("2025-12-31T16:00:00Z"), at("2026-01-01T15:59:59.999Z")));
        for bad in ["2026-01-02/2026-01-01", "2026-01-01", "x/y"] {
            assert!(parse_hold(bad).is_err(), "{bad}");
        }
    }
}
