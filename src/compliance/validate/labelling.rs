//! How a service says it labels (Order 12 Art. 17; Labelling Measures Arts 4, 8, 9; GB 45438-2025 clause 5).
//!
//! In: a spec. Out: what the rules do not allow. Must not: look at content.

use super::found::Found;
use crate::api::DeepSynthesisServiceSpec;
use crate::api::service::{AudioForm, ExplicitLabelling, Labelling};
use crate::law::label_form::{LEAST_HEIGHT_PERCENT, LEAST_VIDEO_SECONDS, SPEAKING_RATE};
use crate::law::label_words::{Element, missing_elements};

/// Adds everything that the labelling rules do not allow.
pub(super) fn check(found: &mut Found, spec: &DeepSynthesisServiceSpec) {
    let labelling = &spec.labelling;
    if labelling.explicit == ExplicitLabelling::Offer && !spec.confusion_categories.is_empty() {
        found.add(
            "spec.labelling.explicit",
            "is Offer, but spec.confusionCategories names services that must carry a conspicuous mark themselves \
             (Order 12 Art. 17(1))",
            "write InText or UserInterface",
            "属于《规定》第十七条第一款所列服务，须添加显著标识，不能仅提供标识功能；请改为 InText 或 UserInterface。",
        );
    }
    wording(found, labelling);
    waiver(found, spec);
    forms(found, labelling);
    if let Some(shown) = &labelling.user_interface {
        found.text("spec.labelling.userInterface.shownBy", &shown.shown_by);
        found.url("spec.labelling.userInterface.url", &shown.url);
        found.text("spec.labelling.userInterface.evidence", &shown.evidence);
    }
    if let Some(offer) = &labelling.offer {
        found.text("spec.labelling.offer.function", &offer.function);
        found.text("spec.labelling.offer.prompt", &offer.prompt);
    }
    if let Some(step) = &labelling.step {
        found.text("spec.labelling.step.name", &step.name);
        found.text("spec.labelling.step.evidence", &step.evidence);
    }
}

fn wording(found: &mut Found, labelling: &Labelling) {
    let Some(wording) = &labelling.wording else { return };
    let field = "spec.labelling.wording";
    found.text(field, wording);
    let missing = missing_elements(wording);
    if missing.is_empty() {
        return;
    }
    let words: Vec<_> = missing.iter().map(|element| element.words().join(" or ")).collect();
    let why = match missing.as_slice() {
        [Element::Generation] => "AI alone, a product name or English words are no text label",
        _ => "a text label says both that it is AI and that it is generated or synthesised",
    };
    found.add(
        field,
        format!("lacks {}: {why} (GB 45438-2025 clause 5; Labelling Measures Art. 4)", words.join(", and ")),
        "write both elements in Chinese, e.g. 本内容由人工智能生成",
        "文字标识须同时含“人工智能”或“AI”，以及“生成”或“合成”（GB 45438-2025 第 5 章）；仅有“AI”、产品名称或英文均不符合。",
    );
}

fn waiver(found: &mut Found, spec: &DeepSynthesisServiceSpec) {
    let Some(waiver) = spec.labelling.waiver.as_ref() else { return };
    found.optional_text("spec.labelling.waiver.clause", waiver.clause.as_deref());
    if !waiver.enabled {
        return;
    }
    if waiver.clause.as_deref().is_none_or(|clause| clause.trim().is_empty()) {
        found.add(
            "spec.labelling.waiver.clause",
            "is missing: without the label users must have accepted their own labelling duty and liability in the \
             agreement (Labelling Measures Art. 9)",
            "name the clause",
            "提供不含显式标识的内容，须通过用户协议明确用户的标识义务和使用责任（《标识办法》第九条）；请填写条款。",
        );
    }
    if !waiver.log_recipient {
        found.add(
            "spec.labelling.waiver.logRecipient",
            "is false: who received content without a label is logged for at least six months (Labelling Measures Art. 9)",
            "set it to true",
            "须留存提供对象信息等相关日志不少于六个月（《标识办法》第九条）；请设为 true。",
        );
    }
    if spec.agreement.is_none() {
        found.add(
            "spec.agreement",
            "is missing, but spec.labelling.waiver.enabled rests on a clause of it (Labelling Measures Arts 8, 9)",
            "declare url and version of the agreement",
            "显式标识豁免以用户协议条款为依据（《标识办法》第八条、第九条）；请声明协议的 url 和 version。",
        );
    }
}

