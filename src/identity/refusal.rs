//! Why an assertion does not count: a closed list, each with a stable code and its words in both languages.

/// Why a request is not from a user whose real identity was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentityRefusal {
    /// None was sent, or more than one.
    Missing,
    /// Not an assertion.
    Malformed,
    /// Signed in a way that is not accepted.
    AlgorithmNotAccepted,
    /// From nobody that the service names.
    UnknownIssuer,
    /// Not signed by its issuer.
    BadSignature,
    /// For someone else.
    OtherAudience,
    /// Too old.
    Expired,
    /// From the future.
    NotYet,
    /// Its user is not verified.
    NotVerified,
    /// Verified by other means than the service accepts.
    MeansNotAccepted,
}

impl IdentityRefusal {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Missing,
        Self::Malformed,
        Self::AlgorithmNotAccepted,
        Self::UnknownIssuer,
        Self::BadSignature,
        Self::OtherAudience,
        Self::Expired,
        Self::NotYet,
        Self::NotVerified,
        Self::MeansNotAccepted,
    ];

    /// Stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.texts().0
    }

    /// In English.
    #[must_use]
    pub fn english(self) -> &'static str {
        self.texts().1
    }

    /// In Chinese.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        self.texts().2
    }

    /// Whether another assertion of the same user may do: then a client should ask for one (RFC 6750 3.1, `invalid_token`).
    #[must_use]
    pub fn is_curable(self) -> bool {
        !matches!(self, Self::NotVerified | Self::MeansNotAccepted)
    }

    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Missing => (
                "identity_missing",
                "Publishing needs a verified real identity. Sign in and send exactly one assertion of it.",
                "发布信息须经真实身份信息认证。请登录，并仅携带一个身份凭证。",
            ),
            Self::Malformed => (
                "identity_malformed",
                "The identity assertion is not a signed JWT. Sign in again.",
                "身份凭证不是有效的签名 JWT，请重新登录。",
            ),
            Self::AlgorithmNotAccepted => (
                "identity_algorithm",
                "The identity assertion is not signed with RS256, ES256 or EdDSA. Ask the operator of the sign-in to change it.",
                "身份凭证的签名算法不是 RS256、ES256 或 EdDSA，请联系登录服务的运营者。",
            ),
            Self::UnknownIssuer => (
                "identity_issuer_unknown",
                "The identity assertion is from an issuer that this service does not name. Sign in where the service says.",
                "身份凭证的签发方不在该服务的名单内，请通过该服务指定的方式登录。",
            ),
            Self::BadSignature => (
                "identity_signature",
                "The identity assertion is not signed by its issuer. Sign in again.",
                "身份凭证的签名与签发方不符，请重新登录。",
            ),
            Self::OtherAudience => (
                "identity_audience",
                "The identity assertion is for another service. Sign in to this one.",
                "身份凭证是为其他服务签发的，请登录本服务。",
            ),
            Self::Expired => (
                "identity_expired",
                "The identity assertion has expired. Sign in again.",
                "身份凭证已过期，请重新登录。",
            ),
            Self::NotYet => (
                "identity_not_yet",
                "The identity assertion is not valid yet. Check the clocks, or try again.",
                "身份凭证尚未生效，请检查时钟或稍后重试。",
            ),
            Self::NotVerified => (
                "identity_not_verified",
                "Your real identity is not verified, and only verified users may publish. Verify it in your account.",
                "您尚未完成真实身份信息认证，不得发布信息。请在账号中完成认证。",
            ),
            Self::MeansNotAccepted => (
                "identity_means",
                "Your identity was verified by means that this service does not accept. Verify it by another one.",
                "该服务不接受您所使用的身份认证方式，请以其他方式完成认证。",
            ),
        }
    }
}
