//! The 27-character provider code (TC260-PG-20252A) that goes into every implicit label.
//!
//! In: a verified credit code, what the service does, four self-assigned characters; or a code
//! found somewhere. Out: a [`ProviderCode`] or the reason why there is none. Must not: build codes
//! for individuals; their subject code is personal data in a public file.

use std::fmt;

use super::uscc::{Uscc, UsccError};

/// Format `00`, organisation `1`, bound by unified social credit code `1`.
const ORGANISATION: &str = "0011";
/// Length of a code.
const LENGTH: usize = 27;

/// Position 23: what the entity does with the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceType {
    /// Generation or synthesis, `1`.
    Generation,
    /// Propagation, `2`.
    Propagation,
}

impl ServiceType {
    /// The digit at position 23.
    #[must_use]
    pub fn digit(self) -> char {
        match self {
            Self::Generation => '1',
            Self::Propagation => '2',
        }
    }
}

/// A provider code of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderCode {
    text: String,
    uscc: Uscc,
    service: Option<ServiceType>,
}

/// Why a text is not a provider code of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderCodeError {
    /// Not 27 characters.
    #[error("has {found} characters, a provider code has 27")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// Lower-case letters.
    #[error("holds lower-case letters, TC260-PG-20252A allows digits and capitals only")]
    LowerCase,
    /// A character that is neither digit nor capital.
    #[error("holds {found:?}, TC260-PG-20252A allows digits and capitals only")]
    Character {
        /// What was found.
        found: char,
    },
    /// Does not begin with `0011`.
    #[error("does not begin with 0011 (format 00, organisation, bound by unified social credit code)")]
    NotAnOrganisation,
    /// Positions 5 to 22 are not a credit code.
    #[error("characters 5 to 22 are no unified social credit code: {0}")]
    Uscc(#[from] UsccError),
    /// Positions 23 to 27 are wrong.
    #[error("characters 23 to 27 must be 00000, or 1 or 2 and four digits or capitals")]
    Extension,
}

impl ProviderCodeError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::LowerCase => "write it in capitals",
            Self::Uscc(error) => error.remedy(),
            Self::Extension => "use four digits or capitals of your own choice for the service code, e.g. 0001",
            Self::Length { .. } | Self::Character { .. } | Self::NotAnOrganisation => {
                "compose it as 0011 + unified social credit code + 1 (generation) or 2 (propagation) + service code"
            }
        }
    }
}

impl ProviderCode {
    /// Composes the code; nobody issues it.
    ///
    /// # Errors
    /// When `service_code` is not four digits or capitals.
    pub fn build(uscc: &Uscc, service: ServiceType, service_code: &str) -> Result<Self, ProviderCodeError> {
        if service_code.bytes().any(|b| b.is_ascii_lowercase()) {
            return Err(ProviderCodeError::LowerCase);
        }
        if service_code.len() != 4 || !service_code.bytes().all(is_code_symbol) {
            return Err(ProviderCodeError::Extension);
        }
        let text = format!("{ORGANISATION}{uscc}{}{service_code}", service.digit());
        Ok(Self { text, uscc: uscc.clone(), service: Some(service) })
    }

    /// The code under which an entity generates, from the texts of a declaration; `None` when one of them is invalid.
    #[must_use]
    pub fn generation(uscc: &str, service_code: &str) -> Option<Self> {
        Self::build(&Uscc::parse(uscc).ok()?, ServiceType::Generation, service_code).ok()
    }

    /// Parses a code found somewhere.
    ///
    /// # Errors
    /// When it is not the code of an organisation.
    pub fn parse(text: &str) -> Result<Self, ProviderCodeError> {
        let found = text.chars().count();
        if found != LENGTH {
            return Err(ProviderCodeError::Length { found });
        }
        if text.chars().any(|c| c.is_ascii_lowercase()) {
            return Err(ProviderCodeError::LowerCase);
        }
        if let Some(found) = text.chars().find(|c| !c.is_ascii_digit() && !c.is_ascii_uppercase()) {
            return Err(ProviderCodeError::Character { found });
        }
        let rest = text.strip_prefix(ORGANISATION).ok_or(ProviderCodeError::NotAnOrganisation)?;
        let (uscc, extension) = rest.split_at_checked(18).ok_or(ProviderCodeError::Extension)?;
        let uscc = Uscc::parse(uscc)?;
        let service = match extension.as_bytes().first() {
            Some(b'1') => Some(ServiceType::Generation),
            Some(b'2') => Some(ServiceType::Propagation),
            _ if extension == "00000" => None,
            _ => return Err(ProviderCodeError::Extension),
        };
        Ok(Self { text: text.to_owned(), uscc, service })
    }

