//! CAC Order No. 12, Arts. 14 to 24: data, technology, filing, supervision.
//!
//! In: nothing. Out: catalogue entries. Must not: quote the law; the words are ours.

use super::{Effect, Entry, Instrument, Subject, When};

pub(super) static TRAINING_DATA: Entry = Entry {
    id: "o12-14-1",
    article: "Order 12 Art. 14(1)",
    article_zh: "《深度合成规定》第十四条第一款",
    title_en: "Training data management",
    title_zh: "训练数据管理",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    when: When::TrainsModels,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Order12)
};

pub(super) static CONSENT_PROMPT: Entry = Entry {
    id: "o12-14-2",
    article: "Order 12 Art. 14(2)",
    article_zh: "《深度合成规定》第十四条第二款",
    title_en: "Prompt for separate consent",
    title_zh: "提示取得单独同意",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    when: When::BiometricEditing,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Order12)
};

pub(super) static ALGORITHM_REVIEW: Entry = Entry {
    id: "o12-15-1",
    article: "Order 12 Art. 15(1)",
    article_zh: "《深度合成规定》第十五条第一款",
    title_en: "Regular review of the algorithm",
    title_zh: "定期审核、评估、验证算法机制机理",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Order12)
};

pub(super) static TOOL_ASSESSMENT: Entry = Entry {
    id: "o12-15-2",
    article: "Order 12 Art. 15(2)",
    article_zh: "《深度合成规定》第十五条第二款",
    title_en: "Security assessment of biometric and special-object tools",
    title_zh: "生物识别信息及特殊物体工具的安全评估",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    when: When::AssessedTool,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Order12)
};

pub(super) static TECHNICAL_MARK: Entry = Entry {
    id: "o12-16-1",
    article: "Order 12 Art. 16",
    article_zh: "《深度合成规定》第十六条",
    title_en: "Mark that does not affect use",
    title_zh: "不影响使用的标识",
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Order12)
};

pub(super) static LOG_KEEPING: Entry = Entry {
    id: "o12-16-2",
    article: "Order 12 Art. 16, logs",
    article_zh: "《深度合成规定》第十六条（日志信息）",
    title_en: "Log keeping",
    title_zh: "保存日志信息",
    when: When::NotInternal,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Order12)
};

pub(super) static CONSPICUOUS_MARK: Entry = Entry {
    id: "o12-17-1",
    article: "Order 12 Art. 17(1)",
    article_zh: "《深度合成规定》第十七条第一款",
    title_en: "Conspicuous mark",
    title_zh: "显著标识",
    when: When::ConfusionCategory,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Order12)
};

pub(super) static MARKING_FUNCTION: Entry = Entry {
    id: "o12-17-2",
    article: "Order 12 Art. 17(2)",
    article_zh: "《深度合成规定》第十七条第二款",
    title_en: "Conspicuous-marking function and prompt",
    title_zh: "显著标识功能与提示",
    when: When::NoConfusionCategory,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Order12)
};

pub(super) static MARK_INTEGRITY: Entry = Entry {
    id: "o12-18",
    article: "Order 12 Art. 18",
    article_zh: "《深度合成规定》第十八条",
    title_en: "No removal, change or hiding of marks",
    title_zh: "不得删除、篡改、隐匿标识",
    subjects: &[Subject::Anyone],
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Order12)
};

pub(super) static FILING: Entry = Entry {
    id: "o12-19-1",
    article: "Order 12 Art. 19",
    article_zh: "《深度合成规定》第十九条",
    title_en: "Algorithm filing",
    title_zh: "算法备案",
    when: When::PublicOpinion,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Order12)
};

pub(super) static SUPPORTER_FILING: Entry = Entry {
    id: "o12-19-2",
    article: "Order 12 Art. 19(2)",
    article_zh: "《深度合成规定》第十九条第二款",
    title_en: "Algorithm filing of technical supporters",
    title_zh: "技术支持者的算法备案",
    subjects: &[Subject::TechnicalSupporter],
    when: When::PublicOpinion,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Order12)
};

pub(super) static FILING_DISPLAY: Entry = Entry {
    id: "o12-19-3",
    article: "Order 12 Art. 19(3)",
    article_zh: "《深度合成规定》第十九条第三款",
    title_en: "Filing number and link on display",
    title_zh: "标明备案编号并提供公示信息链接",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    when: When::Filed,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Order12)
};

pub(super) static LAUNCH_ASSESSMENT: Entry = Entry {
    id: "o12-20",
    article: "Order 12 Art. 20",
    article_zh: "《深度合成规定》第二十条",
    title_en: "Security assessment before launch",
    title_zh: "上线前安全评估",
    when: When::PublicOpinion,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Order12)
};

pub(super) static SUPERVISION: Entry = Entry {
    id: "o12-21",
    article: "Order 12 Art. 21",
    article_zh: "《深度合成规定》第二十一条",
    title_en: "Cooperation with supervision; orders",
    title_zh: "配合监督检查，执行主管部门要求",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    when: When::OrderInForce,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "K",
    ..Entry::of(Instrument::Order12)
};

pub(super) static PENALTIES: Entry = Entry {
    id: "o12-22",
    article: "Order 12 Art. 22",
    article_zh: "《深度合成规定》第二十二条",
    title_en: "Penalties",
    title_zh: "法律责任",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    effect: Effect::ReportOnly,
    remedy_en: "",
    remedy_zh: "",
    confidence: "K",
    ..Entry::of(Instrument::Order12)
};

pub(super) static LICENCES: Entry = Entry {
    id: "o12-24",
    article: "Order 12 Art. 24",
    article_zh: "《深度合成规定》第二十四条",
    title_en: "Licences for publishing, culture and broadcasting",
    title_zh: "出版、文化、视听等许可",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    when: When::LicensedFunction,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "K",
    ..Entry::of(Instrument::Order12)
};
