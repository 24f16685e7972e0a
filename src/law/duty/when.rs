//! When a duty binds a service.
//!
//! In: nothing. Out: a closed list of conditions with words. Must not: know the custom resources;
//! [`crate::compliance`] reads each condition off a service.

/// Declares the conditions together with their words, so that none is without.
macro_rules! conditions {
    ($($(#[doc = $doc:literal])+ $name:ident: $en:literal, $zh:literal;)+) => {
        /// A condition under which a duty binds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum When {
            $($(#[doc = $doc])+ $name,)+
        }

        impl When {
            /// All conditions.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The condition in English.
            #[must_use]
            pub fn describe_en(self) -> &'static str {
                match self {
                    $(Self::$name => $en,)+
                }
            }

            /// The condition in Chinese.
            #[must_use]
            pub fn describe_zh(self) -> &'static str {
                match self {
                    $(Self::$name => $zh,)+
                }
            }
        }
    };
}

conditions! {
    /// For every service that is declared.
    Always: "always", "始终适用";
    /// Somebody outside the own organisation can use it.
    NotInternal: "the audience is not internal", "服务对象不限于本单位内部";
    /// The public in mainland China can use it.
    PublicChina: "offered to the public in China", "向境内公众提供服务";
    /// Offered to the public, with public-opinion attribute or social-mobilisation capability.
    PublicOpinion: "public, with public-opinion attribute", "向公众提供且具有舆论属性或者社会动员能力";
    /// An algorithm filing is in force for it.
    Filed: "an algorithm filing is in force", "已完成算法备案";
    /// It was offered to the public and has ended.
    ServiceEnded: "a filed service has ended", "已备案的服务终止";
    /// It offers a news function.
    NewsFunction: "a news function is declared", "提供新闻信息功能";
    /// It offers a publishing, cultural or audiovisual function.
    LicensedFunction: "a function that needs a licence is declared", "提供需取得许可的功能";
    /// A route shows content to others than the requester.
    Publication: "a route publishes information", "存在信息发布路由";
    /// A confusion category is declared and a route offers download, copy or export.
    Export: "a confusion category, and a route offers download, copy or export", "属于可能导致混淆的情形且提供下载、复制、导出功能";
    /// Content without explicit label is offered on request.
    Waiver: "content without explicit label is offered on request", "应用户要求提供无显式标识内容";
    /// Its provider or supporter trains or fine-tunes models.
    TrainsModels: "models are trained or fine-tuned", "训练或者优化训练模型";
    /// Users can edit faces or voices.
    BiometricEditing: "faces or voices can be edited", "提供人脸、人声等生物识别信息编辑功能";
    /// Its models or tools make or edit biometric information, or special objects and scenes.
    AssessedTool: "tools make or edit biometric information or special objects", "工具可生成或者编辑生物识别信息或者特殊物体、场景";
    /// It processes faces or voiceprints of persons.
    SensitiveInformation: "faces or voiceprints of persons are processed", "处理人脸、声纹等敏感个人信息";
    /// A confusion category of Order 12 Art. 17(1) is declared.
    ConfusionCategory: "a confusion category is declared", "属于可能导致公众混淆或者误认的情形";
    /// No confusion category is declared.
    NoConfusionCategory: "no confusion category is declared", "不属于可能导致公众混淆或者误认的情形";
    /// A confusion category is declared and it makes text.
    ConfusingText: "a confusion category and text", "可能导致混淆的文本";
    /// A confusion category is declared and it makes audio.
    ConfusingAudio: "a confusion category and audio", "可能导致混淆的音频";
    /// A confusion category is declared and it makes images or video.
    ConfusingVisual: "a confusion category and images or video", "可能导致混淆的图片、视频";
    /// A confusion category is declared and it makes virtual scenes.
    ConfusingScene: "a confusion category and virtual scenes", "可能导致混淆的虚拟场景";
    /// It makes text and carries an explicit label.
    TextOutput: "text carries an explicit label", "对文本添加显式标识";
    /// It makes audio and carries an explicit label.
    AudioOutput: "audio carries an explicit label", "对音频添加显式标识";
    /// It makes images or video and carries an explicit label.
    VisualOutput: "images or video carry an explicit label", "对图片、视频添加显式标识";
    /// It makes virtual scenes and carries an explicit label.
    SceneOutput: "virtual scenes carry an explicit label", "对虚拟场景添加显式标识";
    /// The explicit label stands in the user interface.
    InterfaceLabel: "the user interface shows the explicit label", "由交互界面展示显式标识";
    /// A watermark inside the content is chosen.
    Watermark: "a content watermark is chosen", "选用数字水印";
    /// Labels are signed, or signed labels come in.
    SignedLabel: "labels carry security data", "标识带有安全防护数据";
    /// It spreads content that others made.
    Propagation: "the service propagates content", "提供网络信息内容传播服务";
    /// It lists or distributes applications.
    AppListing: "the service distributes applications", "提供应用分发服务";
    /// Generative AI offered to the public in mainland China.
    GenerativeAi: "generative AI offered to the public in China", "向境内公众提供生成式人工智能服务";
    /// The same, with public-opinion attribute or social-mobilisation capability.
    GenerativeAiPublicOpinion: "public generative AI with public-opinion attribute", "具有舆论属性或者社会动员能力的生成式人工智能服务";
    /// The national network identity is among the means.
    NetworkIdentity: "the national network identity is accepted", "接受国家网络身份认证";
    /// Sustained emotional interaction is offered.
    Companion: "a companion function is declared", "提供拟人化互动功能";
    /// Digital persons are shown.
    DigitalHuman: "digital virtual humans are shown", "展示数字虚拟人";
    /// An authority has ordered a measure.
    OrderInForce: "an order of an authority is in force", "主管部门的要求正在生效";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_has_words_of_its_own_in_both_languages() {
        let texts: std::collections::BTreeSet<_> =
            When::ALL.iter().flat_map(|when| [when.describe_en(), when.describe_zh()]).collect();
        assert_eq!(texts.len(), 2 * When::ALL.len());
        assert!(When::ALL.iter().all(|when| when.describe_en().is_ascii() && !when.describe_zh().is_ascii()));
    }
}
