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
    admission: Some(
        "a new function, or a new digest in spec.models[], that no AssessmentRecord covers raises a finding",
    ),
    runtime: Some("number of users, where the ledger can count pseudonyms"),
    record: Some("AssessmentRecord: report id"),
    report: Some(
        "growth, spread of unlawful information and written notices are judged by people; the report is handed in by them",
    ),
    remedy_en: "Assess what changed; create an AssessmentRecord with basis Article20 that covers spec.functions[] and spec.models[].",
    remedy_zh: "就变化事项开展安全评估；创建覆盖 spec.functions[] 和 spec.models[] 的 AssessmentRecord（basis 含 Article20）。",
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
    runtime: Some(
        "the log fields that the report must describe are written: account pseudonym, time, kind, addresses, port, client",
    ),
    record: Some("access log"),
    report: Some("the report is written and handed in by people; its text never enters the cluster"),
    effect: Effect::ReportOnly,
    remedy_en: "Write the report with these points; record its id and hash in an AssessmentRecord.",
    remedy_zh: "按规定内容撰写评估报告；在 AssessmentRecord 中登记报告编号和摘要值。",
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
    admission: Some("spec.retention.logs shorter than P6M closes the gate"),
    runtime: Some("network logs are written"),
    record: Some("network log in the ledger, deletion refused before its time"),
    effect: Effect::Closes,
    period: Some(Period::Months(6)),
    remedy_en: "Set spec.retention.logs to P6M or longer, in calendar months.",
    remedy_zh: "将 spec.retention.logs 设为 P6M 或更长（按日历月计）。",
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
    admission: Some("spec.consent is asked for"),
    runtime: Some("the consent reference is checked where spec.consent.requireReference says so"),
    record: Some("consent reference and withdrawal"),
    remedy_en: "Set spec.consent.promptVersion, and spec.consent.requireReference when consent is collected elsewhere.",
    remedy_zh: "填写 spec.consent.promptVersion；另行取得同意的，设置 spec.consent.requireReference。",
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
    admission: Some("without an AssessmentRecord with basis PiplArticle55 a finding is raised"),
    record: Some("AssessmentRecord, kept for P3Y or longer"),
    report: Some("the assessment itself"),
    period: Some(Period::Months(36)),
    remedy_en: "Assess the impact on persons; create an AssessmentRecord with basis PiplArticle55.",
    remedy_zh: "开展个人信息保护影响评估；创建 basis 含 PiplArticle55 的 AssessmentRecord。",
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
    admission: Some("a list of means that holds the network identity alone closes the gate"),
    runtime: Some("the result token is taken as opaque"),
    record: Some("reference of the result"),
    effect: Effect::Closes,
    remedy_en: "Keep another lawful means beside it in spec.identity.means.",
    remedy_zh: "在 spec.identity.means 中同时保留其他合法的认证方式。",
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
    admission: Some("a companion function in spec.functions[] is noted"),
    report: Some("length of use, over-dependence and pop-ups live in the application's sessions"),
    effect: Effect::Notes,
    remedy_en: "Show the AI notice and the two-hour reminder in the application; keep spec.functions[] true.",
    remedy_zh: "在应用内提示人工智能身份并每两小时提醒；如实填写 spec.functions[]。",
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
    report: Some(
        "age, guardians and the minors' mode live in the application; no request shows them, and spec.identity asks for no age",
    ),
    effect: Effect::ReportOnly,
    remedy_en: "Hold the minors' mode and guardian consent in the application; keep spec.functions[] true.",
    remedy_zh: "在应用内落实未成年人模式和监护人同意；如实填写 spec.functions[]。",
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
    admission: Some("a companion function in spec.functions[] that no AssessmentRecord covers is noted"),
    runtime: Some("number of users, where the ledger can count pseudonyms"),
    record: Some("AssessmentRecord: report id"),
    report: Some("the assessment itself, and the registered users that the cluster never sees"),
    effect: Effect::Notes,
    remedy_en: "Assess at launch and at 1,000,000 registered or 100,000 monthly users; create an AssessmentRecord with basis Article20.",
    remedy_zh: "上线时及注册用户达100万或者月活跃用户达10万时开展安全评估；创建 basis 含 Article20 的 AssessmentRecord。",
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
    report: Some("a draft binds nobody; when it becomes law, the mark on digital persons is drawn by the client"),
    effect: Effect::ReportOnly,
    remedy_en: "Nothing is owed yet; watch for the final text. See spec.technologies[].",
    remedy_zh: "尚未生效，暂无须履行；请关注正式文本，参见 spec.technologies[]。",
    confidence: "V4",
    ..Entry::of(Instrument::VirtualHumanDraft)
};
