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
    admission: Some(
        "roles, audience and technologies must be declared; an undeclared generator, or lowering one of them without a scope decision, is refused",
    ),
    record: Some("AssessmentRecord with basis ScopeDecision: author, date, values"),
    effect: Effect::Closes,
    remedy_en: "Declare spec.audience as it is; keep the decision as an AssessmentRecord with basis ScopeDecision.",
    remedy_zh: "如实填写 spec.audience；将范围判断留存为 basis 含 ScopeDecision 的 AssessmentRecord。",
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
    report: Some(
        "law, morality and orientation are judged by people; no field of an object and no byte of a response shows them",
    ),
    effect: Effect::ReportOnly,
    remedy_en: "Settle it in the organisation's own rules; name them in spec.managementSystems[].",
    remedy_zh: "在本单位管理制度中落实，并在 spec.managementSystems[] 中列明。",
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
    runtime: Some("the review hook sees input and result; a hit is blocked"),
    record: Some("one review decision per hit, without the content"),
    report: Some("whether content is unlawful is a legal judgement; the hook or a person makes it"),
    effect: Effect::Notes,
    remedy_en: "Name a review service in spec.contentReview.endpoint so that hits are blocked.",
    remedy_zh: "在 spec.contentReview.endpoint 中配置内容审核服务，以便拦截违法信息。",
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
    admission: Some("a news function without a licence in spec.licences[] closes the gate"),
    runtime: Some("news routes pass the same review hook"),
    record: Some("the licence reference with its dates"),
    report: Some("whether news is true and its source permitted is an editorial judgement"),
    effect: Effect::Closes,
    remedy_en: "Name the internet news licence in spec.licences[], or remove the news function from spec.functions[].",
    remedy_zh: "在 spec.licences[] 中填写互联网新闻信息服务许可，或者从 spec.functions[] 中移除新闻功能。",
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
    admission: Some("document and date of every named system are asked for in spec.managementSystems[]"),
    record: Some("the register of documents in the object's history"),
    report: Some("whether the systems are good, and followed, shows in the organisation only"),
    remedy_en: "List every system of Art. 7 in spec.managementSystems[] with document and date.",
    remedy_zh: "在 spec.managementSystems[] 中逐项列明第七条所指制度的文件和日期。",
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
    admission: Some("spec.agreement must name url, version and rulesUrl"),
    runtime: Some("the reminder of spec.agreement.reminder is sent with responses"),
    record: Some("version of the agreement per assertion"),
    report: Some("that the rules are good and performed is the organisation's matter"),
    remedy_en: "Publish rules and agreement; set spec.agreement.url, version, rulesUrl and reminder.",
    remedy_zh: "公开管理规则和服务协议；填写 spec.agreement.url、version、rulesUrl 和 reminder。",
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
    admission: Some("a publication route without spec.identity.means and a trusted issuer closes the gate"),
    runtime: Some(
        "publication routes answer 403 without a fresh assertion of a trusted issuer; generation stays open unless spec.identity.gate says otherwise",
    ),
    record: Some("issuer, means, result, time and pseudonym; never the number itself"),
    report: Some("whether the issuer verified the right person is not visible here"),
    effect: Effect::Closes,
    remedy_en: "Set spec.identity.means and spec.identity.issuers, or remove the publication routes.",
    remedy_zh: "填写 spec.identity.means 和 spec.identity.issuers，或者移除信息发布路由。",
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
    admission: Some("spec.contentReview.endpoint and failMode are asked for"),
    runtime: Some("the hook is called on input and on result, whole or by window"),
    record: Some("decision, hook version, delay"),
    report: Some("how good the review is, above all by people, cannot be measured here"),
    remedy_en: "Set spec.contentReview.endpoint and spec.contentReview.failMode.",
    remedy_zh: "填写 spec.contentReview.endpoint 和 spec.contentReview.failMode。",
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
    admission: Some("spec.contentReview.libraryVersion is asked for"),
    runtime: Some("the hook is told which version to use"),
    record: Some("library version in every decision; logs as long as network logs"),
    report: Some("entry standards and upkeep of the library are work of people"),
    remedy_en: "Set spec.contentReview.libraryVersion and keep spec.retention.logs at P6M or longer.",
    remedy_zh: "填写 spec.contentReview.libraryVersion，并将 spec.retention.logs 设为 P6M 或更长。",
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
    admission: Some("spec.contentReview.reportContact is asked for"),
    runtime: Some("a hit is withheld and taken down by id or hash"),
    record: Some("the incident with action and time"),
    report: Some("the report to the CAC and the competent department is sent by a person"),
    remedy_en: "Set spec.contentReview.reportContact to whoever reports to the authorities.",
    remedy_zh: "将 spec.contentReview.reportContact 设为负责向主管部门报告的联系人。",
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
    runtime: Some(
        "the sidecar holds a user's state (warned, limited, suspended, closed) as the ledger's feed brings it",
    ),
    record: Some("history of states by pseudonym"),
    report: Some("the decision to sanction, and the account itself, lie outside the cluster"),
    effect: Effect::Notes,
    remedy_en: "Bring user states over the ledger's feed, and close accounts in the application; see spec.agreement.url.",
    remedy_zh: "通过台账下发使用者处置状态，并在应用内处置账号；依据见 spec.agreement.url 所指协议。",
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
    admission: Some("spec.refutation.runbook and contact are asked for"),
    runtime: Some("takedown by id or hash; the refutation notice goes with the item"),
    record: Some("the case with its times"),
    report: Some("refuting and reporting are acts of the organisation"),
    remedy_en: "Set spec.refutation.runbook and spec.refutation.contact.",
    remedy_zh: "填写 spec.refutation.runbook 和 spec.refutation.contact。",
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
    admission: Some("spec.complaints.url and respondWithin are asked for"),
    runtime: Some("the entrance is linked in headers and pages"),
    record: Some("times of opening and closing, when the entrance reports them"),
    report: Some("handling and answering are work of people"),
    remedy_en: "Set spec.complaints.url and spec.complaints.respondWithin; publish both.",
    remedy_zh: "填写并公示 spec.complaints.url 和 spec.complaints.respondWithin。",
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
    admission: Some("a service with role AppStore must name spec.appStore.filingCheck"),
    record: Some("the result of the check per application, kept by the store"),
    report: Some("listing, warning and delisting are operations of the store"),
    remedy_en: "Set spec.appStore.filingCheck to the check of assessment and filing before an application is listed.",
    remedy_zh: "将 spec.appStore.filingCheck 设为应用上架前核验安全评估和备案情况的流程。",
    confidence: "V2",
    ..Entry::of(Instrument::Order12)
};
