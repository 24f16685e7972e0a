//! What the catalogue says about a duty.
//!
//! In: nothing. Out: the types of a catalogue entry. Must not: interpret a condition or an effect;
//! that is [`crate::compliance`].

use std::fmt;

use super::When;

/// One duty in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stable id, e.g. `o12-19-1`.
    pub id: &'static str,
    /// The law, rule or standard it stands in.
    pub instrument: Instrument,
    /// Where it stands, e.g. `Order 12 Art. 19`.
    pub article: &'static str,
    /// Where it stands, in Chinese.
    pub article_zh: &'static str,
    /// What it is, in English.
    pub title_en: &'static str,
    /// What it is, in Chinese.
    pub title_zh: &'static str,
    /// Whom it binds.
    pub subjects: &'static [Subject],
    /// When it binds them.
    pub when: When,
    /// What admission holds of it; `None` when admission can hold nothing.
    pub admission: Option<&'static str>,
    /// What the sidecar holds of it.
    pub runtime: Option<&'static str>,
    /// Which record proves it.
    pub record: Option<&'static str>,
    /// What a cluster cannot hold of it, and why.
    pub report: Option<&'static str>,
    /// What a breach does.
    pub effect: Effect,
    /// The period it names; `None` when the rule names none of its own.
    pub period: Option<Period>,
    /// What to do about a breach, in English.
    pub remedy_en: &'static str,
    /// What to do about a breach, in Chinese.
    pub remedy_zh: &'static str,
    /// How sure the text behind it is: V and a number of places, S, C, I or K.
    pub confidence: &'static str,
}

impl Entry {
    /// What entries have in common; each file of the catalogue completes it.
    pub(super) const fn of(instrument: Instrument) -> Self {
        Self {
            id: "",
            instrument,
            article: "",
            article_zh: "",
            title_en: "",
            title_zh: "",
            subjects: &[Subject::Provider],
            when: When::Always,
            admission: None,
            runtime: None,
            record: None,
            report: None,
            effect: Effect::Warns,
            period: None,
            remedy_en: "",
            remedy_zh: "",
            confidence: "",
        }
    }
}

/// A law, rule, standard or guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instrument {
    /// CAC Order No. 12: deep synthesis provisions.
    Order12,
    /// Algorithm recommendation provisions, 2022.
    AlgorithmProvisions,
    /// Labelling measures, 2025.
    LabellingMeasures,
    /// GB 45438-2025, mandatory.
    Gb45438,
    /// TC260 practice guides.
    Tc260Guides,
    /// Interim measures for generative AI services, 2023.
    GenAiMeasures,
    /// Security assessment provisions, 2018.
    AssessmentProvisions,
    /// Cybersecurity Law as amended, in force 2026.
    CybersecurityLaw,
    /// Personal Information Protection Law.
    PersonalInformationLaw,
    /// National network identity authentication measures, 2025.
    NetworkIdentityMeasures,
    /// Interim measures for anthropomorphic interaction services, 2026.
    AnthropomorphicMeasures,
    /// Digital virtual human measures, draft of 2026.
    VirtualHumanDraft,
}

impl Instrument {
    /// All instruments in the order of the law map.
    pub const ALL: [Self; 12] = [
        Self::Order12,
        Self::AlgorithmProvisions,
        Self::LabellingMeasures,
        Self::Gb45438,
        Self::Tc260Guides,
        Self::GenAiMeasures,
        Self::AssessmentProvisions,
        Self::CybersecurityLaw,
        Self::PersonalInformationLaw,
        Self::NetworkIdentityMeasures,
        Self::AnthropomorphicMeasures,
        Self::VirtualHumanDraft,
    ];

