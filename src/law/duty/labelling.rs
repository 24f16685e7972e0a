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
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
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
    effect: Effect::Closes,
    period: Some(Period::Months(6)),
    remedy_en: "",
    remedy_zh: "",
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
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
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
    effect: Effect::Notes,
    remedy_en: "",
    remedy_zh: "",
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
    remedy_en: "",
    remedy_zh: "",
    confidence: "V2",
    ..Entry::of(Instrument::LabellingMeasures)
};
