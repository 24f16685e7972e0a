//! What the sidecar is told about its records. Without a spool it keeps none.

use std::path::PathBuf;

use clap::Args;

use super::writer::Durability;

/// Records.
#[derive(Args, Clone, Debug, Default)]
pub struct RecordArgs {
    /// File for records that the ledger has not acknowledged; on a volume that only the sidecar mounts.
    #[arg(long, value_name = "FILE", requires = "pod_uid")]
    pub spool: Option<PathBuf>,
    /// Its size in bytes: at most 80 % of the volume's limit, or the pod is evicted.
    #[arg(long, value_name = "BYTES", default_value_t = 200 << 20)]
    pub spool_bytes: u64,
    /// UID of the pod (metadata.uid).
    #[arg(long, value_name = "UID")]
    pub pod_uid: Option<String>,
    /// How far a record must have come before the first byte of its answer leaves.
    #[arg(long, value_enum, default_value = "async")]
    pub durability: Durability,
    /// Where the ledger takes records; without it they stay in the spool.
    #[arg(long, value_name = "URL", requires_all = ["ledger_token", "ledger_authority"])]
    pub ledger: Option<String>,
    /// Projected token for the ledger's audience; read anew for every batch.
    #[arg(long, value_name = "FILE")]
    pub ledger_token: Option<PathBuf>,
    /// Certificates (PEM) that may vouch for the ledger.
    #[arg(long, value_name = "FILE")]
    pub ledger_authority: Option<PathBuf>,
    /// Where the kubelet reads the last word of a container; written only if it is there.
    #[arg(long, value_name = "FILE", default_value = "/dev/termination-log")]
    pub termination_log: PathBuf,
}
