//! Algorithm Provisions Arts. 24 to 28: filing dates, display, assessment, logs.
//!
//! In: nothing. Out: catalogue entries. Must not: quote the law; the words are ours.

use super::{Effect, Entry, Instrument, Period, When};

pub(super) static FILING_DEADLINE: Entry = Entry {
    id: "alg-24-1",
    article: "Algorithm Provisions Art. 24",
    article_zh: "《算法推荐管理规定》第二十四条",
    title_en: "Filing within ten working days",
    title_zh: "十个工作日内备案",
    when: When::PublicOpinion,
    effect: Effect::Closes,
    period: Some(Period::WorkingDays(10)),
    remedy_en: "",
    remedy_zh: "",
    confidence: "V5",
    ..Entry::of(Instrument::AlgorithmProvisions)
};

pub(super) static FILING_CHANGE: Entry = Entry {
    id: "alg-24-2",
    article: "Algorithm Provisions Art. 24(2)",
    article_zh: "《算法推荐管理规定》第二十四条第二款",
    title_en: "Change of a filing within ten working days",
    title_zh: "十个工作日内办理备案变更",
    when: When::Filed,
    effect: Effect::Closes,
    period: Some(Period::WorkingDays(10)),
    remedy_en: "",
    remedy_zh: "",
    confidence: "V5",
    ..Entry::of(Instrument::AlgorithmProvisions)
};

pub(super) static FILING_CANCELLATION: Entry = Entry {
    id: "alg-24-3",
    article: "Algorithm Provisions Art. 24(3)",
    article_zh: "《算法推荐管理规定》第二十四条第三款",
    title_en: "Cancellation of a filing within twenty working days",
    title_zh: "二十个工作日内注销备案",
    when: When::ServiceEnded,
    period: Some(Period::WorkingDays(20)),
    remedy_en: "",
    remedy_zh: "",
    confidence: "V5",
    ..Entry::of(Instrument::AlgorithmProvisions)
};

pub(super) static ALGORITHM_DISPLAY: Entry = Entry {
    id: "alg-26",
    article: "Algorithm Provisions Art. 26",
    article_zh: "《算法推荐管理规定》第二十六条",
    title_en: "Filing number and link on display",
    title_zh: "标明备案编号并提供公示信息链接",
    when: When::Filed,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::AlgorithmProvisions)
};

pub(super) static ALGORITHM_ASSESSMENT: Entry = Entry {
    id: "alg-27",
    article: "Algorithm Provisions Art. 27",
    article_zh: "《算法推荐管理规定》第二十七条",
    title_en: "Security assessment of the algorithm service",
    title_zh: "算法服务安全评估",
    when: When::PublicOpinion,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::AlgorithmProvisions)
};

pub(super) static ALGORITHM_LOGS: Entry = Entry {
    id: "alg-28",
    article: "Algorithm Provisions Art. 28",
    article_zh: "《算法推荐管理规定》第二十八条",
    title_en: "Network logs and cooperation",
    title_zh: "留存网络日志并配合检查",
    when: When::NotInternal,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::AlgorithmProvisions)
};