    /// The 27 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The entity's credit code.
    #[must_use]
    pub fn uscc(&self) -> &Uscc {
        &self.uscc
    }

    /// What the entity does; `None` when the extension is unused (`00000`).
    #[must_use]
    pub fn service(&self) -> Option<ServiceType> {
        self.service
    }

    /// The four self-assigned characters.
    #[must_use]
    pub fn service_code(&self) -> &str {
        self.text.get(LENGTH - 4..).unwrap_or_default()
    }
}

impl fmt::Display for ProviderCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_code_symbol(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_real_codes_of_the_dossier_tc260_pg_20252a() {
        use ServiceType::{Generation, Propagation};
        let rows = [
            ("001191440300708461136T1XGW3", "91440300708461136T", Generation, "XGW3"),
            ("001191440300708461136T1308L", "91440300708461136T", Generation, "308L"),
            ("001191110102MACQD9K64010000", "91110102MACQD9K640", Generation, "0000"),
            ("00119144030008867405X210001", "9144030008867405X2", Generation, "0001"),
            ("00119144030008867405X220001", "9144030008867405X2", Propagation, "0001"),
            ("001191310104MACE0YX63918020", "91310104MACE0YX639", Generation, "8020"),
            ("001191110102MAD55U9H0F10002", "91110102MAD55U9H0F", Generation, "0002"),
            ("001191440300MA5G49LC9K1YO01", "91440300MA5G49LC9K", Generation, "YO01"),
            ("001191320118MAK93FC72D10001", "91320118MAK93FC72D", Generation, "0001"),
            ("001191610133596325171T12566", "91610133596325171T", Generation, "2566"),
            ("001191610133596325171T22588", "91610133596325171T", Propagation, "2588"),
        ];
        for (text, uscc, service, code) in rows {
            let parsed = ProviderCode::parse(text).expect(text);
            assert_eq!((parsed.uscc().as_str(), parsed.service(), parsed.service_code()), (uscc, Some(service), code));
            let built = ProviderCode::build(parsed.uscc(), service, code).expect(text);
            assert_eq!(built, parsed);
        }
    }

    #[test]
    fn rejects_malformed_codes_and_says_why_tc260_pg_20252a() {
        let check = ProviderCodeError::Uscc(UsccError::CheckCharacter { expected: 'T', found: 'X' });
        let rows = [
            ("00119144030008867405x210001", ProviderCodeError::LowerCase),
            ("doubao", ProviderCodeError::Length { found: 6 }),
            ("00129144030008867405X210001", ProviderCodeError::NotAnOrganisation),
            ("00219144030008867405X210001", ProviderCodeError::NotAnOrganisation),
            ("00119144030008867405X230001", ProviderCodeError::Extension),
            ("00119144030008867405X200001", ProviderCodeError::Extension),
            ("001191440300708461136X10001", check),
            ("00119144030008867405X21 001", ProviderCodeError::Character { found: ' ' }),
        ];
        for (text, error) in rows {
            assert_eq!(ProviderCode::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn reads_the_unused_extension() {
        let code = ProviderCode::parse("00119144030008867405X200000").expect("valid");
        assert_eq!(code.service(), None);
    }

    #[test]
    fn refuses_service_codes_that_break_the_format() {
        let uscc = Uscc::parse("91440300708461136T").expect("valid");
        for bad in ["", "1", "00011", "ab12", "中文", "00-1"] {
            assert!(ProviderCode::build(&uscc, ServiceType::Generation, bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,30}", tail in "[0-9A-Za-z]{0,23}") {
            let _ = ProviderCode::parse(&text);
            let _ = ProviderCode::parse(&format!("0011{tail}"));
        }
    }
}
