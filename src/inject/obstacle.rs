//! A number of a namespace that leaves no room for the sidecar, and how to say so.
//!
//! In: nothing. Out: [`Obstacle`], its code and its sentences. Must not: compute; `headroom` does.

/// One number that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obstacle {
    /// `LimitRange` or `ResourceQuota`.
    pub kind: &'static str,
    /// Name of the object.
    pub object: String,
    /// Path of the number.
    pub field: String,
    /// What it is now.
    pub is: String,
    /// What to do about it.
    pub remedy: Remedy,
}

/// How a number must change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// It must be at least this.
    Raise(String),
    /// It must be at most this.
    Lower(String),
    /// Every container must have a limit, and the sidecar has none of its own: a default must be set.
    SetDefault(&'static str),
}

impl Obstacle {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        if self.kind == "LimitRange" { "LimitRangeRefuses" } else { "QuotaRefuses" }
    }

    /// What stands in the way and the number to change.
    #[must_use]
    pub fn sentence_en(&self) -> String {
        let Self { kind, object, field, is, remedy } = self;
        match remedy {
            Remedy::Raise(least) => format!("{kind} {object}: {field} is {is}; raise it to at least {least}."),
            Remedy::Lower(most) => format!(
                "{kind} {object}: {field} is {is}; lower it to at most {most}, or raise spec.sidecar of the CompliancePolicy."
            ),
            Remedy::SetDefault(resource) => format!(
                "{kind} {object}: {field} is {is}, which asks every container for a {resource} limit, and the sidecar has \
                 none; set spec.limits[].default.{resource} in a LimitRange of type Container."
            ),
        }
    }

    /// The same in Chinese.
    #[must_use]
    pub fn sentence_zh(&self) -> String {
        let Self { kind, object, field, is, remedy } = self;
        match remedy {
            Remedy::Raise(least) => format!("{kind} {object} 的 {field} 为 {is}，至少应为 {least}。"),
            Remedy::Lower(most) => {
                format!(
                    "{kind} {object} 的 {field} 为 {is}，至多应为 {most}，或提高 CompliancePolicy 的 spec.sidecar。"
                )
            }
            Remedy::SetDefault(resource) => format!(
                "{kind} {object} 限制了 {field}，边车没有 {resource} 上限；请在 LimitRange 中设置 default.{resource}。"
            ),
        }
    }
}
