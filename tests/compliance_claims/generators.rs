//! Random facts: services with every field, records, licences, orders, exemptions, histories. All of 2026 and 2027, so that
//! lapses, holidays and a year without data occur, and more often than not the turn of the years, so that dates lie close
//! together. Some days are none.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Case, merge};

pub fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> + Clone {
    proptest::sample::select(values)
}

/// A value of a list, or null, which leaves the lawful field away.
/// A key set that can be read.
const KEYS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

fn maybe(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    proptest::option::weighted(0.8, one_of(values)).prop_map(|value| json!(value))
}

fn some_of(values: &'static [&'static str], least: usize) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(values.to_vec(), least..=values.len().min(4))
}

pub fn day() -> impl Strategy<Value = String> {
    let any = (2026u16..=2027, 1u8..=13, 1u8..=31);
    let near = prop_oneof![(Just(2026u16), 11u8..=12, 1u8..=31), (Just(2027u16), 1u8..=1, 1u8..=31)];
    prop_oneof![any, near].prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
}

pub fn instant() -> impl Strategy<Value = Timestamp> {
    let seconds = prop_oneof![1_767_200_000i64..1_830_000_000, 1_793_500_000i64..1_800_500_000];
    seconds.prop_map(|second| Timestamp::from_second(second).unwrap_or_default())
}

fn instant_text() -> impl Strategy<Value = String> {
    prop_oneof![9 => instant().prop_map(|instant| instant.to_string()), 1 => Just("2026-02-31T00:00:00Z".to_owned())]
}

fn identity() -> impl Strategy<Value = (&'static str, &'static str, &'static str)> {
    (
        one_of(&["91440300708461136T", "91440300708461136T", "91440300708461136T", "91110102MACQD9K640"]),
        one_of(&["0001", "0001", "0001", "0002"]),
        one_of(&["studio", "studio", "studio", "elsewhere"]),
    )
}

const FUNCTIONS: &[&str] = &[
    "Dialogue",
    "ImageEnhancement",
    "DigitalHuman",
    "InformationPublication",
    "News",
    "Publishing",
    "Culture",
    "AudiovisualProgramme",
    "Companion",
];
const ROLES: &[&str] = &["Provider", "TechnicalSupporter", "Propagator", "AppStore"];
const TECHNOLOGIES: &[&str] =
    &["Text", "Speech", "NonSpeechAudio", "VisualBiometric", "VisualNonBiometric", "DigitalHumanScene"];
const CATEGORIES: &[&str] = &["DialogueWriting", "Voice", "FacePerson", "ImmersiveScene", "Other"];

fn information() -> impl Strategy<Value = Value> {
    proptest::option::of(
        (some_of(&["App", "Website", "Api"], 0), one_of(&["写作", "绘画"]))
            .prop_map(|(form, field)| json!({"form": form, "field": field, "publicText": "公示"})),
    )
    .prop_map(|value| json!(value))
}

fn any_models() -> impl Strategy<Value = Vec<Value>> {
    let digest = || maybe(&["sha256:aa", "sha256:bb"]);
    let model = (digest(), digest());
    proptest::collection::vec(model, 0..3).prop_map(|models| {
        let named = models.into_iter().enumerate();
        named.map(|(i, (image, weights))| json!({"name": format!("模型{i}"), "imageDigest": image, "weightsDigest": weights})).collect()
    })
}

pub fn any_filing() -> impl Strategy<Value = Value> {
    let dates = (day(), proptest::option::of(day()));
    let texts = (
        maybe(&["测试模型"]),
        maybe(&["测试科技有限公司", "旧名有限公司"]),
        maybe(&["标识说明-1"]),
        maybe(&["https://beian.cac.gov.cn"]),
    );
    (
        identity(),
        one_of(&["AlgorithmFiling", "AlgorithmFiling", "GenAiFiling", "GenAiRegistration"]),
        one_of(&["Provider", "Provider", "TechnicalSupporter", "Propagator"]),
        one_of(&["Filed", "Filed", "Filed", "ChangeSubmitted", "Submitted", "Rejected", "Cancelled"]),
        one_of(&[
            "网信算备110108105858001230019号",
            "网信算备：110108823483901230031号",
            "网信算备110108105858001230017号",
            "网信算备110108105858002230019号",
            "网信算备110号",
            "Beijing-WenXinYiYan-20230821",
            "",
        ]),
        dates,
        texts,
        information(),
    )
        .prop_map(|((uscc, code, namespace), kind, role, state, number, (day, changed), texts, information)| {
            json!({"unifiedSocialCreditCode": uscc, "serviceCode": code, "kind": kind, "role": role, "state": state,
                "number": number, "filedOn": day, "changeSubmittedOn": changed, "modelName": texts.0,
                "providerName": texts.1, "labelMaterials": texts.2, "publicityLink": texts.3,
                "information": information, "scope": {"namespaces": [namespace]}})
        })
}

