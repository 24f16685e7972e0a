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
    /// Its size in bytes: at most 80 % of the volume's limit, which counts as the sidecar's memory. An answer is about 300.
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 20)]
    pub spool_bytes: u64,
    /// UID of the pod (metadata.uid).
    #[arg(long, value_name = "UID")]
    pub pod_uid: Option<String>,
    /// How far a record must have come before the first byte of its answer leaves.
    #[arg(long, value_enum, default_value = "async")]
    pub durability: Durability,
    /// Projected token for the ledger's audience; read anew for every batch. Where the ledger is says the configuration;
    /// until it does, records stay in the spool.
    #[arg(long, value_name = "FILE", requires = "spool")]
    pub ledger_token: Option<PathBuf>,
    /// Where the kubelet reads the last word of a container; written only if it is there.
    #[arg(long, value_name = "FILE", default_value = "/dev/termination-log")]
    pub termination_log: PathBuf,
}
