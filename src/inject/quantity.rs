//! Kubernetes quantities, compared by value: the API server rewrites `1024Mi` as `1Gi`.
//!
//! In: a quantity as JSON. Out: its value in units of 10⁻⁹, the finest the API server keeps.

use serde_json::Value;

/// The value in billionths, rounded up as the API server does; none when it is no quantity or too large.
pub(super) fn nanos(quantity: &Value) -> Option<i128> {
    match quantity {
        Value::String(text) => parse(text),
        Value::Number(number) => parse(&number.to_string()),
        _ => None,
    }
}

/// Equal in value.
pub(super) fn same_quantity(left: &Value, right: &Value) -> bool {
    left == right || matches!((nanos(left), nanos(right)), (Some(left), Some(right)) if left == right)
}

/// Zero, which the API server reads as "not set".
pub(super) fn is_zero(quantity: &Value) -> bool {
    nanos(quantity) == Some(0)
}

fn parse(text: &str) -> Option<i128> {
    let (negative, text) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 || fraction.contains('.') {
        return None;
    }
    let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
    let (factor, exponent) = scale(suffix)?;
    let exponent = exponent.checked_add(9)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let scaled = mantissa.checked_mul(factor)?;
    let power = 10_i128.checked_pow(exponent.unsigned_abs())?;
    let value =
        if exponent >= 0 { scaled.checked_mul(power)? } else { scaled / power + i128::from(scaled % power != 0) };
    Some(if negative { -value } else { value })
}

/// Binary factor and decimal exponent of a suffix.
fn scale(suffix: &str) -> Option<(i128, i32)> {
    Some(match suffix {
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "" => (1, 0),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        "Ti" => (1 << 40, 0),
        "Pi" => (1 << 50, 0),
        "Ei" => (1 << 60, 0),
        _ => (1, suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quantities_are_equal_by_value_not_by_text() {
        for (left, right) in [
            (json!("1024Mi"), json!("1Gi")),
            (json!("0.02"), json!("20m")),
            (json!("1000m"), json!(1)),
            (json!("1e3"), json!("1k")),
            (json!("0.5Gi"), json!("512Mi")),
            (json!("128974848"), json!("123Mi")),
            (json!(".5"), json!("500m")),
        ] {
            assert!(same_quantity(&left, &right), "{left} {right}");
        }
        assert!(!same_quantity(&json!("1G"), &json!("1Gi")));
        assert!(!same_quantity(&json!("20m"), &json!("20M")));
    }

    #[test]
    fn what_is_no_quantity_has_no_value() {
        for text in ["", ".", "-", "1..2", "1.2.3", "Mi", "1Zi", "1e", "é", "1e999999999999", "1e40"] {
            assert_eq!(nanos(&json!(text)), None, "{text}");
        }
        assert_eq!(nanos(&json!(true)), None);
        assert!(is_zero(&json!("0")) && is_zero(&json!("0Mi")) && !is_zero(&json!("1n")));
    }
}
