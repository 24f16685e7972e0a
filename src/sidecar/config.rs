//! The signed configuration file: read, verified, kept.
//!
//! In: the file (a ConfigMap mount, swapped by symlink), the operator's public key. Out: [`Loaded`].
//! A refused file changes nothing: the last good configuration stays in force (semantics.md S7).

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::args::RunArgs;
use crate::contract::envelope::MAX_ENVELOPE_BYTES;
use crate::contract::{Envelope, EnvelopeError, SidecarConfig, SidecarEndpoint, SidecarIssuer};
use crate::identity::{Issuer, KeySet};
use crate::label::Notice;
use crate::label::aigc::is_label_value;
use crate::label::api::turn::Ending;

/// A configuration in force.
#[derive(Debug)]
pub struct Loaded {
    /// What to do.
    pub config: SidecarConfig,
    /// Generation of the service it was made from.
    pub generation: i64,
    /// When it was signed.
    pub not_before: i64,
    /// The words of the explicit label in text.
    pub notice: Notice,
    /// The same as they follow an API's text.
    pub ending: Ending,
    /// Who may assert that a user was verified.
    pub issuers: Vec<Issuer>,
    /// What is put into every ETag on a labelling route.
    pub etag_suffix: String,
    envelope: Envelope,
}

impl Loaded {
    /// The endpoint on a port.
    #[must_use]
    pub fn endpoint(&self, port: u16) -> Option<&SidecarEndpoint> {
        self.config.endpoints.iter().find(|endpoint| endpoint.port == port)
    }

    /// Whether it is past its maximal age.
    #[must_use]
    pub fn is_stale(&self, now: i64) -> bool {
        self.envelope.is_stale(now)
    }
}

/// Why there is no new configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No file, or not readable.
    #[error("the configuration file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Not acceptable as an envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Signed, for this UID, and yet about something else.
    #[error("the configuration is for service {0}")]
    OtherService(String),
    /// Signed and impossible.
    #[error("the configuration cannot be applied: {0}")]
    Inapplicable(String),
}

impl ConfigError {
    /// Value of the metric's label.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Envelope(EnvelopeError::TooLarge) => "too_large",
            Self::Envelope(EnvelopeError::BadSignature | EnvelopeError::BadKey) => "bad_signature",
            Self::Envelope(EnvelopeError::Malformed(_)) => "malformed",
            Self::Envelope(EnvelopeError::Foreign(_)) | Self::OtherService(_) => "foreign",
            Self::Envelope(EnvelopeError::Older { .. }) => "older",
            Self::Envelope(EnvelopeError::NotYet(_)) => "not_yet",
            Self::Inapplicable(_) => "inapplicable",
        }
    }
}

/// Reads the file again and again.
#[derive(Debug, Default)]
pub struct Watch {
    accepted: Option<[u8; 32]>,
}

impl Watch {
    /// `Ok(None)` when the file is the one in force. A refused file is tried again each time, because
    /// it may only have been signed by a clock that runs ahead.
    ///
    /// # Errors
    /// [`ConfigError`] when there is no acceptable file.
    pub fn poll(
        &mut self,
        args: &RunArgs,
        in_force: Option<&Loaded>,
        now: i64,
    ) -> Result<Option<Arc<Loaded>>, ConfigError> {
        let file = read(&args.config)?;
        let digest: [u8; 32] = Sha256::digest(&file).into();
        if self.accepted == Some(digest) {
            return Ok(None);
        }
        let in_force = in_force.map(|loaded| (loaded.generation, loaded.not_before));
        let (envelope, config) = Envelope::open(&file, &args.verify_key, &args.service_uid, in_force, now)?;
        check(args, &config)?;
        // Words without both elements are no label; the standard ones are.
        let notice = config.wording.as_deref().and_then(|wording| Notice::new(wording).ok()).unwrap_or_default();
        let issuers = issuers(&config)?;
        self.accepted = Some(digest);
        Ok(Some(Arc::new(Loaded {
            issuers,
            ending: Ending::new(&notice),
            notice,
            generation: envelope.generation,
            not_before: envelope.not_before,
            etag_suffix: format!("-aigc-{}", config.label_policy_hash()),
            config,
            envelope,
        })))
    }
}

/// The issuers with their keys read, once for all requests.
fn issuers(config: &SidecarConfig) -> Result<Vec<Issuer>, ConfigError> {
    let issuers = config.identity.iter().flat_map(|identity| &identity.issuers);
    let read = |issuer: &SidecarIssuer| {
        let keys = KeySet::parse(&issuer.keys).map_err(|error| {
            ConfigError::Inapplicable(format!("the key set of the identity issuer {} {error}", issuer.url))
        })?;
        Ok(Issuer { url: issuer.url.clone(), audience: issuer.audience.clone(), keys })
    };
    issuers.map(read).collect()
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = Vec::new();
    // One byte more than allowed tells too large from large enough.
    File::open(path)?.take(MAX_ENVELOPE_BYTES as u64 + 1).read_to_end(&mut file)?;
    Ok(file)
}

fn check(args: &RunArgs, config: &SidecarConfig) -> Result<(), ConfigError> {
    if (&config.namespace, &config.service) != (&args.service.namespace, &args.service.name) {
        return Err(ConfigError::OtherService(format!("{}/{}", config.namespace, config.service)));
    }
    if config.provider_code.is_empty() || !is_label_value(&config.provider_code) {
        return Err(ConfigError::Inapplicable("the provider code cannot stand in a label".to_owned()));
    }
    let mut ports = HashSet::new();
    for SidecarEndpoint { port, .. } in &config.endpoints {
        if *port == 0 || *port == args.admin_port || !ports.insert(*port) {
            return Err(ConfigError::Inapplicable(format!("port {port} is reserved or stands twice")));
        }
    }
    Ok(())
}
