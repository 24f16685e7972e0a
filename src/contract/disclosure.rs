//! What a service tells its users about itself (Order 12 Arts 8, 12, 19; Algorithm Provisions Art. 26).
//!
//! In: the declaration of a service, its filings in force. Out: plain data that the sidecar shows to anybody. Must not: hold what
//! names the cluster.

use serde::{Deserialize, Serialize};

use crate::api::service::DeepSynthesisServiceSpec;

/// Everything that is shown.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Disclosure {
    /// Registered name of the provider.
    pub provider: String,
    /// Its unified social credit code.
    pub unified_social_credit_code: String,
    /// Algorithm filing in force (Order 12 Art. 19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filing: Option<ShownFiling>,
    /// Generative AI filing or registration in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generative_ai: Option<ShownFiling>,
    /// Where users complain (Order 12 Art. 12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaints: Option<ShownComplaints>,
    /// Agreement with users (Order 12 Art. 8, Labelling Measures Art. 8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<ShownAgreement>,
}

/// A filing as the law wants it shown: number and link.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ShownFiling {
    /// As the authority writes it.
    pub number: String,
    /// Link to the public information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Name of the model, of a generative AI filing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// The complaint entrance.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ShownComplaints {
    /// Its address.
    pub url: String,
    /// Time limit for an answer, as an ISO 8601 duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_within: Option<String>,
}

/// The agreement.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ShownAgreement {
    /// Its address.
    pub url: String,
    /// Its version.
    pub version: String,
    /// Management rules and platform conventions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_url: Option<String>,
}

impl Disclosure {
    /// What a service with these filings shows.
    #[must_use]
    pub fn of(
        spec: &DeepSynthesisServiceSpec,
        filing: Option<ShownFiling>,
        generative_ai: Option<ShownFiling>,
    ) -> Self {
        let complaints = spec.complaints.as_ref();
        let agreement = spec.agreement.as_ref();
        Self {
            provider: spec.provider.name.clone(),
            unified_social_credit_code: spec.provider.unified_social_credit_code.clone(),
            filing,
            generative_ai,
            complaints: complaints.map(|complaints| ShownComplaints {
                url: complaints.url.clone(),
                respond_within: complaints.respond_within.clone(),
            }),
            agreement: agreement.map(|agreement| ShownAgreement {
                url: agreement.url.clone(),
                version: agreement.version.clone(),
                rules_url: agreement.rules_url.clone(),
            }),
        }
    }
}
