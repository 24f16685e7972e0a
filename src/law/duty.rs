//! The duties that this program holds, with their place in the law.
//!
//! In: nothing. Out: a closed list of duties with article and title. Must not: judge anything.

/// A duty of Order 12, the Labelling Measures or the Algorithm Provisions that the program holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Order 12 Art. 2: whom the Order reaches.
    Scope,
    /// Order 12 Art. 15(2): security assessment of biometric and special-object tools.
    ToolAssessment,
    /// Order 12 Art. 16: a mark that does not affect use, and logs.
    TechnicalMark,
    /// Order 12 Art. 17(1): a conspicuous mark on what may confuse the public.
    ConspicuousMark,
    /// Order 12 Art. 17(2): a marking function and a prompt for everything else.
    MarkingFunction,
    /// Order 12 Art. 18: nobody removes, alters or hides the marks.
    MarkIntegrity,
    /// Order 12 Art. 19: algorithm filing, and showing number and link.
    Filing,
    /// Order 12 Art. 20: security assessment before launch.
    LaunchAssessment,
    /// Labelling Measures Art. 4: explicit labels.
    ExplicitLabel,
    /// Labelling Measures Art. 5: implicit labels in file metadata.
    ImplicitLabel,
    /// Algorithm Provisions Art. 24: ten working days for the first filing.
    FilingDeadline,
}

impl Duty {
    /// All duties in the order of the law.
    pub const ALL: [Self; 11] = [
        Self::Scope,
        Self::ToolAssessment,
        Self::TechnicalMark,
        Self::ConspicuousMark,
        Self::MarkingFunction,
        Self::MarkIntegrity,
        Self::Filing,
        Self::LaunchAssessment,
        Self::ExplicitLabel,
        Self::ImplicitLabel,
        Self::FilingDeadline,
    ];

    /// Where it stands, e.g. `Order 12 Art. 19`.
    #[must_use]
    pub fn article(self) -> &'static str {
        self.texts().0
    }

    /// Where it stands, in Chinese.
    #[must_use]
    pub fn article_zh(self) -> &'static str {
        self.texts().1
    }

    /// What it is, in English.
    #[must_use]
    pub fn title_en(self) -> &'static str {
        self.texts().2
    }

    /// What it is, in Chinese.
    #[must_use]
    pub fn title_zh(self) -> &'static str {
        self.texts().3
    }

    fn texts(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Scope => ("Order 12 Art. 2", "《深度合成规定》第二条", "Scope", "适用范围"),
            Self::ToolAssessment => (
                "Order 12 Art. 15(2)",
                "《深度合成规定》第十五条第二款",
                "Security assessment of biometric and special-object tools",
                "生物识别信息及特殊物体工具的安全评估",
            ),
            Self::TechnicalMark => {
                ("Order 12 Art. 16", "《深度合成规定》第十六条", "Mark that does not affect use", "不影响使用的标识")
            }
            Self::ConspicuousMark => {
                ("Order 12 Art. 17(1)", "《深度合成规定》第十七条第一款", "Conspicuous mark", "显著标识")
            }
            Self::MarkingFunction => (
                "Order 12 Art. 17(2)",
                "《深度合成规定》第十七条第二款",
                "Conspicuous-marking function and prompt",
                "显著标识功能与提示",
            ),
            Self::MarkIntegrity => (
                "Order 12 Art. 18",
                "《深度合成规定》第十八条",
                "No removal, change or hiding of marks",
                "不得删除、篡改、隐匿标识",
            ),
            Self::Filing => ("Order 12 Art. 19", "《深度合成规定》第十九条", "Algorithm filing", "算法备案"),
            Self::LaunchAssessment => {
                ("Order 12 Art. 20", "《深度合成规定》第二十条", "Security assessment before launch", "上线前安全评估")
            }
            Self::ExplicitLabel => ("Labelling Measures Art. 4", "《标识办法》第四条", "Explicit label", "显式标识"),
            Self::ImplicitLabel => ("Labelling Measures Art. 5", "《标识办法》第五条", "Implicit label", "隐式标识"),
            Self::FilingDeadline => (
                "Algorithm Provisions Art. 24",
                "《算法推荐管理规定》第二十四条",
                "Filing within ten working days",
                "十个工作日内备案",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duty_has_its_own_article_and_both_titles() {
        let articles: std::collections::BTreeSet<_> = Duty::ALL.iter().map(|duty| duty.article()).collect();
        assert_eq!(articles.len(), Duty::ALL.len());
        for duty in Duty::ALL {
            assert!(duty.article().contains("Art. ") && duty.article_zh().contains('第'));
            assert!(duty.title_en().is_ascii() && !duty.title_zh().is_ascii());
        }
    }
}
