//! Validates a `DeepSynthesisService` field by field; what fields say together is in [`super::content`] and
//! [`super::labelling`].
//!
//! In: a spec. Out: what is wrong. Must not: judge duties.

use std::collections::BTreeSet;

use super::Invalid;
use super::found::Found;
use super::{content, labelling};
use crate::api::DeepSynthesisServiceSpec;
use crate::api::names::SIDECAR_ADMIN_PORT;
use crate::api::service::{Endpoint, IdentityMeans, SelectorOperator};
use crate::compliance::retention::declared;
use crate::identity::KeySet;
use crate::law::retention::RetentionError;

/// Validates a `DeepSynthesisService`.
#[must_use]
pub fn validate_service(spec: &DeepSynthesisServiceSpec) -> Vec<Invalid> {
    let mut found = Found::default();
    let provider = &spec.provider;
    found.text("spec.provider.name", &provider.name);
    found.uscc("spec.provider.unifiedSocialCreditCode", &provider.unified_social_credit_code);
    found.service_code("spec.provider.serviceCode", &provider.service_code);
    found.duplicates("spec.roles", &spec.roles);
    found.duplicates("spec.technologies", &spec.technologies);
    found.duplicates("spec.confusionCategories", &spec.confusion_categories);
    found.duplicates("spec.functions", &spec.functions);
    let opinion = &spec.public_opinion;
    found.optional_text("spec.publicOpinion.basis", opinion.basis.as_deref());
    found.optional_text("spec.publicOpinion.decidedBy", opinion.decided_by.as_deref());
    found.optional_date("spec.publicOpinion.decidedOn", opinion.decided_on.as_deref());
    selector(&mut found, spec);
    endpoints(&mut found, &spec.endpoints);
    content::check(&mut found, spec);
    labelling::check(&mut found, spec);
    people(&mut found, spec);
    documents(&mut found, spec);
    retention(&mut found, spec);
    found.0
}

fn selector(found: &mut Found, spec: &DeepSynthesisServiceSpec) {
    for (index, requirement) in spec.workload_selector.match_expressions.iter().enumerate() {
        let field = format!("spec.workloadSelector.matchExpressions[{index}].values");
        found.duplicates(&field, &requirement.values);
        let listed = matches!(requirement.operator, SelectorOperator::In | SelectorOperator::NotIn);
        if listed && requirement.values.is_empty() {
            let reason = "is empty, but the operator compares with a list";
            found.add(field, reason, "name at least one value", "该运算符需要取值列表，请至少填写一个值。");
        } else if !listed && !requirement.values.is_empty() {
            let reason = "has values, but the operator only asks whether the label is there";
            found.add(field, reason, "remove the values", "该运算符只判断标签是否存在，请去掉取值。");
        }
    }
}

fn endpoints(found: &mut Found, endpoints: &[Endpoint]) {
    let mut ports = BTreeSet::new();
    for (index, endpoint) in endpoints.iter().enumerate() {
        let field = format!("spec.endpoints[{index}].port");
        if endpoint.port == SIDECAR_ADMIN_PORT {
            let reason = format!("{SIDECAR_ADMIN_PORT} is the sidecar's own port");
            let remedy = "let the application listen on another port";
            found.add(field.clone(), reason, remedy, "该端口为边车自用，请让应用改用其他端口。");
        }
        if endpoint.port == 0 {
            let remedy = "name the port on which the application listens";
            found.add(field.clone(), "0 is no port", remedy, "0 不是端口，请填写应用监听的端口。");
        }
        if !ports.insert(endpoint.port) {
            let reason = format!("{} is declared twice", endpoint.port);
            found.add(field.clone(), reason, "keep one entry per port", "端口重复声明，每个端口只保留一项。");
        }
        for (route_index, route) in endpoint.routes.iter().enumerate() {
            let path = format!("spec.endpoints[{index}].routes[{route_index}]");
            found.text(&format!("{path}.path"), &route.path);
            found.duplicates(&format!("{path}.methods"), &route.methods);
            for (method_index, method) in route.methods.iter().enumerate() {
                if method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') {
                    let field = format!("{path}.methods[{method_index}]");
                    let remedy = "write it in capitals, e.g. GET or POST";
                    found.add(field, "is no HTTP method", remedy, "不是 HTTP 方法，请用大写，例如 GET、POST。");
                }
            }
        }
    }
}

