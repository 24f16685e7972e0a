//! What a service says it makes may not contradict itself (Order 12 Arts 15, 17, 23).
//!
//! In: a spec. Out: the field that cannot be true together with another. Must not: add duties; a
//! contradiction would take a service out of a duty that its own words put it under.

use super::found::Found;
use crate::api::DeepSynthesisServiceSpec;
use crate::api::service::{BiometricEditing, ConfusionCategory, Function, Technology};

/// What a function needs elsewhere in the spec.
struct Needs {
    function: Function,
    biometric: Option<Biometric>,
    technologies: &'static [Technology],
    category: Option<ConfusionCategory>,
}

#[derive(Clone, Copy)]
enum Biometric {
    Face,
    Voice,
}

const VISUAL: &[Technology] = &[Technology::VisualBiometric, Technology::DigitalHumanScene];

const fn face(function: Function) -> Needs {
    let (biometric, category) = (Some(Biometric::Face), Some(ConfusionCategory::FacePerson));
    Needs { function, biometric, technologies: VISUAL, category }
}

const fn plain(function: Function, technology: &'static [Technology], category: ConfusionCategory) -> Needs {
    Needs { function, biometric: None, technologies: technology, category: Some(category) }
}

/// Functions whose name already says technology, category and biometric editing.
const NEEDS: [Needs; 9] = [
    face(Function::FaceSwap),
    face(Function::FaceGeneration),
    face(Function::FaceManipulation),
    face(Function::PoseManipulation),
    Needs {
        function: Function::VoiceCloning,
        biometric: Some(Biometric::Voice),
        technologies: &[Technology::Speech],
        category: Some(ConfusionCategory::Voice),
    },
    // Synthesised human voices are named in Art. 17(1)(2) beside imitated ones.
    plain(Function::SpeechSynthesis, &[Technology::Speech], ConfusionCategory::Voice),
    plain(Function::Dialogue, &[], ConfusionCategory::DialogueWriting),
    plain(Function::Writing, &[Technology::Text], ConfusionCategory::DialogueWriting),
    plain(Function::ImmersiveScene, &[Technology::DigitalHumanScene], ConfusionCategory::ImmersiveScene),
];

/// Technologies of which a category needs one.
fn technologies_of(category: ConfusionCategory) -> &'static [Technology] {
    match category {
        ConfusionCategory::DialogueWriting => &[Technology::Text],
        ConfusionCategory::Voice => &[Technology::Speech],
        ConfusionCategory::FacePerson => VISUAL,
        ConfusionCategory::ImmersiveScene => &[Technology::DigitalHumanScene],
        ConfusionCategory::Other => &[],
    }
}

/// Adds every contradiction.
pub(super) fn check(found: &mut Found, spec: &DeepSynthesisServiceSpec) {
    let uses = |any: &[Technology]| any.is_empty() || spec.technologies.iter().any(|used| any.contains(used));
    for needs in NEEDS.iter().filter(|needs| spec.functions.contains(&needs.function)) {
        let function = needs.function;
        if let Some((field, what)) = needs.biometric.and_then(|biometric| undeclared(spec.biometric_editing, biometric))
        {
            found.add(
                field,
                format!("is false, but spec.functions holds {function:?}, which edits {what} (Order 12 Arts 14(2), 15(2))"),
                "set it to true, or remove the function that the service does not offer",
                format!("spec.functions 含 {function:?}，属于生物识别信息编辑（《规定》第十四条第二款、第十五条第二款）；请设为 true。"),
            );
        }
        if !uses(needs.technologies) {
            missing_technology(found, &format!("spec.functions holds {function:?}"), needs.technologies);
        }
        if let Some(category) = needs.category.filter(|category| !spec.confusion_categories.contains(category)) {
            found.add(
                "spec.confusionCategories",
                format!("lacks {category:?}, but spec.functions holds {function:?} (Order 12 Art. 17(1))"),
                format!("add {category:?}, or remove the function that the service does not offer"),
                format!("spec.functions 含 {function:?}，属于《规定》第十七条第一款所列服务；请加入 {category:?}。"),
            );
        }
    }
    for category in &spec.confusion_categories {
        let technologies = technologies_of(*category);
        if !uses(technologies) {
            missing_technology(found, &format!("spec.confusionCategories holds {category:?}"), technologies);
        }
    }
}

