//! Users: real identity before publication (Order 12 Art. 9), the prompt for separate consent (Art. 14(2)), companions.
//!
//! In: what the service declares. Out: a judgement per duty. Must not: gate generation in the name of Art. 9, nor ask for
//! collected consents in the name of Art. 14.

use super::Judgement;
use crate::api::service::{IdentityGate, IdentityMeans};
use crate::compliance::applies::{Known, applies, routes};
use crate::compliance::facts::Facts;
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;

/// Judges every duty of this family.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    identity(facts, out);
    let binds = |duty| applies(duty, facts.spec, Known::default());
    if binds(Duty::ConsentPrompt) {
        let judgement = Judgement::new(Duty::ConsentPrompt, RuleState::Satisfied);
        out.push(match facts.spec.consent {
            Some(_) => judgement,
            None => judgement.close(Finding::violation(Reason::ConsentPromptMissing)),
        });
    }
    if binds(Duty::CompanionNotice) {
        let judgement = Judgement::new(Duty::CompanionNotice, RuleState::CannotKnow);
        out.push(judgement.find(RuleState::CannotKnow, Finding::notice(Reason::CompanionNoticeOwed)));
    }
}

fn identity(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    let means = spec.identity.as_ref().map(|identity| identity.means.as_slice()).unwrap_or_default();
    if applies(Duty::IdentityVerification, spec, Known::default()) {
        let issuers = spec.identity.as_ref().is_some_and(|identity| !identity.issuers.is_empty());
        let lacking = [
            ("identity.means", means.is_empty()),
            ("identity.issuers", !issuers),
            // Without a marked route the sidecar would not know what to close.
            ("a route with publication: true", !routes(spec).any(|route| route.publication)),
        ];
        let lacking: Vec<&str> = lacking.into_iter().filter(|(_, lacks)| *lacks).map(|(field, _)| field).collect();
        let judgement = Judgement::new(Duty::IdentityVerification, RuleState::Satisfied);
        out.push(match lacking.as_slice() {
            [] => judgement,
            fields => judgement.close(
                Finding::violation(Reason::PublicationWithoutIdentity)
                    .detail(format!("Missing: {}", fields.join(", "))),
            ),
        });
    }
    if spec.identity.as_ref().is_some_and(|identity| identity.gate == IdentityGate::Generation) {
        let judgement = Judgement::new(Duty::IdentityVerification, RuleState::NotApplicable);
        out.push(judgement.find(RuleState::NotApplicable, Finding::notice(Reason::IdentityGateWide)));
    }
    if applies(Duty::NetworkIdentity, spec, Known::default()) {
        let judgement = Judgement::new(Duty::NetworkIdentity, RuleState::Satisfied);
        let is_only = means.iter().all(|means| *means == IdentityMeans::NationalNetworkIdentity);
        out.push(if is_only { judgement.close(Finding::violation(Reason::NetworkIdentityOnly)) } else { judgement });
    }
}
