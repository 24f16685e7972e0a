//! Carries out the rotation of our own authority: reads, asks `rotation` and `serving`, writes.
//!
//! In: Secret and configurations through the API. Out: the same, and the leaf in use. The configurations are read before the
//! Secret and written only as they were read, so that a replica that led a moment ago cannot publish an older bundle.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret;
use kube::api::PostParams;
use kube::{Api, Client};
use tokio::sync::watch;

use super::authority::{Authority, AuthorityError};
use super::contents::{Contents, ContentsError, SECRET};
use super::published::{self, Published};
use super::rotation::{self, Step};
use super::server_names;
use super::serving::must_sign;
use super::status::Status;
use crate::api::names::LEDGER_SERVICE;
use crate::operator::args::RunArgs;
use crate::operator::ledger;
use crate::operator::metrics::Metrics;

/// Between two looks while something is under way.
const SOON: Duration = Duration::from_millis(500);
/// After a step, to see what came of it.
const AT_ONCE: Duration = Duration::from_millis(20);

/// Keeps a certificate in use that our own authority signed.
pub struct Keeper {
    /// The way to the configurations.
    pub client: Client,
    /// The Secrets of the operator's namespace.
    pub secrets: Api<Secret>,
    /// The operator's settings.
    pub args: RunArgs,
    /// Where the certificate goes.
    pub status: Status,
    /// Whether this replica writes.
    pub leading: watch::Receiver<bool>,
    /// Counters.
    pub metrics: std::sync::Arc<Metrics>,
    /// What was said last of the ledger's certificate.
    pub ledger_trouble: String,
}

