//! The words of every [`Reason`]: code, duty, sentence and remedy, in English and Chinese.
//!
//! In: a reason. Out: its texts. Must not: be longer than a person reads in a terminal; a remedy
//! names the record kind to create.

use super::reason::Reason;
use crate::law::Duty;

/// The words of one reason.
pub(super) struct Texts {
    pub code: &'static str,
    pub duty: Duty,
    pub en: &'static str,
    pub zh: &'static str,
    pub remedy_en: &'static str,
    pub remedy_zh: &'static str,
}

/// Looks the words up.
pub(super) fn texts(reason: Reason) -> Texts {
    match reason {
        Reason::FilingOverdue => Texts {
            code: "FilingOverdue",
            duty: Duty::FilingDeadline,
            en: "The ten working days for the first algorithm filing are over and no filing is on record.",
            zh: "首次算法备案的十个工作日期限已过，仍无备案记录。",
            remedy_en: "File with the CAC; then have a compliance officer create a FilingRecord (state Filed, class 01).",
            remedy_zh: "向网信部门办理备案；由合规人员创建 FilingRecord（state: Filed，01 类）。",
        },
        Reason::FilingMissing => Texts {
            code: "FilingMissing",
            duty: Duty::Filing,
            en: "No algorithm filing is on record for a role of this service.",
            zh: "该服务的某一角色没有算法备案记录。",
            remedy_en: "Have a compliance officer create a FilingRecord with this provider, service code and role.",
            remedy_zh: "由合规人员按该主体、服务代码和角色创建 FilingRecord。",
        },
        Reason::FilingNotGranted => Texts {
            code: "FilingNotGranted",
            duty: Duty::Filing,
            en: "The algorithm filing is on record but not in force.",
            zh: "算法备案已有记录，但尚未生效。",
            remedy_en: "When the CAC grants it, set the FilingRecord to state Filed with number and filedOn.",
            remedy_zh: "备案通过后，将 FilingRecord 的 state 设为 Filed，并填写 number 和 filedOn。",
        },
        Reason::FilingMalformed => Texts {
            code: "FilingMalformed",
            duty: Duty::Filing,
            en: "The filing number on record is not a filing number.",
            zh: "记录中的备案编号格式不正确。",
            remedy_en: "Correct spec.number of the FilingRecord: 网信算备, 21 digits, 号.",
            remedy_zh: "更正 FilingRecord 的 spec.number：网信算备 + 21 位数字 + 号。",
        },
        Reason::FilingWrongClass => Texts {
            code: "FilingWrongClass",
            duty: Duty::Filing,
            en: "The filing number is of another algorithm class; deep synthesis is class 01.",
            zh: "备案编号属于其他算法类别；深度合成类应为 01。",
            remedy_en: "File the generation algorithm itself and create a FilingRecord with its class 01 number.",
            remedy_zh: "就生成合成类算法单独备案，并以其 01 类编号创建 FilingRecord。",
        },
        Reason::FilingRoleMismatch => Texts {
            code: "FilingRoleMismatch",
            duty: Duty::Filing,
            en: "The filing on record is for a role that this service does not hold.",
            zh: "备案记录的角色与该服务的角色不一致。",
            remedy_en: "Create a FilingRecord for the role the service holds; provider and supporter file separately.",
            remedy_zh: "按服务实际角色创建 FilingRecord；服务提供者与技术支持者应分别备案。",
        },
        Reason::FilingProviderMismatch => Texts {
            code: "FilingProviderMismatch",
            duty: Duty::Filing,
            en: "The filing on record belongs to another legal entity; an upstream model's number does not count.",
            zh: "备案记录属于其他主体；上游模型的备案编号不能代替自己的备案。",
            remedy_en: "Create a FilingRecord with the provider's own number and unified social credit code.",
            remedy_zh: "以本主体的备案编号和统一社会信用代码创建 FilingRecord。",
        },
        Reason::FilingServiceMismatch => Texts {
            code: "FilingServiceMismatch",
            duty: Duty::Filing,
            en: "The filing on record is for another service of the same provider.",
            zh: "备案记录针对同一主体的其他服务。",
            remedy_en: "Create a FilingRecord whose serviceCode is this service's spec.provider.serviceCode.",
            remedy_zh: "创建 serviceCode 与该服务 spec.provider.serviceCode 一致的 FilingRecord。",
        },
        Reason::FilingScopeMismatch => Texts {
            code: "FilingScopeMismatch",
            duty: Duty::Filing,
            en: "The filing on record does not count in this namespace.",
            zh: "备案记录的适用范围不包括该命名空间。",
            remedy_en: "Have a compliance officer add the namespace to spec.scope.namespaces of the FilingRecord.",
            remedy_zh: "由合规人员将该命名空间加入 FilingRecord 的 spec.scope.namespaces。",
        },
        Reason::BiometricAssessmentMissing => Texts {
            code: "BiometricAssessmentMissing",
            duty: Duty::ToolAssessment,
            en: "The service generates or edits faces or voices and no security assessment is on record.",
            zh: "该服务生成或编辑人脸、人声等生物识别信息，但没有安全评估记录。",
            remedy_en: "Assess it, or have it assessed; create an AssessmentRecord with basis Article15Biometric.",
            remedy_zh: "自行或委托专业机构开展安全评估；创建 basis 含 Article15Biometric 的 AssessmentRecord。",
        },
        Reason::BiometricAssessmentNotPassed => Texts {
            code: "BiometricAssessmentNotPassed",
            duty: Duty::ToolAssessment,
            en: "The security assessment of the biometric function was not passed.",
            zh: "生物识别功能的安全评估未通过。",
            remedy_en: "Cure what the report names; create an AssessmentRecord (Article15Biometric) with result Passed.",
            remedy_zh: "按报告整改后，创建 result 为 Passed 的 AssessmentRecord（Article15Biometric）。",
        },
        Reason::BiometricAssessmentLapsed => Texts {
            code: "BiometricAssessmentLapsed",
            duty: Duty::ToolAssessment,
            en: "The security assessment of the biometric function has lapsed.",
            zh: "生物识别功能的安全评估已过有效期。",
            remedy_en: "Assess again and create an AssessmentRecord (Article15Biometric) with a later validUntil.",
            remedy_zh: "重新评估，并创建有效期更晚的 AssessmentRecord（Article15Biometric）。",
        },
        Reason::PublicOpinionAssessmentMissing => Texts {
            code: "PublicOpinionAssessmentMissing",
            duty: Duty::LaunchAssessment,
            en: "The service has a public-opinion attribute and no security assessment before launch is on record.",
            zh: "该服务具有舆论属性或者社会动员能力，但没有上线前安全评估记录。",
            remedy_en: "Assess it before launch; create an AssessmentRecord with basis Article20.",
            remedy_zh: "上线前开展安全评估；创建 basis 含 Article20 的 AssessmentRecord。",
        },
        Reason::PublicOpinionAssessmentNotPassed => Texts {
            code: "PublicOpinionAssessmentNotPassed",
            duty: Duty::LaunchAssessment,
            en: "The security assessment before launch was not passed.",
            zh: "上线前安全评估未通过。",
            remedy_en: "Cure what the report names; create an AssessmentRecord (Article20) with result Passed.",
            remedy_zh: "按报告整改后，创建 result 为 Passed 的 AssessmentRecord（Article20）。",
        },
        Reason::PublicOpinionAssessmentLapsed => Texts {
            code: "PublicOpinionAssessmentLapsed",
            duty: Duty::LaunchAssessment,
            en: "The security assessment before launch has lapsed.",
            zh: "上线前安全评估已过有效期。",
            remedy_en: "Assess again and create an AssessmentRecord (Article20) with a later validUntil.",
            remedy_zh: "重新评估，并创建有效期更晚的 AssessmentRecord（Article20）。",
        },
        Reason::FilingCheckDigit => Texts {
            code: "FilingCheckDigit",
            duty: Duty::Filing,
            en: "The last digit of the filing number does not fit the others; it may be mistyped.",
            zh: "备案编号末位校验不符，可能有误输。",
            remedy_en: "Compare spec.number of the FilingRecord with the CAC notice; nothing is refused for this.",
            remedy_zh: "请对照网信部门公告核对 FilingRecord 的 spec.number；不会因此拒绝。",
        },
        Reason::CalendarWithoutData => Texts {
            code: "CalendarWithoutData",
            duty: Duty::FilingDeadline,
            en: "A deadline reaches into a year without a State Council holiday notice; Mon-Fri were counted.",
            zh: "期限涉及尚无国务院放假安排数据的年份，暂按周一至周五计算。",
            remedy_en: "Upgrade to a release whose calendar holds that year; the true deadline may be later.",
            remedy_zh: "升级到含该年度日历的版本；实际期限可能更晚。",
        },
        Reason::DeliveryNotLabelled => Texts {
            code: "DeliveryNotLabelled",
            duty: Duty::TechnicalMark,
            en: "Content leaves by a volume, object store or queue; the sidecar labels HTTP only.",
            zh: "内容经存储卷、对象存储或队列输出；边车仅对 HTTP 输出加标识。",
            remedy_en: "Deliver over a declared HTTP endpoint, or label in the application and keep the proof.",
            remedy_zh: "改经已声明的 HTTP 端点输出，或由应用自行加标识并留存证据。",
        },
        Reason::RouteSkipsLabel => Texts {
            code: "RouteSkipsLabel",
            duty: Duty::MarkIntegrity,
            en: "A route declares everything under / as not generated, so nothing there is labelled.",
            zh: "某路由将 / 下全部内容声明为非生成内容，其输出均不加标识。",
            remedy_en: "Name the paths that are not generated one by one and leave / to Auto or Generated.",
            remedy_zh: "逐一列出非生成内容的路径，/ 保持 Auto 或 Generated。",
        },
        Reason::ExplicitLabelByApplication => Texts {
            code: "ExplicitLabelByApplication",
            duty: Duty::ExplicitLabel,
            en: "The explicit label is left to the application's user interface and cannot be seen from here.",
            zh: "显式标识由应用界面展示，平台无法核验。",
            remedy_en: "Check that the interface shows a text label continuously (GB 45438-2025 5.6), or use InText.",
            remedy_zh: "确认界面持续显示文字标识（GB 45438-2025 5.6），或改用 InText。",
        },
        Reason::MarkingFunctionOwed => Texts {
            code: "MarkingFunctionOwed",
            duty: Duty::MarkingFunction,
            en: "No confusion category is declared; users must still be offered a marking function and told of it.",
            zh: "未声明易混淆类别；仍须提供显著标识功能并提示使用者。",
            remedy_en: "Keep InText labelling, or offer the function and the prompt in the application.",
            remedy_zh: "保留 InText 标识，或在应用中提供标识功能并作提示。",
        },
        Reason::AudienceOutsideScope => Texts {
            code: "AudienceOutsideScope",
            duty: Duty::Scope,
            en: "Only the declared audience keeps this service out of a duty that would hold for the public.",
            zh: "仅因所声明的服务对象，该服务不承担面向公众时的义务。",
            remedy_en: "Make sure that nobody outside the audience can reach it; keep the decision on file.",
            remedy_zh: "确保服务对象以外的人无法使用；留存该判断的书面依据。",
        },
    }
}
