//! `capture: Redirect`: all TCP traffic from outside of the pod is led to the sidecar, whatever address the application
//! listens on.
//!
//! In: ports. Out: rules of the pod's own network namespace, written once by an init container with NET_ADMIN; and for each
//! connection that they led here, where its client wanted to go. Must not: run in the sidecar's own container (it has no
//! rights over the network), or leave a rule half written: the kernel takes all of them or none.

mod destination;
mod kernel;
mod message;
mod ruleset;

use std::path::Path;

pub use destination::original_port;
pub use kernel::KernelError;

use ruleset::Family;

/// Writes the rules for both address families and reads them back.
///
/// # Errors
/// [`KernelError`]: what the kernel refused and what to do about it. The init container then fails, and nothing of the pod
/// starts.
pub fn write(proxy: u16, admin: u16, proc_net: &Path) -> Result<(), KernelError> {
    let mut kernel = kernel::Kernel::open()?;
    for family in [Family::Ipv4, Family::Ipv6] {
        // Not only for pods with an IPv6 address: every interface has one for its link, which neighbours can dial.
        if family == Family::Ipv6 && !has_ipv6(proc_net) {
            continue;
        }
        kernel.transact(&ruleset::batch(family, proxy, admin))?;
        kernel.verify(family)?;
    }
    Ok(())
}

/// Whether the kernel has IPv6 in this network namespace.
#[must_use]
pub fn has_ipv6(proc_net: &Path) -> bool {
    proc_net.join("if_inet6").exists()
}