#[derive(Debug, thiserror::Error)]
enum KeeperError {
    #[error(transparent)]
    Api(#[from] kube::Error),
    #[error(transparent)]
    Contents(#[from] ContentsError),
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}

impl Keeper {
    /// Keeps it for as long as the process lives.
    pub async fn run(mut self) {
        // The bundle that all configurations hold, and since when.
        let mut steady: Option<(String, Instant)> = None;
        let mut said = String::new();
        loop {
            let result = self.look(&mut steady).await;
            let error = match &result {
                Err(error) if !is_conflict(error) => error.to_string(),
                _ => String::new(),
            };
            if !error.is_empty() {
                self.metrics.failed_certificates.inc();
                if error != said {
                    tracing::warn!(error, "certificate not looked after, trying again");
                }
            }
            said = error;
            // Another replica was first, or the API server does not answer.
            let pause = result.unwrap_or(SOON).min(self.args.certificate.check_interval.unsigned_abs());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // Without a sender the lease was given up: leaves are still looked after until the process ends.
                Ok(()) = self.leading.changed() => {}
            }
        }
    }

    /// One look; when to look again.
    async fn look(&mut self, steady: &mut Option<(String, Instant)>) -> Result<Duration, KeeperError> {
        let read = self.read().await;
        let now = Timestamp::now();
        let (published, secret) = match read {
            Ok(read) => read,
            Err(error) => {
                self.status.tell(None, now, &error.to_string());
                return Err(error);
            }
        };
        let contents = match secret.as_ref().map(Contents::read).transpose() {
            Ok(contents) => contents,
            Err(error) => {
                self.status.tell(Some(&published), now, &error.to_string());
                return Err(error.into());
            }
        };
        *steady = contents.as_ref().map(Contents::bundle).filter(|bundle| published.is(bundle)).map(|bundle| {
            let since = steady.take().filter(|(known, _)| *known == bundle);
            since.unwrap_or_else(|| (bundle, Instant::now()))
        });
        let is_under_way = contents.as_ref().is_none_or(|contents| contents.next.is_some());
        let mut has_stepped = false;
        if *self.leading.borrow_and_update() {
            let since = steady.as_ref().map_or(Duration::ZERO, |(_, since)| since.elapsed());
            let step = rotation::decide(now, &self.args.certificate, contents.as_ref(), &published, since);
            if step != Step::Rest {
                self.carry_out(step, now, &published, secret, contents.clone().unwrap_or_default()).await?;
                has_stepped = true;
            }
        }
        let current = contents.as_ref().and_then(|contents| contents.current.as_ref());
        if let Some(authority) = current {
            self.status.expires("authority", authority.validity().until);
            if must_sign(now, self.status.leaf(), authority.certificate(), &published) {
                let names = server_names(&self.args);
                self.status.put(authority.leaf(names, now, self.args.certificate.leaf_lifetime)?);
            }
        }
        let lacking = match current {
            Some(_) => "its authority is not in the webhook configurations yet",
            None => "the authority is not made or not published yet",
        };
        self.status.tell(Some(&published), now, lacking);
        let is_leading = *self.leading.borrow();
        if let (true, Some(contents), Some(authority)) = (is_leading, &contents, current) {
            self.keep_ledgers((authority, &contents.bundle()), now).await;
        }
        Ok(if has_stepped {
            AT_ONCE
        } else if is_under_way || self.status.is_waiting() {
            SOON
        } else {
            self.args.certificate.check_interval.unsigned_abs()
        })
    }

    /// The ledger is no replica of ours: its certificate goes through a Secret. Whatever is wrong there, webhooks have theirs.
    async fn keep_ledgers(&mut self, signer: (&Authority, &str), now: Timestamp) {
        let Some(secret) = &self.args.ledger_certificate_secret else { return };
        let name = format!("{LEDGER_SERVICE}.{}.svc", self.args.namespace);
        let trouble = match ledger::certificate::keep(&self.secrets, secret, &name, signer, now).await {
            Ok(false) => String::new(),
            Ok(true) => "somebody else made it: delete it, or name it in the chart's ledger.tlsSecretName".to_owned(),
            Err(error) => error.to_string(),
        };
        if trouble != self.ledger_trouble {
            if !trouble.is_empty() {
                self.metrics.failed_certificates.inc();
                tracing::warn!(secret, trouble, "the ledger's certificate is not looked after");
            }
            self.ledger_trouble = trouble;
        }
    }

    async fn read(&self) -> Result<(Published, Option<Secret>), KeeperError> {
        let published = published::read(&self.client, &self.args).await?;
        Ok((published, self.secrets.get_opt(SECRET).await?))
    }

    async fn carry_out(
        &self,
        step: Step,
        now: Timestamp,
        published: &Published,
        secret: Option<Secret>,
        mut contents: Contents,
    ) -> Result<(), KeeperError> {
        let make = || Authority::make(now, self.args.certificate.ca_lifetime);
        match step {
            Step::Rest => return Ok(()),
            Step::Publish => return Ok(published::publish(&self.client, published, &contents.bundle()).await?),
            Step::Create => contents.current = Some(make()?),
            Step::Replace => {
                contents.next = Some(make()?);
                contents.remember(published.webhooks().map(|(_, webhook)| webhook.bundle.as_str()), now);
            }
            Step::Begin => {
                contents.next = Some(make()?);
                contents.is_requested = false;
            }
            Step::Switch => contents = rotation::switched(contents, now, &self.args.certificate),
            Step::Retire => (contents.former, contents.former_until) = (Vec::new(), None),
        }
        let exists = secret.is_some();
        let mut secret = secret.unwrap_or_default();
        secret.metadata.name = Some(SECRET.to_owned());
        contents.write(&mut secret);
        if exists {
            self.secrets.replace(SECRET, &PostParams::default(), &secret).await?;
        } else {
            self.secrets.create(&PostParams::default(), &secret).await?;
        }
        tracing::info!(?step, "certificate authority");
        if step == Step::Switch {
            self.metrics.certificate_rotations.inc();
        }
        Ok(())
    }
}

fn is_conflict(error: &KeeperError) -> bool {
    matches!(error, KeeperError::Api(kube::Error::Api(status)) if status.code == 409)
}
