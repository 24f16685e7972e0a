//! The labelling sidecar: a reverse proxy on the pod's addresses in front of an application on loopback.
//!
//! In: HTTP/1.1 and HTTP/2 clear text, a signed configuration file. Out: the application's answers,
//! labelled as Order 12 Arts 16 and 17, the Labelling Measures and GB 45438-2025 ask. It must never
//! buffer more than the head of an answer, never pass generated content unlabelled on a route declared
//! `Generated`, and never log content or identities. What a label looks like is [`crate::label`]'s affair.

pub mod admin;
pub mod args;
pub mod audit;
pub mod body;
pub mod config;
pub mod connection;
pub mod disclosure;
pub mod drain;
pub mod etag;
pub mod gate;
pub mod headers;
pub mod listen;
pub mod metrics;
pub mod problem;
pub mod produce_id;
pub mod proxy;
pub mod record;
pub mod redirect;
pub mod request;
pub mod respond;
pub mod route;
pub mod state;
pub mod supervise;
pub mod tunnel;
pub mod upstream;
