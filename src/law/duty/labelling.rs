//! Labelling Measures Arts. 4, 5 and 7 to 12: explicit and implicit labels of generation providers.
//!
//! In: nothing. Out: catalogue entries. Must not: quote the law; the words are ours.

use super::{Effect, Entry, Instrument, Period, Subject, When};

pub(super) static EXPLICIT_LABEL: Entry = Entry {
    id: "lab-04",
    article: "Labelling Measures Art. 4",
    article_zh: "《标识办法》第四条",
    title_en: "Explicit label",
    title_zh: "显式标识",
    when: When::ConfusionCategory,
    admission: Some("an explicit label that is switched off without a lawful waiver closes the gate"),
    runtime: Some("an explicit label is applied per kind of content"),
    record: Some("which label was applied, per item"),
    report: Some("what a client draws outside the proxy"),
    effect: Effect::Closes,
    remedy_en: "Set spec.labelling.explicit to InText or UserInterface; only spec.labelling.waiver lets single users do without.",
    remedy_zh: "将 spec.labelling.explicit 设为 InText 或 UserInterface；仅可依 spec.labelling.waiver 向特定用户提供无显式标识内容。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static EXPLICIT_TEXT: Entry = Entry {
    id: "lab-04-1",
    article: "Labelling Measures Art. 4(1)",
    article_zh: "《标识办法》第四条第一款第一项",
    title_en: "Explicit label of text",
    title_zh: "文本显式标识",
    when: When::ConfusingText,
    admission: Some("spec.labelling.explicit InText, or a declared user interface, is asked for"),
    runtime: Some("the notice stands at the start or end of the text, where the format allows it"),
    record: Some("which label was applied, per item"),
    remedy_en: "Set spec.labelling.explicit to InText with spec.labelling.position, or declare spec.labelling.userInterface.",
    remedy_zh: "将 spec.labelling.explicit 设为 InText 并填写 spec.labelling.position，或者声明 spec.labelling.userInterface。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static EXPLICIT_AUDIO: Entry = Entry {
    id: "lab-04-2",
    article: "Labelling Measures Art. 4(2)",
    article_zh: "《标识办法》第四条第一款第二项",
    title_en: "Explicit label of audio",
    title_zh: "音频显式标识",
    when: When::ConfusingAudio,
    admission: Some("spec.labelling.audio or a user interface is asked for"),
    runtime: Some("a voice or rhythm cue is added or verified"),
    record: Some("kind and place of the cue"),
    remedy_en: "Set spec.labelling.audio, or declare spec.labelling.userInterface.",
    remedy_zh: "填写 spec.labelling.audio，或者声明 spec.labelling.userInterface。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static EXPLICIT_IMAGE: Entry = Entry {
    id: "lab-04-3",
    article: "Labelling Measures Art. 4(3)",
    article_zh: "《标识办法》第四条第一款第三项",
    title_en: "Explicit label of images",
    title_zh: "图片显式标识",
    when: When::ConfusingVisual,
    admission: Some("spec.labelling.image or the labelling step is asked for"),
    runtime: Some("the mark is added or its step verified"),
    record: Some("which label was applied, per item"),
    remedy_en: "Set spec.labelling.image, or declare the labelling step in spec.labelling.step.",
    remedy_zh: "填写 spec.labelling.image，或者在 spec.labelling.step 中声明加标识的环节。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static EXPLICIT_VIDEO: Entry = Entry {
    id: "lab-04-4",
    article: "Labelling Measures Art. 4(4)",
    article_zh: "《标识办法》第四条第一款第四项",
    title_en: "Explicit label of video",
    title_zh: "视频显式标识",
    when: When::ConfusingVisual,
    admission: Some("spec.labelling.video, with aroundPlayer, or the labelling step is asked for"),
    runtime: Some("the mark in the starting picture is verified"),
    record: Some("which label was applied, per item"),
    report: Some("the player's page, when another host serves it"),
    remedy_en: "Set spec.labelling.video, or declare spec.labelling.step; the player's page needs a prompt, too (aroundPlayer).",
    remedy_zh: "填写 spec.labelling.video，或者在 spec.labelling.step 中声明加标识的环节；播放页面周边亦应提示。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static EXPLICIT_SCENE: Entry = Entry {
    id: "lab-04-5",
    article: "Labelling Measures Art. 4(5)",
    article_zh: "《标识办法》第四条第一款第五项",
    title_en: "Explicit label of virtual scenes",
    title_zh: "虚拟场景显式标识",
    when: When::ConfusingScene,
    admission: Some("spec.labelling.scene or a user interface is asked for"),
    runtime: Some("the client's declaration is verified, nothing is drawn"),
    record: Some("that the declaration was there"),
    report: Some("the scene is drawn by the client"),
    remedy_en: "Set spec.labelling.scene, or declare spec.labelling.userInterface for the starting picture.",
    remedy_zh: "填写 spec.labelling.scene，或者就起始画面声明 spec.labelling.userInterface。",
    confidence: "V3",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static EXPORT_LABEL: Entry = Entry {
    id: "lab-04-7",
    article: "Labelling Measures Art. 4, last paragraph",
    article_zh: "《标识办法》第四条第二款",
    title_en: "Explicit label inside exported files",
    title_zh: "下载、复制、导出文件中的显式标识",
    when: When::Export,
    effect: Effect::Closes,
    admission: Some("routes that export must be declared; a label that only the interface shows is not enough there"),
    runtime: Some("the explicit label stands in the file before it is released"),
    record: Some("hashes before and after"),
    remedy_en: "Mark the route with export in spec.endpoints[].routes[] and label in the file, by InText or spec.labelling.step.",
    remedy_zh: "在 spec.endpoints[].routes[] 中将该路由标为 export，并以 InText 或 spec.labelling.step 在文件内加标识。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static IMPLICIT_LABEL: Entry = Entry {
    id: "lab-05",
    article: "Labelling Measures Art. 5",
    article_zh: "《标识办法》第五条",
    title_en: "Implicit label",
    title_zh: "隐式标识",
    when: When::NotInternal,
    admission: Some("the provider code is composed from spec.provider and must be valid"),
    runtime: Some("the label is written into the file's metadata and read back"),
    record: Some("produce id to request"),
    remedy_en: "Deliver in a format that carries metadata over spec.endpoints[], or declare spec.labelling.step.",
    remedy_zh: "经 spec.endpoints[] 以可写入元数据的格式输出，或者声明 spec.labelling.step。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static STORE_LABEL_CHECK: Entry = Entry {
    id: "lab-07",
    article: "Labelling Measures Art. 7",
    article_zh: "《标识办法》第七条",
    title_en: "Check of label materials by application stores",
    title_zh: "应用分发平台核验标识材料",
    subjects: &[Subject::AppStore],
    when: When::AppListing,
    admission: Some("a service with role AppStore must name spec.appStore.labellingCheck"),
    record: Some("the result of the check per application, kept by the store"),
    report: Some("asking and checking are operations of the store"),
    remedy_en: "Set spec.appStore.labellingCheck to the check of label materials before an application is listed.",
    remedy_zh: "将 spec.appStore.labellingCheck 设为应用上架前核验标识材料的流程。",
    confidence: "V3",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static AGREEMENT_CLAUSE: Entry = Entry {
    id: "lab-08",
    article: "Labelling Measures Art. 8",
    article_zh: "《标识办法》第八条",
    title_en: "Label clause of the user agreement",
    title_zh: "用户服务协议中的标识条款",
    when: When::NotInternal,
    admission: Some("spec.agreement.labelClause is asked for"),
    runtime: Some("the reminder to read it is sent with responses"),
    record: Some("version of the agreement per assertion"),
    remedy_en: "Explain the labels in the user agreement; set spec.agreement.labelClause.",
    remedy_zh: "在用户服务协议中说明标识的方法和样式；填写 spec.agreement.labelClause。",
    confidence: "V3",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static WAIVER: Entry = Entry {
    id: "lab-09",
    article: "Labelling Measures Art. 9",
    article_zh: "《标识办法》第九条",
    title_en: "Content without explicit label on request",
    title_zh: "应用户要求提供无显式标识内容",
    when: When::Waiver,
    admission: Some(
        "a waiver without clause or logged recipient, or with spec.retention.waiver shorter than P6M, closes the gate",
    ),
    runtime: Some("acceptance is checked, only the explicit label is left out, and the body waits for the ledger"),
    record: Some("who, when, produce id, version of the agreement, sealed recipient"),
    effect: Effect::Closes,
    period: Some(Period::Months(6)),
    remedy_en: "Set clause and logRecipient in spec.labelling.waiver and spec.retention.waiver to P6M or longer, or remove the waiver.",
    remedy_zh: "在 spec.labelling.waiver 中填写 clause 和 logRecipient，并将 spec.retention.waiver 设为 P6M 或更长；或者移除该功能。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static LABEL_TAMPERING: Entry = Entry {
    id: "lab-10-2",
    article: "Labelling Measures Art. 10(2)",
    article_zh: "《标识办法》第十条第二款",
    title_en: "No malicious handling of labels, no tools for it",
    title_zh: "不得恶意删除、篡改、伪造、隐匿标识",
    subjects: &[Subject::Anyone],
    admission: Some("images and arguments known to strip or forge labels are refused"),
    runtime: Some("forged labels are refused, foreign ones kept"),
    record: Some("one event per attempt"),
    effect: Effect::Closes,
    remedy_en: "Remove tools that delete, change, forge or hide labels from the workload; no EnforcementExemption covers them.",
    remedy_zh: "移除工作负载中用于删除、篡改、伪造、隐匿标识的工具；不得以 EnforcementExemption 豁免。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static MANDATORY_STANDARDS: Entry = Entry {
    id: "lab-11",
    article: "Labelling Measures Art. 11",
    article_zh: "《标识办法》第十一条",
    title_en: "Mandatory national standards",
    title_zh: "符合强制性国家标准",
    subjects: &[Subject::Provider, Subject::Propagator],
    when: When::NotInternal,
    admission: Some("GB 45438-2025 is the only profile for mainland China and cannot be switched off"),
    runtime: Some("labels follow that profile"),
    effect: Effect::Closes,
    remedy_en: "Keep labels on; the profile GB 45438-2025 holds by itself. See spec.labelling.",
    remedy_zh: "保持启用标识；GB 45438-2025 默认适用，参见 spec.labelling。",
    confidence: "V3",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static LABEL_MATERIALS: Entry = Entry {
    id: "lab-12",
    article: "Labelling Measures Art. 12",
    article_zh: "《标识办法》第十二条",
    title_en: "Label materials in filing and assessment",
    title_zh: "备案和安全评估中的标识材料",
    when: When::PublicOpinion,
    admission: Some("a FilingRecord without labelMaterials warns"),
    record: Some("reference to the materials"),
    report: Some("handing them in"),
    remedy_en: "Hand in the label materials; name them in spec.labelMaterials of the FilingRecord.",
    remedy_zh: "提交标识相关材料，并在 FilingRecord 的 spec.labelMaterials 中注明。",
    confidence: "V2",
    ..Entry::of(Instrument::LabellingMeasures)
};
