//! One walk over the cluster: what is listed, in which order, how fast.
//!
//! In: a client, whether this replica still leads. Out: every object, one after the other, to [`Found`]. Must not: hold more
//! than a page, or go faster than its pace.

use std::time::Instant;

use kube::Client;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;

use super::exposure::Slice;
use super::found::Found;
use super::pace::Pace;
use super::write::{GROUP_VERSION, kinds};
use crate::operator::workload::{
    CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ENDPOINT_SLICE, HTTP_ROUTE, INGRESS, KINDS, Kind, LIMIT_RANGE, RESOURCE_QUOTA,
    SERVICE,
};

/// With more enrolled namespaces than this, whole kinds are listed instead of one namespace after the other.
const WHOLE_CLUSTER: usize = 32;
/// Objects of one page; a page of pods stays below a few MiB.
const PAGE: u16 = 500;
/// A slice holds up to a hundred endpoints and more.
const PAGE_OF_SLICES: u16 = 100;

/// What not every cluster has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Installed {
    /// `Report` of OpenReports.
    pub report: bool,
    /// `ClusterReport`.
    pub cluster_report: bool,
    /// `HTTPRoute` of the Gateway API.
    pub route: bool,
}

impl Installed {
    /// Asks the API server.
    pub async fn ask(client: &Client) -> Result<Self, kube::Error> {
        let reports = kinds(client, GROUP_VERSION).await?;
        let routes = kinds(client, HTTP_ROUTE.api_version()).await?;
        let has = |kinds: &[String], plural: &str| kinds.iter().any(|kind| kind == plural);
        Ok(Self {
            report: has(&reports, "reports"),
            cluster_report: has(&reports, "clusterreports"),
            route: has(&routes, HTTP_ROUTE.plural),
        })
    }
}

pub(super) struct Walk<'a> {
    pub client: &'a Client,
    pub leading: &'a watch::Receiver<bool>,
    pub pace: Pace,
}

impl Walk<'_> {
    /// Lists everything; `false` when this replica leads no more.
    pub async fn all(&mut self, found: &mut Found<'_>, installed: &Installed) -> Result<bool, kube::Error> {
        let enrolled = found.enrolled();
        let scopes: Vec<Option<&str>> =
            if enrolled.len() > WHOLE_CLUSTER { vec![None] } else { enrolled.into_iter().map(Some).collect() };
        // What pods are judged by comes before them, and what leads to them after.
        for kind in [LIMIT_RANGE, RESOURCE_QUOTA] {
            if !self.each(kind, &scopes, PAGE, |mut object: Value| found.limit(kind, &mut object)).await? {
                return Ok(false);
            }
        }
        for kind in KINDS {
            if !self.each(kind, &scopes, PAGE, |object: Value| found.look(kind, &object)).await? {
                return Ok(false);
            }
        }
        Ok(self.each(SERVICE, &scopes, PAGE, |object: Value| found.service(&object)).await?
            && self.each(INGRESS, &scopes, PAGE, |object: Value| found.ingress(&object)).await?
            && (!installed.route || self.each(HTTP_ROUTE, &[None], PAGE, |object: Value| found.route(&object)).await?)
            // Slices of every namespace can name an address of ours, while there is one.
            && (!found.has_addresses()
                || self.each(ENDPOINT_SLICE, &[None], PAGE_OF_SLICES, |slice: Slice| found.slice(&slice)).await?)
            && (!installed.cluster_report
                || self.each(CLUSTER_ROLE, &[None], PAGE, |role: Value| found.holders.role(&role)).await?
                    && self.each(CLUSTER_ROLE_BINDING, &[None], PAGE, |binding: Value| found.binding(&binding)).await?))
    }

    /// Waits for its turn.
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.pace.take(Instant::now())).await;
    }

    async fn each<T: DeserializeOwned>(
        &mut self,
        kind: Kind,
        scopes: &[Option<&str>],
        limit: u16,
        mut look: impl FnMut(T),
    ) -> Result<bool, kube::Error> {
        for scope in scopes {
            let mut from: Option<String> = None;
            loop {
                self.wait().await;
                if !*self.leading.borrow() {
                    return Ok(false);
                }
                let page = kind.page_of(self.client, *scope, limit, from.as_deref()).await?;
                from = page.next().map(str::to_owned);
                page.items.into_iter().for_each(&mut look);
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(true)
    }
}
