//! The rules as one transaction of nf_tables.
//!
//! In: the address family, the sidecar's two ports. Out: bytes for the kernel. Must not: talk.
//!
//! What they say, in the words of `nft`:
//!
//! ```text
//! table ip deepsynthesis { chain inbound { type nat hook prerouting priority dstnat;
//!   iifname != "lo" tcp dport != ADMIN redirect to :PROXY } }
//! ```
//!
//! Connections between the containers of a pod pass over `lo`, the sidecar's own to the application among them.

use super::message::{APPEND, CREATE, DUMP, attribute, message, name, nested, number};

/// Name of the table; whoever looks at a pod's rules sees whose they are.
const TABLE: &str = "deepsynthesis";
const CHAIN: &str = "inbound";

/// `NFNL_SUBSYS_NFTABLES`.
const SUBSYSTEM: u16 = 10;
const NEW_TABLE: u16 = SUBSYSTEM << 8;
const DELETE_TABLE: u16 = SUBSYSTEM << 8 | 2;
const NEW_CHAIN: u16 = SUBSYSTEM << 8 | 3;
/// Kind of each rule of a dump.
pub(super) const NEW_RULE: u16 = SUBSYSTEM << 8 | 6;
const GET_RULE: u16 = SUBSYSTEM << 8 | 7;
const BATCH_BEGIN: u16 = 0x10;
const BATCH_END: u16 = 0x11;

/// `NFT_REG_1`.
const REGISTER: u32 = 1;
/// `IPPROTO_TCP`.
const TCP: u8 = 6;
/// `IFNAMSIZ`: interface names are compared with all zeros behind them.
const INTERFACE_NAME: usize = 16;
/// `NF_IP_PRI_NAT_DST`.
const PRIORITY: i32 = -100;

/// Address families, each with a table of its own: kernels before 5.2 know no NAT for both at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// `NFPROTO_IPV4`.
    Ipv4 = 2,
    /// `NFPROTO_IPV6`.
    Ipv6 = 10,
}

/// One transaction: the table of an earlier run goes, ours comes. The last message asks for an acknowledgement, and so
/// does each that may be refused: see [`acknowledged`].
pub(super) fn batch(family: Family, proxy: u16, admin: u16) -> Vec<u8> {
    let mut out = Vec::new();
    let table = |out: &mut Vec<u8>| name(out, 1, TABLE);
    let family = family as u8;
    let acknowledge = super::message::ACKNOWLEDGE;
    message(&mut out, BATCH_BEGIN, 0, 0, 0, SUBSYSTEM, |_| {});
    // A table can be deleted only where there is one.
    message(&mut out, NEW_TABLE, CREATE | acknowledge, 1, family, 0, table);
    message(&mut out, DELETE_TABLE, acknowledge, 2, family, 0, table);
    message(&mut out, NEW_TABLE, CREATE | acknowledge, 3, family, 0, table);
    message(&mut out, NEW_CHAIN, CREATE | acknowledge, 4, family, 0, |out| {
        name(out, 1, TABLE);
        name(out, 3, CHAIN);
        nested(out, 4, |out| {
            // NF_INET_PRE_ROUTING
            number(out, 1, 0);
            number(out, 2, PRIORITY.cast_unsigned());
        });
        name(out, 7, "nat");
    });
    message(&mut out, NEW_RULE, CREATE | APPEND | acknowledge, 5, family, 0, |out| {
        name(out, 1, TABLE);
        name(out, 2, CHAIN);
        nested(out, 4, |out| expressions(out, proxy, admin));
    });
    message(&mut out, BATCH_END, 0, 6, 0, SUBSYSTEM, |_| {});
    out
}

/// Sequence numbers of [`batch`] that are acknowledged.
pub(super) const ACKNOWLEDGED: std::ops::RangeInclusive<u32> = 1..=5;

/// Asks for all rules of our chain.
pub(super) fn dump(family: Family) -> Vec<u8> {
    let mut out = Vec::new();
    message(&mut out, GET_RULE, DUMP, 1, family as u8, 0, |out| {
        name(out, 1, TABLE);
        name(out, 2, CHAIN);
    });
    out
}

fn expressions(out: &mut Vec<u8>, proxy: u16, admin: u16) {
    // NFT_META_IIFNAME
    load_meta(out, 6);
    let mut loopback = [0; INTERFACE_NAME];
    loopback[..2].copy_from_slice(b"lo");
    compare(out, false, &loopback);
    // NFT_META_L4PROTO
    load_meta(out, 16);
    compare(out, true, &[TCP]);
    expression(out, "payload", |out| {
        number(out, 1, REGISTER);
        // NFT_PAYLOAD_TRANSPORT_HEADER; the destination port is its second half word.
        for (kind, value) in [(2, 2), (3, 2), (4, 2)] {
            number(out, kind, value);
        }
    });
    compare(out, false, &admin.to_be_bytes());
    expression(out, "immediate", |out| {
        number(out, 1, REGISTER);
        nested(out, 2, |out| attribute(out, 1, &proxy.to_be_bytes()));
    });
    expression(out, "redir", |out| number(out, 1, REGISTER));
}

fn expression(out: &mut Vec<u8>, kind: &str, body: impl FnOnce(&mut Vec<u8>)) {
    nested(out, 1, |out| {
        name(out, 1, kind);
        nested(out, 2, body);
    });
}

fn load_meta(out: &mut Vec<u8>, key: u32) {
    expression(out, "meta", |out| {
        number(out, 1, REGISTER);
        number(out, 2, key);
    });
}

fn compare(out: &mut Vec<u8>, is_equal: bool, value: &[u8]) {
    expression(out, "cmp", |out| {
        number(out, 1, REGISTER);
        number(out, 2, u32::from(!is_equal));
        nested(out, 3, |out| attribute(out, 1, value));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_begins_and_ends_and_asks_for_an_answer_to_each_change() {
        let batch = batch(Family::Ipv4, 15991, 15990);
        let mut rest = batch.as_slice();
        let mut kinds = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_ne_bytes(rest[..4].try_into().unwrap()) as usize;
            let asks = u16::from_ne_bytes([rest[6], rest[7]]) & super::super::message::ACKNOWLEDGE != 0;
            let sequence = u32::from_ne_bytes(rest[8..12].try_into().unwrap());
            assert_eq!(asks, ACKNOWLEDGED.contains(&sequence));
            kinds.push(u16::from_ne_bytes([rest[4], rest[5]]));
            rest = &rest[length..];
        }
        assert_eq!(kinds, [BATCH_BEGIN, NEW_TABLE, DELETE_TABLE, NEW_TABLE, NEW_CHAIN, NEW_RULE, BATCH_END]);
        let has = |bytes: &[u8]| batch.windows(bytes.len()).any(|window| window == bytes);
        assert!(has(&15991_u16.to_be_bytes()) && has(&15990_u16.to_be_bytes()) && has(b"redir\0"));
    }
}