fn forms(found: &mut Found, labelling: &Labelling) {
    let heights = [
        ("image", "5.2", labelling.image.as_ref().map(|image| image.text_height_percent)),
        ("video", "5.4", labelling.video.as_ref().map(|video| video.text_height_percent)),
        ("scene", "5.5", labelling.scene.as_ref().map(|scene| scene.text_height_percent)),
    ];
    for (form, clause, height) in heights {
        if let Some(height) = height.filter(|height| *height < LEAST_HEIGHT_PERCENT) {
            found.add(
                format!("spec.labelling.{form}.textHeightPercent"),
                format!("is {height}: the text is at least {LEAST_HEIGHT_PERCENT} % of the shortest side high (GB 45438-2025 {clause})"),
                format!("write {LEAST_HEIGHT_PERCENT} or more"),
                format!("文字高度不得低于最短边长度的 5%（GB 45438-2025 {clause}）。"),
            );
        }
    }
    if let Some(video) = labelling.video.as_ref().filter(|video| video.seconds < LEAST_VIDEO_SECONDS) {
        found.add(
            "spec.labelling.video.seconds",
            format!(
                "is {}: the label stays at least {LEAST_VIDEO_SECONDS} seconds from the first picture on (GB 45438-2025 5.4)",
                video.seconds
            ),
            format!("write {LEAST_VIDEO_SECONDS} or more"),
            "标识持续时间不应少于 2 秒（GB 45438-2025 5.4）。",
        );
    }
    let Some(audio) = &labelling.audio else { return };
    let field = "spec.labelling.audio.charactersPerMinute";
    match (audio.form, audio.characters_per_minute) {
        (AudioForm::Rhythm, Some(_)) => found.add(
            field,
            "is given, but spec.labelling.audio.form is Rhythm, which has no words (GB 45438-2025 5.3)",
            "remove it, or write the form Voice",
            "节奏标识没有语速（GB 45438-2025 5.3）；请删除该字段，或将 form 改为 Voice。",
        ),
        (AudioForm::Voice, Some(speed)) if !SPEAKING_RATE.contains(&speed) => found.add(
            field,
            format!(
                "is {speed}: spoken labels run at normal speed, {} to {} characters per minute (GB 45438-2025 5.3)",
                SPEAKING_RATE.start(),
                SPEAKING_RATE.end()
            ),
            format!("write {} to {}", SPEAKING_RATE.start(), SPEAKING_RATE.end()),
            "语音标识应为正常语速，120 至 160 字/分钟（GB 45438-2025 5.3）。",
        ),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn fields(labelling: Value) -> Vec<String> {
        let spec: DeepSynthesisServiceSpec = serde_json::from_value(json!({
            "provider": {"name": "x", "unifiedSocialCreditCode": "91440300708461136T", "serviceCode": "0001"},
            "roles": ["Provider"], "audience": "PublicChina", "publicOpinion": {"attribute": true},
            "workloadSelector": {"matchLabels": {"app": "x"}}, "endpoints": [{"port": 80}],
            "technologies": ["Text"], "confusionCategories": ["DialogueWriting"], "labelling": labelling,
        }))
        .unwrap();
        let mut found = Found::default();
        check(&mut found, &spec);
        found.0.into_iter().map(|invalid| invalid.field.replace("spec.labelling.", "")).collect()
    }

    #[test]
    fn labels_keep_the_numbers_and_words_of_the_standard() {
        let rows: [(Value, &[&str]); 17] = [
            (json!({}), &[]),
            (json!({"explicit": "Offer"}), &["explicit"]),
            (json!({"wording": "AI生成"}), &[]),
            (json!({"wording": "AI"}), &["wording"]),
            (json!({"wording": "豆包AI助手"}), &["wording"]),
            (json!({"wording": "AI-generated content"}), &["wording"]),
            (json!({"wording": "AI\n生成"}), &["wording"]),
            (json!({"image": {"textHeightPercent": 4}}), &["image.textHeightPercent"]),
            (json!({"image": {"textHeightPercent": 5}, "scene": {"textHeightPercent": 5}}), &[]),
            (json!({"video": {"textHeightPercent": 1, "seconds": 1}}), &["video.textHeightPercent", "video.seconds"]),
            (json!({"scene": {"textHeightPercent": 4}}), &["scene.textHeightPercent"]),
            (json!({"audio": {"charactersPerMinute": 119}}), &["audio.charactersPerMinute"]),
            (json!({"audio": {"charactersPerMinute": 160}}), &[]),
            (json!({"audio": {"form": "Rhythm", "charactersPerMinute": 140}}), &["audio.charactersPerMinute"]),
            (json!({"waiver": {"enabled": true}}), &["waiver.clause", "waiver.logRecipient", "spec.agreement"]),
            (
                json!({"waiver": {"enabled": true, "clause": " ", "logRecipient": true}}),
                &["waiver.clause", "waiver.clause", "spec.agreement"],
            ),
            (json!({"waiver": {"enabled": false}}), &[]),
        ];
        for (labelling, expected) in rows {
            assert_eq!(fields(labelling.clone()), expected, "{labelling}");
        }
    }
}
