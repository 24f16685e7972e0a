//! Pod JSON in, RFC 6902 patch out, and the proof that a pod carries exactly what we injected.
//!
//! Pure: works on raw `serde_json::Value`, never on typed pods (unknown fields must survive); no clock, no I/O.
