//! What the schema cannot say about one object.
//!
//! In: one spec. Out: what is wrong with which field and what to write instead. Must not: compare
//! objects or judge duties; a valid object may still break the law.

use std::collections::BTreeSet;
use std::hash::Hash;

use jiff::civil::Date;

use crate::api::names::SIDECAR_ADMIN_PORT;
use crate::api::service::{DeepSynthesisServiceSpec, SelectorOperator};
use crate::api::{AssessmentRecordSpec, FilingRecordSpec, RecordScope};
use crate::law::filing_number::DEEP_SYNTHESIS_CLASS;
use crate::law::{FilingNumber, ProviderCode, ServiceType, Uscc};

/// One field that cannot stay as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Invalid {
    /// Path of the field, e.g. `spec.provider.unifiedSocialCreditCode`.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to write instead.
    pub remedy: String,
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}; {}", self.field, self.reason, self.remedy)
    }
}

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
    let opinion = &spec.public_opinion;
    found.optional_text("spec.publicOpinion.basis", opinion.basis.as_deref());
    found.optional_text("spec.publicOpinion.decidedBy", opinion.decided_by.as_deref());
    found.optional_date("spec.publicOpinion.decidedOn", opinion.decided_on.as_deref());
    for (index, requirement) in spec.workload_selector.match_expressions.iter().enumerate() {
        let field = format!("spec.workloadSelector.matchExpressions[{index}].values");
        found.duplicates(&field, &requirement.values);
        let listed = matches!(requirement.operator, SelectorOperator::In | SelectorOperator::NotIn);
        if listed && requirement.values.is_empty() {
            found.add(field, "is empty, but the operator compares with a list", "name at least one value");
        } else if !listed && !requirement.values.is_empty() {
            found.add(field, "has values, but the operator only asks whether the label is there", "remove the values");
        }
    }
    let mut ports = BTreeSet::new();
    for (index, endpoint) in spec.endpoints.iter().enumerate() {
        let field = format!("spec.endpoints[{index}].port");
        if endpoint.port == SIDECAR_ADMIN_PORT {
            let reason = format!("{SIDECAR_ADMIN_PORT} is the sidecar's own port");
            found.add(field.clone(), reason, "let the application listen on another port");
        }
        if endpoint.port == 0 {
            found.add(field.clone(), "0 is no port", "name the port on which the application listens");
        }
        if !ports.insert(endpoint.port) {
            found.add(field, format!("{} is declared twice", endpoint.port), "keep one entry per port");
        }
        for (route_index, route) in endpoint.routes.iter().enumerate() {
            let path = format!("spec.endpoints[{index}].routes[{route_index}]");
            found.text(&format!("{path}.path"), &route.path);
            found.duplicates(&format!("{path}.methods"), &route.methods);
            for (method_index, method) in route.methods.iter().enumerate() {
                if method.is_empty() || !method.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') {
                    let field = format!("{path}.methods[{method_index}]");
                    found.add(field, "is no HTTP method", "write it in capitals, e.g. GET or POST");
                }
            }
        }
    }
    found.0
}

/// Validates a `FilingRecord`.
#[must_use]
pub fn validate_filing(spec: &FilingRecordSpec) -> Vec<Invalid> {
    let mut found = Found::default();
    found.uscc("spec.unifiedSocialCreditCode", &spec.unified_social_credit_code);
    found.service_code("spec.serviceCode", &spec.service_code);
    if let Some(number) = &spec.number {
        match FilingNumber::parse(number) {
            Err(error) => found.add("spec.number", error.to_string(), error.remedy()),
            Ok(number) if !number.is_deep_synthesis() => found.add(
                "spec.number",
                format!("is of class {}, deep synthesis is class {DEEP_SYNTHESIS_CLASS}", number.class()),
                "enter the number of the generation and synthesis algorithm",
            ),
            Ok(_) => {}
        }
    }
    found.optional_date("spec.filedOn", spec.filed_on.as_deref());
    found.optional_text("spec.publicityLink", spec.publicity_link.as_deref());
    found.scope(&spec.scope);
    found.0
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
        found.add("spec.validUntil", "lies before spec.assessedOn", "enter the last day on which the report counts");
    }
    found.uscc("spec.unifiedSocialCreditCode", &spec.unified_social_credit_code);
    found.service_code("spec.serviceCode", &spec.service_code);
    found.scope(&spec.scope);
    found.0
}

#[derive(Default)]
struct Found(Vec<Invalid>);

impl Found {
    fn add(&mut self, field: impl Into<String>, reason: impl Into<String>, remedy: impl Into<String>) {
        self.0.push(Invalid { field: field.into(), reason: reason.into(), remedy: remedy.into() });
    }

    fn uscc(&mut self, field: &str, text: &str) {
        if let Err(error) = Uscc::parse(text) {
            self.add(field, error.to_string(), error.remedy());
        }
    }

    fn service_code(&mut self, field: &str, text: &str) {
        // The form does not depend on the entity, so a known good one stands in for it.
        if let Ok(uscc) = Uscc::parse("91440300708461136T")
            && let Err(error) = ProviderCode::build(&uscc, ServiceType::Generation, text)
        {
            self.add(field, "is not four digits or capitals", error.remedy());
        }
    }

    fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        // jiff also reads dates with a time behind them; a record holds plain days.
        let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
        if date.is_none() {
            self.add(field, "is no day of the calendar", "write YYYY-MM-DD");
        }
        date
    }

    fn optional_date(&mut self, field: &str, text: Option<&str>) -> Option<Date> {
        text.and_then(|text| self.date(field, text))
    }

    fn text(&mut self, field: &str, text: &str) {
        if text.chars().any(char::is_control) {
            self.add(field, "holds control characters", "remove line breaks, tabs and other control characters");
        }
        if !text.is_empty() && text.trim().is_empty() {
            self.add(field, "holds blanks only", "write something");
        }
    }

    fn optional_text(&mut self, field: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(field, text);
        }
    }

    fn duplicates<T: Eq + Hash>(&mut self, field: &str, list: &[T]) {
        let mut seen = std::collections::HashSet::new();
        for (index, item) in list.iter().enumerate() {
            if !seen.insert(item) {
                self.add(format!("{field}[{index}]"), "is in the list already", "name every entry once");
            }
        }
    }

    fn scope(&mut self, scope: &RecordScope) {
        self.duplicates("spec.scope.namespaces", &scope.namespaces);
        for (index, namespace) in scope.namespaces.iter().enumerate() {
            let plain = !namespace.is_empty()
                && namespace.len() <= 63
                && namespace.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !plain {
                let field = format!("spec.scope.namespaces[{index}]");
                self.add(field, "is no namespace name", "name one namespace; patterns are not supported");
            }
        }
    }
}
