//! What sidecars are told about the ledger.
//!
//! In: the operator's arguments and the file with the certificates that vouch for it, looked at again and again. Out: what goes into
//! every signed configuration. Must not: send sidecars certificates that cannot be read; the last good ones stay.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::contract::SidecarLedger;
use crate::operator::args::RunArgs;

/// Two authorities during a rotation, and room: every configuration carries them.
const MAX_AUTHORITY: usize = 32 << 10;

/// Why the certificates cannot be given to anyone.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum AuthorityError {
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    #[error("it has more than {MAX_AUTHORITY} bytes")]
    TooLarge,
    #[error("it holds no certificate in PEM")]
    NoCertificate,
}

/// The ledger as last seen.
#[derive(Default)]
pub struct Known {
    ledger: Option<SidecarLedger>,
    trouble: Option<String>,
}

impl Known {
    /// Looks at the file again.
    pub fn look(&mut self, args: &RunArgs) -> Option<SidecarLedger> {
        let (Some(url), Some(file)) = (&args.settings.ledger_url, &args.ledger_authority) else { return None };
        match read(file) {
            Ok(authority) => {
                self.ledger = Some(SidecarLedger { url: url.clone(), authority });
                self.trouble = None;
            }
            Err(error) => {
                let trouble = error.to_string();
                if self.trouble.as_ref() != Some(&trouble) {
                    let what = "sidecars are told no new certificates of the ledger";
                    tracing::error!(file = %file.display(), error = trouble, "{what}");
                    self.trouble = Some(trouble);
                }
            }
        }
        self.ledger.clone()
    }
}

fn read(file: &Path) -> Result<String, AuthorityError> {
    let text = std::fs::read_to_string(file).map_err(|error| AuthorityError::Unreadable(error.to_string()))?;
    if text.len() > MAX_AUTHORITY {
        return Err(AuthorityError::TooLarge);
    }
    let mut certificates = CertificateDer::pem_slice_iter(text.as_bytes());
    if certificates.next().is_some_and(|first| first.is_ok()) && certificates.all(|one| one.is_ok()) {
        return Ok(text);
    }
    Err(AuthorityError::NoCertificate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::args::{Cli, Command};
    use clap::Parser as _;

    fn args(file: &Path) -> RunArgs {
        let words = "x run --namespace s --identity a --service-name o --workloads-webhook w --records-webhook r \
                     --sidecar-image i --operator-service-account u --ledger-url https://ledger --ledger-authority";
        let words = words.split_whitespace().map(str::to_owned).chain([file.display().to_string()]);
        match Cli::try_parse_from(words).unwrap().command {
            Command::Run(args) => *args,
            _ => unreachable!("run was asked for"),
        }
    }

    #[test]
    fn a_file_that_is_broken_leaves_the_last_good_certificates_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.crt");
        let args = args(&file);
        let mut known = Known::default();
        assert_eq!(known.look(&args), None, "nothing has been read yet");
        let key = rcgen::KeyPair::generate().unwrap();
        let first = rcgen::CertificateParams::new(vec!["a".to_owned()]).unwrap().self_signed(&key).unwrap().pem();
        std::fs::write(&file, &first).unwrap();
        let wanted = Some(SidecarLedger { url: "https://ledger".into(), authority: first.clone() });
        assert_eq!(known.look(&args), wanted);
        for broken in ["", "nonsense", &first[..first.len() / 2], &first.repeat(100)] {
            std::fs::write(&file, broken).unwrap();
            assert_eq!(known.look(&args), wanted);
        }
        std::fs::write(&file, first.repeat(2)).unwrap();
        assert_eq!(known.look(&args).unwrap().authority, first.repeat(2), "both during a rotation");
    }
}
