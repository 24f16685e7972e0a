//! `deepsynthesis-ledger verify`: a bundle, or a log's folder, offline.
//!
//! In: files. Out: a report. Must not: read anything but the folder and the checkpoint that it was given.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::args::VerifyArgs;
use super::book::CHECKPOINT;
use super::export::TAIL;
use crate::record::checkpoint::CheckpointError;
use crate::record::seal::{data_name, seal_first};
use crate::record::verify::{Evidence, Part, verify};
use crate::record::{LedgerVerifier, Report};

/// Largest file that is read.
const MAX_FILE: u64 = 256 << 20;

/// Why nothing can be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// Not a key.
    #[error("--key: {0}")]
    Key(#[from] CheckpointError),
    /// Which log?
    #[error("the folder holds no file `log`: name it with --log")]
    Log,
}

/// Verifies.
///
/// # Errors
/// [`VerifyError`] when there is nothing to verify.
pub fn run(args: &VerifyArgs) -> Result<Report, VerifyError> {
    let key = LedgerVerifier::parse(&args.key)?;
    let folder = &args.folder;
    let log = match &args.log {
        Some(log) => log.clone(),
        None => text(&folder.join("log"))?.ok_or(VerifyError::Log)?.trim().to_owned(),
    };
    let entries = fs::read_dir(folder).map_err(|error| VerifyError::File(folder.clone(), error))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut firsts: Vec<u64> = names.filter_map(|name| seal_first(&name)).collect();
    firsts.sort_unstable();
    let mut parts = Vec::new();
    for first in firsts {
        let seal = text(&folder.join(crate::record::seal::seal_name(first)))?.unwrap_or_default();
        parts.push(Part { first, seal, data: bytes(&folder.join(data_name(first)))? });
    }
    let tail = text(&folder.join(TAIL))?.unwrap_or_default();
    let checkpoint = text(&folder.join(CHECKPOINT))?;
    let trusted = match &args.trusted_checkpoint {
        Some(path) => {
            let absent = || VerifyError::File(path.clone(), io::ErrorKind::NotFound.into());
            Some(text(path)?.ok_or_else(absent)?)
        }
        None => None,
    };
    Ok(verify(&Evidence {
        log: &log,
        key: &key,
        parts: &parts,
        tail: &tail,
        checkpoint: checkpoint.as_deref(),
        trusted: trusted.as_deref(),
    }))
}

fn bytes(path: &Path) -> Result<Option<Vec<u8>>, VerifyError> {
    let failed = |error| VerifyError::File(path.to_owned(), error);
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() > MAX_FILE => Err(failed(io::Error::other("the file is too large"))),
        Ok(_) => fs::read(path).map(Some).map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

fn text(path: &Path) -> Result<Option<String>, VerifyError> {
    let Some(bytes) = bytes(path)? else { return Ok(None) };
    String::from_utf8(bytes).map(Some).map_err(|error| VerifyError::File(path.to_owned(), io::Error::other(error)))
}
