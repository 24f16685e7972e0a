//! The webhooks' certificate: gap-free, whoever rotates what.
//!
//! In: a Secret, the bundles that the webhook configurations hold, a clock. Out: the certificate in use, what readiness
//! says of it. Only `clientConfig.caBundle` is ours in the configurations; the chart owns the rest, so that uninstalling
//! removes them whoever is dead. Must not make a configuration again that somebody deleted, must not keep a leaf's key
//! anywhere but in memory.
//!
//! * Our own authority (`keeper`): the leader writes the next authority beside the current one (`contents`), publishes both
//!   (`published`), sees both, waits for the API servers to see them, and only then switches (`rotation`). Every replica
//!   signs its own short leaf (`authority`) and puts it into use once its authority is published (`serving`).
//! * Somebody else's (`given`): a TLS Secret of cert-manager or of the admin; the last good pair is kept.

pub mod authority;
pub mod contents;
pub mod given;
pub mod keeper;
pub mod published;
pub mod rotation;
pub mod serving;
pub mod status;
pub mod trust;

use super::args::RunArgs;

/// Names that the API server may dial.
#[must_use]
pub fn server_names(args: &RunArgs) -> Vec<String> {
    let mut names = vec![format!("{}.{}.svc", args.service_name, args.namespace)];
    names.extend(args.certificate_name.iter().cloned());
    names
}
