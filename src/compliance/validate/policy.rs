//! Validates the cluster admin's policy.
//!
//! In: a spec. Out: what is wrong. Must not: refuse what is only strict.

use jiff::Timestamp;

use super::Invalid;
use super::found::Found;
use crate::api::CompliancePolicySpec;
use crate::law::RetentionClass;

/// Validates a `CompliancePolicy`.
#[must_use]
pub fn validate_policy(spec: &CompliancePolicySpec) -> Vec<Invalid> {
    let mut found = Found::default();
    if let Err(error) = RetentionClass::NetworkLogs.check(&spec.retention_floor) {
        let zh = "须以日历月或年计，且不少于六个月（《网络安全法》第二十三条第三项）；请至少写 P6M。";
        found.add("spec.retentionFloor", error.to_string(), error.remedy(), zh);
    }
    let years: Vec<_> = spec.calendar.iter().map(|year| year.year).collect();
    found.duplicates("spec.calendar", &years);
    for (index, year) in spec.calendar.iter().enumerate() {
        for (list, days) in [("holidays", &year.holidays), ("workdays", &year.workdays)] {
            let field = format!("spec.calendar[{index}].{list}");
            found.duplicates(&field, days);
            for (at, day) in days.iter().enumerate() {
                let field = format!("{field}[{at}]");
                if found.date(&field, day).is_some_and(|date| date.year() != year.year) {
                    let remedy = format!("name days of {} only", year.year);
                    found.add(
                        field,
                        format!("lies in another year than {}", year.year),
                        remedy,
                        "不属于该年度；请只列该年的日期。",
                    );
                }
            }
        }
    }
    let orders: Vec<_> = spec.orders.iter().map(|order| (&order.reference, order.measure)).collect();
    found.duplicates("spec.orders", &orders);
    for (index, order) in spec.orders.iter().enumerate() {
        let field = format!("spec.orders[{index}]");
        found.text(&format!("{field}.reference"), &order.reference);
        found.uscc(&format!("{field}.unifiedSocialCreditCode"), &order.unified_social_credit_code);
        if let Some(code) = &order.service_code {
            found.service_code(&format!("{field}.serviceCode"), code);
        }
        let mut instant = |name: &str, text: &str| {
            let instant = text.parse::<Timestamp>().ok();
            if instant.is_none() {
                let remedy = "write RFC 3339 with an offset, e.g. 2026-12-01T00:00:00+08:00";
                found.add(
                    format!("{field}.{name}"),
                    "is no instant",
                    remedy,
                    "不是有效时刻；请写作例如 2026-12-01T00:00:00+08:00。",
                );
            }
            instant
        };
        let from = instant("from", &order.from);
        let until = order.until.as_deref().and_then(|text| instant("until", text));
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            let remedy = "enter when the order was lifted, or leave it out";
            found.add(
                format!("{field}.until"),
                "does not lie after from",
                remedy,
                "不晚于 from；请填写解除时间或留空。",
            );
        }
    }
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_policy_names_the_field_at_fault() {
        let order = json!({
            "reference": "京网信令〔2026〕1号", "measure": "SuspendService",
            "unifiedSocialCreditCode": "91440300708461136T", "from": "2026-11-01T00:00:00+08:00",
        });
        let with = |key: &str, value: &str| {
            let mut order = order.clone();
            order[key] = value.into();
            json!({"orders": [order]})
        };
        let rows: [(Value, &[&str]); 9] = [
            (json!({}), &[]),
            (json!({"orders": [order]}), &[]),
            (json!({"retentionFloor": "P5M"}), &["spec.retentionFloor"]),
            (json!({"retentionFloor": "P180D"}), &["spec.retentionFloor"]),
            (json!({"calendar": [{"year": 2027, "holidays": ["2027-02-30"]}]}), &["spec.calendar[0].holidays[0]"]),
            (json!({"calendar": [{"year": 2027, "workdays": ["2028-01-08"]}]}), &["spec.calendar[0].workdays[0]"]),
            (with("until", "2026-10-01T00:00:00Z"), &["spec.orders[0].until"]),
            (with("from", "2026-13-01T00:00:00Z"), &["spec.orders[0].from"]),
            (with("unifiedSocialCreditCode", "91440300708461136X"), &["spec.orders[0].unifiedSocialCreditCode"]),
        ];
        for (patch, expected) in rows {
            let spec: CompliancePolicySpec = serde_json::from_value(patch.clone()).unwrap();
            let fields: Vec<_> = validate_policy(&spec).into_iter().map(|invalid| invalid.field).collect();
            assert_eq!(fields, expected, "{patch}");
        }
    }
}
