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
    admission: Some(
        "spec.labelling.wording without both elements closes the gate; AI alone may only be the corner mark of text",
    ),
    runtime: Some("the wording is written where people read, never into JSON or code"),
    record: Some("wording and place, per item"),
    effect: Effect::Closes,
    remedy_en: "Write both elements into spec.labelling.wording: AI or the Chinese word for it, and the Chinese word for generated or synthesised.",
    remedy_zh: "spec.labelling.wording 须同时含有“人工智能”或“AI”与“生成”或“合成”。",
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
    admission: Some(
        "spec.labelling.image with letters lower than 5 % of the shortest side closes the gate; edge and corner are the only places",
    ),
    runtime: Some("height of the ink is measured where the sidecar draws or verifies"),
    record: Some("height, box, size"),
    effect: Effect::Closes,
    remedy_en: "Set spec.labelling.image.textHeightPercent to 5 or more: percent of the shortest side.",
    remedy_zh: "将 spec.labelling.image.textHeightPercent 设为不低于 5（以画面最短边为基准的百分比）。",
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
    admission: Some(
        "spec.labelling.audio with neither voice nor rhythm, or with a rate outside 120 to 160 characters a minute, closes the gate",
    ),
    runtime: Some("the cue is mixed in or verified; in fast exchange, once per round"),
    record: Some("kind and place of the cue"),
    effect: Effect::Closes,
    remedy_en: "Set spec.labelling.audio to a voice cue at 120 to 160 characters a minute, or to the rhythm short-long short-short.",
    remedy_zh: "将 spec.labelling.audio 设为每分钟120至160字的语音标识，或者“短长 短短”的节奏标识。",
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
    admission: Some("spec.labelling.video below 5 % of the shortest side, or shorter than 2 s, closes the gate"),
    runtime: Some("the mark is verified from the first picture on"),
    record: Some("start, end, height"),
    effect: Effect::Closes,
    remedy_en: "Set textHeightPercent to 5 or more and seconds to 2 or more in spec.labelling.video.",
    remedy_zh: "在 spec.labelling.video 中将 textHeightPercent 设为不低于 5，seconds 设为不少于 2。",
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
    effect: Effect::Closes,
    admission: Some("spec.labelling.scene below 5 % of the shortest side warns; there is no rule of two seconds"),
    runtime: Some("the client's declaration is verified"),
    record: Some("that the declaration was there"),
    report: Some("the scene is drawn by the client"),
    remedy_en: "Set spec.labelling.scene.textHeightPercent to 5 or more; show the label in the starting picture.",
    remedy_zh: "将 spec.labelling.scene.textHeightPercent 设为不低于 5；标识置于起始画面。",
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
    admission: Some("spec.labelling.userInterface must say who shows the label, where, and by which proof"),
    runtime: Some("pages that pass the sidecar are looked at"),
    record: Some("result of the probe"),
    report: Some("what a client draws outside the proxy"),
    remedy_en: "Show a text label continuously near the content, or at top, bottom or background; declare spec.labelling.userInterface.",
    remedy_zh: "在内容附近或者界面顶部、底部、背景持续展示文字标识；声明 spec.labelling.userInterface。",
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
    admission: Some("the provider code must be valid"),
    runtime: Some("five elements are written once, duplicates of our own removed, the result read back"),
    record: Some("the label as written"),
    remedy_en: "Let the sidecar write the label over spec.endpoints[]; keep one AIGC label per file in spec.labelling.step.",
    remedy_zh: "由边车经 spec.endpoints[] 写入标识；spec.labelling.step 中每个文件仅保留一个 AIGC 元数据标识。",
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
    runtime: Some("a watermark that the application writes is left alone"),
    record: Some("watermark id, when the labelling step reports one"),
    effect: Effect::Notes,
    remedy_en: "Nothing is owed; a watermark may be added in spec.labelling.step, beside the metadata label.",
    remedy_zh: "属鼓励事项；可在 spec.labelling.step 中添加数字水印，但不能代替元数据标识。",
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
    admission: Some("values that leave the character range of Annex E are refused"),
    runtime: Some("strict writer, tolerant reader"),
    record: Some("the label as written"),
    remedy_en: "Let the sidecar write the label; in spec.labelling.step keep the seven keys, their order, and string values.",
    remedy_zh: "由边车写入标识；spec.labelling.step 须保持七个键、固定顺序和字符串取值。",
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
    admission: Some("a wrong unified social credit code or service code is refused"),
    runtime: Some("the code stands as ContentProducer or ContentPropagator"),
    effect: Effect::Closes,
    remedy_en: "Correct spec.provider.unifiedSocialCreditCode and spec.provider.serviceCode; the code is composed from them.",
    remedy_zh: "更正 spec.provider.unifiedSocialCreditCode 和 spec.provider.serviceCode；编码由二者组成。",
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
    admission: Some("a format without a carrier needs a declared fallback"),
    runtime: Some("one writer per format; formats without carrier follow the route's policy"),
    record: Some("which carrier was used"),
    remedy_en: "Deliver a format that has a carrier, or declare the fallback in spec.labelling.step.",
    remedy_zh: "采用有标识载体的格式输出，或者在 spec.labelling.step 中声明替代方式。",
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
    runtime: Some("signed labels are verified in both dialects and passed on; an opaque reserved code is accepted"),
    record: Some("result of the verification"),
    effect: Effect::Notes,
    remedy_en: "Nothing is owed; ReservedCode1 may stay empty. See spec.labelling.",
    remedy_zh: "属可选事项；ReservedCode1 可以为空，参见 spec.labelling。",
    confidence: "C",
    ..Entry::of(Instrument::Tc260Guides)
};
