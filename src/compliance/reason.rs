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
    /// The namespace may not redirect traffic.
    RedirectNotAllowed,
    /// A route exempts everything from labelling.
    RouteSkipsLabel,
    /// The application promises to show the explicit label.
    ExplicitLabelByApplication,
    /// Art. 17(2): offer a function and prompt.
    MarkingFunctionOwed,
    /// The declared audience takes the service out of a duty.
    AudienceOutsideScope,
    /// Filed facts changed; ten working days run.
    FilingChangeDue,
    /// The ten working days for the change are over.
    FilingChangeOverdue,
    /// The filing has no link to show.
    FilingLinkMissing,
    /// The filing names no label materials.
    LabelMaterialsMissing,
    /// No generative AI filing or registration.
    GenAiFilingMissing,
    /// No assessment of the generative AI.
    GenAiAssessmentMissing,
    /// The assessment of the generative AI was not passed.
    GenAiAssessmentNotPassed,
    /// The assessment of the generative AI lapsed.
    GenAiAssessmentLapsed,
    /// No special-object assessment.
    SpecialObjectAssessmentMissing,
    /// The special-object assessment was not passed.
    SpecialObjectAssessmentNotPassed,
    /// The special-object assessment lapsed.
    SpecialObjectAssessmentLapsed,
    /// A declared model is not in the report.
    ModelNotAssessed,
    /// A function is not in the report.
    FunctionNotAssessed,
    /// Weights are known by declaration only.
    WeightsByDeclaration,
    /// No image of an assessed workload is pinned.
    ImageNotPinned,
    /// The pinned image was not assessed.
    ImageNotAssessed,
    /// The review date has passed.
    AlgorithmReviewOverdue,
    /// No PIPL impact assessment.
    ImpactAssessmentMissing,
    /// An assessment lapses within 90 days.
    AssessmentLapsesSoon,
    /// Systems of Art. 7 are not declared.
    ManagementSystemsIncomplete,
    /// Rules, agreement or reminder are not declared.
    RulesNotPublished,
    /// The agreement says nothing of labels.
    AgreementWithoutLabelClause,
    /// No review of input and output.
    ContentReviewMissing,
    /// The review passes everything when it is down.
    ContentReviewFailsOpen,
    /// No feature library.
    FeatureLibraryMissing,
    /// Nobody reports unlawful content.
    ReportContactMissing,
    /// No rumour-refuting mechanism.
    RefutationMissing,
    /// No entrance for complaints.
    ComplaintsEntranceMissing,
    /// No time limit for answers.
    ComplaintsTimeLimitMissing,
    /// No register of training data.
    TrainingDataRegisterMissing,
    /// The store does not check filings.
    StoreCheckMissing,
    /// The store does not check labels.
    StoreLabelCheckMissing,
    /// Users publish unverified.
    PublicationWithoutIdentity,
    /// The gate is wider than the law.
    IdentityGateWide,
    /// The voluntary means is the only one.
    NetworkIdentityOnly,
    /// No prompt for separate consent.
    ConsentPromptMissing,
    /// A function lacks its licence.
    LicenceMissing,
    /// News without a licence.
    NewsLicenceMissing,
    /// A licence lapses within 90 days.
    LicenceLapsesSoon,
    /// Logs are kept too short.
    RetentionBelowFloor,
    /// The waiver lacks a condition.
    WaiverUnlawful,
    /// The conspicuous mark is only offered.
    ConspicuousMarkMissing,
    /// Function or prompt is missing.
    MarkingFunctionIncomplete,
    /// A technology suggests a category.
    ConfusionCategoryOwed,
    /// Exported files lack the label.
    ExportLabelMissing,
    /// The label is below GB 45438.
    LabelBelowStandard,
    /// The provider code cannot be made.
    ProviderCodeInvalid,
    /// Propagator duties are not declared.
    PropagationIncomplete,
    /// A companion service owes notices.
    CompanionNoticeOwed,
    /// A workload strips marks.
    MarkStripping,
    /// An authority stopped the service.
    ServiceSuspended,
    /// An authority stopped updates.
    UpdatesSuspended,
    /// An authority stopped registrations.
    RegistrationSuspended,
    /// An exemption skips a duty.
    DutyExempted,
    /// No service selects a workload.
    UndeclaredWorkload,
    /// An undeclared generator.
    UndeclaredGenerator,
}

impl Reason {
    /// All reasons, for documents and tests.
    pub const ALL: [Self; 79] = [
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
        Self::RedirectNotAllowed,
        Self::RouteSkipsLabel,
        Self::ExplicitLabelByApplication,
        Self::MarkingFunctionOwed,
        Self::AudienceOutsideScope,
        Self::FilingChangeDue,
        Self::FilingChangeOverdue,
        Self::FilingLinkMissing,
        Self::LabelMaterialsMissing,
        Self::GenAiFilingMissing,
        Self::GenAiAssessmentMissing,
        Self::GenAiAssessmentNotPassed,
        Self::GenAiAssessmentLapsed,
        Self::SpecialObjectAssessmentMissing,
        Self::SpecialObjectAssessmentNotPassed,
        Self::SpecialObjectAssessmentLapsed,
        Self::ModelNotAssessed,
        Self::FunctionNotAssessed,
        Self::WeightsByDeclaration,
        Self::ImageNotPinned,
        Self::ImageNotAssessed,
        Self::AlgorithmReviewOverdue,
        Self::ImpactAssessmentMissing,
        Self::AssessmentLapsesSoon,
        Self::ManagementSystemsIncomplete,
        Self::RulesNotPublished,
        Self::AgreementWithoutLabelClause,
        Self::ContentReviewMissing,
        Self::ContentReviewFailsOpen,
        Self::FeatureLibraryMissing,
        Self::ReportContactMissing,
        Self::RefutationMissing,
        Self::ComplaintsEntranceMissing,
        Self::ComplaintsTimeLimitMissing,
        Self::TrainingDataRegisterMissing,
        Self::StoreCheckMissing,
        Self::StoreLabelCheckMissing,
        Self::PublicationWithoutIdentity,
        Self::IdentityGateWide,
        Self::NetworkIdentityOnly,
        Self::ConsentPromptMissing,
        Self::LicenceMissing,
        Self::NewsLicenceMissing,
        Self::LicenceLapsesSoon,
        Self::RetentionBelowFloor,
        Self::WaiverUnlawful,
        Self::ConspicuousMarkMissing,
        Self::MarkingFunctionIncomplete,
        Self::ConfusionCategoryOwed,
        Self::ExportLabelMissing,
        Self::LabelBelowStandard,
        Self::ProviderCodeInvalid,
        Self::PropagationIncomplete,
        Self::CompanionNoticeOwed,
        Self::MarkStripping,
        Self::ServiceSuspended,
        Self::UpdatesSuspended,
        Self::RegistrationSuspended,
        Self::DutyExempted,
        Self::UndeclaredWorkload,
        Self::UndeclaredGenerator,
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
            Duty::FilingChange | Duty::FilingDisplay | Duty::LabelMaterials | Duty::GenAiFiling => Some("FilingRecord"),
            Duty::ToolAssessment if self != Self::WeightsByDeclaration => Some("AssessmentRecord"),
            Duty::LaunchAssessment | Duty::GenAiAssessment | Duty::AlgorithmReview | Duty::ImpactAssessment => {
                Some("AssessmentRecord")
            }
            _ => None,
        }
    }

    /// Whether it closes the gate when its time is up. Where the policy requires declarations, others do, too.
    #[must_use]
    pub fn closes(self) -> bool {
        texts(self).closes
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
