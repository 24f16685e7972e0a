//! Patterns that several schemas share. What they cannot say (check characters, real dates) is said at admission.

/// Unified social credit code (GB 32100-2015).
pub const UNIFIED_SOCIAL_CREDIT_CODE: &str = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$";
/// The four self-assigned characters of a provider code (TC260-PG-20252A, positions 24–27).
pub const SERVICE_CODE: &str = r"^[0-9A-Z]{4}$";
/// A day, `YYYY-MM-DD`.
pub const DAY: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
/// A digest as container registries write it.
pub const SHA256: &str = r"^sha256:[0-9a-f]{64}$";
/// A period in calendar months or years. Days get through the schema so that they are refused with the reason.
pub const PERIOD: &str = r"^P[0-9YMWDTHS]{1,15}$";
/// An instant, RFC 3339.
pub const INSTANT: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,18}(Z|[+-][0-9]{2}:[0-9]{2})$";