fn people(found: &mut Found, spec: &DeepSynthesisServiceSpec) {
    if let Some(identity) = &spec.identity {
        found.duplicates("spec.identity.means", &identity.means);
        let urls: Vec<_> = identity.issuers.iter().map(|issuer| (&issuer.url, &issuer.audience)).collect();
        found.duplicates("spec.identity.issuers", &urls);
        if !identity.means.is_empty()
            && identity.means.iter().all(|means| *means == IdentityMeans::NationalNetworkIdentity)
        {
            found.add(
                "spec.identity.means",
                "names only the national network identity, which is voluntary for users and may not be the only way \
                 (Order 12 Art. 9; National Network Identity Measures)",
                "add another means, e.g. MobileNumber",
                "国家网络身份认证由用户自愿使用，不得作为唯一认证方式（《规定》第九条）；请增加其他方式，例如 MobileNumber。",
            );
        }
        for (index, issuer) in identity.issuers.iter().enumerate() {
            found.url(&format!("spec.identity.issuers[{index}].url"), &issuer.url);
            found.text(&format!("spec.identity.issuers[{index}].audience"), &issuer.audience);
            if let Some(Err(error)) = issuer.keys.as_deref().map(KeySet::parse) {
                found.add(
                    format!("spec.identity.issuers[{index}].keys"),
                    error.to_string(),
                    "give the JWK Set that the issuer serves at its jwks_uri, e.g. {\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",…}]}",
                    "须为签发方在 jwks_uri 公布的 JWK Set（RSA 2048 位以上、P-256 或 Ed25519 公钥，不超过 16 KiB）。",
                );
            }
        }
    }
    if let Some(consent) = &spec.consent {
        found.text("spec.consent.promptVersion", &consent.prompt_version);
    }
    if let Some(complaints) = &spec.complaints {
        found.url("spec.complaints.url", &complaints.url);
    }
    if let Some(refutation) = &spec.refutation {
        found.text("spec.refutation.runbook", &refutation.runbook);
        found.text("spec.refutation.contact", &refutation.contact);
    }
}

fn documents(found: &mut Found, spec: &DeepSynthesisServiceSpec) {
    let names: Vec<_> = spec.models.iter().map(|model| &model.name).collect();
    found.duplicates("spec.models", &names);
    for (index, model) in spec.models.iter().enumerate() {
        found.text(&format!("spec.models[{index}].name"), &model.name);
    }
    if let Some(filed) = &spec.filed_information {
        found.duplicates("spec.filedInformation.form", &filed.form);
        found.text("spec.filedInformation.field", &filed.field);
        found.text("spec.filedInformation.algorithmType", &filed.algorithm_type);
    }
    if let Some(review) = &spec.content_review {
        found.url("spec.contentReview.endpoint", &review.endpoint);
        found.optional_text("spec.contentReview.libraryVersion", review.library_version.as_deref());
        found.optional_text("spec.contentReview.reportContact", review.report_contact.as_deref());
    }
    if let Some(agreement) = &spec.agreement {
        found.url("spec.agreement.url", &agreement.url);
        found.text("spec.agreement.version", &agreement.version);
        found.optional_url("spec.agreement.rulesUrl", agreement.rules_url.as_deref());
        found.optional_text("spec.agreement.labelClause", agreement.label_clause.as_deref());
    }
    let systems: Vec<_> = spec.management_systems.iter().map(|system| system.system).collect();
    found.duplicates("spec.managementSystems", &systems);
    for (index, system) in spec.management_systems.iter().enumerate() {
        found.text(&format!("spec.managementSystems[{index}].document"), &system.document);
        found.date(&format!("spec.managementSystems[{index}].adoptedOn"), &system.adopted_on);
    }
    if let Some(data) = &spec.training_data {
        found.text("spec.trainingData.register", &data.register);
        found.text("spec.trainingData.version", &data.version);
    }
    let licences: Vec<_> = spec.licences.iter().map(|licence| (licence.function, &licence.number)).collect();
    found.duplicates("spec.licences", &licences);
    for (index, licence) in spec.licences.iter().enumerate() {
        let field = format!("spec.licences[{index}]");
        if !licence.function.is_licensed() {
            found.add(
                format!("{field}.function"),
                "is licensed by no other authority (Order 12 Arts 6(2), 24)",
                "name News, Publishing, Culture or AudiovisualProgramme, or remove the entry",
                "该功能无需其他主管部门许可（《规定》第六条第二款、第二十四条）；请填写需许可的功能或删除该项。",
            );
        }
        found.text(&format!("{field}.number"), &licence.number);
        found.text(&format!("{field}.authority"), &licence.authority);
        found.optional_date(&format!("{field}.validUntil"), licence.valid_until.as_deref());
    }
}

fn retention(found: &mut Found, spec: &DeepSynthesisServiceSpec) {
    for (field, class, text) in declared(&spec.retention) {
        if let Err(error) = class.check(text) {
            let zh = match &error {
                RetentionError::Period(_) => {
                    "应以日历月或年计（例如 P6M、P3Y）；六个月最长 184 天，180 天不足法定期限。"
                }
                RetentionError::Short { .. } => {
                    "短于法定的六个月（《网络安全法》第二十三条第三项、《标识办法》第九条）；请至少写 P6M。"
                }
            };
            found.add(field, error.to_string(), error.remedy(), zh);
        }
    }
}
