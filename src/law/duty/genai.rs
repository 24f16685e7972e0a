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
    remedy_en: "",
    remedy_zh: "",
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
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
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
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::GenAiMeasures)
};