fn undeclared(editing: BiometricEditing, biometric: Biometric) -> Option<(&'static str, &'static str)> {
    match biometric {
        Biometric::Face if !editing.face => Some(("spec.biometricEditing.face", "faces or persons")),
        Biometric::Voice if !editing.voice => Some(("spec.biometricEditing.voice", "voices")),
        _ => None,
    }
}

fn missing_technology(found: &mut Found, because: &str, technologies: &[Technology]) {
    let names: Vec<_> = technologies.iter().map(|technology| format!("{technology:?}")).collect();
    found.add(
        "spec.technologies",
        format!("lacks {}, but {because} (Order 12 Art. 23)", names.join(" and ")),
        format!("add {}", names.join(" or ")),
        format!("与声明的功能或易混淆类别不一致（《规定》第二十三条）；请加入 {}。", names.join(" 或 ")),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn fields(technologies: Value, categories: Value, functions: Value, face: bool, voice: bool) -> Vec<String> {
        let spec: DeepSynthesisServiceSpec = serde_json::from_value(json!({
            "provider": {"name": "x", "unifiedSocialCreditCode": "91440300708461136T", "serviceCode": "0001"},
            "roles": ["Provider"], "audience": "PublicChina", "publicOpinion": {"attribute": true},
            "workloadSelector": {"matchLabels": {"app": "x"}}, "endpoints": [{"port": 80}],
            "technologies": technologies, "confusionCategories": categories, "functions": functions,
            "biometricEditing": {"face": face, "voice": voice},
        }))
        .unwrap();
        let mut found = Found::default();
        check(&mut found, &spec);
        assert!(found.0.iter().all(|invalid| invalid.reason.contains("Order 12") && !invalid.zh.is_empty()));
        found.0.into_iter().map(|invalid| invalid.field.replace("spec.", "")).collect()
    }

    #[test]
    fn functions_need_their_technology_category_and_biometric_editing() {
        let none: Vec<String> = Vec::new();
        let rows = [
            (json!(["VisualBiometric"]), json!(["FacePerson"]), json!(["FaceSwap"]), true, false, none.clone()),
            (
                json!(["Text"]),
                json!([]),
                json!(["PoseManipulation"]),
                false,
                false,
                vec!["biometricEditing.face".into(), "technologies".into(), "confusionCategories".into()],
            ),
            (json!(["DigitalHumanScene"]), json!(["FacePerson"]), json!(["FaceGeneration"]), true, false, none.clone()),
            (
                json!(["Text"]),
                json!([]),
                json!(["VoiceCloning"]),
                true,
                false,
                vec!["biometricEditing.voice".into(), "technologies".into(), "confusionCategories".into()],
            ),
            (json!(["Text"]), json!([]), json!(["Dialogue"]), false, false, vec!["confusionCategories".into()]),
            (json!(["Text"]), json!([]), json!(["ImageGeneration", "News"]), false, false, none.clone()),
            (json!(["Text"]), json!(["Voice"]), json!([]), false, false, vec!["technologies".into()]),
            (json!(["Speech"]), json!(["DialogueWriting"]), json!([]), false, false, vec!["technologies".into()]),
            (json!(["Text"]), json!(["Other", "DialogueWriting"]), json!([]), false, false, none),
        ];
        for (technologies, categories, functions, face, voice, expected) in rows {
            let text = format!("{technologies} {categories} {functions}");
            assert_eq!(fields(technologies, categories, functions, face, voice), expected, "{text}");
        }
    }
}
