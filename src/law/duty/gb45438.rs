//! GB 45438-2025 and the TC260 practice guides: form, format and carriers of labels.
//!
//! In: nothing. Out: catalogue entries. Must not: quote the law; the words are ours.

use super::{Effect, Entry, Instrument, Subject, When};

pub(super) static TEXT_FORM: Entry = Entry {
    id: "gb-5.1",
    article: "GB 45438-2025 5.1",
    article_zh: "GB 45438-2025 第5.1条",
    title_en: "Form of text labels",
    title_zh: "文本标识的形式",
    when: When::TextOutput,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static IMAGE_FORM: Entry = Entry {
    id: "gb-5.2",
    article: "GB 45438-2025 5.2",
    article_zh: "GB 45438-2025 第5.2条",
    title_en: "Form of image labels",
    title_zh: "图片标识的形式",
    when: When::VisualOutput,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static AUDIO_FORM: Entry = Entry {
    id: "gb-5.3",
    article: "GB 45438-2025 5.3",
    article_zh: "GB 45438-2025 第5.3条",
    title_en: "Form of audio labels",
    title_zh: "音频标识的形式",
    when: When::AudioOutput,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static VIDEO_FORM: Entry = Entry {
    id: "gb-5.4",
    article: "GB 45438-2025 5.4",
    article_zh: "GB 45438-2025 第5.4条",
    title_en: "Form of video labels",
    title_zh: "视频标识的形式",
    when: When::VisualOutput,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static SCENE_FORM: Entry = Entry {
    id: "gb-5.5",
    article: "GB 45438-2025 5.5",
    article_zh: "GB 45438-2025 第5.5条",
    title_en: "Form of virtual-scene labels",
    title_zh: "虚拟场景标识的形式",
    when: When::SceneOutput,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static INTERFACE_FORM: Entry = Entry {
    id: "gb-5.6",
    article: "GB 45438-2025 5.6",
    article_zh: "GB 45438-2025 第5.6条",
    title_en: "Form of labels in the user interface",
    title_zh: "交互界面标识的形式",
    when: When::InterfaceLabel,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static METADATA_FORM: Entry = Entry {
    id: "gb-6.1",
    article: "GB 45438-2025 6.1",
    article_zh: "GB 45438-2025 第6.1条",
    title_en: "Elements of the metadata label",
    title_zh: "元数据隐式标识的要素",
    subjects: &[Subject::Provider, Subject::Propagator],
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static CONTENT_WATERMARK: Entry = Entry {
    id: "gb-6.2",
    article: "GB 45438-2025 6.2",
    article_zh: "GB 45438-2025 第6.2条",
    title_en: "Watermark in the content (permitted)",
    title_zh: "内容隐式标识（可选）",
    when: When::Watermark,
    effect: Effect::Notes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static LABEL_FORMAT: Entry = Entry {
    id: "gb-E-format",
    article: "GB 45438-2025 Annex E",
    article_zh: "GB 45438-2025 附录E",
    title_en: "Format of the metadata label",
    title_zh: "元数据隐式标识的格式",
    subjects: &[Subject::Provider, Subject::Propagator],
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V4",
    ..Entry::of(Instrument::Gb45438)
};

pub(super) static PROVIDER_CODE: Entry = Entry {
    id: "tc-20252A-code",
    article: "TC260-PG-20252A",
    article_zh: "TC260-PG-20252A《服务提供者编码规则》",
    title_en: "Provider code",
    title_zh: "服务提供者编码",
    subjects: &[Subject::Provider, Subject::Propagator],
    when: When::NotInternal,
    effect: Effect::Closes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "C",
    ..Entry::of(Instrument::Tc260Guides)
};

pub(super) static CARRIERS: Entry = Entry {
    id: "tc-carriers",
    article: "TC260-PG-20257A to 202510A",
    article_zh: "TC260-PG-20257A 至 202510A",
    title_en: "Carrier per file format",
    title_zh: "各文件格式的标识载体",
    subjects: &[Subject::Provider, Subject::Propagator],
    when: When::NotInternal,
    remedy_en: "",
    remedy_zh: "",
    confidence: "V3",
    ..Entry::of(Instrument::Tc260Guides)
};

pub(super) static LABEL_SECURITY: Entry = Entry {
    id: "tc-202511A-security",
    article: "TC260-PG-202511A A.1, A.2",
    article_zh: "TC260-PG-202511A 附录A",
    title_en: "Security data of labels (optional)",
    title_zh: "标识安全防护数据（可选）",
    subjects: &[Subject::Provider, Subject::Propagator],
    when: When::SignedLabel,
    effect: Effect::Notes,
    remedy_en: "",
    remedy_zh: "",
    confidence: "C",
    ..Entry::of(Instrument::Tc260Guides)
};