pub fn any_assessment() -> impl Strategy<Value = Value> {
    const BASIS: &[&str] = &[
        "Article20",
        "Article15Biometric",
        "Article15SpecialObject",
        "GenAiArticle17",
        "PiplArticle55",
        "ScopeDecision",
    ];
    let decided =
        (one_of(&["Audience", "ConfusionCategoryRemoved"]), one_of(&["Enterprise", "Internal", "Voice", "FacePerson"]));
    (
        identity(),
        some_of(BASIS, 1),
        one_of(&["Passed", "Passed", "Passed", "Conditional", "Failed"]),
        (day(), proptest::option::of(day()), proptest::option::of(day())),
        any_models(),
        some_of(FUNCTIONS, 0),
        decided,
    )
        .prop_map(
            |((uscc, code, namespace), basis, result, (from, until, review), models, functions, (field, value))| {
                json!({"unifiedSocialCreditCode": uscc, "serviceCode": code, "basis": basis, "result": result,
                "assessedOn": from, "validUntil": until, "nextReviewOn": review, "models": models,
                "functions": functions, "decision": {"values": [{"field": field, "value": value}]},
                "scope": {"namespaces": [namespace]}})
            },
        )
}

fn what() -> impl Strategy<Value = Value> {
    let bools = any::<(bool, bool, bool, bool, bool)>();
    (
        some_of(ROLES, 1),
        one_of(&["PublicChina", "PublicChina", "PublicChina", "Enterprise", "Internal"]),
        some_of(TECHNOLOGIES, 1),
        some_of(CATEGORIES, 0),
        some_of(FUNCTIONS, 0),
        any_models(),
        bools,
        information(),
        maybe(&["Grace", "Strict"]),
        maybe(&["Audit", "Warn", "Enforce"]),
    )
        .prop_map(|(roles, audience, technologies, categories, functions, models, bools, information, filing, mode)| {
            json!({"roles": roles, "audience": audience, "technologies": technologies, "confusionCategories": categories,
                "functions": functions, "models": models, "filedInformation": information, "filingMode": filing,
                "mode": mode, "publicOpinion": {"attribute": bools.0}, "biometricEditing": {"face": bools.1, "voice": bools.2},
                "specialObjectEditing": bools.3, "generativeAi": bools.4})
        })
}

fn labelling() -> impl Strategy<Value = Value> {
    let height = 3u8..8;
    let step =
        any::<bool>().prop_map(|is| if is { json!({"name": "labeller", "evidence": "报告"}) } else { Value::Null });
    let shown = any::<bool>().prop_map(|is| {
        if is { json!({"shownBy": "App", "url": "https://poet.example", "evidence": "报告"}) } else { Value::Null }
    });
    let waiver = (any::<(bool, bool)>(), maybe(&["第九条"]));
    (
        one_of(&["InText", "UserInterface", "Offer"]),
        maybe(&["AI生成", "AI", "人工智能合成"]),
        (height.clone(), height.clone(), height, 1u16..4, 110u16..170),
        one_of(&["Voice", "Rhythm"]),
        (maybe(&["设置"]), maybe(&["提示"])),
        step,
        shown,
        waiver,
    )
        .prop_map(|(explicit, wording, numbers, audio, (function, prompt), step, shown, ((enabled, recipient), clause))| {
            json!({"explicit": explicit, "wording": wording, "step": step, "userInterface": shown,
                "image": {"textHeightPercent": numbers.0}, "video": {"textHeightPercent": numbers.1, "seconds": numbers.3},
                "scene": {"textHeightPercent": numbers.2}, "audio": {"form": audio, "charactersPerMinute": numbers.4},
                "offer": {"function": function.as_str().unwrap_or_default(), "prompt": prompt.as_str().unwrap_or_default()},
                "waiver": {"enabled": enabled, "logRecipient": recipient, "clause": clause}})
        })
}

fn declared() -> impl Strategy<Value = Value> {
    let gone = proptest::sample::subsequence(
        vec![
            "complaints",
            "refutation",
            "agreement",
            "contentReview",
            "trainingData",
            "appStore",
            "propagation",
            "consent",
            "managementSystems",
        ],
        0..4,
    );
    let licence = (one_of(&["News", "Publishing", "Culture", "AudiovisualProgramme"]), proptest::option::of(day()))
        .prop_map(|(function, until)| json!({"function": function, "number": "许可", "authority": "机关", "validUntil": until}));
    let identity = (
        some_of(&["MobileNumber", "NationalNetworkIdentity"], 0),
        any::<bool>(),
        one_of(&["Publication", "Generation"]),
    );
    let route = (any::<(bool, bool)>(), one_of(&["Auto", "Generated", "NotGenerated"]), one_of(&["/", "/a", "/b"]))
        .prop_map(|((publication, export), content, path)| json!({"path": path, "publication": publication, "export": export, "content": content}));
    (
        gone,
        proptest::collection::vec(licence, 0..5),
        identity,
        proptest::collection::vec(route, 0..3),
        (one_of(&["P6M", "P1Y", "P5M", "P180D"]), one_of(&["P6M", "P5M"])),
        one_of(&["Http", "Http", "Volume"]),
        one_of(&["Open", "Closed"]),
    )
        .prop_map(|(gone, licences, (means, issuer, gate), routes, (logs, waiver), delivery, fail)| {
            let issuers = if issuer {
                vec![json!({"url": "https://id.example", "audience": "poet", "keys": KEYS})]
            } else {
                vec![]
            };
            let mut patch = json!({"licences": licences, "identity": {"means": means, "issuers": issuers, "gate": gate},
                "endpoints": [{"port": 8080, "routes": routes}], "retention": {"logs": logs, "waiver": waiver},
                "delivery": delivery, "contentReview": {"failMode": fail}});
            for field in gone {
                patch[field] = Value::Null;
            }
            patch
        })
}

