//! Netlink messages (RFC 3549) as bytes: headers, attributes, the answers that count.
//!
//! In: numbers and names. Out: bytes, and what an answer says. Must not: know rules, or talk.

/// Length of `struct nlmsghdr`.
const HEADER: usize = 16;
/// Length of `struct nfgenmsg`.
const GENERIC: usize = 4;
/// Attribute holds attributes.
const NESTED: u16 = 0x8000;

/// `NLM_F_REQUEST`.
pub(super) const REQUEST: u16 = 0x1;
/// `NLM_F_ACK`.
pub(super) const ACKNOWLEDGE: u16 = 0x4;
/// `NLM_F_CREATE`.
pub(super) const CREATE: u16 = 0x400;
/// `NLM_F_APPEND`.
pub(super) const APPEND: u16 = 0x800;
/// `NLM_F_DUMP`.
pub(super) const DUMP: u16 = 0x300;

/// `NLMSG_ERROR`: an acknowledgement, too.
const ERROR: u16 = 2;
/// `NLMSG_DONE`: the end of a dump.
const DONE: u16 = 3;

/// Appends one netfilter message; `body` appends its attributes.
pub(super) fn message(
    out: &mut Vec<u8>,
    kind: u16,
    flags: u16,
    sequence: u32,
    family: u8,
    resource: u16,
    body: impl FnOnce(&mut Vec<u8>),
) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend(kind.to_ne_bytes());
    out.extend((REQUEST | flags).to_ne_bytes());
    out.extend(sequence.to_ne_bytes());
    out.extend([0; 4]);
    out.extend([family, 0]);
    out.extend(resource.to_be_bytes());
    body(out);
    let length = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_ne_bytes());
}

/// Appends one attribute, padded to four bytes.
pub(super) fn attribute(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    nest(out, kind, |out| out.extend(value));
}

/// Appends an attribute of one number, in network order as netfilter wants it.
pub(super) fn number(out: &mut Vec<u8>, kind: u16, value: u32) {
    attribute(out, kind, &value.to_be_bytes());
}

/// Appends an attribute of one name, with the zero at its end.
pub(super) fn name(out: &mut Vec<u8>, kind: u16, value: &str) {
    nest(out, kind, |out| {
        out.extend(value.bytes());
        out.push(0);
    });
}

/// Appends an attribute that holds others.
pub(super) fn nested(out: &mut Vec<u8>, kind: u16, body: impl FnOnce(&mut Vec<u8>)) {
    nest(out, kind | NESTED, body);
}

fn nest(out: &mut Vec<u8>, kind: u16, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 2]);
    out.extend(kind.to_ne_bytes());
    body(out);
    let length = u16::try_from(out.len() - start).unwrap_or(u16::MAX);
    out[start..start + 2].copy_from_slice(&length.to_ne_bytes());
    out.resize(out.len().next_multiple_of(4), 0);
}

/// What one message of an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The message of that sequence number was taken.
    Acknowledged(u32),
    /// The message of that sequence number was refused, with the number of the error.
    Refused(u32, i32),
    /// Something of a dump, of this kind.
    Entry(u16),
    /// The end of a dump.
    Done,
}

/// Every message of an answer; what is cut short or has an impossible length ends it.
pub(super) fn answers(mut bytes: &[u8]) -> Vec<Answer> {
    let mut found = Vec::new();
    while let Some((header, _)) = bytes.split_at_checked(HEADER) {
        let long = |at: usize| <[u8; 4]>::try_from(&header[at..at + 4]).map_or(0, u32::from_ne_bytes);
        let kind = u16::from_ne_bytes([header[4], header[5]]);
        let Ok(length) = usize::try_from(long(0)) else { break };
        let Some(body) = bytes.get(HEADER..length) else { break };
        found.push(match (kind, body.first_chunk::<4>()) {
            (ERROR, Some(code)) => match i32::from_ne_bytes(*code) {
                0 => Answer::Acknowledged(long(8)),
                code => Answer::Refused(long(8), code.saturating_neg()),
            },
            (DONE, _) => Answer::Done,
            _ if body.len() >= GENERIC => Answer::Entry(kind),
            _ => break,
        });
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_states_its_length_and_pads_its_attributes() {
        let mut out = Vec::new();
        message(&mut out, 0x0a00, CREATE, 7, 2, 0, |out| name(out, 1, "dss"));
        assert_eq!(out.len(), HEADER + GENERIC + 4 + 4);
        assert_eq!(out[..4], 28_u32.to_ne_bytes());
        assert_eq!(out[20..24], [8_u16.to_ne_bytes(), 1_u16.to_ne_bytes()].concat());
        assert_eq!(&out[24..], b"dss\0");
    }

    #[test]
    fn answers_are_read_by_sequence_number() {
        let answer = |code: i32| {
            let mut out = Vec::new();
            message(&mut out, ERROR, 0, 9, 0, 0, |_| {});
            out[HEADER..].copy_from_slice(&code.to_ne_bytes());
            out
        };
        let bytes = [answer(0), answer(-1)].concat();
        assert_eq!(answers(&bytes), [Answer::Acknowledged(9), Answer::Refused(9, 1)]);
        assert_eq!(answers(&bytes[..30]), [Answer::Acknowledged(9)]);
    }

    proptest! {
        #[test]
        fn whatever_the_kernel_says_nothing_panics_and_it_ends(bytes: Vec<u8>) {
            prop_assert!(answers(&bytes).len() <= bytes.len());
        }
    }
}
