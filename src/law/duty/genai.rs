//! Interim Measures for Generative AI and CAC notices: label, assessment, filing, display.
//!
//! In: nothing. Out: catalogue entries. Must not: quote the law; the words are ours.

use super::{Effect, Entry, Instrument, When};

pub(super) static GEN_AI_LABEL: Entry = Entry {
    id: "gen-12",
    article: "GenAI Measures Art. 12",
    article_zh: "《生成式人工智能办法》第十二条",
    title_en: "Label of generative AI content",
    title_zh: "生成内容标识",
    when: When::GenerativeAi,
    admission: Some("as Order 12 Arts. 16 and 17"),
    runtime: Some("as Order 12 Arts. 16 and 17"),
    record: Some("one record per item"),
    remedy_en: "Keep spec.labelling as Order 12 Arts. 16 and 17 demand.",
    remedy_zh: "按《深度合成规定》第十六条、第十七条的要求设置 spec.labelling。",
    confidence: "V3",
    ..Entry::of(Instrument::GenAiMeasures)
};

pub(super) static GEN_AI_ASSESSMENT: Entry = Entry {
    id: "gen-17",
    article: "GenAI Measures Art. 17",
    article_zh: "《生成式人工智能办法》第十七条",
    title_en: "Security assessment and algorithm filing",
    title_zh: "安全评估与算法备案",
    when: When::GenerativeAiPublicOpinion,
    admission: Some("without a passed assessment with basis GenAiArticle17 the gate is closed"),
    record: Some("AssessmentRecord and FilingRecord"),
    report: Some("the assessment and the filing"),
    effect: Effect::Closes,
    remedy_en: "Assess it and file; create an AssessmentRecord with basis GenAiArticle17 and a FilingRecord of kind AlgorithmFiling.",
    remedy_zh: "开展安全评估并备案；创建 basis 含 GenAiArticle17 的 AssessmentRecord 和 kind 为 AlgorithmFiling 的 FilingRecord。",
    confidence: "V3",
    ..Entry::of(Instrument::GenAiMeasures)
};

pub(super) static GEN_AI_FILING: Entry = Entry {
    id: "gen-filing",
    article: "GenAI Measures Art. 17, CAC filing notices",
    article_zh: "《生成式人工智能办法》第十七条及备案公告",
    title_en: "GenAI filing or registration",
    title_zh: "生成式人工智能服务备案或登记",
    when: When::GenerativeAiPublicOpinion,
    admission: Some(
        "without a FilingRecord of kind GenAiFiling (own model) or GenAiRegistration (calls a filed model) the gate is closed",
    ),
    record: Some("FilingRecord with its history"),
    report: Some("filing or registration with the CAC; practice wants it before launch"),
    effect: Effect::Closes,
    remedy_en: "File the model or register the application; create a FilingRecord of kind GenAiFiling or GenAiRegistration.",
    remedy_zh: "办理模型备案或者应用登记；创建 kind 为 GenAiFiling 或 GenAiRegistration 的 FilingRecord。",
    confidence: "V2",
    ..Entry::of(Instrument::GenAiMeasures)
};

pub(super) static GEN_AI_DISPLAY: Entry = Entry {
    id: "gen-filing-display",
    article: "CAC GenAI filing notices",
    article_zh: "国家网信办生成式人工智能服务备案公告",
    title_en: "Name and number of the filed model on display",
    title_zh: "公示所用模型名称和备案号或上线编号",
    when: When::GenerativeAiPublicOpinion,
    admission: Some("modelName and number must be in the FilingRecord"),
    runtime: Some("name and number go into headers, pages and /.well-known/aigc-filing"),
    record: Some("result of the probe that looks for the number"),
    remedy_en: "Set modelName and number in the FilingRecord (GenAiFiling or GenAiRegistration); show both in a conspicuous place.",
    remedy_zh: "在 FilingRecord（GenAiFiling 或 GenAiRegistration）中填写 modelName 和 number，并在显著位置公示。",
    confidence: "V2",
    ..Entry::of(Instrument::GenAiMeasures)
};
