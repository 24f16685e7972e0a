//! The ledger's own secrets: the key that signs checkpoints, the certificate that it serves.
//!
//! In: files. Out: keys. Must not: read a key file that others may read, or go on with half a pair.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::record::LedgerKey;
use crate::record::checkpoint::CheckpointError;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// Others may read it.
    #[error("{0} can be read by everybody: others than its owner and the volume's group must have no rights")]
    Open(String),
    /// Not 32 bytes.
    #[error("{0} does not hold the 32 bytes of a key")]
    Length(String),
    /// Not a name.
    #[error("the name of the key: {0}")]
    Name(#[from] CheckpointError),
    /// No random numbers.
    #[error("no random numbers for a key: {0}")]
    Random(String),
    /// Not a certificate and its key.
    #[error("certificate and key do not make a pair: {0}")]
    Pair(String),
}

/// Reads the signing key, or makes it where there is none.
///
/// # Errors
/// [`KeyError`].
pub fn signing_key(path: &Path, name: &str) -> Result<LedgerKey, KeyError> {
    let file = path.display().to_string();
    let failed = |error| KeyError::File(file.clone(), error);
    match fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o007 != 0 => return Err(KeyError::Open(file)),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path, &failed)?,
        Err(error) => return Err(failed(error)),
    }
    let secret: [u8; 32] = fs::read(path).map_err(failed)?.try_into().map_err(|_| KeyError::Length(file.clone()))?;
    Ok(LedgerKey::new(name, &secret)?)
}

fn make(path: &Path, failed: &dyn Fn(io::Error) -> KeyError) -> Result<(), KeyError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| KeyError::Random(error.to_string()))?;
    // Whole or not at all: a torn key would end the ledger for good.
    let draft = path.with_extension("new");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).map_err(failed)?;
    file.write_all(&secret).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&draft, path).map_err(failed)
}

/// Reads certificate chain and key.
///
/// # Errors
/// [`KeyError`].
pub fn certificate(chain: &Path, key: &Path) -> Result<CertifiedKey, KeyError> {
    let pair = |error: String| KeyError::Pair(error);
    let chain = CertificateDer::pem_file_iter(chain).map_err(|error| pair(error.to_string()))?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(|error| pair(error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| pair(error.to_string()))?;
    let provider = rustls::crypto::ring::default_provider();
    CertifiedKey::from_der(chain, key, &provider).map_err(|error| pair(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_refused_when_others_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = signing_key(&path, "ledger").unwrap().verifier();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(signing_key(&path, "ledger").unwrap().verifier(), first);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(signing_key(&path, "ledger"), Err(KeyError::Open(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, b"short").unwrap();
        assert!(matches!(signing_key(&path, "ledger"), Err(KeyError::Length(_))));
    }
}
