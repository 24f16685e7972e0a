//! What outlives a service: first public start, what was filed, change, end (Algorithm Provisions Art. 24), and which
//! records there were. Pure.
//!
//! In: the snapshot, the verdicts of one look, a clock. Out: every history that should differ from what is stored, and
//! what that means for people. Must not: forget a first start or restart a deadline; histories of services that are gone
//! are looked at like all others.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::build::Verdicts;
use super::status::seconds;
use super::trace::{self, Present};
use crate::api::history::history_name;
use crate::api::service::{Audience, FiledInformation};
use crate::api::{DeepSynthesisService, FiledBaseline, FilingRecordSpec, ServiceHistory, ServiceHistorySpec};
use crate::compliance::lowering::{declared, lowered_since, undecided};
use crate::compliance::validate::validate_service;
use crate::compliance::{Named, Now, RuleState, Verdict, cancellation};
use crate::law::Duty;
use crate::operator::judge::Judge;
use crate::operator::snapshot::{Key, Snapshot, names};

/// As many as the schema takes.
const MAX_CHANGED: usize = 8;

/// A history that should be written.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// What is stored; `None` when there is none yet.
    pub old: Option<Arc<ServiceHistory>>,
    /// What should be.
    pub new: ServiceHistorySpec,
}

/// A service with its verdict.
type Judged<'a> = (&'a DeepSynthesisService, &'a Verdict);

/// Every history that should differ from what is stored.
#[must_use]
pub fn rewrites(snapshot: &Snapshot, judge: &Judge<'_>, verdicts: &Verdicts, now: &Now<'_>) -> Vec<Rewrite> {
    let look = Look { snapshot, judge, now };
    let mut services: BTreeMap<String, Vec<Judged<'_>>> = BTreeMap::new();
    for (key, service) in snapshot.services.iter() {
        let Some(verdict) = verdicts.get(key) else { continue };
        services.entry(name_of(service)).or_default().push((service, verdict));
    }
    let stored = snapshot.histories.iter().map(|((_, name), history)| (name.clone(), history));
    let stored: BTreeMap<String, &Arc<ServiceHistory>> = stored.collect();
    let present = trace::present(snapshot);
    let names: std::collections::BTreeSet<&String> = services.keys().chain(stored.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let services = services.get(name).map(Vec::as_slice).unwrap_or_default();
            let old = stored.get(name).copied();
            let present = present.get(name).map(Vec::as_slice).unwrap_or_default();
            let filings: Vec<_> = present.iter().filter_map(Present::filing).collect();
            let mut new = look.next(old.map(|old| &old.spec), services, &filings)?;
            trace::follow(&mut new.records, present, now.instant);
            (old.map(|old| &old.spec) != Some(&new)).then(|| Rewrite { old: old.cloned(), new })
        })
        .collect()
}

/// Instants at which a history's deadline lapses.
pub fn deadlines(history: &ServiceHistorySpec) -> impl Iterator<Item = Timestamp> + '_ {
    [&history.change_due, &history.cancel_due].into_iter().filter_map(|due| due.as_deref()?.parse().ok())
}

/// Whether the cancellation is owed and its time is over.
#[must_use]
pub fn is_overdue(history: &ServiceHistorySpec, now: Timestamp) -> bool {
    history.cancel_due.as_deref().and_then(|due| due.parse::<Timestamp>().ok()).is_some_and(|due| due <= now)
}

fn name_of(service: &DeepSynthesisService) -> String {
    let provider = &service.spec.provider;
    history_name(&provider.unified_social_credit_code, &provider.service_code)
}

/// What one look goes by.
#[derive(Clone, Copy)]
struct Look<'a> {
    snapshot: &'a Snapshot,
    judge: &'a Judge<'a>,
    now: &'a Now<'a>,
}

