//! The netlink socket to nf_tables of this network namespace.
//!
//! In: messages. Out: taken, or why not. Must not: know what they say.

use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::netlink::{NETFILTER, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recv, send, socket_with, sockopt,
};

use super::message::{Answer, answers};
use super::ruleset::{self, ACKNOWLEDGED, Family, NEW_RULE};

/// The kernel answers at once or not at all.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);
/// Answers are a few hundred bytes.
const ANSWER: usize = 32 << 10;

/// Why the rules do not hold.
#[derive(Debug, thiserror::Error)]
pub enum KernelError {
    /// No socket, or it broke.
    #[error("the kernel's netfilter cannot be reached: {0}; the node's kernel needs nf_tables")]
    Unreachable(#[source] std::io::Error),
    /// A change was refused.
    #[error(
        "the kernel refuses the rules that lead traffic to the sidecar: {0}; the container needs NET_ADMIN, and the node's kernel \
         nf_tables with NAT (modules nf_tables, nft_chain_nat, nft_redir)"
    )]
    Refused(#[source] std::io::Error),
    /// Taken, and then not there.
    #[error("the rules that lead traffic to the sidecar were written and are not there; create the pod again")]
    Missing,
}

fn unreachable(error: Errno) -> KernelError {
    KernelError::Unreachable(error.into())
}

/// An open socket.
pub(super) struct Kernel(OwnedFd);

impl Kernel {
    /// Opens it.
    pub fn open() -> Result<Self, KernelError> {
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(NETFILTER))
            .map_err(unreachable)?;
        bind(&socket, &SocketAddrNetlink::new(0, 0)).map_err(unreachable)?;
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(TIMEOUT)).map_err(unreachable)?;
        Ok(Self(socket))
    }

    /// Sends a batch; all of it is taken, or nothing.
    pub fn transact(&mut self, batch: &[u8]) -> Result<(), KernelError> {
        self.send(batch)?;
        let mut open = ACKNOWLEDGED.count();
        while open > 0 {
            for answer in self.receive()? {
                match answer {
                    Answer::Refused(_, code) => {
                        return Err(KernelError::Refused(std::io::Error::from_raw_os_error(code)));
                    }
                    Answer::Acknowledged(_) => open = open.saturating_sub(1),
                    Answer::Entry(_) | Answer::Done => {}
                }
            }
        }
        Ok(())
    }

    /// Reads our rule back.
    pub fn verify(&mut self, family: Family) -> Result<(), KernelError> {
        self.send(&ruleset::dump(family))?;
        let mut rules = 0;
        loop {
            for answer in self.receive()? {
                match answer {
                    Answer::Entry(NEW_RULE) => rules += 1,
                    Answer::Entry(_) | Answer::Acknowledged(_) => {}
                    Answer::Done if rules == 1 => return Ok(()),
                    Answer::Done | Answer::Refused(..) => return Err(KernelError::Missing),
                }
            }
        }
    }

    fn send(&self, bytes: &[u8]) -> Result<(), KernelError> {
        send(&self.0, bytes, SendFlags::empty()).map(|_| ()).map_err(unreachable)
    }

    fn receive(&self) -> Result<Vec<Answer>, KernelError> {
        let mut buffer = vec![0; ANSWER];
        let (length, _) = recv(&self.0, buffer.as_mut_slice(), RecvFlags::empty()).map_err(unreachable)?;
        Ok(answers(buffer.get(..length).unwrap_or_default()))
    }
}
