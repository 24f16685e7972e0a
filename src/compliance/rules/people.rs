//! Users: real identity before publication (Order 12 Art. 9), the prompt for separate consent (Art. 14(2)), companions.
//!
//! In: what the service declares. Out: a judgement per duty. Must not: gate generation in the name of Art. 9, nor ask for
//! collected consents in the name of Art. 14.

use super::{Judgement, missing};
use crate::api::service::{IdentityGate, IdentityMeans};
use crate::compliance::applies::routes;
use crate::compliance::facts::Facts;
use crate::compliance::finding::Finding;
use crate::compliance::reason::Reason;
use crate::compliance::verdict::RuleState;
use crate::law::Duty;

/// Judges every duty of this family.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    identity(facts, out);
    if facts.binds(Duty::ConsentPrompt) {
        let judgement = Judgement::new(Duty::ConsentPrompt, RuleState::Satisfied);
        out.push(match facts.spec.consent {
            Some(_) => judgement,
            None => judgement.close(Finding::violation(Reason::ConsentPromptMissing)),
        });
    }
    if facts.binds(Duty::CompanionNotice) {
        let judgement = Judgement::new(Duty::CompanionNotice, RuleState::CannotKnow);
        out.push(judgement.find(RuleState::CannotKnow, Finding::notice(Reason::CompanionNoticeOwed)));
    }
}

fn identity(facts: &Facts<'_>, out: &mut Vec<Judgement>) {
    let spec = facts.spec;
    let means = spec.identity.as_ref().map(|identity| identity.means.as_slice()).unwrap_or_default();
    if facts.binds(Duty::IdentityVerification) {
        let issuers = spec.identity.as_ref().map(|identity| identity.issuers.as_slice()).unwrap_or_default();
        let fields = [
            ("identity.means", !means.is_empty()),
            ("identity.issuers", !issuers.is_empty()),
            // Without keys the sidecar can verify nobody.
            ("identity.issuers[].keys", issuers.iter().all(|issuer| issuer.keys.is_some())),
            // Without a marked route the sidecar would not know what to close.
            ("a route with publication: true", routes(spec).any(|route| route.publication)),
        ];
        let judgement = Judgement::new(Duty::IdentityVerification, RuleState::Satisfied);
        out.push(match missing(&fields) {
            None => judgement,
            Some(lacking) => judgement.close(Finding::violation(Reason::PublicationWithoutIdentity).detail(lacking)),
        });
    }
    if spec.identity.as_ref().is_some_and(|identity| identity.gate == IdentityGate::Generation) {
        let judgement = Judgement::new(Duty::IdentityVerification, RuleState::NotApplicable);
        out.push(judgement.find(RuleState::NotApplicable, Finding::notice(Reason::IdentityGateWide)));
    }
    if facts.binds(Duty::NetworkIdentity) {
        let judgement = Judgement::new(Duty::NetworkIdentity, RuleState::Satisfied);
        let is_only = means.iter().all(|means| *means == IdentityMeans::NationalNetworkIdentity);
        out.push(if is_only { judgement.close(Finding::violation(Reason::NetworkIdentityOnly)) } else { judgement });
    }
}
