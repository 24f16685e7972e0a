//! What a process has used, from /proc.

use std::time::Duration;

use crate::Error;

/// Clock ticks per second in /proc; the kernel's interface is fixed to it.
const TICKS: u64 = 100;

/// CPU time of the process, user and system.
pub fn cpu(pid: u32) -> Result<Duration, Error> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold spaces.
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS))
}

/// Memory of a process in MB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Resident now.
    pub now: f64,
    /// The most that ever was resident.
    pub peak: f64,
    /// Of `now`, the pages of the program's file, which the kernel may drop.
    pub file: f64,
}

/// What the process holds in memory.
pub fn memory(pid: u32) -> Result<Memory, Error> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let megabytes = |name: &str| {
        let line =
            text.lines().find_map(|line| line.strip_prefix(name)).ok_or_else(|| format!("no {name} of {pid}"))?;
        let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok::<_, Error>(kibibytes * 1024.0 / 1e6)
    };
    Ok(Memory { now: megabytes("VmRSS:")?, peak: megabytes("VmHWM:")?, file: megabytes("RssFile:")? })
}
