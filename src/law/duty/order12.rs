//! CAC Order No. 12, Arts. 2 to 13: scope and general duties.
//!
//! In: nothing. Out: catalogue entries. Must not: quote the law; the words are ours.

use super::{Effect, Entry, Instrument, Subject, When};

pub(super) static SCOPE: Entry = Entry {
    id: "o12-02",
    article: "Order 12 Art. 2",
    article_zh: "《深度合成规定》第二条",
    title_en: "Scope",
    title_zh: "适用范围",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    effect: Effect::Notes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static ORIENTATION: Entry = Entry {
    id: "o12-04",
    article: "Order 12 Art. 4",
    article_zh: "《深度合成规定》第四条",
    title_en: "Law, morality and orientation",
    title_zh: "守法、公德与正确导向",
    subjects: &[Subject::Provider, Subject::TechnicalSupporter],
    effect: Effect::ReportOnly,
    remedy_en: "",
    remedy_zh: "",
    confidence: "K",
    ..Entry::of(Instrument::Order12)
};

pub(super) static UNLAWFUL_CONTENT: Entry = Entry {
    id: "o12-06-1",
    article: "Order 12 Art. 6(1)",
    article_zh: "《深度合成规定》第六条第一款",
    title_en: "No unlawful content or acts",
    title_zh: "不得制作、传播违法信息",
    subjects: &[Subject::Anyone],
    when: When::NotInternal,
    effect: Effect::Notes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static NEWS: Entry = Entry {
    id: "o12-06-2",
    article: "Order 12 Art. 6(2)",
    article_zh: "《深度合成规定》第六条第二款",
    title_en: "No fake news; licensed news sources only",
    title_zh: "不得传播虚假新闻，依法转载新闻",
    subjects: &[Subject::Provider, Subject::User],
    when: When::NewsFunction,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static MANAGEMENT_SYSTEMS: Entry = Entry {
    id: "o12-07",
    article: "Order 12 Art. 7",
    article_zh: "《深度合成规定》第七条",
    title_en: "Management systems and safeguards",
    title_zh: "管理制度与技术保障措施",
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static PUBLISHED_RULES: Entry = Entry {
    id: "o12-08",
    article: "Order 12 Art. 8",
    article_zh: "《深度合成规定》第八条",
    title_en: "Published rules, agreement and reminder",
    title_zh: "公开管理规则、服务协议与提示义务",
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static IDENTITY_VERIFICATION: Entry = Entry {
    id: "o12-09",
    article: "Order 12 Art. 9",
    article_zh: "《深度合成规定》第九条",
    title_en: "Real identity before publication",
    title_zh: "信息发布前的真实身份认证",
    when: When::Publication,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Order12)
};

pub(super) static CONTENT_REVIEW: Entry = Entry {
    id: "o12-10-1",
    article: "Order 12 Art. 10(1)",
    article_zh: "《深度合成规定》第十条第一款",
    title_en: "Review of input and results",
    title_zh: "输入数据与合成结果审核",
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static FEATURE_LIBRARY: Entry = Entry {
    id: "o12-10-2",
    article: "Order 12 Art. 10(2)",
    article_zh: "《深度合成规定》第十条第二款",
    title_en: "Feature library and its logs",
    title_zh: "违法和不良信息特征库及其日志",
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static UNLAWFUL_CONTENT_DISPOSAL: Entry = Entry {
    id: "o12-10-3",
    article: "Order 12 Art. 10(3)",
    article_zh: "《深度合成规定》第十条第三款",
    title_en: "Disposal, records and report",
    title_zh: "违法和不良信息的处置与报告",
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static USER_SANCTIONS: Entry = Entry {
    id: "o12-10-4",
    article: "Order 12 Art. 10(3), users",
    article_zh: "《深度合成规定》第十条第三款（对使用者的处置）",
    title_en: "Measures against users in breach",
    title_zh: "对违规使用者的处置措施",
    when: When::NotInternal,
    effect: Effect::Notes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static RUMOUR_REFUTATION: Entry = Entry {
    id: "o12-11",
    article: "Order 12 Art. 11",
    article_zh: "《深度合成规定》第十一条",
    title_en: "Rumour refutation",
    title_zh: "辟谣机制",
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static COMPLAINTS: Entry = Entry {
    id: "o12-12",
    article: "Order 12 Art. 12",
    article_zh: "《深度合成规定》第十二条",
    title_en: "Appeals, complaints and reports",
    title_zh: "申诉与投诉举报入口",
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};

pub(super) static STORE_CHECKS: Entry = Entry {
    id: "o12-13",
    article: "Order 12 Art. 13",
    article_zh: "《深度合成规定》第十三条",
    title_en: "Checks by application stores",
    title_zh: "应用商店的核验",
    subjects: &[Subject::AppStore],
    when: When::AppListing,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};
