//! Every reason a finding can have: stable code, duty, sentence and remedy in English and Chinese.
//!
//! In: nothing. Out: texts. Must not: depend on a service; what is particular to one goes into
//! the detail of a [`super::Finding`]. Codes are API: never rename one.

use super::reason_texts::texts;
use crate::law::Duty;

/// Why something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Ten working days passed without a filing.
    FilingOverdue,
    /// No filing record for a role.
    FilingMissing,
    /// A record is there, but the filing is not granted.
    FilingNotGranted,
    /// The number is none.
    FilingMalformed,
    /// The number is of a recommendation algorithm.
    FilingWrongClass,
    /// The filing is for another role.
    FilingRoleMismatch,
    /// The filing is another entity's.
    FilingProviderMismatch,
    /// The filing is for another service of the entity.
    FilingServiceMismatch,
    /// The filing does not count in this namespace.
    FilingScopeMismatch,
    /// No biometric assessment.
    BiometricAssessmentMissing,
    /// The biometric assessment was not passed.
    BiometricAssessmentNotPassed,
    /// The biometric assessment lapsed.
    BiometricAssessmentLapsed,
    /// No assessment before launch.
    PublicOpinionAssessmentMissing,
    /// The assessment before launch was not passed.
    PublicOpinionAssessmentNotPassed,
    /// The assessment before launch lapsed.
    PublicOpinionAssessmentLapsed,
    /// The check digit of a filing number does not fit.
    FilingCheckDigit,
    /// A deadline reaches into a year without a holiday notice.
    CalendarWithoutData,
    /// Content leaves by a way that the sidecar does not see.
    DeliveryNotLabelled,
    /// A route exempts everything from labelling.
    RouteSkipsLabel,
    /// The application promises to show the explicit label.
    ExplicitLabelByApplication,
    /// Art. 17(2): offer a function and prompt.
    MarkingFunctionOwed,
    /// The declared audience takes the service out of a duty.
    AudienceOutsideScope,
}

impl Reason {
    /// All reasons, for documents and tests.
    pub const ALL: [Self; 22] = [
        Self::FilingOverdue,
        Self::FilingMissing,
        Self::FilingNotGranted,
        Self::FilingMalformed,
        Self::FilingWrongClass,
        Self::FilingRoleMismatch,
        Self::FilingProviderMismatch,
        Self::FilingServiceMismatch,
        Self::FilingScopeMismatch,
        Self::BiometricAssessmentMissing,
        Self::BiometricAssessmentNotPassed,
        Self::BiometricAssessmentLapsed,
        Self::PublicOpinionAssessmentMissing,
        Self::PublicOpinionAssessmentNotPassed,
        Self::PublicOpinionAssessmentLapsed,
        Self::FilingCheckDigit,
        Self::CalendarWithoutData,
        Self::DeliveryNotLabelled,
        Self::RouteSkipsLabel,
        Self::ExplicitLabelByApplication,
        Self::MarkingFunctionOwed,
        Self::AudienceOutsideScope,
    ];

    /// Stable `CamelCase` code.
    #[must_use]
    pub fn code(self) -> &'static str {
        texts(self).code
    }

    /// The duty behind it.
    #[must_use]
    pub fn duty(self) -> Duty {
        texts(self).duty
    }

    /// The article behind it, e.g. `Order 12 Art. 19`.
    #[must_use]
    pub fn article(self) -> &'static str {
        self.duty().article()
    }

    /// What is wrong, in English.
    #[must_use]
    pub fn message_en(self) -> &'static str {
        texts(self).en
    }

    /// What is wrong, in Chinese.
    #[must_use]
    pub fn message_zh(self) -> &'static str {
        texts(self).zh
    }

    /// What to do, in English.
    #[must_use]
    pub fn remedy_en(self) -> &'static str {
        texts(self).remedy_en
    }

    /// What to do, in Chinese.
    #[must_use]
    pub fn remedy_zh(self) -> &'static str {
        texts(self).remedy_zh
    }

    /// The kind of record that cures it; `None` when no record does.
    #[must_use]
    pub fn record_kind(self) -> Option<&'static str> {
        match self.duty() {
            Duty::Filing | Duty::FilingDeadline if self != Self::CalendarWithoutData => Some("FilingRecord"),
            Duty::ToolAssessment | Duty::LaunchAssessment => Some("AssessmentRecord"),
            _ => None,
        }
    }

    /// Whether it closes the gate when its time is up.
    #[must_use]
    pub fn closes(self) -> bool {
        self.record_kind().is_some() && self != Self::FilingCheckDigit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_code_of_its_own_and_words_in_both_languages() {
        let codes: std::collections::BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            assert_eq!(reason.code(), format!("{reason:?}"));
            assert!(reason.message_en().is_ascii() && reason.message_en().ends_with('.'), "{reason:?}");
            for text in [reason.message_zh(), reason.remedy_zh()] {
                assert!(text.ends_with('。'), "{reason:?}");
            }
        }
    }

    #[test]
    fn remedies_name_the_record_to_create() {
        for reason in Reason::ALL {
            if let Some(kind) = reason.record_kind() {
                assert!(reason.remedy_en().contains(kind) && reason.remedy_zh().contains(kind), "{reason:?}");
            }
        }
        assert!(Reason::PublicOpinionAssessmentMissing.remedy_en().contains("Article20"));
        assert!(Reason::BiometricAssessmentMissing.remedy_en().contains("Article15Biometric"));
    }
}