impl Look<'_> {
    /// What a history should hold. A service that its schema should have refused declares nothing.
    fn next(
        self,
        old: Option<&ServiceHistorySpec>,
        services: &[Judged<'_>],
        filings: &[Named<'_, FilingRecordSpec>],
    ) -> Option<ServiceHistorySpec> {
        let valid: Vec<Judged<'_>> =
            services.iter().copied().filter(|(service, _)| validate_service(&service.spec).is_empty()).collect();
        let mut new = match (old, valid.first()) {
            (Some(old), _) => old.clone(),
            (None, Some((service, _))) => ServiceHistorySpec {
                unified_social_credit_code: service.spec.provider.unified_social_credit_code.clone(),
                service_code: service.spec.provider.service_code.clone(),
                ..ServiceHistorySpec::default()
            },
            (None, None) => return None,
        };
        if new.first_public_ready.is_none() {
            new.first_public_ready = first_public_ready(self.snapshot, &valid).map(|instant| instant.to_string());
        }
        if let Some((service, _)) = valid.iter().max_by_key(|(service, _)| reach(service)) {
            self.declare(&mut new, service);
        }
        baseline(&mut new, &valid, self.snapshot);
        change(&mut new, &valid, self.now);
        end(&mut new, services, filings, self.now);
        Some(new)
    }

    /// What counts may become less only where an officer decided so: an edit that slipped in while admission was away
    /// does not make the next service of this key declare less.
    fn declare(self, new: &mut ServiceHistorySpec, service: &DeepSynthesisService) {
        let spec = &service.spec;
        let lowered = new.declared.as_ref().map(|old| lowered_since(old, spec)).unwrap_or_default();
        let is_undecided = !lowered.is_empty() && {
            let namespace = names(service).0;
            let records = self.judge.assessments_of(&spec.provider);
            !undecided(lowered, &records, spec, namespace, self.now.china_date()).is_empty()
        };
        if !is_undecided {
            new.declared = Some(declared(spec));
        }
    }
}

/// The ten working days of Art. 24 begin when a pod of a public service is Ready for the first time.
fn first_public_ready(snapshot: &Snapshot, services: &[Judged<'_>]) -> Option<Timestamp> {
    let public = services.iter().filter(|(service, _)| service.spec.audience == Audience::PublicChina);
    public
        .flat_map(|(service, _)| {
            let (namespace, name) = names(service);
            snapshot.pods_of(namespace, name).filter_map(|pod| pod.ready_since).collect::<Vec<_>>()
        })
        .min()
}

/// Of several services with one key the one that the law reaches furthest counts; names only break ties.
fn reach(service: &DeepSynthesisService) -> (u8, bool, bool, usize, Key) {
    let spec = &service.spec;
    let audience = match spec.audience {
        Audience::PublicChina => 2,
        Audience::Enterprise => 1,
        Audience::Internal => 0,
    };
    let (namespace, name) = names(service);
    (
        audience,
        spec.public_opinion.attribute,
        spec.biometric_editing.face || spec.biometric_editing.voice,
        spec.technologies.len(),
        (namespace.to_owned(), name.to_owned()),
    )
}

/// What was filed is what the record says, or else what the service declared when the record was first seen in force.
fn baseline(new: &mut ServiceHistorySpec, services: &[Judged<'_>], snapshot: &Snapshot) {
    let filed = services.iter().filter(|(_, verdict)| verdict.filing.is_some());
    let Some((service, verdict)) = filed.max_by_key(|(service, _)| reach(service)) else { return };
    let Some(filing) = &verdict.filing else { return };
    let Some(as_of) = &filing.as_of else { return };
    if new.filed.as_ref().is_some_and(|filed| filed.record == filing.record && filed.as_of == *as_of) {
        return;
    }
    let record = snapshot.filings.get(&(String::new(), filing.record.clone())).map(|record| &record.spec);
    let declared = || service.spec.filed_information.clone().unwrap_or_default();
    let information: FiledInformation = record.and_then(|record| record.information.clone()).unwrap_or_else(declared);
    new.filed = Some(FiledBaseline {
        record: filing.record.clone(),
        as_of: as_of.clone(),
        provider_name: record
            .and_then(|record| record.provider_name.clone())
            .unwrap_or_else(|| service.spec.provider.name.clone()),
        information,
    });
}

/// While nobody can compare (no service, no filing in force) a change that was seen stays.
fn change(new: &mut ServiceHistorySpec, services: &[Judged<'_>], now: &Now<'_>) {
    if !services.iter().any(|(_, verdict)| verdict.filing.is_some()) {
        return;
    }
    let changed: std::collections::BTreeSet<&str> =
        services.iter().flat_map(|(_, verdict)| verdict.changed_fields.iter().copied()).collect();
    if changed.is_empty() {
        new.changed_at = None;
        new.changed_fields = Vec::new();
        new.change_due = None;
        return;
    }
    new.changed_fields = changed.into_iter().take(MAX_CHANGED).map(str::to_owned).collect();
    let begun = *instant(&new.changed_at).get_or_insert(seconds(now.instant));
    new.changed_at = Some(begun.to_string());
    new.change_due = Some(now.calendar.deadline(begun, Duty::FilingChange.working_days()).lapses_at.to_string());
}

/// A service that was public and filed must be cancelled when it is gone, whether its namespace is gone, too, or not.
fn end(new: &mut ServiceHistorySpec, services: &[Judged<'_>], filings: &[Named<'_, FilingRecordSpec>], now: &Now<'_>) {
    if !services.is_empty() {
        new.ended_at = None;
        new.cancel_due = None;
        return;
    }
    let ended = instant(&new.ended_at).unwrap_or_else(|| seconds(now.instant));
    let gone = ServiceHistorySpec { ended_at: Some(ended.to_string()), ..new.clone() };
    let cancellation = cancellation(&gone, filings, now);
    if new.first_public_ready.is_none() || cancellation.state == RuleState::NotApplicable {
        return;
    }
    new.ended_at = gone.ended_at;
    let is_owed = cancellation.state != RuleState::Satisfied;
    new.cancel_due = cancellation.due.filter(|_| is_owed).map(|due| due.to_string());
}

fn instant(text: &Option<String>) -> Option<Timestamp> {
    text.as_deref()?.parse().ok()
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
