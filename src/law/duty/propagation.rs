//! Labelling Measures Arts. 6 and 10(1): what propagation services and their users owe.
//!
//! In: nothing. Out: catalogue entries. Must not: quote the law; the words are ours.

use super::{Entry, Instrument, Subject, When};

pub(super) static PROPAGATOR_IS: Entry = Entry {
    id: "lab-06-1",
    article: "Labelling Measures Art. 6(1)",
    article_zh: "《标识办法》第六条第一款第一项",
    title_en: "Metadata says synthetic: show that it is",
    title_zh: "元数据标明的，提示属于生成合成内容",
    subjects: &[Subject::Propagator],
    when: When::Propagation,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static PROPAGATOR_MAY_BE: Entry = Entry {
    id: "lab-06-2",
    article: "Labelling Measures Art. 6(2)",
    article_zh: "《标识办法》第六条第一款第二项",
    title_en: "User declares it: show that it may be",
    title_zh: "用户声明的，提示可能为生成合成内容",
    subjects: &[Subject::Propagator],
    when: When::Propagation,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static PROPAGATOR_SUSPECTED: Entry = Entry {
    id: "lab-06-3",
    article: "Labelling Measures Art. 6(3)",
    article_zh: "《标识办法》第六条第一款第三项",
    title_en: "Label or trace found: show that it is suspected",
    title_zh: "检测到痕迹的，提示疑似生成合成内容",
    subjects: &[Subject::Propagator],
    when: When::Propagation,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static PROPAGATOR_FUNCTION: Entry = Entry {
    id: "lab-06-4",
    article: "Labelling Measures Art. 6(4)",
    article_zh: "《标识办法》第六条第一款第四项",
    title_en: "Labelling function and reminder to declare",
    title_zh: "提供标识功能并提醒用户声明",
    subjects: &[Subject::Propagator],
    when: When::Propagation,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static PROPAGATOR_ELEMENTS: Entry = Entry {
    id: "lab-06-5",
    article: "Labelling Measures Art. 6, last paragraph",
    article_zh: "《标识办法》第六条第二款",
    title_en: "Propagation elements in the metadata",
    title_zh: "元数据中的传播要素信息",
    subjects: &[Subject::Propagator],
    when: When::Propagation,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};

pub(super) static USER_DECLARATION: Entry = Entry {
    id: "lab-10-1",
    article: "Labelling Measures Art. 10(1)",
    article_zh: "《标识办法》第十条第一款",
    title_en: "Declaration by the publishing user",
    title_zh: "用户主动声明并使用标识功能",
    subjects: &[Subject::User],
    when: When::Propagation,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};
