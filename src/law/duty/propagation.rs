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
    admission: Some("a service with role Propagator must set spec.propagation"),
    runtime: Some("uploads are read; state 1 is set and told to the page"),
    record: Some("decision and rule"),
    report: Some("the page that shows it, when another host serves it"),
    remedy_en: "Set spec.propagation and show that the content is synthetic wherever the state is 1.",
    remedy_zh: "填写 spec.propagation；状态为 1 时，在内容周边提示属于生成合成内容。",
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
    admission: Some("spec.propagation.declaration is asked for"),
    runtime: Some("the user's declaration is read; state 2 is set"),
    record: Some("decision and rule"),
    remedy_en: "Set spec.propagation.declaration to the field in which users declare.",
    remedy_zh: "将 spec.propagation.declaration 设为用户声明所用的字段。",
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
    admission: Some("spec.propagation.detector is asked for"),
    runtime: Some("the detector is asked; state 3 is set"),
    record: Some("decision and version of the detector"),
    remedy_en: "Set spec.propagation.detector.",
    remedy_zh: "填写 spec.propagation.detector。",
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
    admission: Some("spec.propagation.reminder is asked for"),
    runtime: Some("the reminder goes with the upload page"),
    record: Some("that the reminder was shown"),
    remedy_en: "Set spec.propagation.reminder and offer the labelling function.",
    remedy_zh: "填写 spec.propagation.reminder，并提供必要的标识功能。",
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
    admission: Some("a propagator code is composed from spec.provider"),
    runtime: Some("only the propagator's half of the label is written"),
    record: Some("propagate id to request"),
    remedy_en: "Give the service the role Propagator and a spec.provider.serviceCode, so that its half of the label can be written.",
    remedy_zh: "为该服务设置 Propagator 角色和 spec.provider.serviceCode，以便写入传播要素信息。",
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
    runtime: Some("publication routes of a propagator demand the declaration"),
    record: Some("the declaration"),
    remedy_en: "Set spec.propagation.declaration and spec.propagation.reminder, so that users can declare.",
    remedy_zh: "填写 spec.propagation.declaration 和 spec.propagation.reminder，便于用户主动声明。",
    confidence: "V4",
    ..Entry::of(Instrument::LabellingMeasures)
};
