//! What the leader does beside the statuses of services: histories, records, lapses, Events.

use std::fmt::Debug;

use jiff::Timestamp;
use k8s_openapi::ClusterResourceScope;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Resource as _;
use serde::de::DeserializeOwned;

use super::apply::{self, ApplyError};
use super::build::Verdicts;
use super::lapse::{self, How, Stop};
use super::news::{self, News};
use super::run::{Controller, Written};
use super::{history, record};
use crate::api::{
    AssessmentRecord, CompliancePolicy, DeepSynthesisService, EnforcementExemption, FilingRecord, RecordStatus,
};
use crate::compliance::Verdict;
use crate::compliance::exemption::expires_at;
use crate::compliance::validate::{validate_assessment, validate_filing, validate_policy};
use crate::operator::event::{Note, reference};
use crate::operator::judge::{Judge, exemptions};
use crate::operator::snapshot::{Snapshot, names};

impl Controller {
    /// Writes the histories that differ.
    pub(super) async fn remember(
        &self,
        snapshot: &Snapshot,
        judge: &Judge<'_>,
        verdicts: &Verdicts,
        now: Timestamp,
    ) -> Result<(), ApplyError> {
        let mut result = Ok(());
        for rewrite in history::rewrites(snapshot, judge, verdicts, &judge.now(now)) {
            match apply::history(&self.client, &rewrite).await {
                Ok(Some(written)) => {
                    for news in news::of_history(rewrite.old.as_ref().map(|old| &old.spec), &rewrite.new) {
                        self.tell_of(written.object_ref(&()), news);
                    }
                }
                Ok(None) => {}
                // One that cannot be written must not hold back the others.
                Err(error) => result = Err(error),
            }
        }
        result
    }

    /// Says on records and policies that they are in force. The snapshot holds what is spoken of, here and, by the same
    /// watches, in every other replica.
    pub(super) async fn acknowledge(&self, snapshot: &Snapshot, now: Timestamp) -> Result<(), ApplyError> {
        let mut result = Ok(());
        macro_rules! acknowledge {
            ($map:ident, $kind:ty, $validate:expr) => {
                for ((_, name), object) in snapshot.$map.iter() {
                    let invalid = $validate(&object.spec);
                    let status = record::accepted(&object.metadata, object.status.as_ref(), &invalid, now);
                    result = self.acknowledge_one::<$kind>(name, status).await.and(result);
                }
            };
        }
        acknowledge!(policies, CompliancePolicy, validate_policy);
        acknowledge!(filings, FilingRecord, validate_filing);
        acknowledge!(assessments, AssessmentRecord, validate_assessment);
        for exemption in exemptions(snapshot, |_| true) {
            let key = (String::new(), exemption.name.to_owned());
            let Some(object) = snapshot.exemptions.get(&key) else { continue };
            let status = record::in_force(&object.metadata, object.status.as_ref(), &exemption, now);
            result = self.acknowledge_one::<EnforcementExemption>(exemption.name, status).await.and(result);
        }
        result
    }

    async fn acknowledge_one<K>(&self, name: &str, status: Option<RecordStatus>) -> Result<(), ApplyError>
    where
        K: kube::Resource<DynamicType = (), Scope = ClusterResourceScope> + Clone + DeserializeOwned + Debug,
    {
        let Some(status) = status else { return Ok(()) };
        self.metrics.status_writes.inc();
        apply::record_status::<K>(&self.client, name, &status).await
    }

    /// When exemptions end.
    pub(super) fn expiries<'a>(&self, snapshot: &'a Snapshot) -> impl Iterator<Item = Timestamp> + use<'a> {
        snapshot.exemptions.values().filter_map(|exemption| expires_at(&exemption.spec))
    }

    /// Stops the workloads of a service, once per lapse.
    pub(super) async fn stop(
        &self,
        snapshot: &Snapshot,
        service: &DeepSynthesisService,
        verdict: &Verdict,
        state: &mut Written,
    ) -> Result<(), ApplyError> {
        if !lapse::must_stop(verdict) || !snapshot.is_enrolled(names(service).0) {
            state.is_stopped = false;
            return Ok(());
        }
        if state.is_stopped {
            return Ok(());
        }
        let stops = lapse::stop_all(&self.client, service).await;
        for stop in stops.map_err(|error| ApplyError::Lapse(Box::new(error)))? {
            self.tell(service, stopped(&stop));
        }
        state.is_stopped = true;
        Ok(())
    }

    pub(super) fn tell(&self, service: &DeepSynthesisService, news: News) {
        self.tell_of(reference(service), news);
    }

    fn tell_of(&self, object: ObjectReference, news: News) {
        let News { warning, reason, action, text } = news;
        self.notes.send(Note { service: object, warning, reason, action, text });
    }
}

fn stopped(stop: &Stop) -> News {
    let object = format!("{} {}", stop.kind.name, stop.name);
    let (reason, text) = match stop.how {
        How::Scale(replicas) => (
            "ScaledToZero",
            format!(
                "{object} was scaled from {replicas} to 0: the gate is closed. Nobody scales it up again but you, after the \
                 gate is open. 准入已关闭，已缩容至 0；恢复后须由您手动扩容。"
            ),
        ),
        How::Suspend => (
            "Suspended",
            format!(
                "{object} was suspended: the gate is closed. Resume it after the gate is open. 准入已关闭，已暂停。"
            ),
        ),
        How::ByHand => (
            "StopByHand",
            format!(
                "{object} still runs although the gate is closed and cannot be scaled: stop it by hand. 请手动停止。"
            ),
        ),
    };
    News { warning: true, reason, action: "Stop", text }
}
