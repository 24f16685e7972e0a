//! Other laws that reach a deep synthesis service: assessment, logs, personal information, identity, companions.
//!
//! In: nothing. Out: catalogue entries. Must not: quote the law; the words are ours.

use super::{Effect, Entry, Instrument, Period, Subject, When};

pub(super) static ASSESSMENT_TRIGGERS: Entry = Entry {
    id: "sa18-2",
    article: "2018 Assessment Provisions Arts. 2, 3",
    article_zh: "《安全评估规定》第二条、第三条",
    title_en: "Events that demand an assessment",
    title_zh: "应当开展安全评估的情形",
    when: When::PublicOpinion,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::AssessmentProvisions)
};

pub(super) static ASSESSMENT_REPORT: Entry = Entry {
    id: "sa18-5",
    article: "2018 Assessment Provisions Art. 5",
    article_zh: "《安全评估规定》第五条",
    title_en: "Content of the assessment report",
    title_zh: "安全评估报告的内容",
    when: When::PublicOpinion,
    effect: Effect::ReportOnly,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::AssessmentProvisions)
};

pub(super) static NETWORK_LOGS: Entry = Entry {
    id: "csl-23-3",
    article: "Cybersecurity Law Art. 23(3)",
    article_zh: "《网络安全法》第二十三条第三项",
    title_en: "Network logs for six months",
    title_zh: "网络日志留存不少于六个月",
    subjects: &[Subject::Anyone],
    effect: Effect::Closes,
    period: Some(Period::Months(6)),
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::CybersecurityLaw)
};

pub(super) static SEPARATE_CONSENT: Entry = Entry {
    id: "pipl-29",
    article: "PIPL Art. 29",
    article_zh: "《个人信息保护法》第二十九条",
    title_en: "Separate consent for sensitive personal information",
    title_zh: "处理敏感个人信息的单独同意",
    subjects: &[Subject::Anyone],
    when: When::SensitiveInformation,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::PersonalInformationLaw)
};

pub(super) static IMPACT_ASSESSMENT: Entry = Entry {
    id: "pipl-55-56",
    article: "PIPL Arts. 55, 56",
    article_zh: "《个人信息保护法》第五十五条、第五十六条",
    title_en: "Personal information impact assessment",
    title_zh: "个人信息保护影响评估",
    subjects: &[Subject::Anyone],
    when: When::SensitiveInformation,
    period: Some(Period::Months(36)),
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::PersonalInformationLaw)
};

pub(super) static NETWORK_IDENTITY: Entry = Entry {
    id: "nid-2025",
    article: "Network Identity Measures 2025",
    article_zh: "《国家网络身份认证公共服务管理办法》",
    title_en: "Network identity is voluntary, others stay",
    title_zh: "网络身份认证自愿使用并保留其他方式",
    subjects: &[Subject::Anyone],
    when: When::NetworkIdentity,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::NetworkIdentityMeasures)
};

pub(super) static COMPANION_NOTICE: Entry = Entry {
    id: "anthro-18",
    article: "Anthropomorphic Measures Art. 18",
    article_zh: "《拟人化互动服务办法》第十八条",
    title_en: "AI notice and reminder after two hours",
    title_zh: "人工智能身份提示与两小时提醒",
    when: When::Companion,
    effect: Effect::Notes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::AnthropomorphicMeasures)
};

pub(super) static COMPANION_MINORS: Entry = Entry {
    id: "anthro-14-17",
    article: "Anthropomorphic Measures Arts. 14, 17",
    article_zh: "《拟人化互动服务办法》第十四条、第十七条",
    title_en: "Protection of minors",
    title_zh: "未成年人保护",
    when: When::Companion,
    effect: Effect::ReportOnly,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::AnthropomorphicMeasures)
};

pub(super) static COMPANION_ASSESSMENT: Entry = Entry {
    id: "anthro-22",
    article: "Anthropomorphic Measures Art. 22",
    article_zh: "《拟人化互动服务办法》第二十二条",
    title_en: "Security assessment by size",
    title_zh: "达到规模时的安全评估",
    when: When::Companion,
    effect: Effect::Notes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::AnthropomorphicMeasures)
};

pub(super) static VIRTUAL_HUMAN_DRAFT: Entry = Entry {
    id: "vh-draft",
    article: "Virtual Human Measures (draft)",
    article_zh: "《数字虚拟人信息服务管理办法（征求意见稿）》",
    title_en: "Digital virtual humans (draft)",
    title_zh: "数字虚拟人（征求意见稿）",
    when: When::DigitalHuman,
    effect: Effect::ReportOnly,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::VirtualHumanDraft)
};