pub fn any_service() -> impl Strategy<Value = Value> {
    // Half of the services label and declare lawfully, else hardly any gate would be open.
    let lawful = || {
        prop_oneof![Just(json!({})).boxed(), labelling().prop_map(|labelling| json!({"labelling": labelling})).boxed()]
    };
    let kept = prop_oneof![Just(json!({})).boxed(), declared().boxed()];
    (what(), lawful(), kept).prop_map(|(what, labelling, declared)| merge_kept(merge_kept(what, labelling), declared))
}

/// Both patches; nulls stay, they take lawful fields away.
fn merge_kept(mut one: Value, other: Value) -> Value {
    for (key, value) in other.as_object().cloned().unwrap_or_default() {
        one[key] = value;
    }
    one
}

pub fn any_policy() -> impl Strategy<Value = Value> {
    let order = (
        one_of(&["SuspendUpdates", "SuspendRegistration", "SuspendService"]),
        one_of(&["91440300708461136T", "91110102MACQD9K640"]),
        proptest::option::of(one_of(&["0001", "0002"])),
        instant_text(),
        proptest::option::of(instant_text()),
    )
        .prop_map(|(measure, uscc, code, from, until)| {
            json!({"reference": from, "measure": measure, "unifiedSocialCreditCode": uscc, "serviceCode": code,
                "from": from, "until": until})
        });
    (
        one_of(&["Audit", "Warn", "Enforce"]),
        one_of(&["Grace", "Grace", "Strict"]),
        one_of(&["FreezeRollouts", "RefusePods", "ScaleToZero"]),
        one_of(&["Warn", "Warn", "Require"]),
        proptest::option::of(1u16..200),
        one_of(&["P6M", "P6M", "P1Y", "P1M", "P30D"]),
        proptest::collection::vec(order, 0..2),
    )
        .prop_map(|(mode, filing, lapse, declarations, days, floor, orders)| {
            json!({"mode": mode, "filingMode": filing, "onLapse": lapse, "declarations": declarations,
                "replacementDays": days, "retentionFloor": floor, "orders": orders})
        })
}

/// An exemption and who approved it; nobody when empty.
pub fn any_exemption() -> impl Strategy<Value = (Value, &'static str)> {
    const DUTIES: &[&str] = &[
        "o12-19-1", "o12-19-2", "o12-20", "o12-15-2", "alg-24-2", "o12-07", "o12-21", "o12-18", "gen-17", "csl-23-3",
        "no-duty",
    ];
    let target = (one_of(&["studio", "studio", "elsewhere"]), maybe(&["poet", "painter"]));
    (some_of(DUTIES, 1), instant_text(), target, one_of(&["legal", "legal", "ops", ""])).prop_map(
        |(duties, until, (namespace, service), approver)| {
            let spec =
                json!({"duties": duties, "expiresAt": until, "target": {"namespace": namespace, "service": service}});
            (spec, approver)
        },
    )
}

pub fn any_history() -> impl Strategy<Value = Value> {
    let filed = (day(), information()).prop_map(|(day, information)| {
        let information = if information.is_null() { json!({}) } else { information };
        json!({"record": "filing-0", "asOf": day, "providerName": "测试科技有限公司", "information": information})
    });
    (proptest::option::of(instant()), proptest::option::of(instant()), proptest::option::of(filed)).prop_map(
        |(ready, changed, filed)| {
            json!({"firstPublicReady": ready.map(|at| at.to_string()), "changedAt": changed.map(|at| at.to_string()), "filed": filed})
        },
    )
}

prop_compose! {
    pub fn any_case()(
        service in any_service(),
        policy in prop_oneof![Just(json!({})).boxed(), any_policy().boxed()],
        filings in proptest::collection::vec(any_filing(), 0..5),
        assessments in proptest::collection::vec(any_assessment(), 0..5),
        exemptions in proptest::collection::vec(any_exemption(), 0..3),
        history in any_history(),
        now in instant(),
    ) -> Case {
        let mut case = Case::new().service(service).policy(policy).history(history);
        // Names of cluster-wide objects are unique.
        for (index, filing) in filings.into_iter().enumerate() {
            case = case.filing(merge(filing, json!({"name": format!("filing-{index}")})));
        }
        for (index, assessment) in assessments.into_iter().enumerate() {
            case = case.assessment(merge(assessment, json!({"name": format!("assessment-{index}")})));
        }
        case = exemptions.into_iter().fold(case, |case, (spec, approver)| case.exemption(spec, approver));
        case.now = now;
        case
    }
}
