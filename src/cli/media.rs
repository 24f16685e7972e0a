//! `inspect` and `label`: the implicit label of files.
//!
//! In: files. Out: what each says of itself, or a copy that bears a label. Must not: write over anything, hold more of a file than its
//! head, or call a file labelled that does not read back as such. There is no `strip` (Order 12 Art. 18; Labelling Measures Art. 10).

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::Path;

use serde::Serialize;
use uuid::Uuid;

use crate::label::carrier::{Carrier, MediaJob};
use crate::label::plan::{HEAD_LIMIT, Plan};
use crate::label::{AigcLabel, Job, Outcome};
use crate::law::ProviderCode;

/// A code to look with; it is never written.
const LOOKING: &str = "001191110108MADEM0XY1800000";

/// Why a file cannot be inspected or labelled.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The file.
    #[error("{file}: {source}")]
    File {
        /// Which.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// Not one of the formats that carry a label.
    #[error("{0}: not a file of a format that carries a label here (docs/labels.md)")]
    Format(String),
    /// Who made it.
    #[error("--provider: {0}")]
    Provider(String),
    /// Which it is.
    #[error("--produce-id: {0}")]
    ProduceId(String),
    /// It bears a label, which stays the only one.
    #[error("{0}: bears a label already, which stays the only one (GB 45438-2025, 6.1)")]
    Labelled(String),
    /// It cannot bear one.
    #[error("{file}: cannot bear a label: {reason} (docs/labels.md)")]
    Unlabelable {
        /// Which.
        file: String,
        /// Stable code of the reason.
        reason: &'static str,
    },
    /// What was written does not read back.
    #[error("{0}: what was written does not read back as labelled; it has been removed")]
    Unverified(String),
}

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// Which.
    pub file: String,
    /// `labelled`, `absent`, or `inconclusive`: broken, or of a form in which a label may stand where it is not looked for.
    pub verdict: &'static str,
    /// The label as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Why it is inconclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// Looks for the label.
///
/// # Errors
/// [`MediaError`] when the file cannot be read or is of no known format.
pub fn inspect(path: &Path) -> Result<Inspection, MediaError> {
    let looking =
        AigcLabel::first_write(LOOKING, "inspect").map_err(|error| MediaError::Provider(error.to_string()))?;
    let (_, plan, _) = plan(path, looking)?;
    let (verdict, label, reason) = match plan.outcome {
        Outcome::Kept(label) => ("labelled", Some(label.bare()), None),
        Outcome::Labelled => ("absent", None, None),
        Outcome::HeaderOnly(reason) | Outcome::Unlabelable(reason) => ("inconclusive", None, Some(reason)),
        Outcome::Empty => ("inconclusive", None, Some("empty")),
    };
    Ok(Inspection { file: path.display().to_string(), verdict, label, reason })
}

/// Writes a labelled copy to a file that is not there yet; says what the label is.
///
/// # Errors
/// [`MediaError`]; then there is no copy.
pub fn label(path: &Path, output: &Path, provider: &str, produce_id: Option<&str>) -> Result<AigcLabel, MediaError> {
    let code =
        ProviderCode::parse(provider).map_err(|error| MediaError::Provider(format!("{error}; {}", error.remedy())))?;
    let fresh = Uuid::now_v7().simple().to_string();
    let label = AigcLabel::first_write(code.as_str(), produce_id.unwrap_or(&fresh))
        .map_err(|error| MediaError::ProduceId(error.to_string()))?;
    let (mut file, plan, head) = plan(path, label.clone())?;
    let name = path.display().to_string();
    match plan.outcome {
        Outcome::Labelled => {}
        Outcome::Kept(_) => return Err(MediaError::Labelled(name)),
        Outcome::HeaderOnly(reason) | Outcome::Unlabelable(reason) => {
            return Err(MediaError::Unlabelable { file: name, reason });
        }
        Outcome::Empty => return Err(MediaError::Unlabelable { file: name, reason: "empty" }),
    }
    let target = output.display().to_string();
    let failed = |source| MediaError::File { file: target.clone(), source };
    let mut copy = File::create_new(output).map_err(failed)?;
    let written = io::copy(&mut plan.head(&head).as_slice(), &mut copy).and_then(|_| io::copy(&mut file, &mut copy));
    let written = written.and_then(|_| copy.sync_all()).map_err(failed);
    let reads_back = || inspect(output).is_ok_and(|found| found.label.as_deref() == Some(label.bare().as_str()));
    match written {
        Ok(()) if reads_back() => Ok(label),
        result => {
            // Half a copy is worse than none.
            let _ = std::fs::remove_file(output);
            Err(result.err().unwrap_or(MediaError::Unverified(target)))
        }
    }
}

/// The file behind its head, what to do to the head, and the head.
fn plan(path: &Path, label: AigcLabel) -> Result<(File, Plan, Vec<u8>), MediaError> {
    let name = path.display().to_string();
    let failed = |source| MediaError::File { file: name.clone(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mut head = Vec::new();
    let limit = u64::try_from(HEAD_LIMIT).unwrap_or(u64::MAX);
    (&mut file).take(limit).read_to_end(&mut head).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let carrier = Carrier::of_signature(&head).ok_or(MediaError::Format(name.clone()))?;
    let plan = Job::Media(MediaJob::new(carrier, label)).inspect(&head, length <= limit);
    file.seek(SeekFrom::Start(head.len() as u64)).map_err(failed)?;
    Ok((file, plan.unwrap_or_else(|| Plan::unchanged(Outcome::Unlabelable("undecided"))), head))
}
