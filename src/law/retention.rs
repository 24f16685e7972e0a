//! How long records are kept at least, class by class, in calendar months.
//!
//! In: a class of records and the period that somebody configured. Out: the floor with its rule, or
//! why the period falls short. Must not: count days (six months last up to 184), and must not give
//! Order 12 as the source of six months: it names no period.

use super::Duty;
use super::months::{LOG_RETENTION_FLOOR, Months, MonthsError, THREE_YEARS};

/// Classes of records that the law wants kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetentionClass {
    /// Network logs, which Order 12 Arts. 10 and 16 and Algorithm Provisions Art. 28 send to other laws.
    NetworkLogs,
    /// Logs of content without explicit label, with its recipient.
    WaiverLogs,
    /// Impact assessments on personal information, and their processing records.
    ImpactAssessments,
    /// Consent prompts and references.
    ConsentRecords,
}

/// Why a configured period does not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetentionError {
    /// Not a period in calendar months.
    #[error("{0}")]
    Period(#[from] MonthsError),
    /// Shorter than the law wants.
    #[error("is {found}, and {rule} wants at least {floor}")]
    Short {
        /// What was configured.
        found: Months,
        /// The law's period.
        floor: Months,
        /// Where it stands.
        rule: &'static str,
    },
}

impl RetentionError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Period(error) => error.remedy(),
            Self::Short { .. } => "write the period that the law names, or a longer one",
        }
    }
}

impl RetentionClass {
    /// All classes.
    pub const ALL: [Self; 4] = [Self::NetworkLogs, Self::WaiverLogs, Self::ImpactAssessments, Self::ConsentRecords];

    /// The duty behind it.
    #[must_use]
    pub fn duty(self) -> Duty {
        match self {
            Self::NetworkLogs => Duty::NetworkLogs,
            Self::WaiverLogs => Duty::Waiver,
            Self::ImpactAssessments => Duty::ImpactAssessment,
            Self::ConsentRecords => Duty::ConsentPrompt,
        }
    }

    /// The least that the law allows; `None` where it states no period.
    #[must_use]
    pub fn floor(self) -> Option<Months> {
        match self {
            Self::NetworkLogs | Self::WaiverLogs => Some(LOG_RETENTION_FLOOR),
            Self::ImpactAssessments => Some(THREE_YEARS),
            Self::ConsentRecords => None,
        }
    }

    /// What holds when nothing is configured: the floor, or three years where the law states none.
    #[must_use]
    pub fn default_period(self) -> Months {
        self.floor().unwrap_or(THREE_YEARS)
    }

    /// Reads a configured period and compares it with the floor.
    ///
    /// # Errors
    /// When the text is no period in calendar months, or a shorter one than the law allows.
    pub fn check(self, text: &str) -> Result<Months, RetentionError> {
        let found = Months::parse(text)?;
        match self.floor() {
            Some(floor) if !found.reaches(floor) => {
                Err(RetentionError::Short { found, floor, rule: self.duty().article() })
            }
            _ => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Period;

    #[test]
    fn floors_are_those_of_the_catalogue() {
        for class in RetentionClass::ALL {
            let period = class.floor().map(|floor| Period::Months(floor.count()));
            assert_eq!(class.duty().entry().period, period, "{class:?}");
        }
    }

    #[test]
    fn five_months_fall_short_cybersecurity_law_article_23() {
        let error = RetentionClass::NetworkLogs.check("P5M").expect_err("short");
        assert_eq!(error.to_string(), "is P5M, and Cybersecurity Law Art. 23(3) wants at least P6M");
        assert!(RetentionClass::NetworkLogs.check("P6M").is_ok());
    }

    #[test]
    fn waiver_logs_stand_six_months_labelling_measures_article_9() {
        assert!(RetentionClass::WaiverLogs.check("P6M").is_ok());
        assert!(RetentionClass::WaiverLogs.check("P1M").is_err());
    }

    #[test]
    fn impact_assessments_stand_three_years_pipl_article_56() {
        assert!(RetentionClass::ImpactAssessments.check("P3Y").is_ok());
        assert!(RetentionClass::ImpactAssessments.check("P2Y11M").is_err());
    }

    #[test]
    fn consent_has_no_floor_and_three_years_by_default_article_14_2() {
        assert_eq!(RetentionClass::ConsentRecords.floor(), None);
        assert_eq!(RetentionClass::ConsentRecords.default_period().to_string(), "P3Y");
        assert!(RetentionClass::ConsentRecords.check("P1M").is_ok());
    }

    #[test]
    fn days_are_refused_cybersecurity_law_article_23_trap_20() {
        for text in ["180 days", "P180D", "P184D", "180天"] {
            let error = RetentionClass::NetworkLogs.check(text).expect_err(text);
            assert_eq!(error, RetentionError::Period(MonthsError::Days), "{text}");
            assert!(error.to_string().contains("calendar months") && error.remedy().contains("P6M"), "{error}");
        }
    }

    #[test]
    fn order_12_names_no_period_article_16_2_trap_20() {
        for duty in [Duty::LogKeeping, Duty::FeatureLibrary, Duty::RumourRefutation, Duty::AlgorithmLogs] {
            assert_eq!(duty.entry().period, None, "{duty:?}");
        }
    }
}
