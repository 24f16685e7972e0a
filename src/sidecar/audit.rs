//! The listener audit: nobody but the sidecar listens on an address that others can reach.
//!
//! In: the kernel's socket tables of the pod's network namespace. Out: the listeners that would let
//! clients pass the sidecar by. An application that binds its declared port on all addresses dies by
//! itself (EADDRINUSE); this finds every other port.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

/// State of a listening socket in the table.
const LISTEN: &str = "0A";

/// All listening sockets of one table (`/proc/net/tcp` or `tcp6`). Lines that do not parse are skipped:
/// the kernel writes the table, the header is one of them.
pub fn listeners(table: &str) -> impl Iterator<Item = SocketAddr> + '_ {
    table.lines().filter_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let local = fields.nth(1)?;
        let state = fields.nth(1)?;
        (state == LISTEN).then(|| address(local)).flatten()
    })
}

/// `0100007F:1F90`: each 32-bit word in host order (little-endian on every platform we ship), port in hex.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| {
        let digits = ip.get(at * 8..at * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let ip = match ip.len() {
        8 => IpAddr::from(Ipv4Addr::from(word(0)?)),
        32 => {
            let mut bytes = [0; 16];
            for (at, part) in bytes.chunks_exact_mut(4).enumerate() {
                part.copy_from_slice(&word(at)?);
            }
            IpAddr::from(Ipv6Addr::from(bytes)).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// Listeners that are neither on loopback nor ours.
#[must_use]
pub fn exposed(tables: &[String], own: &BTreeSet<SocketAddr>) -> BTreeSet<SocketAddr> {
    tables
        .iter()
        .flat_map(|table| listeners(table))
        .filter(|listener| !listener.ip().is_loopback() && !own.contains(listener))
        .collect()
}

/// Reads both tables. A kernel without IPv6 has only one.
///
/// # Errors
/// When the IPv4 table cannot be read, or the IPv6 table exists and cannot.
pub fn read_tables(directory: &Path) -> io::Result<Vec<String>> {
    let mut tables = vec![std::fs::read_to_string(directory.join("tcp"))?];
    match std::fs::read_to_string(directory.join("tcp6")) {
        Ok(table) => tables.push(table),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(tables)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCP: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 00000000:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1
   2: 0500000A:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1
   3: 0500000A:1F90 0600000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 4 1
";
    const TCP6: &str = "\
  sl  local_address                         remote_address                        st tx_queue
   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000
   2: 0000000000000000FFFF00000100007F:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000
   3: 000000FD000000000000000001000000:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000
";

    #[test]
    #[cfg(target_endian = "little")]
    fn reads_ipv4_ipv6_mapped_and_wildcard_addresses_from_the_kernel_tables() {
        let v4: Vec<_> = listeners(TCP).map(|address| address.to_string()).collect();
        assert_eq!(v4, ["127.0.0.1:8080", "0.0.0.0:9000", "10.0.0.5:8080"]);
        let v6: Vec<_> = listeners(TCP6).map(|address| address.to_string()).collect();
        assert_eq!(v6, ["[::1]:8080", "[::]:80", "127.0.0.1:8081", "[fd00::1]:8082"]);
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn reports_only_what_others_can_reach_and_is_not_ours() {
        let own = BTreeSet::from(["10.0.0.5:8080".parse().unwrap()]);
        let found: Vec<_> = exposed(&[TCP.to_owned(), TCP6.to_owned()], &own).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["0.0.0.0:9000", "[::]:80", "[fd00::1]:8082"]);
    }

    #[test]
    fn nonsense_is_no_listener() {
        for line in ["", "0:", "0: zz:1F90 x 0A", "0: 0100:1F90 x 0A", "0: 0100007F:99999 x 0A", "0: é00007F:1F90 x 0A"]
        {
            assert_eq!(listeners(line).count(), 0, "{line}");
        }
    }
}
