//! The catalogue of duties: every duty of the dossier that is not foreign, with its place in the law.
//!
//! In: nothing. Out: a closed list of duties with article, title, subject, condition, effect and
//! remedy. Must not: judge anything; [`crate::compliance`] does.

mod algorithm;
mod entry;
mod gb45438;
mod genai;
mod labelling;
mod order12;
mod order12_technology;
mod other;
mod propagation;
mod when;

pub use entry::{Effect, Entry, Instrument, Period, Subject};
pub use when::When;

/// Declares the duties together with their entries, so that none is without.
macro_rules! duties {
    ($($(#[doc = $doc:literal])+ $name:ident => $entry:path,)+) => {
        /// A duty of a provider, supporter, propagator, application store or user.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Duty {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Duty {
            /// All duties in the order of the law map.
            pub const ALL: [Self; [$(stringify!($name)),+].len()] = [$(Self::$name),+];

            /// What the catalogue says about it.
            #[must_use]
            pub fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$name => &$entry,)+
                }
            }
        }
    };
}

duties! {
    /// Order 12 Art. 2: whom the Order reaches.
    Scope => order12::SCOPE,
    /// Order 12 Art. 4: law, public morality and orientation.
    Orientation => order12::ORIENTATION,
    /// Order 12 Art. 6(1): no unlawful content or acts.
    UnlawfulContent => order12::UNLAWFUL_CONTENT,
    /// Order 12 Art. 6(2): no fake news; news only from permitted sources.
    News => order12::NEWS,
    /// Order 12 Art. 7: the provider's own management systems.
    ManagementSystems => order12::MANAGEMENT_SYSTEMS,
    /// Order 12 Art. 8: published rules, agreement and reminder.
    PublishedRules => order12::PUBLISHED_RULES,
    /// Order 12 Art. 9: real identity before anything is published.
    IdentityVerification => order12::IDENTITY_VERIFICATION,
    /// Order 12 Art. 10(1): review of input and results.
    ContentReview => order12::CONTENT_REVIEW,
    /// Order 12 Art. 10(2): feature library for unlawful and bad information.
    FeatureLibrary => order12::FEATURE_LIBRARY,
    /// Order 12 Art. 10(3): disposal, records and report of unlawful content.
    UnlawfulContentDisposal => order12::UNLAWFUL_CONTENT_DISPOSAL,
    /// Order 12 Art. 10(3), second half: warn, limit, suspend or close accounts.
    UserSanctions => order12::USER_SANCTIONS,
    /// Order 12 Art. 11: rumour-refuting mechanism.
    RumourRefutation => order12::RUMOUR_REFUTATION,
    /// Order 12 Art. 12: entrance for appeals and complaints, with a time limit.
    Complaints => order12::COMPLAINTS,
    /// Order 12 Art. 13: what application stores check.
    StoreChecks => order12::STORE_CHECKS,
    /// Order 12 Art. 14(1): management and safety of training data.
    TrainingData => order12_technology::TRAINING_DATA,
    /// Order 12 Art. 14(2): prompt the user to obtain the edited person's consent.
    ConsentPrompt => order12_technology::CONSENT_PROMPT,
    /// Order 12 Art. 15(1): regular review of the algorithm.
    AlgorithmReview => order12_technology::ALGORITHM_REVIEW,
    /// Order 12 Art. 15(2): security assessment of biometric and special-object tools.
    ToolAssessment => order12_technology::TOOL_ASSESSMENT,
    /// Order 12 Art. 16: a mark that does not affect use.
    TechnicalMark => order12_technology::TECHNICAL_MARK,
    /// Order 12 Art. 16, second half: log information kept as other laws say; the Order names no period.
    LogKeeping => order12_technology::LOG_KEEPING,
    /// Order 12 Art. 17(1): a conspicuous mark on what may confuse the public.
    ConspicuousMark => order12_technology::CONSPICUOUS_MARK,
    /// Order 12 Art. 17(2): a marking function and a prompt for everything else.
    MarkingFunction => order12_technology::MARKING_FUNCTION,
    /// Order 12 Art. 18: nobody removes, alters or hides the marks.
    MarkIntegrity => order12_technology::MARK_INTEGRITY,
    /// Order 12 Art. 19: algorithm filing of the provider; the duty behind findings on filing records.
    Filing => order12_technology::FILING,
    /// Order 12 Art. 19(2): technical supporters file by reference.
    SupporterFiling => order12_technology::SUPPORTER_FILING,
    /// Order 12 Art. 19(3): filing number and link in a conspicuous place.
    FilingDisplay => order12_technology::FILING_DISPLAY,
    /// Order 12 Art. 20: security assessment before launch.
    LaunchAssessment => order12_technology::LAUNCH_ASSESSMENT,
    /// Order 12 Art. 21: cooperation with inspections; orders of authorities.
    Supervision => order12_technology::SUPERVISION,
    /// Order 12 Art. 22: penalties under other laws.
    Penalties => order12_technology::PENALTIES,
    /// Order 12 Art. 24: licences of the press, culture and broadcasting regulators.
    Licences => order12_technology::LICENCES,
    /// Algorithm Provisions Art. 24: ten working days for the first filing.
    FilingDeadline => algorithm::FILING_DEADLINE,
    /// Algorithm Provisions Art. 24(2): ten working days for a change.
    FilingChange => algorithm::FILING_CHANGE,
    /// Algorithm Provisions Art. 24(3): twenty working days to cancel after the end.
    FilingCancellation => algorithm::FILING_CANCELLATION,
    /// Algorithm Provisions Art. 26: filing number and link in a conspicuous place.
    AlgorithmDisplay => algorithm::ALGORITHM_DISPLAY,
    /// Algorithm Provisions Art. 27: security assessment.
    AlgorithmAssessment => algorithm::ALGORITHM_ASSESSMENT,
    /// Algorithm Provisions Art. 28: network logs kept as other laws say; no period of its own.
    AlgorithmLogs => algorithm::ALGORITHM_LOGS,
    /// Labelling Measures Art. 4: explicit labels, the article as a whole.
    ExplicitLabel => labelling::EXPLICIT_LABEL,
    /// Labelling Measures Art. 4(1): text.
    ExplicitText => labelling::EXPLICIT_TEXT,
    /// Labelling Measures Art. 4(2): audio.
    ExplicitAudio => labelling::EXPLICIT_AUDIO,
    /// Labelling Measures Art. 4(3): images.
    ExplicitImage => labelling::EXPLICIT_IMAGE,
    /// Labelling Measures Art. 4(4): video.
    ExplicitVideo => labelling::EXPLICIT_VIDEO,
    /// Labelling Measures Art. 4(5): virtual scenes.
    ExplicitScene => labelling::EXPLICIT_SCENE,
    /// Labelling Measures Art. 4, last paragraph: the exported file carries the label itself.
    ExportLabel => labelling::EXPORT_LABEL,
    /// Labelling Measures Art. 5: implicit labels in file metadata.
    ImplicitLabel => labelling::IMPLICIT_LABEL,
    /// Labelling Measures Art. 6(1): metadata says synthetic.
    PropagatorIs => propagation::PROPAGATOR_IS,
    /// Labelling Measures Art. 6(2): only the user says so.
    PropagatorMayBe => propagation::PROPAGATOR_MAY_BE,
    /// Labelling Measures Art. 6(3): only an explicit label or a trace is found.
    PropagatorSuspected => propagation::PROPAGATOR_SUSPECTED,
    /// Labelling Measures Art. 6(4): labelling function and reminder.
    PropagatorFunction => propagation::PROPAGATOR_FUNCTION,
    /// Labelling Measures Art. 6, last paragraph: propagation elements in the metadata.
    PropagatorElements => propagation::PROPAGATOR_ELEMENTS,
    /// Labelling Measures Art. 7: what application stores check about labels.
    StoreLabelCheck => labelling::STORE_LABEL_CHECK,
    /// Labelling Measures Art. 8: the agreement explains the labels.
    AgreementClause => labelling::AGREEMENT_CLAUSE,
    /// Labelling Measures Art. 9: content without explicit label on request, logged for six months.
    Waiver => labelling::WAIVER,
    /// Labelling Measures Art. 10(1): the publishing user declares and labels.
    UserDeclaration => propagation::USER_DECLARATION,
    /// Labelling Measures Art. 10(2): no deletion, change, forging or hiding, and no tools for it.
    LabelTampering => labelling::LABEL_TAMPERING,
    /// Labelling Measures Art. 11: laws and mandatory national standards, hence GB 45438-2025.
    MandatoryStandards => labelling::MANDATORY_STANDARDS,
    /// Labelling Measures Art. 12: label materials in filing and assessment.
    LabelMaterials => labelling::LABEL_MATERIALS,
    /// GB 45438-2025 5.1: form of text labels.
    TextForm => gb45438::TEXT_FORM,
    /// GB 45438-2025 5.2: form of image labels.
    ImageForm => gb45438::IMAGE_FORM,
    /// GB 45438-2025 5.3: form of audio labels.
    AudioForm => gb45438::AUDIO_FORM,
    /// GB 45438-2025 5.4: form of video labels.
    VideoForm => gb45438::VIDEO_FORM,
    /// GB 45438-2025 5.5: form of virtual-scene labels.
    SceneForm => gb45438::SCENE_FORM,
    /// GB 45438-2025 5.6: form of labels in the user interface.
    InterfaceForm => gb45438::INTERFACE_FORM,
    /// GB 45438-2025 6.1: five elements, one metadata label per file.
    MetadataForm => gb45438::METADATA_FORM,
    /// GB 45438-2025 6.2: a watermark inside the content is permitted.
    ContentWatermark => gb45438::CONTENT_WATERMARK,
    /// GB 45438-2025 Annex E: format of the metadata label.
    LabelFormat => gb45438::LABEL_FORMAT,
    /// TC260-PG-20252A: the 27-character provider code.
    ProviderCode => gb45438::PROVIDER_CODE,
    /// TC260-PG-20257A to 202510A: where the label stands in each file format.
    Carriers => gb45438::CARRIERS,
    /// TC260-PG-202511A: signatures over labels.
    LabelSecurity => gb45438::LABEL_SECURITY,
    /// GenAI Measures Art. 12: label under Order 12.
    GenAiLabel => genai::GEN_AI_LABEL,
    /// GenAI Measures Art. 17: security assessment and algorithm filing.
    GenAiAssessment => genai::GEN_AI_ASSESSMENT,
    /// GenAI filing (own model) or registration (application that calls a filed model).
    GenAiFiling => genai::GEN_AI_FILING,
    /// CAC GenAI notices: name and number of the filed model in a conspicuous place.
    GenAiDisplay => genai::GEN_AI_DISPLAY,
    /// 2018 Assessment Provisions Arts. 2, 3: events that demand an assessment.
    AssessmentTriggers => other::ASSESSMENT_TRIGGERS,
    /// 2018 Assessment Provisions Art. 5: what the report must cover.
    AssessmentReport => other::ASSESSMENT_REPORT,
    /// Cybersecurity Law Art. 23(3) in the 2026 numbering: network logs for six months.
    NetworkLogs => other::NETWORK_LOGS,
    /// PIPL Art. 29: separate consent for faces and voiceprints.
    SeparateConsent => other::SEPARATE_CONSENT,
    /// PIPL Arts. 55, 56: impact assessment, kept for three years.
    ImpactAssessment => other::IMPACT_ASSESSMENT,
    /// Network Identity Measures 2025: voluntary, result only, other means stay.
    NetworkIdentity => other::NETWORK_IDENTITY,
    /// Anthropomorphic Measures Art. 18: AI notice and reminder every two hours.
    CompanionNotice => other::COMPANION_NOTICE,
    /// Anthropomorphic Measures Arts. 14, 17: minors and guardians.
    CompanionMinors => other::COMPANION_MINORS,
    /// Anthropomorphic Measures Art. 22: assessment at launch and by number of users.
    CompanionAssessment => other::COMPANION_ASSESSMENT,
    /// Digital virtual human measures, a draft of 2026.
    VirtualHumanDraft => other::VIRTUAL_HUMAN_DRAFT,
}

impl Duty {
    /// Its stable id, e.g. `o12-19-1`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// The duty with that id.
    #[must_use]
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|duty| duty.id() == id)
    }

    /// The working days it allows; none where it names no such period.
    #[must_use]
    pub fn working_days(self) -> u16 {
        match self.entry().period {
            Some(Period::WorkingDays(days)) => days,
            Some(Period::Months(_)) | None => 0,
        }
    }

    /// Where it stands, e.g. `Order 12 Art. 19`.
    #[must_use]
    pub fn article(self) -> &'static str {
        self.entry().article
    }

    /// Where it stands, in Chinese.
    #[must_use]
    pub fn article_zh(self) -> &'static str {
        self.entry().article_zh
    }

    /// What it is, in English.
    #[must_use]
    pub fn title_en(self) -> &'static str {
        self.entry().title_en
    }

    /// What it is, in Chinese.
    #[must_use]
    pub fn title_zh(self) -> &'static str {
        self.entry().title_zh
    }
}

#[cfg(test)]
mod tests;
