//! Canonical JSON (RFC 8785): one value has one text, so a hash over the text is a hash over the value.
//!
//! In: JSON values. Out: their only text. Must not: accept a number that a double cannot hold (RFC 7493), or two readers would
//! see two values behind one hash.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Number, Value};

/// Beyond it, doubles skip integers.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// Why a value has no canonical text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// An integer beyond 2^53 - 1.
    #[error("the number {0} is beyond what every JSON reader holds")]
    Number(String),
    /// Not JSON at all.
    #[error("not a JSON value: {0}")]
    Value(String),
}

/// The canonical text of anything that is JSON.
///
/// # Errors
/// [`CanonicalError`] when a number is too large, or it is no JSON.
pub fn to_canonical<T: Serialize>(value: &T) -> Result<String, CanonicalError> {
    canonical(&serde_json::to_value(value).map_err(|error| CanonicalError::Value(error.to_string()))?)
}

/// The canonical text of a value.
///
/// # Errors
/// [`CanonicalError::Number`].
pub fn canonical(value: &Value) -> Result<String, CanonicalError> {
    let mut text = String::with_capacity(256);
    write(&mut text, value)?;
    Ok(text)
}

fn write(text: &mut String, value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => write_number(text, number)?,
        Value::String(string) => write_string(text, string)?,
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(text, item)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // By UTF-16 code units, which is not the order of UTF-8 above the surrogates.
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write_string(text, name)?;
                text.push(':');
                write(text, value)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

/// serde_json escapes just what RFC 8785 3.2.2.2 names, in the same way.
fn write_string(text: &mut String, string: &str) -> Result<(), CanonicalError> {
    text.push_str(&serde_json::to_string(string).map_err(|error| CanonicalError::Value(error.to_string()))?);
    Ok(())
}

fn write_number(text: &mut String, number: &Number) -> Result<(), CanonicalError> {
    let too_large = || CanonicalError::Number(number.to_string());
    if let Some(integer) = number.as_u64() {
        if integer > MAX_SAFE {
            return Err(too_large());
        }
        let _ = write!(text, "{integer}");
    } else if let Some(integer) = number.as_i64() {
        if integer.unsigned_abs() > MAX_SAFE {
            return Err(too_large());
        }
        let _ = write!(text, "{integer}");
    } else {
        let double = number.as_f64().filter(|double| double.is_finite()).ok_or_else(too_large)?;
        write_double(text, double);
    }
    Ok(())
}

/// As ECMAScript writes a double (RFC 8785 3.2.2.3).
fn write_double(text: &mut String, double: f64) {
    if double == 0.0 {
        text.push('0');
        return;
    }
    // Rust's shortest digits are those of ECMAScript, but between two that are as near ECMAScript takes the even one.
    let mut shortest = format!("{double:e}");
    let places =
        shortest.split('e').next().map_or(0, |mantissa| mantissa.trim_start_matches('-').len().saturating_sub(2));
    let even = format!("{double:.places$e}");
    if even.parse() == Ok(double) {
        shortest = even;
    }
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    text.push_str(sign);
    if (count..=21).contains(&point) {
        let _ = write!(text, "{digits}{}", zeros(point - count));
    } else if (1..=21).contains(&point) {
        let (whole, rest) = digits.split_at(usize::try_from(point).unwrap_or(0));
        let _ = write!(text, "{whole}.{rest}");
    } else if (-5..=0).contains(&point) {
        let _ = write!(text, "0.{}{digits}", zeros(-point));
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let _ = write!(text, "{first}{dot}{rest}e{:+}", point - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_doubles_as_rfc_8785_appendix_b_does() {
        for (bits, written) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            let mut text = String::new();
            write_double(&mut text, f64::from_bits(bits));
            assert_eq!(text, written);
        }
    }

    #[test]
    fn writes_the_sample_of_rfc_8785_3_2_2() {
        let string = r#""\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/""#;
        let numbers = [333_333_333.333_333_3_f64, 1E30, 4.50, 2e-3, 0.000_000_000_000_000_000_000_000_001];
        let value = serde_json::json!({
            "numbers": numbers,
            "string": serde_json::from_str::<Value>(string).unwrap(),
            "literals": [null, true, false],
        });
        let written = r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#;
        assert_eq!(canonical(&value).unwrap(), written);
    }

    #[test]
    fn sorts_names_by_utf_16_as_rfc_8785_3_2_3_does() {
        let sample = r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#;
        let text = canonical(&serde_json::from_str(sample).unwrap()).unwrap();
        let digits: String = text.split(':').skip(1).filter_map(|part| part.chars().next()).collect();
        assert_eq!(digits, "2467153");
    }

    #[test]
    fn refuses_integers_that_doubles_skip() {
        assert!(canonical(&serde_json::json!(MAX_SAFE)).is_ok());
        assert!(canonical(&serde_json::json!(MAX_SAFE + 1)).is_err());
        assert!(canonical(&serde_json::json!(i64::MIN)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn is_a_fixed_point(text in "[\\PC\u{0}-\u{1f}]{0,20}", integer in -1000i64..1000) {
            let value = serde_json::json!({text.clone(): integer, "z": [text], "a": {"y": null, "b": true}});
            let once = canonical(&value).unwrap();
            let again: Value = serde_json::from_str(&once).unwrap();
            proptest::prop_assert_eq!(canonical(&again), Ok(once));
        }

        #[test]
        fn a_double_is_read_back_as_itself(double: f64) {
            let mut text = String::new();
            write_double(&mut text, double);
            proptest::prop_assert_eq!(text.parse(), Ok(double));
        }
    }
}
