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
    admission: Some("the ten days run from the first public start; afterwards the gate closes"),
    record: Some("ServiceHistory: first public start"),
    report: Some("the filing itself is done with the CAC"),
    effect: Effect::Closes,
    period: Some(Period::WorkingDays(10)),
    remedy_en: "File within ten working days of the start of service; then create a FilingRecord.",
    remedy_zh: "自提供服务之日起十个工作日内办理备案，并创建 FilingRecord。",
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
    admission: Some(
        "spec.filedInformation that differs from the FilingRecord starts ten working days; afterwards the gate closes",
    ),
    record: Some("ServiceHistory: what changed and when"),
    report: Some("the change is filed with the CAC"),
    effect: Effect::Closes,
    period: Some(Period::WorkingDays(10)),
    remedy_en: "File the change within ten working days; set state ChangeSubmitted and changeSubmittedOn in the FilingRecord.",
    remedy_zh: "自变更之日起十个工作日内办理备案变更；在 FilingRecord 中设置 state: ChangeSubmitted 和 changeSubmittedOn。",
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
    admission: Some("the end of a filed service starts twenty working days; records stay"),
    record: Some("ServiceHistory: end of service"),
    report: Some("the cancellation, and proper arrangements for users"),
    period: Some(Period::WorkingDays(20)),
    remedy_en: "Cancel the filing within twenty working days of the end; set state Cancelled and cancelledOn in the FilingRecord.",
    remedy_zh: "自终止服务之日起二十个工作日内办理注销备案；在 FilingRecord 中设置 state: Cancelled 和 cancelledOn。",
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
    admission: Some("as Order 12 Art. 19(3)"),
    runtime: Some("as Order 12 Art. 19(3)"),
    record: Some("result of the probe that looks for the number"),
    remedy_en: "Set publicityLink in the FilingRecord and show number and link in a conspicuous place.",
    remedy_zh: "在 FilingRecord 中填写 publicityLink，并在显著位置标明备案编号和公示信息链接。",
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
    admission: Some("without a passed assessment with basis Article20 the gate is closed"),
    record: Some("AssessmentRecord: report id and date"),
    report: Some("the content of the assessment"),
    effect: Effect::Closes,
    remedy_en: "Assess the service; create an AssessmentRecord with basis Article20 (one report may serve both rules).",
    remedy_zh: "开展安全评估；创建 basis 含 Article20 的 AssessmentRecord（同一报告可用于两项规定）。",
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
    admission: Some("spec.retention.logs shorter than P6M closes the gate"),
    runtime: Some("network logs are written"),
    record: Some("network log in the ledger"),
    report: Some("cooperation with inspections"),
    effect: Effect::Closes,
    remedy_en: "Set spec.retention.logs to P6M or longer, in calendar months.",
    remedy_zh: "将 spec.retention.logs 设为 P6M 或更长（按日历月计）。",
    confidence: "V2",
    ..Entry::of(Instrument::AlgorithmProvisions)
};
