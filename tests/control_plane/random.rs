//! Random services and records, schema-valid and free of the contradictions that admission refuses.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::support::USCC;

/// A service's spec without selector, and its records' specs without scope.
#[derive(Clone, Debug)]
pub struct Random {
    pub service: Value,
    pub filings: Vec<Value>,
    pub assessments: Vec<Value>,
}

fn some<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = Vec<T>> {
    subsequence(values, 0..=values.len())
}

fn one<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = T> {
    select(values)
}

/// Dates before, around and after every day on which the test can run.
const DAYS: [&str; 4] = ["2024-05-06", "2026-03-02", "2027-02-01", "2099-12-31"];

fn filing() -> impl Strategy<Value = Value> {
    let kinds = ["AlgorithmFiling", "AlgorithmFiling", "GenAiFiling", "GenAiRegistration"];
    let states = ["Filed", "Filed", "ChangeSubmitted", "Submitted", "Rejected", "Cancelled"];
    (
        select(kinds.to_vec()),
        select(states.to_vec()),
        one(&["Provider", "TechnicalSupporter"]),
        one(&DAYS),
        any::<[bool; 3]>(),
    )
        .prop_map(|(kind, state, role, day, [link, materials, other_name])| {
            let number = if kind == "AlgorithmFiling" {
                "网信算备110108000000001260015号"
            } else {
                "Beijing-ShiLiMoXing-202512030061"
            };
            let mut spec = json!({
                "kind": kind, "state": state, "role": role, "number": number, "filedOn": day,
                "unifiedSocialCreditCode": USCC, "changeSubmittedOn": day.max("2026-05-06"),
                "cancelledOn": day.max("2026-05-07"),
                "modelName": "示例模型",
            });
            if link {
                spec["publicityLink"] = "https://filing.example/x".into();
            }
            if materials {
                spec["labelMaterials"] = "标识说明".into();
            }
            if other_name {
                spec["providerName"] = "另一名称".into();
            }
            spec
        })
}

fn assessment() -> impl Strategy<Value = Value> {
    const BASES: [&str; 5] =
        ["Article15Biometric", "Article15SpecialObject", "Article20", "GenAiArticle17", "PiplArticle55"];
    let bases = subsequence(BASES.to_vec(), 1..=5);
    let results = one(&["Passed", "Passed", "Passed", "Conditional", "Failed"]);
    (bases, results, proptest::option::of(one(&["2026-05-01", "2027-01-15", "2099-12-31"])), any::<[bool; 3]>())
        .prop_map(|(basis, result, until, [functions, models, review])| {
            let mut spec = json!({
                "basis": basis, "result": result, "reportId": "SA-1", "reportSha256": "0".repeat(64), "assessor": "甲",
                "assessedOn": "2026-02-04", "unifiedSocialCreditCode": USCC,
            });
            if let Some(until) = until {
                spec["validUntil"] = until.into();
            }
            if functions {
                spec["functions"] = json!(["ImageGeneration", "News"]);
            }
            if models {
                spec["models"] = json!([{"name": "m", "weightsDigest": format!("sha256:{}", "1".repeat(64))}]);
            }
            if review {
                spec["nextReviewOn"] = "2026-06-30".into();
            }
            spec
        })
}

