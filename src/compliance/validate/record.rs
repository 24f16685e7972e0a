//! Validates what a compliance officer enters.
//!
//! In: a spec. Out: what is wrong. Must not: compare records with services; admission does, with the cluster at hand.

use super::Invalid;
use super::found::Found;
use crate::api::{AssessmentRecordSpec, FilingKind, FilingRecordSpec};
use crate::law::filing_number::DEEP_SYNTHESIS_CLASS;

use crate::law::{FilingNumber, GenAiNumber, GenAiNumberKind};

/// Validates a `FilingRecord`.
#[must_use]
pub fn validate_filing(spec: &FilingRecordSpec) -> Vec<Invalid> {
    let mut found = Found::default();
    found.uscc("spec.unifiedSocialCreditCode", &spec.unified_social_credit_code);
    found.service_code("spec.serviceCode", &spec.service_code);
    match (&spec.number, spec.kind) {
        (None, _) => {}
        (Some(number), FilingKind::AlgorithmFiling) => algorithm_number(&mut found, number),
        (Some(number), kind) => generative_number(&mut found, number, kind),
    }
    let filed = found.optional_date("spec.filedOn", spec.filed_on.as_deref());
    for (field, day) in [
        ("spec.changeSubmittedOn", spec.change_submitted_on.as_deref()),
        ("spec.cancelledOn", spec.cancelled_on.as_deref()),
    ] {
        let day = found.optional_date(field, day);
        if let (Some(filed), Some(day)) = (filed, day)
            && day < filed
        {
            found.add(
                field,
                "lies before spec.filedOn (Algorithm Provisions Art. 24)",
                "enter the day on which it was handed in",
                "早于 spec.filedOn（《算法推荐规定》第二十四条）；请核对日期。",
            );
        }
    }
    found.optional_text("spec.modelName", spec.model_name.as_deref());
    found.optional_text("spec.providerName", spec.provider_name.as_deref());
    found.optional_text("spec.labelMaterials", spec.label_materials.as_deref());
    found.optional_text("spec.publicityLink", spec.publicity_link.as_deref());
    if let Some(information) = &spec.information {
        found.duplicates("spec.information.form", &information.form);
    }
    found.scope(&spec.scope);
    found.0
}

fn algorithm_number(found: &mut Found, number: &str) {
    match FilingNumber::parse(number) {
        Err(error) => found.add(
            "spec.number",
            error.to_string(),
            error.remedy(),
            "不是有效的算法备案编号：应为“网信算备”+ 21 位数字 +“号”。",
        ),
        Ok(number) if !number.is_deep_synthesis() => found.add(
            "spec.number",
            format!("is of class {}, deep synthesis is class {DEEP_SYNTHESIS_CLASS}", number.class()),
            "enter the number of the generation and synthesis algorithm",
            "不是生成合成类（01 类）算法备案编号；请填写生成合成类算法的编号。",
        ),
        Ok(_) => {}
    }
}

fn generative_number(found: &mut Found, number: &str, kind: FilingKind) {
    let wanted = match kind {
        FilingKind::GenAiRegistration => GenAiNumberKind::Registration,
        _ => GenAiNumberKind::Filing,
    };
    match GenAiNumber::parse(number) {
        Err(error) => found.add(
            "spec.number",
            error.to_string(),
            error.remedy(),
            "不是生成式人工智能服务备案号或登记号，例如 Beijing-WenXinYiYan-20230821。",
        ),
        // Only a registration is recognised by its number; filings have had several forms.
        Ok(number) if number.kind() == GenAiNumberKind::Registration && wanted == GenAiNumberKind::Filing => found.add(
            "spec.number",
            "is the number of a registration (S before the serial number), but spec.kind is GenAiFiling \
             (GenAI Interim Measures Art. 17)",
            "write spec.kind GenAiRegistration, or the number of the filing",
            "是登记号（序号前有 S），而 spec.kind 为 GenAiFiling；请改为 GenAiRegistration 或填写备案号。",
        ),
        Ok(_) => {}
    }
}

/// Validates an `AssessmentRecord`.
#[must_use]
pub fn validate_assessment(spec: &AssessmentRecordSpec) -> Vec<Invalid> {
    let mut found = Found::default();
    found.duplicates("spec.basis", &spec.basis);
    found.text("spec.reportId", &spec.report_id);
    found.text("spec.assessor", &spec.assessor);
    let assessed = found.date("spec.assessedOn", &spec.assessed_on);
    let until = found.optional_date("spec.validUntil", spec.valid_until.as_deref());
    if let (Some(assessed), Some(until)) = (assessed, until)
        && until < assessed
    {
        let remedy = "enter the last day on which the report counts";
        found.add(
            "spec.validUntil",
            "lies before spec.assessedOn",
            remedy,
            "早于 spec.assessedOn；请填写有效期截止日。",
        );
    }
    found.optional_date("spec.nextReviewOn", spec.next_review_on.as_deref());
    found.uscc("spec.unifiedSocialCreditCode", &spec.unified_social_credit_code);
    found.service_code("spec.serviceCode", &spec.service_code);
    let names: Vec<_> = spec.models.iter().map(|model| &model.name).collect();
    found.duplicates("spec.models", &names);
    found.duplicates("spec.functions", &spec.functions);
    if let Some(decision) = &spec.decision {
        let values: Vec<_> = decision.values.iter().map(|value| (value.field, &value.value)).collect();
        found.duplicates("spec.decision.values", &values);
        let labels: Vec<_> = decision.not_generative.iter().map(|workload| &workload.match_labels).collect();
        found.duplicates("spec.decision.notGenerative", &labels);
        for (index, value) in decision.values.iter().enumerate() {
            found.text(&format!("spec.decision.values[{index}].value"), &value.value);
        }
        if decision.values.is_empty() && decision.not_generative.is_empty() {
            found.add(
                "spec.decision",
                "decides nothing",
                "name values or notGenerative workloads",
                "未作任何判断；请填写 values 或 notGenerative。",
            );
        }
        for (index, workload) in decision.not_generative.iter().enumerate() {
            if workload.match_labels.is_empty() {
                found.add(
                    format!("spec.decision.notGenerative[{index}].matchLabels"),
                    "is empty and would cover every workload",
                    "name at least one label",
                    "为空会覆盖所有工作负载；请至少填写一个标签。",
                );
            }
        }
    }
    found.scope(&spec.scope);
    found.0
}