    /// Its name in English.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Order12 => "Provisions on Deep Synthesis of Internet Information Services (CAC Order No. 12)",
            Self::AlgorithmProvisions => "Provisions on Algorithmic Recommendation of Internet Information Services",
            Self::LabellingMeasures => "Measures for Labelling AI-Generated Synthetic Content",
            Self::Gb45438 => "GB 45438-2025, labelling method for AI-generated content",
            Self::Tc260Guides => "TC260 practice guides on labels",
            Self::GenAiMeasures => "Interim Measures for Generative AI Services, and CAC notices on filing",
            Self::AssessmentProvisions => "Security Assessment Provisions of 2018",
            Self::CybersecurityLaw => "Cybersecurity Law (numbering of 2026)",
            Self::PersonalInformationLaw => "Personal Information Protection Law",
            Self::NetworkIdentityMeasures => "Measures for the National Network Identity Authentication Service",
            Self::AnthropomorphicMeasures => "Interim Measures for Anthropomorphic AI Interaction Services",
            Self::VirtualHumanDraft => "Measures for Digital Virtual Human Services (draft)",
        }
    }

    /// Its name in Chinese.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Order12 => "《互联网信息服务深度合成管理规定》",
            Self::AlgorithmProvisions => "《互联网信息服务算法推荐管理规定》",
            Self::LabellingMeasures => "《人工智能生成合成内容标识办法》",
            Self::Gb45438 => "GB 45438-2025《网络安全技术 人工智能生成合成内容标识方法》",
            Self::Tc260Guides => "《网络安全标准实践指南》（标识系列）",
            Self::GenAiMeasures => "《生成式人工智能服务管理暂行办法》及备案公告",
            Self::AssessmentProvisions => "《具有舆论属性或社会动员能力的互联网信息服务安全评估规定》",
            Self::CybersecurityLaw => "《网络安全法》（2026年起施行的条文编号）",
            Self::PersonalInformationLaw => "《个人信息保护法》",
            Self::NetworkIdentityMeasures => "《国家网络身份认证公共服务管理办法》",
            Self::AnthropomorphicMeasures => "《人工智能拟人化互动服务管理暂行办法》",
            Self::VirtualHumanDraft => "《数字虚拟人信息服务管理办法（征求意见稿）》",
        }
    }
}

/// Whom a duty binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Offers the service.
    Provider,
    /// Supplies technology to providers.
    TechnicalSupporter,
    /// Spreads content that others made.
    Propagator,
    /// Distributes applications.
    AppStore,
    /// Uses the service.
    User,
    /// Any organisation or person.
    Anyone,
    /// Authorities.
    Regulator,
}

impl Subject {
    /// Its name in English.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::TechnicalSupporter => "technical supporter",
            Self::Propagator => "propagator",
            Self::AppStore => "application store",
            Self::User => "user",
            Self::Anyone => "anyone",
            Self::Regulator => "authorities",
        }
    }

    /// Its name in Chinese.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Provider => "服务提供者",
            Self::TechnicalSupporter => "技术支持者",
            Self::Propagator => "内容传播服务提供者",
            Self::AppStore => "应用分发平台",
            Self::User => "使用者",
            Self::Anyone => "任何组织和个人",
            Self::Regulator => "主管部门",
        }
    }
}

/// What a breach does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Closes the gate, or is refused before it can stand in an object.
    Closes,
    /// Is a finding; the gate stays as it is.
    Warns,
    /// Is a note; nothing is wrong by itself.
    Notes,
    /// A cluster cannot hold it; [`Entry::report`] says why.
    ReportOnly,
}

impl Effect {
    /// What it does, in English.
    #[must_use]
    pub fn describe_en(self) -> &'static str {
        match self {
            Self::Closes => "closes the gate",
            Self::Warns => "warns",
            Self::Notes => "notes",
            Self::ReportOnly => "report only",
        }
    }

    /// What it does, in Chinese.
    #[must_use]
    pub fn describe_zh(self) -> &'static str {
        match self {
            Self::Closes => "关闭准入",
            Self::Warns => "警告",
            Self::Notes => "提示",
            Self::ReportOnly => "仅报告",
        }
    }
}

/// A period that a duty names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// Working days in mainland China.
    WorkingDays(u16),
    /// Calendar months.
    Months(u32),
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WorkingDays(days) => write!(f, "{days} working days"),
            Self::Months(months) => write!(f, "{months} calendar months"),
        }
    }
}