/// Declarations that may be there or not, each with what it needs to be sound.
fn declarations() -> impl Strategy<Value = Value> {
    any::<[bool; 11]>().prop_map(|has| {
        let all = json!({
            "consent": {"promptVersion": "1"},
            "contentReview": {"endpoint": "https://review.example", "libraryVersion": "7", "failMode": "Open"},
            "complaints": {"url": "https://x.example/complaints"},
            "refutation": {"runbook": "制度-11", "contact": "合规部"},
            "agreement": {"url": "https://x.example/a", "version": "3", "labelClause": "第八条"},
            "managementSystems": [{"system": "AntiFraud", "document": "制度-7", "adoptedOn": "2026-01-05"}],
            "trainingData": {"register": "台账", "version": "1"},
            "models": [{"name": "m", "weightsDigest": format!("sha256:{}", "1".repeat(64))}],
            "identity": {"means": ["MobileNumber"], "issuers": [{"url": "https://id.example", "audience": "x", "keys": r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#}]},
            "licences": [{"function": "News", "number": "N-1", "authority": "网信办", "validUntil": "2027-01-31"}],
            "appStore": {"filingCheck": "制度-13"},
        });
        let mut kept = json!({});
        for ((field, value), _) in all.as_object().unwrap().iter().zip(has).filter(|(_, has)| *has) {
            kept[field] = value.clone();
        }
        kept
    })
}

fn labelling() -> impl Strategy<Value = Value> {
    (one(&["InText", "InText", "UserInterface", "Offer"]), any::<[bool; 2]>()).prop_map(
        |(explicit, [shown, offered])| {
            let mut spec = json!({"explicit": explicit});
            if shown {
                spec["userInterface"] = json!({"shownBy": "前端", "url": "https://x.example", "evidence": "报告-1"});
            }
            if offered {
                spec["offer"] = json!({"function": "设置页", "prompt": "可添加标识"});
            }
            spec
        },
    )
}

/// A service with up to three records of each kind.
pub fn random() -> impl Strategy<Value = Random> {
    const TECHNOLOGIES: [&str; 6] =
        ["Text", "Speech", "NonSpeechAudio", "VisualBiometric", "VisualNonBiometric", "DigitalHumanScene"];
    const CATEGORIES: [(&str, &str); 5] = [
        ("DialogueWriting", "Text"),
        ("Voice", "Speech"),
        ("FacePerson", "VisualBiometric"),
        ("ImmersiveScene", "DigitalHumanScene"),
        ("Other", ""),
    ];
    const FUNCTIONS: [&str; 7] = [
        "ImageGeneration",
        "MusicGeneration",
        "InformationPublication",
        "News",
        "Publishing",
        "Companion",
        "ImageEnhancement",
    ];
    let what = (
        subsequence(vec!["Provider", "TechnicalSupporter", "Propagator", "AppStore"], 1..=4),
        one(&["PublicChina", "PublicChina", "Enterprise", "Internal"]),
        subsequence(TECHNOLOGIES.to_vec(), 1..=6),
        some(&CATEGORIES),
        some(&FUNCTIONS),
        any::<[bool; 7]>(),
        one(&["Http", "Http", "Volume", "Queue"]),
    );
    let records = (proptest::collection::vec(filing(), 0..=3), proptest::collection::vec(assessment(), 0..=3));
    let modes =
        (proptest::option::of(one(&["Audit", "Warn", "Enforce"])), proptest::option::of(one(&["Grace", "Strict"])));
    (what, declarations(), labelling(), modes, records).prop_map(
        |(
            (roles, audience, technologies, categories, functions, flags, delivery),
            declared,
            labelling,
            modes,
            records,
        )| {
            let [attribute, face, voice, special, generative, publication, export] = flags;
            let has = |technology: &str| technology.is_empty() || technologies.contains(&technology);
            let categories: Vec<&str> =
                categories.iter().filter(|(_, technology)| has(technology)).map(|(category, _)| *category).collect();
            let mut labelling = labelling;
            if !categories.is_empty() && labelling["explicit"] == "Offer" {
                labelling["explicit"] = "InText".into();
            }
            let mut spec = json!({
                "roles": roles, "audience": audience, "technologies": technologies, "confusionCategories": categories,
                "functions": functions, "publicOpinion": {"attribute": attribute}, "delivery": delivery,
                "biometricEditing": {"face": face && has("VisualBiometric"), "voice": voice && has("Speech")},
                "specialObjectEditing": special, "generativeAi": generative, "labelling": labelling,
                "endpoints": [{"port": 8080, "routes": [{"path": "/p", "publication": publication, "export": export}]}],
            });
            if let Some(mode) = modes.0 {
                spec["mode"] = mode.into();
            }
            if let Some(mode) = modes.1 {
                spec["filingMode"] = mode.into();
            }
            json_patch::merge(&mut spec, &declared);
            Random { service: spec, filings: records.0, assessments: records.1 }
        },
    )
}
