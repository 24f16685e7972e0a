//! Order 12 Art. 19: algorithm filing; Algorithm Provisions Art. 24: ten working days for the first one.
//!
//! In: the service's roles, audience and attribute, all filing records, the first public start.
//! Out: whether every filing-bound role has a filing of its own, or which record came near and why
//! it does not count. Must not: accept an upstream model's number, another class or another role.

use jiff::civil::Date;

use super::filing_match::{mismatches, role_name};
use super::{Hold, Judgement};
use crate::api::service::{Audience, Role};
use crate::api::{FilingKind, FilingMode, FilingRecordSpec};
use crate::compliance::facts::{Facts, Named, Now};
use crate::compliance::finding::{Finding, Severity};
use crate::compliance::reason::Reason;
use crate::compliance::verdict::{FilingInForce, RuleState};
use crate::law::{Duty, FilingNumber};

/// Judges the filing.
///
/// Providers with a public-opinion attribute must file; technical supporters do so "by reference".
/// Both are reached only when the public in mainland China can use the service (Order 12 Art. 2);
/// an enterprise or internal audience that alone keeps the duty away is noted. The roles file
/// separately: a provider's number does not cover a supporter.
pub(in crate::compliance) fn judge(facts: &Facts<'_>, now: &Now<'_>, mode: FilingMode, out: &mut Vec<Judgement>) {
    let today = now.china_date();
    let filings: Vec<(Role, Option<InForce<'_>>)> =
        bound_roles(facts).into_iter().map(|role| (role, in_force(facts, role, today))).collect();
    // Whoever has filed shows the number, also where filing was voluntary. A provider's number is what the public must
    // see; a supporter shows its own only when alone.
    let shown = filings.iter().find_map(|(_, filing)| filing.as_ref());
    let mut provider = Judgement::new(Duty::Filing, RuleState::NotApplicable);
    provider.filing = shown.map(InForce::disclosed);
    provider.findings.extend(filings.iter().filter_map(|(_, filing)| filing.as_ref()).filter_map(InForce::doubt));
    let mut supporter = Judgement::new(Duty::SupporterFiling, RuleState::NotApplicable);
    if !filings.is_empty() && facts.spec.public_opinion.attribute {
        if facts.spec.audience == Audience::PublicChina {
            for (role, filing) in &filings {
                let judgement = if *role == Role::Provider { &mut provider } else { &mut supporter };
                match filing {
                    Some(_) => judgement.state = RuleState::Satisfied,
                    None => lacking(facts, now, mode, *role, judgement),
                }
            }
        } else {
            provider = provider.outside_scope(facts, now, "algorithm filing (Order 12 Art. 19)");
        }
    }
    out.push(Judgement::new(Duty::FilingDeadline, provider.state));
    out.extend([provider, supporter]);
}

/// The role has no filing: its ten working days run, or are over, or there are none.
fn lacking(facts: &Facts<'_>, now: &Now<'_>, mode: FilingMode, role: Role, judgement: &mut Judgement) {
    judgement.state = RuleState::Violated;
    let missing = why_missing(facts, role, now.china_date());
    if mode == FilingMode::Strict {
        judgement.hold = Hold::Closed;
        judgement.findings.push(missing);
        return;
    }
    let deadline =
        facts.first_public_ready().map(|start| now.calendar.deadline(start, Duty::FilingDeadline.working_days()));
    if let Some(deadline) = &deadline {
        for year in &deadline.years_without_data {
            judgement.findings.push(
                Finding::warning(Reason::CalendarWithoutData).due(Some(deadline.lapses_at)).detail(year.to_string()),
            );
        }
    }
    let due = deadline.map(|deadline| deadline.lapses_at);
    match due {
        // At the very instant of the lapse the last day is over.
        Some(lapse) if lapse <= now.instant => {
            judgement.hold = Hold::Closed;
            let overdue = Finding::violation(Reason::FilingOverdue).due(due);
            judgement.findings.push(overdue.detail(format!("Role {}", role_name(role))));
            // "Missing" is already said by "overdue"; a record that came near is not.
            if missing.reason != Reason::FilingMissing {
                judgement.findings.push(missing);
            }
        }
        _ => {
            judgement.state = RuleState::Pending;
            judgement.hold = Hold::Grace;
            judgement.lapses_at = due;
            judgement.findings.push(Finding { severity: Severity::Warning, due, ..missing });
        }
    }
}

/// The roles of the service that file, provider first.
fn bound_roles(facts: &Facts<'_>) -> Vec<Role> {
    [Role::Provider, Role::TechnicalSupporter].into_iter().filter(|role| facts.spec.roles.contains(role)).collect()
}

/// A record that counts, with its number parsed.
struct InForce<'a> {
    record: Named<'a, FilingRecordSpec>,
    number: FilingNumber,
}

impl InForce<'_> {
    fn disclosed(&self) -> FilingInForce {
        FilingInForce {
            record: self.record.name.to_owned(),
            number: self.number.to_string(),
            link: self.record.spec.publicity_link.clone(),
            model: None,
            as_of: self.record.spec.change_submitted_on.clone().max(self.record.spec.filed_on.clone()),
        }
    }

    fn doubt(&self) -> Option<Finding> {
        (!self.number.check_digit_fits()).then(|| {
            Finding::warning(Reason::FilingCheckDigit)
                .detail(format!("FilingRecord {}: spec.number is {}", self.record.name, self.number))
        })
    }
}

/// The record that counts for a role: the latest by day of grant, then by name.
fn in_force<'a>(facts: &Facts<'a>, role: Role, today: Date) -> Option<InForce<'a>> {
    facts
        .filings
        .own
        .iter()
        .filter(|record| record.spec.kind == FilingKind::AlgorithmFiling)
        .filter(|record| mismatches(facts, record.spec, role, today).is_empty())
        .filter_map(|record| {
            let number = FilingNumber::parse(record.spec.number.as_deref()?).ok()?;
            Some(InForce { record: *record, number })
        })
        .max_by(|a, b| {
            // Every field that can be shown takes part, so that the order of the records never does.
            let key = |filing: &InForce<'a>| {
                let spec = filing.record.spec;
                let falling =
                    std::cmp::Reverse((filing.record.name, filing.number.clone(), spec.publicity_link.as_deref()));
                (spec.filed_on.as_deref(), falling)
            };
            key(a).cmp(&key(b))
        })
}

/// The record that came nearest and why it does not count, or that there is none.
fn why_missing(facts: &Facts<'_>, role: Role, today: Date) -> Finding {
    let nearest = facts
        .filings
        .all()
        .filter_map(|record| {
            if record.spec.kind != FilingKind::AlgorithmFiling {
                return None;
            }
            // A record for the other filing role of this service is that role's filing, not a mistaken one.
            if record.spec.role != role && bound_roles(facts).contains(&record.spec.role) {
                return None;
            }
            let found = mismatches(facts, record.spec, role, today);
            let ours = facts.is_own(record.spec);
            let first = found.first()?.reason;
            // Other services' records are no near misses, else every cluster would be full of them.
            if !ours && found.len() > 1 {
                return None;
            }
            let fields: Vec<String> = found.into_iter().map(|mismatch| mismatch.field).collect();
            let text = format!("FilingRecord {}: {}", record.name, fields.join("; "));
            Some((fields.len(), first, text))
        })
        .min();
    match nearest {
        Some((_, reason, text)) => Finding::violation(reason).detail(text),
        None => Finding::violation(Reason::FilingMissing).detail(format!("Role {}", role_name(role))),
    }
}
