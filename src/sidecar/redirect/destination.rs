//! Where a client wanted to go before the rules led it here.
//!
//! In: an accepted connection. Out: the port that was dialled. Must not: guess; a connection that nothing led here has none.

use std::net::SocketAddr;

use socket2::SockRef;
use tokio::net::TcpStream;

/// The port that the client dialled; `None` when the rules did not lead the connection here.
#[must_use]
pub fn original_port(stream: &TcpStream) -> Option<u16> {
    let socket = SockRef::from(stream);
    let local = stream.local_addr().ok()?;
    let original = match local {
        SocketAddr::V4(_) => socket.original_dst_v4(),
        SocketAddr::V6(_) => socket.original_dst_v6(),
    };
    let original = original.ok()?.as_socket()?;
    // Who dials our port directly has nowhere to go.
    (original.port() != local.port()).then_some(original.port())
}
