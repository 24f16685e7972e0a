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
    admission: Some("spec.trainingData.register and version are asked for"),
    record: Some("version of the register"),
    report: Some("safety and lawfulness of the data are settled where models are trained"),
    remedy_en: "Set spec.trainingData.register and spec.trainingData.version.",
    remedy_zh: "填写 spec.trainingData.register 和 spec.trainingData.version。",
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
    admission: Some("face or voice editing without spec.consent.promptVersion closes the gate"),
    runtime: Some(
        "the editing route demands that the prompt was acknowledged; a consent reference, too, where spec.consent.requireReference says so",
    ),
    record: Some(
        "version of the prompt, pseudonym, time, reference, withdrawal; P3Y unless spec.retention.consent says longer",
    ),
    report: Some("whether the edited person really consented is not visible here"),
    effect: Effect::Closes,
    remedy_en: "Set spec.consent.promptVersion to the prompt that asks for the edited person's separate consent.",
    remedy_zh: "将 spec.consent.promptVersion 设为提示使用者告知被编辑的个人并取得其单独同意的文本版本。",
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
    admission: Some(
        "a model in spec.models[] that no AssessmentRecord covers, or a nextReviewOn that has passed, warns",
    ),
    record: Some("review per model digest"),
    report: Some("the review itself; the law names no interval"),
    remedy_en: "Review the algorithm; record it in an AssessmentRecord that covers spec.models[] with a later nextReviewOn.",
    remedy_zh: "开展算法机制机理审核；创建覆盖 spec.models[] 且 nextReviewOn 更晚的 AssessmentRecord。",
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
    admission: Some("without a passed assessment that covers the models the gate is closed"),
    record: Some("AssessmentRecord: report id, scope, digests, date"),
    report: Some("the content of the assessment"),
    effect: Effect::Closes,
    remedy_en: "Assess it, or have it assessed; create an AssessmentRecord with basis Article15Biometric or Article15SpecialObject.",
    remedy_zh: "自行或者委托专业机构开展安全评估；创建 basis 含 Article15Biometric 或 Article15SpecialObject 的 AssessmentRecord。",
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
    admission: Some("a selected pod without the sidecar is denied; delivery that the sidecar cannot see warns"),
    runtime: Some("an implicit label is written into every item"),
    record: Some("one record per item"),
    remedy_en: "Deliver over an endpoint in spec.endpoints[], or declare the labelling step in spec.labelling.step.",
    remedy_zh: "经 spec.endpoints[] 中的端点输出，或者在 spec.labelling.step 中声明加标识的环节。",
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
    admission: Some(
        "spec.retention.logs shorter than P6M closes the gate; the six months come from the Cybersecurity Law, the Order names none",
    ),
    runtime: Some("one log record per item"),
    record: Some("network log in the ledger"),
    effect: Effect::Closes,
    remedy_en: "Set spec.retention.logs to P6M or longer, in calendar months.",
    remedy_zh: "将 spec.retention.logs 设为 P6M 或更长（按日历月计）。",
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
    admission: Some("categories and technologies must agree; switching the explicit label off closes the gate"),
    runtime: Some("the explicit label is applied"),
    record: Some("which label was applied, per item"),
    effect: Effect::Closes,
    remedy_en: "Set spec.labelling.explicit to InText or UserInterface for the declared spec.confusionCategories[].",
    remedy_zh: "对 spec.confusionCategories[] 所列情形，将 spec.labelling.explicit 设为 InText 或 UserInterface。",
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
    effect: Effect::Closes,
    admission: Some("without spec.labelling.offer, and without an explicit label, a finding is raised"),
    runtime: Some("the function is offered and the user is told of it"),
    record: Some("that the prompt was shown, and the choice"),
    remedy_en: "Set spec.labelling.explicit to Offer with spec.labelling.offer, or keep InText.",
    remedy_zh: "将 spec.labelling.explicit 设为 Offer 并填写 spec.labelling.offer，或者保留 InText。",
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
    admission: Some("images and arguments known to strip labels, and pods that opt out, are refused"),
    runtime: Some("labels are never removed; content that lost its label on the way is withheld"),
    record: Some("one event per lost or forged label"),
    effect: Effect::Closes,
    remedy_en: "Remove what strips labels from the workload; no EnforcementExemption covers it.",
    remedy_zh: "移除工作负载中去除标识的组件；不得以 EnforcementExemption 豁免。",
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
    admission: Some(
        "number, class, role, entity and state of the FilingRecord must fit; grace or strict as the policy says",
    ),
    runtime: Some("filing data under /.well-known/aigc-filing"),
    record: Some("FilingRecord with its history"),
    report: Some("the filing itself is done with the CAC"),
    effect: Effect::Closes,
    remedy_en: "File with the CAC; have a compliance officer create a FilingRecord of kind AlgorithmFiling.",
    remedy_zh: "向网信部门办理算法备案；由合规人员创建 kind 为 AlgorithmFiling 的 FilingRecord。",
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
    admission: Some("a technical supporter needs a FilingRecord of that role"),
    record: Some("FilingRecord with its history"),
    report: Some("the filing itself is done with the CAC"),
    effect: Effect::Closes,
    remedy_en: "File as technical supporter; create a FilingRecord with role TechnicalSupporter.",
    remedy_zh: "以服务技术支持者身份办理备案；创建 role 为 TechnicalSupporter 的 FilingRecord。",
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
    admission: Some("once filed, number and publicity link must be in the FilingRecord"),
    runtime: Some("number and link go into headers, pages and /.well-known/aigc-filing"),
    record: Some("result of the probe that looks for the number"),
    remedy_en: "Set publicityLink in the FilingRecord and show number and link in a conspicuous place.",
    remedy_zh: "在 FilingRecord 中填写 publicityLink，并在显著位置标明备案编号和公示信息链接。",
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
    admission: Some(
        "without a passed assessment the gate is closed; a new function in spec.functions[] needs a new one",
    ),
    record: Some("AssessmentRecord: report id and date"),
    report: Some("the content of the assessment"),
    effect: Effect::Closes,
    remedy_en: "Assess it before launch; create an AssessmentRecord with basis Article20.",
    remedy_zh: "上线前开展安全评估；创建 basis 含 Article20 的 AssessmentRecord。",
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
    admission: Some("an order suspendService in spec.orders[] of the CompliancePolicy closes the gate"),
    runtime: Some("suspendUpdates and suspendRegistration stop the routes they name"),
    record: Some("order with start and end; export for inspectors"),
    report: Some("support of the inspectors on the spot"),
    effect: Effect::Closes,
    remedy_en: "Do what the order demands; when it is lifted, set until in spec.orders[] of the CompliancePolicy.",
    remedy_zh: "落实主管部门要求；要求解除后，在 CompliancePolicy 的 spec.orders[] 中填写 until。",
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
    report: Some("penalties follow from other laws and are imposed by authorities; nothing in a cluster performs them"),
    effect: Effect::ReportOnly,
    remedy_en: "Nothing to configure; counsel judges the risk of what kubectl describe dss lists as open.",
    remedy_zh: "无需配置；由法务评估 kubectl describe dss 所列未履行事项的风险。",
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
    admission: Some(
        "a function in spec.functions[] that needs a licence, without it in spec.licences[], closes the gate",
    ),
    record: Some("licence with number and dates"),
    report: Some("obtaining the licence"),
    effect: Effect::Closes,
    remedy_en: "Name the licence of the function in spec.licences[], or remove the function from spec.functions[].",
    remedy_zh: "在 spec.licences[] 中填写该功能的许可，或者从 spec.functions[] 中移除该功能。",
    confidence: "K",
    ..Entry::of(Instrument::Order12)
};
